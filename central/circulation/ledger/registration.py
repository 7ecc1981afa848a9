"""办证: who may become a reader, changes of what is known of one, and who bears a card or an ID card.

- A new reader's row is inserted, and the database's unique indexes decide: two kiosks that register one ID
  card at once make one reader, whoever commits first.
- A refusal changes nothing. The caller commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.id_card import IdCard
from central.circulation.ledger.outcomes import ReaderRecord, Refused, Registered
from central.circulation.ledger.pins import NewPin
from central.statements import Cursor


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that was taken with the registration."""

    amount_fen: int
    method: str
    """`cash`, `wechat`, `alipay`, `card` or `other`."""
    provider_id: str | None = None
    """The payment's number at whoever took the money."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A new reader, as a machine or a member of staff enters one."""

    name: str
    card: str = ""
    """Empty: the number of the ID card."""
    type: str = ""
    """Id of the reader type; empty: the only one that a machine may give."""
    branch: str = ""
    """Home branch; empty: the desk's."""
    pin: NewPin | None = None
    id_card: IdCard | None = None
    born_on: date | None = None
    """None: as the ID card says."""
    sex: str = ""
    nation: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    remark: str = ""
    guardian_card: str = ""
    expires_on: date | None = None
    """None: by the reader type."""
    terms: str | None = None
    """Version of the terms that the reader accepted; None where the machine does not ask."""
    deposit: Deposit | None = None
    by_staff: bool = field(default=False, kw_only=True)
    """Also types that no machine may give, and without a deposit."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be changed of a reader; None: it stays."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    nation: str | None = None
    remark: str | None = None
    id_card: IdCard | None = None
    """Of a reader who was registered without one."""
    type: str | None = None
    """By staff alone."""
    expires_on: date | None = None
    """By staff alone."""
    by_staff: bool = field(default=False, kw_only=True)


def register(cursor: Cursor, desk: Desk, new: Registration) -> Registered | Refused:
    """Enter a new reader (81 with XK 01 and 11).

    Refused with `registration_incomplete`, `id_card_wrong`, `type_not_offered`, `card_taken`, `id_card_taken`,
    `pin_weak`, `guardian_needed`, `guardian_unfit`, `deposit_needed`, `terms_not_accepted`, or `paid_already`
    where the deposit's number is in the books as another payment.
    """
    raise NotImplementedError


def modify(cursor: Cursor, desk: Desk, card: str, changes: Changes) -> Registered | Refused:
    """Change what is known of a reader (81 with XK 02). Refused with `card_unknown`, `id_card_taken` …"""
    raise NotImplementedError


def change_pin(cursor: Cursor, desk: Desk, card: str, pin: NewPin) -> Registered | Refused:
    """Another PIN (81 with XK 14); the caller has checked the old one. Refused with `card_unknown`, `pin_weak`."""
    raise NotImplementedError


def find(
    cursor: Cursor, desk: Desk, *, card: str = "", id_card: IdCard | None = None
) -> ReaderRecord | Refused:
    """A reader by card or by ID card (85). Refused with `card_unknown`."""
    raise NotImplementedError


def is_taken(cursor: Cursor, *, card: str = "", id_card: IdCard | None = None) -> bool:
    """Whether somebody has this card, or bears this ID card (91)."""
    raise NotImplementedError
