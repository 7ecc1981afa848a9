"""The library system of the network: who has which book. Speaks the messages of SIP2, not their octets.

It answers as the built-in ledger does; in some worlds it does not know a copy of a request when it sees one, nor
that a book is the reader's already, and does again what it has done. How it fares changes: it hears nothing, or its
answer is lost or late, or it does late what nobody waits for any more. One thing is asked of it: what it was asked to do about an
item it has done, or never will do, before it answers a later question about that item or its reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Literal

from central.circulation.ledger.yuan import fen, yuan
from tests.simulation.loans import Loans
from tests.simulation.rules import ADULT, PIN, REFUSED, Traits
from tests.simulation.timeline import SECOND, Timeline
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import CirculationStatus, HoldMode, PatronFlag
from wire.sip2.declare import Message

CHANGING = (m.Checkout, m.Checkin, m.Renew, m.Hold, m.FeePaid, m.Register)

Fate = Literal["answered", "unheard", "answer lost", "late", "broken"]
"""`broken`: the line breaks after it was heard or before, and the terminal sees that at once."""
OFFLINE_OK = 0.6
"""Of the worlds."""
REMEMBERS = 0.5
"""Of the worlds."""
DUE = "20261222    235900"
LIMIT = 10
"""Books that a reader may have."""
NOW = datetime(2026, 9, 21, 22, 13)  # noqa: DTZ001 - local time, as SIP2 has it
"""Dates in answers; no rule here depends on them."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the library system did: a checkout that it granted, a checkin of a book on loan."""

    kind: Literal["loan", "return"]
    txn: str
    item: str
    card: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Mood:
    """How requests fare now; probabilities of one request."""

    unheard: float = 0.0
    answer_lost: float = 0.0
    late: float = 0.0
    broken: float = 0.0
    delay_ms: int = 60

    @property
    def amiss(self) -> float:
        """That it does not fare well."""
        return self.unheard + self.answer_lost + self.late + self.broken

    @property
    def shares(self) -> tuple[tuple[Fate, float], ...]:
        return (
            ("unheard", self.unheard),
            ("answer lost", self.answer_lost),
            ("late", self.late),
            ("broken", self.broken),
        )


PATIENT = Mood()
USUAL = Mood(0.003, 0.003, 0.003, 0.003)


