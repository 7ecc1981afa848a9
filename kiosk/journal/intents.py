"""Loans, returns and registrations that were asked and have no outcome yet: what is owed, with all that a replay needs.

    loan.asked     ─┬─ loan.owed ───────┐
                    ├─ loan.granted ────┼── loan.made, loan.renewed, loan.refused, loan.abandoned
                    └───────────────────┘
    return.asked   ─┬─ return.owed ─────┐
                    ├─ return.taken ────┼── return.made, return.refused, return.abandoned
                    └───────────────────┘

    register.asked ─── register.owed ─────── reader.registered, register.refused, register.abandoned

Left makes the row, the middle marks it, right ends it. A fact of the middle or the right without its row,
or a second mark, contradicts the journal. All of one step may stand in one `append`.

When it was, a row tells by the kiosk's own two clocks. `clock.corrected` says how far central's is ahead of the one that
counts since the boot; that is remembered for as long as something of the boot is open. Where central comes to be doubted, the
synchronised clock's own takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec.structs import replace

from kiosk.effects import Record
from kiosk.journal.database import Connection, Contradiction
from kiosk.secrets import decrypt_card, encrypt_card
from kiosk.veiled import Veiled
from wire.envelope import Stamp
from wire.facts import (
    ClockCorrected,
    Fact,
    LoanAbandoned,
    LoanAsked,
    LoanGranted,
    LoanMade,
    LoanOwed,
    LoanRefused,
    LoanRenewed,
    PaymentWanted,
    ReaderRegistered,
    RegisterAbandoned,
    RegisterAsked,
    RegisterOwed,
    RegisterRefused,
    ReturnAbandoned,
    ReturnAsked,
    ReturnMade,
    ReturnOwed,
    ReturnRefused,
    ReturnTaken,
)

Kind = Literal["loan", "return", "register"]
Keys = tuple[bytes, ...]
"""32 octets each: the first encrypts, all of them read."""
Seal = Callable[[str, str], str]
"""(card, txn) → the card as central alone can read it; empty where there is no key for it."""

OWED, WAS_LENT = 1, 2
"""What the column `owed` says; less than 0: the same, and the fact that said so is gone."""
CLOCK = "clock:"
"""Head of the names under which is remembered how far the right time is ahead of a boot's monotonic clock."""
ALL = (
    "SELECT txn, kind, item, reader, card, owed, granted, due, at_ms, reader_type, title, call_number,"
    " boot, mono_ms, mono_ms + CAST(value AS INTEGER)"
    " FROM intent LEFT JOIN memory ON name = ? || boot ORDER BY seq"
)
"""Oldest first, given CLOCK; what `read` takes."""


class Intent(Veiled, frozen=True):
    """A loan, return or registration that was asked and has no outcome yet."""

    UNSEEN = frozenset({"card"})

    txn: str
    kind: Kind
    item: str
    reader: str
    """Pseudonym; empty for a return."""
    card: str
    """Empty for a return, where it is `locked`, and where it was never known."""
    owed: bool
    """`loan.owed`, `return.owed` or `register.owed` has been recorded, and is not gone."""
    locked: bool = False
    """No key that is there reads the card."""
    was_lent: bool = False
    """`loan.owed` says that the book was on loan by its tag."""
    granted: bool = False
    """`loan.granted` has been recorded: the reader has the book."""
    taken: bool = False
    """`return.taken` has been recorded: the book is here."""
    due: str = ""
    """ISO 8601 date that the reader of a granted loan was told."""
    at_ms: int = 0
    """Wall clock of the latest of its facts: when it was granted or taken, owed, or only asked."""
    reader_type: str = ""
    title: str = ""
    call_number: str = ""
    boot: str = ""
    """In which that was; empty: nobody knows."""
    mono_ms: int = 0
    """When, since that boot."""
    central_ms: int | None = None
    """When, by central's clock; None: central was not heard in that boot."""


def ahead_name(boot: str) -> str:
    """What the journal remembers of a boot's clock, in milliseconds, stands under this."""
    return CLOCK + boot


