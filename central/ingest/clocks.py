"""Dates by the line of a boot: at = begun + monotonic time. For kiosks whose own clock misdated facts.

- A `clock.corrected` says what central's clock showed at one monotonic time. It draws the line of its boot,
  unless each fact of the boot was written by a set clock, and stands where that agrees with it within 2 s.
- A boot with a line has all its facts on it, those stored before and those that come later, so that they
  stand in the order in which they were written. A boot without one has the kiosk's own dates.
- A later correction within 2 s of the line leaves it where it is, unless a fact stands farther
  before it than lines bend: then central's own clock was behind when that came, and the whole boot is put on
  the line anew. One within BEND_MS bends it: oscillators drift, and what is dated stays where it stands. One
  farther off shows that the line was wrong, or that central's own clock was, and draws it anew for the boot.
- No fact is dated later than AHEAD_MS after central's own time, whatever the line says.
- What central has had for longer than MOVABLE_MS stays where it stands: no kiosk changes a report of last year.
- However many corrections come together, what is stored of a boot is looked through and moved once.
- Facts that change their hour, day or month take their tallies along in the same transaction; a revision
  is noted, and a recount, which dates by what is stored, gives the same numbers. What the staff's list of
  owed transactions has of them is told again with its new time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Insert, bindparam, case, insert, select, update

from central.circulation.owed import states
from central.facts import redaction
from central.facts.models import BootClock, Revision, StoredFact
from central.facts.rows import AHEAD_MS, FIRST_MS
from central.fleet.models import Branch
from central.ingest.journals import Locked
from central.ingest.spans import NEVER_MS, Boot, spans, stood
from central.reports.catalogue import COUNTS
from central.reports.tallies import QUARTER_MS, Place, Sums, civil_day
from central.statements import Cursor, Prepared, among_pairs, insert_into
from wire.envelope import UnknownFact
from wire.facts import ClockCorrected

AGREES_MS = 2_000
"""A clock this near is right: the answer from which a kiosk takes central's time is itself under way."""
BEND_MS = 300_000
"""Drift of a poor oscillator (200 parts in a million) in two weeks without central."""
MOVABLE_MS = 31 * 86_400_000
"""A correction follows what it corrects within a day or two of central being heard; a month leaves room."""
CHUNK = 1_000
"""Facts in memory at once while a boot is moved: it may have 100,000."""
MEANT = sorted(str(kind.__struct_config__.tag) for kind in {*COUNTS, *states.CONCERNED})
"""Kinds whose time is somewhere else too."""


class Line(NamedTuple):
    """When the facts of a boot happened, by its monotonic clock; never falls."""

    begun_ms: int
    """When that clock stood at zero, by central's."""
    since_ms: int
    """Monotonic: here the line bends."""
    before_ms: int
    """The beginning by which it runs until then."""

    def at_ms(self, mono_ms: int) -> int:
        if mono_ms < self.since_ms:
            return self.before_ms + mono_ms
        return max(self.begun_ms + mono_ms, self.before_ms + self.since_ms)

    def bent(self, told: Told) -> Line:
        """The line from a correction on."""
        return Line(told.begun_ms, told.mono_ms, self.at_ms(told.mono_ms) - told.mono_ms)


class Told(NamedTuple):
    """What a correction says."""

    boot: Boot
    mono_ms: int
    begun_ms: int


class Moved(NamedTuple):
    """What moved facts change elsewhere; who moved them sees to it."""

    sums: Sums
    """What the tallies lose and gain."""
    told: list[states.Told]
    """What the list of owed transactions is to hear again."""


def date_facts(cursor: Cursor, journals: Collection[Locked], now_ms: int) -> Moved:
    """Date what is pending, draw the lines that corrections among it ask for, move what is stored."""
    boots = {(j.place.device_id, boot) for j in journals for boot in {one.boot for one in j.pending.values()}}
    lines = _known(cursor, boots)
    if lines:
        _date_pending(journals, lines, now_ms)
    moved = Moved(Sums(), [])
    corrections = _corrections(journals)
    if corrections:
        for boot, line in _drawn(cursor, journals, lines, corrections, now_ms).items():
            _move(cursor, boot, line.begun_ms, now_ms, moved)
    return moved


