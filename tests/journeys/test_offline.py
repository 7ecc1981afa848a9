"""The library system is silent and the room goes on: lent by the rule, taken back, told later, once, in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from kiosk import config
from kiosk.effects import AskItem, AskLoan, AskReader, AskReplay
from kiosk.events import IlsChanged, ReaderAnswered, Touched
from tests.journeys.house import NEIGHBOUR, READER, SETTLES_S, Kiosk, World
from tests.journeys.truth import assert_settled, assert_tags_told
from tests.kiosk.ruling import NEVER, body, lists
from wire import facts
from wire.faults import number
from wire.lists import Body

F = TypeVar("F", bound=facts.Fact)


def silent_kiosk(folder: Path, world: World, *known: str) -> Kiosk:
    """The ILS has called these cards good, and does not hear any more."""
    kiosk = Kiosk(folder, world)
    kiosk.boot()
    for card in known:
        kiosk.card(card)
        kiosk.happen(Touched("done"))
    fall_silent(kiosk)
    return kiosk


def fall_silent(kiosk: Kiosk) -> None:
    kiosk.world.deaf = True
    kiosk.happen(IlsChanged(up=False))


def come_back(kiosk: Kiosk) -> None:
    kiosk.world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    kiosk.pass_s(SETTLES_S)


def leave(kiosk: Kiosk) -> None:
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.pass_s(7)


def last(kiosk: Kiosk, kind: type[F]) -> F:
    return told(kiosk, kind)[-1]


def told(kiosk: Kiosk, kind: type[F]) -> list[F]:
    return [fact for fact in kiosk.facts() if isinstance(fact, kind)]


# ---------------------------------------------------------------- a whole evening
@pytest.mark.parametrize("no_block", [True, False], ids=["no block", "as if asked now"])
def test_an_evening_without_the_ils(tmp_path: Path, no_block: bool):
    """In by the door, a book back, two lent; at night the line returns and everything is told in its order."""
    world = World(lent={"B003": "R0009"}, no_block=no_block)
    world.secured["E3"] = False
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    asked = len([e for e in kiosk.hands.effects if isinstance(e, AskReader)])
    kiosk.card(device="door_scanner")
    assert world.releases == 1, "at once: nobody is asked"
    assert len([e for e in kiosk.hands.effects if isinstance(e, AskReader)]) == asked
    assert last(kiosk, facts.EntryGranted) == facts.EntryGranted(READER.pseudonym, "adult", "rule")
    kiosk.lay("E3")
    assert world.secured["E3"]
    leave(kiosk)
    kiosk.card()
    assert last(kiosk, facts.SessionOpened) == facts.SessionOpened(READER.pseudonym, "adult", "rule")
    kiosk.lay("E1")
    kiosk.lay("E2")
    due = (datetime.fromtimestamp(world.wall_ms / 1000, UTC).astimezone().date() + timedelta(30)).isoformat()
    granted = told(kiosk, facts.LoanGranted)
    assert [(f.item, f.due, f.decided_by) for f in granted] == [("B001", due, "rule"), ("B002", due, "rule")]
    assert not world.secured["E1"]
    lent_ms = world.wall_ms
    leave(kiosk)
    assert world.done == [], "the ILS knows nothing yet"
    kiosk.pass_s(3600)
    come_back(kiosk)
    assert [(r.kind, r.item) for r in world.replayed] == [
        ("return", "B003"),
        ("loan", "B001"),
        ("loan", "B002"),
    ]
    assert [r.at_ms for r in world.replayed[1:]] == [lent_ms, lent_ms]
    assert world.replayed[1].due == due
    made = told(kiosk, facts.LoanMade)
    assert [(f.item, f.granted, f.forced) for f in made] == [
        ("B001", True, no_block),
        ("B002", True, no_block),
    ]
    assert_settled(kiosk, {"B003": "R0009"})
    assert_tags_told(kiosk)
    assert kiosk.kinds().count("tag.unchanged") == 0
    kiosk.power_off()


def test_a_loan_that_the_ils_did_hear_of_is_not_told_again(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(), READER.card)
    kiosk.world.deaf, kiosk.world.silent = False, True
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.world.silent = False
    come_back(kiosk)
    assert kiosk.world.done == [("loan", "B001", READER.card)]
    assert kiosk.world.replayed == []
    assert_settled(kiosk, {})
    kiosk.power_off()


@pytest.mark.parametrize("hears", [True, False], ids=["heard", "unheard"])
@pytest.mark.parametrize("restarts", [True, False], ids=["restarts", "stays"])
def test_a_readers_own_book_is_no_second_loan(tmp_path: Path, hears: bool, restarts: bool):
    """Lent before, laid down with the card while the ILS is silent: they may take it, and nothing is counted."""
    world = World(lent={"B001": READER.card})
    world.secured["E1"] = False
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    world.deaf, world.silent = not hears, hears
    kiosk.card()
    kiosk.lay("E1")
    assert last(kiosk, facts.LoanOwed).was_lent
    session = kiosk.loop.kiosk.session
    assert session
    assert session.lines[0].fault == number("on_loan_already")
    leave(kiosk)
    if restarts:
        kiosk.power_off()
        kiosk = Kiosk(tmp_path, world)
        kiosk.boot()
    world.silent = False
    come_back(kiosk)
    refused = last(kiosk, facts.LoanRefused)
    assert (refused.fault, refused.settled, refused.granted) == (number("already_yours"), True, False)
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot_and_settle()
    assert told(kiosk, facts.LoanMade) == []
    assert told(kiosk, facts.TagUnchanged) == []
    assert_settled(kiosk, {"B001": READER.card})
    kiosk.power_off()


def test_a_book_on_loan_to_somebody_else_is_nobodys_loan_either(tmp_path: Path):
    world = World(lent={"B001": NEIGHBOUR.card})
    world.secured["E1"] = False
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    world.deaf, world.silent = False, True
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    world.silent = False
    come_back(kiosk)
    assert len(told(kiosk, facts.LoanAbandoned)) == 1
    assert_settled(kiosk, {"B001": NEIGHBOUR.card})
    kiosk.power_off()


def test_a_book_whose_tag_could_not_be_cleared_is_not_lent_again_by_the_rule(tmp_path: Path):
    kiosk = Kiosk(tmp_path, World(unwritable={"E1"}))
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    assert kiosk.kinds().count("loan.made") == 1
    leave(kiosk)
    fall_silent(kiosk)
    kiosk.world.deaf, kiosk.world.silent = False, True
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.world.silent = False
    come_back(kiosk)
    assert kiosk.world.done == [("loan", "B001", READER.card)]
    assert told(kiosk, facts.LoanGranted) == []
    assert kiosk.kinds().count("loan.made") == 1
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_a_loan_and_its_return_and_another_loan_of_one_book_are_told_in_their_order(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(), READER.card, NEIGHBOUR.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.card(NEIGHBOUR.card)
    kiosk.lay("E1")
    leave(kiosk)
    come_back(kiosk)
    assert kiosk.world.done == [
        ("loan", "B001", READER.card),
        ("return", "B001", READER.card),
        ("loan", "B001", NEIGHBOUR.card),
    ]
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_a_book_whose_news_is_still_owed_is_dealt_with_by_the_rule_while_the_ils_answers(tmp_path: Path):
    world = World()
    kiosk = silent_kiosk(tmp_path, world, READER.card, NEIGHBOUR.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    world.deaf = False
    kiosk.happen(IlsChanged(up=True))  # not judged yet: it may still be at work
    asked = len(kiosk.hands.effects)
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.card(NEIGHBOUR.card)
    kiosk.lay("E1")
    assert not any(isinstance(e, AskItem | AskLoan) for e in kiosk.hands.effects[asked:])
    assert not world.secured["E1"]
    leave(kiosk)
    kiosk.pass_s(60)
    assert [deed[0] for deed in world.done] == ["loan", "return", "loan"]
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_the_readers_own_book_that_is_laid_down_again_is_theirs(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(), READER.card, NEIGHBOUR.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.card()
    kiosk.lay("E1")
    assert last(kiosk, facts.LoanRefused).fault == number("already_yours")
    leave(kiosk)
    kiosk.card(NEIGHBOUR.card)
    kiosk.lay("E1")
    assert last(kiosk, facts.LoanRefused).fault == number("lent_to_other")
    leave(kiosk)
    come_back(kiosk)
    assert_settled(kiosk, {})
    kiosk.power_off()


# ---------------------------------------------------------------- what the rule does not lend
def refused(kiosk: Kiosk) -> int | None:
    assert kiosk.loop.kiosk.session
    return kiosk.loop.kiosk.session.lines[-1].fault


def test_a_stranger_is_told_that_the_card_cannot_be_checked(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World())
    kiosk.card()
    assert last(kiosk, facts.ReaderRefused) == facts.ReaderRefused(number("cannot_check_card"))
    kiosk.card(device="door_scanner")
    assert last(kiosk, facts.EntryRefused) == facts.EntryRefused(number("cannot_check_card"))
    kiosk.power_off()


def test_a_reader_is_remembered_across_runs_and_not_for_ever(tmp_path: Path):
    world = World()
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card(device="door_scanner")
    assert world.releases == 1
    world.wall_ms += 31 * 86_400_000
    kiosk.card(device="door_scanner")
    assert world.releases == 1
    kiosk.power_off()


def test_a_reader_whom_the_ils_has_refused_since_is_forgotten(tmp_path: Path):
    world = World()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card(device="door_scanner")
    world.blocked.add(READER.card)
    kiosk.pass_s(10)
    kiosk.card(device="door_scanner")
    fall_silent(kiosk)
    kiosk.card(device="door_scanner")
    assert world.releases == 1
    kiosk.power_off()
    assert not Kiosk(tmp_path, world).loop.kiosk.memory.readers


def test_a_reader_whom_the_desk_has_turned_away_still_comes_in(tmp_path: Path):
    """Fees keep nobody from coming in to pay or to return."""
    kiosk = silent_kiosk(tmp_path, World(), READER.card)
    kiosk.happen(ReaderAnswered(0, None, number("fees_owed"), READER.card, enters=True))
    kiosk.card()
    assert last(kiosk, facts.ReaderRefused) == facts.ReaderRefused(number("cannot_check_card"))
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1
    kiosk.power_off()
    assert not Kiosk(tmp_path, kiosk.world).loop.kiosk.memory.readers[READER.pseudonym].borrows


def test_no_more_than_the_cap(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(offline=config.Offline(cap=2)), READER.card)
    kiosk.card()
    for uid in ("E1", "E2", "E3"):
        kiosk.lay(uid)
    assert refused(kiosk) == number("offline_limit_reached")
    assert kiosk.kinds()[-1] == "loan.owed"
    assert kiosk.world.secured["E3"]
    leave(kiosk)
    come_back(kiosk)
    assert_settled(kiosk, {})
    kiosk.power_off()


@pytest.mark.parametrize(
    ("listed", "fault"),
    [
        (body("hold", items=("B001",)), "on_hold"),
        (body("deny", items=("B001",)), "loan_not_allowed"),
    ],
)
def test_what_is_held_or_denied_is_not_lent(tmp_path: Path, listed: Body, fault: str):
    kiosk = silent_kiosk(tmp_path, World(lists=lists(listed)), READER.card)
    kiosk.card()
    kiosk.lay("E1")
    assert refused(kiosk) == number(fault)
    leave(kiosk)
    come_back(kiosk)
    assert kiosk.world.lent == {}
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_a_book_whose_tag_reads_as_lent_or_not_at_all_is_not_lent(tmp_path: Path):
    world = World(unreadable={"E2"})
    world.secured["E1"] = False
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.card()
    for uid, fault in (("E1", "on_loan_already"), ("E2", "cannot_lend_now")):
        kiosk.lay(uid)
        assert refused(kiosk) == number(fault)
    assert "loan.granted" not in kiosk.kinds()
    kiosk.power_off()


def test_a_set_is_lent_when_all_its_tags_read_as_secured(tmp_path: Path):
    world = World()
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.card()
    kiosk.lay("E6")
    kiosk.lay("E7")
    assert last(kiosk, facts.LoanGranted).item == "B006"
    assert not world.secured["E6"]
    assert not world.secured["E7"]
    leave(kiosk)
    come_back(kiosk)
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_without_a_card_the_tag_says_whether_a_book_comes_back(tmp_path: Path):
    world = World(lent={"B001": "R0009"})
    world.secured["E1"] = False
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.lay("E1")
    kiosk.lay("E2")
    assert kiosk.loop.kiosk.session
    assert [str(line.step) for line in kiosk.loop.kiosk.session.lines] == ["secured", "waiting"]
    kiosk.card()
    assert last(kiosk, facts.LoanGranted).item == "B002"
    leave(kiosk)
    come_back(kiosk)
    assert_settled(kiosk, {"B001": "R0009"})
    kiosk.power_off()


# ---------------------------------------------------------------- lists
def test_the_allow_list_lets_strangers_in_and_borrow_until_it_expires(tmp_path: Path):
    allowed = body("allow", readers=(READER.card,), cap=1)
    world = World()
    world.lists = lists(allowed, expires_ms=world.wall_ms + 3_600_000)
    kiosk = silent_kiosk(tmp_path, world)
    kiosk.card(device="door_scanner")
    assert last(kiosk, facts.EntryGranted) == facts.EntryGranted(READER.pseudonym, "student", "list")
    kiosk.card()
    kiosk.lay("E1")
    assert last(kiosk, facts.LoanGranted).decided_by == "list"
    kiosk.lay("E2")
    assert refused(kiosk) == number("offline_limit_reached"), "the list's own cap"
    leave(kiosk)
    kiosk.pass_s(3600)
    kiosk.card(device="door_scanner")
    assert world.releases == 1
    kiosk.power_off()


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "the ILS says yes"])
def test_the_deny_list_always_wins(tmp_path: Path, silent: bool):
    world = World(lists=lists(body("deny", readers=(READER.card,)), body("allow", readers=(READER.card,))))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    if silent:
        fall_silent(kiosk)
    kiosk.card(device="door_scanner")
    kiosk.card()
    assert world.releases == 0
    assert last(kiosk, facts.EntryRefused).fault == number("card_blocked")
    assert last(kiosk, facts.ReaderRefused).fault == number("card_blocked")
    kiosk.power_off()


def test_a_denied_book_is_not_asked_for_and_is_taken_back(tmp_path: Path):
    world = World(lists=lists(body("deny", items=("B001", "B002"))), lent={"B002": "R0009"})
    world.secured["E2"] = False
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.lay("E2")
    leave(kiosk)
    assert world.lent == {}
    kiosk.card()
    kiosk.lay("E1")
    assert refused(kiosk) == number("loan_not_allowed")
    assert not any(isinstance(effect, AskLoan) for effect in kiosk.hands.effects)
    assert kiosk.kinds()[-1] == "loan.refused"
    kiosk.power_off()


def test_outside_the_hours_nobody_is_let_in_and_whoever_is_inside_leaves(tmp_path: Path):
    world = World(lists=lists(Body("hours", 1, hours=NEVER)))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card(device="door_scanner")
    assert (world.releases, last(kiosk, facts.EntryRefused)) == (0, facts.EntryRefused(number("closed_now")))
    assert not any(isinstance(effect, AskReader) for effect in kiosk.hands.effects)
    kiosk.power_off()


# ---------------------------------------------------------------- what the ILS does not take
def test_what_the_ils_refuses_leaves_the_kiosk_and_goes_to_staff(tmp_path: Path):
    """Lent elsewhere meanwhile: the reader has the book, and staff have the reader."""
    world = World()
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    world.lent["B001"] = "R0009"
    come_back(kiosk)
    refusal = last(kiosk, facts.LoanRefused)
    assert (refusal.fault, refusal.granted, bool(refusal.sealed)) == (number("lent_to_other"), True, True)
    assert not kiosk.journal.intents()
    assert kiosk.loop.kiosk.owed.debts == ()
    kiosk.power_off()


def test_what_the_ils_contradicts_itself_about_is_told_and_its_answer_decides(tmp_path: Path):
    world = World(unclear={"B001"})
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    come_back(kiosk)
    assert world.done == [("loan", "B001", READER.card)]
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_a_replay_that_is_heard_and_not_answered_is_not_done_twice(tmp_path: Path):
    world = World()
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.hands.mute_to = (AskReplay,)
    world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    kiosk.pass_s(5)
    assert len(world.replayed) == 1
    assert "loan.made" not in kiosk.kinds()
    kiosk.hands.mute_to = ()
    kiosk.pass_s(SETTLES_S)
    assert world.done == [("loan", "B001", READER.card)]
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_a_clock_that_was_never_set_tells_no_date_and_lends_nothing(tmp_path: Path):
    world = World(wall_ms=1_000_000)
    kiosk = silent_kiosk(tmp_path, world, READER.card)
    kiosk.card()
    kiosk.lay("E1")
    assert refused(kiosk) == number("cannot_lend_now")
    kiosk.power_off()
