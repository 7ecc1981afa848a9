"""Money that readers pay by telephone, from the wish to the ILS's own books. Pure. Read this table first.

The reader's page is an errand and ends with the session; what stands here outlives it, and every restart.

                 touched: pay
                      | payment.wanted on disk
                      v
    +---------+  page gone, code over   +---------+   a day without money
    | WAITING | ----------------------> | DROPPED | ---------------------> payment.lapsed
    +---------+   payment.dropped       +---------+
         |                                   |
         | MoneyCame: payment.taken on disk, with the provider's number
         v                                   v
    +-------------------------------------------+  yes   payment.settled
    |                   TAKEN                   | -----> or
    +-------------------------------------------+  no    payment.refused: for staff
         ^   AskPayment (37) with that number |
         +--- silence: again after 10 s ------+

- Nothing but the provider, through central, says that there is money; nothing but the ILS says that it is booked.
- Money is taken whenever it comes: before its code was seen, after the code's time, when the reader has gone.
- Whose money is not booked yet pays nothing more: the ILS would call the same fee open.
- A payment has one number for ever. The same number told again is known; another one is refused, for staff.
- A 37 without an answer is asked again with the same number until there is one, across restarts. Where the ILS
  does not know the number again, only while all of the money is still open (`kiosk.ils_payment`); else it is for staff.
- A payment whose card cannot be read waits for the key of its card; one whose card is lost is for staff.

Every stage × event is a row of `TABLE` or stands in `IGNORED` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.clock import Now
from kiosk.debts import SILENCE_MS
from kiosk.effects import AnyEffect, ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, Ticked
from kiosk.payment_effects import AskPayment
from kiosk.payment_events import CodeOffered, MoneyCame, PaymentAnswered
from kiosk.veiled import Veiled
from wire import facts
from wire.faults import number
from wire.orders import Order

UNSETTLED = number("payment_unsettled")
NOT_BOOKED = number("payment_not_booked")
UNKNOWN = number("payment_unknown")
KEPT_MS = 24 * 3_600_000
"""A payment without money is waited for so long: by then every wallet has closed its codes."""
MAX_FEN = 10_000_000
"""As `wire.payment_facts.Fen`."""
LONGEST_CODE_MS = 900_000
"""As central's `payments.code_s` at most. The session of who walks away from a code lasts as long as the code."""

VERBS = frozenset({"payment.show", "payment.made"})
"""Orders that tell of payments."""
Why = Literal["left", "expired", "cancelled", "no_code"]


class Stage(StrEnum):
    WAITING = "waiting"
    """Somebody stands there, with a code or before it."""
    DROPPED = "dropped"
    """Nobody waits for it; money may come all the same."""
    TAKEN = "taken"
    """The money is there; the ILS is to book it."""


WAITING, DROPPED, TAKEN = Stage


class Payment(Veiled, frozen=True):
    """One payment without an outcome."""

    UNSEEN = frozenset({"card"})

    txn: str
    reader: str
    """Pseudonym."""
    card: str
    amount_fen: int
    fee: str = ""
    stage: Stage = WAITING
    provider_id: str = ""
    since_ms: int = 0
    """Monotonic: when it was wanted, or when the money came; negative where that was before the boot."""
    not_before_ms: int = 0
    """Monotonic; the ILS is not asked earlier."""
    told: bool = False
    """The ILS may have heard of it."""
    locked: bool = False
    """Its card cannot be read for now."""


class Attended(Struct, frozen=True):
    """The payment that somebody waits for at this moment."""

    txn: str = ""
    """Empty: none."""
    why: Why = "left"
    """Why those that were waited for are so no more."""


class Payments(Struct, frozen=True):
    """See the module's head."""

    open: tuple[Payment, ...] = ()
    """In the order in which they were wanted."""
    asking: str = ""
    """txn of the one that the ILS is asked to book."""
    ils_up: bool = False
    late: bool = False
    """Money is unbooked for too long, and staff know."""

    def find(self, txn: str) -> Payment | None:
        return next((one for one in self.open if one.txn == txn), None)

    def unbooked(self, reader: str) -> Payment | None:
        """Money of this reader (pseudonym) that the ILS has not booked yet: it still calls it open."""
        taken = (one for one in self.open if one.stage is TAKEN)
        return next((one for one in taken if one.reader == reader), None)

    def keep(self, payment: Payment) -> Payments:
        """With this one in its place."""
        return replace(self, open=tuple(payment if one.txn == payment.txn else one for one in self.open))

    def without(self, payment: Payment) -> Payments:
        left = tuple(one for one in self.open if one.txn != payment.txn)
        return replace(self, open=left, asking="" if self.asking == payment.txn else self.asking)


