"""The ledger for an event loop: requests in, answers out, the waiting on threads of its own.

- One call is one transaction, committed when the call returns. An exception means that nothing may be
  said: whether the commit arrived is not known, and the terminal must ask again.
- On SQLite one thread writes, since the database takes one writer and lets others wait by sleeping.
- Passwords are checked on threads apart (argon2 leaves the interpreter's lock), so that a thousand
  terminals coming back do not hold up the loans of those that are there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from central.circulation import enquiries, sip2, terminals
from central.circulation.passwords import Verifier
from central.circulation.terminals import Terminal
from central.db import open_sessions
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

READERS = 2
"""Threads that ask; more than the interpreter can run at once gain nothing on SQLite."""
POSTGRES_WORKERS = 8
"""Threads that write, and as many that ask: there a thread waits for the network and the disk."""
VERIFIERS = 2
"""Threads that check passwords, 19 MiB each."""

T = TypeVar("T")


class Ledger:
    """Answers terminals. Close it when the last of them is served."""

    def __init__(self, engine: Engine, now_ms: Callable[[], int]) -> None:
        embedded = engine.dialect.name == "sqlite"
        self.now_ms = now_ms
        self._write = open_sessions(engine)
        self._read = open_sessions(engine, readonly=True)
        self._verifier = Verifier()
        self._writers = ThreadPoolExecutor(1 if embedded else POSTGRES_WORKERS, "sip2-write")
        self._readers = ThreadPoolExecutor(READERS if embedded else POSTGRES_WORKERS, "sip2-read")
        self._verifiers = ThreadPoolExecutor(VERIFIERS, "sip2-verify")

    async def sign_in(self, login: m.Login) -> Terminal | None:
        """The terminal, where user id and password fit; the same time where they do not."""
        password_hash, terminal = await self._on(self._readers, lambda: self._account(login.login_user_id))
        fits = await self._fits(password_hash, login.login_password)
        return terminal if fits else None

    async def answer(self, terminal: Terminal, request: Request) -> Message:
        """What the ledger says to a request that is neither 93 nor 99, once it is committed."""
        pin = await self._pin(request.message)
        changing = isinstance(request.message, sip2.CHANGING)
        sessions = self._write if changing else self._read

        def perform() -> Message:
            with sessions.begin() as session:
                return sip2.perform(session, terminal.desk(self.now_ms()), request, pin)

        return await self._on(self._writers if changing else self._readers, perform)

    async def forget_answers(self) -> None:
        """Drop the kept answers that have had their time."""

        def forget() -> None:
            with self._write.begin() as session:
                terminals.forget_answers(session, self.now_ms())

        await self._on(self._writers, forget)

    def close(self) -> None:
        """Let the threads finish what they have and end them."""
        for pool in (self._writers, self._readers, self._verifiers):
            pool.shutdown(wait=True)

    def _account(self, username: str) -> tuple[str | None, Terminal | None]:
        with self._read.begin() as session:
            return terminals.find_account(session, username)

    def _pin_hash(self, card: str) -> str | None:
        with self._read.begin() as session:
            return enquiries.pin_hash(session, card)

    async def _pin(self, message: Message) -> bool | None:
        """Whether the PIN fits; None where none was sent or nothing depends on it."""
        if not isinstance(message, sip2.WITH_PIN) or not message.patron_password:
            return None
        card = message.patron_identifier.strip()
        pin_hash = await self._on(self._readers, lambda: self._pin_hash(card))
        return await self._fits(pin_hash, message.patron_password)

    async def _fits(self, password_hash: str | None, password: str) -> bool:
        return await self._on(self._verifiers, lambda: self._verifier.fits(password_hash, password))

    @staticmethod
    async def _on(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
