"""Lists from a library's own system: read whole, kept whole or not at all."""

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from central import db
from central.accounts.models import AuditEntry
from central.cli import cli
from central.config import load
from central.lists.imports import parse
from central.lists.models import ListImport, ListMark, ListNumber
from central.lists.sources import Grant, Number
from tests.central.ingest.world import settle


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_readers_with_type_and_cap(encoding):
    text = "card,type,cap\r\n001,成人,5\r\n002,少儿,\r\n"
    found = parse(text.encode(encoding), "allow")
    assert found.errors == []
    assert found.numbers == {
        Number("reader", "001"): Grant("成人", 5),
        Number("reader", "002"): Grant("少儿", 0),
    }


def test_cards_and_items_denied():
    found = parse(b"card,item\n001,\n,B1\n002,B2\n", "deny")
    assert set(found.numbers) == {
        Number("reader", "001"), Number("item", "B1"), Number("reader", "002"), Number("item", "B2")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("octets", "name", "line", "wrong"),
    [
        (b"\xff\xff", "allow", 1, "neither UTF-8"),
        (b"", "allow", 1, "no column card"),
        (b"card\n", "allow", 1, "no number in it"),
        (b"number\n1\n", "allow", 1, "column 'number'"),
        (b"type\n1\n", "allow", 1, "no column card"),
        (b"card\n1\n1,2\n", "allow", 3, "more or fewer"),
        (b"card,cap\n1\n", "allow", 2, "more or fewer"),
        (b"card,cap\n,5\n", "allow", 2, "no number"),
        (b"card,cap\n1,many\n", "allow", 2, "no number up to"),
        (b"card,cap\n1,1001\n", "allow", 2, "no number up to"),
        (b"card,cap\n1," + b"9" * 5000, "allow", 2, "no number up to"),
        (b"card,cap\n1,2\n1,3\n", "allow", 3, "stands above"),
        (b"item\n" + b"x" * 65 + b"\n", "hold", 2, "more than 64"),
        (b'item\n"x\n', "hold", 2, "unexpected end"),
    ],
)
def test_a_wrong_line_is_named(octets, name, line, wrong):
    errors = parse(octets, name).errors
    assert errors[0][0] == line
    assert wrong in errors[0][1]


def test_every_wrong_line_is_named():
    assert [line for line, _ in parse(b"card,cap\n1,x\n2,3\n,1\n", "allow").errors] == [2, 4]


@pytest.fixture
def home(tmp_path):
    (tmp_path / "central.toml").write_text('state = "state"\n')
    assert CliRunner().invoke(cli, ["init", "--config", str(tmp_path / "central.toml")]).exit_code == 0
    engine = db.open_engine(load(tmp_path / "central.toml").database_url())
    settle(engine)
    yield tmp_path, engine
    engine.dispose()


def run(home, *words):
    folder, _ = home
    words = [str(folder / word) if word.endswith(".csv") else word for word in words]
    return CliRunner().invoke(cli, ["lists", *words, "--config", str(folder / "central.toml")])


def kept(home):
    with db.open_sessions(home[1])() as session:
        return session.scalar(select(func.count()).select_from(ListNumber))


def test_a_look_keeps_nothing_and_apply_does(home):
    (home[0] / "readers.csv").write_text("card,type,cap\n1,adult,2\n2,adult,2\n")
    seen = run(home, "import", "allow", "readers.csv", "--branch", "zhen")
    assert seen.exit_code == 0, seen.output
    assert "2 cards, 0 items for zhen" in seen.output
    assert "nothing was kept" in seen.output
    assert kept(home) == 0
    assert run(home, "import", "allow", "readers.csv", "--branch", "zhen", "--apply").exit_code == 0
    assert kept(home) == 2
    with db.open_sessions(home[1])() as session:
        assert session.get(ListMark, "allow").changed_ms > 0
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject) == ("list_imported", "allow zhen 2")


def test_the_next_import_replaces_the_one_before_of_the_same_branch(home):
    (home[0] / "a.csv").write_text("item\n1\n2\n3\n")
    (home[0] / "b.csv").write_text("item\n4\n")
    for branch in ([], ["--branch", "zhen"]):
        run(home, "import", "hold", "a.csv", "--apply", *branch)
    run(home, "import", "hold", "b.csv", "--apply")
    with db.open_sessions(home[1])() as session:
        found = {row.branch_id: row.numbers for row in session.scalars(select(ListImport))}
    assert found == {None: 1, "zhen": 3}
    assert kept(home) == 4


def test_one_wrong_line_and_nothing_is_kept(home):
    (home[0] / "a.csv").write_text("card,cap\n1,2\n2,x\n")
    done = run(home, "import", "allow", "a.csv", "--apply")
    assert done.exit_code == 1
    assert "line 3: cap 'x'" in done.output
    assert "1 wrong lines; nothing was kept" in done.output
    assert kept(home) == 0


def test_a_branch_that_nobody_knows_is_refused(home):
    (home[0] / "a.csv").write_text("item\n1\n")
    done = run(home, "import", "hold", "a.csv", "--apply", "--branch", "nowhere")
    assert done.exit_code == 1
    assert "There is no such branch." in done.output
    assert kept(home) == 0
