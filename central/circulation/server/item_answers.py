"""Messages about an item: 11, 09, 17.

- 12 desensitizes what was lent, and what is the reader's already (YF 206): that book may leave.
- 10 does not say who had the book, nor who waits for it: whoever stands there may be neither.
- No block Y tells what happened already, at the date in the message: see `central.circulation.ledger.afterwards`.
- The branch of a return is the terminal's own; AP in the request is not believed.
"""

from __future__ import annotations

from central.circulation.ledger import afterwards, enquiries, lending
from central.circulation.ledger.afterwards import Happened
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Book, ItemInformation, Lent, Refused, Returned
from central.circulation.server.wording import due, line, moment
from central.statements import Cursor
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import AlertType, CirculationStatus, MediaType

STATUSES: dict[str, str] = {
    "available": CirculationStatus.AVAILABLE,
    "lent": CirculationStatus.CHARGED,
    "lost": CirculationStatus.LOST,
    "reference": CirculationStatus.OTHER,
    "withdrawn": CirculationStatus.OTHER,
}
"""`ItemInformation.status` in the words of 18."""

MEDIA: dict[str, str] = {"book": MediaType.BOOK}
"""Item type → CK; others are `other`."""


def checkout(cursor: Cursor, desk: Desk, asked: m.Checkout, pin: bool | None) -> m.CheckoutResponse:
    outcome = _lend(cursor, desk, asked, pin)
    refused = outcome if isinstance(outcome, Refused) else None
    book, ok = outcome.book, refused is None
    return m.CheckoutResponse(
        ok=ok,
        renewal_ok=isinstance(outcome, Lent) and outcome.renewed,
        magnetic_media=False,
        desensitize=ok or (refused is not None and refused.fault == "already_yours"),
        transaction_date=moment(desk),
        institution_id=desk.branch,
        patron_identifier=asked.patron_identifier,
        item_identifier=asked.item_identifier,
        title_identifier=book.title if book else "",
        due_date=due(outcome.due_on),
        media_type=_media(book),
        screen_message=line(refused.fault) if refused else (),
        call_number=book.call_number if book else "",
        fault=refused.number if refused else None,
    )


def _lend(cursor: Cursor, desk: Desk, asked: m.Checkout, pin: bool | None) -> Lent | Refused:
    if pin is False:
        return Refused("pin_wrong")
    card, barcode = asked.patron_identifier.strip(), asked.item_identifier.strip()
    if not asked.no_block:
        return lending.check_out(cursor, desk, card, barcode, renew=asked.sc_renewal_policy)
    at_ms = afterwards.when(desk, asked.transaction_date)
    told = afterwards.promised(desk, at_ms, asked.nb_due_date)
    return afterwards.check_out(cursor, desk, card, barcode, Happened(at_ms, told))


def checkin(cursor: Cursor, desk: Desk, asked: m.Checkin, _pin: bool | None) -> m.CheckinResponse:
    outcome = _take_back(cursor, desk, asked)
    fault = outcome.fault if isinstance(outcome, Refused) else outcome.notice
    book, alert = outcome.book, _alert(desk, outcome)
    return m.CheckinResponse(
        ok=isinstance(outcome, Returned),
        resensitize=isinstance(outcome, Returned),
        magnetic_media=False,
        alert=alert is not None,
        transaction_date=moment(desk),
        institution_id=desk.branch,
        item_identifier=asked.item_identifier,
        permanent_location=book.home if book else "",
        title_identifier=book.title if book else "",
        media_type=_media(book),
        screen_message=line(fault) if fault else (),
        alert_type=alert or "",
        destination_location=(outcome.wanted_at or "") if isinstance(outcome, Returned) else "",
        call_number=book.call_number if book else "",
        fault=faults.number(fault) if fault else None,
    )


def _take_back(cursor: Cursor, desk: Desk, asked: m.Checkin) -> Returned | Refused:
    barcode = asked.item_identifier.strip()
    if not asked.no_block:
        return lending.check_in(cursor, desk, barcode)
    at_ms = afterwards.when(desk, asked.return_date or asked.transaction_date)
    return afterwards.check_in(cursor, desk, barcode, at_ms)


def _alert(desk: Desk, outcome: Returned | Refused) -> AlertType | None:
    """Why the item is for staff; None: back to the shelf, wherever that is."""
    if isinstance(outcome, Refused) or outcome.notice:
        return AlertType.OTHER
    if outcome.wanted_at is None:
        return None
    return AlertType.HOLD_HERE if outcome.wanted_at == desk.branch else AlertType.HOLD_ELSEWHERE


def item_information(
    cursor: Cursor, desk: Desk, asked: m.ItemInformation, _pin: bool | None
) -> m.ItemInformationResponse:
    found = enquiries.item_information(cursor, asked.item_identifier.strip())
    if found is None:
        return m.ItemInformationResponse(
            transaction_date=moment(desk),
            item_identifier=asked.item_identifier,
            screen_message=line("item_unknown"),
        )
    return _item(desk, asked, found)


def _item(desk: Desk, asked: m.ItemInformation, found: ItemInformation) -> m.ItemInformationResponse:
    return m.ItemInformationResponse(
        circulation_status=STATUSES[found.status],
        transaction_date=moment(desk),
        hold_queue_length=found.waiting or None,
        due_date=due(found.due_on),
        item_identifier=asked.item_identifier,
        title_identifier=found.book.title,
        owner=found.book.home,
        media_type=_media(found.book),
        permanent_location=found.book.home,
        current_location=found.book.place,
        screen_message=line("not_for_loan") if found.status == "reference" else (),
        call_number=found.book.call_number,
    )


def _media(book: Book | None) -> str:
    return MEDIA.get(book.type, MediaType.OTHER) if book else ""
