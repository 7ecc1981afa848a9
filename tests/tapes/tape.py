"""Tapes: whole conversations as text, played to our code octet by octet.

    # One coil. Modbus application protocol 1.1b3, 6.5: the normal reply is an echo.
    >  01 05 0000 FF00 8C3A       what the asking side says: host, kiosk, terminal
    <  01 05 0000 FF00 8C3A       what the other side answers: device, library system
    << "]Q12110004711" 0D         what it says unasked
    >  "9900802.00"               a line that begins with blanks
       "AY1AZFCA0" 0D             goes on with the one before
    <                             no answer: the time for it runs out (<< where none was asked for)

Octets are hexadecimal, two digits each, grouped as one likes; text stands between quotes, in UTF-8, and
what has no glyph is hexadecimal beside it. `#` begins a remark: where the octets are from, what the
manual says, how long it took.

A tape is played as the peer of the code under test. What the code says must be the next line, octet for
octet, when it is its turn; it waits in vain only where the tape is silent; what is left at the end should
have been said. Any breach is `OffTape`, which names the tape and the line, and spells the octets as a
tape does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from threading import Event

HERE = Path(__file__).parent
MAX_IN_VAIN = 100
"""Reads in a row that bring nothing: code that says nothing itself would listen for ever."""

_LINE = re.compile(r"(?P<sign>>|<<?| )(?P<octets>.*)")
_PIECE = re.compile(r'\s*(?:"(?P<text>[^"]*)"|(?P<hex>(?:[0-9A-Fa-f]{2})+)(?![^\s"])|(?P<remark>#.*))')


class BadTape(ValueError):  # noqa: N818 - a verdict on the file
    """The file is no tape; the text names the line."""


class OffTape(AssertionError):  # noqa: N818 - a verdict on the conversation
    """Our code did not say what stands on the tape, where it stands."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a tape."""

    sign: str
    octets: bytes
    """Empty: no answer came."""
    number: int
    """Where it begins in the file."""
    ours: bool
    """The code under test says it, or should."""

    def __str__(self) -> str:
        """The line as a tape has it."""
        return f"{self.sign} {spell(self.octets)}"


@dataclass(frozen=True, slots=True)
class Tape:
    name: str
    lines: tuple[Said, ...]

    def turned(self) -> Tape:
        """The same conversation, to test the side that answers. Silence is nothing that one says."""
        return Tape(self.name, tuple(replace(said, ours=not said.ours) for said in self.lines if said.octets))


# ---------------------------------------------------------------- reading
def load(name: str) -> Tape:
    """The tape `feig/lent` of this folder."""
    return parse((HERE / f"{name}.tape").read_text(encoding="utf-8"), name)


def names(folder: str) -> set[str]:
    """Every tape of a folder."""
    return {f"{folder}/{path.stem}" for path in (HERE / folder).glob("*.tape")}


def parse(text: str, name: str = "tape") -> Tape:
    """The conversation that a text is.

    Raises:
        BadTape: a line that says neither who speaks nor what, or questions and answers that do not pair.
    """
    lines: list[Said] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or (found["sign"] == " " and not lines):
            raise BadTape(f"{name}:{number}: a line begins with >, <, <<, # or, going on, with blanks")
        octets = _octets(found["octets"], f"{name}:{number}")
        if found["sign"] == " ":
            lines[-1] = replace(lines[-1], octets=lines[-1].octets + octets)
        else:
            lines.append(Said(found["sign"], octets, number, ours=found["sign"] == ">"))
    _pair(lines, name)
    return Tape(name, tuple(lines))


def _pair(lines: list[Said], name: str) -> None:
    """Each question has its answer, or the silence in its place."""
    owed = 0
    for said in lines:
        if said.ours and not said.octets:
            raise BadTape(f"{name}:{said.number}: to speak is to say something")
        owed += {">": 1, "<": -1, "<<": 0}[said.sign]
        if owed < 0:
            raise BadTape(f"{name}:{said.number}: nobody asked: what comes unasked is written <<")
    if owed:
        raise BadTape(f"{name}: a question has no answer: silence is written <")


