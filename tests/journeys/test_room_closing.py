"""The desk in the last minutes of a room: what runs is finished, and nothing begins, by card, by books or by touch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from drivers.events import CardShown
from kiosk import config
from kiosk.events import Touched
from kiosk.registering.state import Phase as Registering
from kiosk.session.state import Phase
from tests.journeys.house import READER, Kiosk, World
from tests.journeys.test_offline import last, told
from tests.kiosk.ruling import lists
from wire import facts
from wire.faults import number
from wire.hours import Hours, Pause
from wire.lists import Body

CLOSED_NOW, CLOSING_NOW = number("closed_now"), number("closing_now")
HOURS = Hours(
    "Asia/Shanghai",
    (((480, 780), (790, 1320)),) * 7,
    pauses=(Pause("self_test", 780, 790), Pause("cleaning", 1380, 1410)),
)
TERMS = config.Registration(version="1", terms={"zh-CN": "读者守则"})


def room(folder: Path, clock: str) -> Kiosk:
    """The kiosk of a room, at a time of day."""
    wall_ms = int(datetime.fromisoformat(f"2026-09-22T{clock}+08:00").timestamp()) * 1000
    listed = lists(Body("hours", 1, hours=HOURS))
    world = World(wall_ms=wall_ms, lists=listed, registration=TERMS, takes=frozenset({"81", "85"}))
    kiosk = Kiosk(folder, world)
    kiosk.boot()
    return kiosk


def phase(kiosk: Kiosk) -> Phase:
    session = kiosk.loop.kiosk.session
    assert session is not None
    return session.phase


def test_what_runs_is_finished_and_the_next_reader_is_told_why_not(tmp_path: Path):
    kiosk = room(tmp_path, "21:54")
    kiosk.card()
    kiosk.lay("E1")
    kiosk.pass_s(30)
    kiosk.lay("E2")
    kiosk.pass_s(40)
    kiosk.lay("E3")
    assert kiosk.world.lent == dict.fromkeys(("B001", "B002", "B003"), READER.card), (
        "past the desk's last minute"
    )
    kiosk.happen(CardShown("scanner", "R0002", "card"))
    assert last(kiosk, facts.ReaderRefused).fault == CLOSING_NOW
    assert phase(kiosk) is Phase.IDLE
    kiosk.power_off()


@pytest.mark.parametrize(
    ("clock", "fault"),
    [
        ("21:55:01", "closing_now"),
        ("22:00:01", "closed_now"),
        ("23:10:00", "room_cleaned"),
        ("13:05:00", "room_tests_itself"),
        ("21:54:50", None),
        ("08:00:01", None),
    ],
)
def test_a_card_begins_nothing_when_the_room_closes(tmp_path: Path, clock: str, fault: str | None):
    kiosk = room(tmp_path, clock)
    kiosk.card()
    refused = [fact.fault for fact in told(kiosk, facts.ReaderRefused)]
    assert refused == ([number(fault)] if fault else [])
    assert phase(kiosk) is (Phase.IDLE if fault else Phase.IDENTIFIED)
    kiosk.power_off()


def test_books_begin_nothing_and_are_nobodys_until_they_are_lifted(tmp_path: Path):
    kiosk = room(tmp_path, "21:55:01")
    kiosk.world.lent["B001"], kiosk.world.secured["E1"] = READER.card, False
    kiosk.lay("E1")
    session = kiosk.loop.kiosk.session
    assert session is not None
    assert (session.phase, session.notice and session.notice.fault) == (Phase.IDLE, CLOSING_NOW)
    assert kiosk.world.lent == {"B001": READER.card}
    kiosk.pass_s(8 * 3600 + 5 * 60)
    kiosk.pass_s(2 * 3600)
    assert phase(kiosk) is Phase.IDLE, "left there overnight, it is nobody's in the morning"
    kiosk.lift("E1")
    kiosk.lay("E1")
    assert kiosk.world.lent == {}
    kiosk.power_off()


def test_books_that_lie_there_before_are_returned_and_lent_to_whoever_laid_them_down(tmp_path: Path):
    kiosk = room(tmp_path, "21:54:50")
    kiosk.lay("E1")
    kiosk.pass_s(20)
    kiosk.card()
    assert kiosk.world.lent == {"B001": READER.card}
    kiosk.power_off()


def test_nobody_begins_to_register_when_the_room_closes(tmp_path: Path):
    kiosk = room(tmp_path, "21:55:01")
    kiosk.happen(Touched("register"))
    registering = kiosk.loop.kiosk.registering
    assert registering is not None
    assert (registering.phase, registering.fault) == (Registering.FAILED, CLOSING_NOW)
    kiosk.power_off()


def test_a_registration_that_runs_goes_on(tmp_path: Path):
    kiosk = room(tmp_path, "21:54:50")
    kiosk.happen(Touched("register"))
    kiosk.pass_s(30)
    registering = kiosk.loop.kiosk.registering
    assert registering is not None
    assert registering.phase is Registering.AWAITING
    kiosk.power_off()


def test_nobody_comes_in_after_the_last_entry(tmp_path: Path):
    """And the door refuses by its own words."""
    kiosk = room(tmp_path, "22:00:01")
    kiosk.card(device="door_scanner")
    assert last(kiosk, facts.EntryRefused).fault == CLOSED_NOW
    assert kiosk.world.releases == 0
    kiosk.power_off()
