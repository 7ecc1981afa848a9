"""Messages about a reader: 23, 63, 35, 01, 25.

- A wrong PIN is told as CQ N and tells nothing else: no name, no counts, no lists. Without a PIN the
  card alone is enough; whether a PIN is asked for is the terminal's policy.
- YF says that the card has no service at all: unknown, expired, blocked, wrong PIN. Fees and limits are
  flags, and refuse a checkout by themselves.
- YH lists the holds in full (`wording.hold`), where either list of them is wanted; YE the fees, where they are.
- Whoever looks at an account hears what amnesties forgive: YW, and for machines that know none of it AF.
- AU and AT list barcodes, AS and CD titles, since a hold is on a title; AV the fees (`wording.fee`). The
  ledger recalls nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from central.circulation.ledger import amnesties, enquiries, readers
from central.circulation.ledger.amnesties import Gift, InForce
from central.circulation.ledger.outcomes import ReaderInformation, Refused
from central.circulation.server.visit import Visit
from central.circulation.server.wording import (
    CURRENCY,
    day,
    fee,
    fee_in_full,
    forgiven,
    hold,
    line,
    moment,
    waived,
    yuan,
)
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

FLAGS: tuple[tuple[PatronFlag, Callable[[ReaderInformation], bool]], ...] = (
    (PatronFlag.CHARGE_DENIED, lambda r: r.refusal is not None),
    (PatronFlag.RENEWAL_DENIED, lambda r: r.too_much_owed),
    (PatronFlag.HOLD_DENIED, lambda r: r.too_much_owed or len(r.awaited) >= r.hold_limit),
    (PatronFlag.TOO_MANY_CHARGED, lambda r: len(r.charged) >= r.loan_limit),
    (PatronFlag.TOO_MANY_OVERDUE, lambda r: r.too_many_overdue),
    (PatronFlag.EXCESSIVE_FINES, lambda r: r.too_much_owed and any(f.kind == "overdue" for f in r.fees)),
    (PatronFlag.EXCESSIVE_FEES, lambda r: r.too_much_owed),
)
"""When a card that is good is kept from something."""


class Told(Struct, frozen=True):
    """What may be told of a reader, and the fault that keeps the card from service."""

    reader: ReaderInformation | None
    bar: str | None
    card_lost: bool = False

    @property
    def flags(self) -> frozenset[int]:
        if self.reader is None or self.bar:
            return NO_SERVICE | ({PatronFlag.CARD_LOST} if self.card_lost else set())
        return frozenset(flag for flag, applies in FLAGS if applies(self.reader))

    @property
    def fault(self) -> int | None:
        return faults.number(self.bar) if self.bar else None

    def notice(self, language: str) -> tuple[str, ...]:
        """AF."""
        why = self.bar or (self.reader.refusal if self.reader else None)
        return line(why, language) if why else ()


# ---------------------------------------------------------------- questions
def patron_status(cursor: Cursor, visit: Visit, asked: m.PatronStatusRequest) -> m.PatronStatusResponse:
    return _status(
        _look(cursor, visit, asked.patron_identifier), visit, asked.patron_identifier, asked.language
    )


def patron_information(
    cursor: Cursor, visit: Visit, asked: m.PatronInformation
) -> m.PatronInformationResponse:
    told = _look(cursor, visit, asked.patron_identifier)
    reader = told.reader
    if reader is None:
        return _nothing(told, visit, asked)
    amnesty, gifts = _amnesties(cursor, visit, reader) if asked.summary else (None, [])
    ready = sum([held.ready for held in reader.awaited])
    notice = told.notice(asked.language)
    answer = m.PatronInformationResponse(
        patron_status=told.flags,
        language=asked.language,
        transaction_date=moment(visit.desk),
        hold_items_count=ready,
        overdue_items_count=len(reader.overdue),
        charged_items_count=len(reader.charged),
        fine_items_count=len(reader.fees),
        recall_items_count=0,
        unavailable_holds_count=len(reader.awaited) - ready,
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        personal_name=reader.name,
        hold_items_limit=reader.hold_limit,
        charged_items_limit=reader.loan_limit,
        valid_patron=True,
        valid_patron_password=visit.pin,
        currency_type=CURRENCY if reader.fees_fen else "",
        fee_amount=yuan(reader.fees_fen),
        waived=waived(amnesty, gifts),
        screen_message=(*notice, forgiven(amnesty, asked.language)) if amnesty else notice,
        reader_type=reader.type,
        expiry_date=day(reader.expires_on),
        age=reader.age,
        terms_version=(reader.terms or "-") if reader.terms is not None else "",
        remaining_loans=max(reader.loan_limit - len(reader.charged), 0),
        fault=told.fault,
        extra=(("YV", yuan(reader.deposit_fen)),) if reader.deposit_fen else (),
    )
    has_lists = reader.charged or reader.awaited or reader.fees
    return answer.but(**_lists(asked, reader)) if has_lists and asked.summary else answer


def _nothing(told: Told, visit: Visit, asked: m.PatronInformation) -> m.PatronInformationResponse:
    """The card is nobody's, or its PIN is another."""
    return m.PatronInformationResponse(
        patron_status=told.flags,
        language=asked.language,
        transaction_date=moment(visit.desk),
        hold_items_count=0,
        overdue_items_count=0,
        charged_items_count=0,
        fine_items_count=0,
        recall_items_count=0,
        unavailable_holds_count=0,
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        personal_name="",
        valid_patron=told.bar != "card_unknown",
        valid_patron_password=visit.pin,
        screen_message=told.notice(asked.language),
        fault=told.fault,
    )


