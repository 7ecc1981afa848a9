"""One terminal on one connection: octets to conversation, requests to who answers them, answers back.

- Requests are answered one after another, in their order. A terminal that does not wait, or does not take what
  it is told, is not read further while MAX_UNMET of its messages wait; it gets TURN answers before others have theirs.
- 99 is answered before 93. All else needs 93; until then each request is refused in its own form, and
  after MAX_STRIKES of those or of wrong passwords the line is closed: who guesses starts anew each time.
- No answer where the ledger failed: the line is closed and the terminal asks again. A refusal that is
  not the ledger's would be a lie.
- Nothing of a frame is logged: frames hold cards, PINs and passwords.
"""

from __future__ import annotations

import asyncio
import hashlib
import traceback
from asyncio import TimerHandle
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol, cast

import structlog

from central.circulation.server import answers
from central.circulation.server.ledger import Circulation
from central.circulation.server.terminals import Origin, Terminal, dialect_of
from wire.sip2 import messages as m
from wire.sip2.conversation import Ignored, Misbehaved, Request, Send, Server
from wire.sip2.declare import Message
from wire.sip2.errors import Checked

MAX_STRIKES = 3
"""Wrong passwords, and requests without any, on one connection: a person mistypes twice."""
MAX_UNMET = 16
"""Messages that wait for their turn; a terminal has one under way, a tester's script a few."""
TURN = 16
"""Answers to one terminal before the others have their turn, some 2 ms."""
WRITE_S = 30.0
"""A terminal that takes no answer for so long has gone, and its answer waits for it in the ledger."""
WAIT_S = 1.0
"""Until a line is looked at again that was silent for too long, but waits for us."""
CLOSE_S = 5.0
"""For the last octets to a peer that may have gone."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server takes."""

    idle_s: float = 600.0
    """A silent line is closed: behind many firewalls it is dead by then and only holds a place."""
    unsigned_s: float = 60.0
    """From the first octet to a 93 that fits: a terminal signs in at once, a scanner never."""
    connections: int = 4096
    """Twice the terminals of the largest network known to us; each holds some 10 KiB here."""


class House(Protocol):
    """What a line asks of the server that it is a line of."""

    limits: Limits
    buffer: memoryview
    """Where the octets of all lines arrive, one line's after another's."""

    async def sign_in(self, login: m.Login, origin: Origin) -> Terminal | None:
        """The terminal that may."""

    def admit(self, line: Connection, terminal: Terminal) -> Circulation:
        """Take note of who is on the line; who answers it from now on."""

    def dismiss(self, line: Connection) -> None:
        """Nobody that we know is on the line any more."""

    def unsigned_status(self) -> m.AcsStatus:
        """98 before 93."""

    def refusal(self, request: Message) -> Message:
        """No, for lack of 93."""

    def welcome(self, line: Connection) -> bool:
        """Whether there is a place."""

    def farewell(self, line: Connection, why: str) -> None:
        """The line has ended."""


