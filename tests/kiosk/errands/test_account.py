"""The account: asked for anew each time, filled in book by book, gone with its reader."""

from __future__ import annotations

from drivers.events import TagContent, TagSeen
from kiosk import config
from kiosk.effects import Record
from kiosk.errand_effects import AskAccount, AskCopy
from kiosk.errand_events import AccountAnswered
from kiosk.errands.state import Errand, Panel
from kiosk.session.state import Phase
from tests.kiosk.errands.desk import ALL, LI, WANG, Desk
from wire.faults import number

ILS_SILENT = number("ils_silent")


def opened() -> Desk:
    desk = Desk()
    desk.greet()
    desk.touch("account")
    desk.account()
    return desk


def test_a_reader_begins_at_the_books():
    desk = Desk()
    desk.greet()
    assert desk.errand.panel is Panel.BOOKS
    assert desk.effects == []


def test_the_books_of_an_account_are_asked_about_one_at_a_time():
    desk = opened()
    assert [asked.item for asked in desk.asked(AskCopy)] == ["B001"]
    desk.copies()
    assert [asked.item for asked in desk.asked(AskCopy)] == ["B001", "B002"]
    account = desk.errand.account
    assert account
    assert [(one.title, one.due, one.overdue) for one in account.charges] == [
        ("《B001》", "2026-12-20", False),
        ("《B002》", "2026-12-20", True),
    ]


def test_a_book_laid_down_brings_the_books_back():
    desk = opened()
    desk.happen(TagSeen("pad", "E1", TagContent("B005")))
    assert desk.errand.panel is Panel.BOOKS
    assert desk.errand.account, "and the account is still there when it is opened again"


def test_what_was_left_on_the_pad_brings_nothing_back():
    desk = opened()
    desk.turn(Phase.IDENTIFIED, LI, "E1")
    desk.happen(TagSeen("pad", "E1", TagContent("B005")))
    assert desk.errand.panel is Panel.ACCOUNT


def test_a_silent_library_system_is_told_and_asked_again():
    desk = Desk()
    desk.greet()
    desk.touch("account")
    desk.account(None, ILS_SILENT)
    assert (desk.errand.fault, desk.errand.account) == (ILS_SILENT, None)
    desk.touch("account")
    desk.touch("account")
    assert len(desk.asked(AskAccount)) == 2, "one question at a time"
    desk.account()
    assert desk.errand.fault is None


def test_what_is_not_offered_here_is_not_done():
    desk = Desk()
    desk.takes = frozenset()
    desk.greet()
    assert desk.touch("account") == []
    desk.takes, desk.rules = ALL, config.Desk(offers=frozenset({"account"}))
    desk.touch("account")
    desk.account()
    desk.copies()
    assert desk.touch("renew", "B001") + desk.touch("renew_all") + desk.touch("hold", "B005") == []


def test_nothing_of_a_reader_is_left():
    desk = opened()
    desk.leave()
    assert desk.errand == Errand(ask=desk.errand.ask)
    late = AccountAnswered(desk.last(AskAccount).ask, None, ILS_SILENT)
    desk.happen(late)
    desk.copies()
    desk.greet(WANG)
    desk.happen(late)
    assert desk.errand == Errand(Panel.BOOKS, WANG, ask=desk.errand.ask), "a late answer is nobody's"
    assert desk.asked(Record) == []
