"""An OSDP reader at a door.

- Posts `CardShown` for each card, `CardRefused` for one that gives no number, `KeysEntered` for each entry,
  `InputSensed` for `tamper` and `mains_lost` at connect and at each change.
- Nothing is taken from a reader before the secure channel stands with the site's key; a reader that refuses
  the key is an error that says so. The factory's key is used once only, where `install_file` allows it.
- The reader is asked 50 to 75 ms after its last answer; a card is told within that, and the time on the line.
- `signal` shows the last one asked for; what was asked before the reader was there is shown once it is.
- A reply that is lost or spoilt costs 0.2 s and what it told; a reader whose secure channel cannot be brought
  up again within 3 s is an error that says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from threading import Event

from drivers.bell import Bell
from drivers.card import keyfile
from drivers.card.osdp.cards import Unreadable, number
from drivers.card.osdp.channel import Channel
from drivers.card.osdp.keypad import Keypad
from drivers.card.osdp.library import Panel
from drivers.card.osdp.link import Link
from drivers.card.osdp.messages import (
    Beeps,
    CardDropped,
    CardRead,
    KeysPressed,
    Lamp,
    LocalStatus,
    PanelEvent,
)
from drivers.card.osdp.settings import KEY_OCTETS, OsdpSettings
from drivers.device import Post, Signal
from drivers.errors import Misbehaved, Misuse, Unsupported
from drivers.events import CardRefused, CardShown, DeviceBack, InputSensed, KeysEntered
from drivers.line.shared import SharedLine

RED, GREEN, AMBER, BLUE = 1, 2, 3, 4
SIGNALS: Mapping[Signal, tuple[Lamp, Beeps | None]] = {
    "ready": (Lamp(BLUE), None),
    "granted": (Lamp(GREEN, on_count=30, for_count=30), Beeps(2)),
    "refused": (Lamp(RED, on_count=2, off_count=2, for_count=20), Beeps(1, 1, times=3)),
    "busy": (Lamp(AMBER, on_count=5, off_count=5, for_count=30), None),
}


class OsdpReader:
    """A `drivers.device.CardReader`; `take_seat` opens its bus for whom a seat is told."""

    def __init__(
        self,
        name: str,
        settings: OsdpSettings,
        take_seat: Callable[[str], SharedLine],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._settings = settings
        self._take_seat = take_seat
        self._clock = clock
        self._wanted: Signal = "ready"
        self._unshown = False
        """It was asked for since it was shown last."""
        self._bell = Bell()
        self._channel = Channel(settings.address, clock)
        self._keypad = Keypad(settings.keys_pause_s)
        self._status: dict[str, bool] = {}

    def signal(self, signal: Signal) -> None:
        """Show it."""
        self._wanted, self._unshown = signal, True
        self._bell.ring()

    def abandon(self, post: Post) -> None:
        """Nothing answers a signal; nothing is owed."""

    def run(self, post: Post, stop: Event) -> None:
        """Listen until `stop` is set.

        Raises:
            Misuse: no key that one may use; two readers are configured at one address.
            DriverError: the reader cannot be talked to.
        """
        settings = self._settings
        key = keyfile.read_key(settings.key_file, KEY_OCTETS)
        line = self._take_seat(settings.seat)
        try:
            if _used_up(settings.install_file):
                with closing(Link(self._channel, key, line, self._clock, install=True)) as link:
                    link.connect(stop)
            with closing(Link(self._channel, key, line, self._clock, greet=_greet)) as link:
                self._watch(link, post, stop)
        finally:
            line.close()

    def _watch(self, link: Link, post: Post, stop: Event) -> None:
        if link.connect(stop):
            post(DeviceBack(self.name, self._identity(link.panel)))
            self._begin(link.panel)
        while not stop.is_set():
            self._show(link.panel)
            for event in link.listen(self._bell, stop):
                self._take(event, post)
            self._tell_keys(self._keypad.wait(self._clock()), post)

    def _identity(self, panel: Panel) -> str:
        identity, wanted = panel.identity(), self._settings.serial
        if wanted and identity.serial != int(wanted, 16):
            raise Misbehaved(f"{identity}: it is another one, {wanted.upper()} is configured")
        return str(identity)

    def _begin(self, panel: Panel) -> None:
        """Nothing was told of this connection, and its lamp shows nothing of ours but that it is ready."""
        panel.ask_status()
        self._status.clear()
        self._keypad.forget()
        if self._wanted != "ready":
            self._unshown = True

    def _show(self, panel: Panel) -> None:
        if not self._unshown:
            return
        self._unshown = False
        lamp, beeps = SIGNALS[self._wanted]
        panel.light(lamp)
        if beeps:
            panel.beep(beeps)

    def _take(self, event: PanelEvent, post: Post) -> None:
        match event:
            case CardRead():
                post(self._read(event))
            case CardDropped():
                post(CardRefused(self.name, "card", "unknown"))
                raise Unsupported("it tells cards as characters (osdp_FMT): set the reader to raw data")
            case KeysPressed(octets=octets):
                self._tell_keys(self._keypad.press(octets, self._clock()), post)
            case LocalStatus(tampered=tampered, power_failed=failed):
                for point, active in (("tamper", tampered), ("mains_lost", failed)):
                    if self._status.get(point) != active:
                        self._status[point] = active
                        post(InputSensed(self.name, point, active))

    def _read(self, card: CardRead) -> CardShown | CardRefused:
        settings = self._settings
        try:
            shown = number(card, settings.format, settings.number, printed=settings.printed)
        except Unreadable:
            return CardRefused(self.name, "card", "unreadable")
        except Misbehaved:
            return CardRefused(self.name, "card", "unknown")
        return CardShown(self.name, shown, "card")

    def _tell_keys(self, entries: list[str], post: Post) -> None:
        for keys in entries:
            post(KeysEntered(self.name, keys))


def _greet(panel: Panel) -> None:
    panel.light(SIGNALS["ready"][0])


def _used_up(permit: Path | None) -> bool:
    """Whether the factory's key may be used now; never twice by the same permit."""
    if permit is None:
        return False
    try:
        permit.unlink()
    except FileNotFoundError:
        return False
    except OSError as cause:
        raise Misuse(f"{permit}: {cause.strerror}") from None
    return True