def follow(db: Connection, key: bytes, seq: int, record: Record, stamp: Stamp) -> None:
    """Make, mark or end the intent that this fact is about.

    Raises:
        Contradiction: it was never asked, or was marked or ended before.
    """
    at = stamp.wall_ms, stamp.boot, stamp.mono_ms
    match record.fact:
        case LoanAsked(txn=txn, item=item, reader=reader):
            db.execute(_ASK, (txn, "loan", item, reader, encrypt_card(key, txn, record.card), seq, *at))
        case ReturnAsked(txn=txn, item=item):
            db.execute(_ASK, (txn, "return", item, "", None, seq, *at))
        case LoanOwed(txn=txn, was_lent=was_lent):
            _change(db, _OWE, (WAS_LENT if was_lent else OWED, *at, txn, "loan"))
        case ReturnOwed(txn=txn):
            _change(db, _OWE, (OWED, *at, txn, "return"))
        case LoanGranted(txn=txn) as fact:
            told = (fact.due, fact.reader_type, fact.title, fact.call_number)
            _change(db, _HAND_OVER, (*at, *told, txn, "loan"))
        case ReturnTaken(txn=txn) as fact:
            _change(db, _HAND_OVER, (*at, "", "", fact.title, fact.call_number, txn, "return"))
        case (
            LoanMade(txn=txn)
            | LoanRenewed(txn=txn, by_name=False)
            | LoanRefused(txn=txn)
            | LoanAbandoned(txn=txn)
        ):
            _change(db, _END, (txn, "loan"))
        case ReturnMade(txn=txn) | ReturnRefused(txn=txn) | ReturnAbandoned(txn=txn):
            _change(db, _END, (txn, "return"))
        case ClockCorrected(central_ms=central_ms):
            name = ahead_name(stamp.boot)
            db.execute(_FORGET, (f"{CLOCK}*", name, CLOCK))
            db.execute(_AHEAD, (name, str(central_ms - stamp.mono_ms)))
        case _:
            _follow_registration(db, key, seq, record, at)


def _follow_registration(
    db: Connection, key: bytes, seq: int, record: Record, at: tuple[int, str, int]
) -> None:
    match record.fact:
        case RegisterAsked(txn=txn, reader=reader):
            db.execute(_ASK, (txn, "register", "", reader, encrypt_card(key, txn, record.card), seq, *at))
        case RegisterOwed(txn=txn):
            _change(db, _OWE, (OWED, *at, txn, "register"))
        case ReaderRegistered(txn=txn) | RegisterRefused(txn=txn) | RegisterAbandoned(txn=txn):
            _change(db, _END, (txn, "register"))


def sealed(db: Connection, keys: Keys, record: Record, seal: Seal) -> Fact:
    """The fact as it is written: what staff must find a reader by carries the card, sealed.

    The card is the record's, or else the intent's.
    """
    match record.fact:
        case (
            LoanOwed(sealed="")
            | LoanGranted(sealed="")
            | LoanRefused(granted=True, sealed="")
            | PaymentWanted(sealed="") as fact
        ):
            card = record.card or _card(db, keys, fact.txn)
            return replace(fact, sealed=seal(card, fact.txn)) if card else fact
    return record.fact


def read(keys: Keys, found: tuple[Any, ...]) -> Intent:
    """An intent, as ALL finds it."""
    txn, kind, item, reader, card, owed, given, *told = found
    number = decrypt_card(keys, txn, card) if card else ""
    return Intent(
        txn,
        kind,
        item,
        reader,
        number or "",
        owed > 0,
        number is None,
        abs(owed) == WAS_LENT,
        bool(given) and kind == "loan",
        bool(given) and kind == "return",
        *told,
    )


_ASK = (
    "INSERT INTO intent (txn, kind, item, reader, card, seq, at_ms, boot, mono_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_OWE = (
    "UPDATE intent SET owed = ?, at_ms = ?, boot = ?, mono_ms = ?"
    " WHERE txn = ? AND kind = ? AND owed <= 0 AND NOT granted"
)
_HAND_OVER = (
    "UPDATE intent SET granted = 1, at_ms = ?, boot = ?, mono_ms = ?,"
    " due = ?, reader_type = ?, title = ?, call_number = ?"
    " WHERE txn = ? AND kind = ? AND NOT owed AND NOT granted"
)
_END = "DELETE FROM intent WHERE txn = ? AND kind = ?"
_AHEAD = "INSERT OR REPLACE INTO memory (name, value) VALUES (?, ?)"
_FORGET = "DELETE FROM memory WHERE name GLOB ? AND name <> ? AND name NOT IN (SELECT ? || boot FROM intent)"


def _card(db: Connection, keys: Keys, txn: str) -> str:
    row = db.execute("SELECT card FROM intent WHERE txn = ?", (txn,)).fetchone()
    return (decrypt_card(keys, txn, row[0]) if row and row[0] else None) or ""


def _change(db: Connection, sql: str, values: tuple[Any, ...]) -> None:
    if db.execute(sql, values).rowcount != 1:
        *_, txn, kind = values
        raise Contradiction(f"{kind} {txn} was not asked, or was told otherwise already")
