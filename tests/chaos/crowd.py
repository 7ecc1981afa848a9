"""`python -m tests.chaos.crowd FILE`: kiosks that were away for a day and come back at one moment.

Each has a real journal, filled here with a day of visits, and a real uplink. Says `filled` when all have theirs,
waits for a line, connects them all, and says `heard` when central's watermark stands at each journal's head. What is
logged goes to stderr: nobody reads more than these two words.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import structlog

from kiosk import config
from kiosk.clock import SystemClock
from kiosk.effects import Record
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from wire import facts
from wire.condition import Condition
from wire.envelope import Stamp
from wire.signing import public_key

VISITS = 40
DAY_MS = 86_400_000
LOOK_S = 0.2
KEY = bytes(32)
"""Of the cards, which are nobody's."""


class Crowd(msgspec.Struct, frozen=True):
    """What FILE says, as JSON."""

    folder: str
    """Of certificates (`pki`) and journals (`DEVICE.db`)."""
    port: int
    """Of the broker."""
    public_key: str
    seed: int
    devices: Sequence[str]


def main(path: Path) -> None:
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
    crowd = msgspec.json.decode(path.read_bytes(), type=Crowd)
    folder, clock = Path(crowd.folder), SystemClock()
    journals = {device: Journal.open(folder / f"{device}.db", KEY) for device in crowd.devices}
    for device, journal in journals.items():
        _fill(journal, Random(f"{crowd.seed} {device}"), clock)
    _say("filled")
    sys.stdin.readline()
    uplinks = [
        Uplink(
            _mqtt(folder, crowd.port, device), device, journal, public_key(crowd.public_key), clock, _ignore
        )
        for device, journal in journals.items()
    ]
    for uplink, journal in zip(uplinks, journals.values(), strict=True):
        uplink.tell(Condition(0, "ready", boot=clock.boot, journal=journal.id))
        uplink.start()
    while any(journal.watermark < journal.head for journal in journals.values()):
        time.sleep(LOOK_S)
    _say("heard")
    sys.stdin.readline()
    for uplink, journal in zip(uplinks, journals.values(), strict=True):
        uplink.stop(Condition(0, "gone", why="stopped", journal=journal.id))


def _mqtt(folder: Path, port: int, device: str) -> config.Mqtt:
    pki = folder / "pki"
    return config.Mqtt("127.0.0.1", port, pki / "ca.crt", pki / f"{device}.crt", pki / f"{device}.key")


# ---------------------------------------------------------------- a day
def _fill(journal: Journal, chance: Random, clock: SystemClock) -> None:
    """Yesterday and today until now, one transaction a visit."""
    now = clock.now()
    journal.append([Record(facts.KioskStarted("crowd", journal.id, unclean=False))], _stamp(clock, DAY_MS))
    ago = sorted((chance.randrange(DAY_MS) for _ in range(VISITS)), reverse=True)
    for number, ago_ms in enumerate(ago):
        journal.append(list(_visit(chance, number)), _stamp(clock, min(ago_ms, now.mono_ms + DAY_MS)))


def _stamp(clock: SystemClock, ago_ms: int) -> Stamp:
    now = clock.now()
    return Stamp(now.wall_ms - ago_ms, max(now.mono_ms - ago_ms, 0), clock.boot, set=True)


def _visit(chance: Random, number: int) -> Iterator[Record]:
    reader = f"{chance.getrandbits(128):032x}"
    yield Record(facts.EntryGranted(reader, "adult"))
    yield Record(facts.DoorReleased("card"))
    yield Record(facts.DoorOpened(number + 1))
    yield Record(facts.VisitEntered(1, "counter"))
    yield Record(facts.SessionOpened(reader, "adult"))
    loans = chance.randrange(3)
    for _ in range(loans):
        txn, item = f"{chance.getrandbits(64):016x}", f"C{chance.randrange(10**6)}"
        yield Record(facts.LoanAsked(txn, item, reader), card="8800000001")
        yield Record(facts.LoanMade(txn, item, reader, "adult", "一本书", "I247/1", "2027-01-01"))
        yield Record(facts.TagChanged(f"E004{chance.getrandbits(48):012X}", item, secured=False))
    yield Record(facts.SessionClosed("done", loans, 0, 0, 30))
    yield Record(facts.VisitLeft(1, "counter"))


def _ignore(_event: object) -> None:
    """Nobody is at these desks."""


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
