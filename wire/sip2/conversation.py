r"""Both ends of a SIP2 connection, without the connection: octets in, events out.

- No I/O and no clock: the owner reads and writes, and calls `Client.silent` when its time is up.
- States and what leads from one to the next stand in `wire.sip2.states`, which is to be read first.
- `receive` takes octets as they come, cut anywhere, and never raises.
- A call out of place raises `Misuse` and changes nothing.
- What is kept is bounded: one unfinished frame, one question, MAX_PENDING requests.
- After `GaveUp` or `Misbehaved` the owner closes the connection and makes a new conversation for the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from msgspec import Struct

from wire.sip2 import about
from wire.sip2.codec import Frame, codec
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect
from wire.sip2.errors import EVIDENCE_OCTETS, BadFrame, Checked, Misuse, UnknownMessage, Unparsable
from wire.sip2.framing import MAX_FRAME_OCTETS, Framer
from wire.sip2.messages import (
    ANSWERED_BY,
    MESSAGES,
    Login,
    LoginResponse,
    RequestAcsResend,
    RequestScResend,
)
from wire.sip2.pieces import Pieces
from wire.sip2.states import CLIENT, SERVER, ClientDo, ClientState, Heard, Met, ServerDo, ServerState

TRANSACTIONS = frozenset({"01", "09", "11", "15", "21", "27", "29", "37", "65", "81"})
"""What changes something, and so is never done twice for one asking. All else is a query."""
RETRIES = 3
"""How often the client sends one question again, or asks for its answer again."""
MAX_PENDING = 16
"""Requests of one connection that wait for their answers; a terminal has one, a tester's script a few."""


# ---------------------------------------------------------------- events
@dataclass(frozen=True, slots=True)
class Send:
    """Write these octets now."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to the client's question."""

    message: Message
    checksum: Checked


class Request(Struct, frozen=True):
    """A question to the server; answer it with `Server.answer`."""

    message: Message
    sequence: int | None
    checksum: Checked


