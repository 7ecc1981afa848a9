"""An ILS as many terminals ask it: a few sessions, opened when they are needed, kept while they serve.

- At most `sessions` at once, one question at a time each; who asks beyond that waits in the order of coming.
- An ILS that bears fewer than it was said to refuses a login while others are signed in: who asks waits for one of
  those, and no failure is counted. Each GROW_S one more is tried, and all where a login is refused to who is alone.
- A session signs in as one place (CP) and serves that place alone; the one that was idle longest gives way.
- Every question ends within `timeout_s` of being asked, waiting, connecting and signing in included.
- What a broken line left open is asked once more on a new session, but no transaction that may be done.
- After TRIPS failures nobody asks for a while (`breaker`). No reader's question is the probe: a watch looks
  whether the ILS is back.
- An idle session is asked for its status every `keepalive_s`; one that does not answer is closed.
- May lose: an answer, never a verdict on it. `Unreached` says that nothing was done, `Silent` that it may be.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import structlog

from central.circulation.gateway.breaker import Breaker, BreakerState
from central.circulation.gateway.session import Access, Busy, LoginRefused, Session, Silent, Unreached
from wire.sip2.conversation import TRANSACTIONS
from wire.sip2.declare import Message
from wire.sip2.messages import AcsStatus

WATCH_S = 0.5
"""How often the watch looks; an ILS that is back is found within a rest of the breaker and this."""
REOPEN_S = 5.0
"""Between two sessions that the watch opens where there is none: an ILS that has gone is missed before a reader
comes, one that closes every line is not worn out."""
GROW_S = 60.0
"""An ILS still counts the sessions of a line that broke; some minutes later it has forgotten them."""

log = structlog.get_logger(__name__)


class Upstream:
    """A pool on an event loop. Start it once, stop it once."""

    def __init__(
        self,
        name: str,
        access: Access,
        *,
        sessions: int,
        timeout_s: float,
        keepalive_s: float,
        changed: Callable[[], None],
    ) -> None:
        """A pool that has no session yet.

        Args:
            name: for the log.
            access: how the ILS is reached.
            sessions: at once.
            timeout_s: for each question.
            keepalive_s: how long a session may be idle.
            changed: called when the ILS is back after a silence.
        """
        self.name = name
        self.dialect = access.dialect
        self.status: AcsStatus | None = None
        """What the ILS said last of itself; None before it was heard, or where it never says."""
        self._access = access
        self.timeout_s = timeout_s
        self._keepalive_s = keepalive_s
        self._changed = changed
        self._idle: deque[Session] = deque()
        """The last used at the right: it is used next, and those that nobody needs stay idle."""
        self._most = self._sessions = sessions
        self._grow_at = 0.0
        """When one more is tried, where there were too many."""
        self._places = asyncio.Semaphore(sessions)
        self._taken = 0
        """Of the places."""
        self._breaker = Breaker()
        self._look_at = 0.0
        """When the watch opens a session where there is none."""
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open a session as soon as the loop runs, and look after those that are there."""
        self._watch = asyncio.create_task(self._look_after(), name=f"gateway-{self.name}-watch")

    async def stop(self) -> None:
        """Close every session; who still asks is told that the ILS is silent."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._close_idle()

    @property
    def is_up(self) -> bool:
        """It answered last time, or nothing is known yet."""
        return self._breaker.state is BreakerState.CLOSED

    async def ask(self, question: Message, location: str = "") -> Message:
        """The answer of the ILS.

        Args:
            question: as the ILS is to have it.
            location: CP of who asks; empty: the gateway's own.

        Raises:
            Unreached: the question did not get there; nothing was done.
            Silent: it may have got there.
        """
        if question.layout.id in self.dialect.lacks:
            raise Unreached(f"the library system knows no {question.layout.id}")
        if not self.is_up:
            raise Unreached("the library system was silent a moment ago")
        until = self._now() + self.timeout_s
        try:
            answer = await self._ask(question, location or self._access.location, until)
        except Busy:
            raise
        except (Unreached, Silent) as cause:
            self._failed(str(cause))
            raise
        self._answered()
        return answer

    async def _ask(self, question: Message, location: str, until: float) -> Message:
        while True:
            await self._take_place(until)
            leave = self._leave_place
            try:
                return await self._ask_twice(question, location, until)
            except LoginRefused:
                if self._taken == 1:
                    self._take_back_places()
                    raise  # nobody else is at work there: they are not too many
                leave = self._give_up_place
            finally:
                leave()

    async def _ask_twice(self, question: Message, location: str, until: float) -> Message:
        try:
            return await self._exchange(question, location, until)
        except (Unreached, Silent) as cause:
            may_be_done = isinstance(cause, Silent) and question.layout.id in TRANSACTIONS
            are_too_many = isinstance(cause, LoginRefused) and self._taken > 1
            if may_be_done or are_too_many or self._now() >= until:
                raise
        await self._close_idle()  # what broke one line has broken the others
        return await self._exchange(question, location, until)

    async def _take_place(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._places.acquire()
        except TimeoutError:
            raise Busy("every session is busy") from None
        self._taken += 1

    def _give_up_place(self) -> None:
        """Leave it to nobody: the ILS bears no more sessions than are at work without it."""
        self._taken -= 1
        self._sessions -= 1
        self._grow_at = self._now() + GROW_S
        log.warning("gateway.too_many_sessions", ils=self.name, goes_on_with=self._sessions)

    def _take_back_places(self) -> None:
        """Who is let in at no time has not been refused for the others' sake."""
        for _ in range(self._most - self._sessions):
            self._places.release()
        self._sessions = self._most

    def _leave_place(self) -> None:
        self._taken -= 1
        self._places.release()

    async def _exchange(self, question: Message, location: str, until: float) -> Message:
        """One question on a session that is idle, or on a new one; it is idle again afterwards, or closed."""
        session = await self._session(location, until)
        try:
            if self.dialect.status_before_each:
                await self._greet_first(session, until)
            answer = await session.ask(question, until)
        except BaseException:
            await session.close()
            raise
        self._idle.append(session)
        return answer

    async def _greet_first(self, session: Session, until: float) -> None:
        """99 before a question that has not gone out yet."""
        try:
            await session.greet(until)
        except Silent as cause:
            raise Unreached(str(cause)) from None

    async def _session(self, location: str, until: float) -> Session:
        """An idle session of this place, or a new one, for who has taken a place of the pool."""
        for session in [one for one in reversed(self._idle) if one.location == location]:
            if session in self._idle:
                self._idle.remove(session)
                if session.is_alive:
                    return session
                await session.close()
        while self._idle and len(self._idle) + self._taken > self._sessions:
            await self._idle.popleft().close()
        session = await Session.open(self._access, location, until)
        session.used_at = self._now()
        self.status = session.status or self.status
        return session

    async def _close_idle(self) -> None:
        while self._idle:
            await self._idle.popleft().close()

    # ------------------------------------------------------------ looking after
    async def _look_after(self) -> None:
        """Keep idle sessions alive, and find out when a silent ILS is back."""
        while True:
            try:
                await (self._keep_alive() if self.is_up else self._probe())
            except (Unreached, Silent) as cause:
                log.debug("gateway.silent", ils=self.name, why=str(cause))
            await asyncio.sleep(WATCH_S)

    async def _probe(self) -> None:
        if self._breaker.lets_ask(self._now()):
            await self._close_idle()
            await self._look(None)

    async def _keep_alive(self) -> None:
        if self._sessions < self._most and self._now() >= self._grow_at:
            self._sessions += 1
            self._grow_at = self._now() + GROW_S
            self._places.release()
        for session in [one for one in self._idle if not one.is_alive]:
            if session in self._idle:  # else a reader's question has met it while another was being closed
                self._idle.remove(session)
                await session.close()
        if not self._idle and not self._taken and self._now() >= self._look_at:
            await self._look(None)
            self._look_at = self._now() + REOPEN_S
        for session in [one for one in self._idle if self._now() - one.used_at >= self._keepalive_s]:
            if session in self._idle and not self._places.locked():
                await self._look(session)

    async def _look(self, session: Session | None) -> None:
        """Greet a session that is idle, or open one; the breaker hears how it went."""
        until = self._now() + self.timeout_s
        await self._take_place(until)
        try:
            if session is None:
                session = await self._session(self._access.location, until)
            elif session in self._idle:
                self._idle.remove(session)
                await self._greet(session, until)
            else:
                return  # somebody uses it: it is alive
        except (Unreached, Silent) as cause:
            self._failed(str(cause))
            raise
        finally:
            self._leave_place()
        self._idle.appendleft(session)
        self._answered()

    async def _greet(self, session: Session, until: float) -> None:
        """99 where the ILS knows it; an idle line that has ended needs no verdict."""
        try:
            if "99" in self.dialect.opening:
                await session.greet(until)
                self.status = session.status
        except BaseException:
            await session.close()
            raise

    def _answered(self) -> None:
        was_up = self.is_up
        self._breaker.answered()
        if not was_up:
            log.info("gateway.back", ils=self.name)
            self._changed()

    def _failed(self, why: str) -> None:
        was_up = self.is_up
        self._breaker.failed(self._now())
        if was_up and not self.is_up:
            log.warning("gateway.lost", ils=self.name, why=why)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
