"""The one loop: take an event, step the machines, append facts, run effects.

- One thread, one queue; `queue.put` is the only call across threads.
- A door's release is begun before the disk is written; everything else after it.
- What the disk did not take is not done: the kiosk is Broken, or where a start mends the journal it ends.
- An error of ours is logged and makes the kiosk Broken; one in a step leaves the state as it was.
- What has failed is not tried again at once: a deadline that the disk does not let pass would keep the loop turning.
- A stop ends the program, whatever fails on the way.
- The watchdog is fed once a turn; a stalled loop starves it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from traceback import format_tb

import structlog
from msgspec.structs import replace

from kiosk import core, orders
from kiosk.central_events import OrderArrived
from kiosk.clock import Clock, Now, stamp
from kiosk.core import Kiosk, Rules
from kiosk.effects import AnyEffect, EndProgram, Record, ReleaseDoor, Remember, TakeOrder
from kiosk.events import AnyEvent, StopAsked, Ticked
from kiosk.hands import Hands
from kiosk.journal import Entry, Journal, JournalDamaged, JournalFailed
from kiosk.obey import obey
from kiosk.watch import Watch
from wire.facts import KioskStopped
from wire.faults import number

DISK_FAILED = number("disk_failed")
PROGRAM_FAILED = number("program_failed")
LONGEST_WAIT_MS = 2000
"""A turn of the loop at least this often, for the watchdog."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Windows:
    """Whom the loop tells after each step; none of them may block."""

    show: Callable[[Kiosk, Now], None]
    written: Callable[[], None]
    """The journal has grown."""
    beat: Callable[[], None]


class Loop:
    def __init__(
        self,
        queue: SimpleQueue[AnyEvent],
        kiosk: Kiosk,
        rules: Rules,
        journal: Journal,
        hands: Hands,
        clock: Clock,
        windows: Windows,
    ) -> None:
        self.queue = queue
        self.kiosk = kiosk
        self._rules = rules
        self._journal = journal
        self._hands = hands
        self._clock = clock
        self._windows = windows
        self._watch = Watch(clock, journal, rules.certificates)
        self.ended: EndProgram | None = None
        """Set when the program is to end."""
        self._rests_until_ms = 0
        """Until then no deadline is kept (monotonic); a turn has failed."""

    def run(self) -> EndProgram:
        """Turn until the program is to end; says whether it is to be started again."""
        while self.ended is None:
            self._windows.beat()
            self.turn(self._take())
        return self.ended

    def turn(self, event: AnyEvent) -> None:
        """One event, whole."""
        now, before = self._clock.now(), self.kiosk
        try:
            self.kiosk, effects = self._step(event, now)
            self._carry_out(effects, now)
            if stands := self._watch.journal():
                self.kiosk, effects = core.step(self.kiosk, stands, now, self._rules)
                self._carry_out(effects, now)
        except JournalFailed as cause:
            log.error("journal failed", cause=str(cause))  # noqa: TRY400 - the cause says it, no trace needed
            # What is not on disk is not done: it is neither shown nor asked for later.
            self.kiosk = replace(
                self.kiosk, session=before.session, owed=before.owed, payments=before.payments
            )
            self._break_down(DISK_FAILED, str(cause), event, now)
            self.ended = EndProgram(restart=True) if isinstance(cause, JournalDamaged) else self.ended
        except Exception as cause:  # noqa: BLE001 - whatever it is, the door must go on
            what, where = f"{type(cause).__name__} at {type(event).__name__}", format_tb(cause.__traceback__)
            log.error("step failed", what=what, where=where)  # noqa: TRY400 - its text may hold a card number
            self._break_down(PROGRAM_FAILED, what, event, now)
        self._windows.show(self.kiosk, now)

    def due_ms(self, now: Now) -> int | None:
        """When time itself will next change anything (monotonic); None: never."""
        due = core.deadline_ms(self.kiosk, now, self._rules)
        return due if due is None else max(due, self._rests_until_ms)

    def _take(self) -> AnyEvent:
        now = self._clock.now()
        due = self.due_ms(now)
        wait_ms = LONGEST_WAIT_MS if due is None else min(max(due - now.mono_ms, 0), LONGEST_WAIT_MS)
        try:
            return self.queue.get(timeout=wait_ms / 1000)
        except Empty:
            return Ticked()

    def _step(self, event: AnyEvent, now: Now) -> core.Stepped:
        event, wishes = self._watch.clock(event, now)
        kiosk, told = core.tell(self.kiosk, wishes, now)
        kiosk, effects = self._judge(kiosk, event, now)
        return kiosk, told + effects

    def _judge(self, kiosk: Kiosk, event: AnyEvent, now: Now) -> core.Stepped:
        if type(event) is OrderArrived:
            verdict = orders.judge(
                event.order,
                self._watch.central_ms(now),
                self._clock.boot,
                clock_trusted=self._clock.is_set(),
                taken=self._journal.order_taken(event.order.number),
            )
            return obey(kiosk, event.order, verdict, now, self._rules)
        kiosk, effects = core.step(kiosk, event, now, self._rules)
        return kiosk, (*effects, *_end(event))

    def _carry_out(self, effects: tuple[AnyEffect, ...], now: Now) -> None:
        if not effects:
            return
        entries: list[Entry] = []
        rest: list[AnyEffect] = []
        ended: EndProgram | None = None
        for effect in effects:
            if type(effect) is Record or type(effect) is Remember or type(effect) is TakeOrder:
                entries.append(effect)
            elif type(effect) is ReleaseDoor:
                self._hands.do(effect)
            elif type(effect) is EndProgram:
                ended = ended or effect
            else:
                rest.append(effect)
        if ended:
            self.ended = ended
            entries.append(Record(KioskStopped(ended.why)))
        if entries:
            self._journal.append(entries, stamp(self._clock, now))
            self._windows.written()
        for effect in rest:
            self._hands.do(effect)

    def _break_down(self, fault: int, cause: str, event: AnyEvent, now: Now) -> None:
        """The fault stands from now on; where the disk does not take its fact, the condition tells it."""
        if self._rests_until_ms <= now.mono_ms:  # what fails again and again puts deadlines off no further
            self._rests_until_ms = now.mono_ms + LONGEST_WAIT_MS
        self.kiosk, effects = core.break_down(self.kiosk, fault, cause, now)
        with suppress(JournalFailed):
            self._carry_out((*effects, *_end(event)), now)


def _end(event: AnyEvent) -> tuple[EndProgram, ...]:
    return (EndProgram(event.why != "asked", event.why),) if type(event) is StopAsked else ()
