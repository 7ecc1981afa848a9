"""What may be answered to an effect: well, badly, or by silence."""

from __future__ import annotations

from random import Random
from typing import Literal, get_args

from drivers.errors import Gone
from drivers.events import (
    DoorAnswered,
    EncodeVerdict,
    Printed,
    Spoken,
    TagEncoded,
    TagSensed,
    TagWritten,
)
from kiosk.central_events import ListMissed
from kiosk.courtesy_effects import Print, Say
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
from kiosk.errand_effects import AskAccount, AskAllRenewed, AskCopy, AskHold, AskPinChange, AskRenewal
from kiosk.errand_events import (
    Account,
    AccountAnswered,
    AllRenewed,
    Charge,
    CopyAnswered,
    Fee,
    Hold,
    HoldAnswered,
    PinChanged,
    RenewalAnswered,
)
from kiosk.events import (
    AnyEvent,
    IlsSilent,
    Item,
    ItemAnswered,
    LoanAnswered,
    Reader,
    ReaderAnswered,
    ReturnAnswered,
    Settled,
    Verdict,
)
from kiosk.payment_effects import AskPayment
from kiosk.payment_events import PaymentAnswered
from kiosk.register_effects import AskBearer, AskRegistration
from kiosk.register_events import BearerAnswered, RegistrationAnswered
from kiosk.service_effects import CheckPin, EncodeTag
from kiosk.service_events import PinChecked
from tests.kiosk.monkey.shapes import NAME, SECRET, named
from wire.faults import catalogue, number

How = Literal["well", "badly", "silence"]
BOOKS = tuple(f"B{n}" for n in range(6))
ODD = ("", " ", "\x00", "\u202e", "<b>&\"'", "ئۇيغۇر", "😀" * 30, "a" * 200, "\r\n|AO|")
"""What a peer may say where we would have a word."""
USUAL = tuple(
    number(name)
    for name in ("card_unknown", "item_unknown", "already_yours", "pin_wrong", "pin_weak", "id_card_taken")
)


