"""Alarms in the ingest's own transaction: facts in, rows out.

- Only facts about a fault that is an alarm, a book at the gate, a drill, or a start of the kiosk come here.
- A fact names the alarm that it makes: the same fact again makes none. A fault that is raised again while it stands,
  or soon after it was over, is the same alarm once more.
- What happened more than LIVE_MS ago is counted and does not ring; nor does what a drill is expected to set off.
- The journal of a kiosk is heard in its order; two kiosks never share an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Insert, bindparam, case, func, or_, select, update

from central.rooms.alarms.kinds import ALARMS, ENDS_ITSELF, GATE_ALARM, HELP_CALLED, PRACTISED, URGENT
from central.rooms.alarms.models import Alarm, Drill
from central.statements import Cursor, Prepared, insert_into
from wire import facts
from wire.facts import Fact

LIVE_MS: Final = 60_000
"""Later facts count in the figures and ring for nobody: who could help has gone, or is there."""
REPEAT_MS: Final = 600_000
"""What comes back within ten minutes has not been away."""
LONGEST_DRILL_MS: Final = 4 * 3_600_000
"""A kiosk ends a drill by itself well before; one whose end was lost is over by then."""
HEARD: Final[frozenset[type[Fact]]] = frozenset(
    {
        facts.FaultRaised,
        facts.FaultCleared,
        facts.GateAlarmed,
        facts.GateNamed,
        facts.GateReturned,
        facts.DrillBegun,
        facts.DrillEnded,
        facts.KioskStarted,
    }
)
"""Kinds of facts that may concern alarms: asked of every fact."""


class Heard(NamedTuple):
    """A fact that concerns alarms, and where it comes from."""

    device_id: str
    journal: str
    seq: int
    branch_id: str
    at_ms: int
    fact: Fact


def concerns(fact: Fact) -> bool:
    """Whether a fact of one of the kinds `HEARD` is to be taken: of faults such as are alarms."""
    return not isinstance(fact, facts.FaultRaised | facts.FaultCleared) or fact.fault in ALARMS


def take(connection: Connection, heard: Sequence[Heard], now_ms: int) -> None:
    """Take facts that concern alarms, each device's in the order of its journal.

    Args:
        connection: in the ingest's transaction.
        heard: the facts.
        now_ms: central's clock: what is older than LIVE_MS rings no more.
    """
    if not heard:
        return
    cursor = Cursor(connection)
    for one in heard:
        match one.fact:
            case facts.FaultRaised(fault=fault, device=part, cause=cause) if fault != GATE_ALARM:
                _raise(cursor, one, now_ms, fault, part, cause)
            case facts.FaultCleared(fault=fault, device=part):
                _clear(cursor, one, fault, part)
            case facts.GateAlarmed(uid=uid, item=item):
                _raise(cursor, one, now_ms, GATE_ALARM, _book(uid, item), item or uid)
            case facts.KioskStarted():
                cursor.run(_FORGET, one.device_id, one.at_ms)
                cursor.run(_END_ALL, one.device_id, one.at_ms)
            case _:
                _note(cursor, one)


def _note(cursor: Cursor, one: Heard) -> None:
    """More about a book at the gate; a drill."""
    match one.fact:
        case facts.GateNamed(uid=uid, item=item, title=title, loan=loan):
            cursor.run(_NAME, one.device_id, _book(uid, item), title, loan)
        case facts.GateReturned(uid=uid, item=item):
            cursor.run(_RETURN, one.device_id, _book(uid, item), one.at_ms)
        case facts.DrillBegun(drill=drill):
            cursor.run(_BEGIN_DRILL, one.device_id, one.journal, one.seq, drill, one.at_ms)
        case facts.DrillEnded(drill=drill, why=why):
            cursor.run(_END_DRILL, one.device_id, drill, one.at_ms, why)


def _book(uid: str, item: str) -> str:
    """The part that a book at the gate is."""
    return facts.clip(item or uid, 64)


# ---------------------------------------------------------------- raised
class _Last(NamedTuple):
    """The newest alarm of the same thing that is not closed."""

    id: int
    state: str
    raised_ms: int
    last_ms: int
    cleared_ms: int | None

    def goes_on(self, at_ms: int) -> bool:
        """Whether something that happens then is this alarm once more."""
        stands = self.cleared_ms is None and at_ms >= self.raised_ms
        return stands or abs(at_ms - self.last_ms) <= REPEAT_MS


def _raise(cursor: Cursor, one: Heard, now_ms: int, fault: int, part: str, cause: str) -> None:
    drill = _drill(cursor, one, fault)
    rings = not drill and now_ms - one.at_ms <= LIVE_MS
    row = cursor.one(_LAST, one.device_id, fault, part)
    last = _Last(*row) if row else None
    if last and last.goes_on(one.at_ms) and (last.state != "silent" or not rings):
        cursor.run(_AGAIN, last.id, one.at_ms)
        return
    turn_ms = now_ms if rings and fault in URGENT else None
    cursor.run(
        _MAKE, one.device_id, one.branch_id, fault, part, one.journal, one.seq, facts.clip(cause),
        "ringing" if rings else "silent", drill, one.at_ms, now_ms, one.at_ms, turn_ms,
    )  # fmt: skip


def _drill(cursor: Cursor, one: Heard, fault: int) -> str:
    """The drill of which this is a part; empty: of none."""
    if not any(fault in expected for expected in PRACTISED.values()):
        return ""
    found = cursor.all(_DRILLS, one.device_id, one.at_ms, one.at_ms - LONGEST_DRILL_MS)
    return next((str(drill) for (drill,) in found if fault in PRACTISED.get(drill, ())), "")


_NEW: Final = {
    "title": "", "loan": "", "times": 1, "cleared_ms": None, "cleared_why": "", "level": 0,
    "acknowledged_ms": None, "acknowledged_by": "", "closed_ms": None, "closed_by": "", "finding": "", "note": "",
}  # fmt: skip
"""An alarm about which nobody has done anything."""


def _made(dialect: str) -> Insert:
    new = insert_into(Alarm, dialect)
    return new.values(_NEW).on_conflict_do_nothing()


def _begun(dialect: str) -> Insert:
    new = insert_into(Drill, dialect)
    return new.values({"ended_ms": None, "ended_why": ""}).on_conflict_do_nothing()


_MINE = (
    Alarm.device_id == bindparam("device"),
    Alarm.fault == bindparam("of"),
    Alarm.part == bindparam("at_part"),
)
_LAST = Prepared(
    "device",
    "of",
    "at_part",
    statement=select(Alarm.id, Alarm.state, Alarm.raised_ms, Alarm.last_ms, Alarm.cleared_ms)
    .where(*_MINE, Alarm.state != "closed")
    .order_by(Alarm.id.desc())
    .limit(1),
)
_MAKE = Prepared(
    "device_id", "branch_id", "fault", "part", "journal", "seq", "cause",
    "state", "drill", "raised_ms", "heard_ms", "last_ms", "turn_ms", statement=_made,
)  # fmt: skip
_at_ms = bindparam("at_ms", type_=Alarm.last_ms.type)
_AGAIN = Prepared(
    "number",
    "at_ms",
    statement=update(Alarm)
    .where(Alarm.id == bindparam("number"))
    .values(
        times=Alarm.times + 1,
        last_ms=case((Alarm.last_ms < _at_ms, _at_ms), else_=Alarm.last_ms),
        cleared_ms=case((Alarm.cleared_ms < _at_ms, None), else_=Alarm.cleared_ms),
    ),
)


# ---------------------------------------------------------------- over
def _clear(cursor: Cursor, one: Heard, fault: int, part: str) -> None:
    if fault == GATE_ALARM:
        cursor.run(_CLEAR_GATE, one.device_id, one.at_ms)
        return
    cursor.run(_CLEAR, one.device_id, fault, part, one.at_ms)
    if fault in ENDS_ITSELF:
        cursor.run(_END, one.device_id, fault, part, one.at_ms)
    elif fault == HELP_CALLED:
        cursor.run(_END_CALL, one.device_id, fault, part, one.at_ms)


_STANDS = Alarm.cleared_ms.is_(None)
_OVER = {"cleared_ms": _at_ms, "cleared_why": "kiosk"}
_CLOSED = {"state": "closed", "closed_ms": _at_ms, "finding": "itself"}
_OPEN = (Alarm.state == "ringing") | (Alarm.state == "acknowledged")

_CLEAR = Prepared(
    "device", "of", "at_part", "at_ms", statement=update(Alarm).where(*_MINE, _STANDS).values(_OVER)
)
_CLEAR_GATE = Prepared(
    "device",
    "at_ms",
    statement=update(Alarm)
    .where(Alarm.device_id == bindparam("device"), Alarm.fault == GATE_ALARM, _STANDS)
    .values(_OVER),
)
_FORGET = Prepared(
    "device",
    "at_ms",
    statement=update(Alarm)
    .where(Alarm.device_id == bindparam("device"), _STANDS)
    .values({"cleared_ms": _at_ms, "cleared_why": "restart"}),
)
"""A start knows of no fault; what still stands is raised again at once."""
_END = Prepared(
    "device", "of", "at_part", "at_ms", statement=update(Alarm).where(*_MINE, _OPEN).values(_CLOSED)
)
_END_ALL = Prepared(
    "device",
    "at_ms",
    statement=update(Alarm)
    .where(
        Alarm.device_id == bindparam("device"),
        or_(*(Alarm.fault == fault for fault in sorted(ENDS_ITSELF))),
        _OPEN,
    )
    .values(_CLOSED),
)
_END_CALL = Prepared(
    "device",
    "of",
    "at_part",
    "at_ms",
    statement=update(Alarm)
    .where(*_MINE, Alarm.state == "acknowledged")
    .values({**_CLOSED, "finding": "helped", "closed_by": Alarm.acknowledged_by}),
)
"""A call that somebody has answered is over with its last word."""


# ---------------------------------------------------------------- books and drills
_newest_of_book = (
    select(func.max(Alarm.id))
    .where(
        Alarm.device_id == bindparam("device"), Alarm.fault == GATE_ALARM, Alarm.part == bindparam("at_part")
    )
    .scalar_subquery()
)
_NAME = Prepared(
    "device",
    "at_part",
    "named",
    "lent",
    statement=update(Alarm)
    .where(Alarm.id == _newest_of_book)
    .values(title=bindparam("named"), loan=bindparam("lent")),
)
_RETURN = Prepared(
    "device",
    "at_part",
    "at_ms",
    statement=update(Alarm)
    .where(Alarm.id == _newest_of_book, Alarm.state != "closed")
    .values({**_CLOSED, "finding": "returned", "cleared_ms": func.coalesce(Alarm.cleared_ms, _at_ms)}),
)
_BEGIN_DRILL = Prepared("device_id", "journal", "seq", "drill", "began_ms", statement=_begun)
_END_DRILL = Prepared(
    "device",
    "practised",
    "at_ms",
    "why",
    statement=update(Drill)
    .where(
        Drill.device_id == bindparam("device"),
        Drill.drill == bindparam("practised"),
        Drill.ended_ms.is_(None),
    )
    .values({"ended_ms": _at_ms, "ended_why": bindparam("why")}),
)
_DRILLS = Prepared(
    "device",
    "at_ms",
    "since_ms",
    statement=select(Drill.drill).where(
        Drill.device_id == bindparam("device"),
        Drill.began_ms.between(bindparam("since_ms"), _at_ms),
        func.coalesce(Drill.ended_ms, _at_ms) >= _at_ms,
    ),
)