def _drawn(
    cursor: Cursor,
    journals: Collection[Locked],
    lines: dict[Boot, Line],
    corrections: Sequence[Told],
    now_ms: int,
) -> dict[Boot, Line]:
    """Draw and keep the lines that corrections ask for; those on which what is stored is to be put anew."""
    stands = {
        boot: _stands(cursor, journals, boot, drawn=boot in lines)
        for boot in {told.boot for told in corrections}
    }
    drawn: dict[Boot, Line] = {}
    redrawn: dict[Boot, Line] = {}
    for told in corrections:
        now = _corrected(lines.get(told.boot), told, stands[told.boot])
        if now is not None:
            lines[told.boot] = drawn[told.boot] = now
            _date_pending(journals, {told.boot: now}, now_ms, from_ms=now.since_ms)
            if not now.since_ms:
                redrawn[told.boot] = now
    for boot, line in drawn.items():
        cursor.run(_KEEP, *boot, *line)
    return redrawn


def _corrected(line: Line | None, told: Told, stands: Collection[int]) -> Line | None:
    """The line that a boot has from a correction on; None: as before, or none."""
    straight = Line(told.begun_ms, 0, told.begun_ms)
    if line is None:
        agrees = all(abs(begun_ms - told.begun_ms) <= AGREES_MS for begun_ms in stands)
        return None if agrees else straight
    off_ms = abs(told.begun_ms - line.begun_ms)
    if off_ms <= AGREES_MS:
        behind = min(stands) < min(line.begun_ms, line.before_ms) - BEND_MS
        return straight if behind else None
    return line.bent(told) if off_ms <= BEND_MS else straight


def _stands(cursor: Cursor, journals: Collection[Locked], boot: Boot, *, drawn: bool) -> Collection[int]:
    """When a boot began by where its facts stand, at the earliest and at the latest.

    Without a line (`drawn`) a fact that was written by a clock that was not set stands nowhere.
    """
    found = [
        one.at_ms - one.mono_ms if one.clock_set or drawn else NEVER_MS
        for journal in journals
        if journal.place.device_id == boot[0]
        for one in journal.pending.values()
        if one.boot == boot[1] and not one.damaged
    ]
    found += stood(cursor, boot, drawn=drawn)
    return [min(found), max(found)]


# ---------------------------------------------------------------- lines
_KNOWN = Prepared(
    "boots",
    statement=lambda dialect: select(
        BootClock.device_id, BootClock.boot, BootClock.begun_ms, BootClock.since_mono_ms, BootClock.before_ms
    ).where(among_pairs(dialect, (BootClock.device_id, BootClock.boot), "boots")),
)


def _known(cursor: Cursor, boots: set[Boot]) -> dict[Boot, Line]:
    rows = cursor.all(_KNOWN, sorted(boots)) if boots else ()
    return {(device, boot): Line(*line) for device, boot, *line in rows}


def _corrections(journals: Collection[Locked]) -> list[Told]:
    """Those among what is pending, in order. None that puts a boot before FIRST_MS: no kiosk ran then."""
    found = [
        Told((journal.place.device_id, one.boot), one.mono_ms, one.fact.central_ms - one.mono_ms)
        for journal in journals
        for one in journal.pending.values()
        if type(one.fact) is ClockCorrected
    ]
    return [told for told in found if told.begun_ms >= FIRST_MS]


def _kept(dialect: str) -> Insert:
    made = insert_into(BootClock, dialect)
    new = {name: made.excluded[name] for name in _LINE}
    return made.on_conflict_do_update(index_elements=_BOOT, set_=new)


