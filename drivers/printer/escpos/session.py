"""A conversation with one ESC/POS printer over an open line.

- Blocks at most `TRIES` · `timeout_s` for a status, `PIECE_S` for a piece that makes no progress.
- A status counts when it was told twice alike, or is the one known: one flipped bit prints nothing twice.
- A piece counts as printed when GS r after it is answered; where a printer has none (`status`), when its paper's length
  has had the time to come out; where it says nothing (`none`), when its last octet was handed over.
- Never more than one piece is under way, so that the printer's buffer is never full and always hears a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from drivers.errors import DriverError, Gone, Misbehaved
from drivers.line.line import Line
from drivers.printer.escpos.messages import (
    ASK_DONE,
    ASK_MAKER,
    ASK_MODEL,
    ASK_SERIAL,
    ASK_STATUS,
    FORGET,
    PIECE_OCTETS,
    STATUSES,
    Ear,
    Piece,
    Status,
)

Answers = Literal["all", "status", "none"]

TRIES = 3
ALIKE_TRIES = 6
"""A printer whose status is another each time is not one."""
QUIET_S = 0.005
"""Silence before a question: answers come within a millisecond of each other."""
CHUNK = 512
"""Octets handed to the line at once: half a second at 9600 baud, within the line's own limit for a write."""
READ_S = 0.05
LOOK_S = 0.25
"""How often the status is asked while something prints."""
ASK_AGAIN_S = 5.0
"""An answer to GS r may be lost; asking again prints nothing."""
PIECE_S = 15.0
"""A piece takes 8 s on the slowest paper, a tenth of that on a common one."""
MAX_NAME = 80
"""Octets; Epson: at most 80 for an answer to GS I."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the configuration knows about line and printer."""

    timeout_s: float = 0.3
    """For an answer to DLE EOT."""
    octet_s: float = 0.0
    """What an octet takes on the wire; 0: the line has no pace of its own."""
    speed_mm_s: float = 60.0
    """Of the paper; taken for granted only where the printer does not answer GS r."""