def _octets(text: str, where: str) -> bytes:
    octets, at = b"", 0
    while text[at:].strip():
        piece = _PIECE.match(text, at)
        if piece is None:
            raise BadTape(f"{where}: no octets: {text[at:].strip()}")
        octets += bytes.fromhex(piece["hex"] or "") + (piece["text"] or "").encode()
        at = piece.end()
    return octets


_READABLE = re.compile(rb"[\x20\x21\x23-\x7E\x80-\xFF]{4,}")


def spell(octets: bytes) -> str:
    """Octets as a tape has them: `"9900802.00AY1AZFCA0" 0D`."""
    pieces, at = [], 0
    for run in _READABLE.finditer(octets):
        try:
            text = run[0].decode()
        except UnicodeDecodeError:
            continue
        if not text.isprintable():
            continue
        pieces += [octets[at : run.start()].hex(" ").upper(), f'"{text}"']
        at = run.end()
    return " ".join(filter(None, [*pieces, octets[at:].hex(" ").upper()]))


# ---------------------------------------------------------------- playing
class Player:
    """The peer of our code: hears its lines, says the others."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._next = 0
        self._heard = b""
        """The beginning of the next line."""

    @property
    def over(self) -> bool:
        """Whether every line was said."""
        return self._next == len(self._tape.lines)

    def hear(self, octets: bytes) -> None:
        """What our code says; it may come in pieces.

        Raises:
            OffTape: it is not what the tape has next.
        """
        self._heard += octets
        while self._heard:
            said = self._now()
            if said is None or not said.ours:
                raise self._off("nothing")
            piece = self._heard[: len(said.octets)]
            if not said.octets.startswith(piece):
                raise self._off(str(said))
            if len(piece) < len(said.octets):
                return
            self._heard = self._heard[len(piece) :]
            self._next += 1

    def say(self) -> bytes | None:
        """The peer's next line; None where our code has to speak, or the tape is over."""
        said = self._now()
        if self._heard or said is None or said.ours:
            return None
        self._next += 1
        return said.octets

    def silent(self) -> None:
        """Our code has waited in vain.

        Raises:
            OffTape: for the answer to what it said, and the tape is not silent there.
        """
        if self._heard or (self._next and self._tape.lines[self._next - 1].ours):
            raise self._off(str(self._now()))

    def end(self) -> None:
        """The conversation has ended.

        Raises:
            OffTape: lines are left.
        """
        if not self.over:
            raise self._off(str(self._now()))

    def _now(self) -> Said | None:
        return None if self.over else self._tape.lines[self._next]

    def _off(self, wanted: str) -> OffTape:
        said = self._now()
        where = f"{self._tape.name}:{said.number if said else 'end'}"
        return OffTape(
            f"{where}: our code says\n    {spell(self._heard) or 'nothing'}\nand the tape\n    {wanted}"
        )


class TapeLine:
    """A `drivers.line.line.Line` with the tape at its other end.

    Nothing takes time but reads in vain, which take all the time that they may: `clock` tells.
    `over` is set with the last line, so that a driver that is run until then ends with the tape.
    """

    def __init__(self, tape: Tape) -> None:
        self.over = Event()
        self.closed = False
        self._player = Player(tape)
        self._now_s = 0.0
        self._in_vain = count(1)

    def clock(self) -> float:
        """Seconds since the line was opened."""
        return self._now_s

    def write(self, octets: bytes) -> None:
        self._player.hear(octets)
        self._played()

    def read(self, timeout_s: float) -> bytes:
        octets = self._player.say()
        if octets is None:
            self._player.silent()
        else:
            self._played()
        if octets:
            return octets
        self._now_s += timeout_s
        if next(self._in_vain) > MAX_IN_VAIN:
            raise OffTape("our code listens for ever")
        return b""

    def close(self) -> None:
        self.closed = True

    def end(self) -> None:
        """The conversation has ended.

        Raises:
            OffTape: lines are left.
        """
        self._player.end()

    def _played(self) -> None:
        self._in_vain = count(1)
        if self._player.over:
            self.over.set()
