"""What Chinese systems added: register a reader (81), find one (85), ask whether one is registered (91), change a PIN
(21) and a field of an item (27).

From public client and server code (图创 Interlib, dp2, Wenhua, 网捷), which agree; there is no published
specification. Codes mean here what `wire.sip2.fields.CHINESE` says.
"""

from __future__ import annotations

from datetime import datetime

from wire.sip2.codes import RegisterOperation
from wire.sip2.declare import Message, fixed, message, optional, repeated, required
from wire.sip2.forms import COUNT, DATE, YES_NO


@message("81")
class Register(Message):
    """办证: a new reader, or a change of one; `operation` says which."""

    sc_renewal_policy: bool = fixed(1, YES_NO, default=True)
    no_block: bool = fixed(1, YES_NO, default=False)
    """The two letters that machines send as in 11; no system is known to read them."""
    transaction_date: datetime | None = fixed(18, DATE)
    nb_due_date: datetime | None = fixed(18, DATE, default=None)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    item_identifier: str = optional("AB", default="")
    patron_password: str = optional("AD", default="")
    personal_name: str = required("AE", default="")
    library_name: str = optional("AM", default="")
    """The library that gives the card."""
    telephone: str = optional("BP", default="")
    mobile_phone: str = optional("MP", default="")
    email_address: str = optional("BE", default="")
    home_address: str = optional("BD", default="")
    id_card_xo: str = optional("XO", default="")
    reader_type: str = optional("XT", default="")
    deposit: str = optional("BV", default="")
    """Yuan."""
    issue_date: str = optional("XB", default="")
    birth_date: str = optional("XH", default="")
    """YYYYMMDD."""
    nation: str = optional("XN", default="")
    native_place: str = optional("XP", default="")
    remark: str = optional("XF", default="")
    expiry_date: str = optional("XD", default="")
    start_date: str = optional("XE", default="")
    sex: str = optional("XM", default="")
    """1 male, 0 female; some machines send M and F."""
    new_card: str = optional("XA", default="")
    operation: str = required("XK", default=RegisterOperation.WITHOUT_DEPOSIT)
    new_password: str = optional("KD", default="")
    """With `CHANGE_PASSWORD`."""
    terms_version: str = optional("YT", default="")
    """Ours: version of the terms that were accepted just now; not written where the peer does not know it."""
    guardian: str = optional("YG", default="")
    """Ours: the card of the reader who answers for a young one."""


@message("82")
class RegisterResponse(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA", default="")
    expiry_date: str = optional("XD", default="")
    done: str = required("OK", default="0")
    """1 done, 0 not."""
    operation: str = required("XK", default="")
    receipt: str = optional("JK", default="")
    """Number in the ILS's cash book."""
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("85")
class FindReader(Message):
    """查询读者, by card number or by identity card."""

    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA", default="")
    id_card_xo: str = optional("XO", default="")
    operation: str = optional("XK", default="")
    """`BY_ID_CARD` where XO is meant."""


@message("86")
class FindReaderResponse(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA", default="")
    done: str = required("OK", default="0")
    """1 found, 0 not."""
    personal_name: str = optional("AE", default="")
    reader_type: str = optional("XT", default="")
    expiry_date: str = optional("XD", default="")
    telephone: str = optional("BP", default="")
    home_address: str = optional("BD", default="")
    id_card_xo: str = optional("XO", default="")
    issue_date: str = optional("XB", default="")
    birth_date: str = optional("XH", default="")
    remark: str = optional("XF", default="")
    sex: str = optional("XM", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("91")
class IsTaken(Message):
    """查重: whether a card number or an identity card is registered already."""

    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA", default="")
    id_card_xo: str = optional("XO", default="")
    operation: str = required("XK", default="0")
    """0 by card number, 1 by identity card."""


@message("92")
class IsTakenResponse(Message):
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA", default="")
    taken: str = required("AC", default="0")
    """1 registered already, 0 free."""
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("21")
class ChangePin(Message):
    """修改读者密码, of 金盘 and others; 81 with `CHANGE_PASSWORD` does the same."""

    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    patron_password: str = required("AD", default="")
    """The old one."""
    new_password: str = required("AN", default="")


@message("22")
class ChangePinResponse(Message):
    """Its only public client reads 22 and 28 as 36: Y or N first."""

    ok: bool = fixed(1, YES_NO)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = required("AA")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)


@message("27")
class ItemFieldUpdate(Message):
    """图书信息更新: one field of an item, as the terminal has found it."""

    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    item_identifier: str = required("AB")
    update_field: str = required("UF", default="")
    field_value: str = required("FV", default="")


@message("28")
class ItemFieldUpdateResponse(Message):
    ok: bool = fixed(1, YES_NO)
    transaction_date: datetime | None = fixed(18, DATE)
    institution_id: str = required("AO", default="")
    patron_identifier: str = optional("AA", default="")
    """The item's number: it stands in AA here."""
    update_field: str = optional("UF", default="")
    screen_message: tuple[str, ...] = repeated("AF", default=())
    print_line: tuple[str, ...] = repeated("AG", default=())
    fault: int | None = optional("YF", COUNT, width=3, default=None)
