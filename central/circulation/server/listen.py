"""The SIP2 server.

- Listens on one TCP port, with TLS where it is given an identity; one conversation a connection.
- Up to `Limits.connections` at once. Beyond, the oldest line that has not signed in gives way, so that
  nobody keeps terminals out by holding lines; where all have signed in, the new one is closed.
- An account has `max_connections` lines; with one more its longest silent one is closed, so that a
  terminal whose line broke unnoticed always comes back.
- A transaction is committed before its answer is written. An answer that the line loses is given again
  to the same request, on the same connection or the next (`central.circulation.server.repeats`).
- May lose: nothing that was answered. May repeat: no transaction of a terminal that numbers its messages.
- Stops when told: no new connection, nothing more is read, what was read is answered, then lines close.
- Never logs a card, a PIN, a password or a frame.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central import clock_ms
from central.circulation.server.answers import Count
from central.circulation.server.connection import CLOSE_S, Connection, Limits
from central.circulation.server.ledger import Circulation, Ledger
from central.circulation.server.repeats import REPLAY_MS
from central.circulation.server.terminals import Origin, Terminal
from wire.sip2 import messages as m
from wire.sip2.declare import Message

STOP_S = 15.0
"""For answers under way when the server stops; a transaction waits 10 s at most for SQLite's lock."""

HANDSHAKE_S = 10.0
"""For TLS: a terminal on a slow line takes two; who takes longer holds a place for nothing."""

READ_OCTETS = 16 * 1024
"""Taken from a line at once: many messages, and whoever sends more is read again."""

log = structlog.get_logger(__name__)

Route = Callable[[Terminal], Circulation | None]
"""Who answers a terminal; None: the ledger."""


class SipServer:
    """A server on an event loop. Start it once, stop it once."""

    def __init__(
        self,
        engine: Engine,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        library: str = "",
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        now_ms: Callable[[], int] = clock_ms.now_ms,
        route: Route = lambda _: None,
        id_key: bytes = b"",
        count: Count | None = None,
    ) -> None:
        """A server that does nothing yet.

        Args:
            engine: of a migrated database; whoever made it disposes of it after `stop`.
            host: address to listen on.
            port: 0 takes a free one, see `port`.
            library: name of the network, AM in a 98.
            tls: None for a plain line.
            limits: what it takes.
            now_ms: the clock, milliseconds since 1970, UTC.
            route: for branches that have a library system of their own.
            id_key: central's secret for ID cards; without it none is taken.
            count: what counts the transactions of machines (`central.circulation.server.counting`).
        """
        self._host, self._port, self._tls = host, port, tls
        self.limits = limits or Limits()
        self.buffer = memoryview(bytearray(READ_OCTETS))
        self._ledger = Ledger(engine, now_ms, library, id_key, count)
        self._route = route
        self._lines: dict[Connection, None] = {}
        self._signed: dict[str, dict[Connection, None]] = {}
        """By account."""
        self._empty = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def port(self) -> int:
        """The port that it listens on."""
        assert self._server is not None, "not started"
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken, or the address is not ours.
        """
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self),
            self._host,
            self._port,
            ssl=self._tls,
            backlog=1024,
            ssl_handshake_timeout=HANDSHAKE_S if self._tls else None,
            ssl_shutdown_timeout=CLOSE_S if self._tls else None,
        )
        self._sweeper = asyncio.create_task(self._sweep(), name="sip2-sweep")
        log.info("sip2.listening", host=self._host, port=self.port, tls=self._tls is not None)

    async def stop(self) -> None:
        """Answer what was read, close every line, end every thread."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for line in list(self._lines):
            line.stop()
        await self._until_empty(STOP_S)
        for line in list(self._lines):
            line.close("late", at_once=True)
        await self._until_empty(CLOSE_S)
        await self._ledger.close()
        log.info("sip2.stopped")

    async def _until_empty(self, longest_s: float) -> None:
        if self._lines:
            self._empty.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), longest_s)

    # ---------------------------------------------------------------- what lines ask
    def welcome(self, line: Connection) -> bool:
        """Whether there is a place for one line more, if need be that of one that has not signed in."""
        if self._stopping or not self._has_room():
            log.warning("sip2.turned_away", peer=line.origin.address, connections=len(self._lines))
            return False
        self._lines[line] = None
        return True

    def _has_room(self) -> bool:
        if len(self._lines) < self.limits.connections:
            return True
        oldest = next((line for line in self._lines if line.may_give_way), None)
        if oldest is not None:
            oldest.close("gave way", at_once=True)
        return oldest is not None

    def farewell(self, line: Connection, why: str) -> None:
        """The line has ended."""
        if line in self._lines:
            del self._lines[line]
            self.dismiss(line)
            log.info("sip2.closed", account=line.account, peer=line.origin.address, why=why)
        if not self._lines:
            self._empty.set()

    async def sign_in(self, login: m.Login, origin: Origin) -> Terminal | None:
        """The terminal that may."""
        return await self._ledger.sign_in(login, origin)

    def admit(self, line: Connection, terminal: Terminal) -> Circulation:
        """Take note of who is on the line, and make room for it; who answers it from now on."""
        lines = self._signed.setdefault(terminal.account, {})
        lines[line] = None
        if len(lines) > terminal.max_connections:
            silent = min((other for other in lines if other is not line), key=lambda other: other.heard_at)
            log.warning("sip2.crowded", account=terminal.account, connections=terminal.max_connections)
            del lines[silent]
            silent.close("gave way", at_once=True)
        return self._route(terminal) or self._ledger

    def dismiss(self, line: Connection) -> None:
        """Nobody that we know is on the line any more."""
        lines = self._signed.get(line.account, {})
        lines.pop(line, None)
        if not lines:
            self._signed.pop(line.account, None)

    def unsigned_status(self) -> m.AcsStatus:
        """98 before 93."""
        return self._ledger.unsigned_status()

    def refusal(self, request: Message) -> Message:
        """No, for lack of 93."""
        return self._ledger.refusal(request)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(REPLAY_MS / 1000)
            try:
                await self._ledger.forget_answers()
            except SQLAlchemyError as cause:
                log.warning("sip2.not_swept", cause=type(cause).__name__)
