"""The ledger for an event loop: requests in, answers out.

- `answer` says at once what it knows without waiting (on SQLite, every question), else gives what to await.
  One call is one request, committed when its answer is there. An exception means that nothing may be said:
  whether the commit arrived is not known, and the terminal must ask again.
- Passwords are checked on threads apart (argon2 leaves the interpreter's lock), so that a thousand
  terminals coming back do not hold up the loans of those that are there. Who guesses waits (`guesses`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import structlog
from msgspec.structs import replace
from sqlalchemy import Engine

from central.circulation.ledger import enquiries, id_card, pins, registration
from central.circulation.ledger.id_card import IdCard
from central.circulation.ledger.pins import NewPin
from central.circulation.server import answers, repeats, terminals
from central.circulation.server.answers import Count
from central.circulation.server.embedded import Embedded
from central.circulation.server.networked import Networked
from central.circulation.server.passwords import Verifier
from central.circulation.server.terminals import Origin, Terminal
from central.circulation.server.visit import Visit
from central.guesses import Guess, Guesses, network
from central.statements import Cursor
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

VERIFIERS = 2
"""Threads that check passwords, 19 MiB each."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Circulation(Protocol):
    """Who answers the terminals of a branch: the ledger, or a gateway to another system."""

    def answer(self, terminal: Terminal, request: Request) -> Message | Awaitable[Message]:
        """The answer to any request but 93; raises where nothing may be said."""


class Database(Protocol):
    """How work gets into the database without holding up the event loop."""

    def ask(self, work: Callable[[Cursor], T]) -> T | asyncio.Future[T]:
        """What the work finds."""

    def change(self, work: Callable[[Cursor], T], *, soon: bool = True) -> asyncio.Future[T]:
        """What the work says, once what it did is committed; not `soon` where nobody waits for it."""

    async def close(self) -> None:
        """Finish what waits."""


