"""Bad lines: what a cable does to octets, once, for every driver.

    from tests.lines import EVERY, Answering, BadLine

    @pytest.mark.parametrize("bad", EVERY, ids=str)
    def test_pad_over(bad):
        line = BadLine(Answering(reader.answer), bad, seed=1)

A `Bad` takes one reply and says in which pieces it arrives:

    whole          [the reply]
    byte by byte   [b0] [b1] [b2] …
    split          [b0 … bi] [bi+1 … bn]            pieces of any length
    noise before   [noise, the reply]
    noise inside   [b0 … bi, noise, bi+1 … bn]
    noise behind   [the reply, noise]
    flipped        one bit is another
    lost           a run of octets is missing
    cut            [b0 … bi]                        the rest never comes
    silent         nothing comes
    doubled        [the reply] [the reply]
    run together   [the reply, the reply]
    delayed        SILENCE [the reply]              a read comes back empty first
    overtaken      HELD [the reply]                 it comes after the next command was sent
    echoed late    [the reply] HELD [the reply]     a second copy comes after the next command

`LOSSLESS` lines change nothing but the cuts: a driver must do exactly what it does over `WHOLE`.
`SPOILING` lines hurt each third reply (`every`), or as many at random (`scattered`): a driver must
come to the same end, or say what failed.
Pure but for the dice, which are seeded: a failure repeats.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from drivers.errors import Gone
from drivers.line.line import Line

SILENCE = b""
"""A read that comes back empty: its time-out has passed."""


class Held:
    """Reads come back empty until the next write."""


HELD = Held()
Piece = bytes | Held
Spoil = Callable[[bytes, Random], list[Piece]]


@dataclass(frozen=True, slots=True)
class Bad:
    """One way in which a line is bad."""

    name: str
    spoil: Spoil

    def __str__(self) -> str:
        return self.name


def _split(reply: bytes, dice: Random) -> list[Piece]:
    pieces: list[Piece] = []
    while reply:
        cut = dice.randint(1, len(reply))
        pieces.append(reply[:cut])
        reply = reply[cut:]
    return pieces


def _noise(dice: Random) -> bytes:
    return dice.randbytes(dice.randint(1, 8))


def _noise_inside(reply: bytes, dice: Random) -> list[Piece]:
    at = dice.randint(1, max(1, len(reply) - 1))
    return [reply[:at] + _noise(dice) + reply[at:]]


def _flipped(reply: bytes, dice: Random) -> list[Piece]:
    at = dice.randrange(len(reply))
    return [reply[:at] + bytes([reply[at] ^ 1 << dice.randrange(8)]) + reply[at + 1 :]]


def _lost(reply: bytes, dice: Random) -> list[Piece]:
    at = dice.randrange(len(reply))
    return [reply[:at] + reply[at + dice.randint(1, 4) :]]


WHOLE = Bad("whole", lambda reply, _: [reply])
BYTEWISE = Bad("byte by byte", lambda reply, _: [reply[i : i + 1] for i in range(len(reply))])
SPLIT = Bad("split", _split)
NOISE_BEFORE = Bad("noise before", lambda reply, dice: [_noise(dice) + reply])
NOISE_INSIDE = Bad("noise inside", _noise_inside)
NOISE_BEHIND = Bad("noise behind", lambda reply, dice: [reply + _noise(dice)])
FLIPPED = Bad("flipped", _flipped)
LOST = Bad("lost", _lost)
CUT = Bad("cut", lambda reply, dice: [reply[: dice.randrange(len(reply))]])
SILENT = Bad("silent", lambda _reply, _: [])
DOUBLED = Bad("doubled", lambda reply, _: [reply, reply])
RUN_TOGETHER = Bad("run together", lambda reply, _: [reply + reply])
DELAYED = Bad("delayed", lambda reply, _: [SILENCE, reply])
OVERTAKEN = Bad("overtaken", lambda reply, _: [HELD, reply])
ECHOED_LATE = Bad("echoed late", lambda reply, _: [reply, HELD, reply])

LOSSLESS = (WHOLE, BYTEWISE, SPLIT)
SPOILING = (
    NOISE_BEFORE,
    NOISE_INSIDE,
    NOISE_BEHIND,
    FLIPPED,
    LOST,
    CUT,
    SILENT,
    DOUBLED,
    RUN_TOGETHER,
    DELAYED,
    OVERTAKEN,
    ECHOED_LATE,
)
EVERY = LOSSLESS + SPOILING


class BadLine:
    """A line between a driver and another line, bad in what it brings to the driver.

    Each non-empty read of the inner line is one reply: put it around a line whose reads are whole
    (`Answering`) for exact cuts, around a real one for the same in the rough.
    """

    def __init__(
        self, line: Line, bad: Bad, seed: int = 0, every: int = 3, *, scattered: bool = False
    ) -> None:
        self._line = line
        self._bad = bad
        self._dice = Random(seed)
        self._every = 1 if bad in LOSSLESS else every
        self._scattered = scattered
        self._replies = 0
        self._pieces: deque[Piece] = deque()

    def write(self, octets: bytes) -> None:
        self._line.write(octets)
        if self._pieces and self._pieces[0] is HELD:
            self._pieces.popleft()

    def read(self, timeout_s: float) -> bytes:
        if not self._pieces:
            self._hear(self._line.read(timeout_s))
        elif self._pieces[0] is HELD:
            # what the inner line brings meanwhile queues up behind the held piece, in its order
            self._hear(self._line.read(0.0))
        if not self._pieces or isinstance(self._pieces[0], Held):
            return SILENCE
        piece = self._pieces.popleft()
        assert isinstance(piece, bytes)
        return piece

    def close(self) -> None:
        self._line.close()

    def _hear(self, reply: bytes) -> None:
        if not reply:
            return
        self._replies += 1
        count = self._dice.randrange(self._every) if self._scattered else self._replies
        spoiled = count % self._every == 0
        self._pieces.extend(self._bad.spoil(reply, self._dice) if spoiled else [reply])


class Answering:
    """A line without a cable: what is written is answered at once, in this thread, reply by reply.

    `break_after` replies the line is Gone, for reads and writes alike.
    """

    def __init__(self, answer: Callable[[bytes], Iterable[bytes]], break_after: int | None = None) -> None:
        self._answer = answer
        self._replies: deque[bytes] = deque()
        self._left = break_after
        self.written: list[bytes] = []
        self.closed = False

    def write(self, octets: bytes) -> None:
        self._unless_broken()
        self.written.append(octets)
        self._replies.extend(self._answer(octets))

    def read(self, timeout_s: float) -> bytes:
        self._unless_broken()
        if not self._replies:
            return SILENCE
        if self._left is not None:
            self._left -= 1
        return self._replies.popleft()

    def say(self, octets: bytes) -> None:
        """What a device sends unasked."""
        self._replies.append(octets)

    def close(self) -> None:
        self.closed = True

    def _unless_broken(self) -> None:
        if self._left == 0 or self.closed:
            raise Gone("the cable is out")
