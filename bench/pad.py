"""Books laid on a FEIG pad → their TagSeen events: the driver against what air, reader and line need.

The limit of n books, computed from ISO 15693 and the manual (`bench.limits.seen_ms`):

    mean inventory of n random tags, over 4000 draws       air
    + 11 bits a character of its two frames                line
    + n times: one addressed read of 9 blocks              air
               11 bits a character of its two frames       line
    + 5 ms pause before each of the n + 1 commands         PSST

A run begins when the books lie there, at any moment of the driver's polling, and ends with the last
event on the queue. The reader is emulated in this process, byte for byte and in real time, over TCP;
what a real one computes beside its air time is in neither number. Processor time is measured with the
reader in a process of its own.
"""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import pairwise
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from queue import Queue
from random import Random

from bench.limits import poll_ms, seen_ms
from bench.report import Figure, figure, run_main
from drivers.emulators.air import MEMORY_OCTETS, EmulatedTag, inventory_ms
from drivers.emulators.feig import FeigReader, FeigReaderSettings
from drivers.emulators.serve import TcpPlug
from drivers.events import DeviceBack, DeviceEvent, PadSettled, TagContent, TagGone, TagSeen
from drivers.line.serial_line import open_serial
from drivers.pad.feig.conversation import PSST_S
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.settings import FeigSettings
from drivers.pump import Pump
from drivers.tag import iso28560_2

RUNS = 9
PATIENCE_S = 20.0
IDLE_GOAL = 2.0
"""Of pad, card reader and door together."""


class Pile:
    """The books above the antenna, and when the reader looked for them: once a command."""

    def __init__(self) -> None:
        self.books: list[EmulatedTag] = []
        self.looked_s: list[float] = []

    def tags(self) -> list[EmulatedTag]:
        self.looked_s.append(time.perf_counter())
        return list(self.books)


class Bench:
    """One pad on one emulated reader at one baud rate."""

    def __init__(self, baud: int) -> None:
        self.baud = baud
        self.pile = Pile()
        self.reader = FeigReader(self.pile, FeigReaderSettings(baud=baud))
        self.plug = TcpPlug(self.reader)
        self.settings = FeigSettings("pad", self.plug.url, baud=baud)
        self.events: Queue[DeviceEvent] = Queue()
        self.pump = Pump(FeigPad(self.settings, lambda: open_serial(self.plug.url)), self.events.put)
        self.pump.start()
        self.expect(DeviceBack, 1)
        self.expect(PadSettled, 1)

    def expect(self, kind: type[DeviceEvent], count: int) -> None:
        for _ in range(count):
            event = self.events.get(timeout=PATIENCE_S)
            if not isinstance(event, kind):
                raise SystemExit(f"{kind.__name__} was expected, not {event}")

    def lay(self, books: list[EmulatedTag]) -> float:
        """Milliseconds from laying the books down to the last of their events."""
        began = time.perf_counter()
        self.pile.books = books
        self.expect(TagSeen, len(books))
        return (time.perf_counter() - began) * 1000

    def clear(self) -> None:
        count = len(self.pile.books)
        self.pile.books = []
        self.expect(TagGone, count)

    def close(self) -> None:
        self.pump.stop()
        self.plug.close()


def books(count: int, dice: Random) -> list[EmulatedTag]:
    """Tags with random serial numbers and real content."""
    return [_book(number, dice.getrandbits(40)) for number in range(count)]


def _book(number: int, serial: int) -> EmulatedTag:
    octets = iso28560_2.encode(TagContent(item=f"3205{number:06d}", owner="CN-320500", usage=0x10))
    return EmulatedTag(f"E00401{serial:010X}", bytearray(octets.ljust(MEMORY_OCTETS, b"\0")))


def laid(bench: Bench, count: int, dice: Random) -> Figure:
    """Several piles of so many books."""
    samples = []
    for _ in range(RUNS):
        time.sleep(dice.random() * 0.1)  # at any moment of the polling
        samples.append(bench.lay(books(count, dice)))
        bench.clear()
    limit = ("air + line + 5 ms a command", seen_ms(count, bench.baud))
    return figure(f"{count} books laid down → seen, {bench.baud} baud", "ms", samples, limit)


def repeated(bench: Bench, count: int, dice: Random) -> Figure:
    """A poll while nothing changes, without the pause that the settings add."""
    bench.lay(books(count, dice))
    bench.pile.looked_s.clear()
    time.sleep(2.0)
    looked_s = list(bench.pile.looked_s)[1:]  # the first one was under way
    pause_ms = bench.settings.poll_pause_ms - PSST_S * 1000
    samples = [(after - before) * 1000 - pause_ms for before, after in pairwise(looked_s)]
    air_ms = inventory_ms([int(tag.uid, 16) for tag in bench.pile.books])
    bench.clear()
    limit = ("one inventory of these tags", poll_ms(count, bench.baud, air_ms))
    return figure(f"a repeat poll over {count} books, {bench.baud} baud", "ms", samples, limit)


def serve(count: int, baud: int, told: Connection) -> None:
    """An emulated reader in a process of its own, with so many books above it, until the other end hangs up."""
    pile = Pile()
    pile.books = books(count, Random(count))
    plug = TcpPlug(FeigReader(pile, FeigReaderSettings(baud=baud)))
    told.send(plug.url)
    with suppress(EOFError):
        told.recv()
    plug.close()


def idle(count: int, baud: int) -> Figure:
    """What a process that only watches a pad takes of a core while nothing changes."""
    here, there = Pipe()
    reader = get_context("spawn").Process(target=serve, args=(count, baud, there))
    reader.start()
    there.close()
    url = here.recv()
    seen: Queue[DeviceEvent] = Queue()
    pump = Pump(FeigPad(FeigSettings("pad", url, baud=baud), lambda: open_serial(url)), seen.put)
    pump.start()
    while not isinstance(seen.get(timeout=PATIENCE_S), PadSettled):
        pass
    samples = []
    for _ in range(RUNS):
        began, worked = time.perf_counter(), time.process_time()
        time.sleep(1.0)
        samples.append((time.process_time() - worked) / (time.perf_counter() - began) * 100)
    pump.stop()
    here.close()
    reader.join()
    goal = ("the goal of pad, card and door together", IDLE_GOAL)
    return figure(f"watching {count} books, {baud} baud", "% of a core", samples, goal)


def measure() -> list[Figure]:
    figures = []
    dice = Random(20)
    for baud in (38400, 115200):
        bench = Bench(baud)
        try:
            figures += [laid(bench, count, dice) for count in (10, 20)]
            figures.append(repeated(bench, 10, dice))
        finally:
            bench.close()
        figures += [idle(count, baud) for count in (0, 10)]
    return figures


if __name__ == "__main__":
    run_main("pad", measure)
