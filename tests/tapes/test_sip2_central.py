"""Central's SIP2 server against the words of terminals, over TCP; each library is new."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from sqlalchemy import Engine

from central.db import open_engine
from central.migrations import migrate
from tests.central.circulation.line import open_loans, talk
from tests.central.circulation.world import fill
from tests.tapes.mutants import mutants
from tests.tapes.tape import BadTape, Tape, load, names, parse
from tests.tapes.tcp import play_terminal
from tests.tapes.test_sip2_kiosk import STORIES

LOANS = {
    "sip2/lent": 0,
    "sip2/refused": 0,
    "sip2/foreign": 1,
    "sip2/damaged": 1,
    "sip2/doubled": 1,
}
"""What is on loan in the end."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A library of two branches, to be copied."""
    path = tmp_path_factory.mktemp("tapes") / "central.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    fill(engine)
    engine.dispose()
    return path


@pytest.fixture
def library(filled, tmp_path):
    engine = open_engine(f"sqlite:///{shutil.copy(filled, tmp_path / 'central.db')}")
    yield engine
    engine.dispose()


def play(tape: Tape, library: Engine, patience_s: float = 20.0) -> None:
    """A terminal says its part to a running server."""
    talk(library, lambda server: asyncio.to_thread(play_terminal, tape, server.port, patience_s))


@pytest.mark.parametrize("name", LOANS)
def test_central_answers_as_on_tape(name, library):
    play(load(name), library)
    assert open_loans(library) == LOANS[name]


def test_any_other_tape_fails(filled, tmp_path):
    for number, mutant in enumerate(mutants(load("sip2/lent"))):
        engine = open_engine(f"sqlite:///{shutil.copy(filled, tmp_path / f'{number}.db')}")
        with pytest.raises((BadTape, AssertionError)):
            play(parse(mutant), engine, patience_s=0.5)
        engine.dispose()


def test_every_tape_is_played():
    assert names("sip2") == LOANS.keys() | STORIES.keys()
