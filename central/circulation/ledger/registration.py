"""办证: new readers, changes of what is known of one, and who bears a card or an ID card.

- A new reader's row is inserted, and the database's unique indexes decide: two kiosks that register one ID
  card at once make one reader, whoever commits first.
- A refusal changes nothing. The caller commits.
- A card that an ID card shows is found by its keyed hash: its number is never a card number here.
"""

from __future__ import annotations

import secrets
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Executable, bindparam, delete, func, or_, select, update

from central.circulation.ledger import audit, payments, terms
from central.circulation.ledger.candidates import (
    Case,
    Changes,
    Deposit,
    Guardian,
    Kind,
    Registration,
    is_fit,
    months_on,
    needs_guardian,
    verdict,
)
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.id_card import IdCard
from central.circulation.ledger.models import Reader, ReaderType
from central.circulation.ledger.outcomes import ReaderRecord, Refused, Registered
from central.circulation.ledger.pins import NewPin, is_weak
from central.statements import Cursor, Prepared, insert_into

__all__ = [
    "Changes",
    "Deposit",
    "Registration",
    "card_of",
    "change_pin",
    "find",
    "is_taken",
    "modify",
    "register",
]

MINTED_DIGITS = 11
"""Of a card number that is minted, after a 9: as long as a mobile phone's number, and none of them."""


# ---------------------------------------------------------------- new readers
def register(cursor: Cursor, desk: Desk, new: Registration) -> Registered | Refused:
    """Enter a new reader (81 with XK 01 and 11).

    Refused with a fault of `candidates.CHECKS`, `card_taken`, `id_card_taken`, or with what `payments.pay_deposit`
    refuses a deposit for.
    """
    kind = _kind(cursor, new.type)
    guardian = _guardian(cursor, new.guardian_card)
    fault = verdict(Case(new, desk.today, kind, guardian, terms.version(cursor, desk.today)))
    if fault is not None or kind is None:
        return Refused(fault or "type_not_offered")
    entered = _enter(cursor, desk, new, kind)
    if isinstance(entered, Refused):
        return entered
    paid = _take_deposit(cursor, desk, entered.card, new.deposit)
    if isinstance(paid, Refused):
        cursor.run(_DROP, entered.card)
        return paid
    audit.record(cursor, desk, "reader_registered", entered.card)
    return replace(entered, payment=paid)


def _take_deposit(cursor: Cursor, desk: Desk, card: str, deposit: Deposit | None) -> int | Refused | None:
    """Book the money that came with the registration; its number in the cash book."""
    if deposit is None:
        return None
    amount_fen, method, provider_id = deposit.amount_fen, deposit.method, deposit.provider_id
    paid = payments.pay_deposit(cursor, desk, card, amount_fen, method=method, provider_id=provider_id)
    return paid if isinstance(paid, Refused) else paid.payment


def _enter(cursor: Cursor, desk: Desk, new: Registration, kind: Kind) -> Registered | Refused:
    """The row, under the card that was told or a minted one."""
    shown = new.id_card.number if new.id_card else None
    told = "" if new.card.upper() == shown else new.card
    card = told or _mint()
    expires_on = (new.by_staff and new.expires_on) or months_on(desk.today, kind.card_months)
    digest, last4 = (new.id_card.digest, new.id_card.last4) if new.id_card else (None, "")
    row = cursor.one(
        _ENTER,
        *(card, _clean(new.name, 100), kind.id, new.branch or desk.branch, expires_on),
        *(new.pin.hash if new.pin else "", digest, last4, new.birthday, _sex(new), _clean(new.nation, 20)),
        *(_clean(new.phone, 32), _clean(new.email, 100), _clean(new.address, 200), _clean(new.remark, 200)),
        *(new.guardian_card or None, new.terms or "", desk.now_ms if new.terms else None),
        *(desk.now_ms, desk.account[:64]),
    )
    if row is not None:
        return Registered(card, _clean(new.name, 100), kind.id, expires_on)
    if new.id_card is not None and is_taken(cursor, id_card=new.id_card):
        return Refused("id_card_taken")
    return Refused("card_taken")


