"""The change of a PIN as a page: one line to type at a time. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.errands.state import Entry, Pin
from kiosk.screen.page import Button, Keypad, Page
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.snapshot import Snapshot
from wire.faults import fault, number

PIN_PAUSED = number("pin_paused")
MAX_DIGITS = 12
"""No library system known takes longer ones by keypad."""
MINUTE_MS = 60_000


def pin(page: Page, snapshot: Snapshot, texts: Texts, _settings: Settings) -> Page:
    """What is to be typed next, or why nothing is."""
    words, change = texts.pin, snapshot.errand.pin or Pin()
    page = replace(
        page,
        scene=f"pin_{change.entry.value}",
        tallies=(),
        rows=(),
        notice=None,
        buttons=(Button("account", texts.account.back), Button("done", texts.visit.done)),
    )
    if change.entry is Entry.ASKING:
        return replace(
            page, layout="sign", tone="busy", icon="work", heading=words.asking, advice="", buttons=()
        )
    if change.entry is Entry.PAUSED:
        minutes = -(-max(change.until_ms - snapshot.now.mono_ms, 1) // MINUTE_MS)
        paused = words.paused.format(minutes=minutes)
        why = fault(PIN_PAUSED).reader.of(texts.code)
        return replace(page, layout="sign", tone="warn", icon="clock", heading=paused, advice=why)
    heading = {Entry.OLD: words.old, Entry.NEW: words.new, Entry.AGAIN: words.again}[change.entry]
    advice, code = words.new_advice if change.entry is Entry.NEW else "", ""
    if change.fault is not None:
        advice = fault(change.fault).reader.of(texts.code)
        code = texts.shell.code.format(code=change.fault)
    elif change.differs:
        advice = words.differs
    wrong = change.fault is not None or change.differs
    keypad = Keypad("pin", heading, words.next, words.delete, words.clear, MAX_DIGITS)
    return replace(
        page,
        layout="keypad",
        tone="warn" if wrong else "calm",
        icon="look" if wrong else "card",
        heading=heading,
        advice=advice,
        code=code,
        keypad=keypad,
    )
