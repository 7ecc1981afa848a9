"""The page at the door while its reader is asked something: the PIN, or how many come along. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.room.state import Phase, Room
from kiosk.screen.page import Button, Keypad, Page
from kiosk.screen.pin import MAX_DIGITS
from kiosk.screen.words import Texts

LOCKED = frozenset({Phase.QUESTIONED, Phase.RELEASED, Phase.OPEN})
"""Where somebody else goes out meanwhile, the question stays."""


def asked(page: Page, room: Room, texts: Texts) -> Page:
    """The door's page, or over it what its reader is asked."""
    question, words = room.admission.question, texts.door
    if question is None or room.card or room.phase not in LOCKED:
        return page
    page = replace(page, tone="calm", icon="lock", chip=None, visit=room.ask)
    if question.wants == "pin":
        pin = texts.pin
        keypad = Keypad("door_pin", words.pin, pin.next, pin.delete, pin.clear, MAX_DIGITS)
        return replace(
            page, scene="door_pin", layout="keypad", heading=words.pin, advice=words.pin_advice, keypad=keypad
        )
    keys = (str(count) for count in range(1, question.most + 1))
    return replace(
        page,
        scene="companions",
        icon="walk",
        heading=words.companions,
        advice=words.companions_advice,
        buttons=(
            Button("companions", words.alone, main=True, about="0"),
            *(Button("companions", key, about=key) for key in keys),
        ),
    )
