"""The PIN: three lines, five wrong ones, then a pause that grows and is the reader's."""

from __future__ import annotations

import pytest

from kiosk.errand_effects import AskPinChange
from kiosk.errands.moves_pin import pause_ms
from kiosk.errands.state import Entry, Panel
from tests.kiosk.errands.desk import ALL, LI, WANG, Desk
from wire import facts
from wire.faults import number

PIN_WRONG, PIN_WEAK, ILS_SILENT = number("pin_wrong"), number("pin_weak"), number("ils_silent")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.greet()
    desk.touch("account")
    desk.account()
    desk.touch("pin")
    return desk


def entry(desk: Desk) -> Entry:
    assert desk.errand.pin
    return desk.errand.pin.entry


def test_old_new_and_new_again(desk: Desk):
    desk.change_pin()
    asked = desk.last(AskPinChange)
    assert (asked.old, asked.new, asked.card) == ("111111", "271828", LI.card)
    assert desk.errand.panel is Panel.ACCOUNT
    assert desk.errand.told
    assert desk.errand.told.what == "pin"
    assert desk.facts() == [facts.PinReplaced(asked.txn, LI.pseudonym)]


def test_a_pin_stands_in_no_text(desk: Desk):
    desk.change_pin()
    desk.touch("pin")
    desk.type("314159")
    desk.type("271828")
    told = repr((desk.errand, desk.effects))
    assert "314159" not in told
    assert "271828" not in told
    assert "111111" not in told


def test_a_new_one_that_was_typed_in_two_ways(desk: Desk):
    for text in ("111111", "271828", "271829"):
        desk.type(text)
    assert entry(desk) is Entry.NEW
    assert desk.errand.pin
    assert desk.errand.pin.differs
    assert desk.asked(AskPinChange) == []


@pytest.mark.parametrize(
    ("fault", "after"), [(PIN_WRONG, Entry.OLD), (PIN_WEAK, Entry.NEW), (ILS_SILENT, Entry.OLD)]
)
def test_what_was_not_taken_is_typed_again(desk: Desk, fault: int, after: Entry):
    desk.change_pin(fault)
    assert entry(desk) is after
    assert desk.errand.pin
    assert desk.errand.pin.fault == fault
    assert desk.facts() == []


@pytest.mark.parametrize("text", ["", "   ", "1" * 65])
def test_what_is_no_line_is_not_taken(desk: Desk, text: str):
    desk.type(text)
    assert entry(desk) is Entry.OLD


def test_five_wrong_ones_bring_a_pause_that_grows_and_outlives_the_session(desk: Desk):
    for _ in range(5):
        assert entry(desk) is Entry.OLD
        desk.change_pin(PIN_WRONG)
    assert entry(desk) is Entry.PAUSED
    assert desk.type("111111") == []
    desk.leave()
    desk.greet()
    desk.touch("account")
    desk.touch("pin")
    assert entry(desk) is Entry.PAUSED, "the card was shown again"
    desk.leave()
    desk.greet(WANG)
    desk.touch("account")
    desk.touch("pin")
    assert entry(desk) is Entry.OLD, "it is one reader's pause"
    desk.leave()
    desk.greet()
    desk.touch("account")
    desk.touch("pin")
    desk.pass_s(60)
    assert entry(desk) is Entry.OLD
    desk.change_pin(PIN_WRONG)
    desk.pass_s(60)
    assert entry(desk) is Entry.PAUSED, "twice as long"
    desk.pass_s(60)
    desk.change_pin()
    desk.touch("pin")
    desk.change_pin(PIN_WRONG)
    assert entry(desk) is Entry.OLD, "a right one ends the counting"


def test_the_pauses():
    assert [pause_ms(wrong) // 1000 for wrong in (1, 4, 5, 6, 7, 10, 11, 99)] == [
        0, 0, 60, 120, 240, 1920, 3600, 3600,
    ]  # fmt: skip


def test_a_wrong_one_counts_for_whoever_has_gone(desk: Desk):
    for text in ("111111", "271828", "271828"):
        desk.type(text)
    desk.leave()
    desk.pin(PIN_WRONG)
    assert desk.errand.tries[LI.pseudonym].wrong == 1


def test_no_pin_where_the_library_system_has_none(desk: Desk):
    desk.touch("account")
    desk.takes = ALL - {"81"}
    desk.touch("pin")
    assert desk.errand.panel is Panel.ACCOUNT
