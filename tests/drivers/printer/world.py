"""A printer, its cable and its driver in one thread, on a clock that only waiting moves."""

from __future__ import annotations

from threading import Event

from drivers.emulators.escpos import (
    EmulatedPrinter,
    EmulatedPrinterSettings,
    PrintedCode,
    PrintedText,
    Severed,
)
from drivers.errors import DriverError, Gone
from drivers.printer.escpos.codec import Codec
from drivers.printer.escpos.driver import FONTS
from drivers.printer.escpos.printer import EscposPrinter
from drivers.printer.escpos.session import Timing
from drivers.slip import Code, Columns, Line, Slip
from tests.lines import WHOLE, BadLine

STEP_S = 0.005
SLIP = Slip(
    (
        Line("《三体》，借阅凭条", "centre", large=True),
        *(Columns((f"第{i}本", "2026-12-01")) for i in range(1, 21)),
        Code("https://room.example/r/1"),
        Line("谢谢"),
    )
)
FIRST, LAST = "《三体》，借阅凭条", "谢谢"


class Cable:
    """A line whose ends are in the same thread; breaks after so many octets written, or so many heard."""

    def __init__(self, world):
        self._world = world
        self.closed = False

    def write(self, octets):
        world = self._world
        world.need_line()
        if world.octets_left is not None:
            octets = octets[: world.octets_left]
            world.octets_left -= len(octets)
        world.send(octets)
        if world.octets_left == 0:
            world.plugged = False
        world.need_line()

    def read(self, timeout_s):
        world = self._world
        until = world.now + timeout_s
        while True:
            world.need_line()
            if said := world.printer.work():
                return self._within(said)
            if world.now >= until:
                return b""
            idle = not world.printer._buffer and not world.under_way and not world.plan_before(until)
            world.pass_time(until - world.now if idle else min(STEP_S, until - world.now))

    def _within(self, said):
        """What still comes through."""
        world = self._world
        if world.said_left is None:
            return said
        said, world.said_left = said[: world.said_left], max(world.said_left - len(said), 0)
        world.plugged = world.said_left > 0
        return said

    def close(self):
        self.closed = True


class Waiting:
    """A bad line may hold back what it has without waiting; a read that came back empty took its time."""

    def __init__(self, world, line):
        self._world, self._line = world, line
        self.write, self.close = line.write, line.close

    def read(self, timeout_s):
        start = self._world.now
        octets = self._line.read(timeout_s)
        if not octets and self._world.now == start:
            self._world.pass_time(timeout_s)
        return octets


class World:
    def __init__(self, settings=None, answers="all", bad=WHOLE, seed=1, keep_s=300.0, octet_s=0.0, serial=""):
        self.now = 0.0
        self.plugged = True
        self.octets_left = None
        self.said_left = None
        self.events = []
        self.plan = []
        self.stop = Event()
        self.printer = EmulatedPrinter(settings or EmulatedPrinterSettings(), clock=lambda: self.now)
        self.under_way = []
        self._bad, self._seed = bad, seed
        self._octet_s = octet_s
        self._free_at = 0.0
        self.driver = EscposPrinter(
            "printer",
            Codec("80", FONTS),
            self._open,
            answers,
            Timing(octet_s=octet_s),
            serial=serial,
            keep_s=keep_s,
            clock=lambda: self.now,
        )

    def at(self, seconds, action):
        """Something happens in the room."""
        self.plan.append((seconds, action))

    def run(self, seconds):
        """Live through so many seconds as a pump does; every loss is kept among the events."""
        self.at(self.now + seconds, self.stop.set)
        self.plan.sort(key=lambda step: step[0])
        while not self.stop.is_set():
            try:
                self.driver.run(self.events.append, self.stop)
            except DriverError as cause:
                self.events.append(cause)
                self._seed += 1
                self.driver.abandon(self.events.append)
                self.pass_time(0.25)
        self.driver.abandon(self.events.append)
        return self.events

    def of(self, kind):
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def pass_time(self, seconds):
        self.now += seconds
        while self.under_way and self.under_way[0][0] <= self.now:
            self.printer.hear(self.under_way.pop(0)[1])
        while self.plan and self.plan[0][0] <= self.now:
            self.plan.pop(0)[1]()

    def send(self, octets):
        """At the line's pace: what was written last arrives last."""
        self._free_at = max(self.now, self._free_at) + len(octets) * self._octet_s
        self.under_way.append((self._free_at, octets))
        self.pass_time(0)

    def plan_before(self, seconds):
        return bool(self.plan) and self.plan[0][0] <= seconds

    def need_line(self):
        if not self.plugged:
            raise Gone("the cable is out")

    def replug(self):
        self.plugged, self.octets_left, self.said_left = True, None, None

    def _open(self):
        self.need_line()
        return Waiting(self, BadLine(Cable(self), self._bad, self._seed))

    @property
    def slips(self):
        """The texts on the paper, slip by slip; the last stays open until it is severed."""
        slips = [[]]
        for item in self.printer.paper:
            if isinstance(item, Severed):
                slips.append([])
            elif isinstance(item, PrintedText | PrintedCode) and item.text.strip():
                slips[-1].append(item.text.strip())
        return [slip for slip in slips if slip]
