"""What a printer understands of the octets that it gets: octets in, commands out. Pure, apart from the driver's codec.

    GS v 0    1D 76 30 m xL xH yL yH, then x · y octets of dots
    GS ( k    1D 28 6B pL pH, then p octets: 31 43 n module, 31 50 30 text, 31 51 30 print
    DLE …     obeyed on arrival wherever it stands, even inside a picture, and taken out of the stream

Commands of the table that change nothing here are read and dropped; of what stands in no table the first two octets
are dropped, as a printer does.
"""

from __future__ import annotations

from dataclasses import dataclass

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
MAX_COMMAND = 65536
"""Octets of one command; the data of a longer one are passed over unread."""

LENGTHS = {
    b"\x1b@": 2, b"\x1b!": 3, b"\x1b-": 3, b"\x1b2": 2, b"\x1b3": 3, b"\x1bE": 3, b"\x1bM": 3, b"\x1ba": 3, b"\x1bd": 3,
    b"\x1bt": 3, b"\x1b{": 3,
    b"\x1c!": 3, b"\x1c&": 2, b"\x1c.": 2,
    b"\x1d!": 3, b"\x1dB": 3, b"\x1dI": 3, b"\x1da": 3, b"\x1db": 3, b"\x1dr": 3,
}  # fmt: skip
"""Octets of a command by its first two; three more have lengths of their own."""

URGENT = {4: 3, 5: 3, 20: 10}
"""Octets of a DLE command by its second one: EOT, ENQ, DC4 (of which only 8, forget, is known here)."""
FORGET = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


@dataclass(frozen=True, slots=True)
class Command:
    """One command, or one character."""

    octets: bytes
    kanji: bool = False
    """It came while FS & was on."""

    @property
    def name(self) -> bytes:
        """Its first two octets; of a character all."""
        return self.octets[:2]


class Intake:
    """Takes urgent commands out of what arrives; the rest goes into the buffer."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, octets: bytes) -> tuple[list[bytes], bytes]:
        """Urgent commands, and what is left for the buffer."""
        urgent: list[bytes] = []
        rest = bytearray()
        for octet in octets:
            self._held.append(octet)
            while self._held and self._settles(urgent, rest):
                pass
        return urgent, bytes(rest)

    def _settles(self, urgent: list[bytes], rest: bytearray) -> bool:
        """Decide about the first octet held; False: not yet."""
        held = self._held
        if held[0] == DLE and len(held) == 1:
            return False
        if held[0] == DLE and (length := URGENT.get(held[1])):
            if len(held) < length and (held[1] != FORGET[1] or FORGET.startswith(held)):
                return False
            if held[1] != FORGET[1] or held == FORGET:
                urgent.append(bytes(held[:length]))
                del held[:length]
                return True
        rest.append(held.pop(0))
        return True


class Parser:
    """Takes commands off the front of a buffer."""

    def __init__(self) -> None:
        self._partial = bytearray()
        self._skip = 0
        self._kanji = False

    def forget(self) -> None:
        """Half a command is gone with the buffer."""
        self._partial.clear()
        self._skip = 0

    def take(self, buffer: bytearray) -> Command | None:
        """The next whole command, taken out of the buffer; None: there is none yet."""
        while buffer:
            if self._skip:
                self._skip -= self._drop(buffer, self._skip)
                continue
            wanted = self._wanted()
            count = min(wanted, MAX_COMMAND) - len(self._partial)
            self._partial += buffer[:count]
            self._drop(buffer, count)
            if wanted > MAX_COMMAND:
                self._skip = wanted - len(self._partial)
                self._partial.clear()
            elif len(self._partial) >= (wanted := self._wanted()) or wanted == 0:
                return self._whole()
        return None

    @staticmethod
    def _drop(buffer: bytearray, count: int) -> int:
        count = min(count, len(buffer))
        del buffer[:count]
        return count

    def _whole(self) -> Command:
        command = Command(bytes(self._partial), self._kanji)
        self._partial.clear()
        if command.name in (b"\x1c&", b"\x1c."):
            self._kanji = command.name == b"\x1c&"
        elif command.name == b"\x1b@":
            self._kanji = False
        return command

    def _wanted(self) -> int:
        """How long the command is, as far as one can tell by now."""
        octets = self._partial
        if not octets:
            return 1
        if octets[0] not in (ESC, FS, GS):
            return 2 if self._kanji and octets[0] > 0x80 else 1  # noqa: PLR2004 - GBK's lead octets
        if len(octets) < 2:  # noqa: PLR2004
            return 2
        match bytes(octets[:2]):
            case b"\x1dV":
                return 3 if len(octets) < 3 or octets[2] not in (65, 66) else 4  # noqa: PLR2004
            case b"\x1d(":
                return 5 if len(octets) < 5 else 5 + octets[3] + 256 * octets[4]  # noqa: PLR2004
            case b"\x1dv":
                wide, high = (octets[i] + 256 * octets[i + 1] if len(octets) > i + 1 else 0 for i in (4, 6))
                return 8 + wide * high
            case name:
                return LENGTHS.get(name, 2)
