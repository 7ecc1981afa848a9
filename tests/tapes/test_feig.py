"""The pad against a FEIG reader's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from drivers.errors import Gone, Unsupported
from drivers.events import DeviceBack, PadSettled, TagContent, TagGone, TagSeen, TagSensed, TagWritten
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.session import Session
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.presence import PresenceRule
from drivers.tag.security import Security
from tests.tapes.mutants import mutants
from tests.tapes.tape import BadTape, Tape, TapeLine, load, names, parse

BACK = DeviceBack("pad", "FEIG ID ISC.MR102, firmware 2.06, serial number 1A2B3C4D")
A, B, C = "E004010012345678", "E0040150338607AE", "E00401503309CE74"
DANISH = TagContent("11223344", "DE-705", model="iso28560-3", usage=0x10)
NATIONAL = TagContent("123456789012", "US-InU-Mu", parts=12, part=3, model="iso28560-2")
TWICE = PresenceRule(missed=2, absent_ms=0)
ONCE = PresenceRule(missed=1, absent_ms=0)
LOCKED = Unsupported("iso15693 error: locked", frame=b"\x12", status=0x95)
PULLED = Gone("no transponder", status=0x01)


@dataclass(frozen=True)
class Story:
    """How the pad is set, what the kiosk orders when a tag is seen, what the pad must tell."""

    told: tuple[object, ...]
    secured: bool | None = None
    sensed: bool = False
    """The tag's security is only asked for."""
    settings: dict[str, Any] = field(default_factory=dict)
    passed_over: tuple[int, ...] = ()
    """Lines of the tape that the pad must take no notice of, whatever they say."""


STANDARD: dict[str, Any] = {"frame": "standard", "blocks": 8}

STORIES: dict[str, Story] = {
    "feig/lent": Story(
        (BACK, TagSeen("pad", A, DANISH), TagWritten("pad", A, secured=False), TagGone("pad", A)),
        secured=False,
        settings={**STANDARD, "fresh": "plain", "presence": TWICE},
    ),
    "feig/sensed": Story(
        (BACK, TagSeen("pad", A, DANISH), TagSensed("pad", A, secured=False)),
        sensed=True,
        settings={**STANDARD, "fresh": "plain"},
    ),
    "feig/returned": Story(
        (BACK, TagSeen("pad", A, NATIONAL), TagWritten("pad", A, secured=True)),
        secured=True,
        settings={"fresh": "reset"},
    ),
    "feig/guarded": Story(
        (BACK, TagSeen("pad", A, DANISH), TagWritten("pad", A, secured=True)),
        secured=True,
        settings={**STANDARD, "fresh": "plain", "security": Security("both")},
    ),
    "feig/trouble": Story(
        (BACK, TagSeen("pad", C, DANISH), TagGone("pad", C)),
        settings={"blocks": 8, "presence": ONCE},
    ),
    "feig/crowded": Story(
        (BACK, TagSeen("pad", A, NATIONAL), TagSeen("pad", B, DANISH)),
    ),
    "feig/locked": Story(
        (BACK, TagSeen("pad", A, DANISH), TagWritten("pad", A, secured=False, error=LOCKED)),
        secured=False,
        settings={**STANDARD, "blocks": 9},
    ),
    "feig/pulled": Story(
        (
            BACK,
            TagSeen("pad", A, DANISH),
            TagWritten("pad", A, secured=False, error=PULLED),
            TagGone("pad", A),
        ),
        secured=False,
        settings={**STANDARD, "presence": TWICE},
    ),
    "feig/late": Story(
        (BACK, TagSeen("pad", A, DANISH)),
        settings=STANDARD,
        passed_over=(15,),
    ),
}


def play(tape: Tape, story: Story) -> None:
    """Run a pad to the end of the tape."""
    line = TapeLine(tape)
    settings = FeigSettings("pad", "", poll_pause_ms=0, idle_pause_ms=0, **story.settings)
    pad = FeigPad(settings, lambda: line, line.clock)
    told: list[object] = []

    def post(event: object) -> None:
        if not isinstance(event, PadSettled):  # how long a tape runs on is chance
            told.append(event)
        if isinstance(event, TagSeen) and story.secured is not None:
            pad.secure(event.uid, story.secured)
        if isinstance(event, TagSeen) and story.sensed:
            pad.sense(event.uid)

    pad.run(post, line.over)
    line.end()
    assert tuple(told) == story.told
    assert line.closed


@pytest.mark.parametrize("name", STORIES)
def test_the_pad_speaks_as_on_tape(name):
    play(load(name), STORIES[name])


@pytest.mark.parametrize("name", STORIES)
def test_any_other_tape_fails(name):
    story = STORIES[name]
    for mutant in mutants(load(name), but=story.passed_over):
        with pytest.raises((BadTape, AssertionError)):
            play(parse(mutant), story)


def test_the_manual_s_own_reading():
    line = TapeLine(load("feig/annex_f"))
    session = Session(line, FeigSettings("pad", "", frame="standard"), line.clock)
    assert session.read("E00700000147677E", 3) == bytes.fromhex("01020304 11121314 21222324")
    line.end()


def test_every_tape_is_played():
    assert names("feig") == {*STORIES, "feig/annex_f"}
