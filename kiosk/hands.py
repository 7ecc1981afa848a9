"""Carries out what the tables decided. Never blocks: each verb hands its work to a thread of its own,
and the outcome comes back as an event on the one queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.device import Door, Outputs, Pad
from kiosk.attendants import Attendants
from kiosk.courtesy_effects import Courtesy, Print, Say
from kiosk.effects import (
    AnyEffect,
    AskItem,
    AskLoan,
    AskReader,
    AskReplay,
    AskReturn,
    AskSettle,
    FetchList,
    ReleaseDoor,
    SecureDoor,
    SenseTag,
    WriteTag,
)
from kiosk.errand_effects import ErrandQuestion
from kiosk.ils import Ils
from kiosk.lists.keeper import Keeper
from kiosk.payment_effects import AskPayment
from kiosk.register_effects import RegisterQuestion
from kiosk.room_effects import Switch
from kiosk.service.hands import ServiceHands
from kiosk.service_effects import CheckPin, EncodeTag, ServiceEffect


@dataclass(frozen=True, slots=True)
class Hands:
    """What the kiosk can reach; None where its roles do not need it."""

    desk_ils: Ils | None = None
    door_ils: Ils | None = None
    pad: Pad | None = None
    door: Door | None = None
    lists: Keeper | None = None
    attendants: Attendants = field(default_factory=Attendants)
    service: ServiceHands | None = None
    outputs: Mapping[str, Outputs] = field(default_factory=dict)
    """Boards that switch lights, power and sirens, by name."""

    def do(self, effect: AnyEffect) -> None:
        """Begin one effect.

        Raises:
            TypeError: a table asked for what this kiosk has not (a mistake of ours).
        """
        match effect:
            case ReleaseDoor(limit_ms=limit_ms) if self.door:
                self.door.release(limit_ms)
            case SecureDoor() if self.door:
                self.door.secure()
            case WriteTag(uid=uid, secured=secured) if self.pad:
                self.pad.secure(uid, secured)
            case SenseTag(uid=uid) if self.pad:
                self.pad.sense(uid)
            case Print() | Say() | CheckPin() | EncodeTag() | Switch():
                self._attend(effect)
            case FetchList() if self.lists:
                self.lists.fetch(effect)
            case AskReader(place="door") if self.door_ils:
                self.door_ils.ask(effect)
            case (
                AskReader() | AskItem() | AskLoan() | AskReturn() | AskSettle() | AskReplay() | AskPayment()
            ) if ils := self._ils:
                ils.ask(effect)
            case _ if isinstance(effect, ErrandQuestion | RegisterQuestion) and self.desk_ils:
                self.desk_ils.ask(effect)
            case _:
                raise TypeError(f"nothing here does {effect!r}")

    def _attend(self, effect: Courtesy | ServiceEffect | Switch) -> None:
        """What is done beside lending: for a reader, for staff, for the room."""
        if isinstance(effect, Print | Say):
            self.attendants.do(effect)
        elif isinstance(effect, Switch):
            self.outputs[effect.device].switch(effect.output, on=effect.on, limit_ms=effect.limit_ms)
        elif self.service:
            self.service.do(effect)

    @property
    def _ils(self) -> Ils | None:
        """The desk's conversation; a kiosk that has lost its desk still owes what the desk has left."""
        return self.desk_ils or self.door_ils
