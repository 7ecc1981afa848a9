"""A serial or USB-CDC scanner of cards and codes.

- Posts `CardShown` once for each showing; the same text within `debounce_ms` is the same showing.
- Codes on phones are verified here, where the configuration has a verifier; what it refuses is `CardRefused`.
- What is cut, too long or no text never becomes a number: `CardRefused`, and counted in `spoiled`.
- Without a trigger nothing is written to the scanner. With one it looks until `signal("busy")`, and again
  from `signal("ready")` on; `signal` never blocks.
- A scanner without a trigger says nothing of itself: `DeviceBack` means that its line is open. An unplugged USB
  scanner is `Gone`; one that is unplugged from a serial port is only silent, unless it answers its trigger.
- Which scanner it is tells the serial number of its USB plug, where it has one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from drivers.card.code.plug import Refused, Verdict, Verified, Verifier
from drivers.device import Post, Signal
from drivers.errors import DriverError, Misuse
from drivers.events import CardRefused, CardShown, DeviceBack
from drivers.identity import recognised
from drivers.line.line import Line, OpenLine
from drivers.scanner.codec import NO_RULE, Payload, ScanCodec, Spoiled, Suspicion
from drivers.scanner.looking import Looking
from drivers.scanner.settings import ScannerSettings
from drivers.scanner.trigger import TRIGGERS, Ear, newland

CARD, QR = "card", "qr"
READ_S = 0.25
"""How long one read waits: bounds how long `run` takes to see `stop` and a signal."""


class Scanner:
    """A `drivers.device.CardReader` on a line."""

    def __init__(
        self,
        name: str,
        settings: ScannerSettings,
        open_line: OpenLine,
        verifier: Verifier | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        plug: Callable[[], str] = str,
    ) -> None:
        """`plug` tells the serial number of the USB plug on which the open line hangs; empty: there is none."""
        self.name = name
        self.spoiled = 0
        """Payloads that were dropped since start."""
        self.last_spoiled: Spoiled | None = None
        self._settings = settings
        self._open_line = open_line
        self._verifier = verifier
        self._clock = clock
        self._wall = wall
        self._plug = plug
        self._looks = True
        """What was signalled last: whether it is to look."""

    def signal(self, signal: Signal) -> None:
        if signal in {"ready", "busy"}:
            self._looks = signal == "ready"

    def abandon(self, post: Post) -> None:
        """Nothing: signals are not answered."""

    def run(self, post: Post, stop: Event) -> None:
        """Listen until `stop` is set.

        Raises:
            Gone: the line cannot be opened, or broke; the scanner does not answer its trigger.
            Misbehaved: what comes is no scanner's; it is another one than is configured.
            Unsupported: the scanner does not take a setting; it has no serial number though that matters.
            Misuse: the verifier has no key, or broke.
        """
        if self._verifier:
            self._verifier.check()
        line = self._open_line()
        try:
            kind, wanted = self._settings.trigger, self._settings.serial
            named = "serial scanner" if kind == "none" else f"serial scanner, {kind} trigger"
            self._listen(line, recognised(named, self._plug(), wanted), post, stop)
        finally:
            line.close()

    def _listen(self, line: Line, named: str, post: Post, stop: Event) -> None:
        settings, back = self._settings, False
        trigger = TRIGGERS.get(settings.trigger)
        setup = tuple(newland(each, "@") for each in settings.setup)
        ear, looking, suspicion = (
            Ear(trigger),
            Looking(trigger, settings.trigger_ms / 1000, setup),
            Suspicion(),
        )
        codec = ScanCodec(settings.rules, settings.gap_ms / 1000, settings.debounce_ms / 1000)
        while not stop.is_set():
            if command := looking.due(self._clock(), wanted=self._looks):
                line.write(command)
            back = self._introduce(looking, named, post, back=back)
            payload, answers = ear.feed(line.read(READ_S))
            looking.heard(answers)
            found = codec.feed(payload, self._clock())
            suspicion.note(payload, found, codec.pauses)
            if found:
                looking.shown()
                back = self._introduce(looking, named, post, back=back)
            for each in found:
                post(self._event(each))

    def _introduce(self, looking: Looking, named: str, post: Post, *, back: bool) -> bool:
        """Once the scanner is proven: it is back."""
        if looking.proven and not back:
            post(DeviceBack(self.name, named))
        return looking.proven

    def _event(self, found: Payload | Spoiled) -> CardShown | CardRefused:
        if isinstance(found, Spoiled):
            self.spoiled += 1
            self.last_spoiled = found
            return CardRefused(self.name, CARD, "unknown" if found.why == NO_RULE else "unreadable")
        match self._verdict(found.text):
            case Verified(reader):
                return CardShown(self.name, reader, QR)
            case Refused(why):
                return CardRefused(self.name, QR, why)
        if (
            self._verifier
            and found.medium == QR
            and not (self._settings.codes and self._settings.codes.plain)
        ):
            return CardRefused(self.name, QR, "unknown")
        return CardShown(self.name, found.text, found.medium)

    def _verdict(self, text: str) -> Verdict | None:
        """What the verifier says, if there is one; a mistake of a site's own is told without its words."""
        try:
            return self._verifier.verify(text, self._wall()) if self._verifier else None
        except DriverError:
            raise
        except Exception as bug:  # noqa: BLE001 - it is not ours
            raise Misuse(f"the verifier of codes broke: {type(bug).__name__}") from None
