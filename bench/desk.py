"""A reader at the desk, with the ILS 50 ms away: `python -m bench.desk [--json]`.

Every process and every line of `deploy.demo` is there, emulated devices at their devices' pace (pad 38400
baud), and Chromium looks at the kiosk's screen. A run begins just before the rig is asked to lay books down,
or with a finger's touch as the browser tells it; it ends when the browser has the page that says so. Both
times are the machine's own clock.

The reference of five books is the sum of what nobody can shorten, each part computed or measured alone in the
same run:

    half a poll of the empty pad, one inventory, five readings    `bench.limits`, from the emulators' timing
    five intents on the journal's disk                            measured
    five round trips of a checkout, 50 ms away                    measured
    five tags written and read back                               `bench.limits`

Whoever wants a slip touches once more, and the session ends with it: the touch is that of "done".
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from bench import limits
from bench.browser import Browser, Seen, browser
from bench.far import far
from bench.peers import Terminal, intents_ms
from bench.report import Figure, figure, run_main, tail
from bench.stage import Pile, Stage, lendable, stage
from deploy.demo.configs import BAUD
from deploy.demo.network import DESK, ROOM24, Network, network
from deploy.demo.ports import choose
from deploy.demo.seed.collection import collection, visit
from drivers.emulators.escpos import EmulatedPrinter
from drivers.emulators.serve import TcpPlug
from drivers.events import DeviceEvent, Printed
from drivers.printer.escpos import driver as escpos
from drivers.pump import Pump
from kiosk import receipt
from kiosk.courtesy_effects import Book, Receipt
from kiosk.screen.words import texts

AWAY_MS = 50.0
RUNS = 20
PILE = 5
SLIPS = 6
"""The first one waits for the printer to be there."""
PATIENCE_S = 20.0
PRINTED = texts("zh-CN").goodbye.take_slip
PILES = 4
"""So many are lent before the first is returned: by then the pad knows that it was lifted."""
LINE_GOAL_MS, PILE_GOAL_MS, SCREEN_GOAL_MS = 300.0, 3000.0, 50.0
SUM_GOAL = 1.3
"""Of the sum of the parts of five books."""
SIZE = {"width": 1024, "height": 600}


@dataclass(slots=True)
class Times:
    """What the runs took, in ms."""

    line: list[float]
    lent: list[float]
    returned: list[float]
    printed: list[float]
    """The same five books with their slip, from laying them down to its end."""
    ended: list[float]
    """From a touch of `done` or of `print` to the goodbye."""
    taps: list[int]
    """Touches until five books were lent, until they were returned, until the desk was free."""


def measure() -> list[Figure]:
    """All figures, in one network."""
    ports, _ = choose()
    with (
        tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name,
        far(ports["sip2"], AWAY_MS) as ils,
        network(Path(name), {**ports, "ils": ils}) as up,
    ):
        ask_ms, intent_ms = _asked(up, ils), statistics.median(intents_ms(Path(name), RUNS))
        slip_ms = _slips()
        with stage(up) as room, browser(up.screen(ROOM24), SIZE) as looked:
            times = _visits(room, looked)
    return _figures(times, ask_ms, intent_ms, slip_ms)


def _asked(up: Network, port: int) -> list[float]:
    """Round trips of a checkout by a terminal of the bench's own."""
    book = next(item for item in collection().items if item.home == DESK.branch and lendable(item))
    with Terminal(port, DESK.device, up.secrets.terminals[DESK.device]) as terminal:
        return [terminal.lend_ms(visit().reader.card, book.barcode) for _ in range(RUNS)]


def _slips() -> list[float]:
    """The printer by itself: a slip of five books from the asking until it is out."""
    done = Receipt(0, "张*", lent=tuple(Book("平凡的世界", "2030-12-31") for _ in range(PILE)))
    slip = receipt.slip(done, texts("zh-CN"), receipt.Letterhead(ROOM24.title))
    plug, events = TcpPlug(EmulatedPrinter()), Queue[DeviceEvent]()
    printer = escpos.make("printer", escpos.EscposSettings(port=plug.url, baud=BAUD["printer"]))
    pump = Pump(printer, events.put)
    pump.start()
    took_ms = []
    for number in range(SLIPS):
        begun = time.monotonic()
        printer.print(str(number), slip)
        while not isinstance(events.get(timeout=PATIENCE_S), Printed):
            pass
        took_ms.append((time.monotonic() - begun) * 1000)
    pump.stop()
    plug.close()
    return took_ms[1:]


