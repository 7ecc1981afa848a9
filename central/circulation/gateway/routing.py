"""The gateways of a process: which branch has which, from their settings to their end.

A terminal's requests go to the gateway of its branch, or of the nearest branch above that has one; where there is
none, to the ledger. A database that is not there at the start is waited for: until the branches are known nobody is
routed anywhere, so that no terminal of a gateway's is ever answered out of the ledger.
"""

from __future__ import annotations

import asyncio
import ssl
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from central import config, keys
from central.circulation.gateway.front import Gateway
from central.circulation.gateway.journal import FactJournal
from central.circulation.gateway.means import Means, Turns
from central.circulation.gateway.memory import Memory
from central.circulation.gateway.offline import Offline
from central.circulation.gateway.relay import Relay
from central.circulation.gateway.session import Access
from central.circulation.gateway.settling import Settler
from central.circulation.gateway.upstream import Upstream
from central.circulation.gateway.waiving import Waiving
from central.circulation.server.embedded import Embedded
from central.circulation.server.networked import Networked
from central.circulation.server.terminals import Terminal, dialect_of
from central.config import ConfigError
from central.fleet.models import Branch
from wire.sip2.dialect import BadDialect

TREE_S = 30.0
"""How long a new branch goes to the ledger that belongs to a gateway above it."""
AWAY_S = 1.0
"""Between two looks for a database that was not there at the start."""

log = structlog.get_logger(__name__)


class NotYet(Exception):  # noqa: N818 - a state of the world
    """Nobody knows yet which branch has which gateway."""


class _Running(NamedTuple):
    front: Gateway
    upstream: Upstream
    settler: Settler
    waiving: Waiving


class Gateways:
    """All of them, on an event loop. Start once, stop once."""

    def __init__(
        self,
        settings: Sequence[config.Gateway],
        engine: Engine,
        secrets: keys.Keys,
        now_ms: Callable[[], int],
        library: str = "",
    ) -> None:
        """On a running loop; nothing is asked yet.

        Raises:
            ConfigError: a dialect, a password file, a certificate or a branch that is not there; of a database
                that is away the branch is only logged, when it has come.
        """
        self._engine = engine
        self._parents: dict[str, str | None] = {}
        self.knows_branches = not settings
        database = Embedded(engine) if engine.dialect.name == "sqlite" else Networked(engine)
        self.journal = FactJournal(secrets.readers, now_ms)
        self._means = Means(database, self.journal, secrets.sealing, now_ms, self.above, library)
        self._running = {one.name: self._build(one) for one in settings}
        self._by_branch = {branch: self._running[one.name] for one in settings for branch in one.branches}
        self._tasks: list[asyncio.Task[None]] = []
        try:
            strange = self._learn(self._read_tree()) if settings else []
        except SQLAlchemyError as cause:
            log.warning("gateway.database_away", cause=type(cause).__name__)
        else:
            if strange:
                raise ConfigError(f"no branch {strange[0]!r} - at `$.gateway`")

    def start(self) -> None:
        """Open sessions, settle what is owed."""
        for name, one in self._running.items():
            one.upstream.start()
            self._tasks.append(asyncio.create_task(one.settler.run(), name=f"gateway-{name}-settle"))
        self._tasks.append(asyncio.create_task(self._watch_tree(), name="gateway-branches"))

    async def stop(self) -> None:
        """Close what is open. Nobody asks any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for one in self._running.values():
            await one.front.stop()
            await one.waiving.stop()
            await one.upstream.stop()
        await self._means.database.close()

    def route(self, terminal: Terminal) -> Gateway | None:
        """Who answers a terminal; None: the ledger.

        Raises:
            NotYet: the database has not been there yet.
        """
        if not self.knows_branches:
            raise NotYet
        found = next(
            (self._by_branch[at] for at in self.above(terminal.branch) if at in self._by_branch), None
        )
        return found.front if found else None

    def above(self, branch: str) -> Sequence[str]:
        """A branch and all above it, itself first."""
        path: list[str] = []
        at: str | None = branch
        while at is not None and at not in path:
            path.append(at)
            at = self._parents.get(at)
        return path

    # ---------------------------------------------------------------- making
    def _build(self, one: config.Gateway) -> _Running:
        means, turns, back = self._means, Turns(), asyncio.Event()
        upstream = Upstream(
            one.name,
            _access(one),
            sessions=one.sessions,
            timeout_s=one.timeout_s,
            keepalive_s=one.keepalive_s,
            changed=back.set,
        )
        institution = one.institution or upstream.dialect.institution
        relay = Relay(institution, one.institutions, one.location, one.bins, one.locations, self._means.above)
        waiving = Waiving(upstream, relay, means, one.waive_with)
        settler = Settler(upstream, relay, turns, means, waiving, back, known_days=one.offline.known_days)
        offline = Offline(one.name, one.offline, means)
        memory = Memory(one.name, upstream.dialect, means)
        front = Gateway(upstream, relay, offline, settler, memory, waiving, turns, means)
        return _Running(front, upstream, settler, waiving)

    # ---------------------------------------------------------------- branches
    def _read_tree(self) -> dict[str, str | None]:
        with self._engine.execution_options(readonly=True).connect() as connection:
            rows = connection.execute(select(Branch.id, Branch.parent_id)).all()
        return {row.id: row.parent_id for row in rows}

    def _learn(self, parents: dict[str, str | None]) -> list[str]:
        """Take the tree; the branches of our settings that are not in it."""
        self._parents, self.knows_branches = parents, True
        return sorted(self._by_branch.keys() - parents.keys())

    async def _watch_tree(self) -> None:
        while True:
            await asyncio.sleep(TREE_S if self.knows_branches else AWAY_S)
            is_first = not self.knows_branches
            try:
                strange = self._learn(await asyncio.to_thread(self._read_tree))
            except SQLAlchemyError as cause:
                if not is_first:  # else that was told at the start, and is tried each second
                    log.warning("gateway.branches_unread", cause=type(cause).__name__)
                continue
            if is_first:
                log.info("gateway.database_there")
            if is_first and strange:
                log.error("gateway.no_such_branch", branches=strange)


def _access(one: config.Gateway) -> Access:
    try:
        dialect = dialect_of(one.dialect, one.overrides)
    except BadDialect as cause:
        raise ConfigError(f"{cause} - at `$.gateway` {one.name}") from None
    password = _password(one.password_file) if one.password_file else ""
    return Access(
        one.host, one.port, dialect, one.username, password, one.location, _tls(one), one.server_name
    )


def _password(path: Path) -> str:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except OSError as cause:
        raise ConfigError(f"{path}: {cause.strerror}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: open to others; chmod 600 it")
    return text.rstrip("\r\n")


def _tls(one: config.Gateway) -> ssl.SSLContext | None:
    if one.ca is None:
        return None
    try:
        context = ssl.create_default_context(cafile=one.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if one.certificate is not None:
            context.load_cert_chain(one.certificate, one.key)
    except (OSError, ssl.SSLError) as cause:
        raise ConfigError(f"{cause} - at `$.gateway` {one.name}") from None
    return context
