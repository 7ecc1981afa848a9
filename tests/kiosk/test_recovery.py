"""What a start makes of what it finds."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk import owed, recovery
from kiosk.clock import RELEASE_MS, Now
from kiosk.debts import Debt
from kiosk.effects import AskReplay, Record
from kiosk.events import IlsChanged, Settled, Verdict
from kiosk.journal import Intent
from wire import facts
from wire.faults import number
from wire.orders import Order

TXN, READER = "1" * 16, "a" * 32
MADE = facts.LoanMade(TXN, "B001", READER)
RENEWED = facts.LoanRenewed(TXN, "B001", READER)
READ_HERE = facts.LoanMade(TXN, "B001", READER, read_here=True)
NOT_CLEARED, NOT_SECURED = number("tag_not_cleared"), number("tag_not_secured")


def untold(*tail: facts.AnyFact) -> list[facts.Fact]:
    return [record.fact for record in recovery.untold_tags(tail)]


@pytest.mark.parametrize("fact", [MADE, RENEWED])
def test_a_tag_whose_loan_was_made_and_of_which_nothing_more_is_known_is_told(fact):
    assert untold(fact) == [facts.TagUnchanged("", "B001", False, NOT_CLEARED)]


@pytest.mark.parametrize("fact", [facts.ReturnMade(TXN, "B001"), READ_HERE])
def test_so_is_one_that_was_to_be_secured(fact):
    assert untold(fact) == [facts.TagUnchanged("", "B001", True, NOT_SECURED)]


def test_so_is_one_of_a_book_that_was_the_readers_already():
    refused = facts.LoanRefused(TXN, "B001", READER, number("already_yours"))
    assert untold(refused) == [facts.TagUnchanged("", "B001", False, NOT_CLEARED)]


def test_a_book_that_was_not_lent_keeps_its_tag():
    assert untold(facts.LoanRefused(TXN, "B001", READER, number("on_hold"))) == []


def test_what_was_told_is_not_told_again():
    assert untold(MADE, facts.TagChanged("E1", "B001", secured=False)) == []
    assert untold(MADE, facts.TagUnchanged("E1", "B001", secured=False, fault=NOT_CLEARED)) == []


def test_what_was_found_out_late_has_told_its_tag_already():
    assert untold(facts.LoanMade(TXN, "B001", READER, settled=True)) == []


def test_the_last_that_was_done_with_a_book_counts():
    back = facts.ReturnMade("2" * 16, "B001")
    assert untold(MADE, back) == [facts.TagUnchanged("", "B001", True, NOT_SECURED)]


def test_what_the_rule_decided_and_whose_tag_is_not_known_is_told():
    granted = facts.LoanGranted(TXN, "B001", READER)
    assert untold(granted) == [facts.TagUnchanged("", "B001", False, NOT_CLEARED)]
    assert untold(facts.ReturnTaken(TXN, "B001")) == [facts.TagUnchanged("", "B001", True, NOT_SECURED)]


def test_a_book_that_was_found_to_be_its_readers_wears_the_right_tag():
    asked = facts.LoanRefused(TXN, "B001", READER, number("already_yours"))
    assert untold(asked) == [facts.TagUnchanged("", "B001", False, NOT_CLEARED)]
    settled = facts.LoanRefused(TXN, "B001", READER, number("already_yours"), settled=True)
    assert untold(settled) == []


NOW = Now(1_790_100_000_000, 1_000_000)
BOOT = "b" * 16


def test_every_intent_is_owed_in_its_order_with_all_that_a_replay_needs():
    hour_ago = NOW.wall_ms - 3_600_000
    intents = [
        Intent(TXN, "loan", "B001", READER, "R0001", owed=False, at_ms=hour_ago),
        Intent("2" * 16, "return", "B002", "", "", owed=True, at_ms=hour_ago),
        Intent(
            "3" * 16, "loan", "B003", READER, "R0001",
            owed=False, granted=True, due="2026-12-22", at_ms=hour_ago, reader_type="adult", title="活着",
        ),
        Intent("4" * 16, "return", "B004", "", "", owed=False, taken=True, at_ms=hour_ago),
        Intent("5" * 16, "loan", "B005", READER, "R0001", owed=True, was_lent=True, at_ms=hour_ago),
    ]  # fmt: skip
    since = NOW.mono_ms - 3_600_000
    when = {"since_ms": since, "not_before_ms": NOW.mono_ms}
    assert recovery.debts(intents, NOW, BOOT).debts == (
        Debt(TXN, "loan", "B001", READER, "R0001", told=False, **when),
        Debt("2" * 16, "return", "B002", **when),
        Debt(
            "3" * 16, "loan", "B003", READER, "R0001",
            by_rule=True, due="2026-12-22", reader_type="adult", title="活着", **when,
        ),
        Debt("4" * 16, "return", "B004", by_rule=True, **when),
        Debt("5" * 16, "loan", "B005", READER, "R0001", was_lent=True, **when),
    )  # fmt: skip


@pytest.mark.parametrize(("ago_ms", "wait_ms"), [(0, 10_000), (4_000, 6_000), (60_000, 0), (-5_000, 10_000)])
def test_a_question_that_was_asked_lately_is_given_time(ago_ms: int, wait_ms: int):
    intent = Intent(TXN, "loan", "B001", READER, "R0001", owed=False, at_ms=NOW.wall_ms - ago_ms)
    (debt,) = recovery.debts([intent], NOW, BOOT).debts
    assert debt.not_before_ms == NOW.mono_ms + wait_ms
    assert debt.since_ms == NOW.mono_ms - max(ago_ms, 0)


def test_the_original_time_outlives_a_start_whose_clock_is_behind():
    """A board without a battery starts in 1970, or where the power left it."""
    taken = Intent(TXN, "return", "B001", "", "", owed=False, taken=True, at_ms=NOW.wall_ms)
    state = recovery.debts([taken], Now(86_400_000, 5_000), BOOT)
    state, _ = owed.step(state, IlsChanged(up=True), Now(0, 20_000), time_ms=0, alarm_ms=1)
    day_later = NOW.wall_ms + 86_400_000
    _, (asked, *_) = owed.step(
        state, Settled(TXN, Verdict.NEVER), Now(0, 20_000), time_ms=day_later, alarm_ms=1
    )
    assert asked == AskReplay(TXN, "return", "B001", "", NOW.wall_ms)


@pytest.mark.parametrize(
    ("wall_ms", "age_ms"),
    [(NOW.wall_ms, 0), (3_601_000, 3_600_000), (RELEASE_MS - 1, 0)],
    ids=["set since", "running on", "beginning elsewhere"],
)
def test_what_happened_before_the_clock_was_set_is_as_old_as_the_run_or_as_it_tells(
    wall_ms: int, age_ms: int
):
    taken = Intent(TXN, "return", "B001", "", "", owed=False, taken=True, at_ms=1_000)
    (debt,) = recovery.debts([taken], Now(wall_ms, NOW.mono_ms), BOOT).debts
    assert (debt.since_ms, debt.wall_ms) == (NOW.mono_ms - age_ms, None)


def test_what_nobody_can_date_happened_before_what_came_after_it():
    times = (1_000, 2_000, NOW.wall_ms - 60_000, 3_000)
    intents = [
        Intent(f"{n}" * 16, "return", "B001", "", "", owed=False, at_ms=ms) for n, ms in enumerate(times)
    ]
    ages = [NOW.mono_ms - debt.since_ms for debt in recovery.debts(intents, NOW, BOOT).debts]
    assert ages == [62_000, 61_000, 60_000, 0]


def test_a_return_before_a_loan_that_central_dated_stays_before_it():
    """Two boots without a clock: in the first nobody was heard, in the second central was."""
    back = Intent(
        "0" * 16, "return", "B001", "", "", owed=False, taken=True, at_ms=5_000, boot="c" * 16, mono_ms=5_000
    )
    given = Intent(
        TXN, "loan", "B001", READER, "R0001", owed=False, granted=True,
        at_ms=9_000, boot="d" * 16, mono_ms=9_000, central_ms=NOW.wall_ms,
    )  # fmt: skip
    first, second = recovery.debts([back, given], Now(60_000, 60_000), BOOT).debts
    assert (first.wall_ms, second.wall_ms) == (NOW.wall_ms - 1_000, NOW.wall_ms)


HOUR_MS = 3_600_000
GIVEN_MS = NOW.mono_ms - HOUR_MS // 6


def _told_at(intent: Intent, started: Now, central_ms: int) -> int:
    """When the ILS is told that it was, once central's time is known: `central_ms` at this start."""
    debt = replace(recovery.debts([intent], started, BOOT).debts[0], not_before_ms=0)
    state, _ = owed.step(owed.Owed((debt,)), IlsChanged(up=True), started, time_ms=central_ms, alarm_ms=1)
    settled = Settled(TXN, Verdict.NEVER)
    _, (asked, *_) = owed.step(state, settled, started, time_ms=central_ms, alarm_ms=1)
    assert isinstance(asked, AskReplay)
    return asked.at_ms


