"""Central's own facts: what machines of other makers and staff did is written down and counted like a kiosk's.

- One device a branch and `Site`, minted with the first transaction there (`gateway-<branch>`, `desk-<branch>`):
  where a fact's device stands is where the machine or the desk stands.
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
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from msgspec import Raw
from sqlalchemy import Connection, bindparam, insert, select

from central.circulation.gateway.models import GatewaySite
from central.facts.models import Journal
from central.facts.rows import take
from central.fleet.models import Branch, Device
from central.fleet.tree import ROOM
from central.ingest.clocks import Moved
from central.ingest.journals import Locked, write_back
from central.ingest.storing import write_facts
from central.reports.tallies import Place, Sums
from central.statements import Cursor, Prepared, insert_into
from wire.envelope import Row, encode_fact
from wire.facts import Fact
from wire.faults import Words

MAX_ID = 64
"""`wire.ids.DeviceId`."""
PSEUDONYM_DIGITS = 32


class Where(Protocol):
    """Where a machine stands; `central.circulation.server.terminals.Terminal` is one."""

    @property
    def branch(self) -> str: ...

    @property
    def zone(self) -> str:
        """Civil time there, an IANA name."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whose transactions at a branch one device stands for."""

    counts: str
    """As in `GatewaySite`."""
    prefix: str
    """Of the device's id, before the branch."""
    name: Words
    """Behind the branch's own."""
    at_rooms: bool
    """It may stand in a 24-hour room."""


MACHINES = Site("machines", "gateway-", Words("其他自助机", "other makers' machines"), at_rooms=True)
DESK = Site("desk", "desk-", Words("人工服务台", "staffed desk"), at_rooms=False)


class FactJournal:
    """The facts of one process, from its start to its end. Used from any thread."""

    def __init__(self, hash_key: bytes, now_ms: Callable[[], int], site: Site = MACHINES) -> None:
        """A journal with nothing in it.

        Args:
            hash_key: central's secret for readers.
            now_ms: central's clock.
            site: whose transactions these are.
        """
        self._hash_key = hash_key
        self._now_ms = now_ms
        self._site = site
        self._run = secrets.token_hex(16)
        """Names the run in each fact, and is its journal until a database forgets some of it."""
        self._kept: dict[str, _Kept] = {}
        """By branch."""

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
        journal = self._lock(cursor, where, now_ms)
        for fact in facts:
            journal.committed += 1
            row = self._row(fact, now_ms if at_ms is None else at_ms)
            journal.pending[journal.committed] = take(row, now_ms, self._hash_key)
        write_facts(cursor, (journal,), now_ms, Moved(Sums(), []))
        write_back(cursor, (journal,), now_ms)

    def _row(self, fact: Fact, at_ms: int) -> Row:
        return Row(at_ms, time.monotonic_ns() // 1_000_000, self._run, True, Raw(encode_fact(fact)))

    def _lock(self, cursor: Cursor, where: Where, now_ms: int) -> Locked:
        """This run's journal of a branch, locked to the end of the transaction."""
        kept = self._kept.get(where.branch)
        found = None if kept is None else cursor.one(_LOCK, kept.device, kept.journal)
        if kept is None or found is None or found[1] < kept.committed:
            kept, found = self._begin(cursor, where.branch, now_ms, forgotten=kept is not None)
        epoch, committed = found
        self._kept[where.branch] = kept._replace(committed=committed)
        place = Place(kept.device, where.branch, where.zone)
        return Locked(place, kept.journal, epoch, committed, forked=False)

    def _begin(
        self, cursor: Cursor, branch: str, now_ms: int, *, forgotten: bool
    ) -> tuple[_Kept, tuple[int, int]]:
        """A journal that is not there yet; with a name of its own where the database has forgotten one."""
        known = cursor.one(_SITE, branch, self._site.counts)
        device: str = _register(cursor.connection, branch, self._site) if known is None else known[0]
        kept = _Kept(device, secrets.token_hex(16) if forgotten else self._run, 0)
        _make(cursor.connection, kept, now_ms)
        found = cursor.one(_LOCK, kept.device, kept.journal)
        assert found is not None, "made"
        return kept, (found[0], found[1])


class _Kept(NamedTuple):
    """The journal of one branch, as far as it was seen in the database."""

    device: str
    journal: str
    committed: int


_SITE = Prepared(
    "branch",
    "counts",
    statement=select(GatewaySite.device_id).where(
        GatewaySite.branch_id == bindparam("branch"), GatewaySite.counts == bindparam("counts")
    ),
)
_LOCK = Prepared(
    "device",
    "journal",
    statement=select(Journal.epoch, Journal.committed)
    .where(Journal.device_id == bindparam("device"), Journal.journal == bindparam("journal"))
    .with_for_update(),
)


def _make(connection: Connection, kept: _Kept, now_ms: int) -> None:
    row = {
        "device_id": kept.device,
        "journal": kept.journal,
        "epoch": now_ms,
        "committed": 0,
        "forked": False,
    }
    times = {"first_ms": now_ms, "last_ms": now_ms}
    connection.execute(_MAKE[connection.dialect.name], {**row, **times})


_MAKE = {name: insert_into(Journal, name).on_conflict_do_nothing() for name in ("sqlite", "postgresql")}


# ---------------------------------------------------------------- devices
def _register(connection: Connection, branch: str, site: Site) -> str:
    """The branch's row is locked meanwhile: who comes second finds the device."""
    connection.execute(select(Branch.id).where(Branch.id == branch).with_for_update())
    known = select(GatewaySite.device_id).where(
        GatewaySite.branch_id == branch, GatewaySite.counts == site.counts
    )
    found: str | None = connection.scalar(known)
    return found if found is not None else _make_device(connection, branch, site)


def _make_device(connection: Connection, branch: str, site: Site) -> str:
    row = connection.execute(select(Branch.name_zh, Branch.name_en).where(Branch.id == branch)).one()
    device = _free_id(connection, branch, site.prefix)
    connection.execute(
        insert(Device).values(
            id=device,
            branch_id=branch,
            name_zh=f"{row.name_zh} {site.name.zh}"[:100],
            name_en=f"{row.name_en}: {site.name.en}"[:100],
            setting=_setting(connection, branch) if site.at_rooms else "staffed",
            last_order=0,
        )
    )
    connection.execute(insert(GatewaySite).values(branch_id=branch, counts=site.counts, device_id=device))
    return device


def _free_id(connection: Connection, branch: str, prefix: str) -> str:
    """The prefix and the branch, spelt as a device may be; with digits behind it where that is taken."""
    slug = re.sub(r"[^a-z0-9-]", "-", branch.lower())
    wanted = f"{prefix}{slug}"[:MAX_ID]
    taken = connection.scalar(select(Device.id).where(Device.id == wanted))
    return wanted if taken is None else f"{wanted[:55]}-{secrets.token_hex(4)}"


def _setting(connection: Connection, branch: str) -> str:
    """As the branch's kiosks are set: a 24-hour room where all of them are, else staffed."""
    kiosks = select(Device.setting).where(
        Device.branch_id == branch, Device.id.not_in(select(GatewaySite.device_id))
    )
    return ROOM if set(connection.scalars(kiosks)) == {ROOM} else "staffed"
