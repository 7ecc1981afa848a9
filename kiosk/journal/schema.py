"""The tables of a journal: made in a new file, brought up to date in an old one. One transaction either way."""

from __future__ import annotations

import secrets
from importlib.resources import files
from pathlib import Path

from kiosk.journal.database import Connection, Database, JournalDamaged, JournalFailed, JournalTooNew
from kiosk.journal.rows import checksum
from kiosk.journal.state import State, store

SCHEMA = 4
CHECKED = 2
"""The first schema whose rows have checksums."""
PAYING = 3
"""The first one with payments, and with registrations among the intents."""
INTENT = "txn, kind, item, reader, card, seq, owed, granted, at_ms, due, reader_type, title, call_number"
MARK = 0x53_48_00_00
"""`SH`: the file's application id is this and its schema. A version without it was not written by us."""


def opened(path: Path | None) -> Database:
    """The file, made a journal where it is new, and brought up to this version. None: nothing but memory.

    Raises:
        JournalTooNew: of a newer version.
        JournalFailed: the disk does not take it.
        JournalDamaged: of no version that ever was.
    """
    file = Database(path)
    try:
        with file.transaction() as db:
            version = version_of(db)
            if version == 0:
                make(db, State(secrets.token_hex(16)))
            else:
                if version < CHECKED:
                    _from_1(db)
                if version < PAYING:
                    _from_2(db)
                elif version < SCHEMA:
                    _from_3(db)
                _sign(db)
    except JournalFailed:
        file.close()
        raise
    return file


def version_of(db: Connection) -> int:
    """Schema of the file, 0 for an empty one.

    Raises:
        JournalTooNew: of a newer version.
        JournalDamaged: of no version that ever was.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (mark,) = db.execute("PRAGMA application_id").fetchone()
    if mark != (MARK + version if version > 1 else 0):
        raise JournalDamaged(f"schema {version} with the mark {mark:#x}")
    if version > SCHEMA:
        raise JournalTooNew(f"schema {version}, this program knows {SCHEMA}")
    return int(version)


def make(db: Connection, state: State) -> None:
    """The tables of a journal that says this of itself, empty otherwise."""
    for statement in _statements():
        db.execute(statement)
    store(db, state)
    _sign(db)


def _sign(db: Connection) -> None:
    db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute(f"PRAGMA application_id = {MARK + SCHEMA}")


def _statements() -> list[str]:
    return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8").split(";\n")


def _from_1(db: Connection) -> None:
    """No checksums before, and intents that a silence could not outlast."""
    old = State(*db.execute("SELECT id, epoch, watermark, session FROM journal").fetchone())
    db.execute("DROP TABLE journal")
    _create(db, "journal", "passed")
    store(db, old)
    db.create_function("checksum", 6, checksum, deterministic=True)
    db.execute("ALTER TABLE fact ADD COLUMN crc INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE fact SET crc = checksum(seq, wall_ms, mono_ms, boot, clock_set, CAST(fact AS BLOB))")
    for column in ("granted INTEGER NOT NULL DEFAULT 0", "at_ms INTEGER NOT NULL DEFAULT 0"):
        db.execute(f"ALTER TABLE intent ADD COLUMN {column}")
    for name in ("due", "reader_type", "title", "call_number"):
        db.execute(f"ALTER TABLE intent ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")
    db.execute(
        "UPDATE intent SET at_ms = coalesce((SELECT wall_ms FROM fact WHERE fact.seq = intent.seq), 0)"
    )


def _from_2(db: Connection) -> None:
    """Nobody paid, and nobody registered before."""
    db.execute("ALTER TABLE intent RENAME TO old_intent")
    _create(db, "payment", "intent")
    db.execute(f"INSERT INTO intent ({INTENT}) SELECT {INTENT} FROM old_intent")  # noqa: S608 - our names
    db.execute("DROP TABLE old_intent")


def _from_3(db: Connection) -> None:
    """When something was asked the wall clock alone said."""
    for column in ("boot TEXT NOT NULL DEFAULT ''", "mono_ms INTEGER NOT NULL DEFAULT 0"):
        db.execute(f"ALTER TABLE intent ADD COLUMN {column}")


def _create(db: Connection, *tables: str) -> None:
    for statement in _statements():
        if any(f"CREATE TABLE {table} (" in statement for table in tables):
            db.execute(statement)