@pytest.mark.parametrize("wrong_ms", [72 * HOUR_MS, -72 * HOUR_MS, -NOW.wall_ms])
def test_within_a_boot_the_original_time_outlives_a_start_on_a_clock_that_was_set_since(wrong_ms: int):
    given = Intent(
        TXN, "loan", "B001", READER, "R0001", owed=False, granted=True,
        at_ms=NOW.wall_ms - HOUR_MS // 6, boot=BOOT, mono_ms=GIVEN_MS,
    )  # fmt: skip
    started = Now(NOW.wall_ms + wrong_ms, NOW.mono_ms)
    assert _told_at(given, started, NOW.wall_ms) == NOW.wall_ms - HOUR_MS // 6


@pytest.mark.parametrize("wrong_ms", [72 * HOUR_MS, -72 * HOUR_MS, -NOW.wall_ms])
def test_what_a_boot_before_did_on_a_wrong_clock_central_dates_where_it_was_heard(wrong_ms: int):
    at_ms = NOW.wall_ms - HOUR_MS
    given = Intent(
        TXN, "loan", "B001", READER, "R0001", owed=False, granted=True,
        at_ms=at_ms + wrong_ms, boot="c" * 16, mono_ms=5, central_ms=at_ms,
    )  # fmt: skip
    assert _told_at(given, NOW, NOW.wall_ms) == at_ms


def test_an_order_that_was_taken_and_not_answered_is_refused():
    order = Order(7, "door.release", 0, 15_000)
    refused = facts.OrderRefused(7, "door.release", number("order_not_possible"))
    assert recovery.unanswered([order]) == [Record(refused)]