def end_session(_cursor: Cursor, visit: Visit, asked: m.EndPatronSession) -> m.EndSessionResponse:
    return m.EndSessionResponse(
        end_session=True,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
    )


# ---------------------------------------------------------------- cards
def block_patron(cursor: Cursor, visit: Visit, asked: m.BlockPatron) -> m.PatronStatusResponse:
    card = asked.patron_identifier
    outcome = readers.block(
        cursor, visit.desk, card.strip(), asked.blocked_card_msg, retained=asked.card_retained
    )
    told = Told(None, outcome.fault) if isinstance(outcome, Refused) else _look(cursor, visit, card)
    return _status(told, visit, card)


def patron_enable(cursor: Cursor, visit: Visit, asked: m.PatronEnable) -> m.PatronEnableResponse:
    card = asked.patron_identifier
    outcome = Refused("pin_wrong") if visit.pin is False else readers.enable(cursor, visit.desk, card.strip())
    refused = outcome.fault if isinstance(outcome, Refused) else None
    told = Told(None, refused) if refused else _look(cursor, visit, card)
    return m.PatronEnableResponse(
        patron_status=told.flags,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=card,
        personal_name=told.reader.name if told.reader else "",
        valid_patron=told.bar != "card_unknown",
        valid_patron_password=visit.pin,
        screen_message=told.notice(""),
        fault=told.fault,
    )


# ---------------------------------------------------------------- parts
def _look(cursor: Cursor, visit: Visit, card: str) -> Told:
    reader = enquiries.reader_information(cursor, visit.desk, card.strip())
    if reader is None:
        return Told(None, "card_unknown")
    if visit.pin is False:
        return Told(None, "pin_wrong")
    return Told(reader, reader.bar, reader.card_lost)


def _status(told: Told, visit: Visit, card: str, language: str = "000") -> m.PatronStatusResponse:
    reader = told.reader
    return m.PatronStatusResponse(
        patron_status=told.flags,
        language=language,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=card,
        personal_name=reader.name if reader else "",
        valid_patron=told.bar != "card_unknown",
        valid_patron_password=visit.pin,
        currency_type=CURRENCY if reader and reader.fees_fen else "",
        fee_amount=yuan(reader.fees_fen if reader else 0),
        screen_message=told.notice(language),
        fault=told.fault,
    )


def _amnesties(cursor: Cursor, visit: Visit, reader: ReaderInformation) -> tuple[InForce | None, list[Gift]]:
    """The one that applies to what is overdue, and what others have forgiven; told to whoever looks at the account."""
    applies = amnesties.in_force(cursor, visit.desk, reader.type) if reader.overdue else None
    return applies, amnesties.lately(cursor, visit.desk, reader.card) if reader.had_fees else []


# ---------------------------------------------------------------- lists
def _titles(reader: ReaderInformation, *, ready: bool) -> tuple[str, ...]:
    return tuple([held.title for held in reader.awaited if held.ready is ready])


LISTS: tuple[tuple[Summary, str, Callable[[ReaderInformation, str], tuple[str, ...]]], ...] = (
    (Summary.HOLD, "hold_items", lambda r, _: _titles(r, ready=True)),
    (Summary.UNAVAILABLE_HOLD, "unavailable_hold_items", lambda r, _: _titles(r, ready=False)),
    (Summary.OVERDUE, "overdue_items", lambda r, _: tuple([loan.barcode for loan in r.overdue])),
    (Summary.CHARGED, "charged_items", lambda r, _: tuple([loan.barcode for loan in r.charged])),
    (Summary.FINE, "fine_items", lambda r, language: tuple([fee(owed, language) for owed in r.fees])),
    (Summary.FINE, "fees", lambda r, _: tuple([fee_in_full(owed) for owed in r.fees])),
)
"""The part of the summary that asks for a list, the list's name, and what stands in it in a language."""


def _lists(asked: m.PatronInformation, reader: ReaderInformation) -> dict[str, tuple[str, ...]]:
    """The lists that are wanted, from BP to BQ, both counted from 1; and the holds of either list in full."""
    page = slice(max((asked.start_item or 1) - 1, 0), asked.end_item or None)
    wanted = {name: of(reader, asked.language)[page] for part, name, of in LISTS if part in asked.summary}
    in_full = {True: Summary.HOLD in asked.summary, False: Summary.UNAVAILABLE_HOLD in asked.summary}
    wanted["holds"] = tuple([hold(held) for held in reader.awaited if in_full[held.ready]])
    return wanted
