"""The SIP2 server of the ledger.

- Listens on one TCP port, with TLS where the configuration names a certificate; one conversation a
  connection, any number of connections up to `Limits.connections`, more are closed at once.
- A transaction is committed before its answer is written. An answer that the line loses is given again
  to the same request, on the same connection or the next (`central.circulation.terminals`).
- May lose: nothing that was answered. May repeat: no transaction of a terminal that numbers its messages.
- Stops when told: no new connection, nothing more is read, what was read is answered, then lines close.
- Blocks the event loop never; the database and argon2 have threads of their own.
- Never logs a card, a PIN, a password or a frame.
"""

from __future__ import annotations

import asyncio
import signal
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central import clock_ms
from central.circulation.connection import Connection, Limits
from central.circulation.ledger import Ledger
from central.circulation.terminals import REPLAY_MS
from central.config import Config, ConfigError, Sip2
from central.db import open_engine

STOP_S = 15.0
"""For answers under way when the server stops; a transaction waits 10 s at most for SQLite's lock."""

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
            self._welcome, self._host, self._port, ssl=self._tls, backlog=1024
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
        if self._stopping or len(self._lines) >= self._limits.connections:
            log.warning("sip2.turned_away", peer=_peer(writer), connections=len(self._lines))
            await _close(writer)
            return
        line = Connection(reader, writer, self._ledger, self._library)
        self._lines[task] = line
        try:
            why = await line.serve(self._limits)
            log.info("sip2.closed", account=line.account, peer=_peer(writer), why=why)
        finally:
            await _close(writer)
            del self._lines[task]

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


def serve(config: Config) -> None:
    """Serve the ledger until SIGTERM or SIGINT.

    Raises:
        ConfigError: half a TLS identity, or one that cannot be read.
        OSError: the port is taken.
    """
    asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    engine = open_engine(config.database_url())
    server = SipServer(
        engine,
        host=config.sip2.host,
        port=config.sip2.port,
        library=config.name_zh,
        tls=tls_context(config.sip2),
    )
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    try:
        await server.start()
        await told.wait()
    finally:
        await server.stop()
        engine.dispose()


def tls_context(sip2: Sip2) -> ssl.SSLContext | None:
    """The server's side of TLS 1.2 or later; None where the configuration has no certificate.

    Raises:
        ConfigError: certificate without key or the reverse, or files that are no such pair.
    """
    if sip2.certificate is None and sip2.key is None:
        return None
    if sip2.certificate is None or sip2.key is None:
        raise ConfigError("certificate and key go together, at `$.sip2`")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(sip2.certificate, sip2.key)
    except (OSError, ssl.SSLError) as cause:
        raise ConfigError(f"{sip2.certificate}: {cause}, at `$.sip2.certificate`") from None
    return context
