"""The one file that knows libosdp: its control panel, and for emulators its peripheral.

- libosdp does frames, sequence, secure channel and retries; `Channel` carries its octets in turns of a line.
- Nothing here waits; libosdp reads the clock by itself, and it reads that of the wall: set back, it asks nothing.
- A line that broke is `Gone` at the next `refresh`.
- Not thread-safe. libosdp 3.2.9 never gives back about 100 octets of each panel and of each event.

Source: libosdp 3.2.9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import osdp_sys  # type: ignore[import-not-found,unused-ignore]  # it ships no types

from drivers.card.osdp.channel import Channel
from drivers.card.osdp.messages import (
    Beeps,
    CardRead,
    Identity,
    KeysPressed,
    Lamp,
    LocalStatus,
    PanelEvent,
    Secured,
)

POLL_S = 0.051
"""libosdp asks a reader 50 ms after its last answer whether it has something to tell; its clock has whole ms …"""
RESTS_S = 0.075
"""… and no sooner than it is refreshed: where the line is fast, a reader is asked less often."""
TOLD_S = 0.08
"""A card shall be told within 100 ms, and a busy machine is late: the end of an answer that came too soon for it,
the pause, a whole turn."""
WAIT_S = 0.005
"""Between two looks of libosdp at its own clock while it waits to try again."""


_TELLING = (
    osdp_sys.CAP_CARD_DATA_FORMAT,
    osdp_sys.CAP_CHECK_CHARACTER_SUPPORT,
    osdp_sys.CAP_READER_LED_CONTROL,
)
"""Capabilities of which every reader has one."""


class Panel:
    """The control panel of one reader, for one connection: libosdp cannot break off in the middle of a question."""

    def __init__(self, channel: Channel, key: bytes, *, install: bool = False) -> None:
        """`key`: 16 octets. `install`: a reader with the factory's key is given this one."""
        osdp_sys.set_loglevel(osdp_sys.LOG_EMERG)
        flags = osdp_sys.FLAG_INSTALL_MODE if install else osdp_sys.FLAG_ENFORCE_SECURE
        self._channel = channel
        self._told: list[PanelEvent] = []
        self._panel = osdp_sys.ControlPanel(
            [_described(channel.address, key, flags | osdp_sys.FLAG_ENABLE_NOTIFICATION, channel)]
        )
        self._panel.set_event_callback(self._take)

    def close(self) -> None:
        """Let go of it: libosdp and this panel hold one another, and no collector sees that."""
        self._panel.set_event_callback(_untold)

    def refresh(self) -> Sequence[PanelEvent]:
        """Let libosdp do what is due; what the reader has told.

        Raises:
            Gone: the line broke.
        """
        self._panel.refresh()
        self._panel.refresh()  # what it decides at one it writes at the next
        if self._channel.broke is not None:
            raise self._channel.broke
        told, self._told = self._told, []
        return told

    @property
    def pause_s(self) -> float:
        """Until libosdp has something to do."""
        if not self.ready:
            return WAIT_S
        pause_s = min(max(POLL_S, TOLD_S - 2 * self._channel.turn_s), RESTS_S)
        return max(pause_s - self._channel.resting_s, WAIT_S)

    @property
    def ready(self) -> bool:
        """The reader is there and the secure channel stands."""
        return bool(self._panel.status() & 1 and self._panel.sc_status() & 1)

    @property
    def plain(self) -> bool:
        """The reader has told what it can do, and secure channels are not among it."""
        return self._level(osdp_sys.CAP_COMMUNICATION_SECURITY) == 0 and any(map(self._level, _TELLING))

    def _level(self, capability: int) -> int:
        level, _ = self._panel.check_capability(0, capability)
        return int(level)

    def identity(self) -> Identity:
        """What the reader said of itself; zeros where it has not yet."""
        said: Mapping[str, int] = self._panel.get_pd_id(0)
        vendor, serial, firmware = (
            said[name] & 0xFFFFFFFF for name in ("vendor_code", "serial_number", "firmware_version")
        )
        return Identity(vendor, said["model"], said["version"], serial, firmware)

    def light(self, lamp: Lamp) -> None:
        """Set the reader's lamp; a reader without one says so to libosdp alone."""
        self._submit(
            command=osdp_sys.CMD_LED,
            reader=0,
            led_number=0,
            control_code=2 if lamp.for_count else 1,
            on_color=lamp.on,
            off_color=lamp.off,
            on_count=lamp.on_count,
            off_count=lamp.off_count,
            timer_count=lamp.for_count,
            temporary=lamp.for_count > 0,
        )

    def beep(self, beeps: Beeps) -> None:
        """Sound the reader's buzzer."""
        self._submit(
            command=osdp_sys.CMD_BUZZER,
            reader=0,
            control_code=2,
            on_count=beeps.on_count,
            off_count=beeps.off_count,
            rep_count=beeps.times,
        )

    def ask_status(self) -> None:
        """Ask for `LocalStatus`."""
        self._submit(
            command=osdp_sys.CMD_STATUS, type=osdp_sys.STATUS_REPORT_LOCAL, nr_entries=0, mask=0, report=b""
        )

    def _submit(self, **command: object) -> None:
        self._panel.submit_command(0, command)

    def _take(self, _: int, event: dict[str, Any]) -> int:
        """One event. The dict is never freed; emptied, it is small."""
        if (told := _event(event)) is not None:
            self._told.append(told)
        event.clear()
        return 0


