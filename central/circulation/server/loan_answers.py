"""Messages about a loan: 11, 09, 29, 65.

- 12 desensitizes what was lent, and what is the reader's already (YF 206): that book may leave.
- 10 does not say who had the book, nor who waits for it: whoever stands there may be neither. CV and CT say
  where it goes, CL its door in the pick-up cabinet.
- No block Y tells what happened already, at the date in the message: see `central.circulation.ledger.afterwards`.
- Cancel Y (BI) undoes what the same terminal did last: see `central.circulation.ledger.undoing`.
- The branch of a return is the terminal's own; AP in the request is not believed.
"""

from __future__ import annotations

from central.circulation.ledger import afterwards, lending, renewals, undoing
from central.circulation.ledger.desk import Happened
from central.circulation.ledger.outcomes import Lent, Refused, RenewedAll, Returned
from central.circulation.server.item_answers import media
from central.circulation.server.visit import Visit
from central.circulation.server.wording import civil, due, line, moment
from central.statements import Cursor
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import AlertType


# ---------------------------------------------------------------- out
def checkout(cursor: Cursor, visit: Visit, asked: m.Checkout) -> m.CheckoutResponse:
    outcome = _lend(cursor, visit, asked)
    refused = outcome if isinstance(outcome, Refused) else None
    book, ok = outcome.book, refused is None
    _note(visit, outcome)
    return m.CheckoutResponse(
        ok=ok,
        renewal_ok=isinstance(outcome, Lent) and outcome.renewed,
        magnetic_media=False,
        desensitize=ok or (refused is not None and refused.fault == "already_yours"),
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        item_identifier=asked.item_identifier,
        title_identifier=book.title if book else "",
        due_date=due(outcome.due_on),
        media_type=media(book),
        screen_message=_said(outcome),
        print_line=(book.parts_note,) if book and book.parts_note else (),
        call_number=book.call_number if book else "",
        fault=refused.number if refused else None,
        missing=outcome.missing if isinstance(outcome, Lent) else (),
    )


def _lend(cursor: Cursor, visit: Visit, asked: m.Checkout) -> Lent | Refused:
    if visit.pin is False:
        return Refused("pin_wrong")
    desk, card, barcode = visit.desk, asked.patron_identifier.strip(), asked.item_identifier.strip()
    if asked.cancel:
        return undoing.cancel_check_in(cursor, desk, card, barcode)
    if not asked.no_block:
        return lending.check_out(cursor, desk, card, barcode, renew=asked.sc_renewal_policy)
    return afterwards.check_out(cursor, desk, card, barcode, _happened(visit, asked))


def _note(visit: Visit, outcome: Lent | Refused) -> None:
    """Leave a yes that changes nothing out of the figures."""
    if isinstance(outcome, Lent) and not outcome.is_news:
        visit.old_news.append(outcome.book.barcode)


def _happened(visit: Visit, asked: m.Checkout | m.Renew) -> Happened:
    at_ms = afterwards.when(visit.desk, asked.transaction_date)
    return Happened(at_ms, afterwards.promised(visit.desk, at_ms, civil(visit.desk.zone, asked.nb_due_date)))


def _said(outcome: Lent | Returned | Refused) -> tuple[str, ...]:
    """AF: why not; or that parts of a set are missing."""
    if isinstance(outcome, Refused):
        return line(outcome.fault)
    if isinstance(outcome, Returned) and outcome.notice:
        return line(outcome.notice)
    return (*line("parts_missing"), " ".join(outcome.missing)) if outcome.missing else ()


