"""How a session ends, and that nothing of it reaches the next reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.effects import AskItem, AskLoan, AskReader, WriteTag
from kiosk.events import ReaderAnswered, ServingChanged, StopAsked, Touched
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import LI, WANG, Desk
from wire import facts
from wire.faults import number


def closed(desk: Desk) -> facts.SessionClosed:
    (fact,) = [fact for fact in desk.facts() if isinstance(fact, facts.SessionClosed)]
    return fact


def test_silence_ends_it_whatever_lies_on_the_pad():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written()
    desk.pass_s(44)
    assert desk.session.phase is Phase.IDENTIFIED
    desk.pass_s(1)
    assert desk.session.phase is Phase.IDLE
    assert closed(desk) == facts.SessionClosed("idle", 1, 0, 0, 45)


def test_what_is_left_on_the_pad_is_ignored_until_it_was_lifted_once():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written()
    desk.happen(Touched("done"))
    desk.greet(WANG)
    desk.lay("E1", "B001")
    assert not desk.session.lines
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.line().step is Step.LENDING


def test_more_time_and_every_book_put_the_end_off():
    desk = Desk()
    desk.greet()
    desk.pass_s(40)
    desk.happen(Touched("more_time"))
    desk.pass_s(40)
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written()
    desk.pass_s(40)
    assert desk.session.phase is Phase.IDENTIFIED


def test_done_waits_for_the_answer_that_is_under_way():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(Touched("done"))
    assert desk.session.phase is Phase.ENDING
    desk.lay("E2", "B002")
    assert len(desk.asked(AskLoan)) == 1
    desk.answer_loan()
    assert desk.session.phase is Phase.ENDING
    desk.tag_written()
    assert desk.session.phase is Phase.IDLE
    assert closed(desk).loans == 1
    assert desk.session.stale == {"E1", "E2"}


def test_another_card_ends_the_session_and_begins_the_next():
    desk = Desk()
    desk.greet()
    desk.card(WANG)
    assert desk.session.phase is Phase.IDENTIFYING
    assert desk.last(AskReader).card == WANG.card
    assert closed(desk).why == "done"
    desk.know(WANG)
    assert desk.session.reader == WANG


def test_another_card_while_a_loan_is_under_way_waits_and_the_loan_is_the_first_readers():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.card(WANG)
    desk.answer_loan()
    desk.tag_written()
    desk.know(WANG)
    (made,) = [fact for fact in desk.facts() if isinstance(fact, facts.LoanMade)]
    assert made.reader == LI.pseudonym
    assert desk.session.reader == WANG


def test_ones_own_card_again_means_more_time():
    desk = Desk()
    desk.greet()
    desk.pass_s(40)
    desk.card(LI)
    desk.pass_s(40)
    assert desk.session.phase is Phase.IDENTIFIED


def test_nothing_of_the_reader_is_left_in_the_state():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written()
    desk.happen(Touched("done"))
    assert LI.card not in repr(desk.session)
    assert LI.name not in repr(desk.session)
    assert "B001" not in repr(desk.session)


def test_what_lay_on_the_pad_when_it_came_up_is_nobodys():
    desk = Desk()
    desk.session = replace(desk.session, phase=Phase.OUT_OF_ORDER, serving=False)
    desk.pad_comes_up()
    desk.happen(ServingChanged(serving=True))
    desk.lay("E1", "B001")
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.pass_s(1.5)
    assert desk.session.phase is Phase.IDLE
    assert not desk.asked(AskItem)
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.line().step is Step.CHECKING


def test_out_of_order_keeps_the_reader_and_takes_the_answers_that_are_owed():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(ServingChanged(serving=False))
    desk.answer_loan()
    assert "loan.made" in desk.kinds()
    desk.happen(ServingChanged(serving=True))
    assert desk.session.phase is Phase.IDENTIFIED
    assert desk.session.reader == LI


def test_out_of_order_for_too_long_ends_the_session():
    desk = Desk()
    desk.greet()
    desk.happen(ServingChanged(serving=False))
    desk.pass_s(60)
    assert closed(desk).why == "broken"
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.happen(ServingChanged(serving=True))
    assert desk.session.phase is Phase.IDLE


def test_a_card_that_was_being_asked_about_when_the_desk_broke_does_not_open_a_session_later():
    desk = Desk()
    desk.card(LI)
    desk.happen(ServingChanged(serving=False))
    desk.know(LI)
    desk.happen(ServingChanged(serving=True))
    assert desk.session.phase is Phase.IDLE
    assert desk.session.reader is None


def test_a_stop_closes_the_session_and_leaves_the_intent_for_the_next_start():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(StopAsked("asked"))
    assert closed(desk).why == "stopped"
    assert "loan.owed" not in desk.kinds()


def test_a_notice_is_taken_down_by_a_touch():
    desk = Desk()
    desk.card(WANG)
    desk.refuse_card(number("card_expired"))
    desk.happen(Touched("dismiss"))
    assert desk.session.notice is None


def test_a_tag_that_could_not_be_written_while_the_pad_was_away_is_written_when_it_is_back():
    desk = Desk()
    desk.pad_comes_up()
    desk.pass_s(2)
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(ServingChanged(serving=False))
    desk.answer_loan()
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    desk.pad_comes_up()
    desk.happen(ServingChanged(serving=True))
    desk.tag_written()
    assert desk.line().step is Step.CLEARED
    assert desk.kinds()[-2:] == ["tag.unchanged", "tag.changed"]


def test_books_that_were_being_examined_when_the_pad_was_lost_are_lent_when_it_is_back():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.greet()
    desk.happen(ServingChanged(serving=False))
    desk.answer_item(on_loan=False)
    desk.happen(ServingChanged(serving=True))
    assert desk.session.phase is Phase.IDENTIFIED
    assert desk.line().step is Step.LENDING


def test_a_set_that_lost_a_part_while_out_of_order_waits_for_it():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.happen(ServingChanged(serving=False))
    desk.lift("E2")
    desk.answer_item(on_loan=True)
    desk.happen(ServingChanged(serving=True))
    assert desk.line().step is Step.INCOMPLETE
    desk.lay("E2", "B001", part=2, parts=2)
    assert desk.line().step is Step.CHECKING


@pytest.mark.parametrize("out", [False, True], ids=["ending", "out of order"])
def test_a_lent_book_that_is_laid_down_again_at_the_very_end_is_cleared(out: bool):
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lift("E1")
    desk.happen(ServingChanged(serving=False) if out else Touched("done"))
    desk.lay("E1", "B001")
    desk.answer_loan()
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
    desk.tag_written()
    assert "tag.unchanged" not in desk.kinds()


def test_a_lent_book_laid_down_again_while_another_is_being_lent_at_the_end_is_cleared():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lift("E1")
    desk.answer_loan()
    desk.lay("E2", "B002")
    desk.happen(Touched("done"))
    desk.lay("E1", "B001")
    assert desk.last(WriteTag) == WriteTag("E1", secured=False)
    desk.tag_written()
    desk.answer_loan()
    desk.tag_written()
    assert "tag.unchanged" not in desk.kinds()
    assert desk.session.stale == {"E1", "E2"}


def test_a_stop_tells_of_a_tag_whose_second_try_is_under_way():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written(ok=False)
    desk.happen(StopAsked("asked"))
    assert desk.kinds()[-2:] == ["tag.unchanged", "session.closed"]


def test_a_tag_that_was_told_of_is_not_told_of_again_at_the_end():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    desk.happen(Touched("done"))
    assert desk.kinds().count("tag.unchanged") == 1
    assert closed(desk).loans == 1


def test_a_pad_that_was_lost_before_it_had_told_what_lies_there_is_given_its_time_again():
    desk = Desk()
    desk.session = replace(desk.session, phase=Phase.OUT_OF_ORDER, serving=False)
    desk.pad_comes_up()
    desk.happen(ServingChanged(serving=True))
    desk.pass_s(0.5)
    desk.happen(ServingChanged(serving=False))
    desk.pass_s(10)
    desk.pad_comes_up()
    desk.happen(ServingChanged(serving=True))
    desk.lay("E1", "B001")
    assert desk.session.stale == {"E1"}
    desk.pass_s(1.5)
    assert desk.session.phase is Phase.IDLE


@pytest.mark.parametrize("asked", ["idle", "open", "identifying", "identified", "ending", "out_of_order"])
def test_a_stop_in_any_phase_leaves_an_empty_desk(asked: str):
    desk = Desk()
    if asked in {"open", "identifying"}:
        desk.lay("E1", "B001")
    if asked == "identifying":
        desk.card(LI)
    if asked in {"identified", "ending", "out_of_order"}:
        desk.greet()
        desk.lay("E1", "B001")
    if asked == "ending":
        desk.happen(Touched("done"))
    if asked == "out_of_order":
        desk.happen(ServingChanged(serving=False))
    assert desk.session.phase == asked
    desk.happen(StopAsked("asked"))
    assert (desk.session.lines, desk.session.reader, desk.session.card) == ((), None, "")
    assert ("session.closed" in desk.kinds()) is (asked in {"identified", "ending", "out_of_order"})
    effects = len(desk.effects)
    if desk.asked(AskLoan):
        desk.answer_loan()
    assert len(desk.effects) == effects, "its answer is found at the next start"


def test_a_card_while_the_desk_is_out_of_order_asks_nobody():
    desk = Desk()
    desk.happen(ServingChanged(serving=False))
    desk.card(LI)
    assert not desk.effects


def test_a_card_shown_while_another_is_being_asked_about_changes_nothing():
    desk = Desk()
    desk.card(LI)
    desk.card(WANG)
    assert len(desk.asked(AskReader)) == 1
    desk.happen(ReaderAnswered(desk.last(AskReader).ask, LI))
    assert desk.session.reader == LI


def test_of_two_cards_shown_while_a_session_ends_the_last_is_asked_about():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.card(WANG)
    desk.card(LI)
    desk.answer_loan()
    desk.tag_written()
    assert desk.last(AskReader).card == LI.card
    assert closed(desk).why == "done"
