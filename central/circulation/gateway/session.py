"""One SIP2 connection to an ILS, for one question at a time.

- `open` ends with what the dialect wants said first (93, 99), answered well, or raises.
- Each verb ends at `until`, by the event loop's clock. A question that may be repeated goes out a second
  time, octet for octet, when half of its time has passed.
- After any error, and after a cancelled question, a session is good for nothing but `close`: a late answer
  is never taken for another's.
- What the peer sends is bounded by the conversation; what it sends unasked is dropped.
- No text of an error holds a card, a password or a frame.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from dataclasses import dataclass

from wire.sip2 import about
from wire.sip2.conversation import TRANSACTIONS, Answered, Client, GaveUp, Misbehaved, Send
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect
from wire.sip2.messages import AcsStatus, Login, LoginResponse, ScStatus

READ_OCTETS = 16 * 1024
CLOSE_S = 1.0
"""For a goodbye of TLS; nothing is lost with it."""


class Unreached(Exception):  # noqa: N818 - a verdict on the line
    """The ILS has not heard the question: nothing was done."""


class LoginRefused(Unreached):
    """It lets nobody in now: a wrong password, or one session too many."""


class Busy(Unreached):
    """Nor will it hear this one soon: others are before it. That says nothing about the ILS."""


class Silent(Exception):  # noqa: N818 - a verdict on the peer
    """The ILS may have heard the question, and has not answered: it may be done."""


@dataclass(frozen=True, slots=True)
class Access:
    """How an ILS is reached, and as whom."""

    host: str
    port: int
    dialect: Dialect
    username: str
    password: str
    location: str
    """CP of the login, where who asks names no other."""
    tls: ssl.SSLContext | None
    server_name: str = ""
    """In its certificate; empty: `host`."""

    def __repr__(self) -> str:
        return f"Access({self.host}:{self.port})"


class Session:
    """An open line with the conversation on it."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, access: Access, location: str) -> None:
        self._reader, self._writer = reader, writer
        self.location = location
        """CP of its login."""
        self._dialect = access.dialect
        self._client = Client(access.dialect)
        self.status: AcsStatus | None = None
        """What the ILS said last of itself; None where it says nothing."""
        self.used_at = 0.0
        """When it last answered, by the event loop's clock."""

    @classmethod
    async def open(cls, access: Access, location: str, until: float) -> Session:
        """Connect, sign in as the terminal at `location`, ask how the ILS is.

        Raises:
            Unreached: the line, a refused login, an ILS that says it is off line, or that says nothing.
        """
        try:
            async with asyncio.timeout_at(until):
                name = (access.server_name or access.host) if access.tls else None
                reader, writer = await asyncio.open_connection(
                    access.host, access.port, ssl=access.tls, server_hostname=name
                )
        except (OSError, TimeoutError) as cause:
            raise Unreached(type(cause).__name__) from None
        session = cls(reader, writer, access, location)
        try:
            await session._begin(access, until)
        except Silent as cause:
            await session.close()
            raise Unreached(str(cause)) from None
        except BaseException:
            await session.close()
            raise
        return session

    async def ask(self, question: Message, until: float) -> Message:
        """The answer to a question.

        Raises:
            Unreached: the line had ended before the question went out, or the ILS has forgotten who we are and
                done nothing else: it may be asked anew on another session.
            Silent: the line ended later, or no answer came that can be believed.
        """
        if not self.is_alive:
            raise Unreached("the line had ended")
        loop = asyncio.get_running_loop()
        pause = (loop.time() + until) / 2 if self._may_repeat(question) else until
        try:
            await self._write(self._client.send(question), until)
            answer = await self._hear(until, pause)
        except (OSError, TimeoutError) as cause:
            raise Silent(type(cause).__name__) from None
        if not _same_item(question, answer):
            raise Silent("an answer about another item")
        self.used_at = loop.time()
        return answer

    async def greet(self, until: float) -> None:
        """99, and 98 that says on line: keeps an idle line alive.

        Raises:
            Unreached: the line has ended, or the ILS says that it is off line.
            Silent: see `ask`.
        """
        answer = await self.ask(ScStatus(), until)
        if not (isinstance(answer, AcsStatus) and answer.online_status):
            raise Unreached("the library system says that it is off line")
        self.status = answer

    @property
    def is_alive(self) -> bool:
        """As far as we know the peer has not closed."""
        return not (self._reader.at_eof() or self._reader.exception() or self._writer.is_closing())

    async def close(self) -> None:
        """Close the line. Never raises but for being cancelled."""
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._writer.wait_closed()

    async def _begin(self, access: Access, until: float) -> None:
        for number in access.dialect.opening:
            if number == ScStatus.layout.id:
                await self.greet(until)
            elif access.username:
                await self._sign_in(access, until)

    async def _sign_in(self, access: Access, until: float) -> None:
        login = Login(
            login_user_id=access.username, login_password=access.password, location_code=self.location
        )
        answer = await self.ask(login, until)
        if not (isinstance(answer, LoginResponse) and answer.ok):
            raise LoginRefused("the library system refuses our login")

    def _may_repeat(self, question: Message) -> bool:
        """A query always; a transaction where the ILS knows a copy when it sees one."""
        safe = self._dialect.retransmit == "all" or question.layout.id not in TRANSACTIONS
        return safe and self._dialect.echoes_sequence

    async def _hear(self, until: float, pause: float) -> Message:
        """The answer; at `pause` the question goes out once more."""
        while True:
            try:
                async with asyncio.timeout_at(pause):
                    octets = await self._reader.read(READ_OCTETS)
            except TimeoutError:
                again = self._client.silent() if pause < until else None
                if again is None:
                    raise
                await self._write(again, until)
                pause = until
                continue
            if not octets:
                raise Silent("the line ended")
            answer = await self._take(octets, until)
            if answer is not None:
                return answer

    async def _take(self, octets: bytes, until: float) -> Message | None:
        answer = None
        for event in self._client.receive(octets):
            match event:
                case Answered(message):
                    answer = message
                case Send(again):
                    await self._write(again, until)
                case GaveUp(signed_out=True):
                    raise Unreached("the library system has signed us out")
                case GaveUp(why) | Misbehaved(why):
                    raise Silent(why)
        return answer

    async def _write(self, octets: bytes, until: float) -> None:
        self._writer.write(octets)
        if self._writer.transport.get_write_buffer_size():
            async with asyncio.timeout_at(until):
                await self._writer.drain()


def _same_item(question: Message, answer: Message) -> bool:
    """Whether an answer is about the item that was asked about, or says of none.

    One number may hold the other: some systems put the library before it, write it in capitals or drop zeros.
    """
    asked, named = about.item(question).upper(), about.item(answer).upper()
    return asked in named or named in asked
