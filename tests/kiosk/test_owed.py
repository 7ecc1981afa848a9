"""Answers that are owed: asked about one at a time, settled once, never forgotten."""

from __future__ import annotations

from kiosk import owed
from kiosk.clock import Now
from kiosk.effects import AskReturn, AskSettle, Record
from kiosk.events import IlsChanged, IlsSilent, ReturnAnswered, Settled, Ticked, Verdict
from kiosk.owed import Debt, Owed
from wire import facts
from wire.faults import number

LOAN = Debt("1" * 16, "loan", "B001", "a" * 32, "R0001")
RETURN = Debt("2" * 16, "return", "B002")
NOW = Now(0, 1_000)


def up(*debts: Debt) -> tuple[Owed, list[object]]:
    state, effects = owed.step(Owed(debts), IlsChanged(up=True), NOW)
    return state, list(effects)


def test_the_oldest_is_asked_about_first_and_one_at_a_time():
    state, effects = up(LOAN, RETURN)
    assert effects == [AskSettle(LOAN.txn, "loan", "B001", "R0001")]
    state, effects = owed.step(state, Settled(LOAN.txn, Verdict.DONE, "活着", "I247", "2026-12-22"), NOW)
    assert effects == (
        Record(facts.LoanMade(LOAN.txn, "B001", "a" * 32, "", "活着", "I247", "2026-12-22", settled=True)),
        Record(facts.TagUnchanged("", "B001", False, number("tag_not_cleared"))),
        AskSettle(RETURN.txn, "return", "B002", ""),
    )
    assert state.debts == (RETURN,)


def test_a_loan_that_was_never_made_is_abandoned():
    state, _ = up(LOAN)
    state, effects = owed.step(state, Settled(LOAN.txn, Verdict.NEVER), NOW)
    assert effects == (Record(facts.LoanAbandoned(LOAN.txn, "B001", "a" * 32)),)
    assert not state.debts


def test_what_stays_unclear_is_asked_about_again_later():
    state, _ = up(LOAN)
    state, effects = owed.step(state, Settled(LOAN.txn, Verdict.UNCLEAR), NOW)
    assert effects == ()
    assert state.debts == (LOAN,)
    later = Now(0, NOW.mono_ms + owed.ASK_AGAIN_MS)
    _, effects = owed.step(state, Ticked(), later)
    assert effects == (AskSettle(LOAN.txn, "loan", "B001", "R0001"),)


def test_a_return_that_its_reader_was_told_of_is_made_after_all():
    state, _ = up(RETURN)
    state, effects = owed.step(state, Settled(RETURN.txn, Verdict.NEVER), NOW)
    assert effects == (AskReturn(RETURN.txn, "B002"),)
    state, effects = owed.step(state, ReturnAnswered(RETURN.txn, None, "活着", "I247", "xian"), NOW)
    assert effects == (
        Record(facts.ReturnMade(RETURN.txn, "B002", "活着", "I247", "xian", settled=True)),
        Record(facts.TagUnchanged("", "B002", True, number("tag_not_secured"))),
    )
    assert not state.debts


def test_a_return_that_is_silent_again_stays_owed():
    state, _ = up(RETURN)
    state, _ = owed.step(state, Settled(RETURN.txn, Verdict.NEVER), NOW)
    state, effects = owed.step(state, IlsSilent(txn=RETURN.txn), NOW)
    assert effects == ()
    assert state.debts == (RETURN,)
    assert state.again_at_ms == NOW.mono_ms + owed.ASK_AGAIN_MS


def test_a_return_that_the_ils_refuses_at_last_is_refused():
    state, _ = up(RETURN)
    state, _ = owed.step(state, Settled(RETURN.txn, Verdict.NEVER), NOW)
    state, effects = owed.step(state, ReturnAnswered(RETURN.txn, number("return_refused")), NOW)
    assert effects == (Record(facts.ReturnRefused(RETURN.txn, "B002", number("return_refused"))),)
    assert not state.debts


def test_a_return_that_nobody_was_told_of_is_abandoned_when_it_was_never_made():
    untold = Debt("3" * 16, "return", "B003", told=False)
    state, _ = up(untold)
    _, effects = owed.step(state, Settled(untold.txn, Verdict.NEVER), NOW)
    assert effects == (Record(facts.ReturnAbandoned(untold.txn, "B003")),)


