"""What a reader and staff see of the journal: filling, full, damaged, forked, renewed, without a disk; and of the clock."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk import config
from kiosk.central_events import OrderArrived
from kiosk.effects import AskLoan, AskReader, Record
from kiosk.events import IlsChanged, StopAsked, Ticked
from kiosk.journal import Journal
from kiosk.session.state import Phase
from tests.journeys.house import KEY, READER, Disk, Kiosk, World
from tests.kiosk.ruling import body, lists
from wire import facts
from wire.envelope import Stamp, decode_fact
from wire.faults import number
from wire.orders import Order, Watermark

STAMP = Stamp(1_790_000_000_000, 1, "0" * 16, set=True)
LIMITS = config.Journal(facts=1000)
FILLING, FULL, FORKED, FAILED, DAMAGED, LOST, UNTRUSTED = (
    number(name)
    for name in (
        "journal_filling", "journal_full", "journal_forked", "disk_failed", "journal_damaged", "facts_lost",
        "clock_untrusted",
    )
)  # fmt: skip
LATE = number("list_expired")
PAGE = 4096


@pytest.fixture
def kiosk(tmp_path: Path):
    up = Kiosk(tmp_path, World())
    up.journal._limits = LIMITS
    up.boot()
    yield up
    up.power_off()


def fill(kiosk: Kiosk, waiting: int) -> None:
    """Facts until so many wait for central."""
    missing = waiting - (kiosk.journal.head - kiosk.journal.watermark)
    kiosk.journal.append([Record(facts.ExitPressed())] * missing, STAMP)
    kiosk.happen(Ticked())


def central_takes(kiosk: Kiosk, seq: int, *, forked: bool = False) -> None:
    kiosk.journal.acked(Watermark(kiosk.journal.id, 1, seq, kiosk.world.wall_ms, forked))
    kiosk.happen(Ticked())


def troubles(kiosk: Kiosk) -> set[int]:
    return {fault for fault, _ in kiosk.loop.kiosk.station.troubles} - {number("gate_lost")}


def phase(kiosk: Kiosk) -> Phase:
    assert kiosk.loop.kiosk.session
    return kiosk.loop.kiosk.session.phase


def renew(kiosk: Kiosk, boot: str | None) -> None:
    now_ms = kiosk.world.wall_ms
    kiosk.happen(OrderArrived(Order(5, "journal.renew", now_ms, now_ms + 60_000, boot)))


# ---------------------------------------------------------------- bounds
def test_a_filling_journal_is_an_alarm_and_then_lends_no_more(kiosk: Kiosk):
    fill(kiosk, 790)
    assert troubles(kiosk) == set()
    fill(kiosk, 810)
    assert troubles(kiosk) == {FILLING}
    fill(kiosk, 960)
    assert troubles(kiosk) == {FILLING, FULL}
    assert kiosk.loop.kiosk.station.state == "degraded"
    central_takes(kiosk, kiosk.journal.head)
    assert troubles(kiosk) == set()


def test_with_no_room_for_a_session_nobody_is_asked_and_books_are_taken_back(kiosk: Kiosk):
    kiosk.card()
    kiosk.lay("E1")
    kiosk.lift("E1")
    kiosk.pass_s(60)
    assert kiosk.world.lent
    fill(kiosk, 960)
    kiosk.hands.effects.clear()
    kiosk.card()
    assert not any(isinstance(effect, AskReader) for effect in kiosk.hands.effects)
    refused = [fact.fault for fact in kiosk.facts() if isinstance(fact, facts.ReaderRefused)]
    assert refused == [FULL]
    kiosk.lay("E1")
    assert not kiosk.world.lent
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1, "the door works on"


def test_a_session_that_is_open_when_the_room_ends_lends_no_more(kiosk: Kiosk):
    kiosk.card()
    fill(kiosk, 960)
    kiosk.lay("E1")
    assert not kiosk.world.lent
    assert not any(isinstance(effect, AskLoan) for effect in kiosk.hands.effects)


def test_what_a_full_journal_dropped_is_told_and_stays_an_alarm(kiosk: Kiosk):
    fill(kiosk, 1000)
    head = kiosk.journal.head
    kiosk.card(device="door_scanner")
    dropped = kiosk.journal.standing.lost
    assert (kiosk.journal.head, dropped > 0, LOST in troubles(kiosk)) == (head, True, False)
    central_takes(kiosk, head)
    assert facts.FactsLost(dropped, "full") in kiosk.facts()
    kiosk.happen(Ticked())
    assert troubles(kiosk) == {LOST}


# ---------------------------------------------------------------- forked
def test_a_forked_journal_stops_the_desk_until_a_new_one_is_ordered(tmp_path: Path, kiosk: Kiosk):
    old = kiosk.journal.id
    central_takes(kiosk, 3, forked=True)
    assert (troubles(kiosk), phase(kiosk)) == ({FORKED}, Phase.OUT_OF_ORDER)
    kiosk.power_off()
    again = Kiosk(tmp_path, kiosk.world)
    again.boot()
    assert (troubles(again), phase(again)) == ({FORKED}, Phase.OUT_OF_ORDER)
    renew(again, None)
    assert isinstance(again.facts()[-1], facts.OrderRefused)
    assert again.loop.ended is None
    renew(again, "f" * 16)
    assert again.loop.ended is None, "it was taken before"
    again.power_off()
    third = Kiosk(tmp_path, kiosk.world)
    third.boot()
    now_ms = third.world.wall_ms
    third.happen(OrderArrived(Order(6, "journal.renew", now_ms, now_ms + 60_000, third.clock.boot)))
    assert third.loop.ended is not None
    assert third.loop.ended.restart
    third.power_off()
    anew = Kiosk(tmp_path, kiosk.world)
    anew.boot()
    started, answered = anew.facts()[:2]
    assert started == facts.KioskStarted("test", anew.journal.id, unclean=False, before=old, why="forked")
    assert answered == facts.OrderDone(6, "journal.renew")
    assert troubles(anew) == set()
    assert phase(anew) is not Phase.OUT_OF_ORDER
    anew.power_off()


def test_a_journal_that_is_one_machines_alone_is_not_renewed(kiosk: Kiosk):
    """Staff gave the order twice: the second one would leave behind what the new journal has not told yet."""
    renew(kiosk, kiosk.clock.boot)
    assert kiosk.facts()[-1] == facts.OrderRefused(5, "journal.renew", number("order_not_possible"))
    assert kiosk.loop.ended is None


# ---------------------------------------------------------------- damaged
def spoil(folder: Path, table: str) -> None:
    path = folder / "journal.db"
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    octets = bytearray(path.read_bytes())
    octets[(page - 1) * PAGE : page * PAGE] = b"\xa5" * PAGE
    path.write_bytes(octets)


def test_a_kiosk_whose_journal_was_damaged_goes_on_and_owes_what_it_owed(tmp_path: Path, kiosk: Kiosk):
    kiosk.card()
    kiosk.world.silent = True
    kiosk.lay("E1")
    kiosk.power_off()
    old = kiosk.journal.id
    spoil(tmp_path, "memory")
    kiosk.world.silent = False
    again = Kiosk(tmp_path, kiosk.world)
    again.boot_and_settle()
    (started, *_) = again.facts()
    assert started == facts.KioskStarted("test", again.journal.id, unclean=True, before=old, why="damaged")
    assert DAMAGED in troubles(again)
    assert again.journal.intents() == []
    made = [fact for fact in again.facts() if isinstance(fact, facts.LoanMade)]
    assert [fact.item for fact in made] == ["B001"], "owed in the old journal, settled in the new one"
    again.power_off()


def test_damage_found_at_work_ends_the_program_so_that_a_start_mends_it(tmp_path: Path, kiosk: Kiosk):
    kiosk.journal._db.execute("UPDATE journal SET watermark = 1")
    kiosk.card()
    assert kiosk.loop.ended is not None
    assert kiosk.loop.ended.restart
    kiosk.power_off()
    again = Kiosk(tmp_path, kiosk.world)
    assert again.journal.why == "damaged"
    again.power_off()


def test_damage_found_by_the_uplink_ends_the_program(kiosk: Kiosk):
    kiosk.happen(StopAsked("damaged"))
    assert kiosk.loop.ended is not None
    assert kiosk.loop.ended.restart


# ---------------------------------------------------------------- no disk
def test_without_a_disk_the_desk_is_out_of_order_and_the_door_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def of(_folder: Path, world: World) -> Journal:
        disk = Disk.without_disk(KEY, "read-only file system")
        assert isinstance(disk, Disk)
        disk.world = world
        return disk

    monkeypatch.setattr(Disk, "of", of)
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    station = kiosk.loop.kiosk.station
    assert (station.state, troubles(kiosk), phase(kiosk)) == ("broken", {FAILED}, Phase.OUT_OF_ORDER)
    assert station.troubles[FAILED, ""].cause == "read-only file system"
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1
    kiosk.power_off()


# ---------------------------------------------------------------- the clock
def corrections(kiosk: Kiosk) -> list[int]:
    found = (decode_fact(row.fact) for row in kiosk.journal.since(0, 1000))
    return [fact.central_ms for fact in found if isinstance(fact, facts.ClockCorrected)]


def test_central_hears_its_own_time_from_a_kiosk_and_again_after_a_jump(kiosk: Kiosk):
    true_ms = kiosk.world.wall_ms
    kiosk.hear_central(1)
    assert corrections(kiosk) == [true_ms]
    kiosk.world.wall_ms += 3_600_000
    kiosk.happen(Ticked())
    assert corrections(kiosk) == [true_ms, true_ms]
    assert UNTRUSTED in troubles(kiosk)
    kiosk.world.wall_ms -= 3_600_000
    kiosk.happen(Ticked())
    assert UNTRUSTED not in troubles(kiosk)


def test_a_synchronised_kiosk_keeps_its_time_where_central_has_lost_its_own(kiosk: Kiosk):
    """Loans fall due by the true day, orders of such a central are carried out, and nothing is corrected."""
    world, off_ms = kiosk.world, -3 * 86_400_000
    world.synchronised = True
    kiosk.hear_central(1)
    kiosk.hear_central(2, off_ms)
    assert kiosk.loop.kiosk.station.troubles[UNTRUSTED, ""].cause.startswith("central's is -259200 s off")
    assert len(corrections(kiosk)) == 1
    assert kiosk.loop.kiosk.memory.time_ms(kiosk.clock.now()) == world.wall_ms
    issued_ms = world.wall_ms + off_ms
    kiosk.happen(OrderArrived(Order(1, "door.release", issued_ms, issued_ms + 15_000)))
    assert world.releases == 1
    kiosk.hear_central(3)
    assert len(corrections(kiosk)) == 2, "central dates anew what it has misdated"
    assert UNTRUSTED not in troubles(kiosk)


def test_a_wall_clock_that_jumps_expires_no_list_once_central_was_heard(tmp_path: Path):
    expires_ms = World().wall_ms + 86_400_000
    world = World(lists=lists(body("deny", readers=("R0009",)), expires_ms=expires_ms))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.hear_central(1)
    world.wall_ms += 10 * 86_400_000
    kiosk.happen(Ticked())
    assert LATE not in troubles(kiosk)
    kiosk.hear_central(2)  # it was no jump: central says so too
    assert LATE in troubles(kiosk)
    kiosk.power_off()


def test_where_no_time_service_vouches_for_our_clock_central_is_right(kiosk: Kiosk):
    world, off_ms = kiosk.world, -3 * 86_400_000
    kiosk.hear_central(1, off_ms)
    assert kiosk.loop.kiosk.station.troubles[UNTRUSTED, ""].cause == "+259200 s off central's"
    assert corrections(kiosk) == [world.wall_ms + off_ms]
    assert kiosk.loop.kiosk.memory.time_ms(kiosk.clock.now()) == world.wall_ms + off_ms


def test_what_is_owed_since_a_boot_whose_central_came_to_be_doubted_has_our_own_time(kiosk: Kiosk):
    """Heard before our clock was synchronised, central was believed; a start after the next loss of power shall not."""
    world, off_ms = kiosk.world, 365 * 86_400_000
    kiosk.hear_central(1, off_ms)
    world.synchronised = True
    kiosk.happen(Ticked())
    world.deaf, world.lent["B001"], world.secured["E1"] = True, READER.card, False
    kiosk.happen(IlsChanged(up=False))
    at_ms = world.wall_ms
    kiosk.lay("E1")
    (intent,) = kiosk.journal.intents()
    assert intent.taken
    assert intent.central_ms is not None
    assert abs(intent.central_ms - at_ms) < 10_000
