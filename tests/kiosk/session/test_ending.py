"""How a session ends, and that nothing of it reaches the next reader."""

from __future__ import annotations

import pytest

from kiosk.effects import AskItem, AskLoan, AskReader, WriteTag
from kiosk.events import ItemAnswered, ReaderAnswered, Touched
from kiosk.session.moves import deadline_ms
from kiosk.session.state import Phase
from tests.kiosk.session.desk import LI, WANG, Desk
from wire import facts
from wire.faults import number


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
    assert desk.closed() == facts.SessionClosed("idle", 1, 0, 0, 45)


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
    assert desk.closed().loans == 1
    assert desk.session.stale == {"E1", "E2"}


def test_another_card_ends_the_session_and_begins_the_next():
    desk = Desk()
    desk.greet()
    desk.pass_s(2)
    desk.card(WANG)
    assert desk.session.phase is Phase.IDENTIFYING
    assert desk.last(AskReader).card == WANG.card
    assert desk.closed().why == "done"
    desk.know(WANG)
    assert desk.session.reader == WANG


def test_another_card_while_a_loan_is_under_way_waits_and_the_loan_is_the_first_readers():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.pass_s(2)
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


def test_a_notice_is_taken_down_by_a_touch():
    desk = Desk()
    desk.card(WANG)
    desk.refuse_card(number("card_expired"))
    desk.happen(Touched("dismiss"))
    assert desk.session.notice is None


@pytest.mark.parametrize("out", [False, True], ids=["ending", "out of order"])
def test_a_lent_book_that_is_laid_down_again_at_the_very_end_is_cleared(out: bool):
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.lift("E1")
    desk.lose_pad() if out else desk.happen(Touched("done"))
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


def test_a_tag_that_was_told_of_is_not_told_of_again_at_the_end():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.answer_loan()
    for _ in range(desk.rules.tag_tries):
        desk.tag_written(ok=False)
    desk.happen(Touched("done"))
    assert desk.kinds().count("tag.unchanged") == 1
    assert desk.closed().loans == 1


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
    desk.pass_s(2)
    desk.card(WANG)
    desk.card(LI)
    desk.answer_loan()
    desk.tag_written()
    assert desk.last(AskReader).card == LI.card
    assert desk.closed().why == "done"


def test_at_an_open_desk_done_leaves_the_books_to_nobody_and_a_touch_is_more_time():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.answer_item(on_loan=False)
    desk.pass_s(40)
    desk.happen(Touched("more_time"))
    desk.pass_s(40)
    assert desk.session.phase is Phase.OPEN
    desk.happen(Touched("done"))
    assert desk.session.phase is Phase.IDLE
    assert desk.session.stale == {"E1"}


def test_a_notice_beside_books_is_taken_down_by_a_touch_or_by_time():
    for touched in (True, False):
        desk = Desk()
        desk.lay("E1", "B001")
        desk.card(WANG)
        desk.refuse_card(number("card_expired"))
        assert desk.session.notice
        desk.happen(Touched("more_time"))
        assert desk.session.notice
        desk.happen(Touched("dismiss")) if touched else desk.pass_s(desk.rules.notice_s)
        assert desk.session.notice is None
        assert desk.session.phase is Phase.OPEN


def test_a_session_that_was_done_stays_so_however_late_its_last_answer_is():
    desk = Desk()
    desk.greet()
    desk.lay("E1", "B001")
    desk.happen(Touched("done"))
    desk.pass_s(100)
    assert desk.session.phase is Phase.ENDING
    desk.answer_loan()
    desk.tag_written()
    assert desk.closed().why == "done"


def test_time_is_asked_for_when_the_warning_is_due_and_when_the_end_is():
    desk = Desk()
    assert deadline_ms(desk.session, desk.now, desk.rules) is None
    desk.greet()
    now, idle_ms, warn_ms = desk.now.mono_ms, 45_000, 20_000
    assert deadline_ms(desk.session, desk.now, desk.rules) == now + idle_ms - warn_ms
    desk.pass_s(25)
    assert deadline_ms(desk.session, desk.now, desk.rules) == now + idle_ms


def test_a_refusal_stands_for_its_time_also_when_the_desk_closes_before():
    desk = Desk()
    desk.lay("E1", "B001")
    desk.card(WANG)
    desk.refuse_card(number("card_expired"))
    desk.happen(ItemAnswered(desk.last(AskItem).ask, None, number("item_unknown")))
    desk.happen(Touched("done"))
    assert desk.session.phase is Phase.IDLE
    assert desk.session.notice
    desk.pass_s(desk.rules.notice_s)
    assert desk.session.notice is None


def test_the_sums_of_a_session_are_of_all_its_books():
    desk = Desk()
    for n in (1, 2):
        desk.lay(f"E{n}", f"B00{n}")
        desk.answer_item(on_loan=True)
        desk.answer_return()
    desk.greet()
    for n in (3, 4, 5, 6, 7):
        desk.lay(f"E{n}", f"B00{n}")
        desk.answer_loan(fault=number("on_hold") if n > 5 else None)
    for write in desk.asked(WriteTag):
        desk.written(write)
    desk.pass_s(5)
    desk.happen(Touched("done"))
    assert desk.closed() == facts.SessionClosed("done", 3, 2, 2, 5)
