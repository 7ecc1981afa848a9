"""The library system says that it takes no loans, or no returns, from this terminal: nobody is led to believe it does."""

from __future__ import annotations

from pathlib import Path

from kiosk.effects import AskItem, AskLoan, AskReturn
from kiosk.events import IlsChanged
from tests.journeys.house import READER, Kiosk, World
from tests.journeys.test_offline import come_back, fall_silent, last, leave, told
from tests.journeys.truth import assert_settled
from wire import facts
from wire.faults import number

LOANS_CLOSED, RETURNS_CLOSED = number("loans_closed"), number("returns_closed")


def closed(folder: Path, world: World, **takes: bool) -> Kiosk:
    """The kiosk knows its reader, and the ILS has said what it takes."""
    kiosk = Kiosk(folder, world)
    kiosk.boot()
    kiosk.card()
    leave(kiosk)
    kiosk.happen(IlsChanged(up=True, **takes))
    return kiosk


def asked(kiosk: Kiosk) -> list[type]:
    return [type(e) for e in kiosk.hands.effects if isinstance(e, AskLoan | AskReturn)]


def troubles(kiosk: Kiosk) -> set[int]:
    return {fault for fault, _ in kiosk.loop.kiosk.station.troubles}


def shown(kiosk: Kiosk) -> int | None:
    """What the reader of the only book there is told."""
    session = kiosk.loop.kiosk.session
    assert session
    (line,) = session.lines
    return line.fault


def test_no_loan_is_offered_where_the_ils_takes_none(tmp_path: Path):
    kiosk = closed(tmp_path, World(), loans=False)
    assert LOANS_CLOSED in troubles(kiosk)
    kiosk.card()
    kiosk.lay("E1")
    assert (shown(kiosk), asked(kiosk)) == (LOANS_CLOSED, [])
    leave(kiosk)
    fall_silent(kiosk)
    kiosk.card()
    kiosk.lay("E1")
    assert shown(kiosk) == LOANS_CLOSED, "nor by the rule: it would not take that either"
    leave(kiosk)
    come_back(kiosk)
    assert LOANS_CLOSED not in troubles(kiosk)
    kiosk.card()
    kiosk.lay("E1")
    assert kiosk.world.lent == {"B001": READER.card}
    assert told(kiosk, facts.LoanGranted) == []
    assert_settled(kiosk, {})
    kiosk.power_off()


def test_returns_go_on_where_no_loans_are_taken(tmp_path: Path):
    world = World(lent={"B001": READER.card})
    world.secured["E1"] = False
    kiosk = closed(tmp_path, world, loans=False)
    kiosk.lay("E1")
    assert world.lent == {}
    assert world.secured["E1"]
    kiosk.power_off()


def test_no_book_is_taken_back_where_the_ils_takes_no_returns(tmp_path: Path):
    """It would be left here and stay on its reader's card."""
    world = World(lent={"B001": READER.card})
    world.secured["E1"] = False
    kiosk = closed(tmp_path, world, returns=False)
    assert RETURNS_CLOSED in troubles(kiosk)
    kiosk.lay("E1")
    assert (shown(kiosk), asked(kiosk)) == (RETURNS_CLOSED, [])
    assert last(kiosk, facts.ReturnRefused).fault == RETURNS_CLOSED
    leave(kiosk)
    fall_silent(kiosk)
    kiosk.lay("E1")
    assert shown(kiosk) == RETURNS_CLOSED
    assert not world.secured["E1"], "the gate stays silent: it is the reader's"
    leave(kiosk)
    come_back(kiosk)
    kiosk.lay("E1")
    assert (asked(kiosk), world.lent) == ([AskReturn], {})
    assert world.secured["E1"]
    kiosk.power_off()


def test_loans_go_on_where_no_returns_are_taken(tmp_path: Path):
    kiosk = closed(tmp_path, World(), returns=False)
    kiosk.card()
    kiosk.lay("E1")
    assert kiosk.world.lent == {"B001": READER.card}
    assert [type(e) for e in kiosk.hands.effects if isinstance(e, AskItem)] == []
    kiosk.power_off()
