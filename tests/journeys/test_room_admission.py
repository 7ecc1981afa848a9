"""Who comes into the room and who does not: each reason once, through the whole kiosk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers.events import CardShown, Crossed, DoorSensed, KeysEntered
from kiosk.central_events import ListsChanged
from kiosk.effects import AskReader
from kiosk.events import Touched, Typed
from kiosk.knowledge import Lists
from tests.journeys.house import ID_NUMBER, NEIGHBOUR, READER, Kiosk, World
from tests.journeys.test_offline import come_back, fall_silent
from tests.kiosk.ruling import NEVER, SALT, body, lists
from wire import facts
from wire.admission import BANNED, Admission, Limit, Mark, Role
from wire.faults import number
from wire.hours import Hours, Pause
from wire.lists import Body, Readers, pack

DOOR, KEYPAD = "door_scanner", "door_scanner"
ALL_DAY = ((0, 1440),)
TODAY = "2026-09-21"
"""The civil day of `World`, where it is 22:13."""
ICE = ((0, 1320), (1380, 1440))
"""A day with an hour of cleaning, or of a self-test, at ten in the evening."""


def room(*, cards: str = READER.card, kind: str = "", until: str = "", **asked) -> Lists:
    """The list `room` with what it asks, and one card of some kind."""
    groups = (Readers(pack(SALT, "reader", [cards]), kind, until=until),) if kind else ()
    return lists(Body("room", 1, SALT, groups, room=Admission(**asked)))


def hours(day: tuple, **more) -> Lists:
    return lists(Body("hours", 1, hours=Hours("Asia/Shanghai", (day,) * 7, **more)))


def booted(folder: Path, standing: Lists | None = None, **told) -> Kiosk:
    """A room whose lists stand, and a reader of whom the ILS tells this."""
    world = World(lists=standing or lists())
    world.readers[READER.card] = replace(READER, **told)
    kiosk = Kiosk(folder, world)
    kiosk.boot()
    return kiosk


def last(kiosk: Kiosk, kind: type[facts.Fact]) -> facts.Fact | None:
    return next((fact for fact in reversed(kiosk.facts()) if isinstance(fact, kind)), None)


def granted(kiosk: Kiosk) -> list[facts.EntryGranted]:
    return [fact for fact in kiosk.facts() if isinstance(fact, facts.EntryGranted)]


def push(kiosk: Kiosk, openings: int) -> None:
    """Somebody goes through the door."""
    for is_open in (True, False):
        kiosk.happen(DoorSensed("door", is_open, is_open, False, False, openings))


# ---------------------------------------------------------------- what happens at the door
Deed = Callable[[Kiosk], None]


def show(kiosk: Kiosk, card: str = READER.card, medium: str = "card") -> None:
    kiosk.happen(CardShown(DOOR, card, medium))


def in_a_room_of_one(kiosk: Kiosk) -> None:
    kiosk.happen(Crossed("door", 0, 0))
    kiosk.happen(Crossed("door", 1, 0))
    show(kiosk)


def beside_one_who_is_coming_in(kiosk: Kiosk) -> None:
    kiosk.happen(Crossed("door", 0, 0))
    show(kiosk, NEIGHBOUR.card)
    show(kiosk)


def behind_two_who_are_coming_in(kiosk: Kiosk) -> None:
    kiosk.happen(Crossed("door", 0, 0))
    kiosk.world.readers["R0009"] = replace(READER, card="R0009", pseudonym="9" * 32)
    show(kiosk, NEIGHBOUR.card)
    show(kiosk, "R0009")
    show(kiosk)


def behind_one_in_the_doorway(kiosk: Kiosk) -> None:
    kiosk.happen(Crossed("door", 0, 0))
    show(kiosk, NEIGHBOUR.card)
    push(kiosk, 1)
    show(kiosk)


def who_answers_when_it_is_full(kiosk: Kiosk) -> None:
    kiosk.happen(Crossed("door", 0, 0))
    show(kiosk)
    kiosk.happen(Crossed("door", 2, 0))
    kiosk.happen(Touched("companions", "0"))


def who_answers_when_lists_have_come(since: Lists, kiosk: Kiosk) -> None:
    show(kiosk)
    kiosk.happen(ListsChanged(since))
    kiosk.happen(Touched("companions", "0"))


def with_a_wrong_pin(kiosk: Kiosk, times: int = 1) -> None:
    for _ in range(times):
        show(kiosk)
        kiosk.happen(Typed("door_pin", "000000"))


def until_it_must_wait(kiosk: Kiosk) -> None:
    with_a_wrong_pin(kiosk, 3)
    show(kiosk)


def while_the_ils_is_silent(kiosk: Kiosk, first: Deed | None = None) -> None:
    if first:
        first(kiosk)
        push(kiosk, 1)
    fall_silent(kiosk)
    kiosk.pass_s(70)
    show(kiosk)


def and_says_nothing(kiosk: Kiosk) -> None:
    show(kiosk)
    kiosk.pass_s(31)


def with_five_on_the_keypad(kiosk: Kiosk) -> None:
    show(kiosk)
    kiosk.happen(KeysEntered(KEYPAD, "5#"))


def by_identity_card(kiosk: Kiosk) -> None:
    show(kiosk, ID_NUMBER, "id_card")


def keys(kiosk: Kiosk) -> None:
    kiosk.happen(KeysEntered(KEYPAD, "1234#"))


def blocked(kiosk: Kiosk) -> None:
    kiosk.world.blocked.add(READER.card)
    show(kiosk)


REFUSALS: dict[str, tuple[str, Lists, dict[str, object], Deed]] = {
    "the reader's type": ("category_not_admitted", room(types=("child",)), {}, show),
    "too young": ("too_young", room(min_age=16), {"age": 15}, show),
    "too young by the identity card": ("too_young", room(min_age=90), {}, by_identity_card),
    "too old": ("too_old", room(max_age=14), {"age": 15}, show),
    "debts": ("debts_too_high", room(max_fees_fen=1000), {"fees_fen": 1001}, show),
    "older terms": ("room_terms_wanted", room(terms="2026-1"), {"terms": "2025-1"}, show),
    "no terms": ("room_terms_wanted", room(terms="2026-1"), {"terms": ""}, show),
    "a ban": ("banned_here", room(kind=BANNED), {}, show),
    "a ban to its last day": ("banned_here", room(kind=BANNED, until=TODAY), {}, show),
    "the deny list": ("card_blocked", lists(body("deny", readers=(READER.card,))), {}, show),
    "the ILS": ("card_blocked", lists(), {}, blocked),
    "full": ("room_full", room(persons=1), {}, in_a_room_of_one),
    "full with one who is coming in": ("room_full", room(persons=1), {}, beside_one_who_is_coming_in),
    "full with two who are coming in": ("room_full", room(persons=2), {}, behind_two_who_are_coming_in),
    "full with one in the doorway": ("room_full", room(persons=1), {}, behind_one_in_the_doorway),
    "full meanwhile": ("room_full", room(persons=2, companions=1), {}, who_answers_when_it_is_full),
    "full on these days": (
        "room_full",
        room(persons=50, limits=(Limit("2026-09-01", "2026-09-30", 1),)),
        {},
        in_a_room_of_one,
    ),
    "closed": ("closed_now", lists(Body("hours", 1, hours=NEVER)), {}, show),
    "the last entry": ("last_entry_over", hours(((480, 1350),), last_entry_min=30), {}, show),
    "cleaning": ("room_cleaned", hours(ICE, pauses=(Pause("cleaning", 1320, 1380),)), {}, show),
    "a self-test": ("room_tests_itself", hours(ICE, pauses=(Pause("self_test", 1320, 1380),)), {}, show),
    "a wrong PIN": ("pin_wrong", room(pin="online"), {}, with_a_wrong_pin),
    "a PIN that was wrong too often": ("pin_paused", room(pin="online"), {}, until_it_must_wait),
    "no PIN while the ILS is silent": (
        "cannot_check_card",
        room(pin="always"),
        {},
        partial(
            while_the_ils_is_silent,
            first=lambda kiosk: (show(kiosk), kiosk.happen(Typed("door_pin", "123456"))),
        ),
    ),
    "no answer": ("no_answer_given", room(companions=2), {}, and_says_nothing),
    "too many companions": ("too_many_with_you", room(companions=4), {}, with_five_on_the_keypad),
    "a ban since the question": (
        "banned_here",
        room(companions=2),
        {},
        partial(who_answers_when_lists_have_come, room(kind=BANNED, companions=2)),
    ),
    "the deny list since the question": (
        "card_blocked",
        room(companions=2),
        {},
        partial(
            who_answers_when_lists_have_come,
            lists(Body("room", 1, room=Admission(companions=2)), body("deny", readers=(READER.card,))),
        ),
    ),
    "an age since the question": (
        "too_young",
        room(companions=2),
        {"age": 15},
        partial(who_answers_when_lists_have_come, room(companions=2, min_age=16)),
    ),
    "a stranger while the ILS is silent": ("cannot_check_card", lists(), {}, while_the_ils_is_silent),
    "keys alone": ("keys_not_taken", lists(), {}, keys),
}
"""What stands against somebody: the refusal, the lists that stand, what the ILS tells, what is done."""


@pytest.mark.parametrize("name", REFUSALS)
def test_each_reason_keeps_the_door_shut_and_is_told(tmp_path: Path, name: str):
    fault, standing, told, deed = REFUSALS[name]
    kiosk = booted(tmp_path, standing, **told)
    releases = kiosk.world.releases
    deed(kiosk)
    assert [type(fact) for fact in kiosk.facts()].count(facts.EntryGranted) == kiosk.world.releases - releases
    refused = last(kiosk, facts.EntryRefused)
    assert isinstance(refused, facts.EntryRefused)
    assert refused.fault == number(fault)
    assert kiosk.facts()[-1] == refused or fault == "cannot_check_card"
    shown = kiosk.loop.kiosk.room
    assert shown
    assert shown.notice
    assert shown.notice.fault == number(fault)


GRANTS: dict[str, tuple[Lists, dict[str, object], Deed, facts.EntryGranted]] = {
    "nothing is asked": (lists(), {}, show, facts.EntryGranted(READER.pseudonym, "adult")),
    "a ban that is over": (
        room(kind=BANNED, until="2026-09-20"),
        {},
        show,
        facts.EntryGranted(READER.pseudonym, "adult"),
    ),
    "all that is asked": (
        room(types=("adult",), min_age=16, max_age=70, max_fees_fen=1000, terms="2026-1"),
        {"age": 16, "fees_fen": 1000, "terms": "2026-1"},
        show,
        facts.EntryGranted(READER.pseudonym, "adult"),
    ),
    "terms that were issued later": (
        room(terms="2026-1", terms_after=("2026-2", "2027-1")),
        {"terms": "2027-1"},
        show,
        facts.EntryGranted(READER.pseudonym, "adult"),
    ),
    "what nobody tells": (
        room(min_age=16, max_fees_fen=0, terms="2026-1"),
        {},
        show,
        facts.EntryGranted(READER.pseudonym, "adult", marks=("unchecked",)),
    ),
    "the PIN": (
        room(pin="always"),
        {},
        lambda kiosk: (show(kiosk), kiosk.happen(Typed("door_pin", "123456"))),
        facts.EntryGranted(READER.pseudonym, "adult"),
    ),
    "no PIN while the ILS is silent": (
        room(pin="online"),
        {},
        partial(
            while_the_ils_is_silent,
            first=lambda kiosk: (show(kiosk), kiosk.happen(Typed("door_pin", "123456"))),
        ),
        facts.EntryGranted(READER.pseudonym, "adult", "rule", marks=("unchecked",)),
    ),
    "two companions": (
        room(companions=4),
        {},
        lambda kiosk: (show(kiosk), kiosk.happen(Touched("companions", "2"))),
        facts.EntryGranted(READER.pseudonym, "adult", companions=2),
    ),
    "one companion on the keypad": (
        room(companions=4),
        {},
        lambda kiosk: (show(kiosk), kiosk.happen(KeysEntered(KEYPAD, "1#"))),
        facts.EntryGranted(READER.pseudonym, "adult", companions=1),
    ),
}
"""What stands for somebody, as above, and what is told of it."""


@pytest.mark.parametrize("name", GRANTS)
def test_who_has_nothing_against_them_comes_in(tmp_path: Path, name: str):
    standing, told, deed, fact = GRANTS[name]
    kiosk = booted(tmp_path, standing, **told)
    deed(kiosk)
    assert granted(kiosk)[-1] == fact
    assert kiosk.world.releases == len(granted(kiosk))


@pytest.mark.parametrize("role", ["staff", "cleaner", "emergency"])
def test_cards_of_the_house_open_a_full_room_that_is_closed_and_ask_nobody(tmp_path: Path, role: Role):
    asked = room(cards="S0001", kind=role, persons=1, pin="always", companions=4)
    closed = lists(Body("hours", 1, hours=NEVER))
    kiosk = booted(tmp_path, Lists({**asked.by_name, **closed.by_name}))
    kiosk.happen(Crossed("door", 0, 0))
    kiosk.happen(Crossed("door", 1, 0))
    show(kiosk, "S0001")
    (entry,) = granted(kiosk)
    assert (entry.role, entry.companions, entry.decided_by) == (role, 0, "list")
    assert not any(isinstance(effect, AskReader) for effect in kiosk.hands.effects)


@pytest.mark.parametrize(("until", "opens"), [("", True), (TODAY, True), ("2026-09-20", False)])
def test_a_card_of_the_house_opens_to_its_last_day(tmp_path: Path, until: str, opens: bool):
    kiosk = booted(tmp_path, room(cards="S0001", kind="cleaner", until=until))
    show(kiosk, "S0001")
    assert bool(granted(kiosk)) is opens


def test_a_card_waved_ten_times_is_one_entry(tmp_path: Path):
    kiosk = booted(tmp_path)
    for _ in range(5):
        show(kiosk)
    push(kiosk, 1)
    for _ in range(5):
        show(kiosk)
    assert len(granted(kiosk)) == kiosk.world.releases == 1


@pytest.mark.parametrize(
    ("pause_s", "left", "marks"),
    [(20, 0, ("shared", "inside")), (20, 1, ("shared",)), (300, 0, ("inside",)), (300, 1, ())],
)
def test_two_persons_with_one_card_are_let_in_and_marked(
    tmp_path: Path, pause_s: int, left: int, marks: tuple[Mark, ...]
):
    kiosk = booted(tmp_path)
    kiosk.happen(Crossed("door", 0, 0))
    show(kiosk)
    push(kiosk, 1)
    kiosk.happen(Crossed("door", 1, 0))
    kiosk.pass_s(pause_s)
    kiosk.happen(Crossed("door", 1, left))
    show(kiosk)
    assert [entry.marks for entry in granted(kiosk)] == [(), marks]


def test_who_has_the_last_place_may_show_the_card_again(tmp_path: Path):
    kiosk = booted(tmp_path, room(persons=1))
    kiosk.happen(Crossed("door", 0, 0))
    show(kiosk)
    kiosk.pass_s(9)
    show(kiosk)
    assert len(granted(kiosk)) == kiosk.world.releases == 2


def test_each_wrong_pin_more_makes_the_card_wait_for_longer(tmp_path: Path):
    kiosk = booted(tmp_path, room(pin="online"))
    with_a_wrong_pin(kiosk, 2)
    for pause_s in (300, 600, 1200):
        with_a_wrong_pin(kiosk)
        kiosk.pass_s(pause_s - 1)
        show(kiosk)
        assert last(kiosk, facts.EntryRefused) == facts.EntryRefused(number("pin_paused"), READER.pseudonym)
        kiosk.pass_s(1)


def test_a_right_pin_ends_the_counting_of_wrong_ones(tmp_path: Path):
    kiosk = booted(tmp_path, room(pin="online"))
    for openings in (1, 2):
        with_a_wrong_pin(kiosk, 2)
        show(kiosk)
        kiosk.happen(Typed("door_pin", "123456"))
        push(kiosk, openings)
        kiosk.pass_s(4)
    assert len(granted(kiosk)) == 2


def test_a_neighbour_is_nobody_s_second(tmp_path: Path):
    kiosk = booted(tmp_path)
    show(kiosk)
    push(kiosk, 1)
    show(kiosk, NEIGHBOUR.card)
    assert [entry.marks for entry in granted(kiosk)] == [(), ()]


def test_who_was_kept_out_stays_out_while_the_ils_is_silent_also_after_a_restart(tmp_path: Path):
    kiosk = booted(tmp_path, room(min_age=16), age=15)
    show(kiosk)
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, kiosk.world)
    kiosk.boot()
    while_the_ils_is_silent(kiosk)
    assert last(kiosk, facts.EntryRefused) == facts.EntryRefused(number("too_young"), READER.pseudonym)
    kiosk.world.readers[READER.card] = replace(READER, age=16)
    come_back(kiosk)
    show(kiosk)
    push(kiosk, 1)
    while_the_ils_is_silent(kiosk)
    assert [entry.decided_by for entry in granted(kiosk)] == ["ils", "rule"]


@pytest.mark.parametrize(
    ("since", "comes_in"), [({"min_age": 14}, True), ({"min_age": 18}, False), ({"terms": "2026-2"}, True)]
)
def test_who_was_kept_out_is_judged_by_the_rules_of_now_while_the_ils_is_silent(
    tmp_path: Path, since: dict[str, int | str], comes_in: bool
):
    kiosk = booted(tmp_path, room(min_age=16), age=15)
    show(kiosk)
    kiosk.happen(ListsChanged(room(**since)))
    while_the_ils_is_silent(kiosk)
    assert bool(granted(kiosk)) is comes_in


def test_an_answer_on_the_page_of_who_was_there_before_counts_for_nobody(tmp_path: Path):
    kiosk = booted(tmp_path, room(companions=4))
    show(kiosk)
    asked = kiosk.loop.kiosk.room
    assert asked
    show(kiosk, NEIGHBOUR.card)
    kiosk.happen(Touched("companions", "4", asked.ask))
    assert granted(kiosk) == []
    kiosk.happen(Touched("companions", "0", asked.ask + 2))
    assert [entry.reader for entry in granted(kiosk)] == [NEIGHBOUR.pseudonym]
