"""Terminals that ask as fast as they are answered, for `bench.sip2`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from typing import NamedTuple, Protocol, cast

from deploy.demo import seed
from deploy.demo.seed.collection import SeedReader
from wire.sip2 import messages as m
from wire.sip2.codec import encode
from wire.sip2.declare import Message
from wire.sip2.dialect import load as load_dialect

ACCOUNT, PASSWORD = "xian-desk", "a password of one run"
SHUWU = load_dialect("shuwu")
REFUSED = frozenset({b"940", b"120", b"100", b"96A"})
AT = datetime(2026, 3, 1, 10)  # noqa: DTZ001 - SIP2's dates are local
DAYS = 60
"""Rounds that differ in their dates, before a terminal begins anew."""

BUFFER = memoryview(bytearray(16 * 1024))
"""Where answers arrive: the terminals of a process share its processor, and shall not be what is measured."""

Round = Callable[[str, str, datetime], Sequence[Message]]


def MIXED(card: str, book: str, at: datetime) -> Sequence[Message]:  # noqa: N802 - a constant to its users
    """One reader's way, five messages."""
    return (*QUERIES(card, book, at), *LOANS(card, book, at))


def QUERIES(card: str, book: str, at: datetime) -> Sequence[Message]:  # noqa: N802
    """What changes nothing."""
    return (
        m.ScStatus(),
        m.PatronInformation(transaction_date=at, patron_identifier=card, summary=frozenset({2})),
        m.ItemInformation(transaction_date=at, item_identifier=book),
    )


def LOANS(card: str, book: str, at: datetime) -> Sequence[Message]:  # noqa: N802
    """What needs a commit each."""
    return (
        m.Checkout(transaction_date=at, patron_identifier=card, item_identifier=book),
        m.Checkin(transaction_date=at, return_date=at, item_identifier=book),
    )


class Place(Protocol):
    """A server."""

    @property
    def port(self) -> int: ...

    def processor_s(self) -> float:
        """What it has worked so far."""


class Load(NamedTuple):
    """What some terminals saw."""

    rate: float
    """Messages a second."""
    median_ms: float
    p99_ms: float
    processor_us: float
    """Of the server, a message: what other work on the machine sways least."""
    messages: int


class Terminal(asyncio.BufferedProtocol):
    """One line: sends a frame, waits for its answer, sends the next."""

    def __init__(self, frames: Sequence[bytes], login: bytes) -> None:
        """`login` goes first where there is one, and is not counted."""
        loop = asyncio.get_running_loop()
        self.trips: list[float] = []
        self.ready, self.ended = loop.create_future(), loop.create_future()
        self._frames, self._round, self._asked = cycle(frames), len(frames) // DAYS, 0
        self._login = login
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._login:
            self._transport.write(self._login)
        else:
            self.ready.set_result(None)

    def begin(self, until: float) -> None:
        """Ask until then, and to the end of the round."""
        self._until = until
        self._ask()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio names it
        return BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        answer = self._rest + BUFFER[:nbytes]
        if not answer.endswith(b"\r"):
            self._rest = answer
            return
        self._rest = b""
        if answer[:3] in REFUSED:
            self.ended.set_exception(RuntimeError(f"refused: {answer!r}"))
            return
        if not self.ready.done():
            self.ready.set_result(None)
            return
        now = time.perf_counter()
        self.trips.append(now - self._begun)
        if now < self._until or self._asked % self._round:  # a book that was lent comes back
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        if not self.ended.done():
            self.ended.set_result(None)

    def _ask(self) -> None:
        self._asked += 1
        self._begun = time.perf_counter()
        self._transport.write(next(self._frames))


def load(place: Place, kind: Round, count: int, seconds: float, *, signed: bool = True) -> Load:
    """So many terminals for so long, once they have all signed in."""
    own = [frames(kind, number) for number in range(count)]
    login = encode(m.Login(login_user_id=ACCOUNT, login_password=PASSWORD), SHUWU, 0) if signed else b""

    async def all_terminals() -> tuple[list[float], float, float]:
        loop = asyncio.get_running_loop()
        lines: list[Terminal] = []
        for asked in own:
            made = partial(Terminal, asked, login)
            lines.append((await loop.create_connection(made, "127.0.0.1", place.port))[1])
        await asyncio.gather(*[line.ready for line in lines])
        begun, worked_s = time.perf_counter(), place.processor_s()
        for line in lines:
            line.begin(begun + seconds)
        await asyncio.gather(*[line.ended for line in lines])
        took_s, worked_s = time.perf_counter() - begun, place.processor_s() - worked_s
        return sorted(trip for line in lines for trip in line.trips), took_s, worked_s

    trips, took_s, worked_s = asyncio.run(all_terminals())
    worked_us = worked_s / len(trips) * 1e6
    return Load(len(trips) / took_s, _at(trips, 0.5), _at(trips, 0.99), worked_us, len(trips))


def _at(trips: list[float], share: float) -> float:
    return trips[int(len(trips) * share)] * 1000


def frames(kind: Round, number: int) -> list[bytes]:
    """What one terminal says, round after round, until it begins anew."""
    card, book = reader_and_book(number)
    asked: list[bytes] = []
    for second in range(DAYS):
        for message in kind(card, book, AT + timedelta(seconds=second)):
            asked.append(encode(message, SHUWU, len(asked) % 10))
    return asked


def reader_and_book(number: int) -> tuple[str, str]:
    """A reader of its own as long as there are any, and a book that nobody else asks for."""
    stock = seed.collection()
    taken = {loan.item.barcode for loan in stock.loans}
    wanted = {hold.title.id for hold in stock.holds}
    books = [
        item.barcode
        for item in stock.items
        if (item.type, item.status) == ("book", "available")
        and item.home == "qingyuan"
        and item.barcode not in taken
        and item.title.id not in wanted
    ]
    borrowing = {loan.reader.card for loan in stock.loans}
    cards = [
        one.card
        for one in stock.readers
        if one.type == "adult" and one.card not in borrowing and _is_good(one)
    ]
    return cards[number % len(cards)], books[number]


def _is_good(reader: SeedReader) -> bool:
    return reader.state == "good" and not reader.fees_fen
