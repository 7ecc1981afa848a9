"""The SIP2 server of the ledger.

- Listens on one TCP port, with TLS where it is given an identity; one conversation a connection.
- Up to `Limits.connections` at once. Beyond, the oldest line that has not signed in gives way, so that
  nobody keeps terminals out by holding lines; where all have signed in, the new one is closed.
- A transaction is committed before its answer is written. An answer that the line loses is given again
  to the same request, on the same connection or the next (`central.circulation.server.terminals`).
- May lose: nothing that was answered. May repeat: no transaction of a terminal that numbers its messages.
- Stops when told: no new connection, nothing more is read, what was read is answered, then lines close.
- Blocks the event loop never; the database and argon2 have threads of their own.
- Never logs a card, a PIN, a password or a frame.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central import clock_ms
from central.circulation.server.connection import Connection, Limits
from central.circulation.server.ledger import Ledger
from central.circulation.server.terminals import REPLAY_MS

STOP_S = 15.0
"""For answers under way when the server stops; a transaction waits 10 s at most for SQLite's lock."""

HANDSHAKE_S = 10.0
"""For TLS: a terminal on a slow line takes two; who takes longer holds a place for nothing."""

CLOSE_S = 5.0
"""For the last octets to a peer that may have gone."""

log = structlog.get_logger(__name__)


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
        """
        self._host, self._port, self._tls = host, port, tls
        self._library = library
        self._limits = limits or Limits()
        self._ledger = Ledger(engine, now_ms)
        self._lines: dict[asyncio.Task[None], Connection] = {}
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
        self._server = await asyncio.start_server(
            self._welcome,
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
        for line in self._lines.values():
            line.stop()
        if self._lines:
            _, late = await asyncio.wait(self._lines, timeout=STOP_S)
            for task in late:
                task.cancel()
        await asyncio.get_running_loop().run_in_executor(None, self._ledger.close)
        log.info("sip2.stopped")

    async def _welcome(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "start_server runs this as a task"
        peer = _peer(writer)
        if self._stopping or not self._has_room():
            log.warning("sip2.turned_away", peer=peer, connections=len(self._lines))
            await _close(writer)
            return
        line = Connection(reader, writer, self._ledger, self._library, peer)
        self._lines[task] = line
        try:
            why = await line.serve(self._limits)
            log.info("sip2.closed", account=line.account, peer=peer, why=why)
        finally:
            await _close(writer)
            del self._lines[task]

    def _has_room(self) -> bool:
        """Whether there is a place for one line more, if need be that of one that has not signed in."""
        if len(self._lines) < self._limits.connections:
            return True
        oldest = next((line for line in self._lines.values() if line.may_give_way), None)
        if oldest is not None:
            oldest.give_way()
        return oldest is not None

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(REPLAY_MS / 1000)
            try:
                await self._ledger.forget_answers()
            except SQLAlchemyError as cause:
                log.warning("sip2.not_swept", cause=type(cause).__name__)


async def _close(writer: StreamWriter) -> None:
    """Send what is still in the buffer, the last answer perhaps, and close."""
    writer.close()
    with suppress(OSError):  # gone already, or a peer that takes nothing more
        async with asyncio.timeout(CLOSE_S):
            await writer.wait_closed()


def _peer(writer: StreamWriter) -> str:
    address = writer.get_extra_info("peername")
    return str(address[0]) if address else ""