Stepped = tuple[Payments, tuple[AnyEffect, ...]]
Move = Callable[[Payments, Payment, Any, Now], Stepped]


# ---------------------------------------------------------------- moves
def take(payments: Payments, payment: Payment, event: MoneyCame, now: Now) -> Stepped:
    """The money is there: on disk with its number before anything else."""
    taken = replace(
        payment,
        stage=TAKEN,
        provider_id=event.provider_id,
        amount_fen=event.amount_fen,
        since_ms=now.mono_ms,
        not_before_ms=now.mono_ms,
    )
    fact = facts.PaymentTaken(payment.txn, event.provider_id, event.amount_fen)
    return payments.keep(taken), (Record(fact),)


def lapse(payments: Payments, payment: Payment, _event: Ticked, now: Now) -> Stepped:
    """No money in all the time that one waits for it."""
    if now.mono_ms < payment.since_ms + KEPT_MS:
        return payments, ()
    return payments.without(payment), (Record(facts.PaymentLapsed(payment.txn)),)


def end(payments: Payments, payment: Payment, event: PaymentAnswered, _now: Now) -> Stepped:
    """The ILS has booked it, or will not."""
    return payments.without(payment), (Record(_outcome(payment, event.fault)),)


def wait(payments: Payments, payment: Payment, _event: IlsSilent, now: Now) -> Stepped:
    """The ILS may still be at work on it: asked again with the same number."""
    later = replace(payment, not_before_ms=now.mono_ms + SILENCE_MS, told=True)
    return replace(payments.keep(later), asking=""), ()


def _outcome(payment: Payment, fault: int | None) -> facts.Fact:
    if fault is None:
        return facts.PaymentSettled(payment.txn, payment.provider_id, payment.amount_fen)
    return facts.PaymentRefused(payment.txn, payment.provider_id, payment.amount_fen, fault)


TABLE: Mapping[Stage, Mapping[type[AnyEvent], Move]] = {
    WAITING: {MoneyCame: take},
    DROPPED: {MoneyCame: take, Ticked: lapse},
    TAKEN: {PaymentAnswered: end, IlsSilent: wait},
}

IGNORED: Mapping[Stage, Mapping[type[AnyEvent], str]] = {
    WAITING: {
        Ticked: "the reader's page knows how long it waits; it is dropped when that page is gone",
        PaymentAnswered: "the ILS is asked about money alone",
        IlsSilent: "the ILS is asked about money alone",
    },
    DROPPED: {
        PaymentAnswered: "the ILS is asked about money alone",
        IlsSilent: "the ILS is asked about money alone",
    },
    TAKEN: {
        MoneyCame: "it has its money: `told` answers the order",
        Ticked: "it waits for the ILS's answer, however long",
    },
}

EVENTS: frozenset[type[AnyEvent]] = frozenset(
    event for rows in (*TABLE.values(), *IGNORED.values()) for event in rows
)
"""All that concerns one payment."""
HEARD = EVENTS | {IlsChanged}


# ---------------------------------------------------------------- the whole
def concerns(payments: Payments, event: AnyEvent) -> bool:
    """Whether a step can change anything: what nobody waits for, and has no money, is changed by its own events alone."""
    if payments.late or type(event) in HEARD:
        return True
    return any(one.stage is not DROPPED for one in payments.open)


def step(payments: Payments, event: AnyEvent, attended: Attended, now: Now, *, alarm_ms: int) -> Stepped:
    """What is under way after `event`.

    Args:
        payments: what was under way before it.
        event: what happened.
        attended: whom somebody waits for after it.
        now: when.
        alarm_ms: staff are told of money that is unbooked for longer.
    """
    effects: tuple[AnyEffect, ...] = ()
    if isinstance(event, IlsChanged):
        payments = replace(payments, ils_up=event.up)
    if type(event) in EVENTS:
        for payment in payments.open:
            move = TABLE[payment.stage].get(type(event))
            if move and getattr(event, "txn", payment.txn) == payment.txn:
                payments, more = move(payments, payment, event, now)
                effects += more
    if not payments.open and not payments.late:
        return payments, effects
    for follow in (_drop, _give_up):
        payments, more = follow(payments, attended)
        effects += more
    payments, alarm = _alarm(payments, now, alarm_ms)
    payments, asked = _ask(payments, now)
    return payments, (*effects, *alarm, *asked)