@dataclass(frozen=True, slots=True)
class Ignored:
    """A frame that asks for nothing: late, doubled, unknown. The frame may hold a password."""

    why: str
    frame: bytes


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Close the connection: the line or the ACS did not let an answer through."""

    why: str
    signed_out: bool = False
    """The ACS has done nothing but forget us: log in again on a new connection."""


@dataclass(frozen=True, slots=True)
class Misbehaved:
    """Close the connection: the peer broke the protocol. The frame may hold a password."""

    why: str
    frame: bytes = b""


ClientEvent = Answered | Send | Ignored | GaveUp | Misbehaved
ServerEvent = Request | Send | Ignored | Misbehaved


def _is_damaged(checksum: Checked, dialect: Dialect) -> bool:
    return checksum == "bad" and dialect.checksum.verify == "strict"


# ---------------------------------------------------------------- the client
class Client:
    """The terminal's end."""

    def __init__(self, dialect: Dialect, retries: int = RETRIES) -> None:
        self.state = ClientState.IDLE
        self._dialect, self._codec = dialect, codec(dialect)
        self._framer = Framer(dialect)
        self._pieces = Pieces()
        self._retries = retries
        self._tries = 0
        """Left for the open question."""
        self._question: Message | None = None
        self._last = "", b""
        """The reader of the question before, and its answer."""
        self._number = -1
        self._sent = b""
        self._copies = False
        """A second copy of an answer may still be on its way: only our own AY is believed from now on."""
        self._checks = False
        """The ACS writes checksums: an answer without one has lost it."""
        self._user = ""

    def send(self, question: Message) -> bytes:
        """The octets of a question; `receive` brings its answer.

        Raises:
            Misuse: another question is open, the conversation is over, this is no question, or none
                that the dialect's ACS knows.
        """
        if type(question) not in ANSWERED_BY or question.layout.id in self._dialect.lacks:
            raise Misuse(f"{type(question).__name__} is no question here")
        self._step(Heard.ASK)
        self._question = question = self._signed(question)
        self._number = (self._number + 1) % 10
        self._tries = self._retries
        self._sent = self._codec.encode(question, self._number)
        return self._sent

    def receive(self, octets: bytes) -> list[ClientEvent]:
        """What these octets say, in order."""
        frames = self._framer.frames(octets)
        if self._checks and self._dialect.checksum.verify == "strict":
            frames = self._pieces.joined(frames)
        events = [self._hear(frame) for frame in frames]
        if self._framer.overflowed():
            events.append(self._react(Heard.OVERFLOW, f"more than {MAX_FRAME_OCTETS} octets and no end"))
        return events

    def silent(self) -> bytes | None:
        """The owner has waited long enough. The octets to send again; None ends the conversation.

        Raises:
            Misuse: no question is open.
        """
        event = self._react(Heard.SILENCE, "no answer")
        return event.octets if isinstance(event, Send) else None

    def _signed(self, question: Message) -> Message:
        """The question, with the login user id once more where the dialect wants it."""
        if isinstance(question, Login):
            self._user = question.login_user_id
        elif self._user and question.layout.id in self._dialect.repeat_login_in:
            return question.but(extra=(*question.extra, ("CN", self._user)))
        return question

    def _hear(self, octets: bytes) -> ClientEvent:
        try:
            frame = self._codec.decode(octets)
        except BadFrame as bad:
            return self._react(self._name_bad(bad), bad.why, octets)
        return self._react(
            self._name(frame), f"{frame.message.layout.id} is no answer to this", octets, frame
        )

    def _name_bad(self, bad: BadFrame) -> Heard:
        if _is_damaged(bad.checksum, self._dialect):
            return Heard.DAMAGE
        if isinstance(bad, UnknownMessage):
            return Heard.LATE
        return Heard.WRONG if bad.checksum == "good" else Heard.DAMAGE

    def _name(self, frame: Frame) -> Heard:
        if _is_damaged(frame.checksum, self._dialect):
            return Heard.DAMAGE
        if isinstance(frame.message, RequestScResend):
            return Heard.RESEND
        if isinstance(frame.message, LoginResponse) and not isinstance(self._question, Login):
            return Heard.LATE if frame.message.ok else Heard.SIGNED_OUT
        self._checks |= frame.checksum == "good"
        if self._checks and frame.checksum == "absent" and self._dialect.checksum.verify == "strict":
            return Heard.DAMAGE
        if self._question is None:
            return Heard.LATE
        fits = type(frame.message) is ANSWERED_BY[type(self._question)]
        echoes = self._dialect.echoes_sequence
        if echoes and frame.sequence == self._number:
            return Heard.ANSWER if fits else Heard.WRONG
        repeated = self.state is ClientState.REPEATING and frame.sequence == 0
        unnumbered = not echoes or frame.sequence is None or repeated
        believed = unnumbered and fits and not self._copies and self._is_meant(frame)
        return Heard.ANSWER if believed else Heard.LATE

    def _is_meant(self, frame: Frame) -> bool:
        """It names the item that was asked about, or none, and does not repeat what was said of another reader."""
        fits = about.item(frame.message) in {"", about.item(self._question)}
        repeats = frame.octets == self._last[1] and about.reader(frame.message) != ""
        return fits and (not repeats or about.reader(self._question) == self._last[0])

    def _step(self, heard: Heard) -> ClientDo:
        state, do = CLIENT[self.state][heard]
        if do in _TRIES and not self._may_try(heard):
            state, do = CLIENT[self.state][Heard.EXHAUSTED]
        if do is ClientDo.REFUSE:
            raise Misuse(f"{heard.name} while {self.state.name}")
        if do in _TRIES:
            self._tries -= 1
        self._copies |= heard is Heard.SILENCE or (
            do is ClientDo.ACCEPT and self.state is ClientState.REPEATING
        )
        self.state = state
        return do

    def _may_try(self, heard: Heard) -> bool:
        """Whether a try is left. After a silence the ACS may have acted: it must know a copy when it sees one."""
        assert self._question is not None
        if heard is Heard.DAMAGE:
            return self._tries > 0 and "97" not in self._dialect.lacks
        if heard is not Heard.SILENCE:
            return self._tries > 0
        known = self._dialect.retransmit == "all" or self._question.layout.id not in TRANSACTIONS
        return self._tries > 0 and known and self._dialect.echoes_sequence

    def _react(self, heard: Heard, why: str, octets: bytes = b"", frame: Frame | None = None) -> ClientEvent:
        match self._step(heard):
            case ClientDo.ACCEPT if frame is not None:
                self._last, self._question = (about.reader(self._question), frame.octets), None
                return Answered(frame.message, frame.checksum)
            case ClientDo.TRANSMIT_AGAIN:
                return Send(self._sent)
            case ClientDo.ASK_AGAIN:
                return Send(self._codec.encode(RequestAcsResend()))
            case ClientDo.GIVE_UP:
                return GaveUp(why, signed_out=heard is Heard.SIGNED_OUT)
            case ClientDo.BLAME:
                return Misbehaved(why, octets[:EVIDENCE_OCTETS])
            case _:
                return Ignored(why, octets[:EVIDENCE_OCTETS])


_TRIES = frozenset({ClientDo.TRANSMIT_AGAIN, ClientDo.ASK_AGAIN})


