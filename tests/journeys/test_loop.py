"""The loop's own promises: order of effects, a disk that fails, an error of ours, orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.errors import Gone
from drivers.events import CardShown, DeviceLost, GateAlarmed
from kiosk import core
from kiosk.central_events import MessageRefused, OrderArrived
from kiosk.effects import AskLoan, AskReplay, AskSettle, Record, ReleaseDoor
from kiosk.events import IlsChanged, StopAsked, Ticked
from kiosk.journal import JournalFailed
from kiosk.loop import LONGEST_WAIT_MS
from kiosk.session.state import Phase, Step
from tests.journeys.house import READER, Kiosk, World
from wire import facts
from wire.envelope import Stamp
from wire.faults import number
from wire.orders import Order

STAMP = Stamp(0, 0, "0" * 16, set=True)


@pytest.fixture
def kiosk(tmp_path: Path):
    up = Kiosk(tmp_path, World())
    up.boot()
    yield up
    up.power_off()


def order(kiosk: Kiosk, number: int = 1, verb: str = "door.release", late_ms: int = 0) -> Order:
    now = kiosk.world.wall_ms
    return Order(number, verb, now - late_ms, now + 15_000 - late_ms)


def fail(*_: Any) -> Any:
    raise JournalFailed("no space left on device")


def stumble(*_: Any) -> Any:
    raise ZeroDivisionError


def test_the_door_is_released_before_the_disk_is_written(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kiosk.journal, "append", fail)
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1


def test_what_the_disk_did_not_take_is_not_asked(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    kiosk.card()
    monkeypatch.setattr(kiosk.journal, "append", fail)
    kiosk.lay("E1")
    assert not any(isinstance(effect, AskLoan) for effect in kiosk.hands.effects)
    station = kiosk.loop.kiosk.station
    assert (station.state, station.serving) == ("broken", False)
    assert (number("disk_failed"), "") in station.troubles


def test_an_error_of_ours_breaks_the_kiosk_and_the_door_goes_on(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(core, "_desk", stumble)
    kiosk.happen(GateAlarmed("gate", "E9", None))
    kiosk.happen(CardShown("scanner", "R0001", "card"))
    assert (number("program_failed"), "") in kiosk.loop.kiosk.station.troubles
    monkeypatch.undo()
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1
    assert kiosk.kinds().count("fault.raised") >= 2


def test_a_broken_kiosk_stays_out_of_order_and_rests(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    kiosk.card()
    with monkeypatch.context() as broken:
        broken.setattr(kiosk.journal, "append", fail)
        kiosk.lay("E1")
    kiosk.pass_s(120)
    assert kiosk.loop.kiosk.session
    assert kiosk.loop.kiosk.session.phase is Phase.OUT_OF_ORDER
    assert kiosk.deadline_ms() is None, "a loop with nothing to wait for would spin"
    kiosk.lift("E1")
    kiosk.lay("E1")
    kiosk.card()
    assert not any(isinstance(effect, AskLoan) for effect in kiosk.hands.effects)


@pytest.mark.parametrize("failing", ["disk", "step"])
def test_a_deadline_whose_turn_fails_is_tried_again_after_a_pause(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, failing: str
):
    """The session could not be closed, so that its end stayed due: the loop turned as fast as it could."""
    kiosk.card()
    tried: set[int] = set()

    def fails(*_: Any) -> Any:
        tried.add(kiosk.world.mono_ms)
        return fail() if failing == "disk" else stumble()

    kiosk.lay("E1")
    with monkeypatch.context() as broken:
        broken.setattr(*(kiosk.journal, "append") if failing == "disk" else (core, "step"), fails)
        kiosk.pass_s(60)
    assert 1 < len(tried) <= 60_000 / LONGEST_WAIT_MS
    kiosk.pass_s(5)
    assert kiosk.kinds().count("session.closed") == 1


def test_what_fails_every_second_puts_no_deadline_off_for_ever(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    kiosk.card()
    real = core.step

    def step(given: Any, event: Any, *more: Any) -> Any:
        return stumble() if isinstance(event, MessageRefused) else real(given, event, *more)

    monkeypatch.setattr(core, "step", step)
    for _ in range(60):
        kiosk.world.mono_ms += 1000
        kiosk.world.wall_ms += 1000
        if (due_ms := kiosk.deadline_ms()) is not None and due_ms <= kiosk.world.mono_ms:
            kiosk.happen(Ticked())
        kiosk.happen(MessageRefused("x", "y", forged=False))
    assert kiosk.kinds().count("session.closed") == 1


def test_an_effect_that_nothing_here_does_breaks_the_kiosk_and_the_door_goes_on(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
):
    kiosk.card()
    with monkeypatch.context() as broken:
        broken.setattr(kiosk.hands, "do", stumble)
        kiosk.lay("E1")
    assert (number("program_failed"), "") in kiosk.loop.kiosk.station.troubles
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1


def test_entries_that_contradict_the_journal_break_the_kiosk_and_nobody_is_asked(kiosk: Kiosk):
    kiosk.card()
    assert kiosk.loop.kiosk.session
    kiosk.journal.append([Record(facts.LoanAsked(kiosk.next_txn(), "B009", READER.pseudonym))], STAMP)
    kiosk.lay("E1")
    assert (number("program_failed"), "") in kiosk.loop.kiosk.station.troubles
    assert not any(isinstance(effect, AskLoan) for effect in kiosk.hands.effects)
    assert kiosk.kinds()[-1] == "fault.raised"


def test_an_error_of_ours_on_a_failing_disk_does_not_end_the_program(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as broken:
        broken.setattr(core, "step", stumble)
        broken.setattr(kiosk.journal, "append", fail)
        kiosk.card()
    kiosk.card(device="door_scanner")
    assert kiosk.world.releases == 1


def test_a_stop_ends_the_program_even_where_its_step_fails(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(core, "step", stumble)
    kiosk.loop.queue.put(StopAsked("asked"))
    assert not kiosk.loop.run().restart
    assert kiosk.facts()[-1] == facts.KioskStopped("asked")


def test_a_stop_ends_the_program_even_where_the_disk_fails(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kiosk.journal, "append", fail)
    kiosk.loop.queue.put(OrderArrived(order(kiosk, verb="kiosk.restart")))
    assert kiosk.loop.run().restart


def test_a_journal_that_cannot_be_read_is_the_disks_fault(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kiosk.journal, "order_taken", fail)
    kiosk.happen(OrderArrived(order(kiosk)))
    assert [trouble.fault for trouble in kiosk.loop.kiosk.station.troubles.values()] == [
        number("disk_failed")
    ]
    assert kiosk.world.releases == 0


def test_an_order_is_judged_by_centrals_time_whatever_the_wall_clock_does(kiosk: Kiosk):
    kiosk.hear_central(0)
    in_time, too_late = order(kiosk), order(kiosk, number=2)
    kiosk.world.wall_ms += 3_600_000
    kiosk.happen(OrderArrived(in_time))
    assert facts.OrderDone(1, "door.release") in kiosk.facts()
    kiosk.world.wall_ms -= 2 * 3_600_000
    kiosk.pass_s(20)
    kiosk.happen(OrderArrived(too_late))
    assert facts.OrderRefused(2, "door.release", number("order_late")) in kiosk.facts()


def test_an_order_is_carried_out_once_however_often_it_comes(kiosk: Kiosk):
    for _ in range(3):
        kiosk.happen(OrderArrived(order(kiosk)))
    assert kiosk.world.releases == 1
    assert kiosk.kinds().count("order.done") == 1
    assert kiosk.loop.kiosk.station.serving


def test_an_order_that_comes_again_after_a_restart_is_not_carried_out(tmp_path: Path):
    world = World()
    first = Kiosk(tmp_path, world)
    first.boot()
    released = order(first)
    first.happen(OrderArrived(released))
    first.power_off()
    second = Kiosk(tmp_path, world)
    second.boot()
    second.happen(OrderArrived(released))
    assert world.releases == 1
    second.power_off()


def test_a_late_order_is_refused_by_centrals_clock(kiosk: Kiosk):
    kiosk.hear_central(0, 60_000)
    kiosk.happen(OrderArrived(order(kiosk)))
    assert kiosk.world.releases == 0
    assert facts.OrderRefused(1, "door.release", number("order_late")) in kiosk.facts()


def test_an_order_to_a_door_that_is_not_heard_is_refused(kiosk: Kiosk):
    kiosk.happen(DeviceLost("door", Gone("unplugged")))
    kiosk.happen(OrderArrived(order(kiosk)))
    assert not any(isinstance(effect, ReleaseDoor) for effect in kiosk.hands.effects)
    assert facts.OrderRefused(1, "door.release", number("order_not_possible")) in kiosk.facts()


def test_an_unknown_verb_is_refused(kiosk: Kiosk):
    kiosk.happen(OrderArrived(order(kiosk, verb="kiosk.dance")))
    assert facts.OrderRefused(1, "kiosk.dance", number("order_unknown")) in kiosk.facts()


def test_restart_is_answered_and_ends_the_program_to_be_started_again(kiosk: Kiosk):
    kiosk.loop.queue.put(OrderArrived(order(kiosk, verb="kiosk.restart")))
    assert kiosk.loop.run().restart
    assert kiosk.kinds()[-2:] == ["order.done", "kiosk.stopped"]


def test_a_restart_that_is_ordered_again_after_it_is_not_done_again(tmp_path: Path):
    world = World()
    first = Kiosk(tmp_path, world)
    first.boot()
    restart = OrderArrived(order(first, verb="kiosk.restart"))
    first.happen(restart)
    first.power_off()
    second = Kiosk(tmp_path, world)
    second.boot()
    second.happen(restart)
    assert second.loop.ended is None
    assert second.kinds().count("order.done") == 1
    second.power_off()


def test_the_door_has_its_own_deadlines(kiosk: Kiosk):
    kiosk.card("R0404", device="door_scanner")
    assert kiosk.deadline_ms() == kiosk.world.mono_ms + 5_000


def test_asked_to_stop_it_ends_for_good(kiosk: Kiosk):
    kiosk.loop.queue.put(StopAsked("asked"))
    assert not kiosk.loop.run().restart
    assert kiosk.facts()[-1] == facts.KioskStopped("asked")


def test_what_was_refused_meanwhile_is_told_within_its_minute(kiosk: Kiosk):
    refused = MessageRefused("shuwu/1/room/orders", "not signed by central", forged=True)
    kiosk.happen(refused)
    kiosk.happen(refused)
    assert kiosk.deadline_ms() == kiosk.world.mono_ms + 60_000
    kiosk.pass_s(60)
    told = [fact.count for fact in kiosk.facts() if isinstance(fact, facts.MessagesRefused)]
    assert told == [1, 1]


def test_what_the_disk_does_not_take_is_not_told_to_the_library_system_later(kiosk: Kiosk):
    """The return of a book, as above; the line comes back while the kiosk is still Broken."""
    world = kiosk.world
    world.deaf, world.secured["E1"], world.lent["B001"] = True, False, READER.card
    kiosk.happen(IlsChanged(up=False))
    world.full = True
    kiosk.lay("E1")
    kiosk.lift("E1")
    world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    kiosk.pass_s(60)
    assert world.lent == {"B001": READER.card}
    assert not any(isinstance(effect, AskSettle | AskReplay) for effect in kiosk.hands.effects)


def test_what_the_disk_does_not_take_is_not_shown_as_done(kiosk: Kiosk):
    """A book that comes back while the library system is silent, and the disk is full: it stays what it was."""
    kiosk.world.deaf, kiosk.world.secured["E1"] = True, False
    kiosk.world.full = True
    kiosk.lay("E1")
    assert kiosk.loop.kiosk.session
    assert [line.step for line in kiosk.loop.kiosk.session.lines] == [Step.SENSING]
    kiosk.world.full = False
