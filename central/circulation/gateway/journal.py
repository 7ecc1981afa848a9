"""Central's own facts: what machines of other makers did is written down and counted like a kiosk's.

- One device a branch, minted with the first transaction there (`gateway-<branch>`): where a fact's device
  stands is where the machine stands.
- One journal a run of a process and device, minted with its first fact. So a database that was put back from
  a backup, which has forgotten the last facts, never gives their names to others; where it is put back
  under a running process, that is seen by a journal that has become shorter, and a new one begins.
- A fact is written in the caller's transaction, by the ingest's own code: its row, its tallies, the staff's
  list. It is counted where and only where that transaction commits.
- A reader stands in a fact as from a kiosk: a keyed hash, hashed once more before it is stored.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from msgspec import Raw
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from central.circulation.gateway.models import GatewaySite
from central.facts.models import Journal
from central.facts.rows import take
from central.fleet.models import Branch, Device
from central.fleet.tree import ROOM
from central.ingest.clocks import Moved
from central.ingest.journals import Locked, write_back
from central.ingest.storing import write_facts
from central.reports.tallies import Place, Sums
from central.statements import Cursor
from wire.envelope import Row, encode_fact
from wire.facts import Fact

PREFIX = "gateway-"
MAX_SLUG = 64 - len(PREFIX)
"""`wire.ids.DeviceId` holds 64 characters."""
PSEUDONYM_DIGITS = 32


class Where(Protocol):
    """Where a machine stands; `central.circulation.server.terminals.Terminal` is one."""

    @property
    def branch(self) -> str: ...

    @property
    def zone(self) -> str:
        """Civil time there, an IANA name."""


class FactJournal:
    """The facts of one process, from its start to its end. Used from any thread."""

    def __init__(self, hash_key: bytes, now_ms: Callable[[], int]) -> None:
        """A journal with nothing in it.

        Args:
            hash_key: central's secret for readers.
            now_ms: central's clock.
        """
        self._hash_key = hash_key
        self._now_ms = now_ms
        self._run = secrets.token_hex(16)
        """Names the run in each fact, and is its journal until a database forgets some of it."""
        self._journals: dict[str, tuple[str, int]] = {}
        """By device: its journal, and the highest seq that was seen committed."""

    def pseudonym(self, card: str) -> str:
        """How a reader stands in facts: nothing that a kiosk calls the same reader."""
        told = b"gateway\0" + card.encode(errors="surrogatepass")
        return hmac.digest(self._hash_key, told, "sha256").hex()[:PSEUDONYM_DIGITS]

    def record(self, cursor: Cursor, where: Where, fact: Fact, at_ms: int | None = None) -> None:
        """Write down and count one fact inside the caller's transaction; see `record_all`."""
        self.record_all(cursor, where, (fact,), at_ms)

    def record_all(
        self, cursor: Cursor, where: Where, facts: Iterable[Fact], at_ms: int | None = None
    ) -> None:
        """Write down and count facts inside the caller's transaction.

        Args:
            cursor: in a transaction that may write, on any lock but that of a journal.
            where: the machine's branch and its civil time.
            facts: what happened, in order.
            at_ms: when, milliseconds since 1970; now, where it is not said.
        """
        now_ms = self._now_ms()
        connection = cursor.connection
        device = _device(connection, where.branch)
        journal = self._lock(connection, Place(device, where.branch, where.zone), now_ms)
        for fact in facts:
            journal.committed += 1
            journal.pending[journal.committed] = take(
                self._row(fact, now_ms if at_ms is None else at_ms), now_ms, self._hash_key
            )
        write_facts(connection, (journal,), now_ms, Moved(Sums(), []))
        write_back(connection, (journal,), now_ms)

    def _row(self, fact: Fact, at_ms: int) -> Row:
        return Row(at_ms, time.monotonic_ns() // 1_000_000, self._run, True, Raw(encode_fact(fact)))

    def _lock(self, connection: Connection, place: Place, now_ms: int) -> Locked:
        """This run's journal of a device, locked to the end of the transaction."""
        name, seen = self._journals.get(place.device_id, (self._run, 0))
        _make(connection, place.device_id, name, now_ms)
        epoch, committed = connection.execute(_LOCK, {"d": place.device_id, "j": name}).one()
        if committed < seen:  # the database was put back under us
            name, committed = secrets.token_hex(16), 0
            _make(connection, place.device_id, name, now_ms)
            epoch, committed = connection.execute(_LOCK, {"d": place.device_id, "j": name}).one()
        self._journals[place.device_id] = (name, committed)
        return Locked(place, name, epoch, committed, forked=False)


_LOCK = (
    select(Journal.epoch, Journal.committed)
    .where(Journal.device_id == bindparam("d"), Journal.journal == bindparam("j"))
    .with_for_update()
)


def _make(connection: Connection, device: str, name: str, now_ms: int) -> None:
    row = {"device_id": device, "journal": name, "epoch": now_ms, "committed": 0, "forked": False}
    times = {"first_ms": now_ms, "last_ms": now_ms}
    connection.execute(_MAKE[connection.dialect.name], {**row, **times})


_MAKE = {
    "sqlite": sqlite.insert(Journal).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(Journal).on_conflict_do_nothing(),
}


# ---------------------------------------------------------------- devices
_SITE = select(GatewaySite.device_id).where(GatewaySite.branch_id == bindparam("branch"))


def _device(connection: Connection, branch: str) -> str:
    """The device of a branch; made where there is none yet."""
    found: str | None = connection.scalar(_SITE, {"branch": branch})
    if found is not None:
        return found
    connection.execute(select(Branch.id).where(Branch.id == branch).with_for_update())
    found = connection.scalar(_SITE, {"branch": branch})
    return found if found is not None else _register(connection, branch)


def _register(connection: Connection, branch: str) -> str:
    row = connection.execute(select(Branch.name_zh, Branch.name_en).where(Branch.id == branch)).one()
    device = _free_id(connection, branch)
    connection.execute(
        insert(Device).values(
            id=device,
            branch_id=branch,
            name_zh=f"{row.name_zh} 其他自助机"[:100],
            name_en=f"{row.name_en}: other makers' machines"[:100],
            setting=_setting(connection, branch),
            last_order=0,
        )
    )
    connection.execute(insert(GatewaySite).values(branch_id=branch, device_id=device))
    return device


def _free_id(connection: Connection, branch: str) -> str:
    """`gateway-` and the branch, spelt as a device may be; with digits behind it where that is taken."""
    slug = re.sub(r"[^a-z0-9-]", "-", branch.lower())[:MAX_SLUG]
    wanted = f"{PREFIX}{slug}"
    taken = connection.scalar(select(Device.id).where(Device.id == wanted))
    return wanted if taken is None else f"{wanted[:55]}-{secrets.token_hex(4)}"


def _setting(connection: Connection, branch: str) -> str:
    """As the branch's kiosks are set: a 24-hour room where all of them are, else staffed."""
    found = set(connection.scalars(select(Device.setting).where(Device.branch_id == branch)))
    return ROOM if found == {ROOM} else "staffed"
