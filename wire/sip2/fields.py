"""The two-letter codes: what each means by the specification, and what some systems mean by it instead.

Source: 3M SIP 2.00, document revision 2.12; 3M's extensions of 2005 for sorters; the dialects from public
client and server code. A code that stands in no message of ours reaches its reader in `Message.extra`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One code. `name` is the attribute that carries it in `wire.sip2.messages`."""

    code: str
    name: str
    meaning: str
    elsewhere: dict[str, str] = field(default_factory=dict)
    """By dialect (金盘 has none of its own): another meaning of the same code."""


_TABLE: tuple[Field, ...] = (
    # ---- the specification
    Field("AA", "patron_identifier", "number of the reader's card"),
    Field("AB", "item_identifier", "number of the item"),
    Field("AC", "terminal_password", "password of the terminal, mostly empty"),
    Field("AD", "patron_password", "the reader's PIN", {"金盘": "with 21: the old password"}),
    Field("AE", "personal_name", "the reader's name"),
    Field("AF", "screen_message", "a line for the screen"),
    Field("AG", "print_line", "a line for the slip"),
    Field("AH", "due_date", "due date, worded by the ACS"),
    Field("AJ", "title_identifier", "title, or the record's number"),
    Field("AL", "blocked_card_msg", "why the card is to be blocked"),
    Field("AM", "library_name", "name of the library", {"interlib": "with 81: the library that gave the card"}),
    Field("AN", "terminal_location", "where the terminal stands", {"金盘": "with 21: the new password"}),
    Field("AO", "institution_id", "the institution, often its ISIL"),
    Field("AP", "current_location", "where the item, or the terminal, is", {"interlib": "left for KP"}),
    Field("AQ", "permanent_location", "where the item belongs", {"金盘": "call number", "evergreen": "in 64: home library"}),
    Field("AS", "hold_items", "items on hold, one a field", {"interlib": "in 64: items on loan"}),
    Field("AT", "overdue_items", "items overdue, one a field"),
    Field("AU", "charged_items", "items on loan, one a field"),
    Field("AV", "fine_items", "items with a fine, one a field"),
    Field("AY", "sequence_number", "0 to 9, echoed by the answer", {"dp2": "always 4"}),
    Field("AZ", "checksum", "four hexadecimal digits"),
    Field("BD", "home_address", "postal address"),
    Field("BE", "email_address", "e-mail address"),
    Field("BF", "home_phone_number", "telephone number"),
    Field("BG", "owner", "the library that owns the item"),
    Field("BH", "currency_type", "ISO 4217 code", {"interlib": "RMB for CNY"}),
    Field("BI", "cancel", "Y undoes the opposite transaction"),
    Field("BK", "transaction_id", "the ACS's own number", {"interlib": "with 37: number of the payment"}),
    Field("BL", "valid_patron", "Y where the card is known"),
    Field("BM", "renewed_items", "items renewed, one a field"),
    Field("BN", "unrenewed_items", "items not renewed, one a field"),
    Field("BO", "fee_acknowledged", "Y where the reader agreed to the fee"),
    Field("BP", "start_item", "first of the wanted items, from 1", {"interlib": "with 81: telephone number"}),
    Field("BQ", "end_item", "last of the wanted items"),
    Field("BR", "queue_position", "place in the queue of holds"),
    Field("BS", "pickup_location", "where a hold is fetched"),
    Field("BT", "fee_type", "two digits"),
    Field("BU", "recall_items", "items recalled, one a field"),
    Field("BV", "fee_amount", "amount owed", {"interlib": "in 64 and 81: the deposit"}),
    Field("BW", "expiration_date", "when a hold lapses"),
    Field("BX", "supported_messages", "16 of Y and N"),
    Field("BY", "hold_type", "any copy, this copy, …"),
    Field("BZ", "hold_items_limit", "how many holds", {"dp2": "how many more loans", "interlib": "how many more loans"}),
    Field("CA", "overdue_items_limit", "how many overdue items"),
    Field("CB", "charged_items_limit", "how many loans"),
    Field("CC", "fee_limit", "how much may be owed"),
    Field("CD", "unavailable_hold_items", "holds that wait, one a field"),
    Field("CF", "hold_queue_length", "how many wait for the item", {"interlib": "in 64 and 10: debt"}),
    Field("CG", "fee_identifier", "which fee", {"interlib": "with 37: channel of the payment"}),
    Field("CH", "item_properties", "free text about the item", {"interlib": "in 12: ATN author, PR price"}),
    Field("CI", "security_inhibit", "Y: leave the tag's security as it is"),
    Field("CJ", "recall_date", "when the item was recalled", {"interlib": "when it was lent or renewed"}),
    Field("CK", "media_type", "three digits"),
    Field("CL", "sort_bin", "bin of the sorter"),
    Field("CM", "hold_pickup_date", "until when a hold is kept", {"interlib": "when it was lent"}),
    Field("CN", "login_user_id", "account of the terminal", {"interlib": "the same again in 09, 11 and 29"}),
    Field("CO", "login_password", "its password"),
    Field("CP", "location_code", "where the terminal stands", {"dp2": "!library"}),
    Field("CQ", "valid_patron_password", "Y where the PIN is right"),
    # ---- 3M's extensions for sorters
    Field("CR", "collection_code", "collection of the item"),
    Field("CS", "call_number", "call number"),
    Field("CT", "destination_location", "where the item goes next", {"interlib": "in 64: kind of card", "金盘": "publisher"}),
    Field("CV", "alert_type", "why the item is for staff, two digits"),
    Field("CY", "hold_patron_id", "who waits for the item"),
    Field("DA", "hold_patron_name", "the name of who waits"),
    # ---- seen elsewhere
    Field("IC", "id_card", "number of the identity card (interlib, in 64)"),
    Field("JE", "prepaid", "money paid in advance (interlib, in 64)"),
    Field("KC", "call_number_kc", "call number (interlib)"),
    Field("KP", "current_shelf", "current place (interlib)"),
    Field("KQ", "permanent_shelf", "permanent place (interlib)"),
    Field("MP", "mobile_phone", "mobile telephone number (interlib)"),
    Field("PA", "patron_expiry", "when the card expires (evergreen)", {"koha": "access is blocked at this branch"}),
    Field("PB", "patron_birth_date", "date of birth (evergreen, koha)"),
    Field("PC", "patron_class", "reader type (evergreen, koha)"),
    Field("PI", "internet_privileges", "may use the network (evergreen, koha)"),
    Field("XB", "issue_date", "when the card was given (interlib)"),
    Field("XD", "expiry_date", "when the card expires (interlib)"),
    Field("XE", "start_date", "when the card becomes valid (interlib)"),
    Field("XF", "remark", "remark (interlib)"),
    Field("XH", "birth_date", "date of birth (interlib)"),
    Field("XI", "internal_id", "number of the account (evergreen)"),
    Field("XK", "operation", "what to do with the account (interlib)"),
    Field("XM", "sex", "1 or 0, also M or F (interlib)"),
    Field("XN", "nation", "nation (interlib)"),
    Field("XO", "id_card_xo", "number of the identity card (interlib)"),
    Field("XP", "native_place", "native place (interlib)"),
    Field("XT", "reader_type", "reader type (interlib)"),
    # ---- ours
    Field("YF", "fault", "number in Shuwu's catalogue of faults: why a reader or an item was refused"),
    Field("YV", "deposit", "deposit; what a dialect's BV is called where it is no fee"),
)  # fmt: skip

_CHINESE: tuple[Field, ...] = (
    Field("AC", "taken", "in 92: 1 where the number is registered already"),
    Field("BP", "telephone", "telephone number"),
    Field("BV", "deposit", "deposit, yuan"),
    Field("JK", "receipt", "number in the cash book"),
    Field("KD", "new_password", "the new PIN"),
    Field("OK", "done", "1 done or found, 0 not"),
    Field("XA", "new_card", "the new card's number"),
)

FIELDS: dict[str, Field] = {entry.code: entry for entry in _TABLE}
"""Every code that is known to us."""

CHINESE: dict[str, Field] = FIELDS | {entry.code: entry for entry in _CHINESE}
"""What the codes mean in 81, 82, 85, 86, 91 and 92."""
