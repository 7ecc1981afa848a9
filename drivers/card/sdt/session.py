"""One conversation with an SDT reader: verbs that ask, wait, and are sure whose answer they got.

- Every verb blocks until the reader has answered, at most `WHOLE_S` a few times.
- Requests may be sent twice; all that are used here may be.
- What a person's card says is in the return value alone: in no error, no evidence, no repr.

Replies bear no number, and an old one taken for an answer would here be another person's identity. They come in
order, though, and between one reading and the next stand a find and a select, whose answers are like no other
(`Reply.answers`): whatever was still on its way is passed over on the way to them. For the same reason the line
must be quiet before a request.
"""

from __future__ import annotations

import string
import time
from collections.abc import Callable
from typing import TypeVar

from drivers.card.sdt.codec import LONGEST, Decoder, Frame, encode
from drivers.card.sdt.layout import parse
from drivers.card.sdt.messages import (
    BROKEN,
    KEPT_OCTETS,
    RETRIED,
    Reply,
    Request,
    Status,
    reply,
    sam_number,
    text_of,
)
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.events import IdCard
from drivers.line.line import Line

T = TypeVar("T")

REPLY_S = 1.0
"""To the first octet: reading a card takes a reader 0.5 s."""
WHOLE_S = 2.5
"""To the last: the longest reply takes 1.4 s more at 9600 baud. What still trickles then is no reply."""
CHARACTER_S = 0.1
"""Octets of one frame follow one another; a USB bridge may hold them back for 16 ms."""
QUIET_S = 0.005
TRIES = 3
MAX_QUIET = 64
"""Pieces of noise before a request: a line that babbles on is no line to a reader."""
MAX_HEARD = 4 * LONGEST
"""Octets that may come instead of an answer."""
PRINTABLE = frozenset(string.printable.encode())
TEXT_SHARE = 0.9
"""Of noise that is a text's: another device's."""


class Session:
    """The verbs. Belongs to one thread and one open line."""

    def __init__(
        self, line: Line, patience: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`patience`: the share of `REPLY_S` and `WHOLE_S` that it waits."""
        self._line = line
        self._patience = patience
        self._clock = clock
        self._decoder = Decoder(KEPT_OCTETS)

    # ------------------------------------------------------------ verbs
    def identify(self) -> str:
        """The security module's number.

        Raises:
            Gone, Misbehaved, Unsupported: it does not say; what answered instead.
        """
        return self._steadily(lambda: sam_number(self._ask(Request.SAM_NUMBER)))

    def find(self) -> bool:
        """Whether a card has come since the last reading.

        Raises:
            Gone, Misbehaved, Unsupported: the reader cannot be talked to.
        """
        return self._steadily(lambda: self._ask(Request.FIND).status == Status.FOUND)

    def select(self) -> bool:
        """Speak with the card that was found; False: it is gone.

        Raises:
            Gone, Misbehaved, Unsupported: the reader cannot be talked to.
        """
        return self._steadily(lambda: self._ask(Request.SELECT).status == Status.OK)

    def read(self) -> IdCard | None:
        """What the selected card says; None: it could not be read to its end.

        Raises:
            Unsupported: a kind of card that is not known.
            Gone, Misbehaved: the reader cannot be talked to.
        """
        return self._steadily(self._read)

    # ------------------------------------------------------------ asking
    def _read(self) -> IdCard | None:
        told = self._ask(Request.READ)
        return parse(text_of(told)) if told.status == Status.OK else None

    def _steadily(self, attempt: Callable[[], T]) -> T:
        """The outcome of an attempt, made a few times."""
        error: DriverError = Gone("never tried")
        for _ in range(TRIES):
            try:
                return attempt()
            except (Gone, Misbehaved) as cause:
                error = cause
        raise error

    def _ask(self, request: Request) -> Reply:
        self._quiet()
        self._line.write(encode(request.value))
        told = self._hear(request)
        if told.status in RETRIED:
            raise Misbehaved("the request was hurt on the line", status=told.status)
        if told.status in BROKEN:
            raise Unsupported(
                f"the reader's security module is out of order ({told.status:02X})", status=told.status
            )
        return told

    def _quiet(self) -> None:
        """Return once nothing has come for QUIET_S."""
        self._decoder.clear()
        for _ in range(MAX_QUIET):
            if not self._line.read(QUIET_S):
                return
        raise Misbehaved("the line is never quiet: something speaks unasked, which no SDT reader does")

    def _hear(self, request: Request) -> Reply:
        """The answer to a request; answers to others are old and passed over."""
        heard = printable = 0
        until_s = self._clock() + WHOLE_S * self._patience
        while heard <= MAX_HEARD and self._clock() <= until_s:
            frame = self._decoder.next()
            if isinstance(frame, Frame):
                told = reply(frame)
                if told.answers(request):
                    return told
                continue
            octets = self._line.read(CHARACTER_S if self._decoder.waiting else REPLY_S * self._patience)
            if not octets:
                break
            heard += len(octets)
            printable += sum(octet in PRINTABLE for octet in octets)
            self._decoder.feed(octets)
        raise _nothing(heard, printable)


def _nothing(heard: int, printable: int) -> DriverError:
    """Why there is no answer, and what seems to be there instead. Tells no octet: they may be a person's."""
    if not heard:
        return Gone("no answer: is it an SDT reader, at this baud rate?")
    if printable > TEXT_SHARE * heard:
        return Misbehaved(f"{heard} octets of plain text instead of an answer: a scanner, and no SDT reader?")
    return Misbehaved(f"{heard} octets that are no answer: another device, or another baud rate?")
