"""Loans: out, back, renewed."""

from __future__ import annotations

from datetime import datetime

from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import COUNT, DATE, NUMBER, ONE_ZERO, YES_NO, YES_NO_UNKNOWN


@message("11")
class Checkout(Message):
    sc_renewal_policy: bool = fixed(1, YES_NO, default=False)
    """True: the ACS may renew when the item is already the patron's."""
    no_block: bool = fixed(1, YES_NO, default=False)
    """True: it has happened already, off line; the ACS shall not refuse it."""
    transaction_date: datetime | None = fixed(18, DATE)
    nb_due_date: datetime | None = fixed(18, DATE, default=None)
    """The date that the patron was told, where `no_block`."""
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    item_identifier: str = required("AB")
    terminal_password: str = required("AC", default="")
    item_properties: str = optional("CH", default="")
    patron_password: str = optional("AD", default="")
    fee_acknowledged: bool | None = optional("BO", YES_NO_UNKNOWN, default=None)
    cancel: bool | None = optional("BI", YES_NO_UNKNOWN, default=None)
    """True: undo a check-in that failed at the terminal."""


@message("12")
class CheckoutResponse(Message):
    ok: bool = fixed(1, ONE_ZERO)
    renewal_ok: bool = fixed(1, YES_NO, default=False)
    magnetic_media: bool | None = fixed(1, YES_NO_UNKNOWN, default=None)
    desensitize: bool | None = fixed(1, YES_NO_UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    item_identifier: str = required("AB")
    title_identifier: str = required("AJ", default="")
    due_date: str = required("AH", default="")
    """As the ACS words it; `wire.sip2.dates.due_date` reads the known forms."""
    fee_type: str = optional("BT", default="")
    security_inhibit: bool | None = optional("CI", YES_NO_UNKNOWN, default=None)
    currency_type: str = optional("BH", default="")
    fee_amount: str = optional("BV", default="")
    media_type: str = optional("CK", default="")
    item_properties: str = optional("CH", default="")
    transaction_id: str = optional("BK", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    call_number: str = optional("CS", default="")
    fault: int | None = optional("YF", COUNT, width=3, default=None)
    missing: tuple[str, ...] = repeated("YM", default=())
    """Items of the same set that are not on this card."""


@message("09")
class Checkin(Message):
    no_block: bool = fixed(1, YES_NO, default=False)
    transaction_date: datetime | None = fixed(18, DATE)
    return_date: datetime | None = fixed(18, DATE)
    current_location: str = required("AP", default="")
    institution_id: str = required("AO", default="")
    item_identifier: str = required("AB")
    terminal_password: str = required("AC", default="")
    item_properties: str = optional("CH", default="")
    cancel: bool | None = optional("BI", YES_NO_UNKNOWN, default=None)
    """True: undo a checkout that failed at the terminal."""


@message("10")
class CheckinResponse(Message):
    ok: bool = fixed(1, ONE_ZERO)
    resensitize: bool | None = fixed(1, YES_NO_UNKNOWN)
    magnetic_media: bool | None = fixed(1, YES_NO_UNKNOWN, default=None)
    alert: bool = fixed(1, YES_NO, default=False)
    """True: this one is for staff; `alert_type` says why."""
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    item_identifier: str = required("AB")
    permanent_location: str = required("AQ", default="")
    title_identifier: str = optional("AJ", default="")
    sort_bin: str = optional("CL", default="")
    patron_identifier: str = optional("AA", default="")
    media_type: str = optional("CK", default="")
    item_properties: str = optional("CH", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    alert_type: str = optional("CV", default="")
    destination_location: str = optional("CT", default="")
    call_number: str = optional("CS", default="")
    collection_code: str = optional("CR", default="")
    hold_patron_id: str = optional("CY", default="")
    hold_patron_name: str = optional("DA", default="")
    fault: int | None = optional("YF", COUNT, width=3, default=None)
    missing: tuple[str, ...] = repeated("YM", default=())
    """Items of the same set that this reader still has."""


@message("29")
class Renew(Message):
    third_party_allowed: bool = fixed(1, YES_NO, default=False)
    """True: somebody else than the reader may renew it."""
    no_block: bool = fixed(1, YES_NO, default=False)
    """True: it has happened already, off line; the ACS shall not refuse it."""
    transaction_date: datetime | None = fixed(18, DATE)
    nb_due_date: datetime | None = fixed(18, DATE, default=None)
    """The date that the patron was told, where `no_block`."""
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    patron_password: str = optional("AD", default="")
    item_identifier: str = optional("AB", default="")
    title_identifier: str = optional("AJ", default="")
    terminal_password: str = optional("AC", default="")
    item_properties: str = optional("CH", default="")
    fee_acknowledged: bool | None = optional("BO", YES_NO_UNKNOWN, default=None)


@message("30")
class RenewResponse(Message):
    ok: bool = fixed(1, ONE_ZERO)
    renewal_ok: bool = fixed(1, YES_NO, default=False)
    magnetic_media: bool | None = fixed(1, YES_NO_UNKNOWN, default=None)
    desensitize: bool | None = fixed(1, YES_NO_UNKNOWN)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    item_identifier: str = required("AB")
    title_identifier: str = required("AJ", default="")
    due_date: str = required("AH", default="")
    """As the ACS words it; `wire.sip2.dates.due_date` reads the known forms."""
    fee_type: str = optional("BT", default="")
    security_inhibit: bool | None = optional("CI", YES_NO_UNKNOWN, default=None)
    currency_type: str = optional("BH", default="")
    fee_amount: str = optional("BV", default="")
    media_type: str = optional("CK", default="")
    item_properties: str = optional("CH", default="")
    transaction_id: str = optional("BK", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    call_number: str = optional("CS", default="")
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("65")
class RenewAll(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    patron_password: str = optional("AD", default="")
    terminal_password: str = optional("AC", default="")
    fee_acknowledged: bool | None = optional("BO", YES_NO_UNKNOWN, default=None)


@message("66")
class RenewAllResponse(Message):
    ok: bool = fixed(1, ONE_ZERO)
    renewed_count: int = fixed(4, NUMBER, default=0)
    unrenewed_count: int = fixed(4, NUMBER, default=0)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    renewed_items: tuple[str, ...] = repeated("BM", default=())
    unrenewed_items: tuple[str, ...] = repeated("BN", default=())
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)
