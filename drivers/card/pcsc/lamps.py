"""LED and buzzer of readers whose commands are published: ACS ACR122U alone. Pure.

    FF 00 40 P2 04 T1 T2 N link      Bi-color LED and Buzzer Control, sent as to a card that lies there

    P2     bit 0 red on at the end     bit 1 green on at the end     bit 2 red changes     bit 3 green changes
    T1 T2  how long a blink and its pause last, in 0.1 s; N of them
    link   1: the buzzer sounds during T1

Source: ACR122U Application Programming Interface V2.04, 6.2.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.device import Signal

Lamps = Mapping[Signal, bytes]

RED, GREEN = 0b01, 0b10
CHANGE_BOTH = 0b1100
SOUND = 1


def _acr122(lights: int, *, length: int = 0, times: int = 0) -> bytes:
    """Light up; sound so many times for so many tenths of a second."""
    head = bytes((0xFF, 0x00, 0x40, CHANGE_BOTH | lights, 0x04))
    return head + bytes((length, length if times > 1 else 0, times, SOUND if times else 0))


ACR122: Lamps = {
    "granted": _acr122(GREEN, length=1, times=1),
    "refused": _acr122(RED, length=1, times=3),
    "busy": _acr122(RED | GREEN),
}
"""`ready` has no command: the reader shows it by itself as soon as the card is gone."""

BY_READER: Mapping[str, Lamps] = {"ACR122": ACR122}
"""A part of the reader's name → its commands."""


def lamps_of(reader: str) -> Lamps:
    """The commands of this reader; none for those that are not known."""
    return next((lamps for part, lamps in BY_READER.items() if part in reader), {})
