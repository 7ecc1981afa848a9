"""One conversation with the ILS: questions in, exactly one event out for each.

- `ask` and `start` return at once; `post` is called on the worker and must not block (a queue's put).
- Every question is answered within `timeout_s` of its asking, queueing included, also when the line is down, and
  given up `HEARD_S` sooner; a settling has two messages, nobody who stands there, and twice the time.
- A question that finds the line down makes one attempt at once; if that fails, the ILS is silent.
- A checkout or checkin goes out once; the very same octets go once more only where the dialect says that
  the ILS knows a copy. What was under way when the line broke is silent; a mere query is asked anew once,
  and so is what the ILS refuses because it has forgotten our login.
- After a silence the line is closed and opened again: a late answer can never be taken for another's.
- Cards and passwords stand in no log and in no text of an error.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Lock, Thread

import structlog
from msgspec.structs import replace

from drivers.pump import BackOff
from kiosk import config
from kiosk.effects import AskSettle
from kiosk.events import IlsChanged, KioskEvent
from kiosk.ils_answers import takes
from kiosk.ils_connection import Connection
from kiosk.ils_line import Bell, SignedOut
from kiosk.ils_questions import ONCE, Question, plan, silence
from kiosk.ils_terms import NoAnswer, Terms
from kiosk.secrets import read_password
from wire.sip2.dialect import BadDialect, load, merge

KEEPALIVE_S = 45.0
"""Some systems close a line that was idle for 60 s (Evergreen)."""
HEARD_S = 0.01
"""Of the time of every question: from giving it up until the loop has heard so, behind the line's own end."""
ATTEMPT_PART = 0.75
"""Of `timeout_s`, the most that an attempt to connect takes: whoever asks meanwhile is answered in time."""
BACKOFF = BackOff(cap_s=3.0)
"""What is owed is asked about within five seconds of the line being back: a pause, and an attempt."""
MAX_TRIES = 2
"""Connections on which one query is asked."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Asked:
    question: Question
    until: float
    """Monotonic seconds; answered by then."""
    tries: int = 0


class Ils:
    """A worker thread with one SIP2 connection, from `start` to `stop`."""

    def __init__(
        self,
        settings: config.Ils,
        timeout_s: float,
        location: str,
        post: Callable[[KioskEvent], None],
        pseudonym: Callable[[str], str],
        *,
        backoff: BackOff = BACKOFF,
    ) -> None:
        """A conversation, not yet open.

        Args:
            settings: where the ILS is and who we are there; its password file is read now.
            timeout_s: every question is answered within it, a settling within twice that.
            location: the terminal's location code (CP of the login, AP of a checkin).
            post: takes the answers, and IlsChanged when the line comes up or goes down.
            pseudonym: makes a reader's name in facts of a card number.
            backoff: between attempts that nobody waits for.

        Raises:
            ConfigError: the password file is missing or readable by others; no such dialect or overrides.
        """
        try:
            base = load(settings.dialect)
        except BadDialect as cause:
            raise config.ConfigError(f"{cause} - at `$.ils.dialect`") from None
        try:
            dialect = merge(base, settings.overrides)
        except BadDialect as cause:
            raise config.ConfigError(f"{cause} - at `$.ils.overrides`") from None
        self._settings = settings
        self._timeout_s = timeout_s
        self._post = post
        self._backoff = backoff
        self._password = read_password(settings.password_file)
        institution = settings.institution or dialect.institution
        self._terms = Terms(institution, location, dialect, pseudonym)
        self._asked: deque[_Asked] = deque()
        self._lock = Lock()
        self._bell = Bell()
        self._stop = Event()
        self._ended = False
        self._connection: Connection | None = None
        self._told: IlsChanged | None = None
        """Without its cause."""
        self._attempt = 0
        self._since = 0.0
        self._quiet_until = 0.0
        self._thread = Thread(target=self._work, name=f"ils-{location or 'desk'}", daemon=True)

    def start(self) -> None:
        """Begin to connect. Started once."""
        self._thread.start()

    def ask(self, question: Question) -> None:
        """Ask. Answered by the event that the question names, or by IlsSilent."""
        time_s = self._timeout_s * (2 if isinstance(question, AskSettle) else 1)
        with self._lock:
            if not self._ended:
                self._asked.append(_Asked(question, time.monotonic() + time_s - HEARD_S))
                self._bell.ring()
                return
        self._post(silence(question))

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Answer what is left as silent, close the line, join the thread; True when it has ended."""
        self._stop.set()
        with self._lock:
            if not self._ended:
                self._bell.ring()
        if self._thread.ident is None:
            self._end()
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # ------------------------------------------------------------ the worker
    def _work(self) -> None:
        try:
            while not self._stopping():
                self._step()
        finally:
            self._end()

    def _stopping(self) -> bool:
        """Hushes the bell first: what was rung for is looked at after."""
        self._bell.hush()
        return self._stop.is_set()

    def _step(self) -> None:
        if self._connection is None:
            self._connect()
        elif (asked := self._next()) is not None:
            self._carry(self._connection, asked)
        else:
            self._idle(self._connection)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
        with self._lock:
            self._ended = True
            self._bell.close()
        self._silence_all()

    def _next(self) -> _Asked | None:
        """The oldest question that still has time; those without are answered."""
        while True:
            with self._lock:
                if not self._asked:
                    return None
                asked = self._asked.popleft()
            if asked.until > time.monotonic():
                return asked
            self._post(silence(asked.question))

    def _silence_all(self) -> None:
        with self._lock:
            left = list(self._asked)
            self._asked.clear()
        for asked in left:
            self._post(silence(asked.question))

    # ------------------------------------------------------------ the line
    def _connect(self) -> None:
        """One attempt; after a pause, unless somebody waits."""
        oldest = self._next()
        if oldest is not None:
            self._put_back(oldest)
        elif self._attempt:
            self._bell.wait(time.monotonic() + self._backoff.wait_s(self._attempt, random.random()))  # noqa: S311 - spreads load
            if self._stop.is_set():
                return
        until = time.monotonic() + ATTEMPT_PART * self._timeout_s
        if oldest is not None:
            until = min(until, oldest.until)
        self._attempt += 1
        try:
            self._connection = Connection.open(self._settings, self._password, self._terms, until)
        except (OSError, NoAnswer) as cause:
            self._tell(up=False, cause=_words(cause))
            if oldest is None or time.monotonic() < oldest.until:
                self._silence_all()  # else it was cut short: the others get an attempt of their own
        else:
            self._since = time.monotonic()
            self._quiet_until = self._since + KEEPALIVE_S
            self._tell(up=True)

    def _carry(self, connection: Connection, asked: _Asked) -> None:
        """Answer one question, or put it back for another connection."""
        asked.tries += 1
        begun = False
        try:
            connection.listen()
            connection.prepare(asked.until)
            self._tell(up=True)
            begun = True
            event = self._converse(connection, asked)
        except OSError as cause:
            self._drop(cause)
            once = begun and isinstance(asked.question, ONCE) and not isinstance(cause, SignedOut)
            if not once and asked.tries < MAX_TRIES:
                self._put_back(asked)
                return
            event = silence(asked.question)
        except NoAnswer as cause:
            self._drop(cause)
            self._tell(up=False, cause=_words(cause))
            event = silence(asked.question)
        except Exception as bug:  # noqa: BLE001 - a mistake of ours must not leave a reader without an answer
            log.error("a question failed", asked=type(asked.question).__name__, error=type(bug).__name__)  # noqa: TRY400 - a traceback may hold a card
            self._drop(bug)
            event = silence(asked.question)
        self._post(event)

    def _converse(self, connection: Connection, asked: _Asked) -> KioskEvent:
        now = datetime.now(UTC).astimezone().replace(tzinfo=None)
        with closing(plan(asked.question, self._terms, now, connection.status)) as steps:
            request = next(steps)
            while True:
                answer = connection.exchange(request, asked.until)
                self._quiet_until = time.monotonic() + KEEPALIVE_S
                try:
                    request = steps.send(answer)
                except StopIteration as end:
                    event: KioskEvent = end.value
                    return event
                connection.prepare(asked.until)

    def _idle(self, connection: Connection) -> None:
        """Nobody asks: keep the line alive, notice when it ends."""
        try:
            if time.monotonic() >= self._quiet_until:
                connection.keep_alive(time.monotonic() + self._timeout_s / 2)
                self._tell(up=True)
                self._quiet_until = time.monotonic() + KEEPALIVE_S
            elif connection.wait(self._bell, self._quiet_until):
                connection.listen()
        except OSError as cause:
            self._drop(cause)
        except NoAnswer as cause:
            self._drop(cause)
            self._tell(up=False, cause=_words(cause))

    def _put_back(self, asked: _Asked) -> None:
        with self._lock:
            self._asked.appendleft(asked)

    def _drop(self, cause: Exception) -> None:
        """Close the line. Only one that has lasted lets the next attempt start without a pause."""
        log.info("line to the library system closed", cause=_words(cause))
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if time.monotonic() - self._since >= self._backoff.steady_s:
            self._attempt = 0

    def _tell(self, *, up: bool, cause: str = "") -> None:
        status = self._connection.status if up and self._connection else None
        news = IlsChanged(up, takes=takes(status, self._terms.dialect) if up else frozenset())
        if status is not None and self._terms.dialect.means_status:
            news = replace(news, loans=status.checkout_ok, returns=status.checkin_ok)
        if news != self._told:
            self._told = news
            self._post(replace(news, cause=cause))


def _words(cause: Exception) -> str:
    """What may be told of an error."""
    if isinstance(cause, NoAnswer):
        return str(cause)
    if isinstance(cause, OSError):
        return cause.strerror or str(cause) or type(cause).__name__
    return type(cause).__name__