class Answers:
    """Made up of one source of chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def to(self, effect: AnyEffect, how: How) -> AnyEvent:
        """One that fits the question."""
        silent = self._silence(effect) if how == "silence" else None
        fault = None if how == "well" else self._fault()
        for answered in (
            silent,
            self._desk(effect, fault),
            self._ils(effect, fault),
            self._errand(effect, fault),
        ):
            if answered is not None:
                return answered
        return self._device(effect, how == "well")

    def _silence(self, effect: AnyEffect) -> AnyEvent | None:
        match effect:
            case AskReader(ask=ask) | AskItem(ask=ask):
                return IlsSilent(ask)
            case AskSettle(txn=txn):
                return Settled(txn, Verdict.SILENT)
            case AskLoan() | AskReturn() | AskReplay() | AskBearer() | AskRegistration() | AskPayment():
                return IlsSilent(txn=effect.txn)
        return None

    def _desk(self, effect: AnyEffect, fault: int | None) -> AnyEvent | None:
        choose, title = self._chance.choice, self._title()
        match effect:
            case AskReader(ask=ask, card=card, by=by):
                if by == "id_card" and choose((True, False)):
                    return ReaderAnswered(ask, None, number("card_unknown"), card)
                return ReaderAnswered(ask, None if fault else self._reader(card), fault, card)
            case AskItem(ask=ask, item=item):
                if SECRET in item:
                    return ItemAnswered(ask, None, number("item_unknown"))
                return ItemAnswered(ask, None if fault else Item(item, title, choose((True, False))), fault)
            case AskLoan(txn=txn):
                renewed, stays = choose((False, False, True)), choose((False, False, True))
                return LoanAnswered(txn, fault, title, due=self._due(), renewed=renewed, stays_secured=stays)
            case AskReturn(txn=txn):
                return ReturnAnswered(txn, fault, title, goes=choose(("", "hold", "elsewhere")))
        return None

    def _ils(self, effect: AnyEffect, fault: int | None) -> AnyEvent | None:
        choose, title = self._chance.choice, self._title()
        match effect:
            case AskReplay(txn=txn, kind=kind):
                return (LoanAnswered if kind == "loan" else ReturnAnswered)(txn, fault, title)
            case AskSettle(txn=txn):
                return Settled(txn, choose(tuple(Verdict)), title)
            case AskPayment(txn=txn, card=card):
                return PaymentAnswered(txn, fault, card)
            case AskBearer(txn=txn):
                return BearerAnswered(txn, "" if fault else choose(("", "", f"{SECRET}borne")), fault)
            case AskRegistration(txn=txn):
                return RegistrationAnswered(txn, fault)
        return None

    def _errand(self, effect: AnyEffect, fault: int | None) -> AnyEvent | None:
        choose, title = self._chance.choice, self._title()
        match effect:
            case AskAccount(ask=ask):
                return AccountAnswered(ask, None if fault else self._account(), fault)
            case AskCopy(ask=ask, item=item):
                return CopyAnswered(ask, item, title, self._due())
            case AskRenewal(txn=txn):
                return RenewalAnswered(txn, fault, title, due=self._due())
            case AskAllRenewed(txn=txn):
                return AllRenewed(txn, fault, BOOKS[:2], BOOKS[2:4])
            case AskHold(txn=txn):
                return HoldAnswered(txn, fault, title, position=choose((None, 1, 9)))
            case AskPinChange(txn=txn):
                return PinChanged(txn, fault)
        return None

    def _device(self, effect: AnyEffect, well: bool) -> AnyEvent:
        choose, error = self._chance.choice, None if well else Gone("nothing there")
        match effect:
            case WriteTag(uid=uid, secured=secured):
                return TagWritten("pad", uid, secured, error)
            case SenseTag(uid=uid):
                return TagSensed("pad", uid, choose((True, False, None)) if well else None, error)
            case Print(job=job):
                return Printed("printer", job, error)
            case Say(prompt=prompt, place=place):
                return Spoken("voice" if place == "desk" else "door_voice", prompt, error)
            case CheckPin(ask=ask):
                return PinChecked(ask, well)
            case EncodeTag(item=item):
                return TagEncoded(
                    "pad", item, "tagged" if well else choose(get_args(EncodeVerdict)), "E0" * 8
                )
            case ReleaseDoor() | SecureDoor():
                return DoorAnswered("door", "release" if type(effect) is ReleaseDoor else "secure", error)
            case FetchList(head=head):
                return ListMissed(head.name, head.version, "away")
        raise AssertionError(f"nobody answers {effect!r}")

    # ------------------------------------------------------------ values
    def _fault(self) -> int:
        return self._chance.choice((*USUAL, *catalogue()) if self._chance.random() < 0.5 else USUAL)

    def _title(self) -> str:
        return self._chance.choice(("", f"{SECRET}活着", SECRET + self._chance.choice(ODD)))

    def _due(self) -> str:
        return self._chance.choice(("2026-12-22", "", "20261222    235900", "soon" * 30))

    def _reader(self, card: str) -> Reader:
        kind, bar = self._chance.choice(("视障", "adult", "x" * 300)), self._chance.choice((None, None, 208))
        return Reader(card, named(card), NAME, kind, borrows=bar is None, bar=bar)

    def _account(self) -> Account:
        chance = self._chance
        charges = tuple(Charge(item, self._title(), self._due()) for item in chance.sample(BOOKS, 2))
        holds = (Hold(self._title(), ready=False, item=chance.choice((*BOOKS, ""))),)
        fees = tuple(Fee(one, chance.choice((None, 50, 10**9)), SECRET) for one in ("F1", chance.choice(ODD)))
        return Account(charges, holds, fees, chance.choice((0, 50, 10**8)))