def _untold(_: int, event: dict[str, Any]) -> int:
    event.clear()
    return 0


def _event(event: Mapping[str, Any]) -> PanelEvent | None:
    kind = event["event"]
    if kind == osdp_sys.EVENT_CARDREAD:
        octets = event["data"]
        text = event["format"] == osdp_sys.CARD_FMT_ASCII
        return CardRead(octets, 8 * len(octets) if text else event["length"], text)
    if kind == osdp_sys.EVENT_KEYPRESS:
        return KeysPressed(event["data"])
    if kind == osdp_sys.EVENT_STATUS and event["type"] == osdp_sys.STATUS_REPORT_LOCAL:
        tampered, power_failed = (*event["report"], 0, 0)[:2]
        return LocalStatus(bool(tampered), bool(power_failed))
    if kind == osdp_sys.EVENT_NOTIFICATION and event["type"] == osdp_sys.EVENT_NOTIFICATION_SC_STATUS:
        return Secured(bool(event["arg0"]), bool(event["arg1"]))
    return None


def _described(address: int, key: bytes | None, flags: int, channel: object) -> dict[str, object]:
    """What libosdp wants to know of a reader; the last five are a peripheral's own."""
    return {
        "name": f"address {address}",
        "address": address,
        "flags": flags,
        "scbk": key,
        "channel": channel,
        "version": 1,
        "model": 1,
        "vendor_code": 0,
        "serial_number": 0,
        "firmware_version": 0,
    }


_UNCHANGED = object()
"""The command stands as it came. libosdp lets go of what it never held; this one is held here for ever."""


class Peripheral:
    """libosdp's own reader, for emulators: octets in, octets out."""

    def __init__(
        self,
        address: int,
        key: bytes | None,
        identity: Identity,
        obey: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """`key`: 16 octets, None: as it left the factory. `obey` is called with each command as libosdp has it."""
        osdp_sys.set_loglevel(osdp_sys.LOG_EMERG)
        self._heard = bytearray()
        self._said = bytearray()
        self._obey = obey
        flags = osdp_sys.FLAG_ENFORCE_SECURE if key else osdp_sys.FLAG_INSTALL_MODE
        described = _described(address, key, flags, self) | {
            "version": identity.version,
            "model": identity.model,
            "vendor_code": identity.vendor,
            "serial_number": identity.serial,
            "firmware_version": identity.firmware,
        }
        self._peripheral = osdp_sys.PeripheralDevice(described, capabilities=_capabilities())
        self._peripheral.set_command_callback(self._take)

    def hear(self, octets: bytes) -> bytes:
        """What it says to this, or of itself."""
        self._heard += octets
        for _ in range(3):  # a frame is taken, carried out and answered in as many looks
            self._peripheral.refresh()
        said = bytes(self._said)
        self._said.clear()
        return said

    def show_card(self, octets: bytes, bits: int) -> None:
        """Told at the next poll."""
        self._tell(
            event=osdp_sys.EVENT_CARDREAD, reader_no=0, format=osdp_sys.CARD_FMT_RAW_UNSPECIFIED,
            direction=0, length=bits, data=octets,
        )  # fmt: skip

    def press(self, keys: bytes) -> None:
        """Told at the next poll."""
        self._tell(event=osdp_sys.EVENT_KEYPRESS, reader_no=0, data=keys)

    def report(self, status: LocalStatus) -> None:
        """Told at the next poll."""
        report = bytes((status.tampered, status.power_failed))
        self._tell(
            event=osdp_sys.EVENT_STATUS,
            type=osdp_sys.STATUS_REPORT_LOCAL,
            nr_entries=2,
            mask=0,
            report=report,
        )

    @property
    def secured(self) -> bool:
        """The secure channel stands."""
        return bool(self._peripheral.is_sc_active())

    def _tell(self, **event: object) -> None:
        self._peripheral.submit_event(event)

    def _take(self, command: dict[str, Any]) -> tuple[int, object]:
        self._obey(command)
        return 0, _UNCHANGED

    def read(self, most: int) -> bytes:
        octets = bytes(self._heard[:most])
        del self._heard[:most]
        return octets

    def write(self, octets: bytes) -> int:
        self._said += octets
        return len(octets)

    def flush(self) -> None:
        self._heard.clear()


def _capabilities() -> list[dict[str, int]]:
    levels = {
        osdp_sys.CAP_CONTACT_STATUS_MONITORING: (1, 2),
        osdp_sys.CAP_CARD_DATA_FORMAT: (3, 0),
        osdp_sys.CAP_READER_LED_CONTROL: (4, 1),
        osdp_sys.CAP_READER_AUDIBLE_OUTPUT: (2, 1),
        osdp_sys.CAP_COMMUNICATION_SECURITY: (1, 1),
    }
    return [
        {"function_code": code, "compliance_level": level, "num_items": items}
        for code, (level, items) in levels.items()
    ]
