"""What a reader owes, and the paying of it. Pure functions of (errand, event, surroundings).

The wish is a fact, and so is all that becomes of the money (`kiosk.payments`); here is what the reader sees of it.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.effects import Record
from kiosk.errands import moves_account as account
from kiosk.errands.paying import Paying, PayStep
from kiosk.errands.state import Errand, Panel
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import IlsSilent, Ticked, Touched
from kiosk.payment_events import CodeOffered, MoneyCame, PaymentAnswered
from kiosk.payments import MAX_FEN, Attended, Why
from kiosk.session.state import Session
from wire import facts
from wire.faults import number

CODE_WAIT_MS = 20_000
"""Longest wait for a code: central looks for wishes twice a second, and a provider answers within 10 s."""
NOT_BOOKED = number("payment_not_booked")
UNCLEAR = number("payment_unclear")
UNAVAILABLE = number("payment_unavailable")
EXPIRED = number("payment_expired")


# ---------------------------------------------------------------- touches
def open_fees(errand: Errand, _event: Touched, around: Surroundings) -> Stepped:
    """What is open, as the ILS has it now. A payment that was waited for is so no more."""
    return account.ask_account(replace(errand, panel=Panel.FEES, paying=None, told=None), around)


def leave(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """To the account, or to the books."""
    errand = replace(errand, paying=None)
    move = account.open_account if event.action == "account" else account.back
    return move(errand, event, around)


def pay(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """One fee, or all that is open. Where central cannot hear of it, or money is not booked yet, nothing is begun."""
    reader, amount_fen = errand.reader, _amount_fen(errand, event.about)
    if reader is None or not around.online or not 0 < amount_fen <= MAX_FEN:
        return errand, ()
    if before := around.payments.unbooked(reader.pseudonym):
        told = Paying(before.txn, before.amount_fen, around.idle_end_ms(), PayStep.LATER)
        return replace(errand, panel=Panel.PAYING, paying=told, told=None), ()
    ask = errand.ask + 2
    txn = f"{around.session.run}{ask % 2**32:08x}"
    paying = Paying(txn, amount_fen, around.mono_ms + CODE_WAIT_MS)
    wanted = facts.PaymentWanted(txn, reader.pseudonym, amount_fen, event.about)
    errand = replace(errand, panel=Panel.PAYING, ask=ask, paying=paying, told=None)
    return errand, (Record(wanted, card=reader.card),)


def _amount_fen(errand: Errand, fee: str) -> int:
    """0 where nothing is known of it."""
    if errand.account is None:
        return 0
    if not fee:
        return errand.account.owed_fen
    return next((one.fen or 0 for one in errand.account.fees if one.number == fee), 0)


# ---------------------------------------------------------------- what becomes of it
def offer(errand: Errand, event: CodeOffered, around: Surroundings) -> Stepped:
    """There is a code, or the provider gives none."""
    paying = errand.paying
    if paying is None or paying.txn != event.txn or paying.step is not PayStep.ASKING:
        return errand, ()
    if not event.code:
        return _become(errand, event.txn, PayStep.FAILED, around, fault=UNAVAILABLE)
    shown = replace(paying, step=PayStep.SHOWN, code=event.code, until_ms=event.until_ms)
    return replace(errand, paying=shown), ()


def paid(errand: Errand, event: MoneyCame, around: Surroundings) -> Stepped:
    """There is money, also after the code's time."""
    return _become(errand, event.txn, PayStep.BOOKING, around)


def booked(errand: Errand, event: PaymentAnswered, around: Surroundings) -> Stepped:
    """The ILS has it: what is still open is asked for. Or it will not have it."""
    if errand.paying is None or errand.paying.txn != event.txn:
        return errand, ()
    if event.fault is not None:
        fault = UNCLEAR if event.fault == UNCLEAR else NOT_BOOKED
        return _become(errand, event.txn, PayStep.FAILED, around, fault=fault)
    errand, _ = _become(errand, event.txn, PayStep.BOOKED, around)
    return account.ask_account(errand, around)


def silent(errand: Errand, event: IlsSilent, around: Surroundings) -> Stepped:
    """The ILS is told later; the reader need not wait for that, and no silence after the first keeps them here."""
    if errand.paying and errand.paying.step is PayStep.LATER:
        return errand, ()
    return _become(errand, event.txn, PayStep.LATER, around)


def tick(errand: Errand, _event: Ticked, around: Surroundings) -> Stepped:
    """No code came in time, or its time is over."""
    paying = errand.paying
    if paying is None or not paying.waited_for or around.mono_ms < paying.until_ms:
        return errand, ()
    fault = EXPIRED if paying.step is PayStep.SHOWN else UNAVAILABLE
    return _become(errand, paying.txn, PayStep.FAILED, around, fault=fault)


def _become(
    errand: Errand, txn: str, step: PayStep, around: Surroundings, *, fault: int | None = None
) -> Stepped:
    paying = errand.paying
    if paying is None or not txn or paying.txn != txn:
        return errand, ()
    became = replace(paying, step=step, code="", fault=fault, until_ms=around.idle_end_ms())
    return replace(errand, paying=became), ()


# ---------------------------------------------------------------- for others
def stay(session: Session, before: Errand, errand: Errand) -> Session:
    """The session outlasts the payment that its reader waits for: who looks at a telephone is told how it ends.

    What became of it is told as long as anything is, and no longer.
    """
    paying, end_ms = errand.paying, session.end_at_ms
    if paying is None or end_ms is None:
        return session
    if (end_ms <= paying.until_ms) if paying.waited_for else (paying is not before.paying):
        return replace(session, end_at_ms=paying.until_ms + 1)
    return session


def attended(errand: Errand) -> Attended:
    """The payment that the reader waits for, or why there is none."""
    paying = errand.paying
    if paying is None:
        return Attended("", "cancelled" if errand.reader else "left")
    if paying.waited_for:
        return Attended(paying.txn)
    why: Why = "no_code" if paying.fault == UNAVAILABLE else "expired"
    return Attended("", why)


def deadline_ms(errand: Errand) -> int | None:
    """When a payment that is waited for is so no more (monotonic)."""
    return errand.paying.until_ms if errand.paying and errand.paying.waited_for else None
