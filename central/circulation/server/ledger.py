"""The ledger for an event loop: requests in, answers out, the waiting on threads of its own.

- One call is one request, committed when the call returns. An exception means that nothing may be
  said: whether the commit arrived is not known, and the terminal must ask again.
- On SQLite one thread writes, since the database takes one writer and lets others wait by sleeping; what
  several terminals ask meanwhile is committed together.
- Passwords are checked on threads apart (argon2 leaves the interpreter's lock), so that a thousand
  terminals coming back do not hold up the loans of those that are there. Who guesses waits (`guesses`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import Engine

from central.circulation.ledger import enquiries
from central.circulation.server import answers, terminals
from central.circulation.server.guesses import Guess, Guesses
from central.circulation.server.lanes import MAX_GROUP, Lane
from central.circulation.server.passwords import Verifier
from central.circulation.server.terminals import Terminal
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

POSTGRES_THREADS = 6
"""That write, and as many that ask: there a thread waits for the network and the disk, each transaction holds
the locks of one request, and the server commits several together by itself."""
VERIFIERS = 2
"""Threads that check passwords, 19 MiB each."""

log = structlog.get_logger(__name__)


class Ledger:
    """Answers terminals. Close it when the last of them is served."""

    def __init__(self, engine: Engine, now_ms: Callable[[], int]) -> None:
        threads, group = (1, MAX_GROUP) if engine.dialect.name == "sqlite" else (POSTGRES_THREADS, 1)
        reading = engine.execution_options(readonly=True)
        self.now_ms = now_ms
        self._writers = Lane(engine, "sip2-write", threads=threads, group=group)
        self._readers = Lane(reading, "sip2-read", threads=threads, group=group)
        self._verifier = Verifier()
        self._guesses = Guesses()
        self._verifiers = ThreadPoolExecutor(VERIFIERS, "sip2-verify")

    async def sign_in(self, login: m.Login, address: str) -> Terminal | None:
        """The terminal at `address`, where user id and password fit; the same time where they do not."""
        username = login.login_user_id
        password_hash, terminal = await self._readers.do(lambda c: terminals.find_account(c, username))
        who = Guess(f"account {username}", f"address {address}")
        return terminal if await self._fits(who, password_hash, login.login_password) else None

    async def answer(self, terminal: Terminal, request: Request) -> Message:
        """What the ledger says to a request that is neither 93 nor 99, once it is committed."""
        pin = await self._pin(terminal, request.message)
        lane = self._writers if isinstance(request.message, answers.CHANGING) else self._readers
        return await lane.do(lambda c: answers.perform(c, terminal.desk(self.now_ms()), request, pin))

    async def forget_answers(self) -> None:
        """Drop the kept answers that have had their time."""
        await self._writers.do(lambda c: terminals.forget_answers(c, self.now_ms()))

    def close(self) -> None:
        """Let the threads finish what they have and end them."""
        self._writers.close()
        self._readers.close()
        self._verifiers.shutdown(wait=True)

    async def _pin(self, terminal: Terminal, message: Message) -> bool | None:
        """Whether the PIN fits; None where none was sent or nothing depends on it."""
        if not isinstance(message, answers.WITH_PIN) or not message.patron_password:
            return None
        card = message.patron_identifier.strip()
        pin_hash = await self._readers.do(lambda c: enquiries.pin_hash(c, card))
        who = Guess(f"card {card}", f"terminal {terminal.account}")
        return await self._fits(who, pin_hash, message.patron_password)

    async def _fits(self, who: Guess, password_hash: str | None, password: str) -> bool:
        def check() -> bool:
            """On a thread of its own: two guesses at most are under way, however many were sent."""
            if not self._guesses.are_heard(who):
                return False
            if self._verifier.fits(password_hash, password):
                self._guesses.fitted(who)
                return True
            wait_s = self._guesses.missed(who)
            if wait_s:
                log.warning("sip2.guesses", place=who.place, wait_s=wait_s)
            return False

        return await asyncio.get_running_loop().run_in_executor(self._verifiers, check)
