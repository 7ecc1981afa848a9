"""What the lists are to say: staff's entries, a library's imports, the built-in ledger. Read, never written.

| list  | staff            | imports | ledger                                                            |
| ----- | ---------------- | ------- | ----------------------------------------------------------------- |
| deny  | cards and items  | both    | blocked readers, until the end of their ban                       |
| allow |                  | cards   | readers in good standing: not blocked, not expired, fees allowed; by the rules of each branch |
| hold  |                  | items   | items that are not lent, of titles for which somebody waits       |
| hours | hours of branches |        |                                                                   |
| room  | what branches ask, cards of staff, bans |  |                                                   |

What is said for a branch holds there and in all branches below it. Of hours, and of what rooms ask, the nearest holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from central.circulation.ledger.models import Hold, Item, LendingRule, Loan, Reader
from central.fleet.tree import Tree
from central.lists.models import ListEntry, ListImport, ListNumber
from central.rooms.admission import composing as admission
from central.rooms.admission.composing import Said
from central.rooms.hours import operations as opening
from wire.hours import Hours
from wire.ids import ListName
from wire.lists import Kind

NETWORK = "*"
"""Stands where a branch stands: everywhere."""
BOOK = "book"
"""The item type whose lending rule says how many a reader may have."""


class Number(NamedTuple):
    """A reader's card or an item's barcode."""

    kind: Kind
    number: str


class Grant(NamedTuple):
    """What a list says of a reader besides that they are on it."""

    type: str = ""
    cap: int = 0


PLAIN = Grant()
Entries = dict[Number, Grant]


@dataclass(frozen=True, slots=True)
class Sources:
    """What each list is to say, by the branch that says it."""

    entries: Mapping[ListName, Mapping[str, Entries]]
    hours: Mapping[str, Hours]
    rooms: Mapping[str, Said] = field(default_factory=dict)

    def scope(self, name: ListName, path: list[str]) -> tuple[str, ...]:
        """Which branches have a say in a list, at a branch.

        Args:
            name: the list.
            path: ids from the top of the tree down to the branch.
        """
        if name == "hours":
            return next(((branch,) for branch in reversed(path) if branch in self.hours), ())
        if name == "room":
            return admission.scope(self.rooms, path)
        said = self.entries.get(name, {})
        return tuple(branch for branch in (NETWORK, *path) if said.get(branch))

    def of(self, name: ListName, scope: tuple[str, ...]) -> Entries:
        """The entries of a scope; where two branches name the same reader, the lower one's word holds."""
        merged: Entries = {}
        for branch in scope:
            merged.update(self.entries[name][branch])
        return merged


def read(session: Session, tree: Tree, today: date, now_ms: int) -> Sources:
    """Everything as it is now."""
    found: dict[ListName, dict[str, Entries]] = {"deny": {}, "allow": {}, "hold": {}}

    def say(name: ListName, branch: str | None, number: Number, grant: Grant = PLAIN) -> None:
        found[name].setdefault(branch or NETWORK, {})[number] = grant

    _read_ledger(session, today, say)
    _read_imports(session, now_ms, say)
    for entry in session.scalars(select(ListEntry).where(_stands(today))):
        say("deny", entry.branch_id, Number(_kind(entry.kind), entry.number))
    return Sources(found, opening.composed(session, tree, today), admission.read(session, today))


Say = Callable[..., None]


def _read_ledger(session: Session, today: date, say: Say) -> None:
    banned = and_(Reader.blocked, or_(Reader.blocked_until.is_(None), Reader.blocked_until >= today))
    for (card,) in session.execute(select(Reader.card).where(banned)):
        say("deny", None, Number("reader", card))
    good = (
        select(LendingRule.branch_id, Reader.card, Reader.type_id, LendingRule.max_loans)
        .join(
            LendingRule,
            and_(LendingRule.reader_type_id == Reader.type_id, LendingRule.item_type == BOOK),
        )
        .where(~banned, Reader.expires_on >= today, Reader.fees_fen <= LendingRule.max_fees_fen)
    )
    for branch, card, kind, cap in session.execute(good):
        say("allow", branch or None, Number("reader", card), Grant(kind, cap))
    awaited = select(Hold.title_id).where(Hold.filled_ms.is_(None), Hold.cancelled_ms.is_(None))
    lent = select(Loan.item_barcode).where(Loan.returned_ms.is_(None))
    kept = select(Item.barcode).where(Item.title_id.in_(awaited), Item.barcode.not_in(lent))
    for (barcode,) in session.execute(kept):
        say("hold", None, Number("item", barcode))


def _read_imports(session: Session, now_ms: int, say: Say) -> None:
    columns = (ListImport.name, ListImport.branch_id, ListNumber.kind, ListNumber.number)
    lines = select(*columns, ListNumber.type, ListNumber.cap).join(
        ListImport, ListImport.id == ListNumber.import_id
    )
    for name, branch, kind, number, reader_type, cap in session.execute(
        lines.where(ListImport.until_ms > now_ms)
    ):
        say(name, branch, Number(_kind(kind), number), Grant(reader_type, cap))


def _stands(today: date) -> ColumnElement[bool]:
    return or_(ListEntry.until_on.is_(None), ListEntry.until_on >= today)


def _kind(text: str) -> Kind:
    return "item" if text == "item" else "reader"
