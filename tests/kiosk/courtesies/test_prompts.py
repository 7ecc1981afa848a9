"""What is spoken: nothing but alarms unless somebody wants it, and then each thing once."""

from __future__ import annotations

import pytest

from drivers.events import DoorSensed
from drivers.voice.prompts import SHIPPED, load
from kiosk.courtesies.prompts import LEVELS, SPOKEN, Case, says
from kiosk.courtesy_effects import Say
from kiosk.events import Focused, ModeSwitched
from tests.kiosk.courtesies.room import Kiosk, kiosk


@pytest.fixture
def desk(tmp_path) -> Kiosk:
    return kiosk(tmp_path)


def visit(desk: Kiosk) -> list[str]:
    """A loan from beginning to end; what was said."""
    desk.hands.said.clear()
    desk.card()
    desk.lay("E1")
    desk.touch("done")
    desk.pass_s(7)
    return desk.hands.said


def test_every_case_is_in_the_table_and_every_prompt_among_the_house_s():
    assert set(SPOKEN) == set(Case)
    prompts = load(SHIPPED)
    named = {spoken[0] for spoken in SPOKEN.values() if spoken}
    assert named <= set(prompts)
    assert all(prompts[name].texts for name in named)


def test_a_higher_level_says_all_that_a_lower_one_does():
    for case in Case:
        said = [says(level, case) for level in LEVELS]
        assert said == sorted(said, key=bool)
    assert {case for case in Case if says("off", case)} == {Case.FIRE, Case.GATE_ALARMED}


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("off", []),
        ("prompts", []),
        ("guide", ["lay_books", "at_work", "lent", "goodbye"]),
    ],
)
def test_a_loan_is_spoken_by_its_level(desk: Kiosk, level, said):
    desk.speak(level)
    assert visit(desk) == said


def test_what_has_to_be_done_is_prompted(desk: Kiosk):
    desk.speak("prompts")
    desk.world.blocked.add("R0002")
    desk.card("R0002")
    desk.pass_s(9)
    desk.card()
    desk.lay("E6")  # one of two volumes
    desk.pass_s(26)
    desk.touch("more_time")
    desk.touch("help", "desk")
    assert desk.hands.said == [
        "card_refused",
        "set_incomplete",
        "still_there",
        "set_incomplete",
        "help_called",
    ]


def test_a_second_book_is_said_again(desk: Kiosk):
    desk.speak("guide")
    desk.card()
    for uid in ("E1", "E2"):
        desk.lay(uid)
    assert desk.hands.said.count("lent") == 2


def test_who_switches_the_voice_on_is_guided_until_they_go(desk: Kiosk):
    desk.happen(ModeSwitched("desk", "voice", on=True))
    assert visit(desk) == ["lay_books", "at_work", "lent", "goodbye"]
    assert visit(desk) == []


def test_who_is_guided_hears_what_the_keys_have_come_to(desk: Kiosk):
    come = Focused("desk", "renew_all", "全部续借")
    desk.happen(come)
    desk.speak("prompts")
    desk.happen(come)
    assert desk.hands.said == []
    desk.happen(ModeSwitched("desk", "voice", on=True))
    desk.happen(come)
    assert desk.hands.said == ["button_renew_all"]
    (said,) = (effect for effect in desk.hands.effects if isinstance(effect, Say))
    assert (said.words, said.place) == ("全部续借", "desk")


def test_an_alarm_is_spoken_whatever_is_switched_off(desk: Kiosk):
    desk.happen(DoorSensed("door", open=False, released=True, exit_pressed=False, fire=True, openings=0))
    assert desk.hands.said == ["leave_now"]
