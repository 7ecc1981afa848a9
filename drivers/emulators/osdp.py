"""OSDP readers as bytes, made of libosdp's own peripheral, at the pace of a baud rate.

A reader without a key is as it left the factory, and takes one. The world's side is for any thread.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drivers.card.osdp.library import Peripheral
from drivers.card.osdp.messages import Identity, LocalStatus
from drivers.line.line import Line

BITS = 10
"""A character on the wire, 8N1."""
WAKE_S = 0.1
MAX_COMMANDS = 64
IDENTITY = Identity(vendor=0xCAFE01, model=1, version=1, serial=0x00A1B2C3, firmware=0x010203)
LED, BUZZER, KEYSET, STATUS = 2, 3, 5, 9
"""libosdp's numbers of commands."""


@dataclass(frozen=True, slots=True)
class EmulatedReaderSettings:
    key: bytes | None = None
    """SCBK, 16 octets; None: as it left the factory."""
    address: int = 0
    identity: Identity = IDENTITY


class EmulatedReader:
    """One reader: a card, a keypad, a lamp, a buzzer, a box that may be opened."""

    def __init__(self, settings: EmulatedReaderSettings = EmulatedReaderSettings()) -> None:
        self._doings: deque[Callable[[], None]] = deque()
        self._commands: deque[Mapping[str, Any]] = deque(maxlen=MAX_COMMANDS)
        self._status = LocalStatus(tampered=False, power_failed=False)
        self._peripheral = Peripheral(settings.address, settings.key, settings.identity, self._obey)

    def hear(self, octets: bytes) -> bytes:
        """Its answer to what came over the line; for one thread."""
        while self._doings:
            self._doings.popleft()()
        return self._peripheral.hear(octets)

    # ------------------------------------------------------------ the world's side
    def show_card(self, octets: bytes, bits: int | None = None) -> None:
        """Hold a card to it; without `bits` all of the octets."""
        count = 8 * len(octets) if bits is None else bits
        self._doings.append(lambda: self._peripheral.show_card(octets, count))

    def press(self, keys: str) -> None:
        """Press keys: digits, `#`, `*`."""
        octets = keys.replace("#", "\r").replace("*", "\x7f").encode("ascii")
        self._doings.append(lambda: self._peripheral.press(octets))

    def tamper(self, *, tampered: bool) -> None:
        """Open its box, or shut it."""
        self._status = status = LocalStatus(tampered, self._status.power_failed)
        self._doings.append(lambda: self._peripheral.report(status))

    @property
    def colour(self) -> int | None:
        """What its lamp was told last: 1 red, 2 green, 3 amber, 4 blue."""
        told = [each["on_color"] for each in list(self._commands) if each["command"] == LED]
        return told[-1] if told else None

    @property
    def beeps(self) -> int:
        """How often its buzzer was told to sound."""
        return sum(each["rep_count"] for each in list(self._commands) if each["command"] == BUZZER)

    @property
    def installed_key(self) -> bytes | None:
        """The key that it was given last."""
        told = [each["data"] for each in list(self._commands) if each["command"] == KEYSET]
        return told[-1] if told else None

    def _obey(self, command: Mapping[str, Any]) -> None:
        self._commands.append(dict(command))
        if command["command"] == STATUS and self._status.tampered:
            self.tamper(tampered=True)


class OsdpBus:
    """An `Emulator` for a plug: readers on one bus."""

    def __init__(self, readers: Sequence[EmulatedReader], baud: int = 9600) -> None:
        self._readers = readers
        self._character_s = BITS / baud

    def hear(self, octets: bytes) -> bytes:
        """What they all say to this; only the one that was asked says anything."""
        return b"".join([reader.hear(octets) for reader in self._readers])

    def serve(self, line: Line) -> None:
        """Answer until the line breaks.

        Raises:
            Gone: the line broke.
        """
        while True:
            octets = line.read(WAKE_S)
            if not octets:
                continue
            time.sleep(len(octets) * self._character_s)
            if said := self.hear(octets):
                time.sleep(len(said) * self._character_s)
                line.write(said)
