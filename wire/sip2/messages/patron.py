"""The reader: who it is, what may be done, what is owed."""

from __future__ import annotations

from datetime import datetime

from wire.sip2.codes import Language
from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import COUNT, DATE, LANGUAGE, PATRON_STATUS, SUMMARY, TEXT, YES_NO, YES_NO_UNKNOWN


@message("23")
class PatronStatusRequest(Message):
    language: str = fixed(3, LANGUAGE, default=Language.UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    terminal_password: str = required("AC", default="")
    patron_password: str = required("AD", default="")


@message("24")
class PatronStatusResponse(Message):
    patron_status: frozenset[int] = fixed(14, PATRON_STATUS)
    language: str = fixed(3, TEXT, default=Language.UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    personal_name: str = required("AE", default="")
    valid_patron: bool | None = optional("BL", YES_NO_UNKNOWN, default=None)
    valid_patron_password: bool | None = optional("CQ", YES_NO_UNKNOWN, default=None)
    currency_type: str = optional("BH", default="")
    fee_amount: str = optional("BV", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("63")
class PatronInformation(Message):
    language: str = fixed(3, LANGUAGE, default=Language.UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    summary: frozenset[int] = fixed(10, SUMMARY, default=frozenset())
    """Which list of items is wanted; none, or one at a time."""
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    terminal_password: str = optional("AC", default="")
    patron_password: str = optional("AD", default="")
    start_item: int | None = optional("BP", COUNT, default=None)
    """First of the wanted items, from 1."""
    end_item: int | None = optional("BQ", COUNT, default=None)


@message("64")
class PatronInformationResponse(Message):
    patron_status: frozenset[int] = fixed(14, PATRON_STATUS)
    language: str = fixed(3, TEXT, default=Language.UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    hold_items_count: int | None = fixed(4, COUNT, default=None)
    overdue_items_count: int | None = fixed(4, COUNT, default=None)
    charged_items_count: int | None = fixed(4, COUNT, default=None)
    fine_items_count: int | None = fixed(4, COUNT, default=None)
    recall_items_count: int | None = fixed(4, COUNT, default=None)
    unavailable_holds_count: int | None = fixed(4, COUNT, default=None)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    personal_name: str = required("AE", default="")
    hold_items_limit: int | None = optional("BZ", COUNT, width=4, default=None)
    overdue_items_limit: int | None = optional("CA", COUNT, width=4, default=None)
    charged_items_limit: int | None = optional("CB", COUNT, width=4, default=None)
    valid_patron: bool | None = optional("BL", YES_NO_UNKNOWN, default=None)
    valid_patron_password: bool | None = optional("CQ", YES_NO_UNKNOWN, default=None)
    currency_type: str = optional("BH", default="")
    fee_amount: str = optional("BV", default="")
    fee_limit: str = optional("CC", default="")
    hold_items: tuple[str, ...] = repeated("AS", default=())
    overdue_items: tuple[str, ...] = repeated("AT", default=())
    charged_items: tuple[str, ...] = repeated("AU", default=())
    fine_items: tuple[str, ...] = repeated("AV", default=())
    recall_items: tuple[str, ...] = repeated("BU", default=())
    unavailable_hold_items: tuple[str, ...] = repeated("CD", default=())
    home_address: str = optional("BD", default="")
    email_address: str = optional("BE", default="")
    home_phone_number: str = optional("BF", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    reader_type: str = optional("XT", default="")
    expiry_date: str = optional("XD", default="")
    remaining_loans: int | None = optional("YR", COUNT, width=4, default=None)
    """Where the dialect has a code for it."""
    deposit: str = optional("YV", default="")
    """The same; yuan."""
    holds: tuple[str, ...] = repeated("YH", default=())
    """With a summary of holds, of our own ledger: each hold with all that is needed to fetch or cancel it."""
    fees: tuple[str, ...] = repeated("YE", default=())
    """With a summary of fines, of our own ledger: each with its kind in no language."""
    waived: tuple[str, ...] = repeated("YW", default=())
    """With any summary, of our own ledger: what amnesties forgive."""
    birth_date: str = optional("XH", default="")
    """YYYYMMDD, where the ILS tells it."""
    age: int | None = optional("YA", COUNT, width=3, default=None)
    """Of our own ledger, which tells no date of birth: full years."""
    terms_version: str = optional("YT", default="")
    """Of our own ledger: the terms that were accepted last, `-` for none; empty where there are no terms."""
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("35")
class EndPatronSession(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    terminal_password: str = optional("AC", default="")
    patron_password: str = optional("AD", default="")


@message("36")
class EndSessionResponse(Message):
    end_session: bool = fixed(1, YES_NO)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())


@message("01")
class BlockPatron(Message):
    """The reader forgot the card, or tried the PIN too often; answered by 24."""

    card_retained: bool = fixed(1, YES_NO)
    """True: the machine has kept the card."""
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    blocked_card_msg: str = required("AL", default="")
    patron_identifier: str = required("AA")
    terminal_password: str = required("AC", default="")


@message("25")
class PatronEnable(Message):
    """Undo of 01."""

    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    terminal_password: str = optional("AC", default="")
    patron_password: str = optional("AD", default="")


@message("26")
class PatronEnableResponse(Message):
    patron_status: frozenset[int] = fixed(14, PATRON_STATUS)
    language: str = fixed(3, TEXT, default=Language.UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    personal_name: str = required("AE", default="")
    valid_patron: bool | None = optional("BL", YES_NO_UNKNOWN, default=None)
    valid_patron_password: bool | None = optional("CQ", YES_NO_UNKNOWN, default=None)
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)
