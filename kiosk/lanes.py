"""Journals on their way to central, each with a cursor of its own: earlier ones first, then the present one.

- A journal waits until all before it have arrived: what happened first is told first.
- One that central has whole is still asked about after each `open`, and sent again if central was restored.
- One that is forked is not sent, since central takes none of it; nor one without a disk: it will be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.cursor import HELD, Cursor, Taken
from kiosk.journal import Journal
from wire.orders import Watermark


@dataclass(slots=True)
class Lane:
    journal: Journal
    cursor: Cursor
    silent: bool
    """Nothing of it is sent."""

    @property
    def arrived(self) -> bool:
        """Central has all of it, or never will."""
        return self.silent or self.cursor.acked >= self.cursor.head


class Lanes:
    """Of one uplink. All times are monotonic milliseconds."""

    def __init__(self, journal: Journal, jitter: Callable[[], float]) -> None:
        self._lanes = [
            Lane(one, Cursor(one.watermark, one.head, jitter), one.standing.forked or bool(one.failed))
            for one in (*journal.elders, journal)
        ]
        self.last = self._lanes[-1]
        """That of the present journal."""

    @property
    def first_waiting(self) -> Lane:
        """The journal whose facts are to be sent now, or would be if it had any."""
        for lane in self._lanes:
            if not lane.arrived:
                return lane
        return self.last

    def open(self) -> None:
        """Broker and central are there."""
        for lane in self._lanes:
            lane.cursor.open()

    def hold(self) -> None:
        """One of them is away."""
        for lane in self._lanes:
            lane.cursor.hold()

    def next(self, now_ms: int) -> tuple[Lane, int] | None:
        """Whose facts to send now and the seq of the first; None: nothing to send, or no leave to send it."""
        self.last.cursor.head = self.last.journal.head
        for lane in self._lanes:
            first = None if lane.silent else lane.cursor.next(now_ms)
            if first is not None:
                return lane, max(first, lane.journal.oldest)
            if not lane.arrived:
                return None
        return None

    def take(self, watermark: Watermark, now_ms: int, *, fresh: bool) -> Taken:
        """Take a watermark into the journal that it is of, and move its cursor.

        Raises:
            JournalFailed: the disk does not take it.
        """
        lane = next((lane for lane in self._lanes if lane.journal.id == watermark.journal), None)
        if lane is None:
            return Taken.OTHER_JOURNAL
        taken = lane.journal.acked(watermark)
        lane.silent = lane.silent or taken is Taken.FORKED
        if taken in HELD:
            lane.cursor.took(taken, watermark, now_ms, fresh=fresh)
        return taken

    def wait_ms(self, now_ms: int) -> int | None:
        """How long until `next` may answer otherwise by time alone; None: time alone changes nothing."""
        waits = []
        for lane in self._lanes:
            wait_ms = None if lane.silent else lane.cursor.wait_ms(now_ms)
            if wait_ms is not None:
                waits.append(wait_ms)
            if not lane.arrived:  # `next` looks no further
                break
        return min(waits, default=None)
