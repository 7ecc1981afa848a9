"""Who is let in, for how long, and what the devices tell meanwhile. Pure functions of (service, event, surroundings)."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from drivers.events import CardShown, DeviceLost, TagSeen
from kiosk.effects import Record, Remember
from kiosk.errands.moves_pin import pause_ms
from kiosk.events import TYPED_CHARACTERS, ShownInVain, StopAsked, Ticked, Touched, Typed
from kiosk.service.state import ACTIVE, Lost, Phase, Service, Tagging
from kiosk.service.surroundings import Stepped, Surroundings
from kiosk.service_effects import CheckPin
from kiosk.service_events import PinChecked
from wire import service_facts as facts
from wire.facts import clip
from wire.faults import number

PIN_WRONG = number("pin_wrong")
TRIES = "service.wrong"
"""Under which the wrong PINs are remembered."""
PIN_S, IDLE_S = 30, 300
"""Staff type a PIN at once, and stand before an open machine for minutes."""
SHOWN_CHARACTERS = 4
"""Of a card that was held to a reader as a test."""


def ask_pin(service: Service, event: CardShown, around: Surroundings) -> Stepped:
    """A staff card: its PIN is to be typed. Any other card that follows it is nobody's."""
    if not around.is_staff(event.number):
        return service, ()
    end_at_ms = around.now.mono_ms + PIN_S * 1000
    return replace(service, phase=Phase.PIN, staff=around.named(event.number), end_at_ms=end_at_ms), ()


def look(service: Service, event: Typed, around: Surroundings) -> Stepped:
    """A PIN was typed. None is looked at while a pause lasts."""
    typed = 0 < len(event.text) <= TYPED_CHARACTERS and event.purpose == "service"
    if not typed or around.now.mono_ms < service.until_ms:
        return service, ()
    ask = service.ask + 1
    asked = replace(service, phase=Phase.CHECKING, ask=ask, end_at_ms=None)
    return asked, (CheckPin(ask, service.staff, event.text),)


def judge(service: Service, event: PinChecked, around: Surroundings) -> Stepped:
    """Right: they are let in. Wrong: counted, also across a restart."""
    if event.ask != service.ask:
        return service, ()
    if event.right:
        entered = replace(longer(service, around), phase=Phase.MENU, wrong=0, until_ms=0)
        return entered, (Record(facts.ServiceEntered(service.staff)), Remember(TRIES, None))
    wrong = service.wrong + 1
    service = replace(
        service,
        phase=Phase.PIN,
        wrong=wrong,
        until_ms=around.now.mono_ms + pause_ms(wrong),
        end_at_ms=around.now.mono_ms + PIN_S * 1000,
    )
    refused = Record(facts.ServiceRefused(service.staff, PIN_WRONG, wrong))
    return service, (refused, Remember(TRIES, str(wrong)))


def turn_away(service: Service, event: Touched, _around: Surroundings) -> Stepped:
    """They would rather not."""
    return (left(service), ()) if event.action in {"done", "back", "dismiss"} else (service, ())


def tick(service: Service, _event: Ticked, around: Surroundings) -> Stepped:
    """Nothing has happened for long."""
    if service.end_at_ms is None or around.now.mono_ms < service.end_at_ms:
        return service, ()
    return leave(service, "idle")


def stop(service: Service, _event: StopAsked, _around: Surroundings) -> Stepped:
    """The program ends."""
    return leave(service, "stopped")


def leave(service: Service, why: Literal["done", "idle", "stopped"]) -> Stepped:
    """Readers are served again, unless the sign stands."""
    if service.phase not in ACTIVE:
        return left(service), ()
    return left(service), (Record(facts.ServiceLeft(service.staff, why)),)


def left(service: Service) -> Service:
    return replace(
        service, phase=Phase.OFF, staff="", end_at_ms=None, sure=None, heard={}, tested={}, tagging=Tagging()
    )


# ---------------------------------------------------------------- what devices tell
def hear_card(service: Service, event: CardShown, around: Surroundings) -> Stepped:
    """A card held to a reader shows that it reads: its last characters are told, and nobody is asked."""
    return _heard(service, event.device, f"…{event.number[-SHOWN_CHARACTERS:]}", around), ()


def hear_nothing(service: Service, event: ShownInVain, around: Surroundings) -> Stepped:
    return _heard(service, event.device, "?", around), ()


def hear_tag(service: Service, event: TagSeen, around: Surroundings) -> Stepped:
    told = event.content.item if event.content else event.uid
    return _heard(service, event.device, clip(told, 64), around), ()


def note_lost(service: Service, event: DeviceLost, around: Surroundings) -> Stepped:
    """Why a device was lost is kept, whoever looks for it later."""
    if event.device not in around.fittings.by_name:
        return service, ()
    lost = Lost(clip(event.cause.text), max(around.now.wall_ms, 0))
    return replace(service, lost={**service.lost, event.device: lost}), ()


def _heard(service: Service, device: str, told: str, around: Surroundings) -> Service:
    return replace(longer(service, around), heard={**service.heard, device: told})


def longer(service: Service, around: Surroundings) -> Service:
    return replace(service, end_at_ms=around.now.mono_ms + IDLE_S * 1000)
