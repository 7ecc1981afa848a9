"""One conversation with a FEIG reader: questions that are sure whose answer they got.

- `ask` blocks until the reader has answered or `reply_timeout_s` has passed.
- What the line breaks is raised: `Gone` for silence, `Misbehaved` for noise.
- Commands may be sent twice; all that are used here may be.

A reply names its command only coarsely (all tag commands are B0) and bears no number, so an answer
that comes late or twice could be taken for the next tag's. Two rules keep them apart here, a third in
`Session.read`:

1. Before a command the line has been quiet for PSST; what is heard meanwhile is thrown away.
2. After a time-out, or a reply that is no answer to its question, the reader is asked who it is
   (66). Replies come in order: behind that answer nothing old can follow. Only then is it asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from drivers.errors import DriverError, Gone, Misbehaved
from drivers.line.line import Line
from drivers.pad.feig.codec import MAX_ADVANCED, NOT_YET, Decoder, Frame, FrameKind, encode
from drivers.pad.feig.fields import pack, unpack
from drivers.pad.feig.messages import AskDevice, AskReaderInfo, DeviceIdentity, ReaderInfo, Request
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.feig.status import Reply, Status
from drivers.pad.feig.stranger import described

T = TypeVar("T")

POLLED = 8
"""Commands whose frames are kept: a reader at rest is asked the same over and over."""

PSST_S = 0.005
"""Pause between a reply and the next command, by the manual 5 ms."""
CHARACTER_S = 0.05
"""Octets of one frame are at most 12 ms apart by the manual; a USB bridge may add 16 ms twice."""
WHOLE_S = 4.0
"""The longest reply takes 3 s at 9600 baud; what trickles on then is none."""
TRIES = 3
"""A command, and a fence, before the reader is given up."""
MAX_NOISE = 4
"""Broken candidates in one reply before it is given up."""
MAX_QUIET = 64
"""Pieces of noise before a command: a line that babbles on is no line to a reader."""
EVIDENCE_OCTETS = 64
"""Of what was heard instead of an answer."""


class Conversation:
    """Belongs to one thread and one open line."""

    def __init__(self, line: Line, settings: FeigSettings, clock: Callable[[], float]) -> None:
        self._line = line
        self._settings = settings
        self._clock = clock
        self._heard_s = clock()
        self._decoder = Decoder(shortest_body=1)

    def introduce(self) -> ReaderInfo:
        """Who the reader is, at the first word with it.

        Raises:
            Gone: nothing answers.
            Misbehaved: something else does; the text says what it looks like.
        """
        try:
            return self.identify()
        except Misbehaved as cause:
            _, octets = self._question(AskReaderInfo())
            raise Misbehaved(
                f"no FEIG reader: {described(cause.frame, octets)}", frame=cause.frame
            ) from cause

    def identify(self) -> ReaderInfo:
        """Who the reader is; and a fence: no reply to an earlier command can follow.

        Raises:
            Gone, Misbehaved: it does not say.
        """
        for _ in range(TRIES - 1):
            try:
                return self._identify()
            except (Gone, Misbehaved):
                continue
        return self._identify()

    def serial(self) -> str:
        """Which of its kind the reader is, 8 hexadecimal digits; empty where it does not say.

        Raises:
            Gone, Misbehaved: it cannot be talked to.
        """
        told = self.steadily(self._serial)
        return "" if isinstance(told, DriverError) else told

    def steadily(self, attempt: Callable[[], T]) -> T | DriverError:
        """The attempt's outcome, tried again behind a fence; the last error where none succeeds.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        for _ in range(TRIES):
            try:
                return attempt()
            except (Gone, Misbehaved) as cause:
                error = cause
                self.identify()
        return error

    def ask(self, request: Request) -> Reply:
        """One command and its reply.

        Raises:
            Gone: none came.
            Misbehaved: noise came instead, which is in the error's frame.
        """
        question, octets = self._question(request)
        self._quiet()
        self._line.write(octets)
        reply = self._hear(question)
        return Reply(reply.body[0], reply.body[1:])

    def _question(self, request: Request) -> tuple[Frame, bytes]:
        return _framed(request, self._settings.address, self._settings.frame)

    def _identify(self) -> ReaderInfo:
        reply = self.ask(AskReaderInfo())
        if reply.status != Status.OK:
            raise reply.refusal()
        return unpack(ReaderInfo, reply.data)

    def _serial(self) -> str:
        reply = self.ask(AskDevice())
        return unpack(DeviceIdentity, reply.data).device.hex().upper() if reply.status == Status.OK else ""

    def _quiet(self) -> None:
        """Return once nothing has come for PSST."""
        self._decoder.clear()
        left_s = max(0.0, PSST_S - (self._clock() - self._heard_s))
        babble = b""
        for _ in range(MAX_QUIET):
            heard = self._line.read(left_s)
            if not heard:
                return
            babble = (babble + heard)[:EVIDENCE_OCTETS]
            left_s = PSST_S
        raise Misbehaved("the line is never quiet", frame=babble)

    def _hear(self, question: Frame) -> Frame:
        """The reply to a command; replies to others are old, and the question itself an echo: passed over."""
        noise, heard = 0, b""
        until_s = self._clock() + WHOLE_S
        while len(heard) <= 2 * MAX_ADVANCED and noise <= MAX_NOISE and self._heard_s <= until_s:
            frame = self._decoder.next()
            if frame is NOT_YET:
                begun = self._decoder.waiting
                octets = self._line.read(CHARACTER_S if begun else self._settings.reply_timeout_s)
                if octets:
                    self._heard_s = self._clock()
                    heard += octets
                    self._decoder.feed(octets)
                    continue
                if not begun:
                    raise self._unanswered(heard)
                noise += 1
                frame = self._decoder.silence()
            if isinstance(frame, Frame) and frame.command == question.command and frame != question:
                return frame
        raise Misbehaved("noise instead of an answer", frame=heard[:EVIDENCE_OCTETS])

    def _unanswered(self, heard: bytes) -> DriverError:
        """Silence is nobody's fault; octets that came to nothing are the peer's."""
        if heard:
            return Misbehaved("noise instead of an answer", frame=heard[:EVIDENCE_OCTETS])
        return Gone("no answer")


@lru_cache(maxsize=POLLED)
def _framed(request: Request, address: int, kind: FrameKind) -> tuple[Frame, bytes]:
    """A command as a frame, and its octets."""
    frame = Frame(address, request.command, pack(request), kind)
    return frame, encode(frame)
