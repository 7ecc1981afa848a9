"""What a request and its answer come to as facts. Pure; for machines of other makers alone.

| request | answer | facts |
| --- | --- | --- |
| 11 | ok | `loan.made`; `loan.renewed` where the answer says so; `return.undone` with BI=Y |
| 11 | refused | `loan.refused`; nothing with BI=Y |
| 09 | ok | `return.made`; `loan.undone` with BI=Y |
| 09 | refused | `return.refused`; nothing with BI=Y |
| 29 | ok | `loan.renewed` |
| 65 | any | `loan.renewed` for each item that was renewed |

All others change no figure. A yes that leaves an item due when it was due before is no renewal, and no second loan; what
undoes a return (BI=Y) leaves it so too, and is told. A fault is the catalogue's number (YF), else that of an ILS which
gives no reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeGuard

from central.circulation.gateway.relay import due_day
from wire import faults
from wire.facts import (
    Fact,
    LoanMade,
    LoanRefused,
    LoanRenewed,
    LoanUndone,
    ReturnMade,
    ReturnRefused,
    ReturnUndone,
    clip,
)
from wire.sip2.declare import Message
from wire.sip2.messages import (
    Checkin,
    CheckinResponse,
    Checkout,
    CheckoutResponse,
    Renew,
    RenewAll,
    RenewAllResponse,
    RenewResponse,
)

NAME_CHARACTERS = 64
"""`wire.facts.Name`."""
MAX_RENEWED = 100
"""Items that one 66 may name or count: no reader has more, and each is a row."""

Pseudonym = Callable[[str], str]
"""Card → how facts name its reader."""


def told(
    txn: str, request: Message, answer: Message, pseudonym: Pseudonym, was_due: str = ""
) -> tuple[Fact, ...]:
    """The facts of one transaction; none where there is nothing to count.

    Args:
        txn: its name, 16 hexadecimal digits.
        request: as the terminal sent it.
        answer: as the terminal gets it.
        pseudonym: names readers.
        was_due: the due date (AH) of this reader's own loan of the item before; empty: there was none, or it is not known.
    """
    undoes = getattr(request, "cancel", False)
    if was_due and is_kept(answer) and answer.due_date == was_due and not undoes:
        return ()
    match request, answer:
        case Checkout(), CheckoutResponse():
            fact = _of_checkout(txn, request, answer, pseudonym)
        case Checkin(), CheckinResponse():
            fact = _of_checkin(txn, request, answer)
        case Renew(), RenewResponse(ok=True):
            fact = _kept(LoanRenewed, txn, request, answer, pseudonym)
        case RenewAll(), RenewAllResponse():
            reader = pseudonym(request.patron_identifier.strip())
            return tuple(LoanRenewed(txn, clip(name), reader) for name in _renewed(answer))
        case _:
            fact = None
    return () if fact is None else (fact,)


def is_kept(answer: Message | None) -> TypeGuard[CheckoutResponse | RenewResponse]:
    """Whether the reader has an item by this answer, as before or from now on."""
    return isinstance(answer, CheckoutResponse | RenewResponse) and answer.ok


def _of_checkout(txn: str, request: Checkout, answer: CheckoutResponse, pseudonym: Pseudonym) -> Fact | None:
    reader = pseudonym(request.patron_identifier.strip())
    if request.cancel:
        title, call_number = clip(answer.title_identifier), short(answer.call_number)
        return ReturnUndone(txn, item(request), reader, title, call_number) if answer.ok else None
    if not answer.ok:
        return LoanRefused(txn, item(request), reader, fault(answer.fault, "loan_not_allowed"))
    return _kept(LoanRenewed if answer.renewal_ok else LoanMade, txn, request, answer, pseudonym)


def _of_checkin(txn: str, request: Checkin, answer: CheckinResponse) -> Fact | None:
    title, call_number = clip(answer.title_identifier), short(answer.call_number)
    if request.cancel:
        return LoanUndone(txn, item(request), title, call_number) if answer.ok else None
    if not answer.ok:
        return ReturnRefused(txn, item(request), fault(answer.fault, "return_refused"))
    home = short(answer.permanent_location)
    return ReturnMade(txn, item(request), title, call_number, home, forced=request.no_block)


def item(request: Checkout | Checkin | Renew) -> str:
    """The item as facts name it."""
    return clip(request.item_identifier.strip())


def fault(number: int | None, otherwise: str) -> int:
    """A number of the catalogue, or another fault where the peer gave none."""
    return number if number in faults.catalogue() else faults.number(otherwise)


def short(text: str) -> str:
    """A peer's text as a name."""
    return clip(text, NAME_CHARACTERS)


def _kept(
    kind: type[LoanMade | LoanRenewed],
    txn: str,
    request: Checkout | Renew,
    answer: CheckoutResponse | RenewResponse,
    pseudonym: Pseudonym,
) -> LoanMade | LoanRenewed:
    """The reader has it, from now on or for longer."""
    return kind(
        txn,
        item(request),
        pseudonym(request.patron_identifier.strip()),
        title=clip(answer.title_identifier),
        call_number=short(answer.call_number),
        due=short(due_day(answer.due_date)),
        forced=request.no_block,
    )


def _renewed(answer: RenewAllResponse) -> Iterator[str]:
    """The items that were renewed; nameless where the ILS only counts them."""
    named = [name.strip() for name in answer.renewed_items]
    count = min(max(len(named), answer.renewed_count), MAX_RENEWED)
    return (named[at] if at < len(named) else "" for at in range(count))
