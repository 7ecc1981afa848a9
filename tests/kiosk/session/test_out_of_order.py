"""A desk whose pad is lost, or that is told to stop: what is owed is taken, nothing new is begun."""

from __future__ import annotations

import pytest

from drivers.events import DeviceBack
from kiosk.effects import AskItem, AskLoan, AskReader, AskReturn
from kiosk.events import ServingChanged, StopAsked, Touched
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import LI, WANG, Desk


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


def test_what_lay_on_the_pad_when_it_came_up_is_nobodys():
    desk = Desk()
    desk.starts()
    desk.find_pad()
    desk.lay("E1", "B001")
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.settle_pad()
    assert desk.session.phase is Phase.IDLE
    assert not desk.asked(AskItem)
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert desk.line().step is Step.CHECKING


def test_a_pad_that_never_settles_is_waited_for_no_longer_than_reading_a_crowd_takes():
    desk = Desk()
    desk.starts()
    desk.find_pad()
    desk.pass_s(4.9)
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.lay("E1", "B001")
    desk.pass_s(0.1)
    assert desk.session.phase is Phase.IDLE
    assert desk.session.stale == {"E1"}


def test_a_pad_that_settles_while_the_station_forbids_to_serve_is_not_waited_for_again():
    desk = Desk()
    desk.starts()
    desk.happen(DeviceBack("pad", "FEIG"))
    desk.settle_pad()
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.happen(ServingChanged(serving=True))
    assert desk.session.phase is Phase.IDLE


def test_a_reader_whose_pad_was_lost_waits_for_nothing_when_it_settles():
    desk = Desk()
    desk.greet()
    desk.lose_pad()
    desk.find_pad()
    assert desk.session.phase is Phase.IDENTIFIED
    desk.settle_pad()
    assert desk.session.phase is Phase.IDENTIFIED


def test_out_of_order_keeps_the_reader_and_takes_the_answers_that_are_owed():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lose_pad()
    desk.answer_loan()
    assert "loan.made" in desk.kinds()
    desk.find_pad()
    assert desk.session.phase is Phase.IDENTIFIED
    assert desk.session.reader == LI


def test_out_of_order_for_too_long_ends_the_session():
    desk = Desk()
    desk.greet()
    desk.lose_pad()
    desk.pass_s(60)
    assert desk.closed().why == "broken"
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.find_pad()
    assert desk.session.phase is Phase.IDLE


def test_a_card_that_was_being_asked_about_when_the_desk_broke_does_not_open_a_session_later():
    desk = Desk()
    desk.card(LI)
    desk.lose_pad()
    desk.know(LI)
    desk.find_pad()
    assert desk.session.phase is Phase.IDLE
    assert desk.session.reader is None


def test_a_stop_closes_the_session_and_leaves_the_intent_for_the_next_start():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(StopAsked("asked"))
    assert desk.closed().why == "stopped"
    assert "loan.owed" not in desk.kinds()


def test_a_tag_that_could_not_be_written_while_the_pad_was_away_is_written_when_it_is_back():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lose_pad()
    desk.answer_loan()
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    desk.find_pad()
    desk.tag_written()
    assert desk.line().step is Step.CLEARED
    assert desk.kinds()[-2:] == ["tag.unchanged", "tag.changed"]


def test_books_that_were_being_examined_when_the_pad_was_lost_are_lent_when_it_is_back():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.greet()
    desk.lose_pad()
    desk.answer_item(on_loan=False)
    desk.find_pad()
    assert desk.session.phase is Phase.IDENTIFIED
    assert desk.line().step is Step.LENDING


def test_a_set_that_lost_a_part_while_out_of_order_waits_for_it():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.lose_pad()
    desk.lift("E2")
    desk.answer_item(on_loan=True)
    desk.find_pad()
    assert desk.line().step is Step.INCOMPLETE
    desk.lay("E2", "B001", part=2, parts=2)
    assert desk.line().step is Step.CHECKING


def test_a_stop_tells_of_a_tag_whose_second_try_is_under_way():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written(ok=False)
    desk.happen(StopAsked("asked"))
    assert desk.kinds()[-2:] == ["tag.unchanged", "session.closed"]


def test_a_pad_that_was_lost_before_it_had_told_what_lies_there_is_given_its_time_again():
    desk = Desk()
    desk.starts()
    desk.find_pad()
    desk.pass_s(0.5)
    desk.lose_pad()
    desk.pass_s(10)
    desk.find_pad()
    desk.lay("E1", "B001")
    assert desk.session.stale == {"E1"}
    desk.settle_pad()
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
        desk.lose_pad()
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
    desk.lose_pad()
    desk.card(LI)
    assert not desk.effects


def test_an_open_desk_goes_out_of_order_with_its_books_and_comes_back_to_them():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.lose_pad()
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.answer_item(on_loan=True)
    assert not desk.asked(AskReturn), "nothing new is begun"
    desk.find_pad()
    desk.answer_item(on_loan=True)
    assert desk.asked(AskReturn)


def test_a_session_that_was_ending_when_the_pad_was_lost_ends_and_the_early_card_is_forgotten():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.pass_s(2)
    desk.card(WANG)
    desk.lose_pad()
    assert desk.session.phase is Phase.OUT_OF_ORDER
    desk.answer_loan()
    desk.tag_written()
    assert desk.closed().why == "done"
    desk.find_pad()
    assert desk.session.phase is Phase.IDLE
    assert len(desk.asked(AskReader)) == 1


@pytest.mark.parametrize("phase", ["open", "identifying", "identified", "ending", "out_of_order"])
def test_a_return_is_finished_in_whatever_phase_its_answers_come(phase: str):
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=True)
    if phase in {"identifying", "identified"}:
        desk.card(LI)
    if phase == "identified":
        desk.know(LI)
    if phase == "ending":
        desk.happen(Touched("done"))
    if phase == "out_of_order":
        desk.lose_pad()
    assert desk.session.phase == phase
    desk.answer_return()
    assert desk.session.phase == phase
    assert desk.kinds()[-1] == "return.made"
    desk.tag_written()
    assert desk.kinds()[-1] == "tag.changed"


def test_a_session_that_ended_while_the_pad_was_away_takes_no_book_when_it_is_back():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lose_pad()
    desk.pass_s(60)
    desk.find_pad()
    assert desk.session.phase is Phase.ENDING
    desk.answer_loan()
    desk.tag_written()
    assert desk.closed().why == "broken"
    assert desk.session.phase is Phase.IDLE


@pytest.mark.parametrize("reader", [True, False])
def test_a_desk_that_is_back_gives_its_reader_the_whole_time_again(reader: bool):
    desk = Desk()
    if reader:
        desk.greet()
    else:
        desk.lay("E1", "B001")
        desk.answer_item(on_loan=False)
    desk.pass_s(40)
    desk.lose_pad()
    desk.find_pad()
    phase = desk.session.phase
    desk.pass_s(44)
    assert desk.session.phase is phase is not Phase.OUT_OF_ORDER