def _mint() -> str:
    """A card number by chance; one that is taken already is refused like any other."""
    return f"9{secrets.randbelow(10**MINTED_DIGITS):0{MINTED_DIGITS}}"


def _sex(new: Registration) -> str:
    return new.sex if new.sex in {"m", "f"} else (new.id_card.sex if new.id_card else "")


def _clean(text: str, width: int) -> str:
    """Without control characters, which break a terminal's line, and no longer than its column."""
    return "".join(char for char in text if char.isprintable()).strip()[:width]


# ---------------------------------------------------------------- changes
def modify(cursor: Cursor, desk: Desk, card: str, changes: Changes) -> Registered | Refused:
    """Change what is known of a reader (81 with XK 02).

    Refused with `card_unknown`, `registration_incomplete` (no name left), `type_not_offered` (by a machine, or an
    unknown one), `id_card_taken`, `guardian_unfit`, `guardian_needed`.
    """
    known = find(cursor, card=card)
    if isinstance(known, Refused):
        return known
    fault = _wrong(cursor, desk, known, changes)
    if fault is not None:
        return Refused(fault)
    shown = changes.id_card
    cursor.run(
        _MODIFY,
        *(_changed(changes.name, 100), _changed(changes.phone, 32), _changed(changes.email, 100)),
        *(_changed(changes.address, 200), _changed(changes.nation, 20), _changed(changes.remark, 200)),
        *((shown.digest, shown.last4, shown.born_on) if shown else (None, None, None)),
        *(changes.guardian_card or None, changes.type, changes.expires_on, card),
    )
    audit.record(cursor, desk, "reader_changed", card)
    row = cursor.one(_REGISTERED, card)
    assert row is not None, "a known reader"
    return Registered(*row)


def _wrong(cursor: Cursor, desk: Desk, known: ReaderRecord, changes: Changes) -> str | None:
    """Fault that refuses the changes."""
    if changes.name is not None and not _clean(changes.name, 100):
        return "registration_incomplete"
    kind = _kind(cursor, changes.type or known.type)
    by_machine = not changes.by_staff and (changes.type is not None or changes.expires_on is not None)
    if kind is None or by_machine:
        return "type_not_offered"
    if changes.id_card is not None and card_of(cursor, changes.id_card) not in {None, known.card}:
        return "id_card_taken"
    if changes.guardian_card and not is_fit(_guardian(cursor, changes.guardian_card), desk.today):
        return "guardian_unfit"
    alone = not (changes.guardian_card or known.guardian_card)
    if changes.type is not None and alone and needs_guardian(kind, known.born_on, desk.today):
        return "guardian_needed"
    return None


def _changed(text: str | None, width: int) -> str | None:
    return None if text is None else _clean(text, width)


def change_pin(cursor: Cursor, desk: Desk, card: str, pin: NewPin) -> Registered | Refused:
    """Another PIN (81 with XK 14); the caller has checked the old one. Refused with `card_unknown`, `pin_weak`."""
    known = find(cursor, card=card)
    if isinstance(known, Refused):
        return known
    if is_weak(pin.text, known.born_on):
        return Refused("pin_weak")
    cursor.run(_CHANGE_PIN, pin.hash, card)
    audit.record(cursor, desk, "reader_pin_changed", card)
    return Registered(card, known.name, known.type, known.expires_on)


# ---------------------------------------------------------------- questions
def find(cursor: Cursor, *, card: str = "", id_card: IdCard | None = None) -> ReaderRecord | Refused:
    """A reader by card or by ID card (85). Refused with `card_unknown`."""
    row = cursor.one(_FIND, card, id_card.digest if id_card else "")
    return Refused("card_unknown") if row is None else ReaderRecord(*row)


def is_taken(cursor: Cursor, *, card: str = "", id_card: IdCard | None = None) -> bool:
    """Whether somebody has this card, or bears this ID card (91)."""
    return not isinstance(find(cursor, card=card, id_card=id_card), Refused)