class Library:
    """See the module's head. `up`: it takes connections and answers them."""

    def __init__(self, timeline: Timeline, chance: Random) -> None:
        self._timeline = timeline
        self._chance = chance
        self.mood = USUAL
        self.up = True
        self.cards: set[str] = set()
        self.blocked: set[str] = set()
        self.traits: dict[str, Traits] = {}
        """By card; who is not here is an ordinary ADULT."""
        self.registered: Counter[str] = Counter()
        """Number of an identity card → how many readers it was made."""
        self.titles: dict[str, str] = {}
        """item → title: every item that it knows."""
        self.reserved: set[str] = set()
        """Items that it lends to nobody."""
        self.offline_ok = chance.random() < OFFLINE_OK
        """It takes what has happened already, past its rules (no block)."""
        self.remembers = chance.random() < REMEMBERS
        """It answers a copy of a request as it did the first time, and lends a book to nobody twice."""
        self.status = m.AcsStatus(
            online_status=True,
            checkin_ok=True,
            checkout_ok=True,
            acs_renewal_policy=False,
            offline_ok=self.offline_ok,
            timeout_period=30,
            retries_allowed=0,
            date_time_sync=NOW,
            supported_messages=frozenset(),
        )
        """What it says of itself at the beginning of a conversation (98)."""
        self.loans = Loans()
        self.deeds: list[Deed] = []
        self.done: Counter[str] = Counter()
        """How often it did what a transaction asked for. Terminals tell it theirs for this count alone."""
        self.kept: dict[str, str] = {}
        """Item by which its title is on hold → card."""
        self.owes: dict[str, int] = {}
        """card → 分."""
        self.booked: dict[str, int] = {}
        """Number of a payment → 分. It knows a number again, as whoever takes money must."""
        self.figures: Counter[str] = Counter()
        self._waiting: list[tuple[Message, str, object]] = []
        """Heard, not done yet, and nobody waits for it."""
        self._answers: dict[object, Message] = {}
        """By request; a copy of it is the same object."""

    @property
    def lent(self) -> dict[str, str]:
        """item → card."""
        return self.loans.lent

    def fate(self) -> Fate:
        """How the next request fares."""
        mood, luck = self.mood, self._chance.random()
        if luck < mood.amiss:
            for fate, share in mood.shares:
                if luck < share:
                    return fate
                luck -= share
        return "answered" if self.up else "unheard"

    def coin(self) -> bool:
        return self._chance.random() < 0.5

    def delay_ms(self) -> float:
        return 5 + self._chance.expovariate(1 / self.mood.delay_ms)

    def count(self, what: str) -> None:
        self.figures[what] += 1

    def hear(self, request: Message, txn: str, copy: object, *, late: bool = False) -> Message | None:
        """Do what is asked, and say so; `late`: some time, unless something else about it comes first.

        Two requests with the same `copy` are one that was sent twice.
        """
        self._catch_up(request)
        if late:
            self._waiting.append((request, txn, copy))
            self._timeline.after(self._chance.uniform(1, 30) * SECOND, partial(self._catch_up, request))
            return None
        return self._do(request, txn, copy)

    def _do(self, request: Message, txn: str, copy: object) -> Message:
        if self.remembers and copy in self._answers:
            return self._answers[copy]
        answer = self._answers[copy] = ANSWERS[type(request)](self, request, txn)
        return answer

    def _catch_up(self, asked: Message) -> None:
        """Do what waits about the same item or person."""
        if not self._waiting:
            return
        names = _about(asked)
        for waiting in tuple(self._waiting):
            request, txn, copy = waiting
            if names & _about(request):
                self._waiting.remove(waiting)
                self._do(request, txn, copy)

    # ------------------------------------------------------------ what it does
    def _check_out(self, asked: m.Checkout, txn: str) -> m.CheckoutResponse:
        item, card = asked.item_identifier, asked.patron_identifier
        fault = self._refusal(item, card, happened=asked.no_block)
        if fault is None and self._write_loan(asked):
            self._note("loan", txn, item, card)
        return m.CheckoutResponse(
            ok=fault is None,
            desensitize=fault in {None, "already_yours"},
            transaction_date=NOW,
            patron_identifier=card,
            item_identifier=item,
            title_identifier=self.titles.get(item, ""),
            due_date=DUE,
            call_number="I247.57/1",
            fault=faults.number(fault) if fault else None,
        )

    def _write_loan(self, asked: m.Checkout) -> bool:
        """True where something was done."""
        item, card = asked.item_identifier, asked.patron_identifier
        if asked.no_block:
            return self.loans.write_loan(item, card, _second_ms(asked.transaction_date))
        if self.remembers and self.lent.get(item) == card:
            return False
        self.loans.lend(item, card, self._timeline.wall_ms)
        return True

    def _refusal(self, item: str, card: str, *, happened: bool) -> str | None:
        if card not in self.cards:
            return "card_unknown"
        if item not in self.titles:
            return "item_unknown"
        if happened:
            return None
        if self.lent.get(item) == card:
            return "already_yours" if self.remembers else None
        if card in self.blocked:
            return "card_blocked"
        if item in self.lent:
            return "lent_to_other"
        if item in self.reserved:
            return "on_hold"
        return "limit_reached" if self.charged(card) >= LIMIT else None

    def _check_in(self, asked: m.Checkin, txn: str) -> m.CheckinResponse:
        item = asked.item_identifier
        if asked.no_block:
            card = self.loans.write_return(item, _second_ms(asked.return_date) + 999)
        else:
            card = self.loans.take_back(item, self._timeline.wall_ms)
        if card is not None:
            self._note("return", txn, item, card)
            self.owes[card] = self.owes.get(card, 0) + self._chance.choice((0, 0, 50, 120))
        known = item in self.titles
        return m.CheckinResponse(
            ok=known,
            resensitize=known,
            transaction_date=NOW,
            item_identifier=item,
            title_identifier=self.titles.get(item, ""),
            permanent_location="xian",
            call_number="I247.57/1",
            fault=None if known else faults.number("item_unknown"),
        )

    def _item(self, asked: m.ItemInformation, _txn: str) -> m.ItemInformationResponse:
        item = asked.item_identifier
        known = CirculationStatus.CHARGED if item in self.lent else CirculationStatus.AVAILABLE
        return m.ItemInformationResponse(
            circulation_status=known if item in self.titles else CirculationStatus.OTHER,
            transaction_date=NOW,
            item_identifier=item,
            title_identifier=self.titles.get(item, ""),
            call_number="I247.57/1",
        )

    def _reader(self, asked: m.PatronInformation, _txn: str) -> m.PatronInformationResponse:
        card = asked.patron_identifier
        known, blocked, traits = card in self.cards, card in self.blocked, self.traits.get(card, ADULT)
        return m.PatronInformationResponse(
            patron_status=frozenset(PatronFlag) if blocked else frozenset(),
            transaction_date=NOW,
            charged_items_count=self.charged(card),
            patron_identifier=card,
            personal_name="李明" if known else "",
            valid_patron=known,
            valid_patron_password=asked.patron_password == PIN if asked.patron_password else None,
            charged_items=tuple(self.loans.held[card]),
            hold_items_count=0,
            unavailable_holds_count=len(self._kept_for(card)),
            holds=tuple(f"{item} 0 - - xian {self.titles[item]}" for item in self._kept_for(card)),
            fine_items_count=0,
            fee_amount=yuan(self.owes.get(card, 0)),
            reader_type=traits.type,
            age=traits.age,
            terms_version=traits.terms,
        )

    def _pay(self, asked: m.FeePaid, _txn: str) -> m.FeePaidResponse:
        card, number = asked.patron_identifier, asked.transaction_id
        amount_fen = fen(asked.fee_amount)
        if number not in self.booked and amount_fen <= self.owes.get(card, 0):
            self.owes[card] -= amount_fen
            self.booked[number] = amount_fen
            self.count("payments booked")
            self._timeline.note("library", f"{amount_fen} of {card} ({number})")
        return m.FeePaidResponse(
            payment_accepted=number in self.booked,
            transaction_date=NOW,
            patron_identifier=card,
            fault=None if number in self.booked else faults.number("overpaid"),
        )

    def _renew(self, asked: m.Renew, txn: str) -> m.RenewResponse:
        item, card = asked.item_identifier, asked.patron_identifier
        fault = None if self.lent.get(item) == card else "not_on_loan"
        if fault is None:
            self._note_errand("renewal", txn, item, card)
        return m.RenewResponse(
            ok=fault is None,
            desensitize=False,
            transaction_date=NOW,
            patron_identifier=card,
            item_identifier=item,
            title_identifier=self.titles.get(item, ""),
            due_date=DUE,
            fault=faults.number(fault) if fault else None,
        )

    def _hold(self, asked: m.Hold, txn: str) -> m.HoldResponse:
        item, card = asked.item_identifier, asked.patron_identifier
        cancel, mine = asked.hold_mode == HoldMode.DELETE, self.kept.get(item) == card
        fault = ("not_held" if cancel else "already_held") if cancel is not mine else None
        if fault is None and cancel:
            del self.kept[item]
        elif fault is None:
            self.kept[item] = card
        if fault is None:
            self._note_errand("cancelled hold" if cancel else "hold", txn, item, card)
        return m.HoldResponse(
            ok=fault is None,
            transaction_date=NOW,
            patron_identifier=card,
            item_identifier=item,
            title_identifier=self.titles.get(item, ""),
            fault=faults.number(fault) if fault else None,
        )

    def _kept_for(self, card: str) -> list[str]:
        return [item for item, who in self.kept.items() if who == card]

    def _find(self, asked: m.FindReader, _txn: str) -> m.FindReaderResponse:
        """By the identity card; who has one here is known by its number alone."""
        card = asked.id_card_xo.removeprefix("id of ")
        known = card in self.cards
        return m.FindReaderResponse(
            transaction_date=NOW, patron_identifier=card if known else "", done="1" if known else "0"
        )

    def _register(self, asked: m.Register, txn: str) -> m.RegisterResponse:
        """Who bears an identity card bears it as the library card, too."""
        number, fault = asked.id_card_xo, None
        if number in self.cards and self.remembers:
            fault = "id_card_taken"
        elif number.endswith(REFUSED):
            fault = "type_not_offered"
        if fault is None:
            self.cards.add(number)
            age = NOW.year - int(asked.birth_date[:4])
            self.traits[number] = Traits(asked.reader_type, age, asked.terms_version)
            self.registered[number] += 1
            self._note_errand("registration", txn, asked.reader_type, number)
        return m.RegisterResponse(
            transaction_date=NOW,
            patron_identifier=number,
            done="0" if fault else "1",
            fault=faults.number(fault) if fault else None,
        )

    def charged(self, card: str) -> int:
        return len(self.loans.held[card])

    def _note(self, kind: Literal["loan", "return"], txn: str, item: str, card: str) -> None:
        self.deeds.append(Deed(kind, txn, item, card, self._timeline.now_ms))
        self.done[txn] += 1
        self._timeline.note("library", f"{kind} {item} of {card} ({txn})")

    def _note_errand(self, kind: str, txn: str, item: str, card: str) -> None:
        self.done[txn] += 1
        self.count(FIGURES[kind])
        self._timeline.note("library", f"{kind} {item} of {card} ({txn})")


FIGURES = {
    "renewal": "renewals",
    "hold": "holds",
    "cancelled hold": "holds",
    "registration": "registrations",
}
ANSWERS: dict[type[Message], Callable[..., Message]] = {
    m.Checkout: Library._check_out,
    m.Checkin: Library._check_in,
    m.ItemInformation: Library._item,
    m.PatronInformation: Library._reader,
    m.FindReader: Library._find,
    m.Renew: Library._renew,
    m.Hold: Library._hold,
    m.FeePaid: Library._pay,
    m.Register: Library._register,
}


def _second_ms(said: datetime | None) -> int:
    """A time in a message: local, in whole seconds."""
    assert said is not None, "what happened already happened at some time"
    return int(said.astimezone().timestamp()) * 1000


def _about(request: Message) -> set[str]:
    """Item, card and identity card that a request names."""
    names = (getattr(request, name, "") for name in ("item_identifier", "patron_identifier", "id_card_xo"))
    return {name for name in names if name}
