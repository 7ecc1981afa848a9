"""A kiosk with all its threads, from `run` to its end.

- Started outside in: the screen, the lines to central and the ILS, then the devices.
- The screen's port is taken first: a second kiosk on the same state ends there and has written nothing.
- Stopped inside out, also where something fails: no event comes after the loop that anybody would miss.
- The system hears that it is up when all threads run, whatever devices answer: a pad that is unplugged
  would otherwise keep it from ever being up. Whether readers are served is the condition's to say.
- Vitals go out every 30 s and may be lost.
"""

from __future__ import annotations

import resource
import shutil
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Event, Thread

import msgspec

from drivers.pump import Pump
from kiosk import start
from kiosk.clock import Clock
from kiosk.effects import EndProgram, Record
from kiosk.events import JournalStands, StopAsked
from kiosk.idle.keeper import Keeper as IdleKeeper
from kiosk.ils import Ils
from kiosk.journal import Journal, JournalDamaged, JournalFailed
from kiosk.lists.keeper import Keeper
from kiosk.loop import Loop
from kiosk.screen.app import Screen
from kiosk.screen.pulse import Pulse
from kiosk.uplink import Uplink
from wire.condition import Condition, Vitals

VITALS_S = 30.0
MAX_READINGS = 64
"""As many as vitals may carry."""


@dataclass(frozen=True, slots=True)
class Daemon:
    state: Path
    clock: Clock
    identity: Condition
    """What the condition says of this run and does not change."""
    journal: Journal
    untold: Sequence[Record]
    """What the last run could not tell, told with this one's start."""
    loop: Loop
    uplink: Uplink
    screen: Screen
    conversations: tuple[Ils, ...]
    pumps: tuple[Pump, ...]
    pulse: Pulse
    lists: Keeper | None = None
    """None: this kiosk takes no lists."""
    news: IdleKeeper | None = None
    """None: there is no central to ask what is new."""
    _ended: Event = field(default_factory=Event)

    def run(self) -> EndProgram:
        """Start everything, turn the loop until it ends, stop everything.

        Raises:
            OSError: the screen's port is taken.
        """
        vitals = Thread(target=self._tell_vitals, name="vitals")
        with ExitStack() as at_end:
            at_end.callback(self.journal.close)
            for conversation in self.conversations:
                at_end.callback(conversation.stop)
            self.screen.start()
            at_end.callback(self.screen.stop)
            self._record_start()
            at_end.callback(self._say_goodbye)
            if self.lists:
                at_end.callback(self.lists.stop)
                self.lists.start()  # before anybody asks: what is on disk stands from the first event on
            if self.news:
                at_end.callback(self.news.stop)
                self.news.start()
            self.uplink.start()
            for conversation in self.conversations:
                conversation.start()
            for pump in self.pumps:
                pump.start()
                at_end.callback(pump.stop)
            vitals.start()
            at_end.callback(vitals.join)
            at_end.callback(self._ended.set)
            self.pulse.ready()
            end = self.loop.run()
            self.pulse.stopping()
            return end

    def _record_start(self) -> None:
        """Where the disk does not take it the kiosk is Broken from its first event on, and its door is not."""
        try:
            start.record(self.journal, self.untold, self.clock, self.identity.version)
        except JournalDamaged:
            self.loop.queue.put(StopAsked("damaged"))
        except JournalFailed as cause:
            self.loop.queue.put(JournalStands(failed=str(cause)))

    def _say_goodbye(self) -> None:
        """Why the kiosk is gone: it was told to end, or it fell, of which the last will's word is the right one."""
        end = self.loop.ended
        why = "will" if end is None else "restarting" if end.restart else "stopped"
        self.uplink.stop(msgspec.structs.replace(self.identity, state="gone", why=why))

    def ask_to_stop(self) -> None:
        """Any thread may, and a signal's handler; returns at once."""
        self.loop.queue.put(StopAsked("asked"))

    def _tell_vitals(self) -> None:
        started_ms = self.clock.now().mono_ms
        while True:
            with suppress(OSError, JournalFailed):  # the loop says what is wrong with the disk
                self.uplink.vitals(self._vitals(started_ms))
            if self._ended.wait(VITALS_S):
                return

    def _vitals(self, started_ms: int) -> Vitals:
        now, health = self.clock.now(), self.loop.kiosk.station
        return Vitals(
            wall_ms=max(now.wall_ms, 0),
            uptime_s=(now.mono_ms - started_ms) // 1000,
            backlog=self.journal.waiting,
            memory_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            disk_free_mib=shutil.disk_usage(self.state).free // 2**20,
            refused=health.refused,
            readings=dict(islice(health.readings.items(), MAX_READINGS)),
        )
