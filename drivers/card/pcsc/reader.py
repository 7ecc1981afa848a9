"""A contactless reader behind PC/SC.

- Posts `CardShown` once for each showing, or `CardRefused` once where the card gives no number.
- A card that is back within `again_ms` with the same number is the same showing.
- Where cards are to lie there (`lies`), `CardTaken` once for one that is gone for longer than that.
- A card taken away mid-read is refused as `removed`; what was read of it is forgotten.
- `signal` never blocks; it does something where the reader's lamps are known and a card lies there.
- A reader unplugged, or the service gone, is `Gone`. Which readers there are stands in the cause.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event

from drivers.card.keyfile import read_key
from drivers.card.number import number_of
from drivers.card.pcsc import session
from drivers.card.pcsc.lamps import Lamps, lamps_of
from drivers.card.pcsc.messages import KEY_OCTETS
from drivers.card.pcsc.settings import PcscSettings
from drivers.card.pcsc.terminal import Card, CardLeft, OpenTerminal, Seen, Terminal
from drivers.device import Post, Signal
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import CardRefused, CardShown, CardTaken, DeviceBack, Refusal

WAIT_S = 0.25
"""How long one look lasts where nothing changes: bounds how long `run` takes to see `stop`."""
SIGNAL_WAIT_S = 0.05
"""The same while a signal is expected …"""
SIGNAL_EXPECTED_S = 4.0
"""… which is for so long after a showing: an ILS that is silent for 3 s is given up."""
TRIES = 3
"""Readings of a card before it is unreadable: at the edge of the field one in a few fails."""


class PcscReader:
    """A `drivers.device.CardReader`."""

    def __init__(
        self,
        name: str,
        settings: PcscSettings,
        open_terminal: OpenTerminal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._settings = settings
        self._open_terminal = open_terminal
        self._clock = clock
        self._key = b""
        self._lamps: Lamps = {}
        self._signal: Signal | None = None
        self._read_at: int | None = None
        """The change that brought the card which lies there and was read."""
        self._told: CardShown | CardRefused | None = None
        self._told_at = 0.0
        self._there_at = 0.0
        """When the card of `_told` was last there."""

    def signal(self, signal: Signal) -> None:
        self._signal = signal

    def abandon(self, post: Post) -> None:  # noqa: ARG002 - nothing is owed
        """Signals are not answered; an old one means nothing to the next card."""
        self._signal = None

    def run(self, post: Post, stop: Event) -> None:
        sector = self._settings.sector
        self._key = read_key(sector.key_file, KEY_OCTETS) if sector else b""
        terminal = self._open_terminal(self._choose)
        try:
            self._lamps = lamps_of(terminal.name)
            self._read_at = None
            post(DeviceBack(self.name, terminal.name))
            while not stop.is_set():
                self._look(terminal, terminal.wait(self._patience()), post)
        finally:
            terminal.close()

    def _choose(self, readers: Sequence[str]) -> str:
        wanted = self._settings
        serial = f"({wanted.serial})" if wanted.serial else ""
        fitting = [
            name
            for name in readers
            if wanted.reader in name and serial in name and name.endswith(f" {wanted.slot:02X}")
        ]
        sought = " ".join(filter(None, (wanted.reader, serial))) or "any reader"
        if not fitting:
            raise Gone(f"no reader is {sought}; there is {', '.join(readers) or 'none'}")
        if len(fitting) > 1:
            raise Misuse(
                f"several readers are {sought}: {', '.join(fitting)}; name one by `reader` or `serial`"
            )
        return fitting[0]

    def _patience(self) -> float:
        waits = self._lamps and self._clock() - self._told_at < SIGNAL_EXPECTED_S
        return SIGNAL_WAIT_S if waits else WAIT_S

    def _look(self, terminal: Terminal, seen: Seen, post: Post) -> None:
        """Read what has come; show what was signalled to who holds it there."""
        if not seen.present:
            self._read_at = None
            self._miss(post)
            return
        if seen.changes != self._read_at:
            self._read_at = seen.changes
            self._tell(self._refused("unreadable") if seen.mute else self._read(terminal), post)
        self._there_at = self._clock()
        signal, self._signal = self._signal, None
        if signal and signal in self._lamps:
            with suppress(CardLeft, Misbehaved):
                self._light(terminal, self._lamps[signal])

    def _miss(self, post: Post) -> None:
        """No card is there; one that was to lie there and has not come back was taken off."""
        gone_s = self._clock() - self._there_at
        if (
            self._settings.lies
            and isinstance(self._told, CardShown)
            and gone_s > self._settings.again_ms / 1000
        ):
            self._told = None
            post(CardTaken(self.name))

    def _tell(self, event: CardShown | CardRefused, post: Post) -> None:
        now = self._clock()
        trembles = now - self._there_at <= self._settings.again_ms / 1000
        if trembles and self._told and (event == self._told or event == self._refused("removed")):
            return
        self._told, self._told_at = event, now
        self._signal = None  # it was meant for who was there before
        post(event)

    def _read(self, terminal: Terminal) -> CardShown | CardRefused:
        event = self._refused("unreadable")
        for _ in range(TRIES):
            try:
                card = terminal.connect()
                number = self._number(card)
            except CardLeft:
                return self._refused("removed")
            except Unsupported:
                event = self._refused("unknown")
            except Misbehaved:
                event = self._refused("unreadable")
            else:
                return CardShown(self.name, number, "card")
        return event

    def _number(self, card: Card) -> str:
        """Ask one card. Whatever goes wrong leaves it reset."""
        settings, done = self._settings, False
        try:
            if settings.sector:
                octets = session.sector(card, settings.sector, self._key)
            else:
                octets = session.uid(card) if settings.source == "uid" else session.ats(card)
            number, done = number_of(octets, settings.number), True
            return number
        finally:
            card.close(reset=not done)

    def _light(self, terminal: Terminal, command: bytes) -> None:
        card = terminal.connect()
        try:
            card.transmit(command)
        finally:
            card.close()

    def _refused(self, why: Refusal) -> CardRefused:
        return CardRefused(self.name, "card", why)
