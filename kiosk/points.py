"""What devices tell beside books, cards and doors, as faults and vitals: literal tables. Pure.

A point whose name does not say what its contact watches for (`wire.points`) raises nothing; its state goes with the
vitals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drivers.events import InputSensed, Measured, PaperSensed, Refusal
from kiosk.fittings import Fittings
from wire import facts
from wire.condition import Reading
from wire.faults import number
from wire.points import watched

REFUSED: Mapping[Refusal, int] = {
    "unreadable": number("card_unreadable"),
    "removed": number("card_removed"),
    "unknown": number("card_unknown"),
    "expired": number("code_expired"),
    "early": number("code_early"),
    "replayed": number("code_used"),
}
"""Why a showing gave no number → what whoever stands there is told."""
KEYS_NOT_TAKEN = number("keys_not_taken")
NAME_CHARACTERS = 64
"""As `wire.facts.Name`."""
PAPER_LOW = number("paper_low")
PAPER_OUT = number("paper_out")
PRINTER_OPEN = number("printer_open")


def called(event: Measured | InputSensed | PaperSensed, fittings: Fittings) -> str:
    """How vitals and faults call what the event tells of: a point of a sensor unit by the name that the
    configuration gives it, of another device behind that device's, a printer's paper by the printer.
    """
    if isinstance(event, PaperSensed):
        return event.device
    named = fittings.is_a(event.device, "sensors")
    return event.point if named else facts.clip(f"{event.device}_{event.point}", NAME_CHARACTERS)


def reading(event: Measured | InputSensed | PaperSensed) -> Reading | None:
    """What goes with the vitals; a contact reads 1 while it is active."""
    match event:
        case Measured(value=value, unit=unit):
            return Reading(value, unit)
        case InputSensed(active=active):
            return Reading(float(active))
    return None


def meanings(event: Measured | InputSensed | PaperSensed) -> Iterator[tuple[int, bool]]:
    """Each fault that the event tells of: its number, and whether it stands."""
    if isinstance(event, PaperSensed):
        yield PAPER_LOW, event.paper == "low"
        yield PAPER_OUT, event.paper == "out"
        yield PRINTER_OPEN, event.cover_open
    if isinstance(event, InputSensed):
        fault = watched(event.point)
        if fault is not None:
            yield fault, event.active
