"""Kiosks of several shapes, as a start makes them, and hands for them that do nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import get_args

from kiosk import config
from kiosk.attendants import Attendants
from kiosk.fittings import Fitting, Fittings
from kiosk.hands import Hands
from kiosk.lists.standing import Standing
from kiosk.registering.state import Registering
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Room
from kiosk.screen.settings import Settings
from kiosk.screen.words import LANGUAGES
from kiosk.session.state import Phase, Session
from kiosk.station import Station
from kiosk.whole import Kiosk, Rules
from tests.kiosk.fitted import DESK, ROOM, without

SECRET = "§"
"""Stands in every card, name, address and title: where nobody is, no such character is left."""
NAME = f"{SECRET}李明"
CARD = f"{SECRET}R"
"""Readers' cards begin so."""
STAFF = f"{SECRET}staff"
ID_CARDS = {"id": Fitting("card")}
MORE = {
    "printer": Fitting("printer"),
    "voice": Fitting("voice"),
    "door_voice": Fitting("voice", "door"),
    "counter": Fitting("counter", "door"),
    "sensors": Fitting("sensors"),
}


@dataclass(frozen=True)
class Shape:
    fittings: Fittings
    desk: bool = True
    room: bool = False
    registers: bool = False


SHAPES = {
    "desk": Shape(DESK),
    "door": Shape(without(ROOM, *DESK.by_name), desk=False, room=True),
    "both": Shape(ROOM, room=True),
    "registering": Shape(Fittings({**DESK.by_name, **ID_CARDS}), registers=True),
    "no_pad": Shape(Fittings({**without(DESK, "pad").by_name, **ID_CARDS}), registers=True),
    "everything": Shape(Fittings({**ROOM.by_name, **ID_CARDS, **MORE}), room=True, registers=True),
}


def named(card: str) -> str:
    return hashlib.sha256(card.encode()).hexdigest()[:32]


def rules(shape: Shape, chance: Random) -> Rules:
    """Settings that differ from seed to seed."""
    terms = config.Registration("2026-1", {"zh-CN": "一\n\n二"}) if shape.registers else None
    return Rules(
        config.Desk(offers=frozenset(get_args(config.Offer)), voice=chance.choice(("off", "guide"))),
        RoomSettings(),
        config.Offline(lend=chance.random() < 0.8, cap=chance.choice((1, 5))),
        named,
        {"视障": ("elder", "voice")},
        registration=terms,
        staff=frozenset({named(STAFF)}),
    )


def kiosk(shape: Shape, chance: Random) -> Kiosk:
    """No device has been heard of yet."""
    station = Station(shape.fittings)
    phase = Phase.IDLE if station.serving else Phase.OUT_OF_ORDER
    run = f"{chance.randrange(2**32):08x}"
    return Kiosk(
        station,
        session=Session(phase=phase, serving=station.serving, run=run) if shape.desk else None,
        room=Room() if shape.room else None,
        lists=Standing(),
        registering=Registering(run=run) if shape.registers else None,
    )


def screen(shape: Shape, rules: Rules) -> Settings:
    return Settings(
        "127.0.0.1",
        0,
        LANGUAGES,
        "自助借还",
        20_000,
        offers=rules.desk.offers,
        catalogue=True,
        registration=rules.registration,
        books=bool(shape.fittings.names("pad")),
    )


class _Willing:
    """Whatever it is told, it does nothing."""

    def __getattr__(self, _verb: str) -> Callable[..., None]:
        return lambda *_args, **_more: None


def hands(shape: Shape) -> Hands:
    """Such as this shape has: what it lacks is asked of nobody."""
    willing, has = _Willing(), shape.fittings.names
    voices = {shape.fittings.by_name[name].place: willing for name in has("voice")}
    printer = willing if has("printer") else None
    return Hands(
        willing if shape.desk else None,
        willing if shape.room else None,
        willing if has("pad") else None,
        willing if has("door") else None,
        willing,
        Attendants(printer, voices, lambda _done, _language: willing),
        willing if shape.desk else None,
    )