def card_of(cursor: Cursor, id_card: IdCard) -> str | None:
    """The card of the reader who bears an ID card; None where nobody does."""
    found = find(cursor, id_card=id_card)
    return None if isinstance(found, Refused) else found.card


def _kind(cursor: Cursor, type_id: str) -> Kind | None:
    """A reader type; without a name the only one that a machine may give."""
    rows = cursor.all(_KINDS, type_id)
    return Kind(*rows[0]) if len(rows) == 1 else None


def _guardian(cursor: Cursor, card: str) -> Guardian | None:
    row = cursor.one(_GUARDIAN, card) if card else None
    return None if row is None else Guardian(*row)


# ---------------------------------------------------------------- statements
_ENTERED = (
    *("card", "name", "type_id", "branch_id", "expires_on"),
    *("pin_hash", "id_digest", "id_last4", "born_on", "sex", "nation"),
    *("phone", "email", "address", "remark"),
    *("guardian_card", "terms_version", "terms_ms"),
    *("registered_ms", "registered_account"),
)


def _new_reader(dialect: str) -> Executable:
    made = insert_into(Reader, dialect)
    fixed: dict[str, Any] = {
        "blocked": False,
        "blocked_why": "",
        "fees_fen": 0,
        "deposit_fen": 0,
        "keeps_history": False,
    }
    given: dict[str, Any] = {name: bindparam(name) for name in _ENTERED}
    return made.values(given | fixed).on_conflict_do_nothing().returning(Reader.card)


_ENTER = Prepared(*_ENTERED, statement=_new_reader)
_DROP = Prepared("card", statement=delete(Reader).where(Reader.card == bindparam("card")))
_TEXTS = ("name", "phone", "email", "address", "nation", "remark", "id_digest", "id_last4", "born_on")
_MODIFIED = (*_TEXTS, "guardian_card", "type_id", "expires_on")
_MODIFY = Prepared(
    *(f"new_{name}" for name in _MODIFIED),
    "card",
    statement=update(Reader)
    .where(Reader.card == bindparam("card"))
    .values(
        {
            name: func.coalesce(
                bindparam(f"new_{name}", type_=getattr(Reader, name).type), getattr(Reader, name)
            )
            for name in _MODIFIED
        }
    ),
)
_CHANGE_PIN = Prepared(
    "pin",
    "card",
    statement=update(Reader).where(Reader.card == bindparam("card")).values(pin_hash=bindparam("pin")),
)
_REGISTERED = Prepared(
    "card",
    statement=select(Reader.card, Reader.name, Reader.type_id, Reader.expires_on).where(
        Reader.card == bindparam("card")
    ),
)
_FIND = Prepared(
    "card",
    "digest",
    statement=select(
        *(Reader.card, Reader.name, Reader.type_id, Reader.branch_id, Reader.expires_on, Reader.blocked),
        *(Reader.sex, Reader.born_on, Reader.nation, Reader.phone, Reader.email, Reader.address),
        *(Reader.remark, Reader.id_last4, Reader.guardian_card, Reader.deposit_fen, Reader.fees_fen),
        *(Reader.terms_version, Reader.registered_ms),
    )
    .where(or_(Reader.card == bindparam("card"), Reader.id_digest == bindparam("digest")))
    .limit(1),
)
_KINDS = Prepared(
    "type",
    statement=select(
        *(ReaderType.id, ReaderType.institution, ReaderType.card_months),
        *(ReaderType.deposit_fen, ReaderType.guardian_below, ReaderType.self_service),
    ).where(
        or_(
            ReaderType.id == bindparam("type"),
            (bindparam("type") == "") & ReaderType.self_service & ~ReaderType.institution,
        )
    ),
)
_GUARDIAN = Prepared(
    "card",
    statement=select(
        *(Reader.card, Reader.born_on, Reader.expires_on, Reader.blocked, Reader.fees_fen),
        *(Reader.guardian_card, ReaderType.institution),
    )
    .join(ReaderType, ReaderType.id == Reader.type_id)
    .where(Reader.card == bindparam("card")),
)
