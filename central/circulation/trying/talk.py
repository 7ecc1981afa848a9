"""The conversation with an unknown library system: what is said, in which order, and what came back.

- Only messages that change nothing are sent: 93, 99, 63, 23, 17, 97. What is lent on somebody's word, and given back:
  `lending`.
- Ways of writing are tried one after another, each on a line of its own, until one is answered.
- A login that is refused is not sent a second time: some systems lock an account that is guessed at.
- At most one line is open at a time; some systems count them.
- What came back is kept as octets; `deduce` says what it means.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from central.circulation.trying.lending import Lending
from central.circulation.trying.line import Line, Target
from central.circulation.trying.seen import Seen, frames
from wire.sip2.codec import encode
from wire.sip2.codes import Summary
from wire.sip2.declare import Message
from wire.sip2.dialect import Charset, Checksum, Dialect
from wire.sip2.messages import (
    ItemInformation,
    Login,
    LoginResponse,
    PatronInformation,
    PatronStatusRequest,
    RequestAcsResend,
    RequestScResend,
    ScStatus,
)

Purpose = Literal[
    "greeting", "login", "status", "reader", "loans", "reader status", "no such reader", "item", "no such item",
    "unsigned", "resend", "wrong sum", "no sum", "crlf", "lf",
    "before lending", "checkout", "after lending", "checkout again", "checkout, account in it",
    "checkout, dated",
    "renew", "renew, no fixed fields", "checkin", "after returning",
]  # fmt: skip

NOBODY = "SHUWU-TRY-0"
"""A number that no library gives to a reader or an item."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write."""

    terminator: Literal["\r", "\r\n", "\n"] = "\r"
    emit: Literal["spec", "dp2", "none"] = "spec"
    delimiter: str = "|"
    charset: Charset = "utf-8"
    no_fixed: tuple[str, ...] = ()
    nb_due_date_always: bool = False

    def dialect(self) -> Dialect:
        """The dialect that writes so."""
        return Dialect(
            title="trying",
            charset=self.charset,
            terminator=self.terminator,
            delimiter=self.delimiter,
            checksum=Checksum(emit=self.emit),
            no_fixed=self.no_fixed,
            nb_due_date_always=self.nb_due_date_always,
        )


WAYS: tuple[Way, ...] = (
    Way(),
    Way("\r\n"),
    Way(emit="none"),
    Way("\r\n", "none"),
    Way(emit="dp2"),
    Way("\n"),
    Way("\n", "none"),
    Way(delimiter="^"),
)
"""The likely ones first; a 99 has no delimiter, so that the last matters to a login alone."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and about what."""

    user: str = ""
    password: str = field(default="", repr=False)
    location: str = ""
    institution: str = ""
    card: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    items: tuple[str, ...] = ()
    lend: str = ""
    """An item to be lent to `card`, and taken back."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message, and what came back."""

    purpose: Purpose
    way: Way
    question: Message
    sequence: int
    sent: bytes = field(repr=False)
    got: bytes = field(repr=False)
    after_s: float
    closed: bool

    def frames(self, charset: Charset = "utf-8") -> list[Seen]:
        return frames(self.got, charset)

    @property
    def answer(self) -> Message | None:
        """The first message in what came back."""
        return next((seen.message for seen in self.frames(self.way.charset) if seen.message), None)

    @property
    def answered(self) -> bool:
        """With a message, and not by asking for another copy of ours."""
        return self.answer is not None and not isinstance(self.answer, RequestScResend)

    @property
    def refused(self) -> bool:
        """By a login that takes nobody in, whatever was asked."""
        return isinstance(self.answer, LoginResponse) and not self.answer.ok


@dataclass(slots=True)
class Talk:
    """All that was said."""

    visitor: Visitor
    exchanges: list[Exchange] = field(default_factory=list)
    way: Way | None = None
    """The first that was answered."""

    def of(self, *purposes: Purpose) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.purpose in purposes]

    @property
    def is_signed_in(self) -> bool:
        logins = [exchange.answer for exchange in self.of("login")]
        return any(isinstance(answer, LoginResponse) and answer.ok for answer in logins)


