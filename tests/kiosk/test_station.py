"""The kiosk's own health."""

from __future__ import annotations

from drivers.configured import MAX_DEVICES
from drivers.errors import Gone, Misbehaved
from drivers.events import DeviceBack, DeviceLost, InputSensed
from kiosk import station
from kiosk.central_events import MessageRefused, UplinkChanged
from kiosk.clock import Now
from kiosk.effects import RaiseFault, Record
from kiosk.events import AnyEvent, IlsChanged, Ticked
from kiosk.fittings import Fitting, Fittings
from kiosk.restless import CALM_MS, OFTEN, WITHIN_MS
from kiosk.station import Station
from tests.kiosk.fitted import DESK
from wire import facts
from wire.condition import MAX_CONDITION_OCTETS, Condition, encode
from wire.faults import number

NOW = Now(1_790_000_000_000, 1_000)


def after(*events: AnyEvent, start: Station | None = None) -> tuple[Station, list[facts.Fact]]:
    state, told = start or Station(DESK), []
    for event in events:
        state, effects = station.step(state, event, NOW)
        told += [effect.fact for effect in effects if isinstance(effect, Record)]
    return state, told


READY = (
    DeviceBack("pad", "FEIG MR101"),
    DeviceBack("scanner", "serial"),
    IlsChanged(up=True),
    UplinkChanged(broker=True, central=True),
)


def test_boot_until_every_device_was_heard_of_then_ready():
    assert after()[0].state == "boot"
    assert after(READY[0])[0].state == "boot"
    state, told = after(*READY)
    assert (state.state, state.serving, told) == ("ready", True, [])
    assert state.identities["pad"] == "FEIG MR101"


def test_a_required_device_lost_breaks_until_it_is_back():
    state, told = after(*READY, DeviceLost("pad", Gone("no answer in 200 ms")))
    assert (state.state, state.serving) == ("broken", False)
    assert told == [facts.FaultRaised(number("pad_lost"), "pad", "gone: no answer in 200 ms")]
    state, told = after(DeviceBack("pad", "FEIG MR101"), start=state)
    assert (state.state, state.serving) == ("ready", True)
    assert told == [facts.FaultCleared(number("pad_lost"), "pad")]


def test_what_as_many_devices_as_may_be_say_of_themselves_fits_a_condition():
    many = Fittings({f"{'x' * 30}{n:02}": Fitting("card") for n in range(MAX_DEVICES)})
    state, _ = after(*(DeviceBack(name, "书" * 200) for name in many.by_name), start=Station(many))
    condition = Condition(1, "ready", devices=dict(state.identities))
    assert len(encode(condition)) < MAX_CONDITION_OCTETS / 1.5


def test_an_optional_device_lost_degrades():
    state, _ = after(*READY, DeviceLost("scanner", Misbehaved("noise")))
    assert (state.state, state.serving) == ("degraded", True)


def test_a_fault_that_stands_is_told_once_with_its_first_cause():
    lost = DeviceLost("pad", Gone("first")), DeviceLost("pad", Gone("second"))
    state, told = after(*READY, *lost)
    assert len(told) == 1
    assert [trouble.cause for trouble in state.troubles.values()] == ["gone: first"]


def test_what_the_ils_takes_is_what_it_said_last_also_while_it_is_silent():
    closed = IlsChanged(up=True, loans=False, returns=False)
    state, told = after(*READY, closed, IlsChanged(up=False), IlsChanged(up=False))
    assert told == [
        facts.FaultRaised(number("loans_closed")),
        facts.FaultRaised(number("returns_closed")),
        facts.FaultRaised(number("ils_silent")),
    ]
    assert (state.loans, state.returns, state.state) == (False, False, "degraded")
    state, told = after(IlsChanged(up=True, loans=False), start=state)
    assert told == [facts.FaultCleared(number("ils_silent")), facts.FaultCleared(number("returns_closed"))]
    assert (state.loans, state.returns) == (False, True)


def test_ils_and_central_away_degrade_and_clear():
    state, told = after(
        *READY, IlsChanged(up=False, cause="refused"), UplinkChanged(broker=True, central=False)
    )
    assert state.state == "degraded"
    assert {fact.fault for fact in told} == {number("ils_silent"), number("central_away")}
    state, _ = after(IlsChanged(up=True), UplinkChanged(broker=True, central=True), start=state)
    assert state.state == "ready"


