"""A journal in the place of one that cannot go on: damaged, or forked and told to begin anew.

    journal.db                journal, whole or not
    journal-building.db       a file that is not whole yet
    journal-elder-N-ID.db     facts of an earlier journal under its id: what central has not taken yet,
                              and for the retention what it has; N grows with each that is set aside
    journal-next-WHY.db       the new journal, whole: from here on the change only goes forwards
    journal-WHY-TIME.db       what was set aside, as it was

Everything is made beside the old file, which is moved last. So the power may go between any two steps:
without a `next` the next start begins again from the old file, with one it moves what is left to move.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, get_args

import msgspec
import structlog

from kiosk import disk
from kiosk.effects import Record
from kiosk.journal import estate, intents, payments, rows, schema
from kiosk.journal.database import Connection, Contradiction, Database, JournalFailed, Verdicts
from kiosk.journal.estate import TABLES, Estate
from kiosk.journal.examination import Why, examine
from kiosk.journal.state import State
from wire.facts import LoanOwed, RegisterOwed, ReturnOwed

OWING = frozenset({"intent", "payment"})
"""The tables that say what is owed."""
Owed = dict[str, tuple[str, list[tuple[Any, ...]]]]
"""Columns and rows of these tables, the number of the fact that asked within its own journal, and of what is remembered the
clocks by which it is dated.
"""

log = structlog.get_logger(__name__)


def arrange(path: Path, key: bytes) -> None:
    """Bring the folder to where `path` is a whole journal, or is not there yet.

    Raises:
        JournalFailed: the disk does not let it, or the journal is of a newer program.
    """
    with _disk():
        for begun in get_args(Why):
            _move(path, begun)
        for elder in elders(path):
            if examine(elder):
                _mend(elder, path, key)
        why = examine(path)
        if why:
            _replace(path, why, key)


def replace(path: Path, key: bytes) -> None:
    """Set the journal aside as damaged, whatever it looks like.

    Raises:
        JournalFailed: the disk does not let it.
    """
    with _disk():
        _replace(path, "damaged", key)


def elders(path: Path) -> list[Path]:
    """The files of earlier journals, the oldest first; those without a number by their names."""
    found = path.parent.glob(f"{path.stem}-elder-*{path.suffix}")
    return sorted(found, key=lambda file: (place(file), file.name))


def set_aside(path: Path) -> list[Path]:
    """The damaged files that still lie beside the journal."""
    return sorted(path.parent.glob(f"{path.stem}-damaged-*{path.suffix}"))


# ---------------------------------------------------------------- steps
def _replace(path: Path, why: Why, key: bytes) -> None:
    """Make what comes after the old journal, then move it there."""
    left = estate.read(path)
    old = left.state
    log.warning("journal set aside", why=why, journal=old.id, read=len(left.rows), waiting=left.waiting)
    owed = _owed(path, left, key)
    if why == "damaged" and old.id and left.rows and not old.forked:
        whole = _built(path, lambda db: _fill_elder(db, left, owed))
        whole.rename(_elder(path, old.id))
    session = old.session if left.known else int(time.time())  # more than any count of connections
    still = old.forked and why != "forked"
    heir = State(secrets.token_hex(16), session=session, before=old.id, why=why, forked=still)
    _built(path, lambda db: _fill_heir(db, heir, left, owed)).rename(_next(path, why))
    disk.sync(path.parent)
    _move(path, why)


def _move(path: Path, why: Why) -> None:
    """Where a new journal is ready: the old file and its log go aside, the new one takes their place."""
    heir = _next(path, why)
    if not heir.exists():
        return
    aside = _aside(path, why, heir)
    for suffix in ("-wal", ""):
        with suppress(FileNotFoundError):
            _with(path, suffix).rename(_with(aside, suffix))
    _with(path, "-shm").unlink(missing_ok=True)
    disk.sync(path.parent)
    heir.rename(path)
    disk.sync(path.parent)


def _mend(elder: Path, path: Path, key: bytes) -> None:
    """Make an earlier journal's damaged file whole in its own place, and keep the damaged one aside."""
    left = estate.read(elder)
    if not left.state.id:
        left = dataclasses.replace(left, state=State(elder.stem.rpartition("-")[2]))
    owed = _owed(path, left, key)
    whole = _built(path, lambda db: _fill_elder(db, left, owed))
    aside = _aside(path, "damaged", whole)
    os.link(elder, aside)
    for suffix in ("-wal", "-shm"):
        _with(elder, suffix).unlink(missing_ok=True)
    whole.rename(elder)
    disk.sync(path.parent)


# ---------------------------------------------------------------- contents
def _fill_elder(db: Connection, left: Estate, owed: Owed) -> None:
    """The facts under their own numbers, how far central has them, and what was owed at its end, without cards."""
    oldest = left.oldest
    mark = left.state.watermark if left.known else oldest - 1
    schema.make(db, msgspec.structs.replace(left.state, watermark=mark, lost=0))
    for row in left.filled():
        rows.insert(db, row)
    _carry(db, owed)
    for name in OWING:
        db.execute(f"UPDATE {name} SET card = NULL")  # noqa: S608 - our own names


