"""What all parts of a gateway share: the database, the journal of facts, the clock, the tree of branches."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeGuard, TypeVar, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.circulation.gateway import store
from central.circulation.gateway.journal import FactJournal
from central.circulation.gateway.states import State
from central.circulation.gateway.store import Transaction
from central.circulation.ledger.afterwards import when
from central.circulation.ledger.desk import Desk
from central.circulation.server import repeats
from central.circulation.server.ledger import Database
from central.statements import Cursor
from wire.facts import Fact
from wire.learn import learn
from wire.sip2.declare import Message
from wire.sip2.messages import ANSWERED_BY, MESSAGES, Checkin, Checkout

_SECRETS = {"patron_identifier": "", "patron_password": "", "terminal_password": "", "new_password": ""}

T = TypeVar("T")

learn(*repeats.SUBJECTS)


@dataclass(frozen=True, slots=True)
class Means:
    """For all gateways of a process."""

    database: Database
    journal: FactJournal
    sealing: X25519PrivateKey
    """Cards of what is owed are sealed to it, and opened when it is told."""
    now_ms: Callable[[], int]
    above: Callable[[str], Sequence[str]]
    """A branch and all above it."""
    library: str = ""
    """Name of the network, where an ILS says none."""

    def __repr__(self) -> str:
        return "Means(…)"


@dataclass(frozen=True, slots=True)
class Turns:
    """One at a time for each subject, in the order of coming; of this process alone."""

    _held: dict[str, list[asyncio.Lock | int]] = field(default_factory=dict)

    @asynccontextmanager
    async def of(self, subject: str) -> AsyncIterator[None]:
        """Hold a subject."""
        turn = self._held.setdefault(subject, [asyncio.Lock(), 0])
        lock = cast("asyncio.Lock", turn[0])
        turn[1] = cast("int", turn[1]) + 1
        try:
            async with lock:
                yield
        finally:
            turn[1] = cast("int", turn[1]) - 1
            if not turn[1]:
                del self._held[subject]


async def found(answer: T | Awaitable[T]) -> T:
    """What a question finds, at once or later."""
    return await answer if isinstance(answer, asyncio.Future) else cast("T", answer)


def new_txn() -> str:
    """A name for a transaction that no other has: 16 hexadecimal digits."""
    return secrets.token_hex(8)


# ---------------------------------------------------------------- requests and answers as they are stored
def written(message: Message) -> bytes:
    """A request without card and passwords, as JSON."""
    names = message.layout.names
    blank: dict[str, Any] = {name: value for name, value in _SECRETS.items() if name in names}
    return msgspec.json.encode(message.but(extra=(), **blank))


def request_of(row: Transaction) -> Message:
    """The request of a transaction, without card and passwords."""
    return msgspec.json.decode(row.request, type=MESSAGES[row.message])


def answer_of(row: Transaction) -> Message | None:
    """What the terminal was told; None where it was told nothing."""
    if row.answer is None:
        return None
    return msgspec.json.decode(row.answer, type=ANSWERED_BY[MESSAGES[row.message]])


def moves_a_book(message: Message) -> TypeGuard[Checkout | Checkin]:
    """A loan or a return: answered by the rule while the ILS is silent, found out by a 17 where its answer was lost.

    Not what undoes one: a book that is where it was before says nothing.
    """
    return isinstance(message, Checkout | Checkin) and not message.cancel


# ---------------------------------------------------------------- when and where
@dataclass(frozen=True, slots=True)
class Site:
    """Where a stored transaction took place."""

    branch: str
    zone: str


def site(row: Transaction) -> Site:
    return Site(row.branch_id, row.zone)


def happened_ms(row: Transaction, request: Message) -> int:
    """When it happened: as the terminal says it of what is told afterwards, else when it asked."""
    if not getattr(request, "no_block", False):
        return row.asked_ms
    told: datetime | None = getattr(request, "return_date", None) or request.transaction_date  # type: ignore[attr-defined]  # of 09, 11, 29
    return when(Desk(row.account, row.branch_id, row.zone, row.asked_ms), told)


# ---------------------------------------------------------------- in the caller's transaction
def end(cursor: Cursor, means: Means, row: Transaction, reply: Message | None) -> None:
    """A transaction is over; the terminal is told `reply`, or was told something before (None)."""
    answer = row.answer if reply is None else msgspec.json.encode(reply)
    store.change(cursor, row._replace(state=State.ENDED, answer=answer, ended_ms=means.now_ms()))


def record(
    cursor: Cursor, means: Means, row: Transaction, facts: Iterable[Fact], at_ms: int | None = None
) -> None:
    """Write down and count what a transaction comes to, at the time at which it happened."""
    told = tuple(facts)
    if told:
        when_ms = happened_ms(row, request_of(row)) if at_ms is None else at_ms
        means.journal.record_all(cursor, site(row), told, when_ms)
