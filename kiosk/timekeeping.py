"""Whether the kiosk's clock is right, and what central must know where it is not. Pure.

Central's time comes with each watermark; our monotonic clock, which does not jump, carries it on from there.
`clock.corrected` dates every fact of this boot. It is written when central is first heard in a run, since an
earlier run of the boot may have had another clock, and whenever the difference has changed: the clock was
set, or it jumped.

    our clock       central's is       which wins
    not set         anywhere           central's
    set             anywhere           central's; beyond TRUSTED_MS with the fault
    synchronised    within TRUSTED_MS  central's
    synchronised    farther off        ours: the fault stands, nothing is corrected, and when central's is
                                       right again a correction dates anew what it had misdated

An order's age is central's to count: it is always judged by the time that central itself tells.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from kiosk.central_events import WatermarkMoved
from kiosk.clock import Now
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent
from wire.facts import ClockCorrected
from wire.faults import number

CLOCK_UNTRUSTED = number("clock_untrusted")
RIGHT_MS = 2_000
"""Closer than this a date is right: network and broker take their part of it."""
RIGHT = ClearFault(CLOCK_UNTRUSTED)
TRUSTED_MS = 60_000
"""A clock that is farther off moves visits to another hour."""


class Timekeeping(Struct, frozen=True):
    ahead_ms: int | None = None
    """Central's wall clock less our monotonic one, as central has it. None: not heard in this run."""
    told_ms: int | None = None
    """Central's clock less ours as the last correction told it. None: one is due when central is believed."""
    doubted: bool = False
    """Central's clock is far off ours, which is synchronised."""

    def central_ms(self, now: Now) -> int:
        """What central's clock shows, right or wrong; ours, while it was not heard."""
        return now.wall_ms if self.ahead_ms is None else now.mono_ms + self.ahead_ms

    def believed(self, event: AnyEvent) -> AnyEvent:
        """The event without a time of central's that is not to be believed."""
        if self.doubted and type(event) is WatermarkMoved:
            return replace(event, ahead_ms=None)
        return event


def step(
    time: Timekeeping, event: AnyEvent, now: Now, *, is_set: bool, synchronised: bool = False
) -> tuple[Timekeeping, tuple[AnyEffect, ...]]:
    """What is known of time after `event`, a correction where one is due, and whether the clock can be trusted.

    Args:
        time: what was known.
        event: a watermark tells central's time; with any other only our own clock may have jumped.
        now: both clocks.
        is_set: the system says that the wall clock has been set since boot.
        synchronised: by a time service, even.
    """
    if type(event) is WatermarkMoved:
        time = replace(time, ahead_ms=event.ahead_ms)
    if time.ahead_ms is None:
        return time, (_fault(0, is_set=is_set),)
    off_ms = time.central_ms(now) - now.wall_ms
    if synchronised and abs(off_ms) > TRUSTED_MS:
        cause = f"central's is {off_ms / 1000:+.0f} s off ours, which is synchronised"
        doubted = replace(time, doubted=True, told_ms=None)
        return doubted, (RaiseFault(CLOCK_UNTRUSTED, cause=cause),)
    time = replace(time, doubted=False) if time.doubted else time
    fault = _fault(off_ms, is_set=is_set)
    if time.told_ms is not None and abs(off_ms - time.told_ms) <= RIGHT_MS:
        return time, (fault,)
    corrected = Record(ClockCorrected(max(time.central_ms(now), 0)))
    return replace(time, told_ms=off_ms), (corrected, fault)


def _fault(off_ms: int, *, is_set: bool) -> RaiseFault | ClearFault:
    """Raised or cleared with every step; the station tells what is new."""
    if not is_set:
        return RaiseFault(CLOCK_UNTRUSTED, cause="not set since boot")
    if abs(off_ms) > TRUSTED_MS:
        return RaiseFault(CLOCK_UNTRUSTED, cause=f"{-off_ms / 1000:+.0f} s off central's")
    return RIGHT
