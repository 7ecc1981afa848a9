"""What a request and its answer come to as facts. Pure; for machines of other makers alone.

| request | answer | facts |
| --- | --- | --- |
| 11 | ok | `loan.made`; nothing for a renewal or an undone return |
| 11 | refused | `loan.refused` |
| 09 | ok | `return.made`; nothing for an undone loan |
| 09 | refused | `return.refused` |

All others change no figure. A fault is the catalogue's number (YF), else that of an ILS which gives no reason.
"""

from __future__ import annotations

from collections.abc import Callable

from central.circulation.gateway.relay import due_day
from wire import faults
from wire.facts import Fact, LoanMade, LoanRefused, ReturnMade, ReturnRefused, clip
from wire.sip2.declare import Message
from wire.sip2.messages import Checkin, CheckinResponse, Checkout, CheckoutResponse

NAME_CHARACTERS = 64
"""`wire.facts.Name`."""

Pseudonym = Callable[[str], str]
"""Card → how facts name its reader."""


def told(txn: str, request: Message, answer: Message, pseudonym: Pseudonym) -> tuple[Fact, ...]:
    """The facts of one transaction; none where there is nothing to count.

    Args:
        txn: its name, 16 hexadecimal digits.
        request: as the terminal sent it.
        answer: as the terminal gets it.
        pseudonym: names readers.
    """
    match request, answer:
        case Checkout(), CheckoutResponse(ok=True):
            return () if request.cancel or answer.renewal_ok else (_loan(txn, request, answer, pseudonym),)
        case Checkout(), CheckoutResponse():
            reader = pseudonym(request.patron_identifier.strip())
            return (LoanRefused(txn, item(request), reader, fault(answer.fault, "loan_not_allowed")),)
        case Checkin(), CheckinResponse(ok=True):
            return () if request.cancel else (_return(txn, request, answer),)
        case Checkin(), CheckinResponse():
            return (ReturnRefused(txn, item(request), fault(answer.fault, "return_refused")),)
    return ()


def item(request: Checkout | Checkin) -> str:
    """The item as facts name it."""
    return clip(request.item_identifier.strip())


def fault(number: int | None, otherwise: str) -> int:
    """A number of the catalogue, or another fault where the peer gave none."""
    return number if number in faults.catalogue() else faults.number(otherwise)


def short(text: str) -> str:
    """A peer's text as a name."""
    return clip(text, NAME_CHARACTERS)


def _loan(txn: str, request: Checkout, answer: CheckoutResponse, pseudonym: Pseudonym) -> LoanMade:
    return LoanMade(
        txn,
        item(request),
        pseudonym(request.patron_identifier.strip()),
        title=clip(answer.title_identifier),
        call_number=short(answer.call_number),
        due=short(due_day(answer.due_date)),
        forced=request.no_block,
    )


def _return(txn: str, request: Checkin, answer: CheckinResponse) -> ReturnMade:
    return ReturnMade(
        txn,
        item(request),
        title=clip(answer.title_identifier),
        call_number=short(answer.call_number),
        home=short(answer.permanent_location),
        forced=request.no_block,
    )
