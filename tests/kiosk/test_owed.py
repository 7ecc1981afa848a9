"""Answers that are owed: asked about one at a time, in their order, settled once, never forgotten."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk import owed
from kiosk.clock import RELEASE_MS, Now
from kiosk.debts import SILENCE_MS, Debt, debt_of
from kiosk.effects import AnyEffect, AskReplay, AskSettle, ClearFault, RaiseFault, Record
from kiosk.events import (
    AnyEvent,
    IlsChanged,
    IlsSilent,
    LoanAnswered,
    ReturnAnswered,
    Settled,
    Ticked,
    Verdict,
)
from kiosk.owed import AGAIN_MS, RESTS_MS, Owed
from wire import facts
from wire.faults import number

LI, WANG = "a" * 32, "b" * 32
LOAN = Debt("1" * 16, "loan", "B001", LI, "R0001")
RETURN = Debt("2" * 16, "return", "B002")
GRANTED = Debt(
    "3" * 16, "loan", "B003", LI, "R0001", by_rule=True, due="2026-12-22", reader_type="adult", title="活着"
)
TAKEN = Debt("4" * 16, "return", "B004", by_rule=True, title="围城")
MONO_MS = 1_000_000
NOW = Now(0, MONO_MS)
TIME_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


def step(state: Owed, event: AnyEvent, at_ms: int = MONO_MS) -> tuple[Owed, list[AnyEffect]]:
    time_ms = TIME_MS + at_ms - MONO_MS
    state, effects = owed.step(state, event, Now(0, at_ms), time_ms=time_ms, alarm_ms=4 * HOUR_MS)
    return state, list(effects)


def up(*debts: Debt) -> tuple[Owed, list[AnyEffect]]:
    fresh = tuple(debt if debt.since_ms else _at(debt, MONO_MS) for debt in debts)
    return step(Owed(fresh), IlsChanged(up=True))


def _at(debt: Debt, since_ms: int) -> Debt:
    values = {name: getattr(debt, name) for name in Debt.__slots__}
    return Debt(**{**values, "since_ms": since_ms})


def replayed(debt: Debt) -> Owed:
    """The ILS never did it; it is told now."""
    state, _ = up(debt)
    state, (asked,) = step(state, Settled(debt.txn, Verdict.NEVER))
    assert isinstance(asked, AskReplay)
    return state


@pytest.mark.parametrize("verdict", [Verdict.NEVER, Verdict.UNCLEAR])
def test_what_happened_on_a_clock_that_was_never_set_is_told_when_central_was_heard(verdict):
    state = Owed((_at(TAKEN, MONO_MS),), ils_up=True, asking=TAKEN.txn)
    settled = Settled(TAKEN.txn, verdict)
    state, effects = owed.step(state, settled, NOW, time_ms=RELEASE_MS - 1, alarm_ms=4 * HOUR_MS)
    assert (effects, owed.deadline_ms(state, 4 * HOUR_MS)) == ((), MONO_MS + AGAIN_MS)
    state, _ = step(state, Ticked(), MONO_MS + AGAIN_MS)
    _, (told,) = step(state, settled, MONO_MS + AGAIN_MS)
    assert told == AskReplay(TAKEN.txn, "return", "B004", "", TIME_MS)


def test_that_the_ils_has_it_already_needs_no_clock():
    state = Owed((_at(TAKEN, MONO_MS),), ils_up=True, asking=TAKEN.txn)
    state, effects = owed.step(state, Settled(TAKEN.txn, Verdict.DONE), NOW, time_ms=0, alarm_ms=4 * HOUR_MS)
    assert (state.debts, [type(one.fact) for one in effects]) == ((), [facts.ReturnMade])


# ---------------------------------------------------------------- plain
def test_the_oldest_is_asked_about_first_and_one_at_a_time():
    state, effects = up(LOAN, RETURN)
    assert effects == [AskSettle(LOAN.txn, "loan", "B001", "R0001")]
    state, effects = step(state, Settled(LOAN.txn, Verdict.DONE, "活着", "I247", "2026-12-22"))
    assert effects == [
        Record(facts.LoanMade(LOAN.txn, "B001", LI, "", "活着", "I247", "2026-12-22", settled=True)),
        Record(facts.TagUnchanged("", "B001", False, number("tag_not_cleared"))),
        AskSettle(RETURN.txn, "return", "B002", ""),
    ]
    assert [debt.txn for debt in state.debts] == [RETURN.txn]


@pytest.mark.parametrize(
    ("debt", "end"),
    [(LOAN, facts.LoanAbandoned(LOAN.txn, "B001", LI)), (RETURN, facts.ReturnAbandoned(RETURN.txn, "B002"))],
)
def test_what_was_never_done_and_changed_no_hands_is_abandoned(debt: Debt, end: facts.Fact):
    state, _ = up(debt)
    state, effects = step(state, Settled(debt.txn, Verdict.NEVER))
    assert effects == [Record(end)]
    assert not state.debts


def test_a_book_that_had_been_its_readers_before_is_no_second_loan():
    debt = replace(LOAN, was_lent=True)
    state, _ = up(debt)
    state, effects = step(state, Settled(debt.txn, Verdict.DONE, "活着"))
    refused = facts.LoanRefused(debt.txn, "B001", LI, number("already_yours"), settled=True)
    assert effects == [Record(refused)], "and its tag is as it should be"
    assert not state.debts
    assert step(up(debt)[0], Settled(debt.txn, Verdict.NEVER))[1] == [
        Record(facts.LoanAbandoned(debt.txn, "B001", LI))
    ]


@pytest.mark.parametrize(("verdict", "wait_ms"), [(Verdict.UNCLEAR, AGAIN_MS), (Verdict.SILENT, SILENCE_MS)])
def test_what_stays_unclear_is_asked_about_again_later(verdict: Verdict, wait_ms: int):
    state, _ = up(LOAN)
    state, effects = step(state, Settled(LOAN.txn, verdict))
    assert effects == []
    assert owed.deadline_ms(state, HOUR_MS * 4) == MONO_MS + wait_ms
    assert step(state, Ticked(), MONO_MS + wait_ms - 1)[1] == []
    assert step(state, Ticked(), MONO_MS + wait_ms)[1] == [AskSettle(LOAN.txn, "loan", "B001", "R0001")]


def test_what_nobody_was_told_of_is_told_once_when_it_stays_owed():
    untold = Debt(LOAN.txn, "loan", "B001", LI, "R0001", told=False, was_lent=True, since_ms=MONO_MS)
    state, _ = up(untold)
    state, effects = step(state, Settled(LOAN.txn, Verdict.SILENT))
    assert effects == [Record(facts.LoanOwed(LOAN.txn, "B001", LI, was_lent=True), card="R0001")]
    state, _ = step(state, Ticked(), MONO_MS + SILENCE_MS)
    state, effects = step(state, Settled(LOAN.txn, Verdict.UNCLEAR), MONO_MS + SILENCE_MS)
    assert effects == []
    untold = Debt(RETURN.txn, "return", "B002", told=False, since_ms=MONO_MS)
    state, _ = up(untold)
    assert step(state, Settled(RETURN.txn, Verdict.UNCLEAR))[1] == [
        Record(facts.ReturnOwed(RETURN.txn, "B002"))
    ]


def test_a_loan_of_which_nobody_can_ask_whose_it_is_goes_to_staff():
    state, (asked,) = up(replace(LOAN, card=""))
    assert asked == AskSettle(LOAN.txn, "loan", "B001", ""), "the book may be in stock, which tells enough"
    state, effects = step(state, Settled(LOAN.txn, Verdict.UNCLEAR))
    assert effects == [Record(facts.LoanAbandoned(LOAN.txn, "B001", LI, unclear=True))]
    assert not state.debts


def test_a_registration_of_which_nobody_can_ask_goes_to_staff_and_one_whose_number_is_locked_away_waits():
    lost = Debt(OTHER, "register", "", LI)
    state, effects = step(
        Owed((_at(lost, MONO_MS), _at(replace(lost, reader=WANG, locked=True), MONO_MS))), Ticked()
    )
    assert effects == [Record(facts.RegisterAbandoned(OTHER, LI, unclear=True))]
    assert [debt.reader for debt in state.debts] == [WANG]


def test_nothing_is_asked_while_the_ils_is_away():
    state, effects = step(Owed((_at(LOAN, MONO_MS),)), Ticked())
    assert effects == []
    assert step(state, IlsChanged(up=False))[1] == []
    assert owed.deadline_ms(state, 5) == MONO_MS + 5, "the alarm's alone"


def test_a_silence_is_given_time_before_anything_is_concluded_from_it():
    told = debt_of(Record(facts.LoanOwed(LOAN.txn, "B001", LI), card="R0001"), NOW)
    assert told is not None
    state, effects = up(told)
    assert effects == []
    assert owed.deadline_ms(state, HOUR_MS) == MONO_MS + SILENCE_MS
    assert step(state, Ticked(), MONO_MS + SILENCE_MS)[1] == [AskSettle(LOAN.txn, "loan", "B001", "R0001")]


def test_an_ils_that_answers_too_late_is_asked_less_and_less_often_and_at_once_when_it_answers():
    many = [replace(LOAN, txn=f"{n:016}", item=f"B{n:03}") for n in range(100)]
    state, (asked,) = up(*many)
    at_ms, asked_at = MONO_MS, []
    for _ in range(10):
        state, _ = step(state, Settled(asked.txn, Verdict.SILENT), at_ms)
        state, _ = step(state, IlsChanged(up=False), at_ms)
        state, nothing = step(state, IlsChanged(up=True), at_ms)
        assert nothing == []
        asked_at.append(owed.deadline_ms(state, 4 * HOUR_MS) - at_ms)
        at_ms += asked_at[-1]
        state, (asked,) = step(state, Ticked(), at_ms)
    assert asked_at == [*RESTS_MS, *[RESTS_MS[-1]] * 3]
    state, effects = step(state, Settled(asked.txn, Verdict.NEVER), at_ms)
    assert isinstance(effects[-1], AskSettle), "the next one, at once"
    assert state.silences == 0


def test_an_answer_about_another_than_the_one_asked_about_changes_nothing():
    state, _ = up(LOAN, RETURN)
    assert step(state, Settled("9" * 16, Verdict.DONE)) == (state, [])
    assert step(state, Settled(RETURN.txn, Verdict.UNCLEAR)) == (state, [])
    assert step(state, LoanAnswered(LOAN.txn, None)) == (state, []), "it was not replayed"


def test_an_ils_that_comes_and_goes_is_asked_one_thing_at_a_time_and_nothing_is_forgotten():
    state, _ = up(LOAN, RETURN)
    asked = 1
    for _ in range(5):
        state, effects = step(state, IlsChanged(up=False))
        assert effects == []
        state, effects = step(state, IlsChanged(up=True))
        asked += len(effects)
    assert asked == 1
    assert {debt.txn for debt in state.debts} == {LOAN.txn, RETURN.txn}


# ---------------------------------------------------------------- by the rule
def test_a_granted_loan_that_the_ils_has_is_made_with_what_the_reader_was_told():
    state, _ = up(GRANTED)
    state, effects = step(state, Settled(GRANTED.txn, Verdict.DONE, "", "I247", "2026-11-01"))
    made = facts.LoanMade(
        GRANTED.txn, "B003", LI, "adult", "活着", "I247", "2026-12-22", settled=True, granted=True
    )
    assert effects == [Record(made)], "its tag was written when it was granted"
    assert not state.debts


@pytest.mark.parametrize("verdict", [Verdict.NEVER, Verdict.UNCLEAR])
def test_what_changed_hands_is_told_to_the_ils_with_its_own_time(verdict: Verdict):
    happened = _at(GRANTED, MONO_MS - HOUR_MS)
    state, _ = up(happened)
    state, effects = step(state, Settled(GRANTED.txn, verdict), MONO_MS + 500)
    assert effects == [AskReplay(GRANTED.txn, "loan", "B003", "R0001", TIME_MS - HOUR_MS, "2026-12-22")]
    assert [debt.txn for debt in state.debts] == [GRANTED.txn]


def test_what_happened_before_the_boot_is_told_with_its_own_time_too():
    state, _ = up(_at(TAKEN, -HOUR_MS))
    _, effects = step(state, Settled(TAKEN.txn, Verdict.NEVER))
    assert effects == [AskReplay(TAKEN.txn, "return", "B004", "", TIME_MS - MONO_MS - HOUR_MS)]


def test_what_the_ils_did_late_with_the_same_book_comes_before_what_it_is_told_since():
    again = Debt(
        GRANTED.txn, "loan", TAKEN.item, LI, "R0001", by_rule=True, due="2026-12-22", since_ms=MONO_MS
    )
    state, _ = up(_at(TAKEN, MONO_MS - 8_000), again)
    state, effects = step(state, Settled(TAKEN.txn, Verdict.DONE), MONO_MS + 5_000)
    assert AskSettle(again.txn, "loan", TAKEN.item, "R0001") in effects
    _, effects = step(state, Settled(again.txn, Verdict.NEVER), MONO_MS + 6_000)
    assert effects == [AskReplay(again.txn, "loan", TAKEN.item, "R0001", TIME_MS + 6_000, "2026-12-22")]


def test_a_return_and_a_loan_since_then_are_told_in_their_order_a_second_apart():
    """A return stands for the whole second that it names: a loan of that second would be over with it."""
    late = Debt("5" * 16, "loan", TAKEN.item, LI, "R0001", since_ms=MONO_MS - 30_000)
    back = _at(TAKEN, MONO_MS - 20_000)
    again = Debt("6" * 16, "loan", TAKEN.item, WANG, "R0002", by_rule=True, since_ms=MONO_MS - 10_000)
    state, _ = up(late, back, again)
    told = []
    for debt, verdict in ((late, Verdict.DONE), (back, Verdict.NEVER), (again, Verdict.NEVER)):
        state, effects = step(state, Settled(debt.txn, verdict))
        told += [effect.at_ms for effect in effects if isinstance(effect, AskReplay)]
        state, _ = step(state, ReturnAnswered(back.txn, None)) if debt is back else (state, [])
    assert told == [TIME_MS + 1_000, TIME_MS + 2_000]


@pytest.mark.parametrize("fault", [None, number("already_yours")])
def test_a_replayed_loan_is_made(fault: int | None):
    _, effects = step(replayed(GRANTED), LoanAnswered(GRANTED.txn, fault, "活着", "I247", "x", forced=True))
    made = facts.LoanMade(
        GRANTED.txn, "B003", LI, "adult", "活着", "I247", "2026-12-22",
        settled=True, granted=True, forced=True,
    )  # fmt: skip
    assert effects == [Record(made, card="R0001")]


def test_a_replayed_return_is_made():
    answer = ReturnAnswered(TAKEN.txn, None, "围城", "I246", "xian")
    state, effects = step(replayed(TAKEN), answer)
    made = facts.ReturnMade(TAKEN.txn, "B004", "围城", "I246", "xian", settled=True, taken=True)
    assert effects == [Record(made)]
    assert not state.debts


def test_what_the_ils_refuses_goes_to_staff_and_leaves_the_kiosk():
    fault = number("lent_to_other")
    state, effects = step(replayed(GRANTED), LoanAnswered(GRANTED.txn, fault))
    refused = facts.LoanRefused(GRANTED.txn, "B003", LI, fault, granted=True)
    assert effects == [Record(refused, card="R0001")]
    assert not state.debts
    fault = number("item_unknown")
    state, effects = step(replayed(TAKEN), ReturnAnswered(TAKEN.txn, fault))
    assert effects == [Record(facts.ReturnRefused(TAKEN.txn, "B004", fault, taken=True))]


def test_already_yours_means_nothing_of_a_return():
    fault = number("already_yours")
    _, effects = step(replayed(TAKEN), ReturnAnswered(TAKEN.txn, fault))
    assert effects == [Record(facts.ReturnRefused(TAKEN.txn, "B004", fault, taken=True))]


def test_a_replay_that_is_not_answered_is_settled_before_it_is_replayed_again():
    state, effects = step(replayed(GRANTED), IlsSilent(txn=GRANTED.txn))
    assert effects == []
    state, effects = step(state, Ticked(), MONO_MS + SILENCE_MS)
    assert effects == [AskSettle(GRANTED.txn, "loan", "B003", "R0001")]


def test_of_one_book_the_later_waits_for_the_earlier_and_other_books_do_not():
    lent = Debt("5" * 16, "loan", "B004", LI, "R0001", by_rule=True)
    state, _ = up(TAKEN, lent, GRANTED)
    state, _ = step(state, Settled(TAKEN.txn, Verdict.SILENT))
    state, effects = step(state, Ticked(), MONO_MS + RESTS_MS[0])
    assert effects == [AskSettle(GRANTED.txn, "loan", "B003", "R0001")]
    state, effects = step(state, Settled(GRANTED.txn, Verdict.DONE))
    assert not any(isinstance(effect, AskSettle) for effect in effects)
    state, effects = step(state, Ticked(), MONO_MS + SILENCE_MS)
    assert effects == [AskSettle(TAKEN.txn, "return", "B004", "")]
    state, effects = step(state, Settled(TAKEN.txn, Verdict.DONE), MONO_MS + SILENCE_MS)
    assert effects[-1] == AskSettle(lent.txn, "loan", "B004", "R0001")


# ---------------------------------------------------------------- dealt with again
OTHER = "6" * 16


def test_a_book_that_could_be_lent_since_had_not_been_lent_before():
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), facts.LoanMade(OTHER, "B001", WANG))
    assert effects == (Record(facts.LoanAbandoned(LOAN.txn, "B001", LI)),)
    assert state.debts == (RETURN,)


def test_a_book_that_could_be_lent_since_had_come_back():
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), facts.LoanMade(OTHER, "B002", WANG))
    assert effects == (Record(facts.ReturnMade(RETURN.txn, "B002", settled=True)),)
    assert state.debts == (LOAN,)


def test_a_book_that_was_taken_back_since_had_not_been_taken_back_before():
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), facts.ReturnMade(OTHER, "B002"))
    assert effects == (Record(facts.ReturnAbandoned(RETURN.txn, "B002")),)
    assert state.debts == (LOAN,)


def test_a_book_that_is_the_readers_already_had_been_lent_to_them():
    mine = facts.LoanRefused(OTHER, "B001", LI, number("already_yours"))
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), mine)
    assert effects == (Record(facts.LoanMade(LOAN.txn, "B001", LI, settled=True)),)
    assert state.debts == (RETURN,)
    wangs = facts.LoanRefused(OTHER, "B001", WANG, number("already_yours"))
    assert owed.overtaken(Owed((LOAN, RETURN)), wangs) == (Owed((LOAN, RETURN)), ())


def test_a_loan_that_is_owed_stays_so_when_the_book_is_taken_back():
    assert owed.overtaken(Owed((LOAN,)), facts.ReturnMade(OTHER, "B001")) == (Owed((LOAN,)), ())


def test_what_changed_hands_is_never_overtaken():
    state = Owed((GRANTED, TAKEN))
    for fact in (facts.LoanMade(OTHER, "B003", WANG), facts.ReturnMade(OTHER, "B004")):
        assert owed.overtaken(state, fact) == (state, ())


def test_the_later_loan_of_a_book_to_the_same_reader_stands_for_both():
    again = Debt(OTHER, "loan", "B001", LI, "R0001", by_rule=True)
    _, effects = up(LOAN, again)
    assert effects == [
        Record(facts.LoanAbandoned(LOAN.txn, "B001", LI)),
        AskSettle(OTHER, "loan", "B001", "R0001"),
    ]
    to_wang = Debt(OTHER, "loan", "B001", WANG, "R0002", by_rule=True)
    assert up(LOAN, to_wang)[1] == [AskSettle(LOAN.txn, "loan", "B001", "R0001")]


def test_an_answer_about_what_was_given_up_changes_nothing_and_the_next_is_asked_about():
    state, _ = up(LOAN, RETURN)
    state, _ = owed.overtaken(state, facts.LoanMade(OTHER, "B001", WANG))
    assert state.asking == ""
    _, effects = step(state, Settled(LOAN.txn, Verdict.DONE))
    assert effects == [AskSettle(RETURN.txn, "return", "B002", "")]


def test_an_item_number_too_long_for_a_fact_is_known_by_what_the_fact_holds():
    long = Debt("5" * 16, "loan", "B" * 300, LI)
    state, _ = owed.overtaken(Owed((long,)), facts.LoanMade(OTHER, facts.clip("B" * 300), WANG))
    assert not state.debts


def test_the_same_debt_is_owed_once():
    assert owed.owe(owed.owe(Owed(), LOAN), LOAN).debts == (LOAN,)


# ---------------------------------------------------------------- staff
@pytest.mark.parametrize(
    ("debt", "done", "end"),
    [
        (LOAN, True, facts.LoanMade(LOAN.txn, "B001", LI, settled=True, by="staff")),
        (LOAN, False, facts.LoanAbandoned(LOAN.txn, "B001", LI, "staff")),
        (TAKEN, True, facts.ReturnMade(TAKEN.txn, "B004", "围城", settled=True, taken=True, by="staff")),
        (TAKEN, False, facts.ReturnAbandoned(TAKEN.txn, "B004", "staff")),
    ],
)
def test_staff_end_what_the_ils_cannot_tell(debt: Debt, done: bool, end: facts.Fact):
    ended = owed.end_by_staff(Owed((debt,)), debt.txn, done=done)
    assert ended is not None
    assert ended[0].debts == ()
    assert ended[1][0] == Record(end)


def test_staff_wait_for_an_answer_that_is_under_way():
    state, _ = up(LOAN)
    assert owed.end_by_staff(state, LOAN.txn, done=True) is None
    assert owed.end_by_staff(state, OTHER, done=True) is None


def test_what_is_owed_for_too_long_is_an_alarm_until_it_is_gone():
    state = Owed((_at(LOAN, MONO_MS - 4 * HOUR_MS + 1),))
    assert step(state, Ticked())[1] == []
    assert owed.deadline_ms(state, 4 * HOUR_MS) == MONO_MS + 1
    state, effects = step(state, Ticked(), MONO_MS + 1)
    assert effects == [RaiseFault(number("owed_too_long"))]
    assert step(state, Ticked(), MONO_MS + 2)[1] == []
    state, _ = step(state, IlsChanged(up=True), MONO_MS + 3)
    _, effects = step(state, Settled(LOAN.txn, Verdict.NEVER), MONO_MS + 4)
    assert effects[-1] == ClearFault(number("owed_too_long"))


def test_many_debts_are_compared_by_their_number_and_not_by_its_square(monkeypatch: pytest.MonkeyPatch):
    looks = 0
    real = owed._deed

    def counted(debt: Debt) -> tuple[str, str, str]:
        nonlocal looks
        looks += 1
        return real(debt)

    monkeypatch.setattr(owed, "_deed", counted)
    many = tuple(Debt(f"{n:016x}", "loan", f"B{n}", LI, "R0001", since_ms=MONO_MS) for n in range(500))
    state, effects = step(Owed(many), Ticked())
    assert (state.debts, effects) == (many, [])
    assert looks <= 2 * len(many)
