"""What the answers of an ILS mean to a kiosk: literal tables and the few rules beside them. Pure.

A fault comes from YF where the ILS knows our catalogue, else from the message's own flags. What the ILS
words itself is cut to what a fact may hold.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from kiosk.effects import Place
from kiosk.events import Goes
from kiosk.registering.state import age
from wire import faults
from wire.facts import clip
from wire.sip2.codes import AlertType, PatronFlag, Supported
from wire.sip2.dates import due_date
from wire.sip2.dialect import Dialect
from wire.sip2.messages import (
    ANSWERED_BY,
    AcsStatus,
    CheckinResponse,
    CheckoutResponse,
    PatronInformationResponse,
)

NAME_CHARACTERS = 64
"""As `wire.facts.Name`."""

REFUSED_AT_DESK: tuple[tuple[PatronFlag, str], ...] = (
    (PatronFlag.CARD_LOST, "card_blocked"),
    (PatronFlag.EXCESSIVE_FINES, "fees_owed"),
    (PatronFlag.EXCESSIVE_FEES, "fees_owed"),
    (PatronFlag.CHARGE_DENIED, "card_blocked"),
    (PatronFlag.TOO_MANY_OVERDUE, "card_blocked"),
    (PatronFlag.TOO_MANY_RENEWALS, "card_blocked"),
    (PatronFlag.TOO_MANY_CLAIMS_RETURNED, "card_blocked"),
    (PatronFlag.TOO_MANY_LOST, "card_blocked"),
    (PatronFlag.RECALL_OVERDUE, "card_blocked"),
    (PatronFlag.TOO_MANY_BILLED, "card_blocked"),
)
"""The first that is set decides, where the dialect bars with it. Not TOO_MANY_CHARGED: who returns a book
may borrow another, and each book is refused with its own reason."""

ASKED_BY_BUTTON: dict[Supported, str] = {
    Supported.PATRON_INFORMATION: "63",
    Supported.FEE_PAID: "37",
    Supported.HOLD: "15",
    Supported.RENEW: "29",
    Supported.RENEW_ALL: "65",
}
"""Place in BX → the request."""
BELONGS: dict[str, Goes] = {
    AlertType.HOLD_HERE: "hold",
    AlertType.HOLD_ELSEWHERE: "elsewhere",
    AlertType.INTERLIBRARY_LOAN: "elsewhere",
    AlertType.TRANSIT: "elsewhere",
}
"""CV of a 10 → where it belongs."""
MAX_NAMED = 4
"""Parts of a set that a line on the screen names."""
DONE = "1"
"""OK in 82 and 86."""

NO_SERVICE = frozenset(
    {
        PatronFlag.CHARGE_DENIED,
        PatronFlag.RENEWAL_DENIED,
        PatronFlag.RECALL_DENIED,
        PatronFlag.HOLD_DENIED,
    }
)
"""All four denied: the card is blocked. At the door nothing less counts: debts and overdue books keep
nobody from coming in to return them."""


# ---------------------------------------------------------------- the ILS itself
def takes(status: AcsStatus | None, dialect: Dialect) -> frozenset[str]:
    """Identifiers of the requests that the ILS answers: what its dialect has, less what BX denies.

    Only what readers ask for by a button is judged by BX. One with no Y at all says nothing.
    """
    known = frozenset(kind.layout.id for kind in ANSWERED_BY) - set(dialect.lacks)
    if status is None or not status.supported_messages or not dialect.means_status:
        return known
    return known - {
        number for place, number in ASKED_BY_BUTTON.items() if place not in status.supported_messages
    }


# ---------------------------------------------------------------- readers
def known(answer: PatronInformationResponse) -> bool:
    """By BL; where the ILS does not send it, a reader with a name is known."""
    return bool(answer.personal_name) if answer.valid_patron is None else answer.valid_patron


def card_fault(answer: PatronInformationResponse) -> int | None:
    """Why the card is no good at all."""
    if (ours := catalogued(answer.fault)) is not None:
        return ours
    if not known(answer):
        return faults.number("card_unknown")
    expires = due_date(answer.expiry_date)
    today = answer.transaction_date
    if expires and today and f"{local(expires):%Y%m%d}" < f"{local(today):%Y%m%d}":
        return faults.number("card_expired")
    return None


def flag_fault(flags: frozenset[int], dialect: Dialect, place: Place) -> int | None:
    """Why a known card is turned away, by its status flags."""
    if place == "door":
        blocked = flags >= NO_SERVICE or PatronFlag.CARD_LOST in flags
        return faults.number("card_blocked") if blocked else None
    barred = (name for flag, name in REFUSED_AT_DESK if flag in flags and flag in dialect.barring)
    fault = next(barred, None)
    return faults.number(fault) if fault else None


def pin_fault(answer: PatronInformationResponse) -> int:
    """Why a PIN was not taken: it is wrong, or it must wait; where the ILS says nothing of it, we cannot tell."""
    if answer.valid_patron_password is None and answer.fault is None:
        return faults.number("cannot_check_card")
    return catalogued(answer.fault) or faults.number("pin_wrong")


def age_of(answer: PatronInformationResponse, today: date) -> int | None:
    """Full years; None where the ILS tells neither them nor the date of birth."""
    if answer.age is not None:
        return answer.age
    born = due_date(answer.birth_date)
    return None if born is None else age(born, today)


def owes(answer: PatronInformationResponse) -> int | None:
    """What the reader owes, in fen; None where the ILS tells no amount, and not that nothing is open."""
    if answer.fee_amount.strip():
        return fen(answer.fee_amount)
    return 0 if answer.fine_items_count == 0 else None


def accepted(answer: PatronInformationResponse) -> str | None:
    """Version of the terms that the reader accepted, empty for none; None where the ILS tells nothing of it."""
    return {"": None, "-": ""}.get(answer.terms_version, short(answer.terms_version))


def listed(answer: PatronInformationResponse, item: str, dialect: Dialect) -> bool | None:
    """Whether the item is on this reader's card; None where the list may not be the whole one, or has titles."""
    items = [charged.strip() for charged in answer.charged_items]
    if item.strip() in items:
        return True
    count = answer.charged_items_count
    whole = count is not None and count <= len(items) and not dialect.lists_titles
    return False if whole and known(answer) else None