def begin(payments: Payments, effects: Iterable[AnyEffect], now: Now) -> Payments:
    """What a reader has just wished for is waited for."""
    for effect in effects:
        if type(effect) is Record and type(effect.fact) is facts.PaymentWanted:
            fact, card = effect.fact, effect.card
            new = Payment(fact.txn, fact.reader, card, fact.amount_fen, fact.fee, since_ms=now.mono_ms)
            payments = replace(payments, open=(*payments.open, new))
    return payments


def told(payments: Payments, order: Order, now: Now, *, time_ms: int) -> CodeOffered | MoneyCame | int | None:
    """What an order of VERBS is to this kiosk: an event; None for what it knows; a fault where it cannot be.

    Money for a payment that nobody waits for here, under a second number, or such as no fact can tell, is not ours to
    book: it is for staff.

    Args:
        payments: what is under way.
        order: judged, and for this kiosk.
        now: when.
        time_ms: central's time since 1970, as well as it is known.
    """
    txn = order.txn or ""
    if order.verb == "payment.show":
        left_ms = min(order.deadline_ms - time_ms, LONGEST_CODE_MS)
        return CodeOffered(txn, order.code, now.mono_ms + left_ms)
    payment, number_told = payments.find(txn), order.provider_id
    if payment is None or payment.provider_id not in {"", number_told}:
        return UNKNOWN
    if not number_told or not 0 < order.amount_fen <= MAX_FEN:
        return UNKNOWN
    return None if payment.provider_id else MoneyCame(txn, number_told, order.amount_fen)


def deadline_ms(payments: Payments, alarm_ms: int) -> int | None:
    """When time itself will next change anything (monotonic); None: never."""
    asks = payments.ils_up and not payments.asking
    moments: list[int] = []
    for one in payments.open:
        if one.stage is DROPPED:
            moments.append(one.since_ms + KEPT_MS)
        elif one.stage is TAKEN:
            if not payments.late:
                moments.append(one.since_ms + alarm_ms)
            if asks and not one.locked:
                moments.append(one.not_before_ms)
    return min(moments, default=None)


def _drop(payments: Payments, attended: Attended) -> Stepped:
    """Those whose page is gone."""
    gone = [one for one in payments.open if one.stage is WAITING and one.txn != attended.txn]
    for one in gone:
        payments = payments.keep(replace(one, stage=DROPPED))
    return payments, tuple(Record(facts.PaymentDropped(one.txn, attended.why)) for one in gone)


def _give_up(payments: Payments, _attended: Attended) -> Stepped:
    """Money of a reader whose card is lost for good, with the page of the journal that held it: for staff."""
    lost = [one for one in payments.open if one.stage is TAKEN and not one.card and not one.locked]
    for one in lost:
        payments = payments.without(one)
    return payments, tuple(Record(_outcome(one, NOT_BOOKED)) for one in lost)


def _alarm(payments: Payments, now: Now, alarm_ms: int) -> Stepped:
    taken = (one for one in payments.open if one.stage is TAKEN)
    late = any(now.mono_ms >= one.since_ms + alarm_ms for one in taken)
    if late is payments.late:
        return payments, ()
    return replace(payments, late=late), (RaiseFault(UNSETTLED) if late else ClearFault(UNSETTLED),)


def _ask(payments: Payments, now: Now) -> Stepped:
    """The oldest money that may be told now; one at a time."""
    if payments.asking or not payments.ils_up:
        return payments, ()
    for one in payments.open:
        if one.stage is TAKEN and not one.locked and one.not_before_ms <= now.mono_ms:
            asked = AskPayment(one.txn, one.card, one.provider_id, one.amount_fen, one.fee, one.told)
            return replace(payments, asking=one.txn), (asked,)
    return payments, ()
