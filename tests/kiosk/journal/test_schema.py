"""A journal of the first version is brought up to date in its place; tables hold what the code says."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from kiosk.effects import Record
from kiosk.journal import Journal, JournalDamaged
from kiosk.journal.database import Database
from kiosk.journal.schema import MARK, SCHEMA
from kiosk.secrets import encrypt_card
from tests.kiosk.journal.worn import KEY, READER, STAMP
from wire.envelope import encode_fact
from wire.facts import ExitPressed, KioskStarted, LoanAsked, LoanMade, PaymentWanted

TXN = "0123456789abcdef"
VERSION_1 = """
PRAGMA user_version = 1;
CREATE TABLE journal (
    one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, epoch INTEGER NOT NULL DEFAULT 0,
    watermark INTEGER NOT NULL DEFAULT 0, session INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE fact (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, wall_ms INTEGER NOT NULL, mono_ms INTEGER NOT NULL,
    boot TEXT NOT NULL, clock_set INTEGER NOT NULL, fact TEXT NOT NULL
) STRICT;
CREATE TABLE intent (
    txn TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('loan', 'return')), item TEXT NOT NULL,
    reader TEXT NOT NULL, card BLOB, seq INTEGER NOT NULL, owed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE taken_order (
    number INTEGER PRIMARY KEY, body TEXT NOT NULL, answered INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE memory (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO journal (one, id, epoch, watermark, session) VALUES (1, '5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f', 4, 1, 9);
INSERT INTO memory VALUES ('counts', '[1, 2]');
"""


@pytest.fixture
def first_version(tmp_path):
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(VERSION_1)
        for fact in (ExitPressed(), LoanAsked(TXN, "B1", READER)):
            values = (STAMP.wall_ms, STAMP.mono_ms, STAMP.boot, 1, encode_fact(fact).decode())
            db.execute(
                "INSERT INTO fact (wall_ms, mono_ms, boot, clock_set, fact) VALUES (?, ?, ?, ?, ?)", values
            )
        card = encrypt_card(KEY, TXN, "C1")
        db.execute("INSERT INTO intent VALUES (?, 'loan', 'B1', ?, ?, 2, 0)", (TXN, READER, card))
        db.commit()
    return path


def test_the_first_version_keeps_its_id_facts_debts_and_watermark(first_version):
    journal = Journal.open(first_version, KEY)
    assert (journal.id, journal.epoch, journal.watermark, journal.head) == ("5f" * 16, 4, 1, 2)
    assert [row.stamp for row in journal.since(0, 9)] == [STAMP, STAMP]
    (intent,) = journal.intents()
    assert (intent.card, intent.granted, intent.at_ms) == ("C1", False, STAMP.wall_ms)
    assert (journal.recall("counts"), journal.next_session(), journal.why) == ("[1, 2]", 10, "")
    assert journal.append([Record(LoanMade(TXN, "B1", READER))], STAMP) == 3
    journal.close()
    again = Journal.open(first_version, KEY)
    assert [row.seq for row in again.since(0, 9)] == [1, 2, 3]
    assert again.why == "", "nothing in it looks damaged"
    again.close()


def test_the_second_version_has_room_for_payments_from_now_on(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path, KEY)
    journal.append([Record(LoanAsked(TXN, "B1", READER), card="C1")], STAMP)
    journal.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE payment")
        db.execute("PRAGMA user_version = 2")
        db.execute(f"PRAGMA application_id = {MARK + 2}")
    journal = Journal.open(path, KEY)
    assert (journal.why, [intent.txn for intent in journal.intents()]) == ("", [TXN])
    journal.append([Record(PaymentWanted("f" * 16, READER, 5), card="C1")], STAMP)
    (begun,) = journal.payments()
    assert (begun.card, begun.amount_fen, begun.provider_id) == ("C1", 5, "")
    journal.close()


@pytest.fixture
def third_version(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path, KEY)
    journal.append([Record(LoanAsked(TXN, "B1", READER), card="C1")], STAMP)
    journal.close()
    with closing(sqlite3.connect(path)) as db:
        for column in ("boot", "mono_ms"):
            db.execute(f"ALTER TABLE intent DROP COLUMN {column}")
        db.execute("PRAGMA user_version = 3")
        db.execute(f"PRAGMA application_id = {MARK + 3}")
    return path


def test_of_the_third_version_the_boot_in_which_something_was_asked_is_not_known(third_version):
    journal = Journal.open(third_version, KEY)
    (intent,) = journal.intents()
    assert (journal.why, intent.card, intent.at_ms) == ("", "C1", STAMP.wall_ms)
    assert (intent.boot, intent.mono_ms, intent.central_ms) == ("", 0, None)
    journal.close()


def test_a_damaged_third_version_hands_on_its_cards(third_version):
    with closing(sqlite3.connect(third_version)) as db:
        db.execute("UPDATE journal SET crc = crc + 1")
        db.commit()
    journal = Journal.open(third_version, KEY)
    assert (journal.why, [intent.card for intent in journal.intents()]) == ("damaged", ["C1"])
    journal.close()


def test_a_damaged_first_version_is_set_aside(first_version):
    octets = bytearray(first_version.read_bytes())
    octets[4096:8192] = b"\xa5" * 4096
    first_version.write_bytes(octets)
    journal = Journal.open(first_version, KEY)
    assert journal.why == "damaged"
    journal.close()


@pytest.mark.parametrize(("version", "mark"), [(7, MARK + SCHEMA), (1, MARK + SCHEMA), (7, 0), (0, 1)])
def test_a_version_that_never_was_is_damage(tmp_path, version, mark):
    path = tmp_path / "journal.db"
    first = Journal.open(path, KEY)
    first.append([Record(KioskStarted("0.1.0", first.id, unclean=False))], STAMP)
    first.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(f"PRAGMA application_id = {mark}")
    journal = Journal.open(path, KEY)
    assert (journal.before, journal.why) == (first.id, "damaged")
    journal.close()


def test_a_fact_that_has_changed_since_is_never_read_as_one(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path, KEY)
    journal.append([Record(ExitPressed())] * 3, STAMP)
    for column, value in [("wall_ms", 5), ("boot", "'0'"), ("clock_set", 0), ("fact", "'{}'"), ("crc", 1)]:
        was = journal._db.one(f"SELECT {column} FROM fact WHERE seq = 2")
        journal._db.execute(f"UPDATE fact SET {column} = {value} WHERE seq = 2")
        with pytest.raises(JournalDamaged, match="fact 2"):
            journal.since(0, 3)
        journal._db.execute(f"UPDATE fact SET {column} = ? WHERE seq = 2", (was,))
    assert len(journal.since(0, 3)) == 3
    journal.close()


def test_a_database_that_is_only_read_leaves_the_file_and_its_log(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path, KEY)
    journal.append([Record(ExitPressed())], STAMP)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if not file.name.endswith("-shm")}
    with closing(Database(path, readonly=True)) as file:
        assert file.one("SELECT count(*) FROM fact") == 1
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir() if not file.name.endswith("-shm")}
    assert after == before
    journal.close()