# ---------------------------------------------------------------- the server
class Server:
    """The library system's end, for one connection."""

    def __init__(
        self,
        dialect: Dialect,
        answers: Collection[type[Message]] = ANSWERED_BY,
        *,
        takes_any_login: bool = False,
    ) -> None:
        """A conversation that nobody has begun.

        Args:
            dialect: how the terminal speaks, until it logs in.
            answers: the requests that are handed out; all others are as if unknown.
            takes_any_login: until the dialect is known, 93 is handed out with a wrong checksum too.
        """
        self.state = ServerState.LISTENING
        self._dialect, self._codec = dialect, codec(dialect)
        self._answers, self._takes_any_login = answers, takes_any_login
        self._framer = Framer(dialect)
        self._frames: deque[bytes] = deque()
        self._overflowed = False
        self._pending: deque[Request] = deque()
        self._last = b""
        """What was sent last, for 97."""
        self._reply = b""
        """The latest answer."""
        self._transaction = b""
        """The latest request, where it is a transaction that can be told from a new one."""
        self._checks = False
        """The terminal writes checksums: where one is missing and the end of the frame too, it was lost."""

    def speak(self, dialect: Dialect) -> None:
        """Go on in another dialect: the account that logged in has its own."""
        self._dialect, self._codec = dialect, codec(dialect)
        self._framer.speak(dialect)
        self._takes_any_login = False

    def feed(self, octets: bytes) -> None:
        """Take what came from the line; `next_event` says what it asks."""
        self._frames.extend(self._framer.frames(octets))
        self._overflowed = self._framer.overflowed() or self._overflowed

    def next_event(self) -> ServerEvent | None:
        """What is asked next; None where what was fed has been met.

        A frame is met when its turn comes: with a request answered before the next event is taken, the
        next frame finds it answered.
        """
        if self._frames:
            return self._meet(self._frames.popleft())
        if self._overflowed:
            self._overflowed = False
            return self._react(Met.OVERFLOW, f"more than {MAX_FRAME_OCTETS} octets and no end")
        return None

    def receive(self, octets: bytes) -> Iterator[ServerEvent]:
        """What these octets ask, in order."""
        self.feed(octets)
        return iter(self.next_event, None)

    @property
    def unmet(self) -> int:
        """Frames that were fed and whose turn has not come."""
        return len(self._frames)

    def answer(self, request: Request, answer: Message) -> bytes:
        """The octets of the answer to the oldest request that waits; 96 where its checksum was wrong after all.

        Raises:
            Misuse: another request is older, this one is answered already, or this is no answer to it.
        """
        kind, pending = type(answer), self._pending
        fits = kind is ANSWERED_BY[type(request.message)] or kind is RequestScResend
        if not fits or not pending or pending[0] is not request:
            self._step(Met.ANSWER_NONE)
        self._step(Met.ANSWER_LAST if len(pending) == 1 else Met.ANSWER_ONE)
        pending.popleft()
        self._last = self._codec.encode(answer, request.sequence)
        if kind is not RequestScResend:
            self._reply = self._last
        return self._last

    def _meet(self, octets: bytes) -> ServerEvent:
        try:
            frame = self._codec.decode(octets)
        except BadFrame as bad:
            return self._react(self._name_bad(bad), bad.why, octets)
        return self._react(self._name(frame), "", octets, frame)

    def _name_bad(self, bad: BadFrame) -> Met:
        unreadable = isinstance(bad, Unparsable) and bad.identifier in MESSAGES
        return Met.DAMAGE if unreadable or _is_damaged(bad.checksum, self._dialect) else Met.STRANGE

    def _name(self, frame: Frame) -> Met:
        kind = type(frame.message)
        if frame.checksum == "good":
            self._checks = True
        elif self._is_spoilt(frame):
            return Met.DAMAGE
        if kind is RequestAcsResend:
            return Met.RESEND
        if kind not in self._answers:
            return Met.STRANGE
        if frame.octets == self._transaction:
            return Met.REPEATED
        return Met.REQUEST if len(self._pending) < MAX_PENDING else Met.OVERFLOW

    def _is_spoilt(self, frame: Frame) -> bool:
        """Whether a frame without a right checksum has lost something on its way."""
        lost = self._checks and not frame.closed and self._dialect.checksum.verify == "strict"
        trusted = self._takes_any_login and isinstance(frame.message, Login)
        return lost or (_is_damaged(frame.checksum, self._dialect) and not trusted)

    def _step(self, met: Met) -> ServerDo:
        state, do = SERVER[self.state][met]
        if do is ServerDo.REFUSE:
            raise Misuse(f"{met.name} while {self.state.name}")
        self.state = state
        return do

    def _react(self, met: Met, why: str, octets: bytes = b"", frame: Frame | None = None) -> ServerEvent:
        do = self._step(met)
        if do is ServerDo.HAND_OUT and frame is not None:
            return self._hand_out(frame)
        match do:
            case ServerDo.REPLY_AGAIN:
                self._last = self._reply
            case ServerDo.SEND_AGAIN:
                self._last = self._last or self._codec.encode(RequestScResend())
            case ServerDo.ASK_AGAIN:
                self._last = self._codec.encode(RequestScResend())
            case _:
                if frame is not None:
                    why = f"{frame.message.layout.id}: {met.name.lower()}, {len(self._pending)} waiting"
                kind = Misbehaved if do is ServerDo.BLAME else Ignored
                return kind(why, octets[:EVIDENCE_OCTETS])
        return Send(self._last)

    def _hand_out(self, frame: Frame) -> Request:
        known = frame.checksum == "good" and frame.sequence is not None
        self._transaction = frame.octets if known and frame.message.layout.id in TRANSACTIONS else b""
        request = Request(frame.message, frame.sequence, frame.checksum)
        self._pending.append(request)
        return request
