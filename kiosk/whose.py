"""Whose an event is: the desk's, the door's, or everybody's. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.events import (
    ID_CARD,
    CardRefused,
    CardShown,
    CardTaken,
    DeviceBack,
    DeviceLost,
    IdCardShown,
    KeysEntered,
)
from kiosk import points
from kiosk.events import AnyEvent, ShownInVain, Touched, Typed
from kiosk.fittings import Fittings

if TYPE_CHECKING:
    from kiosk.core import Kiosk

FROM_PAGES = frozenset({Touched, Typed})
CALLS = frozenset({"help", "answer", "end_help"})
"""Touches that are heard whoever stands there."""
RENAMED = frozenset({IdCardShown, CardRefused, KeysEntered})
AT_DESK = frozenset({CardShown, CardTaken, IdCardShown, ShownInVain, DeviceBack})
AT_DOOR = frozenset({CardShown, ShownInVain, KeysEntered, Touched, Typed, DeviceLost})
"""Events that are looked at here; all others are as they are, and everybody's."""


def shown(event: AnyEvent, fittings: Fittings) -> AnyEvent:
    """What a card device told, as the tables know it: an identity card is a card with a number of its own.

    Keys at the door may answer the door's question; at the desk they say nothing of who somebody is.
    """
    if type(event) not in RENAMED:
        return event
    match event:
        case IdCardShown(device=device, card=card):
            return CardShown(device, card.number, ID_CARD)
        case CardRefused(device=device, why=why):
            return ShownInVain(device, points.REFUSED[why])
        case KeysEntered(device=device) if not fittings.is_outside(device):
            return ShownInVain(device, points.KEYS_NOT_TAKEN)
    return event


def at_desk(fittings: Fittings, event: AnyEvent) -> bool:
    """Whether a device's event is the desk's to judge: a card that was shown there, the pad that is back."""
    if type(event) not in AT_DESK:
        return True
    match event:
        case (
            CardShown(device=device)
            | CardTaken(device=device)
            | IdCardShown(device=device)
            | ShownInVain(device=device)
        ):
            return fittings.is_at_desk(device)
        case DeviceBack(device=device):
            return fittings.is_a(device, "pad")
    return True


def is_doors(event: AnyEvent) -> bool:
    """Whether somebody has answered a question of the door, on its screen."""
    match event:
        case Touched(action=action):
            return action == "companions"
        case Typed(purpose=purpose):
            return purpose == "door_pin"
    return False


def at_door(fittings: Fittings, event: AnyEvent) -> bool:
    """The same of the door: a card that was shown outside, the unit that is lost."""
    if type(event) not in AT_DOOR:
        return True
    match event:
        case CardShown(device=device) | ShownInVain(device=device) | KeysEntered(device=device):
            return fittings.is_outside(device)
        case Touched() | Typed():
            return is_doors(event)
        case DeviceLost(device=device):
            return fittings.is_a(device, "door")
    return True


def is_late(kiosk: Kiosk, event: AnyEvent) -> bool:
    """A touch on the page of somebody who has gone meanwhile, or on one from before somebody came."""
    if not isinstance(event, Touched | Typed) or event.visit is None:
        return False
    if is_doors(event):
        return kiosk.room is None or event.visit != kiosk.room.ask
    if kiosk.session is None or kiosk.service.stops or (isinstance(event, Touched) and event.action in CALLS):
        return False
    return event.visit != kiosk.session.visit
