"""The item, and who waits for it."""

from __future__ import annotations

from datetime import datetime

from wire.sip2.codes import CirculationStatus, FeeType, HoldMode, SecurityMarker
from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import COUNT, DATE, ONE_ZERO, TEXT, YES_NO, YES_NO_UNKNOWN


@message("17")
class ItemInformation(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    item_identifier: str = required("AB")
    terminal_password: str = optional("AC", default="")


@message("18")
class ItemInformationResponse(Message):
    circulation_status: str = fixed(2, TEXT, default=CirculationStatus.OTHER)
    security_marker: str = fixed(2, TEXT, default=SecurityMarker.OTHER)
    fee_type: str = fixed(2, TEXT, default=FeeType.OTHER)
    transaction_date: datetime | None = fixed(18, DATE)
    hold_queue_length: int | None = optional("CF", COUNT, default=None)
    due_date: str = optional("AH", default="")
    recall_date: str = optional("CJ", default="")
    hold_pickup_date: str = optional("CM", default="")
    item_identifier: str = required("AB")
    title_identifier: str = required("AJ", default="")
    owner: str = optional("BG", default="")
    currency_type: str = optional("BH", default="")
    fee_amount: str = optional("BV", default="")
    media_type: str = optional("CK", default="")
    permanent_location: str = optional("AQ", default="")
    current_location: str = optional("AP", default="")
    item_properties: str = optional("CH", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    call_number: str = optional("CS", default="")


@message("19")
class ItemStatusUpdate(Message):
    """Properties that the terminal found on the item, for the ACS to keep."""

    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    item_identifier: str = required("AB")
    terminal_password: str = optional("AC", default="")
    item_properties: str = required("CH", default="")


@message("20")
class ItemStatusUpdateResponse(Message):
    item_properties_ok: bool = fixed(1, ONE_ZERO)
    transaction_date: datetime | None = fixed(18, DATE)
    item_identifier: str = required("AB")
    title_identifier: str = optional("AJ", default="")
    item_properties: str = optional("CH", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("15")
class Hold(Message):
    hold_mode: str = fixed(1, TEXT, default=HoldMode.ADD)
    transaction_date: datetime | None = fixed(18, DATE)
    expiration_date: datetime | None = optional("BW", DATE, width=18, default=None)
    pickup_location: str = optional("BS", default="")
    hold_type: str = optional("BY", default="")
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    patron_password: str = optional("AD", default="")
    item_identifier: str = optional("AB", default="")
    title_identifier: str = optional("AJ", default="")
    terminal_password: str = optional("AC", default="")
    fee_acknowledged: bool | None = optional("BO", YES_NO_UNKNOWN, default=None)


@message("16")
class HoldResponse(Message):
    ok: bool = fixed(1, ONE_ZERO)
    available: bool = fixed(1, YES_NO, default=False)
    """True: a copy is in and not on loan."""
    transaction_date: datetime | None = fixed(18, DATE)
    expiration_date: datetime | None = optional("BW", DATE, width=18, default=None)
    queue_position: int | None = optional("BR", COUNT, default=None)
    pickup_location: str = optional("BS", default="")
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    item_identifier: str = optional("AB", default="")
    title_identifier: str = optional("AJ", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)
