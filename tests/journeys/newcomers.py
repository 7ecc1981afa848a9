"""A world in which people become readers: identity cards, an ILS that registers, and who has become one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from msgspec import structs

from drivers.events import IdCard, IdCardShown
from kiosk import config
from kiosk.effects import AnyEffect, AskReader, AskSettle
from kiosk.events import AnyEvent, IlsSilent, ReaderAnswered, Settled, Touched, Typed, Verdict
from kiosk.register_effects import AskBearer, AskRegistration
from kiosk.register_events import BearerAnswered, RegistrationAnswered
from tests.journeys.house import CARD_UNKNOWN, READER, Hands, Kiosk, World
from wire.faults import number

SETTINGS = config.Registration("2026-1", {"zh-CN": "读者须知"}, types=(config.AgedType("adult"),))
PHONE, PIN = "13800138000", "802931"
NEWCOMER = IdCard(
    "赵小满",
    2,
    "01",
    date(1990, 1, 1),
    "北京市东城区某街 1 号",
    "110105199001010029",
    "某局",
    date(2020, 1, 1),
    None,
)
CHILD = replace(NEWCOMER, name="赵宝儿", born=date(2018, 1, 1), number="110105201801010027")


@dataclass
class Town(World):
    """The ILS knows readers by their identity cards too."""

    registration: config.Registration | None = SETTINGS
    takes: frozenset[str] = frozenset({"81", "85"})
    registered: dict[str, str] = field(default_factory=dict)
    """Number of the identity card → library card."""
    applied: list[AskRegistration] = field(default_factory=list)
    """What the ILS did, in order."""


class Registry(Hands):
    """The ILS's part."""

    world: Town

    def _act(self, effect: AnyEffect) -> AnyEvent | None:
        world, registered = self.world, self.world.registered
        match effect:
            case AskBearer(txn=txn) | AskRegistration(txn=txn) if world.deaf or isinstance(
                effect, self.deaf_to
            ):
                return IlsSilent(txn=txn)
            case AskBearer(txn=txn, number=id_number):
                return (
                    IlsSilent(txn=txn) if world.silent else BearerAnswered(txn, registered.get(id_number, ""))
                )
            case AskRegistration(txn=txn):
                answer = self._register(effect)
                return IlsSilent(txn=txn) if world.silent or isinstance(effect, self.mute_to) else answer
            case AskSettle(kind="register", txn=txn, card=id_number):
                return Settled(txn, self._verdict(id_number))
            case AskReader(by="id_card", ask=ask, card=shown) if not (world.silent or world.deaf):
                card = registered.get(shown, "")
                reader = structs.replace(READER, card=card, shown=shown) if card else None
                return ReaderAnswered(ask, reader, None if card else CARD_UNKNOWN, card)
        return super()._act(effect)

    def _register(self, effect: AskRegistration) -> RegistrationAnswered:
        number_, registered = effect.application.number, self.world.registered
        if number_ in registered:
            return RegistrationAnswered(effect.txn, number("id_card_taken"))
        registered[number_] = f"N{len(registered) + 1}"
        self.world.applied.append(effect)
        return RegistrationAnswered(effect.txn, None)

    def _verdict(self, id_number: str) -> Verdict:
        if self.world.silent or self.world.deaf:
            return Verdict.SILENT
        if not id_number:
            return Verdict.UNCLEAR
        return Verdict.DONE if id_number in self.world.registered else Verdict.NEVER


class Desk(Kiosk):
    """The kiosk of that world."""

    hands_of = Registry
    world: Town

    def show(self, card: IdCard = NEWCOMER) -> None:
        self.happen(IdCardShown("scanner", card))

    def fill_in(self) -> None:
        """From the terms to the last page."""
        self.happen(Touched("agree"))
        self.happen(Typed("phone", PHONE))
        self.happen(Typed("pin", PIN))
        self.happen(Typed("pin", PIN))

    def register(self, card: IdCard = NEWCOMER) -> None:
        """The whole way, as somebody goes it."""
        self.happen(Touched("register"))
        self.show(card)
        self.fill_in()

    @property
    def page(self) -> str:
        """Which phase the registration shows."""
        registering = self.loop.kiosk.registering
        assert registering
        return registering.phase.value
