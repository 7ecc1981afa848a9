"""The demo's 24-hour room whose kiosk is killed, and whose ILS falls silent. Times are milliseconds."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import day
from bench.stream import Stream
from deploy.demo.network import ROOM24, Network
from deploy.demo.processes import Child
from deploy.demo.seed.collection import SeedItem, collection
from deploy.demo.visit import DidNotHappen
from deploy.demo.web import Rig
from kiosk.clock import SystemClock, stamp
from kiosk.effects import Record
from kiosk.journal import Journal
from kiosk.secrets import open_state, pseudonym
from wire import facts
from wire.envelope import Stamp

PATIENCE_S = 60.0
LOOK_S = 0.002
SERVES = 'data-scene="idle"'
A_READER = 5
"""Loans that one reader is owed: the rule's cap."""
AT_ONCE = 100
"""Visits in one transaction while a journal is filled."""


@dataclass(frozen=True, slots=True)
class Start:
    """How long one took."""

    served_ms: float
    processor_ms: float
    """Of its own program alone, whatever else the machine does."""


class Kiosk:
    """The room's kiosk as a power cut sees it."""

    def __init__(self, up: Network, folder: Path) -> None:
        self._up = up
        self._folder = folder
        self._child: Child = up.family.children[f"{ROOM24.device} kiosk"]
        self.rig = Rig(up.rig(ROOM24))

    # ------------------------------------------------------------ death and return
    def kill(self) -> None:
        self._child.process.kill()
        self._child.process.wait()

    def start(self) -> Start:
        """From its exec until its screen serves a reader."""
        begun = time.monotonic()
        self._child = self._up.family.start(self._child.name, *self._child.command)
        with self._screen() as screen:
            served = screen.first("a desk that serves", begun, lambda page: SERVES in page)
        return Start((served - begun) * 1000, self._processor_ms())

    def _processor_ms(self) -> float:
        """What its program has used so far (proc(5): user and system time)."""
        stat = Path(f"/proc/{self._child.process.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")

    def _screen(self) -> Stream:
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            with suppress(OSError):
                return Stream(f"{self._up.screen(ROOM24)}/desk/stream")
            time.sleep(LOOK_S)
        raise DidNotHappen("the kiosk's screen")

    # ------------------------------------------------------------ the pad
    def lay_down(self, count: int) -> None:
        """Books that somebody left."""
        for book in self.rig.state()["books"][:count]:
            self.rig.do(f"/books/{book['uid']}/place", place="pad")

    def clear(self) -> None:
        """Nothing lies there any more."""
        self.rig.do("/pile", **{"from": "pad", "to": "shelf"})

    # ------------------------------------------------------------ the journal of a kiosk that is dead
    def owe(self, count: int) -> None:
        """So many loans and returns that the reader had while the ILS was silent."""
        clock = SystemClock()
        keys = open_state(self._folder / ROOM24.device)
        journal = Journal.open(self._path, keys.cards[0])
        for number, (card, item) in enumerate(_owable(count)):
            reader, txn = pseudonym(keys.pseudonyms, card), f"{0xBE << 56 | journal.head:016x}"
            told: Sequence[facts.Fact] = (
                (facts.LoanAsked(txn, item.barcode, reader), facts.LoanGranted(txn, item.barcode, reader))
                if number % 2
                else (facts.ReturnAsked(txn, item.barcode), facts.ReturnTaken(txn, item.barcode))
            )
            for fact in told:
                journal.append([Record(fact, card=card)], stamp(clock, clock.now()))
        journal.close()

    def fill(self, count: int) -> None:
        """At least so many facts that wait for central."""
        keys = open_state(self._folder / ROOM24.device)
        journal = Journal.open(self._path, keys.cards[0])
        start_ms = time.time_ns() // 1_000_000 - 86_400_000
        while journal.head < count:
            first = journal.head
            visits = [record for n in range(AT_ONCE) for record in day.visit(first + n)]
            journal.append(visits, Stamp(start_ms + first, first, "0123abcd", set=True))
        journal.close()

    def paid_at(self) -> float:
        """When nothing is owed any more (monotonic seconds)."""
        give_up = time.monotonic() + PATIENCE_S
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as journal:
            while time.monotonic() < give_up:
                if not journal.execute("SELECT count(*) FROM intent").fetchone()[0]:
                    return time.monotonic()
                time.sleep(LOOK_S)
        raise DidNotHappen("every debt settled")

    @property
    def _path(self) -> Path:
        return self._folder / ROOM24.device / "journal.db"


class LibrarySystem:
    """The SIP2 server, which may fall silent, taking connections all the same, or leave."""

    def __init__(self, up: Network) -> None:
        self._family = up.family
        self._child = up.family.children["sip2"]
        self._port = up.ports["sip2"]

    def fall_silent(self) -> None:
        self._child.process.send_signal(signal.SIGSTOP)

    def speak(self) -> float:
        """When it did (monotonic seconds)."""
        self._child.process.send_signal(signal.SIGCONT)
        return time.monotonic()

    def leave(self) -> None:
        self._child.process.kill()
        self._child.process.wait()

    def come(self) -> float:
        """When it took connections (monotonic seconds)."""
        self._child = self._family.start(self._child.name, *self._child.command)
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                return time.monotonic()
            time.sleep(LOOK_S)
        raise DidNotHappen("the library system")


def _owable(count: int) -> list[tuple[str, SeedItem]]:
    """Cards and books of the room: a book each, and no more than the cap a card."""
    seed = collection()
    lent = {loan.item.barcode for loan in seed.loans}
    books = [item for item in seed.items if item.barcode not in lent and item.type == "book"][:count]
    cards = [one.card for one in seed.readers if one.state == "good" and not one.fees_fen]
    return [(cards[number // (2 * A_READER) % len(cards)], book) for number, book in enumerate(books)]
