"""`shuwu-central import` and `export`: what stands on the terminal, and in the database."""

import sqlite3

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from central import db
from central.circulation.ledger.models import Item
from central.cli import cli
from central.config import load
from central.db import open_engine, open_sessions
from tests.central.circulation.catalogue.records import MARC21, cnmarc
from tests.central.circulation.world import fill


@pytest.fixture
def home(tmp_path):
    """A folder with a filled library."""
    (tmp_path / "central.toml").write_text('state = "state"\n')
    call(tmp_path, "init")
    engine = open_engine(load(tmp_path / "central.toml").database_url())
    fill(engine)
    engine.dispose()
    return tmp_path


def call(home, *words, code=0):
    done = CliRunner().invoke(cli, [*words, "--config", str(home / "central.toml")])
    assert done.exit_code == code, done.output
    return done.output


def items(home):
    engine = open_engine(load(home / "central.toml").database_url())
    with open_sessions(engine, readonly=True)() as session:
        count = session.scalar(select(func.count()).select_from(Item))
    engine.dispose()
    return count


def test_a_file_is_looked_at_first_and_kept_when_asked(home):
    file = home / "a.mrc"
    file.write_bytes(cnmarc())
    before = items(home)
    said = call(home, "import", "items", str(file))
    assert "ISO 2709 · GB 18030\nB100 · 三体 地球往事 · 刘慈欣著 · 重庆出版社\n" in said
    assert "items: 2 new, 0 changed, 0 as they are; titles: 1 new, 0 changed" in said
    assert items(home) == before
    assert call(home, "import", "items", str(file), "--apply").endswith("kept\n")
    assert items(home) == before + 2


def test_what_is_wrong_is_on_the_terminal_with_its_line(home):
    file = home / "a.csv"
    file.write_text('条码号,题名,所属馆\nN1,边城,xian\nN2,"湘行散记,xian\n', encoding="utf-8")
    before = items(home)
    said = call(home, "import", "items", str(file), "--apply", code=1)
    assert "line 3: no valid CSV: a quotation mark without its other\n" in said
    assert "1 errors; nothing was kept" in said
    assert items(home) == before


def test_a_charset_is_named(home):
    file = home / "a.csv"
    file.write_bytes("barcode,title,home\nN1,B超,xian\n".encode("gbk"))
    said = call(home, "import", "items", str(file), code=1)
    assert "the file: the charset is not told; name it" in said
    assert "CSV · GB 18030\nN1 · B超\n" in call(home, "import", "items", str(file), "--charset", "GB18030")
    assert "--charset" in call(home, "import", "items", str(file), "--charset", "ebcdic", code=2)


def test_what_is_wrong_with_records_is_told_by_their_number(home):
    file = home / "a.mrc"
    file.write_bytes(MARC21 + cnmarc())
    said = call(home, "import", "items", str(file), "--charset", "utf-8", code=1)
    assert "record 2: 200: a MARC record with octets that are not of its charset\n" in said


def test_an_export_in_xml_comes_back_the_same(home):
    file = home / "a.mrc"
    file.write_bytes(cnmarc("utf-8") + MARC21)
    call(home, "import", "items", str(file), "--apply")
    out = home / "out.xml"
    call(home, "export", "items", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    assert "0 new, 0 changed" in call(home, "import", "items", str(out))


def test_a_database_that_others_hold_is_a_sentence(home, monkeypatch):
    monkeypatch.setattr(db, "SQLITE_BUSY_MS", 50)
    file = home / "a.mrc"
    file.write_bytes(cnmarc())
    other = sqlite3.connect(home / "state" / "central.db")
    other.execute("BEGIN IMMEDIATE")
    said = call(home, "import", "items", str(file), "--apply", code=1)
    other.close()
    assert "the database did not take it (OperationalError); nothing was kept; look at it again" in said
