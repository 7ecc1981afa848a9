"""Which of the kiosk's troubles concern whoever stands at a place, and in what order. Pure.

The others (a gate without a line, a message thrown away) are for staff: nothing is asked of a reader.
"""

from __future__ import annotations

from kiosk.effects import Place
from kiosk.screen.page import Chip
from kiosk.screen.words import Texts
from kiosk.snapshot import Snapshot
from wire.condition import Trouble
from wire.faults import Fault, fault, number

CARD_READER_LOST = number("card_reader_lost")
ILS_SILENT = number("ils_silent")
LOST = frozenset({CARD_READER_LOST, number("pad_lost"), number("door_lost")})
CONCERNS: dict[Place, tuple[str, ...]] = {
    "desk": (
        "journal_forked",
        "disk_failed",
        "program_failed",
        "pad_lost",
        "card_reader_lost",
        "device_misbehaved",
        "gate_alarm",
        "lock_not_released",
        "door_lost",
        "journal_full",
        "returns_closed",
        "loans_closed",
        "ils_silent",
    ),
    "door": ("lock_not_released", "card_reader_lost", "ils_silent"),
}
"""By importance: the first one that stands is told."""


def foremost(place: Place, snapshot: Snapshot) -> Fault | None:
    """The fault that matters most to a reader at `place`, None where all that they need is there."""
    felt = snapshot.fittings.felt(place)
    troubles = [one for one in snapshot.troubles if one.device in felt and not _is_over(one, snapshot)]
    standing = {one.fault for one in troubles}
    silent = {one.device for one in troubles if one.fault == CARD_READER_LOST}
    if snapshot.fittings.names("card") & felt - silent:  # another one serves
        standing.discard(CARD_READER_LOST)
    if not snapshot.ils_up:
        standing.add(ILS_SILENT)
    return next((fault(number(name)) for name in CONCERNS[place] if number(name) in standing), None)


def _is_over(one: Trouble, snapshot: Snapshot) -> bool:
    """A fault that comes and goes is left standing for staff (`kiosk.restless`); a reader is served meanwhile."""
    if one.fault == ILS_SILENT:
        return snapshot.ils_up
    return one.fault in LOST and one.device in snapshot.identities


def chip(place: Place, snapshot: Snapshot, texts: Texts, *, lends: bool = True) -> Chip | None:
    """The remark beside the title: what is away and what that means here.

    Args:
        place: whose screen it is.
        snapshot: the kiosk now.
        texts: the words.
        lends: while the library system is silent the desk lends by itself.
    """
    trouble = foremost(place, snapshot)
    if trouble and trouble.name == "ils_silent":
        at_desk = texts.shell.offline if lends else texts.shell.offline_returns
        return Chip(at_desk if place == "desk" else texts.shell.offline_door, "cloud", "calm")
    if trouble:
        return Chip(trouble.reader.of(texts.code), "look", "warn")
    if not snapshot.online:
        return Chip(fault(number("central_away")).reader.of(texts.code), "cloud", "calm")
    return None
