"""The connection: who the terminal is, how both ends are, what was lost on the way."""

from __future__ import annotations

from datetime import datetime

from wire.sip2.codes import ScStatusCode
from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import DATE, NUMBER, ONE_ZERO, SUPPORTED, TEXT, YES_NO


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
