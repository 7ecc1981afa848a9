"""The scanner against a serial scanner's own words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from drivers.events import CardRefused, CardShown, DeviceBack
from drivers.scanner.codec import Spoiled
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings
from tests.tapes.mutants import mutants
from tests.tapes.tape import BadTape, Tape, TapeLine, load, names, parse


@dataclass(frozen=True)
class Story:
    """What was shown, and what was not taken for a showing."""

    shown: tuple[tuple[str, str], ...]
    spoiled: tuple[Spoiled, ...] = ()
    passed_over: tuple[int, ...] = ()
    """Lines of the tape that say again what was just said: either may be missing."""


STORIES: dict[str, Story] = {
    "scanner/shown": Story(
        (
            ("2110004711", "card"),
            ("2110004712", "qr"),
            ("B0000117", "barcode"),
            ("2110004713", "card"),
            ("读者0042", "card"),
            ("2110004711", "card"),
            ("2110004711", "card"),
        ),
        passed_over=(12, 14),
    ),
    "scanner/hurt": Story(
        (("2110004711", "card"),),
        (
            Spoiled("silent for more than 0.5 s before its end", b"2110004711"),
            Spoiled("not UTF-8", bytes.fromhex("D5C5C8FD")),
            Spoiled("fits no rule", b"]Z9"),
        ),
    ),
}


class Watched(TapeLine):
    """Also notes what the scanner has spoiled when it comes to read again."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape)
        self.scanner = Scanner("reader", ScannerSettings(port=""), lambda: self, clock=self.clock)
        self.spoiled: list[Spoiled] = []

    def read(self, timeout_s: float) -> bytes:
        self.note()
        return super().read(timeout_s)

    def note(self) -> None:
        if self.scanner.spoiled > len(self.spoiled):
            assert self.scanner.last_spoiled is not None
            self.spoiled.append(self.scanner.last_spoiled)


def play(tape: Tape, story: Story) -> None:
    """Listen to the end of the tape."""
    line = Watched(tape)
    told: list[object] = []
    line.scanner.run(told.append, line.over)
    line.note()
    line.end()
    shown = (CardShown("reader", number, medium) for number, medium in story.shown)
    assert [event for event in told if not isinstance(event, CardRefused)] == [
        DeviceBack("reader", "serial scanner"),
        *shown,
    ]
    assert len(told) == 1 + len(story.shown) + len(story.spoiled)
    assert tuple(line.spoiled) == story.spoiled
    assert line.closed


@pytest.mark.parametrize("name", STORIES)
def test_the_scanner_hears_what_is_on_tape(name):
    play(load(name), STORIES[name])


@pytest.mark.parametrize("name", STORIES)
def test_any_other_tape_fails(name):
    for mutant in mutants(load(name), but=STORIES[name].passed_over):
        with pytest.raises((BadTape, AssertionError)):
            play(parse(mutant), STORIES[name])


def test_every_tape_is_played():
    assert names("scanner") == set(STORIES)
