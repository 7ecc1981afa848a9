"""A reader of identity cards with a SAM_V module, as bytes.

- A card is found once: after a reading it must leave before it is found again, as with the real ones.
- A reply's last octet comes when it would at this baud rate: the longest, 1295 octets at 115200, takes 112 ms.
- Faults: a card that leaves in the middle, one that cannot be read, a module without a licence.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from drivers.card.sdt.codec import Decoder, Frame, encode
from drivers.card.sdt.layout import FOR_LIFE, KIND_AT, LAYOUTS, TEXT_OCTETS, Field
from drivers.card.sdt.messages import SAM_OCTETS, SERIAL_OCTETS, Request, Status
from drivers.events import IdCard
from drivers.line.line import Line

BITS = 10
"""A character on the wire: start, 8 data, stop (8N1)."""
FRAME_OCTETS = 7 + 1
"""Mark, length and XOR."""
FIND_MS, SELECT_MS, READ_MS = 20.0, 20.0, 300.0
"""What the air and the module take, about: no manual tells it."""
SAM_NUMBER = bytes.fromhex("05 00 01 00 F2 67 32 01 99 8C 01 00 19 89 5A 7E")
PHOTO = bytes(range(256)) * 4
"""1024 octets that a decoder must let pass."""
SEAL = bytes(4)
"""What comes with 9F."""


@dataclass(frozen=True, slots=True)
class EmulatedSdtSettings:
    baud: int = 115200
    pace: float = 1.0
    """Scale of all times: 0 answers at once."""
    sam_fails: bool = False


class EmulatedSdt:
    """An `Emulator` for a plug; `lay` and `lift` are the world's side and may be called from any thread."""

    def __init__(self, settings: EmulatedSdtSettings = EmulatedSdtSettings()) -> None:
        self._settings = settings
        self._decoder = Decoder(kept=2)
        self._text: bytes | None = None
        self._leaves_before: Request | None = None
        self._found = self._selected = self._read = False

    def lay(self, text: bytes, leaves_before: Request | None = None) -> None:
        """Lay a card with this text on it; it may leave by itself before it is asked for something."""
        self._found = self._selected = self._read = False
        self._leaves_before = leaves_before
        self._text = text

    def lift(self) -> None:
        """Take the card away."""
        self._text = None

    def serve(self, line: Line) -> None:
        """Answer on this line until it breaks.

        Raises:
            Gone: the line broke.
        """
        self._decoder.clear()
        while True:
            octets = line.read(1.0)
            arrived_s = time.perf_counter()
            for reply, took_ms in self._answers(octets):
                due_s = arrived_s + took_ms / 1000 * self._settings.pace
                time.sleep(max(0.0, due_s - time.perf_counter()))
                line.write(reply)

    def answer(self, octets: bytes) -> list[bytes]:
        """The replies to these octets, without their time."""
        return [reply for reply, _ in self._answers(octets)]

    def _answers(self, octets: bytes) -> Iterator[tuple[bytes, float]]:
        """Each reply, and the milliseconds from the request's first octet to the reply's last."""
        self._decoder.feed(octets)
        while isinstance(frame := self._decoder.next(), Frame):
            status, data, took_ms = self._carry_out(frame.body)
            reply = encode(bytes((0, 0, status)) + data)
            on_line = (FRAME_OCTETS + frame.length + len(reply)) * BITS / self._settings.baud * 1000
            yield reply, took_ms + on_line

    def _carry_out(self, body: bytes) -> tuple[Status, bytes, float]:
        """Status, data, and what it takes."""
        if body not in {each.value for each in Request}:
            return Status.BAD_COMMAND, b"", 0.0
        request = Request(body)
        if self._settings.sam_fails:
            return Status.SAM_FAILS, b"", 0.0
        if request is self._leaves_before:
            self.lift()
        match request:
            case Request.SAM_NUMBER:
                return Status.OK, SAM_NUMBER, 0.0
            case Request.FIND:
                self._found = self._text is not None and not self._read
                return (Status.FOUND, SEAL, FIND_MS) if self._found else (Status.NO_CARD, b"", FIND_MS)
            case Request.SELECT:
                self._selected = self._found and self._text is not None
                chosen = Status.OK if self._selected else Status.NOT_SELECTED
                return chosen, bytes(SERIAL_OCTETS) if self._selected else b"", SELECT_MS
            case Request.READ:
                text = self._text if self._selected else None
                if text is None:
                    return Status.NOT_READ, b"", READ_MS
                self._read = True
                lengths = len(text).to_bytes(2) + len(PHOTO).to_bytes(2)
                return Status.OK, lengths + text + PHOTO, READ_MS


assert len(SAM_NUMBER) == SAM_OCTETS


def text_of(card: IdCard) -> bytes:
    """The 256 octets of a card that says this."""
    mark, layout = next(
        (mark, layout)
        for mark, layout in LAYOUTS.items()
        if layout.kind == card.kind and 2 * len(card.number) <= layout.number[1] - layout.number[0]
    )
    text = bytearray(" ".encode("utf-16-le") * (TEXT_OCTETS // 2))

    def write(field: Field | None, value: str) -> None:
        if field:
            text[slice(*field)] = value.ljust((field[1] - field[0]) // 2).encode("utf-16-le")

    write(layout.name, card.name)
    write(layout.sex, str(card.sex))
    write(layout.nation, card.nation)
    write(layout.born, _day(card.born))
    write(layout.address, card.address)
    write(layout.number, card.number)
    write(layout.issuer, card.issuer)
    write(layout.valid_from, _day(card.valid_from))
    write(layout.valid_until, _day(card.valid_until) if card.valid_until else FOR_LIFE)
    write((KIND_AT, KIND_AT + 2), mark)
    return bytes(text)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
