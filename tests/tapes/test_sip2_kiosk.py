"""The kiosk's ILS client against the words of library systems, over TCP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Queue

import pytest

import kiosk.ils
from kiosk import config
from kiosk.effects import AskItem, AskLoan, AskReader, AskReturn
from kiosk.events import (
    IlsChanged,
    Item,
    ItemAnswered,
    KioskEvent,
    LoanAnswered,
    Reader,
    ReaderAnswered,
    ReturnAnswered,
)
from kiosk.ils import Ils
from kiosk.ils_questions import Question
from tests.tapes.mutants import mutants
from tests.tapes.tape import BadTape, Tape, load, parse
from tests.tapes.tcp import library_system
from tests.wire.sip2.local import local
from wire import faults

TXN = "a" * 16
NOON = local(2026, 3, 1, 10)


@dataclass(frozen=True)
class At:
    """How the kiosk is configured."""

    user: str = "xian-desk"
    password: str = "terminal secret"
    institution: str = "xian"
    location: str = "xian"
    dialect: str = "shuwu"
    timeout_s: float = 10.0


XIAN = At()
UWOLS = At("scclient", "clientpwd", "UWOLS", "floor1", "evergreen")
INTERLIB = At("BZJ_005", "secret", "", "", "interlib")
DP2 = At("kiosk", "secret", "", "!library", "dp2")
IMPATIENT = At(timeout_s=1.0)

Asked = tuple[Question, KioskEvent]
"""A question, and the event that answers it."""

STORIES: dict[str, tuple[At, tuple[Asked, ...]]] = {
    "sip2/lent": (
        XIAN,
        (
            (
                AskReader(1, "R1", "desk"),
                ReaderAnswered(
                    1, Reader("R1", "pseudonym of R1", "林书远", "adult", 0, fees_fen=0), card="R1"
                ),
            ),
            (AskItem(2, "B1"), ItemAnswered(2, Item("B1", "三体", on_loan=False, call_number="I247.55/1"))),
            (
                AskLoan(TXN, "R1", "B1"),
                LoanAnswered(TXN, None, "三体", "I247.55/1", "2026-03-31"),
            ),
            (AskReturn(TXN, "B1"), ReturnAnswered(TXN, None, "三体", "I247.55/1", "xian")),
        ),
    ),
    "sip2/refused": (
        XIAN,
        (
            (
                AskLoan(TXN, "R1", "REF"),
                LoanAnswered(TXN, faults.number("not_for_loan"), "新华字典", "H163/1"),
            ),
        ),
    ),
    "sip2/evergreen": (
        UWOLS,
        (
            (
                AskReader(1, "djfiander", "desk"),
                ReaderAnswered(
                    1,
                    Reader("djfiander", "pseudonym of djfiander", "David J. Fiander", "A", 0, age=62),
                    card="djfiander",
                ),
            ),
            (
                AskItem(2, "1565921879"),
                ItemAnswered(2, Item("1565921879", "Perl 5 desktop reference", on_loan=False)),
            ),
            (AskItem(3, "nope"), ItemAnswered(3, None, faults.number("item_unknown"))),
            (
                AskLoan(TXN, "djfiander", "1565921879"),
                LoanAnswered(TXN, None, "Perl 5 desktop reference", "", "2026-12-05"),
            ),
            (
                AskLoan(TXN, "miker", "1565921879"),
                LoanAnswered(TXN, faults.number("loan_not_allowed"), "Perl 5 desktop reference"),
            ),
            (AskReturn(TXN, "1565921879"), ReturnAnswered(TXN, None, "Perl 5 desktop reference")),
        ),
    ),
    "sip2/dp2": (
        DP2,
        (
            (
                AskReader(1, "P001", "desk"),
                ReaderAnswered(
                    1, Reader("P001", "pseudonym of P001", "湾仔枪神", "", 1, fees_fen=0), card="P001"
                ),
            ),
            (AskLoan(TXN, "P001", "B001"), LoanAnswered(TXN, None, "怪物大师", "", "2022-03-26")),
        ),
    ),
    "sip2/interlib": (
        INTERLIB,
        (
            (
                AskReader(1, "R001", "desk"),
                ReaderAnswered(
                    1, Reader("R001", "pseudonym of R001", "张三", "01", 1, fees_fen=0), card="R001"
                ),
            ),
            (AskLoan(TXN, "R001", "B001"), LoanAnswered(TXN, None, "三体", "", "2026-03-31")),
            (
                AskLoan(TXN, "R001", "B003"),
                LoanAnswered(TXN, faults.number("loan_not_allowed"), "万历十五年"),
            ),
            (AskReturn(TXN, "B001"), ReturnAnswered(TXN, None, "三体")),
        ),
    ),
    "sip2/garbled": (
        XIAN,
        ((AskLoan(TXN, "R1", "B1"), LoanAnswered(TXN, None, "三体", "", "2026-03-31")),),
    ),
    "sip2/slow": (
        IMPATIENT,
        (
            (AskLoan(TXN, "R1", "B1"), LoanAnswered(TXN, None, "三体", "", "2026-03-31")),
            (AskItem(2, "B3"), ItemAnswered(2, Item("B3", "万历十五年", on_loan=False))),
        ),
    ),
}


class TenOClock(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz=None):
        return NOON


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr(kiosk.ils, "datetime", TenOClock)


def play(tape: Tape, folder: Path, at: At, asked: tuple[Asked, ...]) -> None:
    """Ask one question after another; each is answered as it should be, and the tape is over."""
    password = folder / "ils.password"
    password.write_text(at.password + "\n")
    password.chmod(0o600)
    told: Queue[KioskEvent] = Queue()
    with library_system(tape) as port:
        settings = config.Ils(
            "127.0.0.1", port, at.user, password, institution=at.institution, dialect=at.dialect
        )
        ils = Ils(settings, at.timeout_s, at.location, told.put, "pseudonym of {}".format)
        ils.start()
        try:
            came = told.get(timeout=20)
            assert isinstance(came, IlsChanged)
            assert came.up
            for question, answer in asked:
                ils.ask(question)
                assert told.get(timeout=20) == answer
        finally:
            assert ils.stop()
    assert told.empty()


@pytest.mark.parametrize("name", STORIES)
def test_the_kiosk_speaks_as_on_tape(name, tmp_path):
    play(load(name), tmp_path, *STORIES[name])


FIRST_ANSWER = 8
"""Line of lent.tape: whether this library system writes checksums is not known before."""


def test_any_other_tape_fails(tmp_path):
    for mutant in mutants(load("sip2/lent"), but=(FIRST_ANSWER,)):
        with pytest.raises((BadTape, AssertionError)):
            play(parse(mutant), tmp_path, *STORIES["sip2/lent"])