_BOOT, _LINE = ("device_id", "boot"), ("begun_ms", "since_mono_ms", "before_ms")
_KEEP = Prepared(*_BOOT, *_LINE, statement=_kept)


# ---------------------------------------------------------------- what is pending
def _date_pending(
    journals: Collection[Locked], lines: Mapping[Boot, Line], now_ms: int, from_ms: int = 0
) -> None:
    """Date the pending facts of boots that have a line, from a monotonic time on."""
    for journal in journals:
        for seq, one in journal.pending.items():
            line = lines.get((journal.place.device_id, one.boot))
            if line is not None and one.mono_ms >= from_ms:
                at_ms = min(line.at_ms(one.mono_ms), now_ms + AHEAD_MS)
                journal.pending[seq] = one._replace(at_ms=at_ms)


# ---------------------------------------------------------------- what is stored
def _move(cursor: Cursor, boot: Boot, begun_ms: int, now_ms: int, moved: Moved) -> None:
    """Put the stored facts of a boot on its line."""
    days: set[date] = set()
    count = 0
    for journal, before in spans(cursor, boot):
        movable = (*boot, journal, before, begun_ms, now_ms + AHEAD_MS, now_ms - MOVABLE_MS)
        for zone, was_ms, told in _misdated(cursor.connection, movable):
            if states.concerns(told.fact):
                moved.told.append(told)
            if type(told.fact) in COUNTS and was_ms // QUARTER_MS != told.at_ms // QUARTER_MS:
                place = Place(told.device_id, told.branch_id, zone)
                moved.sums.count(place, told.fact, was_ms, -1)
                moved.sums.count(place, told.fact, told.at_ms)
                days |= {civil_day(zone, was_ms), civil_day(zone, told.at_ms)}
                count += 1
        cursor.run(_MOVE, *movable)
    if days:
        row = {"device_id": boot[0], "boot": boot[1], "facts": count, "at_ms": now_ms}
        revision = {**row, "first_day": min(days), "last_day": max(days)}
        cursor.connection.execute(insert(Revision), revision)


def _misdated(connection: Connection, movable: tuple[object, ...]) -> Iterator[tuple[str, int, states.Told]]:
    """Facts that are to be moved, in order: the zone of their branch, when they were, what they tell."""
    rows = connection.execute(_MISDATED, dict(zip(_OF_LINE, movable, strict=True)))
    for zone, was_ms, device, journal, branch, to_ms, body in rows.yield_per(CHUNK):
        known = redaction.read(body)
        if not isinstance(known, UnknownFact):
            yield zone, was_ms, states.Told(device, journal, branch, to_ms, known, body)


_OF_LINE = ("device", "of_boot", "of_journal", "before", "begun", "latest", "late")
"""Of which facts, after which seq; the line's beginning; no later than; received after."""
_ON_LINE, _LATEST = StoredFact.mono_ms + bindparam("begun"), bindparam("latest", type_=BigInteger)
_AT_MS = case((_LATEST < _ON_LINE, _LATEST), else_=_ON_LINE)
_MOVABLE = (
    StoredFact.device_id == bindparam("device"),
    StoredFact.boot == bindparam("of_boot"),
    StoredFact.journal == bindparam("of_journal"),
    StoredFact.seq > bindparam("before"),
    StoredFact.received_ms > bindparam("late"),
    StoredFact.at_ms != _AT_MS,
)
_MISDATED = (
    select(
        Branch.zone,
        StoredFact.at_ms,
        StoredFact.device_id,
        StoredFact.journal,
        StoredFact.branch_id,
        _AT_MS.label("to"),
        StoredFact.body,
    )
    .join(Branch, Branch.id == StoredFact.branch_id)
    .where(*_MOVABLE, StoredFact.kind.in_(MEANT))
    .order_by(StoredFact.seq)
)
_MOVE = Prepared(*_OF_LINE, statement=update(StoredFact).where(*_MOVABLE).values(at_ms=_AT_MS))
