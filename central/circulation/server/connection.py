"""One terminal on one connection: octets to conversation, requests to the ledger, answers back.

- Requests are answered one after another, in their order; a terminal that does not wait is not read
  further until it has its answers, so that it holds up nobody else.
- 99 is answered before 93. All else needs 93; until then each request is refused in its own form, and
  after MAX_STRIKES of those or of wrong passwords the line is closed: who guesses starts anew each time.
- No answer where the ledger failed: the line is closed and the terminal asks again. A refusal that is
  not the ledger's would be a lie.
- Nothing of a frame is logged: frames hold cards, PINs and passwords.
"""

from __future__ import annotations

import asyncio
import traceback
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from functools import cache

import structlog

from central.circulation.ledger.desk import Desk
from central.circulation.server import answers
from central.circulation.server.ledger import Ledger
from central.circulation.server.terminals import Terminal
from wire.sip2 import dialect
from wire.sip2 import messages as m
from wire.sip2.conversation import Ignored, Misbehaved, Request, Send, Server, ServerEvent
from wire.sip2.declare import Message

MAX_STRIKES = 3
"""Wrong passwords, and requests without any, on one connection: a person mistypes twice."""
READ_OCTETS = 16 * 1024
"""At a time; a request is under 1 KiB."""
WRITE_S = 30.0
"""A terminal that takes no answer for so long has gone, and its answer waits for it in the ledger."""
HOME_ZONE = "Asia/Shanghai"
"""Civil time in a 98 before anybody has said where the terminal stands."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server takes."""

    idle_s: float = 600.0
    """A silent line is closed: behind many firewalls it is dead by then and only holds a place."""
    unsigned_s: float = 60.0
    """From the first octet to a 93 that fits: a terminal signs in at once, a scanner never."""
    connections: int = 4096
    """Twice the terminals of the largest network known to us; each holds some 30 KiB here."""


@cache
def _dialect(name: str) -> dialect.Dialect:
    return dialect.load(name)


class Connection:
    """A terminal's line, from its first octet to its last."""

    def __init__(
        self, reader: StreamReader, writer: StreamWriter, ledger: Ledger, library: str, address: str
    ) -> None:
        self._reader, self._writer = reader, writer
        self._address = address
        self._ledger = ledger
        self._library = library
        self._speaks = _dialect("shuwu")
        """Until 93 says better, and from the answer to it on."""
        self._conversation = Server(self._speaks, answers.UNDERSTOOD)
        self._terminal: Terminal | None = None
        self._unsigned_since = asyncio.get_running_loop().time()
        self._strikes = 0
        self._over: str | None = None
        """Why the line is to be closed."""

    async def serve(self, limits: Limits) -> str:
        """Serve until the line ends; says why it did. Never raises."""
        try:
            while self._over is None:
                await self._hear(limits)
        except TimeoutError:
            return "idle"
        except (ConnectionError, OSError) as cause:
            return type(cause).__name__
        return self._over or ""

    @property
    def account(self) -> str:
        """Who it is, empty before 93."""
        return self._terminal.account if self._terminal else ""

    def stop(self) -> None:
        """Take nothing more from the line; what was taken is answered first."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]
        self._reader.feed_eof()

    @property
    def may_give_way(self) -> bool:
        """Nobody has signed in here, and it is not closing already."""
        return self._terminal is None and self._over is None

    def give_way(self) -> None:
        """Close at once, for another."""
        self._over = "gave way"
        self._writer.transport.abort()

    async def _hear(self, limits: Limits) -> None:
        until = self._unsigned_since + limits.unsigned_s
        if self._terminal:
            until = asyncio.get_running_loop().time() + limits.idle_s
        async with asyncio.timeout_at(until):
            octets = await self._reader.read(READ_OCTETS)
        if not octets:
            self._over = self._over or "ended"
        for event in self._conversation.receive(octets):
            if self._over is None:
                await self._react(event)

    async def _react(self, event: ServerEvent) -> None:
        match event:
            case Request():
                await self._answer(event)
            case Send(octets):
                await self._write(octets)
            case Ignored(why):
                log.debug("sip2.ignored", account=self.account, why=why)
            case Misbehaved(why):
                self._over = why

    async def _answer(self, request: Request) -> None:
        try:
            message = await self._ask(request.message, request)
        except Exception as cause:  # noqa: BLE001 - whatever it is, it costs one line, not the server
            log.error("sip2.failed", account=self.account, **_evidence(cause))  # noqa: TRY400 - see _evidence
            self._over = "failed"
            return
        await self._write(self._conversation.answer(request, message))
        self._conversation.speak(self._speaks)
        if self._strikes >= MAX_STRIKES:
            self._over = "not signed in"

    async def _ask(self, message: Message, request: Request) -> Message:
        if isinstance(message, m.Login):
            self._terminal = await self._ledger.sign_in(message, self._address)
            if self._terminal is None:
                self._strikes += 1
                self._unsigned_since = asyncio.get_running_loop().time()
            else:
                self._speaks = _dialect(self._terminal.dialect)
            return m.LoginResponse(ok=self._terminal is not None)
        if isinstance(message, m.ScStatus):
            return answers.status(self._desk(), self._library, self._terminal.place if self._terminal else "")
        if self._terminal is None:
            self._strikes += 1
            return answers.not_signed_in(message, self._desk())
        return await self._ledger.answer(self._terminal, request)

    def _desk(self) -> Desk:
        now_ms = self._ledger.now_ms()
        return self._terminal.desk(now_ms) if self._terminal else Desk("", "", HOME_ZONE, now_ms)

    async def _write(self, octets: bytes) -> None:
        self._writer.write(octets)
        if not self._writer.transport.get_write_buffer_size():
            return  # the line has taken it
        try:
            async with asyncio.timeout(WRITE_S):
                await self._writer.drain()
        except TimeoutError:
            self._over = "takes no answer"


def _evidence(cause: Exception) -> dict[str, str]:
    """What may be logged of a failure: its text and its traceback's values may hold a card number."""
    last = traceback.extract_tb(cause.__traceback__)[-1]
    return {"cause": type(cause).__name__, "where": f"{last.name}:{last.lineno}"}