def at(ms: int, *events: AnyEvent, start: Station) -> tuple[Station, list[type[facts.Fact]]]:
    told = []
    for event in events:
        start, effects = station.step(start, event, Now(NOW.wall_ms + ms, NOW.mono_ms + ms))
        told += [type(effect.fact) for effect in effects if isinstance(effect, Record)]
    return start, told


def test_a_fault_that_comes_and_goes_is_told_some_times_and_left_standing_until_it_is_over():
    down, up = IlsChanged(up=False, cause="no answer in time"), IlsChanged(up=True)
    state, told = at(0, *[down, up] * 1000, start=after(*READY)[0])
    assert told == [facts.FaultRaised, facts.FaultCleared] * (OFTEN - 1) + [facts.FaultRaised]
    assert (state.state, state.ils_up) == ("degraded", True)
    state, told = at(CALM_MS - 1, Ticked(), down, start=state)
    assert (told, station.deadline_ms(state)) == ([], None)
    state, told = at(CALM_MS, up, Ticked(), start=state)
    assert (told, station.deadline_ms(state)) == ([], NOW.mono_ms + 2 * CALM_MS)
    state, told = at(2 * CALM_MS, Ticked(), start=state)
    assert (told, state.state, station.deadline_ms(state)) == ([facts.FaultCleared], "ready", None)
    assert at(WITHIN_MS + 1, down, up, start=state)[1] == [facts.FaultRaised, facts.FaultCleared]


def test_a_fault_that_does_not_come_to_rest_is_told_no_more_of_however_long():
    state, told = after(*READY)[0], []
    for ms in range(0, 6 * WITHIN_MS, 10_000):
        state, more = at(ms, IlsChanged(up=False), Ticked(), start=state)
        state, most = at(ms + 5_000, IlsChanged(up=True), Ticked(), start=state)
        told += more + most
    assert told == [facts.FaultRaised, facts.FaultCleared] * (OFTEN - 1) + [facts.FaultRaised]


def test_whoever_presses_for_help_is_heard_each_time():
    pressed = [InputSensed("sensors", "sos", active=True), InputSensed("sensors", "sos", active=False)]
    _, told = at(0, *pressed * 2 * OFTEN, start=after(*READY)[0])
    assert told == [facts.FaultRaised, facts.FaultCleared] * 2 * OFTEN


def test_a_device_that_comes_and_goes_serves_whenever_it_is_there():
    flicker = [DeviceLost("pad", Gone("no answer")), DeviceBack("pad", "FEIG MR101")] * OFTEN
    state, _ = at(0, *flicker, start=after(*READY)[0])
    assert (state.state, state.serving) == ("degraded", True)
    assert at(0, flicker[0], start=state)[0].state == "broken"


def test_broken_by_the_disk_is_sticky():
    state, _ = after(*READY)
    state, _ = station.raise_fault(state, RaiseFault(number("disk_failed"), cause="full"), NOW)
    state, _ = after(DeviceBack("pad", "FEIG"), IlsChanged(up=True), start=state)
    assert (state.state, state.serving) == ("broken", False)


def test_refused_messages_are_one_fact_at_once_and_one_a_minute():
    forged = MessageRefused("shuwu/1/room/orders", "not signed by central", forged=True)
    state, told = after(*READY, *[forged] * 5)
    assert told == [
        facts.FaultRaised(number("message_forged"), "", "not signed by central"),
        facts.MessagesRefused(1, "shuwu/1/room/orders", "not signed by central"),
    ]
    later = Now(NOW.wall_ms, NOW.mono_ms + station.TELL_REFUSED_MS)
    state, effects = station.step(state, Ticked(), later)
    assert effects == (Record(facts.MessagesRefused(4, "shuwu/1/room/orders", "not signed by central")),)
    quiet = Now(NOW.wall_ms, later.mono_ms + station.TELL_REFUSED_MS)
    state, effects = station.step(state, Ticked(), quiet)
    assert effects == (Record(facts.FaultCleared(number("message_forged"))),)
    assert (state.state, state.refused) == ("ready", 5)
