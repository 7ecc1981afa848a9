"""A library's own lists, as its ILS exports them: CSV with a head line, in UTF-8 or GB 18030.

| list  | columns (in any order)                                |
| ----- | ----------------------------------------------------- |
| allow | `card`; may have `type` (reader type), `cap` (number) |
| deny  | `card` or `item`, or both columns                     |
| hold  | `item`                                                |

The whole file is read before anything is kept: one wrong line, and nothing is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from central.fleet.models import Branch
from central.lists.models import ListImport, ListNumber
from central.lists.operations import MAX_NUMBER, Unfit, mark
from central.lists.sources import PLAIN, Grant, Number
from wire.ids import ListName

COLUMNS: Mapping[ListName, tuple[str, ...]] = {
    "allow": ("card", "type", "cap"),
    "deny": ("card", "item"),
    "hold": ("item",),
}
NEEDED: Mapping[ListName, frozenset[str]] = {
    "allow": frozenset({"card"}),
    "deny": frozenset({"card", "item"}),
    "hold": frozenset({"item"}),
}
"""One of these columns must be there."""
MAX_LINES = 1_000_000
"""What fits a body."""
MAX_CAP = 1_000
ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order; the second is what spreadsheets in China write."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file, read."""

    numbers: dict[Number, Grant] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)
    """Line and what is wrong with it."""


def parse(octets: bytes, name: ListName) -> Parsed:
    """What a file says, and every line that cannot be."""
    text = _decoded(octets)
    if text is None:
        return Parsed(errors=[(1, "neither UTF-8 nor GB 18030")])
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found = Parsed()
    try:
        wrong = _wrong_head(reader.fieldnames or [], name)
        if wrong:
            return Parsed(errors=[(1, wrong)])
        for row in reader:
            for number, grant in _read(row, reader.line_num, found):
                if found.numbers.setdefault(number, grant) != grant:
                    found.errors.append((reader.line_num, f"{number.number} stands above, otherwise"))
            if len(found.numbers) > MAX_LINES:
                return Parsed(errors=[(reader.line_num, f"more than {MAX_LINES} numbers")])
    except csv.Error as cause:
        found.errors.append((reader.reader.line_num, str(cause)))
    if not found.numbers and not found.errors:
        found.errors.append((1, "no number in it"))
    return found


def keep(
    session: Session,
    name: ListName,
    branch: str | None,
    numbers: Mapping[Number, Grant],
    staff: str,
    now_ms: int,
    days: int,
) -> ListImport:
    """Put these numbers in the place of those that were imported for list and branch before.

    Args:
        session: the caller's transaction.
        name: the list.
        branch: for it and all below; None: for the whole network.
        numbers: from `parse`, without errors.
        staff: who imports.
        now_ms: central's clock.
        days: until the numbers are forgotten, unless they are imported anew.

    Raises:
        Unfit: `branch`.
    """
    if branch is not None and session.get(Branch, branch) is None:
        raise Unfit("branch")
    same = ListImport.branch_id.is_(None) if branch is None else ListImport.branch_id == branch
    session.execute(delete(ListImport).where(ListImport.name == name, same))
    made = ListImport(
        name=name,
        branch_id=branch,
        staff=staff,
        at_ms=now_ms,
        until_ms=now_ms + days * DAY_MS,
        numbers=len(numbers),
    )
    session.add(made)
    session.flush()
    rows = [
        {"import_id": made.id, "kind": kind, "number": number, "type": grant.type, "cap": grant.cap}
        for (kind, number), grant in numbers.items()
    ]
    if rows:
        session.execute(insert(ListNumber), rows)
    mark(session, name, now_ms)
    return made


def _decoded(octets: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _wrong_head(columns: Sequence[str], name: ListName) -> str:
    unknown = [column for column in columns if column not in COLUMNS[name]]
    if unknown:
        return f"column {unknown[0]!r} where {', '.join(COLUMNS[name])} may be"
    if not NEEDED[name] & set(columns):
        return f"no column {' or '.join(sorted(NEEDED[name]))}"
    return ""


def _read(row: Mapping[str | None, str | None], line: int, found: Parsed) -> Iterator[tuple[Number, Grant]]:
    """The numbers of one line; what is wrong with it goes to the errors."""
    if None in row or None in row.values():
        found.errors.append((line, "more or fewer fields than the head has"))
        return
    fields = {str(column): (value or "").strip() for column, value in row.items()}
    card, item, cap = fields.get("card", ""), fields.get("item", ""), fields.get("cap", "")
    if not card and not item:
        found.errors.append((line, "no number"))
    elif max(len(card), len(item), len(fields.get("type", ""))) > MAX_NUMBER:
        found.errors.append((line, f"more than {MAX_NUMBER} characters"))
    elif cap and not (re.fullmatch("[0-9]{1,9}", cap) and int(cap) <= MAX_CAP):
        found.errors.append((line, f"cap {cap[:MAX_NUMBER]!r} is no number up to {MAX_CAP}"))
    else:
        if card:
            yield Number("reader", card), Grant(fields.get("type", ""), int(cap or 0))
        if item:
            yield Number("item", item), PLAIN