class Connection(asyncio.BufferedProtocol):
    """A terminal's line, from its first octet to its last.

    Buffered, since a plain `Protocol` is given a new object of 256 KiB for each message: mapped, touched and
    unmapped, it costs more than the message's way in and out.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._loop = asyncio.get_running_loop()
        self._speaks = dialect_of("shuwu", "")
        """Until 93 says better, and from the answer to it on."""
        self._conversation = Server(self._speaks, answers.UNDERSTOOD, takes_any_login=True)
        self.terminal: Terminal | None = None
        self._circulation: Circulation | None = None
        self._strikes = 0
        self._waits = False
        """For an answer that is being found."""
        self._stuffed = False
        """The line takes nothing more for now."""
        self._paused = False
        self._ended = False
        """Nothing more will come."""
        self._over = ""
        """Why the line is closed."""
        self._timer: TimerHandle | None = None

    # ---------------------------------------------------------------- the line
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.origin = _origin(self._transport)
        self._since = self.heard_at = self._loop.time()
        if not self._house.welcome(self):
            self.close("turned away")
            return
        self._watch()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio names it
        return self._house.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.heard_at = self._loop.time()
        self._conversation.feed(bytes(self._house.buffer[:nbytes]))
        if not self._waits:
            self._go_on()
        if (self._waits or self._stuffed) and self._conversation.unmet > MAX_UNMET:
            self._pause()

    def eof_received(self) -> bool:
        """What was asked is answered still; TLS closes at once."""
        self._ended = True
        if not self._waits:
            self._go_on()
        return self._transport.get_extra_info("sslcontext") is None

    def pause_writing(self) -> None:
        self._stuffed = True
        self._arm(WRITE_S, "takes no answer")

    def resume_writing(self) -> None:
        self._stuffed = False
        self._watch()
        if not self._waits:
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = self._over or (type(exc).__name__ if exc else "ended")
        if self._timer is not None:
            self._timer.cancel()
        self._house.farewell(self, self._over)

    # ---------------------------------------------------------------- the server's word
    @property
    def account(self) -> str:
        """Who it is, empty before 93."""
        return self.terminal.account if self.terminal else ""

    @property
    def may_give_way(self) -> bool:
        """Nobody has signed in here, and it is not closing already."""
        return self.terminal is None and not self._over

    def stop(self) -> None:
        """Take nothing more from the line; what was taken is answered first."""
        self._pause()
        self._ended = True
        if not self._waits:
            self._go_on()

    def close(self, why: str, *, at_once: bool = False) -> None:
        """Close when the line has taken what was written, within CLOSE_S; or at once."""
        if not self._over:
            self._over = why
        self._transport.abort() if at_once else self._transport.close()
        self._arm(CLOSE_S, why)

    # ---------------------------------------------------------------- requests
    def _go_on(self) -> None:
        """Meet what has come, until something has to be waited for."""
        for _ in range(TURN):
            if self._over or self._stuffed:
                return
            event = self._conversation.next_event()
            if event is None:
                self._rest()
                return
            if isinstance(event, Request):
                self._meet(event)
            else:
                self._react(event)
            if self._waits:
                return
        self._waits = True
        self._loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._waits = False
        self._go_on()

    def _rest(self) -> None:
        if self._ended:
            self.close("ended")
        elif self._paused:
            self._paused = False
            self._transport.resume_reading()

    def _react(self, event: Send | Ignored | Misbehaved) -> None:
        match event:
            case Send(octets):
                self._transport.write(octets)
            case Ignored(why):
                log.debug("sip2.ignored", account=self.account, why=why)
            case Misbehaved(why):
                self.close(why)

    def _meet(self, request: Request) -> None:
        try:
            found = self._ask(request)
        except Exception as cause:  # noqa: BLE001 - whatever it is, it costs one line, not the server
            self._fail(cause)
            return
        if isinstance(found, Message):
            self._answer(request, found)
        else:
            self._await(request, found)

    def _ask(self, request: Request) -> Message | Awaitable[Message]:
        message = request.message
        if type(message) is m.Login:
            return self._sign_in(message, request.checksum)
        if self._circulation is not None:
            return self._circulation.answer(cast("Terminal", self.terminal), request)
        if isinstance(message, m.ScStatus):
            return self._house.unsigned_status()
        self._strikes += 1
        return self._house.refusal(message)

    async def _sign_in(self, login: m.Login, checksum: Checked) -> Message:
        """Who is there. A wrong checksum is asked for again, but of an account whose machine sends no right ones."""
        self._house.dismiss(self)
        self.terminal, self._circulation = None, None
        terminal = await self._house.sign_in(login, self.origin)
        damaged = checksum == "bad" and (terminal is None or terminal.dialect.checksum.verify == "strict")
        if terminal is None or damaged:
            self._strikes += 1
            self._since = self._loop.time()
            return m.RequestScResend() if damaged else m.LoginResponse(ok=False)
        self.terminal, self._speaks = terminal, terminal.dialect
        self._circulation = self._house.admit(self, terminal)
        return m.LoginResponse(ok=True)

    def _await(self, request: Request, found: Awaitable[Message]) -> None:
        self._waits = True
        if self._conversation.unmet > MAX_UNMET:
            self._pause()

        def told(done: asyncio.Future[Message]) -> None:
            self._waits = False
            cause = done.exception()
            if self._over:
                return  # nobody is there to be told
            if cause is None:
                self._answer(request, done.result())
                self._go_on()
            else:
                self._fail(cause)

        asyncio.ensure_future(found).add_done_callback(told)

    def _answer(self, request: Request, message: Message) -> None:
        self._transport.write(self._conversation.answer(request, message))
        if type(message) is m.LoginResponse:
            self._conversation.speak(self._speaks)
            self._watch()
        if self._strikes >= MAX_STRIKES:
            self.close("not signed in")

    def _fail(self, cause: BaseException) -> None:
        log.error("sip2.failed", account=self.account, **_evidence(cause))
        self.close("failed")

    # ---------------------------------------------------------------- time and flow
    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _arm(self, delay_s: float, why: str) -> None:
        """Abort the line when this time is up."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(delay_s, self._expire, why)

    def _expire(self, why: str) -> None:
        self._over = self._over or why
        self._transport.abort()

    def _watch(self) -> None:
        """Look again when the line may have been silent for too long; a message costs no timer of its own."""
        if self._over or self._stuffed:
            return
        limits = self._house.limits
        last, most = (self.heard_at, limits.idle_s) if self.terminal else (self._since, limits.unsigned_s)
        left_s = last + most - self._loop.time()
        if left_s <= 0 and not self._waits:
            self.close("idle")
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(left_s if left_s > 0 else WAIT_S, self._watch)


def _origin(transport: asyncio.Transport) -> Origin:
    peer = transport.get_extra_info("peername")
    address = str(peer[0]) if peer else ""
    tls = transport.get_extra_info("ssl_object")
    shown = tls.getpeercert(binary_form=True) if tls else None
    if not shown:
        return Origin(address)
    subject = tls.getpeercert().get("subject", ())
    names = [value for part in subject for key, value in part if key == "commonName"]
    return Origin(address, names[-1] if names else "", hashlib.sha256(shown).hexdigest())


def _evidence(cause: BaseException) -> dict[str, str]:
    """What may be logged of a failure: its text and its traceback's values may hold a card number."""
    last = traceback.extract_tb(cause.__traceback__)[-1]
    return {"cause": type(cause).__name__, "where": f"{last.name}:{last.lineno}"}
