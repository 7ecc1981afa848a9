"""Fees, paid."""

from __future__ import annotations

from datetime import datetime

from wire.sip2.codes import FeeType, PaymentType
from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import COUNT, DATE, TEXT, YES_NO


@message("37")
class FeePaid(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    fee_type: str = fixed(2, TEXT, default=FeeType.OTHER)
    payment_type: str = fixed(2, TEXT, default=PaymentType.CASH)
    currency_type: str = fixed(3, TEXT, default="CNY")
    fee_amount: str = required("BV")
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    terminal_password: str = optional("AC", default="")
    patron_password: str = optional("AD", default="")
    fee_identifier: str = optional("CG", default="")
    """Which fee; none: the ACS spreads the money as it sees fit."""
    transaction_id: str = optional("BK", default="")
    """The payment provider's own number: the same one again is the same payment."""


@message("38")
class FeePaidResponse(Message):
    payment_accepted: bool = fixed(1, YES_NO)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    transaction_id: str = optional("BK", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)
