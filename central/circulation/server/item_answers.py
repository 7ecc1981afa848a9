"""Messages about an item: 17, 19, 27."""

from __future__ import annotations

from central.circulation.ledger import enquiries, items
from central.circulation.ledger.outcomes import Book, ItemInformation, Refused
from central.circulation.server.visit import Visit
from central.circulation.server.wording import due, line, moment
from central.statements import Cursor
from wire.sip2 import messages as m
from wire.sip2.codes import CirculationStatus, MediaType

STATUSES: dict[str, str] = {
    "available": CirculationStatus.AVAILABLE,
    "lent": CirculationStatus.CHARGED,
    "transit": CirculationStatus.IN_TRANSIT,
    "kept": CirculationStatus.ON_HOLD_SHELF,
    "repair": CirculationStatus.IN_PROCESS,
    "missing": CirculationStatus.MISSING,
    "lost": CirculationStatus.LOST,
    "reference": CirculationStatus.OTHER,
    "withdrawn": CirculationStatus.OTHER,
}
"""`ItemInformation.status` in the words of 18."""

MEDIA: dict[str, str] = {"book": MediaType.BOOK, "audio": MediaType.OTHER}
"""Item type → CK; others are `other`."""


CATALOGUED_BY_STAFF = "馆藏信息由工作人员修改"
"""For the staff at the machine; no reader meets it."""


def item_information(cursor: Cursor, visit: Visit, asked: m.ItemInformation) -> m.ItemInformationResponse:
    found = enquiries.item_information(cursor, asked.item_identifier.strip())
    if found is None:
        return m.ItemInformationResponse(
            transaction_date=moment(visit.desk),
            item_identifier=asked.item_identifier,
            screen_message=line("item_unknown"),
        )
    return _item(visit, asked, found)


def _item(visit: Visit, asked: m.ItemInformation, found: ItemInformation) -> m.ItemInformationResponse:
    book = found.book
    return m.ItemInformationResponse(
        circulation_status=STATUSES[found.status],
        transaction_date=moment(visit.desk),
        hold_queue_length=found.waiting or None,
        due_date=due(found.due_on),
        hold_pickup_date=due(found.pickup_by),
        item_identifier=asked.item_identifier,
        title_identifier=book.title,
        owner=book.home,
        media_type=media(book),
        permanent_location=book.home,
        current_location=book.place,
        item_properties=found.properties,
        screen_message=line("not_for_loan") if found.status == "reference" else (),
        call_number=book.call_number,
    )


def item_status_update(cursor: Cursor, visit: Visit, asked: m.ItemStatusUpdate) -> m.ItemStatusUpdateResponse:
    """What the terminal found on the item is kept as it is."""
    barcode = asked.item_identifier.strip()
    outcome = items.update_properties(cursor, visit.desk, barcode, asked.item_properties)
    refused = outcome if isinstance(outcome, Refused) else None
    return m.ItemStatusUpdateResponse(
        item_properties_ok=refused is None,
        transaction_date=moment(visit.desk),
        item_identifier=asked.item_identifier,
        title_identifier=outcome.book.title if outcome.book else "",
        item_properties="" if isinstance(outcome, Refused) else outcome.properties,
        screen_message=line(refused.fault) if refused else (),
        fault=refused.number if refused else None,
    )


def item_field_update(_cursor: Cursor, visit: Visit, asked: m.ItemFieldUpdate) -> m.ItemFieldUpdateResponse:
    """No: what stands in the catalogue is the staff's. Said in so many words, since a machine waits for it."""
    return m.ItemFieldUpdateResponse(
        ok=False,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=asked.item_identifier,
        update_field=asked.update_field,
        screen_message=(CATALOGUED_BY_STAFF,),
    )


def media(book: Book | None) -> str:
    """CK."""
    return MEDIA.get(book.type, MediaType.OTHER) if book else ""