class Stopped(Exception):  # noqa: N818 - no error: the printer has a reason
    """The printer stopped in the middle of a slip."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.trouble)
        self.status = status


class Session:
    """Verbs in the driver's thread; `clock` is any steady clock, in seconds."""

    def __init__(
        self, line: Line, answers: Answers, timing: Timing, clock: Callable[[], float], tries: int = TRIES
    ) -> None:
        self.known: Status | None = None
        """What the printer last said of itself."""
        self._line = line
        self._answers = answers
        self._timing = timing
        self._tries = tries
        self._clock = clock
        self._ear = Ear()
        self._free_at = 0.0
        """When all that was written has left the port."""

    def look(self) -> Status | None:
        """Paper, cover and errors now; None of a printer that says nothing.

        Raises:
            Gone: it is silent, or the line broke.
            Misbehaved: what answers is no such printer.
        """
        if self._answers == "none":
            return None
        last = self.known
        for _ in range(ALIKE_TRIES):
            status = self._ask()
            if status == last:
                self.known = status
                return status
            last = status
        raise Misbehaved("says something else each time it is asked for its status")

    @property
    def talks(self) -> bool:
        """It answers what is asked in turn; in trouble no printer does."""
        return self._answers == "all" and not (self.known is not None and self.known.trouble)

    def name(self) -> str:
        """Maker and model as the printer gives them (GS I 66, 67); empty where it does not."""
        return " ".join(filter(None, map(self._told_name, (ASK_MAKER, ASK_MODEL)))) if self.talks else ""

    def serial(self) -> str:
        """Which of its kind it is (GS I 68); empty where it does not say."""
        answers = (self._told_name(ASK_SERIAL) for _ in range(self._tries) if self.talks)
        return next(filter(None, answers), "")

    def mend(self) -> None:
        """Tell it to go on after an error, and to forget what it holds."""
        self._write(FORGET)

    def fill(self) -> None:
        """End whatever command a broken line may have left unfinished: a picture's missing dots are white."""
        for _ in range(0, PIECE_OCTETS, CHUNK):
            self._write(bytes(CHUNK))

    def send(self, piece: Piece) -> Iterator[Status | None]:
        """Print one piece; yields each status that was heard until it is out.

        Raises:
            Stopped: paper, cover or an error stopped it.
            Misbehaved: nothing is wrong and nothing happens.
        """
        self._ear.done = False
        for at in range(0, len(piece.octets), CHUNK):
            self._write(piece.octets[at : at + CHUNK])
        if self._answers == "none":
            return
        if self._answers == "all":
            self._write(ASK_DONE)
        yield from self._until_out(piece)

    def _until_out(self, piece: Piece) -> Iterator[Status | None]:
        start = asked = looked = max(self._clock(), self._free_at)
        again = False
        while not self._is_out(piece, start):
            self._ear.feed(self._line.read(READ_S))
            now = self._clock()
            if now - looked >= LOOK_S:
                yield self._going()
                looked = self._clock()
            if self._answers == "all" and now - asked >= ASK_AGAIN_S:
                asked, again = now, True
                self._write(ASK_DONE)
            if now - start > PIECE_S:
                raise Misbehaved(
                    "takes a slip, reports no error and does not say that it is out; GS r is unknown to it?"
                )
        if again:
            self._drain()  # the first answer may only have been late: it must not answer for the next piece
        if self._answers == "status":
            yield self._going()

    def _is_out(self, piece: Piece, start: float) -> bool:
        if self._answers == "all":
            return self._ear.done
        return self._clock() - start >= piece.dots / 8 / self._timing.speed_mm_s

    def _going(self) -> Status | None:
        status = self.look()
        if status is not None and status.trouble:
            raise Stopped(status)
        return status

    def hears_done(self, timeout_s: float) -> bool:
        """Whether an answer to GS r comes in time."""
        until = self._clock() + timeout_s
        while not self._ear.done and (left := until - self._clock()) > 0:
            self._ear.feed(self._line.read(left))
        return self._ear.done

    # ------------------------------------------------------------ one question
    def _ask(self) -> Status:
        """One status, asked at most `tries` times."""
        error: DriverError = Gone("the printer does not answer DLE EOT")
        for _ in range(self._tries):
            self._drain()
            self._write(ASK_STATUS)
            if self._hears_answer():
                return Status.parse(bytes(self._ear.statuses))
            if self._ear.heard:
                error = Misbehaved("what answers is no ESC/POS printer", frame=bytes(self._ear.heard))
        raise error

    def _drain(self) -> None:
        """Hear out what is still on its way, for as long as a question may take."""
        until = self._clock() + self._timing.timeout_s
        while (octets := self._line.read(QUIET_S)) and self._clock() < until:
            self._ear.feed(octets)
        self._ear.forget()

    def _hears_answer(self) -> bool:
        """Exactly four octets came in time, and nothing else."""
        until = max(self._clock(), self._free_at) + self._timing.timeout_s
        while len(self._ear.statuses) < STATUSES and (left := until - self._clock()) > 0:
            self._ear.feed(self._line.read(left))
        return len(self._ear.statuses) == STATUSES and not self._ear.foreign

    def _told_name(self, question: bytes) -> str:
        """`_`, the text and a NUL."""
        self._drain()
        self._write(question)
        heard = bytearray()
        until = max(self._clock(), self._free_at) + self._timing.timeout_s
        while b"\0" not in heard and len(heard) < MAX_NAME and (left := until - self._clock()) > 0:
            heard += self._line.read(left)
        text, end, _ = bytes(heard).partition(b"\0")
        told = text[1:] if end and text[:1] == b"_" and len(text) < MAX_NAME else b""
        return "".join(
            character
            for character in told.decode("ascii", "replace")
            if character.isalnum() or character in " -_.+/"
        )

    def _write(self, octets: bytes) -> None:
        self._line.write(octets)
        self._free_at = max(self._clock(), self._free_at) + len(octets) * self._timing.octet_s