def _visits(room: Stage, looked: Browser) -> Times:
    """One reader lays down book after book, others a pile at once; each pile is returned without a card."""
    times, stock = Times([], [], [], [], [], []), _stock(room)
    for pile in stock:
        _borrow_singly(room, looked, pile, times)
    for pile in stock:
        _return(room, looked, pile, times)
    while len(times.lent) < RUNS:
        for pile in stock:
            before = looked.touches
            room.identify()
            lent_ms = _lay_down(room, looked, pile)
            times.lent.append(lent_ms)
            times.taps.append(looked.touches - before)
            times.printed.append(lent_ms + _print(looked, times))
            _lift(room, pile)
        for pile in stock:
            _return(room, looked, pile, times)
    return times


def _stock(room: Stage) -> list[Pile]:
    """Piles of books that stand in the room."""
    here = {book["uid"] for book in room.rig.state()["books"]}
    books = [item for item in collection().items if item.uid in here and lendable(item)]
    return [books[first : first + PILE] for first in range(0, PILES * PILE, PILE)]


def _borrow_singly(room: Stage, looked: Browser, pile: Pile, times: Times) -> None:
    room.identify()
    for book in pile:
        _anywhere()
        begun = _now_ms()
        room.rig.do(f"/books/{book.uid}/place", place="pad")
        times.line.append(looked.first(begun, Seen(keys=(book.barcode,))) - begun)
        looked.first(begun, Seen(keys=(book.barcode,), tone="good"))
    _end(looked, times)
    _lift(room, pile)


def _return(room: Stage, looked: Browser, pile: Pile, times: Times) -> None:
    """Books alone on an empty desk; it is free again when they are lifted and the reader says so."""
    before = looked.touches
    times.returned.append(_lay_down(room, looked, pile))
    times.taps.append(looked.touches - before)
    _end(looked, times)
    _lift(room, pile)


def _lay_down(room: Stage, looked: Browser, pile: Pile) -> float:
    """A pile at once, until all of it is done with."""
    for book in pile:
        room.rig.do(f"/books/{book.uid}/place", place="bag")
    _anywhere()
    begun = _now_ms()
    room.rig.do("/pile", **{"from": "bag", "to": "pad"})
    return looked.first(begun, Seen(keys=tuple(book.barcode for book in pile), tone="good")) - begun


def _end(looked: Browser, times: Times) -> None:
    touched = looked.touch("done")
    times.ended.append(looked.first(touched, Seen("goodbye")) - touched)


def _print(looked: Browser, times: Times) -> float:
    """The session ends with a slip, until that is out."""
    touched = looked.touch("print")
    times.ended.append(looked.first(touched, Seen("goodbye")) - touched)
    return looked.first(touched, Seen("goodbye", words=PRINTED)) - touched


def _lift(room: Stage, pile: Pile) -> None:
    """What is left lying belongs to nobody: the pad must have seen it go before it is laid down again."""
    for book in pile:
        room.rig.do(f"/books/{book.uid}/place", place="shelf")


def _figures(
    times: Times, ask_ms: Sequence[float], intent_ms: float, slip_ms: Sequence[float]
) -> list[Figure]:
    baud, asked = BAUD["pad"], statistics.median(ask_ms)
    parts = limits.apart_ms(PILE, baud, intent_ms, asked)
    printed = SUM_GOAL * (parts + statistics.median(slip_ms))
    side_by_side = limits.cleared_ms(PILE, baud, intent_ms, asked)
    return [
        figure("alone: SIP2 11, round trip, 50 ms away", "ms", ask_ms),
        figure("alone: a slip of five books", "ms", slip_ms),
        tail("book on the pad → its line in the browser", "ms", times.line, ("goal", LINE_GOAL_MS)),
        tail("five books → all lent and cleared", "ms", times.lent, ("goal", PILE_GOAL_MS)),
        tail(
            "the same five books", "ms", times.lent, (f"{SUM_GOAL} × the sum of its parts", SUM_GOAL * parts)
        ),
        figure("the same five books", "ms", times.lent, ("its parts side by side", side_by_side)),
        tail("five books → lent, cleared and printed", "ms", times.printed, ("goal", PILE_GOAL_MS)),
        tail("the same with its slip", "ms", times.printed, (f"{SUM_GOAL} × the sum of its parts", printed)),
        tail("five books → all returned and secured", "ms", times.returned, ("goal", PILE_GOAL_MS)),
        tail("a touch → the new page in the browser", "ms", times.ended, ("goal", SCREEN_GOAL_MS)),
        figure("touches to borrow or return five books", "taps", times.taps),
        figure("touches to finish at once", "taps", [1] * len(times.ended)),
    ]


def _anywhere() -> None:
    """Where in its polling the pad is when a run begins is left to chance."""
    time.sleep(random.uniform(0.2, 0.3))


def _now_ms() -> float:
    return time.time_ns() / 1e6


if __name__ == "__main__":
    run_main("desk", measure)
