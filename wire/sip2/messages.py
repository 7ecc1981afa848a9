"""Every message of SIP 2.00 that we speak, declared once.

Terms are the specification's (3M SIP 2.00, document revision 2.12); codes stand in
`wire.sip2.fields`, values in `wire.sip2.codes`, the three sorts of field in `wire.sip2.declare`.
SC is the terminal, ACS the library's system. Requests end in nothing, answers in `Response` or `Status`.

    93  Login                →  94  LoginResponse
    99  ScStatus             →  98  AcsStatus
    23  PatronStatusRequest  →  24  PatronStatusResponse
    63  PatronInformation    →  64  PatronInformationResponse
    11  Checkout             →  12  CheckoutResponse
    09  Checkin              →  10  CheckinResponse
    17  ItemInformation      →  18  ItemInformationResponse
    35  EndPatronSession     →  36  EndSessionResponse
    97  RequestAcsResend     →  the last answer again        96  RequestScResend  →  the last request again

Beyond the specification: CV CT CS CR CY DA (sorters), XT XD (Chinese systems), and our own YF, the
number of the fault in Shuwu's catalogue (`wire.faults`) that refused a reader or an item.
"""

from __future__ import annotations

from datetime import datetime

from wire.sip2.codes import CirculationStatus, FeeType, Language, ScStatusCode, SecurityMarker
from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import (
    COUNT,
    DATE,
    NUMBER,
    ONE_ZERO,
    PATRON_STATUS,
    SUMMARY,
    SUPPORTED,
    TEXT,
    YES_NO,
    YES_NO_UNKNOWN,
)


# ---------------------------------------------------------------- the connection
@message("93")
class Login(Message):
    uid_algorithm: int = fixed(1, NUMBER, default=0)
    """0: the user id is not encrypted. No other value has a meaning that two vendors share."""
    pwd_algorithm: int = fixed(1, NUMBER, default=0)
    login_user_id: str = required("CN")
    login_password: str = required("CO")
    location_code: str = optional("CP", default="")


@message("94")
class LoginResponse(Message):
    ok: bool = fixed(1, ONE_ZERO)
    screen_message: tuple[str, ...] = repeated("AF", default=())


@message("99")
class ScStatus(Message):
    status_code: str = fixed(1, TEXT, default=ScStatusCode.OK)
    max_print_width: int = fixed(3, NUMBER, default=80)
    protocol_version: str = fixed(4, TEXT, default="2.00")


@message("98")
class AcsStatus(Message):
    online_status: bool = fixed(1, YES_NO)
    checkin_ok: bool = fixed(1, YES_NO)
    checkout_ok: bool = fixed(1, YES_NO)
    acs_renewal_policy: bool = fixed(1, YES_NO)
    status_update_ok: bool = fixed(1, YES_NO, default=False)
    offline_ok: bool = fixed(1, YES_NO)
    """True also says that `no_block` transactions are taken."""
    timeout_period: int = fixed(3, NUMBER)
    """Tenths of a second; 0 the ACS is off line, 999 not known."""
    retries_allowed: int = fixed(3, NUMBER)
    """999 not known."""
    date_time_sync: datetime | None = fixed(18, DATE)
    protocol_version: str = fixed(4, TEXT, default="2.00")
    institution_id: str = required("AO", default="")
    library_name: str = optional("AM", default="")
    supported_messages: frozenset[int] = required("BX", SUPPORTED)
    terminal_location: str = optional("AN", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())


@message("97")
class RequestAcsResend(Message):
    """The SC could not read the ACS's last message. Never carries a sequence number."""


@message("96")
class RequestScResend(Message):
    """The ACS could not read the SC's last message. Never carries a sequence number."""


# ---------------------------------------------------------------- the patron
@message("23")
class PatronStatusRequest(Message):
    language: str = fixed(3, TEXT, default=Language.UNKNOWN)
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
    language: str = fixed(3, TEXT, default=Language.UNKNOWN)
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


# ---------------------------------------------------------------- the item
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


ANSWERED_BY: dict[type[Message], type[Message]] = {
    Login: LoginResponse,
    ScStatus: AcsStatus,
    PatronStatusRequest: PatronStatusResponse,
    PatronInformation: PatronInformationResponse,
    EndPatronSession: EndSessionResponse,
    Checkout: CheckoutResponse,
    Checkin: CheckinResponse,
    ItemInformation: ItemInformationResponse,
}
"""The answer to each request, asked by the SC."""

_RESENDS: tuple[type[Message], ...] = (RequestAcsResend, RequestScResend)

MESSAGES: dict[str, type[Message]] = {
    cls.layout.id: cls for cls in (*ANSWERED_BY, *ANSWERED_BY.values(), *_RESENDS)
}
"""Every message by its identifier."""
