"""A 24-hour room's door: `python -m bench.room [--openings 300] [--json]`.

A kiosk with all its threads (`kiosk.build`), its journal on this machine's disk, a door at its own pace in a process of
its own. A card's event is put on the queue; the run ends when the last octet of the release has come at the door, which is
after it was written. On a serial line what the octets take at 115200 baud is added, because a pseudo-terminal takes no time.

    from the list      the library system is not there, 100,000 readers are on the allow list
    online             Shuwu's own SIP2 server, 50 ms away; its reference is a 63 on the same way, measured in the same run
    silent             a library system that hears 63 and says nothing
    exit               the lock's power at the door, and when the kiosk has seen it
    fire               the demo's whole network: contact tripped → the problem in a technician's browser
"""

from __future__ import annotations

import logging
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

from bench import sip2_servers
from bench.far import far
from bench.limits import line_ms
from bench.peers import Terminal
from bench.report import Figure, figure, run_main, tail
from bench.room_door import BAUD, MAKES, UNIT, Door, Make, door
from bench.room_kiosk import ACCOUNT, NOBODY, Kiosk, kiosk
from bench.room_mute import mute
from bench.sip2_terminals import PASSWORD
from bench.stage import stage
from central import log
from deploy.demo.network import network
from deploy.demo.ports import choose
from deploy.demo.seed.collection import collection
from drivers.emulators import modbus_rtu
from drivers.events import CardShown

OPENINGS = 300
SILENCES = 15
PRESSES, RESTING = 60, 12
FIRES = 40
AWAY_MS = 50.0
LIST_GOAL_MS, ONLINE_MS, EXIT_GOAL_MS, FIRE_GOAL_MS = 15.0, 30.0, 50.0, 1000.0
SILENT_MS = 2000.0
P99 = 99
REST_S = 3.4
"""The unit counts as at rest three seconds after it last moved."""


def measure(openings: int = OPENINGS) -> list[Figure]:
    """All figures; so many openings of each kind."""
    log.configure(logging.WARNING)
    random.seed(1)
    figures = [one for make in MAKES for one in _listed(make, openings)]
    figures += _online(openings)
    figures.append(_silent())
    figures += _exit()
    return [*figures, _fire()]


# ---------------------------------------------------------------- card to release
def _listed(make: Make, openings: int) -> list[Figure]:
    with _room(make) as (up, hung):
        up.allow()
        took = [_open(up, hung, make, card) for card in up.cards(openings)]
    name = f"card → release, from the list, {make.name}"
    return [figure(name, "ms", took), tail(name, "ms", took, ("goal", LIST_GOAL_MS), P99)]


@contextmanager
def _room(make: Make, ils_port: int = NOBODY) -> Iterator[tuple[Kiosk, Door]]:
    """A kiosk and its door."""
    with (
        tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name,
        door(make, Path(name)) as hung,
        kiosk(Path(name), make, hung.url, ils_port) as up,
    ):
        yield up, hung


def _online(openings: int) -> list[Figure]:
    """The round trip and the release by the same server, on the same way, by turns."""
    cards = cycle([one.card for one in collection().readers if one.state == "good" and not one.fees_fen])
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name, ExitStack() as stack:
        url = f"sqlite:///{Path(name) / 'central.db'}"
        sip2_servers.prepare(url)
        server = stack.enter_context(sip2_servers.running(sip2_servers.ledger, url))
        port = stack.enter_context(far(server.port, AWAY_MS))
        alone = stack.enter_context(Terminal(port, ACCOUNT, PASSWORD))
        up, hung = stack.enter_context(_room(UNIT, port))
        up.wait(lambda: up.station.ils_up)
        asked, took = [], []
        for _ in range(openings):
            asked.append(alone.identify_ms(next(cards)))
            took.append(_open(up, hung, UNIT, next(cards)))
    limit = sorted(asked)[len(asked) * P99 // 100] + ONLINE_MS
    return [
        figure(f"alone: SIP2 63, {AWAY_MS:.0f} ms away", "ms", asked),
        tail("card → release, online", "ms", took, (f"p99 of that + {ONLINE_MS:.0f}", limit), P99),
    ]


def _silent() -> Figure:
    """Each silence ends the line; the next card waits until the library system seems to be there again."""
    with mute() as port, _room(UNIT, port) as (up, hung):
        up.allow()
        took = []
        for card in up.cards(SILENCES):
            up.wait(lambda: up.station.ils_up)
            took.append(_open(up, hung, UNIT, card))
    limit = ("2 s + the goal from the list", SILENT_MS + LIST_GOAL_MS)
    return tail("card → release, the library system silent", "ms", took, limit, P99)


def _open(up: Kiosk, hung: Door, make: Make, card: str) -> float:
    """One card, at any moment of the door's polling; until the door has the release."""
    time.sleep(random.uniform(0.02, 0.08))
    hung.drain()
    begun = time.monotonic()
    up.queue.put(CardShown("door_scanner", card, "card"))
    took_ms = (hung.released_s() - begun) * 1000
    return took_ms + (line_ms(make.octets, BAUD, modbus_rtu.BITS) if make.serial else 0.0)


# ---------------------------------------------------------------- out
def _exit() -> list[Figure]:
    """At rest the unit is looked at every 100 ms, while anything moves every 20 ms."""
    with _room(UNIT) as (up, hung):
        moving = [_press(up, hung) for _ in range(PRESSES)]
        resting = [_press(up, hung, REST_S) for _ in range(RESTING)]
    unpowered, seen = zip(*moving, strict=True)
    goal = ("goal", EXIT_GOAL_MS)
    return [
        tail("exit button → lock without power, at the lock", "ms", unpowered, goal, P99),
        tail("exit button → seen by the kiosk, something moves", "ms", seen, goal, P99),
        figure("exit button → seen by the kiosk, at rest", "ms", [told for _, told in resting]),
    ]


def _press(up: Kiosk, hung: Door, rest_s: float = 0.0) -> tuple[float, float]:
    up.wait(lambda: not up.exit_pressed)
    time.sleep(rest_s + random.uniform(0.02, 0.12))
    hung.drain()
    pressed, unpowered = hung.press_exit()
    up.wait(lambda: up.exit_pressed)
    return (unpowered - pressed) * 1000, (time.monotonic() - pressed) * 1000


def _fire() -> Figure:
    ports, _ = choose()
    with (
        tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name,
        network(Path(name), ports) as up,
        stage(up) as room,
    ):
        took: Sequence[float] = [room.alarm() for _ in range(FIRES)]
    return tail("fire contact → central, and a technician's browser", "ms", took, ("goal", FIRE_GOAL_MS), P99)


if __name__ == "__main__":
    run_main("room", measure)
