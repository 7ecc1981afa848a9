"""Where the stored facts of a boot stand: at the end of the journals that were written in it, mostly one.

What stands in the place of a damaged row may bear any boot, and tells of none.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, bindparam, case, func, select

from central.facts.models import Journal, StoredFact
from central.facts.rows import LOST
from central.statements import Cursor, Prepared

NEVER_MS = 0
"""When a boot began by a clock that was not set: far from any beginning that is believed."""

Boot = tuple[str, str]
"""Device and boot."""
Span = tuple[str, int]
"""Facts of one boot: in this journal, after this seq."""


def spans(cursor: Cursor, boot: Boot) -> Iterator[Span]:
    """Found by going back in each journal to the last fact of another boot."""
    device, name = boot
    for (journal,) in cursor.all(_JOURNALS, device):
        other = cursor.one(_OTHER, device, journal, name)
        yield journal, other[0] if other else 0


def stood(cursor: Cursor, boot: Boot, *, drawn: bool) -> Iterator[int]:
    """When a boot began by its facts, at the earliest and at the latest in each journal.

    Without a line (`drawn`) a fact that was written by a clock that was not set stands nowhere.
    """
    device, name = boot
    extremes = _BY_LINE if drawn else _BY_SET_CLOCKS
    for journal, before in spans(cursor, boot):
        yield from (ms for ms in cursor.all(extremes, device, journal, before, name)[0] if ms is not None)


_WITHIN = (StoredFact.device_id == bindparam("device"), StoredFact.journal == bindparam("of"))
_JOURNALS = Prepared(
    "device", statement=select(Journal.journal).where(Journal.device_id == bindparam("device"))
)
_OTHER = Prepared(
    "device",
    "of",
    "in_boot",
    statement=select(StoredFact.seq)
    .where(*_WITHIN, StoredFact.boot != bindparam("in_boot"), StoredFact.kind != LOST)
    .order_by(StoredFact.seq.desc())
    .limit(1),
)


def _extremes(begun_ms: ColumnElement[int]) -> Prepared:
    of_boot = (*_WITHIN, StoredFact.seq > bindparam("before"), StoredFact.boot == bindparam("in_boot"))
    extremes = select(func.min(begun_ms), func.max(begun_ms)).where(*of_boot, StoredFact.kind != LOST)
    return Prepared("device", "of", "before", "in_boot", statement=extremes)


_BEGUN_MS = StoredFact.at_ms - StoredFact.mono_ms
_BY_LINE = _extremes(_BEGUN_MS)
_BY_SET_CLOCKS = _extremes(case((StoredFact.clock_set, _BEGUN_MS), else_=NEVER_MS))
