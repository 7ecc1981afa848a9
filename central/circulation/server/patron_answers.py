"""Messages about a reader: 23, 63, 35.

- A wrong PIN is told as CQ N and tells nothing else: no name, no counts, no lists. Without a PIN the
  card alone is enough; whether a PIN is asked for is the terminal's policy.
- YF says that the card has no service at all: unknown, expired, blocked, wrong PIN. Fees and limits are
  flags, and refuse a checkout by themselves.
- AU and AT list barcodes, AS and CD titles, since a hold is on a title.
"""

from __future__ import annotations

from central.circulation.ledger import enquiries
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Awaited, Charged, ReaderInformation
from central.circulation.server.wording import CURRENCY, line, moment, yuan
from central.statements import Cursor
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import PatronFlag, Summary

NO_SERVICE = frozenset(
    {
        PatronFlag.CHARGE_DENIED,
        PatronFlag.RENEWAL_DENIED,
        PatronFlag.RECALL_DENIED,
        PatronFlag.HOLD_DENIED,
    }
)


def patron_status(
    cursor: Cursor, desk: Desk, asked: m.PatronStatusRequest, pin: bool | None
) -> m.PatronStatusResponse:
    reader, bar = _reader(cursor, desk, asked.patron_identifier, pin)
    return m.PatronStatusResponse(
        patron_status=_flags(reader, bar),
        language=asked.language,
        transaction_date=moment(desk),
        institution_id=desk.branch,
        patron_identifier=asked.patron_identifier,
        personal_name=reader.name if reader else "",
        valid_patron=bar != "card_unknown",
        valid_patron_password=pin,
        currency_type=CURRENCY if reader and reader.fees_fen else "",
        fee_amount=yuan(reader.fees_fen if reader else 0),
        screen_message=_notice(reader, bar, asked.language),
        fault=faults.number(bar) if bar else None,
    )


def patron_information(
    cursor: Cursor, desk: Desk, asked: m.PatronInformation, pin: bool | None
) -> m.PatronInformationResponse:
    reader, bar = _reader(cursor, desk, asked.patron_identifier, pin)
    ready, pending = _holds(reader)
    charged, overdue = (reader.charged, reader.overdue) if reader else ((), ())
    return m.PatronInformationResponse(
        patron_status=_flags(reader, bar),
        language=asked.language,
        transaction_date=moment(desk),
        hold_items_count=len(ready),
        overdue_items_count=len(overdue),
        charged_items_count=len(charged),
        fine_items_count=0,
        recall_items_count=0,
        unavailable_holds_count=len(pending),
        institution_id=desk.branch,
        patron_identifier=asked.patron_identifier,
        personal_name=reader.name if reader else "",
        charged_items_limit=reader.loan_limit if reader else None,
        valid_patron=bar != "card_unknown",
        valid_patron_password=pin,
        currency_type=CURRENCY if reader and reader.fees_fen else "",
        fee_amount=yuan(reader.fees_fen if reader else 0),
        hold_items=_wanted(asked, Summary.HOLD, ready),
        overdue_items=_wanted(asked, Summary.OVERDUE, _barcodes(overdue)),
        charged_items=_wanted(asked, Summary.CHARGED, _barcodes(charged)),
        unavailable_hold_items=_wanted(asked, Summary.UNAVAILABLE_HOLD, pending),
        screen_message=_notice(reader, bar, asked.language),
        reader_type=reader.type if reader else "",
        expiry_date=f"{reader.expires_on:%Y%m%d}" if reader else "",
        fault=faults.number(bar) if bar else None,
    )


def end_session(
    _cursor: Cursor, desk: Desk, asked: m.EndPatronSession, _pin: bool | None
) -> m.EndSessionResponse:
    return m.EndSessionResponse(
        end_session=True,
        transaction_date=moment(desk),
        institution_id=desk.branch,
        patron_identifier=asked.patron_identifier,
    )


def _reader(
    cursor: Cursor, desk: Desk, card: str, pin: bool | None
) -> tuple[ReaderInformation | None, str | None]:
    """What may be told of a reader, and the fault that keeps the card from service."""
    reader = enquiries.reader_information(cursor, card.strip(), desk.today)
    if reader is None:
        return None, "card_unknown"
    return (None, "pin_wrong") if pin is False else (reader, reader.bar)


def _flags(reader: ReaderInformation | None, bar: str | None) -> frozenset[int]:
    if reader is None or bar:
        return NO_SERVICE
    flags: set[int] = set()
    if reader.too_much_owed:
        flags |= {PatronFlag.CHARGE_DENIED, PatronFlag.RENEWAL_DENIED, PatronFlag.EXCESSIVE_FEES}
    if len(reader.charged) >= reader.loan_limit:
        flags.add(PatronFlag.TOO_MANY_CHARGED)
    return frozenset(flags)


def _notice(reader: ReaderInformation | None, bar: str | None, language: str) -> tuple[str, ...]:
    if bar:
        return line(bar, language)
    return line("fees_owed", language) if reader and reader.too_much_owed else ()


def _barcodes(loans: tuple[Charged, ...]) -> tuple[str, ...]:
    return tuple(loan.barcode for loan in loans)


def _holds(reader: ReaderInformation | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Titles that wait for the reader, and titles that the reader waits for."""
    awaited: tuple[Awaited, ...] = reader.awaited if reader else ()
    return tuple(a.title for a in awaited if a.ready), tuple(a.title for a in awaited if not a.ready)


def _wanted(asked: m.PatronInformation, part: Summary, values: tuple[str, ...]) -> tuple[str, ...]:
    """The part of a list that the request is for: BP and BQ count from 1, both inclusive."""
    if part not in asked.summary:
        return ()
    return values[max((asked.start_item or 1) - 1, 0) : asked.end_item]
