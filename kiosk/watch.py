"""What the loop looks at beside its events: clock and certificates before each of them, the journal after."""

from __future__ import annotations

from kiosk import certificates, timekeeping
from kiosk.certificates import Expiry
from kiosk.clock import Clock, Now
from kiosk.effects import AnyEffect, Remember
from kiosk.events import AnyEvent, JournalStands
from kiosk.journal import Journal, Level, Standing
from kiosk.journal.intents import ahead_name
from kiosk.timekeeping import Timekeeping

LOOK_MS = 3_600_000
"""A certificate ends once in a year."""


class Watch:
    """Called on the loop's thread alone."""

    def __init__(self, clock: Clock, journal: Journal, expiries: tuple[Expiry, ...] = ()) -> None:
        self._clock = clock
        self._expiries = expiries
        self._look_at_ms = 0
        """Monotonic; the certificates are looked at again then."""
        self._journal = journal
        self._time = Timekeeping()
        self._found = Standing()
        self._stood = JournalStands()

    def clock(self, event: AnyEvent, now: Now) -> tuple[AnyEvent, tuple[AnyEffect, ...]]:
        """The event as far as its time is to be believed; a correction where one is due, and the fault."""
        trusted = not self._time.doubted
        self._time, wishes = timekeeping.step(
            self._time,
            event,
            now,
            is_set=self._clock.is_set(),
            synchronised=self._clock.is_synchronised(),
        )
        if trusted and self._time.doubted:  # what is owed since this boot is told by the clock that is right
            wishes += (Remember(ahead_name(self._clock.boot), str(now.wall_ms - now.mono_ms)),)
        if self._expiries and now.mono_ms >= self._look_at_ms and self._clock.is_set():
            self._look_at_ms = now.mono_ms + LOOK_MS
            wishes += certificates.due(self._expiries, self._time.central_ms(now))
        return self._time.believed(event), wishes

    def central_ms(self, now: Now) -> int:
        """What central's clock shows, by which it gives its orders."""
        return self._time.central_ms(now)

    def journal(self) -> JournalStands | None:
        """How it stands, if that is new. It changes by what is written and by what central takes.

        Raises:
            JournalFailed: it cannot be read.
        """
        found = self._journal.standing
        if found == self._found:
            return None
        self._found = found
        stands = JournalStands(
            filling=found.level >= Level.FILLING,
            scarce=found.level >= Level.SCARCE,
            lost=found.lost,
            forked=found.forked,
            damaged=found.damaged,
            failed=found.failed,
            locked=found.locked,
        )
        if stands == self._stood:
            return None
        self._stood = stands
        return stands
