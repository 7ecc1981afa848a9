"""What may happen next at a kiosk: what whoever stands there would do, and anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import get_args

from drivers.errors import Gone
from drivers.events import (
    CardRefused,
    CardShown,
    CardTaken,
    DeviceBack,
    DeviceLost,
    DoorSensed,
    IdCard,
    IdCardShown,
    KeysEntered,
    PadSettled,
    PaperSensed,
    Refusal,
    TagContent,
    TagGone,
    TagSeen,
)
from kiosk.central_events import MessageRefused, UplinkChanged, WatermarkMoved
from kiosk.courtesy_events import HelpClosed, HelpSaid
from kiosk.errands.state import Panel
from kiosk.events import (
    Action,
    AnyEvent,
    IlsChanged,
    JournalStands,
    LanguageChosen,
    Mode,
    ModeSwitched,
    Purpose,
    Ticked,
    Touched,
    Typed,
)
from kiosk.payment_events import CodeOffered, MoneyCame
from kiosk.registering.state import Phase as Registering
from kiosk.screen.words import LANGUAGES
from kiosk.service.state import ACTIVE
from kiosk.service.state import Phase as Service
from kiosk.session.state import Phase
from kiosk.whole import Kiosk
from tests.kiosk.monkey.answers import BOOKS, ODD
from tests.kiosk.monkey.shapes import CARD, SECRET, STAFF, Shape

PHONE, PINS = "13900000017", ("258013", "840627")
TAKES = frozenset({"15", "29", "37", "63", "65", "81", "85"})
ABOUT = ("", "door", "1", "ok", "F1", "devices", "tags", "test:printer", "sign_on", "restart", *BOOKS)


def id_card(year: int) -> IdCard:
    number = f"{SECRET}{year}0228"
    return IdCard(f"{SECRET}王芳", 2, "01", date(year, 2, 28), SECRET, number, SECRET, date(2016, 1, 1), None)


ID_CARDS = tuple(map(id_card, (1950, 1980, 2016)))
CARDS = (*(f"{CARD}{n:04}" for n in range(3)), SECRET * 200, STAFF, "B1")


class Events:
    """Made up of one source of chance."""

    def __init__(self, shape: Shape, chance: Random) -> None:
        self._fittings = shape.fittings
        self._chance = chance
        self._sense = chance.choice((0.0, 0.3, 0.6))
        """How often somebody does what their page wants of them, this time."""
        self._any = self._kinds()

    def next(self, kiosk: Kiosk, mono_ms: int) -> AnyEvent:
        """What somebody would do, or anything else."""
        likely = self._likely(kiosk, mono_ms) if self._chance.random() < self._sense else None
        return likely or self._chance.choice(self._any)(kiosk, mono_ms)

    # ------------------------------------------------------------ what somebody would do
    def _likely(self, kiosk: Kiosk, mono_ms: int) -> AnyEvent | None:
        session, registering = kiosk.session, kiosk.registering
        if session is None:
            return None
        if kiosk.service.stops:
            return self._staff(kiosk)
        if session.phase is Phase.OUT_OF_ORDER:
            away = sorted(self._fittings.by_name.keys() - kiosk.station.identities.keys())
            return DeviceBack(self._chance.choice(away), "x") if away else PadSettled("pad")
        if registering and registering.has_desk:
            return self._registering(kiosk)
        return self._errand(kiosk, mono_ms)

    def _staff(self, kiosk: Kiosk) -> AnyEvent:
        service = kiosk.service
        if service.phase is Service.OFF:
            return CardShown("scanner", STAFF, "card")
        if service.phase not in ACTIVE:
            return Typed("service", PINS[0])
        return Touched("service", "sign_off") if service.sign else Touched("done")

    def _registering(self, kiosk: Kiosk) -> AnyEvent | None:
        assert kiosk.registering is not None
        assert kiosk.session is not None
        now, visit = kiosk.registering, kiosk.session.visit
        match now.phase:
            case Registering.AWAITING | Registering.GUARDIAN:
                return IdCardShown("id", self._chance.choice(ID_CARDS))
            case Registering.OFFERED:
                return Touched("register", "", visit)
            case Registering.TERMS:
                return Touched("agree", "", visit)
            case Registering.PHONE:
                return Typed("phone", PHONE, visit)
            case Registering.PIN | Registering.PIN_AGAIN:
                return Typed("pin", now.pin or self._chance.choice(PINS), visit)
            case Registering.DONE | Registering.KNOWN:
                return Touched("go_on", "", visit)
        return None

    def _errand(self, kiosk: Kiosk, mono_ms: int) -> AnyEvent | None:
        assert kiosk.session is not None
        visit, errand = kiosk.session.visit, kiosk.errand
        if errand.paying and errand.paying.waited_for:
            txn, fen = errand.paying.txn, errand.paying.amount_fen
            return (
                MoneyCame(txn, "p1", fen) if errand.paying.code else CodeOffered(txn, "x", mono_ms + 60_000)
            )
        if errand.pin:
            return Typed("pin", errand.pin.new or self._chance.choice(PINS), visit)
        if errand.panel is Panel.FEES:
            return Touched("pay", "", visit)
        if errand.panel is Panel.ACCOUNT:
            action = self._chance.choice(("fees", "pin", "renew_all", "renew", "cancel_hold"))
            return Touched(action, errand.sure or self._chance.choice(BOOKS), visit)
        if kiosk.session.phase is Phase.IDLE and kiosk.registering:
            return Touched("register", "", visit)
        return Touched("account", "", visit) if kiosk.session.phase is Phase.IDENTIFIED else None

    # ------------------------------------------------------------ anything else
    def _kinds(self) -> list[Callable[[Kiosk, int], AnyEvent]]:
        usual = [self._card] * 6 + [self._touch] * 8 + [self._type] * 3 + [self._helped, self._paid]
        if self._fittings.names("pad"):
            usual += [self._lay] * 7 + [self._lift] * 4
        return usual + [self._unusual] * 12

    def _card(self, _kiosk: Kiosk, _mono_ms: int) -> AnyEvent:
        choose = self._chance.choice
        device = choose((*sorted(self._fittings.names("card")), "ghost"))
        if choose((True, False, False)):
            return IdCardShown(device, choose(ID_CARDS))
        return CardShown(device, choose(CARDS), choose(("card", "card", "barcode")))

    def _touch(self, kiosk: Kiosk, _mono_ms: int) -> AnyEvent:
        return Touched(self._chance.choice(get_args(Action)), self._chance.choice(ABOUT), self._visit(kiosk))

    def _type(self, kiosk: Kiosk, _mono_ms: int) -> AnyEvent:
        text = self._chance.choice((PHONE, *PINS, *ODD))[:64]
        return Typed(self._chance.choice(get_args(Purpose)), text, self._visit(kiosk))

    def _visit(self, kiosk: Kiosk) -> int | None:
        return self._chance.choice((kiosk.session.visit if kiosk.session else 0, None, 99))

    def _lay(self, _kiosk: Kiosk, _mono_ms: int) -> AnyEvent:
        """Tags of books, of a set, of nothing; now and then one says another number than before."""
        choose, n = self._chance.choice, self._chance.randrange(8)
        item = BOOKS[min(n, 5)] if choose((True, True, True, False)) else choose((*BOOKS, *ODD))
        content = TagContent(item, parts=choose((0, 3, 200)) if n > 5 else 1, part=choose((0, 1, 2)))
        return TagSeen("pad", f"E{n:015d}", content if n < 7 else None)

    def _lift(self, _kiosk: Kiosk, _mono_ms: int) -> AnyEvent:
        return TagGone("pad", f"E{self._chance.randrange(8):015d}")

    def _helped(self, kiosk: Kiosk, _mono_ms: int) -> AnyEvent:
        call = kiosk.courtesies.call.number if kiosk.courtesies.call else 7
        return self._chance.choice((HelpSaid(call, f"{SECRET}您好"), HelpClosed(call)))

    def _paid(self, kiosk: Kiosk, mono_ms: int) -> AnyEvent:
        """Money and codes for anybody, also for those who have gone."""
        waiting = [one for one in kiosk.payments.open if not one.provider_id]
        if not waiting:
            return CodeOffered("0" * 16, "x", mono_ms + 60_000)
        return MoneyCame(self._chance.choice(waiting).txn, "p2", 50)

    def _unusual(self, _kiosk: Kiosk, mono_ms: int) -> AnyEvent:
        choose, flip = self._chance.choice, self._chance.choice((True, False))
        name = choose((*sorted(self._fittings.by_name), "ghost"))
        place = choose(("desk", "door"))
        return choose(
            (
                Ticked(),
                CardTaken(name),
                CardRefused(name, "card", choose(get_args(Refusal))),
                KeysEntered(name, choose((*PINS, "*#" * 50))),
                DeviceLost(name, Gone("x" * 300)),
                DeviceBack(name, "x" * 300),
                PadSettled("pad"),
                PaperSensed("printer", choose(("enough", "out")), flip),
                DoorSensed(
                    "door", flip, choose((True, False)), False, choose((True, False)), choose((None, 5))
                ),
                IlsChanged(flip, loans=choose((True, False)), takes=choose((TAKES, frozenset()))),
                IlsChanged(up=True, takes=TAKES),
                UplinkChanged(flip, True),
                WatermarkMoved(mono_ms, choose((None, 0, 10**9))),
                MessageRefused("x" * 300, choose(ODD), flip),
                JournalStands(scarce=choose((True, False, False))),
                LanguageChosen(place, choose(LANGUAGES)),
                ModeSwitched(place, choose(get_args(Mode)), flip),
            )
        )