# ---------------------------------------------------------------- loans
def stays_secured(answer: CheckoutResponse, dialect: Dialect) -> bool:
    """Whether what was lent is not to leave: no desensitizing, or the security left as it is (CI).

    What is renewed has left before. A medium that a magnet would erase is spared the magnet, which no pad has.
    """
    if not (answer.ok and dialect.means_desensitize) or answer.renewal_ok:
        return False
    return answer.security_inhibit is True or (answer.desensitize is False and not answer.magnetic_media)


def goes(answer: CheckinResponse) -> Goes:
    """Where a returned item belongs: by CV, and where there is none by CT, which names where it is sent."""
    known = BELONGS.get(answer.alert_type)
    if known is not None:
        return known
    return "elsewhere" if answer.destination_location.strip() else ""


# ---------------------------------------------------------------- values
def catalogued(fault: int | None) -> int | None:
    """YF, where it can be a number of the catalogue."""
    return fault if fault is not None and 100 <= fault <= 999 else None  # noqa: PLR2004 - wire.facts.FaultNumber


def short(text: str) -> str:
    """Text of the ILS, cut to a name."""
    return clip(text, NAME_CHARACTERS)


def several(items: tuple[str, ...]) -> tuple[str, ...]:
    """As many of them as a reader can look for."""
    return tuple(short(item) for item in items[:MAX_NAMED])


def due(text: str, dialect: Dialect) -> str:
    """The library's day in ISO 8601 where the form is known, else the ILS's own words."""
    found = due_date(text, dialect.due_dates)
    return local(found).isoformat()[:10] if found else short(text)


def local(told: date) -> date:
    """A moment that names its zone as the library's clocks show it, which are this process's; all else as it is."""
    if not (isinstance(told, datetime) and told.tzinfo):
        return told
    try:
        return told.astimezone()
    except OverflowError:  # at the calendar's end
        return told


def fen(yuan: str) -> int:
    """Fen of an amount in yuan; 0 where it is none."""
    found = re.fullmatch(r"(\d{1,7})(?:\.(\d{1,2}))?", yuan.strip())
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else 0
