"""A conversation with the library system, by the contract of `kiosk.ils`, over its own questions and answers.

- One question at a time, in order; each is answered by one event within `timeout_ms` of its asking.
- After a silence the line is dropped and opened again; a checkout or checkin goes out once.
- When half of the time is over it goes out once more, as a copy: a query always, a checkout or checkin where the
  library system knows a copy. Of two answers the first is believed.
- A query that the line breaks under is asked anew once.
- `IlsChanged` is posted on change, by the terminal that tells.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial

from kiosk.events import IlsChanged, KioskEvent
from kiosk.ils import BACKOFF
from kiosk.ils_questions import ONCE, Plan, Question, plan, silence
from kiosk.ils_terms import Terms
from tests.simulation.host import Host
from tests.simulation.library import CHANGING, NOW, Library
from tests.simulation.timeline import SECOND
from wire.sip2.declare import Message


@dataclass(slots=True, eq=False)
class _Asked:
    question: Question
    until_ms: int
    """Answered by then."""
    tries: int = 0

    @property
    def txn(self) -> str:
        return str(getattr(self.question, "txn", ""))


@dataclass(slots=True, eq=False)
class _Sent:
    """One request, and its copy."""

    asked: _Asked
    steps: Plan
    request: Message


TAKES = frozenset({"63", "17", "29", "15", "37", "81"})
"""Of the requests behind buttons; 65 is made of 29 here."""


class Terminal:
    """From the program's start to its end."""

    def __init__(self, host: Host, library: Library, terms: Terms, timeout_ms: int, *, tells: bool) -> None:
        self._host = host
        self._library = library
        self._terms = terms
        self._timeout_ms = timeout_ms
        self._tells = tells
        self._asked: deque[_Asked] = deque()
        self._busy: _Asked | None = None
        self._open: _Sent | None = None
        """What it waits for an answer to."""
        self._up = False
        self._told: bool | None = None
        self._attempt = 0
        self._since_ms = 0
        self.reachable = True
        """The network between kiosk and library system."""

    def start(self) -> None:
        self._connect()

    def ask(self, question: Question) -> None:
        asked = _Asked(question, self._host.timeline.now_ms + self._timeout_ms)
        self._asked.append(asked)
        self._host.later(self._timeout_ms, partial(self._time_out, asked))
        self._go_on()

    def hang_up(self) -> None:
        """The peer closes the line."""
        if self._up:
            self._drop()
            if self._busy is not None:
                self._give_up(self._busy)

    # ------------------------------------------------------------ the line
    def _connect(self) -> None:
        if self._up:
            return
        self._attempt += 1
        if self._library.up and self.reachable:
            self._up, self._since_ms = True, self._host.timeline.now_ms
            self._tell(up=True)
            self._go_on()
            return
        self._tell(up=False, cause="Connection refused")
        for asked in tuple(self._asked):
            self._answer(asked, silence(asked.question))
        self._reconnect()

    def _drop(self) -> None:
        self._up = False
        if self._host.timeline.now_ms - self._since_ms >= BACKOFF.steady_s * SECOND:
            self._attempt = 0
        self._reconnect()

    def look_again(self) -> None:
        """Library system or network are back: the attempts that were made in vain need not be lived through."""
        if not self._up:
            self._reconnect()

    def _reconnect(self) -> None:
        if not (self._library.up and self.reachable):
            return
        wait_s = BACKOFF.wait_s(self._attempt, self._host.chance.random()) if self._attempt else 0.0
        self._host.later(wait_s * SECOND, self._connect)

    def _tell(self, *, up: bool, cause: str = "") -> None:
        if self._tells and up is not self._told:
            self._told = up
            self._host.post(IlsChanged(up, cause, takes=TAKES if up else frozenset()))

    # ------------------------------------------------------------ one question
    def _go_on(self) -> None:
        if self._busy or not self._asked:
            return
        if not self._up:
            self._connect()
            return
        self._busy = asked = self._asked[0]
        asked.tries += 1
        steps = plan(asked.question, self._terms, NOW, self._library.status)
        self._send(asked, steps, next(steps))

    def _send(self, asked: _Asked, steps: Plan, request: Message) -> None:
        """One request, and what becomes of it. Where no answer comes, the time-out speaks."""
        self._open = sent = _Sent(asked, steps, request)
        self._carry(sent)
        if self._library.remembers or not isinstance(request, CHANGING):
            left_ms = asked.until_ms - self._host.timeline.now_ms
            self._host.later(left_ms / 2, lambda: self._repeat(sent))

    def _repeat(self, sent: _Sent) -> None:
        if self._open is sent:
            self._library.count("requests sent again")
            self._carry(sent)

    def _carry(self, sent: _Sent) -> None:
        library, fate = self._library, self._library.fate()
        if not self.reachable or fate == "unheard":
            return

        def arrive() -> None:
            late = fate == "late" and isinstance(sent.request, CHANGING)
            answer = library.hear(sent.request, sent.asked.txn, sent, late=late)
            if fate == "answered" and answer is not None:
                self._host.later(library.delay_ms(), lambda: self._take(sent, answer))
            elif fate == "broken":
                self._host.later(0, lambda: self._break(sent.asked))

        if fate == "broken" and library.coin():
            self._host.later(library.delay_ms(), lambda: self._break(sent.asked))
        else:  # what was sent arrives, whatever becomes of the kiosk meanwhile
            self._host.timeline.after(library.delay_ms(), arrive)

    def _take(self, sent: _Sent, answer: Message) -> None:
        if self._open is not sent:
            self._library.count("answers too late, or twice")
            return
        try:
            request = sent.steps.send(answer)
        except StopIteration as end:
            self._answer(sent.asked, end.value)
        else:
            self._send(sent.asked, sent.steps, request)

    def _break(self, asked: _Asked) -> None:
        """The line broke: heard or not, nobody here knows."""
        if self._busy is asked:
            self._drop()
            self._give_up(asked)

    def _give_up(self, asked: _Asked) -> None:
        """Silent where it may have been done, or was tried twice; asked anew where it was a mere query."""
        if isinstance(asked.question, ONCE) or asked.tries > 1:
            self._answer(asked, silence(asked.question))
        else:
            self._busy = self._open = None
            self._host.later(1, self._go_on)

    def _time_out(self, asked: _Asked) -> None:
        if asked not in self._asked:
            return
        if self._busy is asked:
            self._drop()
            self._tell(up=False, cause="no answer in time")
        self._answer(asked, silence(asked.question))

    def _answer(self, asked: _Asked, event: KioskEvent) -> None:
        """The one event that this question is answered by."""
        self._asked.remove(asked)
        if self._busy is asked:
            self._busy = self._open = None
        self._host.post(event)
        if self._asked:
            self._host.later(0, self._go_on)
