"""A registration to play with: the real table, a clock that is moved by hand, everything that it asked for."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from drivers.events import CardShown, IdCard, IdCardShown
from kiosk import config
from kiosk.clock import Now
from kiosk.effects import Record
from kiosk.events import Action, AnyEvent, IlsSilent, Purpose, Settled, Ticked, Touched, Typed, Verdict
from kiosk.register_effects import AskBearer, AskRegistration
from kiosk.register_events import BearerAnswered, RegistrationAnswered
from kiosk.registering import table
from kiosk.registering.moves import deadline_ms
from kiosk.registering.state import Registering
from kiosk.registering.surroundings import SignIn, Surroundings
from kiosk.session.state import Phase as SessionPhase
from kiosk.session.state import Session
from tests.kiosk import ruling
from wire.facts import Fact

PHONE, PIN = "13800138000", "802931"
SETTINGS = config.Registration(
    "2026-1",
    {"zh-CN": "第一条\n\n第二条", "en": "One\n\nTwo"},
    types=(config.AgedType("adult", 14), config.AgedType("child")),
)

E = TypeVar("E")


def id_card(number: str, name: str, born: date, until: date | None = None) -> IdCard:
    return IdCard(name, 1, "01", born, "北京市东城区", number, "某局", date(2020, 1, 1), until)


LI = id_card("11010519491231002X", "李明", date(1949, 12, 31))
PARENT = id_card("110105198505060033", "王芳", date(1985, 5, 6))
CHILD = id_card("110105201801010027", "王小宝", date(2018, 1, 1))


def named(card: str) -> str:
    """The pseudonym of an identity card, for tests: its digits alone."""
    return f"{sum(map(ord, card)):032x}"


class Clerk:
    def __init__(self) -> None:
        self.now = Now(1_790_000_000_000, 1_000_000)
        self.registering = Registering(run="0badcafe")
        self.session = Session(run="0badcafe")
        self.takes = frozenset({"81", "85"})
        self.more: dict[str, object] = {}
        """Other fields of the rule."""
        self.effects: list[object] = []

    def happen(self, event: AnyEvent) -> list[object]:
        self.registering, effects = table.step(self.registering, event, self.around)
        self.effects += effects
        return list(effects)

    @property
    def around(self) -> Surroundings:
        rule = ruling.rule(self.now, **{"named": named} | self.more)  # type: ignore[arg-type]  # its fields
        return Surroundings(SETTINGS, rule, self.session, self.takes)

    def pass_s(self, seconds: float) -> None:
        """Time passes; the table is told whenever it asked to be."""
        end = self.now.mono_ms + int(seconds * 1000)
        while (due := deadline_ms(self.registering, self.now.mono_ms, 20_000)) is not None and due <= end:
            self._at(max(due, self.now.mono_ms + 1))
            self.happen(Ticked())
        self._at(end)

    def _at(self, mono_ms: int) -> None:
        self.now = Now(self.now.wall_ms + mono_ms - self.now.mono_ms, mono_ms)

    # ------------------------------------------------------------ what people do
    def touch(self, action: Action) -> None:
        self.happen(Touched(action))

    def show(self, card: IdCard, ask: int = 4) -> None:
        """At an idle desk, which asks who it is."""
        self.session = Session(SessionPhase.IDENTIFYING, card=card.number, card_ask=ask)
        self.lay(card)

    def lay(self, card: IdCard) -> None:
        self.happen(IdCardShown("id_reader", card))

    def card(self, number: str = "R0001") -> None:
        self.happen(CardShown("scanner", number, "card"))

    def type(self, purpose: Purpose, text: str) -> None:
        self.happen(Typed(purpose, text))

    def to_terms(self, card: IdCard = LI) -> None:
        self.touch("register")
        self.lay(card)
        self.bearer("")

    def to_last_page(self, card: IdCard = LI) -> None:
        self.to_terms(card)
        self.touch("agree")
        self.type("phone", PHONE)
        self.type("pin", PIN)

    def send(self, card: IdCard = LI) -> str:
        """All pages; the txn of the registration that is asked for."""
        self.to_last_page(card)
        self.type("pin", PIN)
        return self.last(AskRegistration).txn

    # ------------------------------------------------------------ what the ILS says
    def bearer(self, card: str, fault: int | None = None) -> None:
        self.happen(BearerAnswered(self.last(AskBearer).txn, card, fault))

    def answer(self, fault: int | None = None) -> None:
        self.happen(RegistrationAnswered(self.last(AskRegistration).txn, fault))

    def fall_silent(self) -> None:
        self.happen(IlsSilent(txn=self.registering.txn))

    def settle(self, verdict: Verdict) -> None:
        self.happen(Settled(self.registering.txn, verdict))

    # ------------------------------------------------------------ what it asked for
    def last(self, kind: type[E]) -> E:
        return next(effect for effect in reversed(self.effects) if isinstance(effect, kind))

    def all(self, kind: type[E]) -> list[E]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def facts(self) -> list[Fact]:
        return [record.fact for record in self.all(Record)]

    @property
    def signed_in(self) -> list[str]:
        """Numbers with which the session was begun."""
        return [effect.card.number for effect in self.all(SignIn)]
