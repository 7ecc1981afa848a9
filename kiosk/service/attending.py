"""The service within the kiosk: which events are staff's alone, and what the others see instead. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.events import CardShown
from kiosk.clock import Now
from kiosk.effects import AnyEffect
from kiosk.errands.moves_pin import pause_ms
from kiosk.events import AnyEvent, ShownInVain, Ticked, Touched
from kiosk.service import acts, counting, moves, table
from kiosk.service.state import Phase, Service
from kiosk.service.surroundings import Surroundings

if TYPE_CHECKING:
    from kiosk.core import Kiosk, Rules

Effects = tuple[AnyEffect, ...]
CARDS = (CardShown, ShownInVain)
"""What may come from any card device."""


def attend(kiosk: Kiosk, event: AnyEvent, now: Now, rules: Rules) -> tuple[Kiosk, AnyEvent, Effects]:
    """The kiosk with the service stepped, the event as all other tables see it, and what is to be done.

    What is staff's is a tick to the others; a staff card that comes in ends whose session there is.
    """
    if kiosk.session is None or not table.concerns(kiosk.service, event):
        return kiosk, event, ()
    fittings = kiosk.station.fittings
    if isinstance(event, CARDS) and not fittings.is_at_desk(event.device):
        return kiosk, event, ()
    before, around = kiosk.service, Surroundings(now, rules.named, rules.staff, fittings)
    taken = table.takes(before, event, around)
    service, effects = table.step(before, event, around)
    if service is not before:
        kiosk = replace(kiosk, service=service)
    if service.stops != kiosk.station.service:
        kiosk = replace(kiosk, station=replace(kiosk.station, service=service.stops))
    if not taken:
        return kiosk, event, effects
    return kiosk, Touched("done") if before.phase is Phase.OFF else Ticked(), effects


def note(kiosk: Kiosk, event: AnyEvent, effects: Effects) -> tuple[Kiosk, Effects]:
    """The kiosk with what was lent, taken back and printed counted."""
    counts = counting.count(kiosk.service.counts, event, effects)
    if counts is kiosk.service.counts:
        return kiosk, ()
    return replace(kiosk, service=replace(kiosk.service, counts=counts)), (counting.kept(counts),)


def recall(remembered: Callable[[str], str | None], now: Now) -> Service:
    """What a start knows: the sign, the counts, wrong PINs, whose pause begins anew."""
    wrong = remembered(moves.TRIES) or ""
    tries = int(wrong) if wrong.isdecimal() else 0
    return Service(
        wrong=tries,
        until_ms=now.mono_ms + pause_ms(tries) if tries else 0,
        sign=remembered(acts.SIGN) is not None,
        counts=counting.recalled(remembered(counting.COUNTS)),
    )