def test_nothing_is_asked_while_the_ils_is_away():
    state, effects = owed.step(Owed((LOAN,)), Ticked(), NOW)
    assert effects == ()
    assert owed.step(state, IlsChanged(up=False), NOW)[1] == ()


def test_a_debt_made_while_the_ils_is_there_is_asked_about_at_the_next_round():
    state, _ = up()
    state = owed.owe(state, LOAN)
    state, effects = owed.step(state, Ticked(), NOW)
    assert effects == ()
    _, effects = owed.step(state, Ticked(), Now(0, NOW.mono_ms + owed.ASK_AGAIN_MS))
    assert effects == (AskSettle(LOAN.txn, "loan", "B001", "R0001"),)


def test_an_answer_about_another_than_the_one_asked_about_changes_nothing():
    state, _ = up(LOAN, RETURN)
    assert owed.step(state, Settled("9" * 16, Verdict.DONE), NOW) == (state, ())
    assert owed.step(state, Settled(RETURN.txn, Verdict.UNCLEAR), NOW) == (state, ())


def test_an_ils_that_comes_and_goes_is_asked_one_thing_at_a_time_and_nothing_is_forgotten():
    state, _ = up(LOAN, RETURN)
    asked = 1
    for _ in range(5):
        state, effects = owed.step(state, IlsChanged(up=False), NOW)
        assert effects == ()
        state, effects = owed.step(state, IlsChanged(up=True), NOW)
        asked += len(effects)
    assert asked == 1
    state, effects = owed.step(state, IlsChanged(up=False), NOW)
    state, effects = owed.step(state, Settled(LOAN.txn, Verdict.UNCLEAR), NOW)
    assert (effects, state.asking) == ((), "")
    state, effects = owed.step(state, IlsChanged(up=True), NOW)
    assert effects == (AskSettle(LOAN.txn, "loan", "B001", "R0001"),)


OTHER = "4" * 16


def test_a_book_that_could_be_lent_since_had_not_been_lent_before():
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), facts.LoanMade(OTHER, "B001", "b" * 32))
    assert effects == (Record(facts.LoanAbandoned(LOAN.txn, "B001", "a" * 32)),)
    assert state.debts == (RETURN,)


def test_a_book_that_could_be_lent_since_had_come_back():
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), facts.LoanMade(OTHER, "B002", "b" * 32))
    assert effects == (Record(facts.ReturnMade(RETURN.txn, "B002", settled=True)),)
    assert state.debts == (LOAN,)


def test_a_book_that_was_taken_back_since_had_not_been_taken_back_before():
    state, effects = owed.overtaken(Owed((LOAN, RETURN)), facts.ReturnMade(OTHER, "B002"))
    assert effects == (Record(facts.ReturnAbandoned(RETURN.txn, "B002")),)
    assert state.debts == (LOAN,)


def test_a_loan_that_is_owed_stays_so_when_the_book_is_taken_back():
    assert owed.overtaken(Owed((LOAN,)), facts.ReturnMade(OTHER, "B001")) == (Owed((LOAN,)), ())


def test_an_answer_about_what_was_overtaken_changes_nothing_and_the_next_is_asked_about():
    state, _ = up(LOAN, RETURN)
    state, _ = owed.overtaken(state, facts.LoanMade(OTHER, "B001", "b" * 32))
    assert state.asking == ""
    state, effects = owed.step(state, Settled(LOAN.txn, Verdict.DONE), NOW)
    assert effects == ()
    _, effects = owed.step(state, Ticked(), Now(0, NOW.mono_ms + owed.ASK_AGAIN_MS))
    assert effects == (AskSettle(RETURN.txn, "return", "B002", ""),)


def test_an_item_number_too_long_for_a_fact_is_known_by_what_the_fact_holds():
    long = Debt("5" * 16, "loan", "B" * 300, "a" * 32)
    state, _ = owed.overtaken(Owed((long,)), facts.LoanMade(OTHER, facts.clip("B" * 300), "b" * 32))
    assert not state.debts
