"""A reader's waits, through the whole network of the demo: `python -m bench.visit [--json]`.

Every process and every line of `deploy.demo` is there: broker, central, two kiosks, emulated devices at
their devices' pace (pad 38400 baud, scanners 9600, door 115200). A run begins just before the rig is
asked to do what a person does, and ends when a stream has brought what a person sees: the lock at the
rig, the lines on the kiosk's screen, the problem on the technician's page. The rig's own part, its HTTP
and its stream, is the first figure; the ILS and the disk alone, in the same network, are the next.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import limits
from bench.peers import Terminal, intents_ms
from bench.report import Figure, figure, run_main
from bench.stage import Pile, Stage, lendable, stage
from deploy.demo.configs import BAUD
from deploy.demo.network import DESK, Network, network
from deploy.demo.ports import choose
from deploy.demo.seed.collection import collection, visit

RUNS = 20
PILE = 5
PILES = 4
"""So many are lent before the first is returned: by then the pad knows that it was lifted."""
CARD = visit().reader.card
TECHNICIAN_MS = 150.0
"""The goal for a kiosk's event in a technician's browser."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Medians of what is measured alone, in ms."""

    identify: float
    lend: float
    intent: float


def measure() -> list[Figure]:
    """All figures, in one network."""
    ports, _ = choose()
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name:
        folder = Path(name)
        with network(folder, ports) as up, stage(up) as room:
            parts, alone = _alone(up, folder)
            moves = [room.move() for _ in range(RUNS)]
            return [
                figure("rig: a book is moved → its stream says so", "ms", moves),
                *alone,
                _door(room, parts),
                *_desk(room, parts),
                _technician(room),
            ]


def _alone(up: Network, folder: Path) -> tuple[Parts, list[Figure]]:
    book = next(item for item in collection().items if item.home == DESK.branch and lendable(item))
    with Terminal(up.ports["sip2"], DESK.device, up.secrets.terminals[DESK.device]) as terminal:
        identify = [terminal.identify_ms(CARD) for _ in range(RUNS)]
        lend = [terminal.lend_ms(CARD, book.barcode) for _ in range(RUNS)]
    intent = intents_ms(folder, RUNS)
    parts = Parts(statistics.median(identify), statistics.median(lend), statistics.median(intent))
    return parts, [
        figure("alone: SIP2 63, round trip", "ms", identify),
        figure("alone: SIP2 11, round trip", "ms", lend),
        figure("alone: a fact to the journal's disk", "ms", intent),
    ]


def _door(room: Stage, parts: Parts) -> Figure:
    scanned, released = limits.scanned_ms(CARD, BAUD["door_scanner"]), limits.released_ms(BAUD["door"])
    limit = ("scanner, SIP2 63, release on the line", scanned + parts.identify + released)
    return figure("card at the door → lock released", "ms", [room.enter() for _ in range(RUNS)], limit)


def _desk(room: Stage, parts: Parts) -> list[Figure]:
    baud = BAUD["pad"]
    line = ("half a poll, inventory, reading", limits.laid_ms(1, baud))
    one, five = (limits.cleared_ms(count, baud, parts.intent, parts.lend) for count in (1, PILE))
    stock = _stock(room)
    singles = _one_by_one(room, stock)
    piles = [ms for _ in range(RUNS // PILES) for ms in _pile_by_pile(room, stock)]
    return [
        figure("book on the pad → its line", "ms", [to_line for to_line, _ in singles], line),
        figure(
            "book on the pad → lent and cleared",
            "ms",
            [to_end for _, to_end in singles],
            ("the same, intent, SIP2 11, AFI", one),
        ),
        figure("five books → all lent and cleared", "ms", piles, ("the same for five", five)),
    ]


def _stock(room: Stage) -> list[Pile]:
    """Piles of books that stand in the room."""
    here = {book["uid"] for book in room.rig.state()["books"]}
    books = [item for item in collection().items if item.uid in here and lendable(item)]
    return [books[first : first + PILE] for first in range(0, PILES * PILE, PILE)]


def _one_by_one(room: Stage, stock: Sequence[Pile]) -> list[tuple[float, float]]:
    """A reader for each pile, who lays down one book after the other; then all are returned."""
    times = []
    for pile in stock:
        room.identify()
        times += [room.lend(book) for book in pile]
        room.done()
    _take_back(room, stock)
    return times


def _pile_by_pile(room: Stage, stock: Sequence[Pile]) -> list[float]:
    """A reader for each pile, who lays it down at once; then all are returned."""
    times = []
    for pile in stock:
        room.identify()
        times.append(room.lay_down(pile, secured=False))
        room.done()
    _take_back(room, stock)
    return times


def _take_back(room: Stage, stock: Sequence[Pile]) -> None:
    for pile in stock:
        room.lay_down(pile, secured=True)
        room.done()


def _technician(room: Stage) -> Figure:
    times = [room.alarm() for _ in range(RUNS)]
    return figure("fire contact tripped → technician's browser", "ms", times, ("goal", TECHNICIAN_MS))


if __name__ == "__main__":
    run_main("visit", measure)
