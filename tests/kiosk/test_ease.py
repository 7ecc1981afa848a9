"""What somebody chose holds while they are there, and not a moment longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import config, core
from kiosk.ease import CHOICE_MS, Ease, at_pace, engaged, left
from kiosk.events import LanguageChosen, ModeSwitched, Reader, Touched
from kiosk.room.settings import Room as RoomSettings
from kiosk.session.state import Phase
from tests.journeys.house import READER, Kiosk, World
from tests.kiosk.screen.states import DESK, DOOR
from tests.kiosk.screen.states import desk as shown_desk

ELDER = ModeSwitched("desk", "elder", on=True)
ENGLISH = LanguageChosen("desk", "en")


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    made = Kiosk(tmp_path, World())
    made.boot_and_settle()
    return made


def desk(kiosk: Kiosk) -> Ease:
    return kiosk.loop.kiosk.eases.desk


def left_s(kiosk: Kiosk) -> float:
    """Until the session ends by itself."""
    session = kiosk.loop.kiosk.session
    assert session
    assert session.end_at_ms
    return (session.end_at_ms - kiosk.clock.now().mono_ms) / 1000


def test_a_choice_holds_through_the_session_and_ends_with_it(kiosk: Kiosk):
    kiosk.happen(ENGLISH)
    kiosk.card()
    kiosk.happen(ModeSwitched("desk", "contrast", on=True))
    assert (desk(kiosk).language, desk(kiosk).modes) == ("en", {"contrast"})
    kiosk.happen(Touched("done"))
    assert kiosk.loop.kiosk.session.phase is Phase.IDLE
    assert desk(kiosk).language == "en", "the goodbye is told in it"
    kiosk.pass_s(6)
    assert desk(kiosk) == Ease()


def test_a_choice_at_an_idle_screen_is_forgotten_by_itself(kiosk: Kiosk):
    kiosk.happen(ENGLISH)
    kiosk.pass_s(CHOICE_MS / 1000 - 1)
    assert desk(kiosk).language == "en"
    kiosk.pass_s(1)
    assert desk(kiosk) == Ease()
    assert core.deadline_ms(kiosk.loop.kiosk, kiosk.clock.now(), kiosk.rules) is None


def test_what_is_switched_off_is_off(kiosk: Kiosk):
    kiosk.happen(ELDER)
    kiosk.happen(ModeSwitched("desk", "elder", on=False))
    assert desk(kiosk).modes == set()


def test_the_door_has_choices_of_its_own(kiosk: Kiosk):
    kiosk.happen(LanguageChosen("door", "ug-Arab"))
    assert desk(kiosk) == Ease()
    assert kiosk.loop.kiosk.eases.door.language == "ug-Arab"


def test_whoever_wants_it_slower_has_twice_the_time_from_now_on(kiosk: Kiosk):
    kiosk.card()
    assert left_s(kiosk) == 45
    kiosk.pass_s(30)
    kiosk.happen(ELDER)
    assert left_s(kiosk) == 90
    kiosk.pass_s(89)
    assert kiosk.loop.kiosk.session.phase is Phase.IDENTIFIED
    kiosk.pass_s(1)
    assert (kiosk.loop.kiosk.session.phase, desk(kiosk)) == (Phase.IDLE, Ease())


def test_a_reader_s_card_switches_on_what_their_type_needs(kiosk: Kiosk):
    object.__setattr__(kiosk.rules, "reader_types", {READER.type: ("elder", "voice")})
    kiosk.card()
    assert desk(kiosk).modes == {"elder", "voice"}
    assert left_s(kiosk) == 90
    kiosk.happen(ModeSwitched("desk", "voice", on=False))
    kiosk.happen(Touched("more_time"))
    assert desk(kiosk).modes == {"elder"}
    kiosk.happen(Touched("done"))
    kiosk.pass_s(12)
    assert desk(kiosk) == Ease()


def test_only_the_times_of_readers_are_longer():
    slow = at_pace(config.Desk(), Ease(modes=frozenset({"elder"})))
    assert (slow.idle_s, slow.warn_s, slow.notice_s, slow.tag_tries) == (90, 40, 16, 5)
    assert at_pace(RoomSettings(), Ease(modes=frozenset({"elder"}))).release_s == RoomSettings().release_s


# ---------------------------------------------------------------- who is there
@pytest.mark.parametrize(
    ("place", "shown", "busy"),
    [
        ("desk", DESK["idle"], False),
        ("desk", DESK["idle_refused"], False),
        ("desk", DESK["open_checking"], True),
        ("desk", DESK["out_of_order"], False),
        ("door", DOOR["secured"], False),
        ("door", DOOR["asking"], True),
        ("door", DOOR["refused"], True),
    ],
)
def test_somebody_is_being_served(place, shown, busy: bool):
    assert engaged(place, shown) is busy


LI = Reader("R0009", "1" * 32, "李", "成人")


@pytest.mark.parametrize(
    ("place", "before", "after", "gone"),
    [
        ("desk", DESK["idle"], DESK["identifying"], False),
        ("desk", DESK["identifying"], DESK["identified"], False),
        ("desk", DESK["identified"], DESK["identified_lent"], False),
        ("desk", DESK["identified"], DESK["ending"], False),
        ("desk", DESK["ending"], DESK["identifying"], True),
        ("desk", DESK["identified"], shown_desk(Phase.IDENTIFIED, reader=LI), True),
        ("desk", DESK["identified"], DESK["idle"], True),
        ("desk", DESK["open_done"], DESK["idle"], True),
        ("door", DOOR["asking"], DOOR["refused"], False),
        ("door", DOOR["refused"], DOOR["secured"], True),
    ],
)
def test_whoever_was_served_has_gone(place, before, after, gone: bool):
    assert left(place, before, after) is gone
