"""One SIP2 connection: opened, logged in, one request at a time.

- `open` ends with what the dialect opens with (93, 99), answered well, or raises.
- `exchange` waits until its time is up. A request that may be repeated goes out a second time, octet for
  octet, when half of the time has passed.
- After any error here the connection is good for nothing but `close`.
- What the peer sends is bounded by the conversation; what it sends unasked is dropped and counted in the log.
- No text of an error and no line of the log holds a card, a password or a frame.
"""

from __future__ import annotations

import time

import structlog

from kiosk import config
from kiosk.ils_line import Bell, Line, SignedOut
from kiosk.ils_terms import NoAnswer, Terms
from wire.sip2.conversation import TRANSACTIONS, Answered, Client, GaveUp, Ignored, Misbehaved, Send
from wire.sip2.declare import Message
from wire.sip2.messages import AcsStatus, Login, LoginResponse, ScStatus

REASON_CHARACTERS = 80
"""Of what an ILS says about a login: enough for a sentence."""

log = structlog.get_logger(__name__)


class Connection:
    """An open line with the conversation on it."""

    def __init__(self, line: Line, terms: Terms) -> None:
        self._line = line
        self._dialect = terms.dialect
        self._client = Client(terms.dialect)
        self.status: AcsStatus | None = None
        """What the ILS said last of itself; None while it has not been asked."""

    @classmethod
    def open(cls, settings: config.Ils, password: str, terms: Terms, until: float) -> Connection:
        """Connect and log in.

        Raises:
            OSError: the line.
            NoAnswer: the ILS: silent, off line, or it does not know us.
        """
        connection = cls(Line.open(settings, until), terms)
        try:
            for number in terms.dialect.opening:
                if number == "93":
                    connection.log_in(settings.user, password, terms.location, until)
                else:
                    connection.greet(until)
        except (OSError, NoAnswer):
            connection.close()
            raise
        return connection

    def log_in(self, user: str, password: str, location: str, until: float) -> None:
        """93, and 94 that takes us in."""
        login = Login(login_user_id=user, login_password=password, location_code=location)
        answer = self.exchange(login, until)
        if not (isinstance(answer, LoginResponse) and answer.ok):
            said = "; ".join(answer.screen_message) if isinstance(answer, LoginResponse) else ""
            said = said.replace(password, "…") if password else said
            why = f": {said[:REASON_CHARACTERS]}" if said else ""
            raise NoAnswer(f"the library system refuses our login{why}")

    def greet(self, until: float) -> None:
        """99, and 98 that says on line."""
        answer = self.exchange(ScStatus(), until)
        if not (isinstance(answer, AcsStatus) and answer.online_status):
            raise NoAnswer("the library system says that it is off line")
        self.status = answer

    def prepare(self, until: float) -> None:
        """What the ILS wants to hear before a request."""
        if self._dialect.status_before_each:
            self.greet(until)

    def keep_alive(self, until: float) -> None:
        """Show an idle line to be in use, where there is a message that changes nothing."""
        if "99" not in self._dialect.lacks:
            self.greet(until)

    def exchange(self, request: Message, until: float) -> Message:
        """The answer to a request.

        Raises:
            OSError: the line broke, or the ILS has signed us out.
            NoAnswer: none came in time, or none that can be believed.
        """
        now = time.monotonic()
        self._line.send(self._client.send(request), until)
        pause = (now + until) / 2 if self._may_repeat(request) else until
        while True:
            octets = self._line.receive(pause)
            if octets:
                answer = self._hear(octets, until)
                if answer is not None:
                    return answer
            elif pause < until and (again := self._client.silent()) is not None:
                self._line.send(again, until)
                pause = until
            else:
                raise NoAnswer("the library system does not answer")

    def listen(self) -> None:
        """Take what came unasked; raises as `exchange` does when the line is of no more use."""
        while octets := self._line.receive(0.0):
            self._hear(octets, 0.0)

    def wait(self, bell: Bell, until: float) -> bool:
        """Until the bell is rung, something came unasked, or the time is up; True where something came."""
        return self._line.wait(bell, until)

    def close(self) -> None:
        self._line.close()

    def _may_repeat(self, request: Message) -> bool:
        """A query always; a transaction where the ILS knows a copy when it sees one."""
        safe = self._dialect.retransmit == "all" or request.layout.id not in TRANSACTIONS
        return safe and self._dialect.echoes_sequence

    def _hear(self, octets: bytes, until: float) -> Message | None:
        answer = None
        for event in self._client.receive(octets):
            match event:
                case Answered(message):
                    answer = message
                case Send(again):
                    self._line.send(again, until)
                case Ignored(why):
                    log.info("dropped what the library system sent", why=why)
                case GaveUp(signed_out=True):
                    raise SignedOut("signed out by the library system")
                case GaveUp(why) | Misbehaved(why):
                    raise NoAnswer(why)
        return answer
