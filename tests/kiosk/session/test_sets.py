"""Books of several tags: sets and their parts, second tags, tags that cannot be read."""

from __future__ import annotations

from kiosk.effects import AskItem, AskLoan, WriteTag
from kiosk.events import Item, ItemAnswered
from kiosk.session.state import Phase, Step
from tests.kiosk.session.desk import Desk
from wire import facts
from wire.faults import number


def test_a_set_is_lent_when_all_its_parts_lie_there_and_every_tag_is_cleared():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    assert (desk.line().step, desk.line().fault) == (Step.INCOMPLETE, number("parts_missing"))
    desk.lay("E2", "B001", part=2, parts=2)
    desk.answer_loan()
    assert {write.uid for write in desk.asked(WriteTag)} == {"E1", "E2"}
    assert len(desk.asked(AskLoan)) == 1


def test_an_unreadable_tag_is_said_so():
    desk = Desk()
    desk.greet()
    desk.lay("E9")
    assert (desk.line().step, desk.line().fault) == (Step.REFUSED, number("tag_unreadable"))


def test_an_unreadable_tag_that_is_read_the_second_time_is_a_book_like_any_other():
    desk = Desk()
    desk.greet()
    desk.lay("E1")
    desk.lift("E1")
    desk.lay("E1", "B001")
    assert (desk.line().item, desk.line().step, desk.line().fault) == ("B001", Step.LENDING, None)


def test_an_unreadable_part_that_is_read_the_second_time_joins_its_set():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2")
    desk.lift("E2")
    desk.lay("E2", "B001", part=2, parts=2)
    assert desk.line().step is Step.LENDING


def test_an_unreadable_tag_that_is_lifted_stays_told_and_nothing_is_asked():
    desk = Desk()
    desk.greet()
    desk.lay("E9")
    desk.lift("E9")
    assert (desk.line().fault, desk.line().present()) == (number("tag_unreadable"), False)
    desk.lay("E9")
    assert desk.line().fault == number("tag_unreadable")
    assert not desk.asked(AskLoan)


def test_a_second_tag_of_a_book_that_is_found_late_is_cleared_too():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    desk.tag_written()
    desk.lay("E2", "B001")
    assert desk.last(WriteTag) == WriteTag("E2", secured=False)
    assert desk.line().step is Step.LENT
    desk.tag_written()
    assert desk.line().step is Step.CLEARED
    assert desk.kinds().count("loan.made") == 1


def test_two_volumes_of_the_same_number_are_no_whole_set():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=1, parts=2)
    assert desk.line().step is Step.INCOMPLETE
    assert not desk.asked(AskLoan)


def test_a_waiting_book_that_turns_out_to_be_a_set_waits_for_its_parts():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=1)
    desk.answer_item(on_loan=False)
    desk.lay("E2", "B001", part=2, parts=3)
    assert (desk.line().step, desk.line().fault) == (Step.INCOMPLETE, number("parts_missing"))
    desk.greet()
    assert not desk.asked(AskLoan)


def test_a_tag_that_knows_of_more_parts_makes_the_set_wait_for_them():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=1)
    desk.lay("E2", "B001", part=2, parts=3)
    desk.answer_item(on_loan=False)
    assert (desk.line().step, desk.line().fault) == (Step.INCOMPLETE, number("parts_missing"))


def test_a_set_that_is_no_longer_whole_when_the_ils_has_told_what_it_is_waits_for_its_parts():
    desk = Desk()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.lift("E2")
    desk.greet()
    desk.answer_item(on_loan=False)
    assert (desk.line().step, desk.line().fault) == (Step.INCOMPLETE, number("parts_missing"))
    desk.lay("E2", "B001", part=2, parts=2)
    assert desk.line().step is Step.LENDING


def test_a_part_of_a_set_that_was_lifted_before_the_answer_is_cleared_when_it_is_back():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.lift("E2")
    desk.answer_loan()
    assert desk.line().fault == number("tag_not_cleared")
    desk.tag_written()
    desk.lay("E2", "B001", part=2, parts=2)
    desk.tag_written()
    assert desk.line().step is Step.CLEARED


def test_the_tags_of_a_set_are_told_as_changed_when_all_of_them_are():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001", part=1, parts=2)
    desk.lay("E2", "B001", part=2, parts=2)
    desk.answer_loan()
    first, second = desk.asked(WriteTag)
    desk.written(first)
    assert "tag.changed" not in desk.kinds(), "with the power gone now, one tag would be forgotten"
    desk.written(second)
    assert [fact.uid for fact in desk.facts() if isinstance(fact, facts.TagChanged)] == ["E1", "E2"]


def test_a_tag_that_says_another_books_number_when_it_is_seen_again_stays_with_its_own():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.lay("E2", "B002")
    desk.lay("E2", "B001")
    first, second = desk.session.lines
    assert ([tag.uid for tag in first.tags], [tag.uid for tag in second.tags]) == (["E1"], ["E2"])
    for ask in desk.asked(AskItem):
        desk.happen(ItemAnswered(ask.ask, Item(ask.item, "活着", on_loan=False)))
    desk.pass_s(120)
    assert desk.session.phase is Phase.IDLE
