"""Messages about money: 37.

- CG is the number of a fee, as AV of a 64 names it; without one the oldest fees are paid first. Some machines
  put the channel of the payment there, which is no number and pays the oldest.
- BK is the payment's number at whoever took the money: told twice, it is booked once. BK of the answer is the
  number in our cash book.
"""

from __future__ import annotations

from central.circulation.ledger import payments
from central.circulation.ledger.outcomes import Paid, Refused
from central.circulation.server.visit import Visit
from central.circulation.server.wording import fen, line, moment
from central.statements import Cursor
from wire.sip2 import messages as m
from wire.sip2.codes import PaymentType

METHODS: dict[str, str] = {
    PaymentType.CASH: "cash",
    PaymentType.VISA: "card",
    PaymentType.CREDIT_CARD: "card",
}
"""Payment type → how it was paid; others are `other`."""
MAX_FEE_DIGITS = 9


def fee_paid(cursor: Cursor, visit: Visit, asked: m.FeePaid) -> m.FeePaidResponse:
    outcome = _pay(cursor, visit, asked)
    refused = outcome if isinstance(outcome, Refused) else None
    return m.FeePaidResponse(
        payment_accepted=refused is None,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        transaction_id=str(outcome.payment) if isinstance(outcome, Paid) else "",
        screen_message=line(refused.fault) if refused else (),
        fault=refused.number if refused else None,
    )


def _pay(cursor: Cursor, visit: Visit, asked: m.FeePaid) -> Paid | Refused:
    if visit.pin is False:
        return Refused("pin_wrong")
    amount_fen = fen(asked.fee_amount)
    if amount_fen is None or asked.currency_type.strip().upper() not in payments.CURRENCIES:
        return Refused("overpaid")
    named = asked.fee_identifier.strip()
    return payments.pay(
        cursor,
        visit.desk,
        asked.patron_identifier.strip(),
        amount_fen,
        method=METHODS.get(asked.payment_type, "other"),
        provider_id=asked.transaction_id.strip() or None,
        fee_id=int(named) if _is_number(named) else None,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_FEE_DIGITS
