"""Who may become a reader: what a registration says, and one literal table over it. No database.

The first check that bites is the fault that is told, so the table runs from what is missing, over who it is,
to what the library asks of such a reader.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from central.circulation.ledger.id_card import SHAPE, IdCard
from central.circulation.ledger.pins import NewPin, is_weak

ADULT_YEARS = 18
"""A guardian is of age (Civil Code of the PRC, article 17)."""
CARD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
"""A card number: what a bar code and a column of 64 hold, and no delimiter of SIP2."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that was taken with the registration."""

    amount_fen: int
    method: str
    """One of `payments.METHODS`."""
    provider_id: str | None = None
    """The payment's number at whoever took the money."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A new reader, as a machine or a member of staff enters one."""

    name: str
    card: str = ""
    """Empty, or the number of the ID card: one is minted, and the reader is found by the ID card."""
    type: str = ""
    """Id of the reader type; empty: the only one that a machine may give."""
    branch: str = ""
    """Home branch; empty: the desk's."""
    pin: NewPin | None = None
    id_card: IdCard | None = None
    born_on: date | None = None
    """None: as the ID card says."""
    sex: str = ""
    """`m`, `f`; empty: as the ID card says."""
    nation: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    remark: str = ""
    """Of an institution: who answers for it."""
    guardian_card: str = ""
    expires_on: date | None = None
    """By staff; None: by the reader type."""
    terms: str | None = None
    """Version of the terms that the reader accepted; None where the machine does not ask.

    Where the library has published none, the machine's own stand for them.
    """
    deposit: Deposit | None = None
    by_staff: bool = field(default=False, kw_only=True)
    """Also types that no machine may give."""

    @property
    def birthday(self) -> date | None:
        """As it was told, else as the ID card says."""
        return self.born_on or (self.id_card.born_on if self.id_card else None)


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
    guardian_card: str | None = None
    type: str | None = None
    """By staff alone."""
    expires_on: date | None = None
    """By staff alone."""
    by_staff: bool = field(default=False, kw_only=True)


class Kind(NamedTuple):
    """What a reader type asks for."""

    id: str
    institution: bool
    card_months: int
    deposit_fen: int
    guardian_below: int | None
    self_service: bool


class Guardian(NamedTuple):
    """The reader who answers for a young one."""

    card: str
    born_on: date | None
    expires_on: date
    blocked: bool
    fees_fen: int
    guardian_card: str | None
    institution: bool


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a check may look at."""

    new: Registration
    today: date
    """Civil date at the desk."""
    kind: Kind | None
    """None: there is no such type, or none that goes without saying."""
    guardian: Guardian | None
    """None: no card was told, or nobody has it."""
    terms: str
    """Version in force; empty: none."""


def _is_incomplete(c: Case) -> bool:
    return not c.new.name.strip() or bool(c.new.card and not CARD.fullmatch(c.new.card))


def _is_foreign_id(c: Case) -> bool:
    """The number of an ID card is a card number of its own bearer alone."""
    shown = c.new.id_card.number if c.new.id_card else None
    return c.new.card.upper() != shown and SHAPE.fullmatch(c.new.card.upper()) is not None


def _is_not_offered(c: Case) -> bool:
    return c.kind is None or not (c.kind.self_service or c.new.by_staff)


def _lacks_contact(c: Case) -> bool:
    return c.kind is not None and c.kind.institution and not (c.new.phone and c.new.remark)


def _needs_guardian(c: Case) -> bool:
    return c.kind is not None and needs_guardian(c.kind, c.new.birthday, c.today)


def needs_guardian(kind: Kind, born_on: date | None, today: date) -> bool:
    """Whether such a reader is too young to stand alone; one whose age nobody knows is."""
    if kind.guardian_below is None or kind.institution:
        return False
    return born_on is None or age(born_on, today) < kind.guardian_below


def is_fit(guardian: Guardian | None, today: date) -> bool:
    """Whether a reader may answer for another: a person of age in good standing, who has no guardian."""
    if guardian is None or guardian.institution or guardian.guardian_card is not None:
        return False
    of_age = guardian.born_on is None or age(guardian.born_on, today) >= ADULT_YEARS
    return of_age and not guardian.blocked and guardian.expires_on >= today and guardian.fees_fen == 0


def age(born_on: date, today: date) -> int:
    """Full years; who is born on 29 February has the birthday on 1 March in other years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _lacks_deposit(c: Case) -> bool:
    """Money that was taken is enough; without any the reader pays before the first loan."""
    return c.kind is not None and c.new.deposit is not None and c.new.deposit.amount_fen < c.kind.deposit_fen


CHECKS: tuple[tuple[str, Callable[[Case], bool]], ...] = (
    ("registration_incomplete", _is_incomplete),
    ("id_card_wrong", _is_foreign_id),
    ("type_not_offered", _is_not_offered),
    ("registration_incomplete", _lacks_contact),
    ("pin_weak", lambda c: c.new.pin is not None and is_weak(c.new.pin.text, c.new.birthday)),
    ("guardian_needed", lambda c: _needs_guardian(c) and not c.new.guardian_card),
    ("guardian_unfit", lambda c: bool(c.new.guardian_card) and not is_fit(c.guardian, c.today)),
    ("terms_not_accepted", lambda c: bool(c.terms) and c.new.terms not in {None, c.terms}),
    ("deposit_needed", _lacks_deposit),
)
"""Fault of the catalogue and when it applies, in the order in which they are told."""


def verdict(case: Case) -> str | None:
    """Fault that refuses the registration, None where it may be made."""
    return next((fault for fault, bites in CHECKS if bites(case)), None)


def months_on(day: date, months: int) -> date:
    """The same day of a later month, or its last: a card of 31 August for 6 months is good to 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