# ---------------------------------------------------------------- back
def checkin(cursor: Cursor, visit: Visit, asked: m.Checkin) -> m.CheckinResponse:
    outcome = _take_back(cursor, visit, asked)
    fault = outcome.fault if isinstance(outcome, Refused) else outcome.notice
    book, alert = outcome.book, _alert(visit, outcome)
    returned = outcome if isinstance(outcome, Returned) else None
    return m.CheckinResponse(
        ok=returned is not None,
        resensitize=returned is not None,
        magnetic_media=False,
        alert=alert is not None,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        item_identifier=asked.item_identifier,
        permanent_location=book.home if book else "",
        title_identifier=book.title if book else "",
        sort_bin=(returned.locker or "") if returned else "",
        media_type=media(book),
        screen_message=_said(outcome),
        alert_type=alert or "",
        destination_location=(returned.sent_to or returned.wanted_at or "") if returned else "",
        collection_code=book.collection if book else "",
        call_number=book.call_number if book else "",
        fault=faults.number(fault) if fault else None,
        missing=returned.missing if returned else (),
    )


def _take_back(cursor: Cursor, visit: Visit, asked: m.Checkin) -> Returned | Refused:
    desk, barcode = visit.desk, asked.item_identifier.strip()
    if asked.cancel:
        return undoing.cancel_check_out(cursor, desk, barcode)
    if not asked.no_block:
        return lending.check_in(cursor, desk, barcode)
    at_ms = afterwards.when(desk, asked.return_date or asked.transaction_date)
    return afterwards.check_in(cursor, desk, barcode, at_ms)


def _alert(visit: Visit, outcome: Returned | Refused) -> AlertType | None:
    """Why the item is for staff; None: it belongs on a shelf here."""
    if isinstance(outcome, Refused) or outcome.notice:
        return AlertType.OTHER
    if outcome.wanted_at is not None:
        return AlertType.HOLD_HERE if outcome.wanted_at == visit.desk.branch else AlertType.HOLD_ELSEWHERE
    if outcome.book.lender:
        return AlertType.INTERLIBRARY_LOAN
    return AlertType.TRANSIT if outcome.sent_to else None


# ---------------------------------------------------------------- longer
def renew(cursor: Cursor, visit: Visit, asked: m.Renew) -> m.RenewResponse:
    outcome = _renew(cursor, visit, asked)
    refused = outcome if isinstance(outcome, Refused) else None
    book = outcome.book
    _note(visit, outcome)
    return m.RenewResponse(
        ok=refused is None,
        renewal_ok=refused is None,
        magnetic_media=False,
        desensitize=False,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        item_identifier=asked.item_identifier,
        title_identifier=book.title if book else "",
        due_date=due(outcome.due_on),
        media_type=media(book),
        screen_message=line(refused.fault) if refused else (),
        call_number=book.call_number if book else "",
        fault=refused.number if refused else None,
    )


def _renew(cursor: Cursor, visit: Visit, asked: m.Renew) -> Lent | Refused:
    if visit.pin is False:
        return Refused("pin_wrong")
    at = _happened(visit, asked) if asked.no_block else None
    card, barcode = asked.patron_identifier.strip(), asked.item_identifier.strip()
    return renewals.renew(cursor, visit.desk, card, barcode, at=at)


def renew_all(cursor: Cursor, visit: Visit, asked: m.RenewAll) -> m.RenewAllResponse:
    """Why one was not renewed stands behind its number in AF. One that is due no later than before has no why."""
    refused, outcome = None, _renew_all(cursor, visit, asked)
    if isinstance(outcome, Refused):
        refused, outcome = outcome, RenewedAll((), ())
    unchanged = tuple(barcode for barcode in outcome.renewed if barcode not in outcome.longer)
    unrenewed = (*(barcode for barcode, _ in outcome.unrenewed), *unchanged)
    why = tuple(f"{barcode}: {line(fault)[0]}" for barcode, fault in outcome.unrenewed)
    return m.RenewAllResponse(
        ok=refused is None,
        renewed_count=len(outcome.longer),
        unrenewed_count=len(unrenewed),
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        renewed_items=outcome.longer,
        unrenewed_items=unrenewed,
        screen_message=line(refused.fault) if refused else why,
        fault=refused.number if refused else None,
    )


def _renew_all(cursor: Cursor, visit: Visit, asked: m.RenewAll) -> RenewedAll | Refused:
    if visit.pin is False:
        return Refused("pin_wrong")
    return renewals.renew_all(cursor, visit.desk, asked.patron_identifier.strip())
