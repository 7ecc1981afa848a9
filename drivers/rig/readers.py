"""Readers of a rig that are more than a line of text: identity cards, and OSDP with lamp and keypad."""

from __future__ import annotations

from threading import Lock, Timer

from drivers.emulators.sdt import EmulatedSdt, EmulatedSdtSettings, text_of
from drivers.emulators.serve import Emulator
from drivers.events import IdCard

LIES_S = 1.5
"""Reading takes half a second; people lift the card when it beeps."""
COLOURS = {0: "off", 1: "red", 2: "green", 3: "amber", 4: "blue"}
"""OSDP's numbers of colours."""


class IdReader:
    """A reader of identity cards with somebody in front of it."""

    def __init__(self, baud: int) -> None:
        self.emulator = EmulatedSdt(EmulatedSdtSettings(baud=baud))
        self._lock = Lock()
        self._lifting: Timer | None = None

    def show(self, card: IdCard) -> None:
        """Lay a card on it; it is lifted by itself."""
        with self._lock:
            if self._lifting:
                self._lifting.cancel()
            self.emulator.lay(text_of(card))
            self._lifting = Timer(LIES_S, self.emulator.lift)
            self._lifting.daemon = True
            self._lifting.start()

    def close(self) -> None:
        """Nobody is there any more."""
        with self._lock:
            if self._lifting:
                self._lifting.cancel()
                self._lifting.join()


class OsdpReader:
    """An OSDP reader alone on its bus. A card's number travels as its text: `number = { encoding = "text" }`."""

    def __init__(self, baud: int, key: str | None) -> None:
        from drivers.emulators.osdp import EmulatedReader, EmulatedReaderSettings, OsdpBus  # libosdp

        self._reader = EmulatedReader(EmulatedReaderSettings(key=bytes.fromhex(key) if key else None))
        self.emulator: Emulator = OsdpBus((self._reader,), baud)

    def show(self, number: str, medium: str) -> None:  # noqa: ARG002 - as a scanner's
        """Hold a card to it."""
        self._reader.show_card(number.encode("gb18030"))

    def press(self, keys: str) -> None:
        """Type on its keypad."""
        self._reader.press(keys)

    @property
    def lamp(self) -> str:
        """The colour that it was told last; empty: none yet."""
        return COLOURS.get(self._reader.colour, "") if self._reader.colour is not None else ""