class Ledger:
    """Answers terminals. Close it when the last of them is served."""

    def __init__(
        self,
        engine: Engine,
        now_ms: Callable[[], int],
        library: str = "",
        id_key: bytes = b"",
        count: Count | None = None,
    ) -> None:
        """A ledger that is asked nothing yet.

        Args:
            engine: of a migrated database.
            now_ms: the clock.
            library: the network's name, AM of a 98.
            id_key: central's secret for ID cards; without it none is taken.
            count: what counts the transactions of machines that tell no facts of their own.
        """
        self._id_key, self._count = id_key, count
        self._now_ms = now_ms
        self._library = library
        self._database: Database = Embedded(engine) if engine.dialect.name == "sqlite" else Networked(engine)
        self._verifier = Verifier()
        self._guesses = Guesses()
        self._verifiers = ThreadPoolExecutor(VERIFIERS, "sip2-verify")

    async def sign_in(self, login: m.Login, origin: Origin) -> Terminal | None:
        """The terminal, where user id, password and origin fit; the same time where they do not.

        Who comes from where this account may not sign in guesses at a name of its own: that keeps nobody out who may.
        Some terminals fill a password up with blanks, and some passwords have blanks at their ends: both spellings of
        one are one guess.
        """
        username, sent = login.login_user_id.strip(), login.login_password
        account = await _awaited(self._database.ask(lambda c: terminals.find_account(c, username)))
        is_stranger = account is not None and not account.admits(origin)
        who = Guess(
            f"{'stranger' if is_stranger else 'account'} {username}", f"network {network(origin.address)}"
        )
        password_hash = account.password_hash if account else None
        if not await self._fits(who, password_hash, sent.strip(), sent) or account is None:
            return None
        if not is_stranger:
            return account.terminal
        log.warning(
            "sip2.misplaced", account=username, address=origin.address, certificate=origin.common_name
        )
        return None

    def answer(self, terminal: Terminal, request: Request) -> Message | Awaitable[Message]:
        """What the ledger says to any request but 93.

        A reader may show an ID card (AA) in the place of a reader's card.
        """
        shown = self._id_card(terminal, request.message)
        return self._by_id_card(terminal, request, shown) if shown else self._answer(terminal, request)

    def _answer(self, terminal: Terminal, request: Request) -> Message | Awaitable[Message]:
        message = request.message
        if type(message) is m.ScStatus:
            return answers.status(terminal.desk(self._now_ms()), self._library, terminal)
        if type(message) not in answers.WITH_SECRETS:
            return self._carry_out(terminal, request, None)
        pin, new_pin = answers.pin_of(message), answers.new_pin_of(message)
        if not pin and not new_pin:
            return self._carry_out(terminal, request, None)
        card: str = message.patron_identifier.strip()  # type: ignore[attr-defined]  # of all that carry a PIN
        who = Guess(f"card {card}", f"terminal {terminal.account}")
        pin_hash = self._database.ask(lambda c: enquiries.pin_hash(c, card)) if pin else None
        known = not isinstance(pin_hash, asyncio.Future) and self._is_known(who, pin_hash, pin)
        if known and not new_pin:
            return self._carry_out(terminal, request, pin=True)
        return self._check_first(terminal, request, who, pin_hash)

    def unsigned_status(self) -> m.AcsStatus:
        """98 for who has not said where it stands."""
        return answers.status(answers.nowhere(self._now_ms()), self._library)

    def refusal(self, request: Message) -> Message:
        """The answer to who has not signed in."""
        return answers.not_signed_in(request, answers.nowhere(self._now_ms()))

    async def forget_answers(self) -> None:
        """Drop the kept answers that have had their time."""
        await self._database.change(lambda c: repeats.forget_answers(c, self._now_ms()))

    async def close(self) -> None:
        """Let what is under way finish, and end the threads."""
        await self._database.close()
        await asyncio.get_running_loop().run_in_executor(None, self._verifiers.shutdown)

    # ---------------------------------------------------------------- ID cards
    def _id_card(self, terminal: Terminal, message: Message) -> IdCard | None:
        """The ID card that a message has in the place of a reader's card."""
        if not self._id_key or type(message) not in answers.WITH_READER:
            return None
        told: str = message.patron_identifier.strip()  # type: ignore[attr-defined]  # of each of them
        if len(told) != id_card.LENGTH:
            return None
        return id_card.read(told, self._id_key, terminal.desk(self._now_ms()).today)

    async def _by_id_card(self, terminal: Terminal, request: Request, shown: IdCard) -> Message:
        """Answer by the reader's own card. AA comes back as it was sent, but where it was asked for (86)."""
        message = request.message
        card = await _awaited(self._database.ask(lambda c: registration.card_of(c, shown)))
        if card is None:
            return await _settled(self._answer(terminal, request))
        own = replace(request, message=message.but(patron_identifier=card))
        response = await _settled(self._answer(terminal, own))
        if isinstance(response, m.FindReaderResponse):
            return response
        return response.but(patron_identifier=message.patron_identifier)  # type: ignore[attr-defined]  # as it has

    # ---------------------------------------------------------------- one request
    def _carry_out(
        self, terminal: Terminal, request: Request, pin: bool | None, new_pin: NewPin | None = None
    ) -> Message | asyncio.Future[Message]:
        count = self._count if terminal.kind == "machine" else None

        def perform(cursor: Cursor) -> Message:
            visit = Visit(terminal.desk(self._now_ms()), pin, new_pin, self._id_key)
            return answers.perform(cursor, terminal, visit, request, count)

        changes = type(request.message) in answers.CHANGING
        return self._database.change(perform) if changes else self._database.ask(perform)

    async def _check_first(
        self,
        terminal: Terminal,
        request: Request,
        who: Guess,
        pin_hash: str | asyncio.Future[str | None] | None,
    ) -> Message:
        """Check the PIN and hash the one that the reader chose, each on a thread, before the transaction.

        Where the PIN is the chosen one already, the old one need not fit: a copy is told what the first was, if it
        is one, and anything else is refused as without a PIN.
        """
        pin, chosen = answers.pin_of(request.message), answers.new_pin_of(request.message)
        known, loop = await _awaited(pin_hash), asyncio.get_running_loop()
        fits = await self._fits(who, known, pin) if pin else None
        if fits is False and chosen and self._guesses.are_heard(who):
            is_set = await loop.run_in_executor(self._verifiers, self._verifier.fits, known, chosen)
            fits = None if is_set else False
        new_pin = await loop.run_in_executor(self._verifiers, pins.new, chosen) if chosen else None
        return await _awaited(self._carry_out(terminal, request, fits, new_pin))

    # ---------------------------------------------------------------- passwords
    def _is_known(self, who: Guess, password_hash: str | None, password: str) -> bool:
        """Whether it fitted lately, which takes no thread to find out."""
        return self._verifier.remembers(password_hash, password) and self._guesses.are_heard(who)

    async def _fits(self, who: Guess, password_hash: str | None, *spellings: str) -> bool:
        def check() -> bool:
            """On a thread of its own: two guesses at most are under way, however many were sent."""
            if not self._guesses.are_heard(who):
                return False
            if any(self._verifier.fits(password_hash, each) for each in dict.fromkeys(spellings)):
                self._guesses.fitted(who)
                return True
            wait_s = self._guesses.missed(who)
            if wait_s:
                log.warning("sip2.guesses", place=who.place, wait_s=wait_s)
            return False

        return await asyncio.get_running_loop().run_in_executor(self._verifiers, check)


async def _settled(answer: Message | Awaitable[Message]) -> Message:
    return answer if isinstance(answer, Message) else await answer


async def _awaited(found: T | asyncio.Future[T]) -> T:
    return await found if isinstance(found, asyncio.Future) else found