def _fill_heir(db: Connection, heir: State, left: Estate, owed: Owed) -> None:
    """What is owed, remembered and taken; no facts."""
    schema.make(db, heir)
    _carry(db, owed)
    _carry(db, {name: read for name, read in left.tables.items() if name not in OWING})
    _tell_again(db, heir, left)
    _set_back(db, left.head)


def _carry(db: Connection, tables: Owed) -> None:
    for name, (columns, found) in tables.items():
        places = ", ".join("?" * len(columns.split(",")))
        write = f"INSERT OR REPLACE INTO {name} ({columns}) VALUES ({places})"  # noqa: S608 - our own names
        db.executemany(write, found)


def _set_back(db: Connection, head: int) -> None:
    """What was asked so far comes before all that the next journal asks."""
    for name in ("intent", "payment"):
        db.execute(f"UPDATE {name} SET seq = seq - ?", (head + 1,))  # noqa: S608 - our own names


def _tell_again(db: Connection, heir: State, left: Estate) -> None:
    """What is owed is to be said once more where central will not learn it from the old journal."""
    passed_on = heir.why == "damaged" and heir.before and not heir.forked
    sent = left.head if passed_on else left.state.watermark
    said = {
        fact.txn
        for row, fact in left.facts()
        if isinstance(fact, LoanOwed | ReturnOwed | RegisterOwed) and row.seq <= sent
    }
    owed = db.execute("SELECT txn FROM intent WHERE owed > 0").fetchall()
    db.executemany(
        "UPDATE intent SET owed = -owed WHERE txn = ?", [(txn,) for (txn,) in owed if txn not in said]
    )


def _owed(path: Path, left: Estate, key: bytes) -> Owed:
    """What a journal owed at its end: by its tables, or where one cannot be read whole by what was owed before it and by its
    facts, too.
    """
    with closing(schema.opened(None)) as file, file.transaction() as db:
        if left.partial & OWING:
            before = _left_by(path, left.state.before)
            if before is not None:
                _carry(db, _owed(path, before, key))
                _set_back(db, before.head)
            _ask_again(db, left, key)
        _carry(db, {name: read for name, read in left.tables.items() if name in OWING} | _clocks(left))
        return {
            name: (TABLES[name], db.execute(f"SELECT {TABLES[name]} FROM {name}").fetchall())  # noqa: S608 - our own names
            for name in (*OWING, "memory")
        }


def _clocks(left: Estate) -> Owed:
    columns, found = left.tables.get("memory", (TABLES["memory"], []))
    return {"memory": (columns, [row for row in found if str(row[0]).startswith(intents.CLOCK)])}


def _ask_again(db: Connection, left: Estate, key: bytes) -> None:
    """Intents from facts. Not those whose end may stand where nothing can be read and central has read it."""
    for row, fact in left.facts():
        with suppress(Contradiction), Verdicts():
            intents.follow(db, key, row.seq, Record(fact), row.stamp)
            payments.follow(db, key, row.seq, Record(fact), row.stamp)
    if gap := left.gap:
        for name in ("intent", "payment"):
            db.execute(f"DELETE FROM {name} WHERE seq < ?", (gap,))  # noqa: S608 - our own names


# ---------------------------------------------------------------- files
def _left_by(path: Path, name: str) -> Estate | None:
    """What the journal of this id has left: as an elder, or in a file that was set aside and made none."""
    known = elders(path)
    aside = (path.parent.glob(f"{path.stem}-{why}-*{path.suffix}") for why in get_args(Why))
    for file in (*known, *chain.from_iterable(aside)) if name else ():
        left = estate.read(file)
        if left.state.id == name:
            facts_alone = file in known and not place(file)
            return dataclasses.replace(left, partial=OWING) if facts_alone else left
    return None


def _elder(path: Path, name: str) -> Path:
    """Where the facts of the journal of this id are, or will be."""
    known = elders(path)
    number = 1 + (place(known[-1]) if known else 0)
    new = path.with_name(f"{path.stem}-elder-{number:04}-{name}{path.suffix}")
    return next((file for file in known if file.stem.endswith(f"-{name}")), new)


def place(elder: Path) -> int:
    """The number in the name of an earlier journal's file. One that bears none is older than those that do, and its file has
    facts alone.
    """
    number = elder.stem.split("-")[-2]
    return int(number) if number.isdigit() else 0


def _built(path: Path, fill: Callable[[Connection], None]) -> Path:
    """A new file, whole and on the disk when this returns."""
    building = path.with_name(f"{path.stem}-building{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        _with(building, suffix).unlink(missing_ok=True)
    with closing(Database(building)) as file, file.transaction() as db:
        fill(db)
    disk.sync(building)
    return building


@contextmanager
def _disk() -> Iterator[None]:
    """What the disk does not let us do is the journal's failure."""
    try:
        yield
    except OSError as cause:
        raise JournalFailed(str(cause.strerror)) from cause


def _next(path: Path, why: Why) -> Path:
    return path.with_name(f"{path.stem}-next-{why}{path.suffix}")


def _aside(path: Path, why: Why, heir: Path) -> Path:
    """Named by the moment at which `heir` was whole: the same name however often the move is begun."""
    born = datetime.fromtimestamp(heir.stat().st_mtime, UTC)
    return path.with_name(f"{path.stem}-{why}-{born:%Y%m%dT%H%M%S.%f}Z{path.suffix}")


def _with(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