class Talker:
    """Asks, keeps and tells."""

    def __init__(
        self,
        target: Target,
        visitor: Visitor,
        tell: Callable[[Exchange], None],
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._target, self._visitor, self._tell, self.now = target, visitor, tell, now
        self._sequence = 0
        self.talk = Talk(visitor)

    def run(self) -> Talk:
        """The whole conversation.

        Raises:
            OSError: nobody listens there, or not whom the certificate names.
        """
        self._find_a_way()
        if self.talk.way is not None and not any(exchange.refused for exchange in self.talk.of("login")):
            with suppress(OSError):  # it lets nobody in so soon again: what was heard is told
                self._session(self.talk.way)
                self._experiments(self.talk.way)
            if self._visitor.lend:
                Lending(self, self.talk.way).run()
        return self.talk

    @contextmanager
    def signed_in(self, way: Way) -> Iterator[Line]:
        """A new line, with a login where there is an account.

        Raises:
            OSError: nobody is let in.
        """
        with Line(self._target) as line:
            if not self._open(line, way):
                raise ConnectionRefusedError("the login is not taken")
            yield line

    # ------------------------------------------------------------ finding a way
    def _find_a_way(self) -> None:
        for way in WAYS:
            for purpose, question in self._openers():
                try:
                    exchange = self._alone(purpose, way, question)
                except OSError:
                    if self.talk.exchanges:
                        return  # it listened before: what was heard is told
                    raise
                if exchange.answered:
                    self.talk.way = self._sharpened(way, exchange)
                    return

    def _openers(self) -> Sequence[tuple[Purpose, Message]]:
        login: list[tuple[Purpose, Message]] = [("login", self._login())] if self._visitor.user else []
        return [("greeting", ScStatus()), *login]

    def _sharpened(self, way: Way, exchange: Exchange) -> Way:
        """The way, with the delimiter that the answer shows."""
        seen = [frame.delimiter for frame in exchange.frames() if frame.delimiter]
        return replace(way, delimiter=seen[0]) if seen else way

    # ------------------------------------------------------------ the session
    def _session(self, way: Way) -> None:
        """All questions, on a new line where one is closed."""
        questions = deque(self._questions())
        while questions:
            with Line(self._target) as line:
                if not self._open(line, way):
                    return
                closed = False
                while questions and not closed:
                    purpose, question = questions.popleft()
                    closed = self.ask(line, purpose, way, question).closed

    def _open(self, line: Line, way: Way) -> bool:
        """Sign in where there is an account; False where that is no use."""
        if self._visitor.user:
            login = self.ask(line, "login", way, self._login())
            if login.closed or login.refused or not login.answered:
                return False
        return True

    def _questions(self) -> Sequence[tuple[Purpose, Message]]:
        who = self._visitor
        found: list[tuple[Purpose, Message]] = [("status", ScStatus())]
        if who.card:
            reader = self._reader(who.card, who.pin)
            found += [
                ("reader", reader),
                ("loans", reader.but(summary=frozenset({Summary.CHARGED}))),
                ("reader status", self._reader_status(who.card, who.pin)),
            ]
        found.append(("no such reader", self._reader(NOBODY, "")))
        found += [("item", self.item(item)) for item in who.items]
        return [*found, ("no such item", self.item(NOBODY))]

    def _reader(self, card: str, pin: str) -> PatronInformation:
        return PatronInformation(
            transaction_date=self.now(),
            institution_id=self._visitor.institution,
            patron_identifier=card,
            patron_password=pin,
        )

    def _reader_status(self, card: str, pin: str) -> PatronStatusRequest:
        return PatronStatusRequest(
            transaction_date=self.now(),
            institution_id=self._visitor.institution,
            patron_identifier=card,
            patron_password=pin,
        )

    def item(self, number: str) -> ItemInformation:
        """17."""
        return ItemInformation(
            transaction_date=self.now(),
            institution_id=self._visitor.institution,
            item_identifier=number,
        )

    # ------------------------------------------------------------ experiments
    def _experiments(self, way: Way) -> None:
        """Each on a line of its own: a system may close after what it does not like."""
        if self._visitor.items and self.talk.is_signed_in:
            self._alone("unsigned", way, self.item(self._visitor.items[0]))
        if not any(exchange.answered for exchange in self.talk.of("greeting", "status")):
            return  # what is left is tried with a 99
        others: tuple[tuple[Purpose, Way], ...] = (
            ("no sum", replace(way, emit="none")),
            ("crlf", replace(way, terminator="\r\n")),
            ("lf", replace(way, terminator="\n")),
        )
        for purpose, other in others:
            if other != way:
                self._behind_login(purpose, other, lambda line, p, w: self.ask(line, p, w, ScStatus()))
        if way.emit != "none":
            self._behind_login("wrong sum", way, self._spoil)
        self._behind_login("resend", way, self._again)

    def _behind_login(self, purpose: Purpose, way: Way, act: Callable[[Line, Purpose, Way], object]) -> None:
        assert self.talk.way is not None, "a way was found before"
        greeted = any(exchange.answered for exchange in self.talk.of("greeting"))
        with Line(self._target) as line:
            if greeted or self._open(line, self.talk.way):
                act(line, purpose, way)

    def _spoil(self, line: Line, purpose: Purpose, way: Way) -> None:
        self.ask(line, purpose, way, ScStatus(), spoil=True)

    def _again(self, line: Line, purpose: Purpose, way: Way) -> None:
        if not self.ask(line, "status", way, ScStatus()).closed:
            self.ask(line, purpose, way, RequestAcsResend())

    # ------------------------------------------------------------ saying it
    def _alone(self, purpose: Purpose, way: Way, question: Message) -> Exchange:
        with Line(self._target) as line:
            return self.ask(line, purpose, way, question)

    def again(self, line: Line, purpose: Purpose, before: Exchange) -> Exchange:
        """The same octets once more."""
        heard = line.ask(before.sent)
        return self._keep(
            replace(before, purpose=purpose, got=heard.octets, after_s=heard.after_s, closed=heard.closed)
        )

    def ask(
        self, line: Line, purpose: Purpose, way: Way, question: Message, *, spoil: bool = False
    ) -> Exchange:
        """One message, and what came back."""
        self._sequence = self._sequence % 9 + 1
        sent = encode(question, way.dialect(), None if way.emit == "none" else self._sequence)
        if spoil:
            sent = sent.replace(sent.rstrip()[-4:], b"0000")
        heard = line.ask(sent)
        return self._keep(
            Exchange(purpose, way, question, self._sequence, sent, heard.octets, heard.after_s, heard.closed)
        )

    def _keep(self, exchange: Exchange) -> Exchange:
        self.talk.exchanges.append(exchange)
        self._tell(exchange)
        return exchange

    def _login(self) -> Login:
        who = self._visitor
        return Login(login_user_id=who.user, login_password=who.password, location_code=who.location)
