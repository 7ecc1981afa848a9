"""The commands about readers and their money, from a bare folder on."""

import json

import pytest
from click.testing import CliRunner

from central.circulation.ledger import lending
from central.circulation.ledger.models import Loan
from central.cli import cli
from central.config import load
from central.db import open_engine, open_sessions
from central.statements import Cursor
from tests.central.circulation.ledger.purse import id_number
from tests.central.circulation.world import CUN, fill

CARD = id_number("11010519900101001")


@pytest.fixture
def call(tmp_path):
    """Run a command in a library that `init` made and that was filled."""
    (tmp_path / "central.toml").write_text('state = "state"\n')

    def run(*words, code=0, **more):
        result = CliRunner().invoke(cli, [*words, "--config", str(tmp_path / "central.toml")], **more)
        assert result.exit_code == code, result.output
        return result.output

    run("init")
    engine = open_engine(load(tmp_path / "central.toml").database_url())
    fill(engine)
    run.sessions = open_sessions(engine)
    yield run
    engine.dispose()


@pytest.fixture
def reader(call):
    call("reader", "add", "孟春和", "--card", "N1", "--type", "adult", "--phone", "139")
    return "N1"


def test_a_life_at_the_command_line(call, reader):
    fee = call("fee", "add", reader, "damage", "12.50", "--item", "B1", "--note", "封面").strip().split()[1]
    assert call("fee", "list", reader) == f"{fee}\tdamage\t12.50\t12.50\tB1\t封面\n"
    assert call("fee", "pay", reader, "10", "--number", "WX1") == "payment 1; open: 2.50\n"
    assert call("fee", "pay", reader, "10", "--number", "WX1") == "payment 1, booked before; open: 2.50\n"
    assert call("fee", "refund", fee, "0.5", "多收") == "payment 2: -0.50\n"
    assert "owes\t2.50" in call("reader", "show", reader)
    assert call("fee", "waive", fee, "困难", "--amount", "1") == "forgiven: 1.00\n"
    assert call("fee", "waive", fee, "困难") == "forgiven: 1.50\n"
    assert call("fee", "list", reader) == ""
    assert call("reader", "erase", reader, "--yes") == "forgotten; 0 loans stay without a name\n"
    assert "Card not known" in call("reader", "show", reader, code=1)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e9", "ten", "NaN", "Infinity"])
def test_what_is_no_amount(call, reader, amount):
    call("fee", "add", reader, "other", "--", amount, code=2)


def test_a_refusal_is_said_in_words(call, reader):
    assert "More than is owed" in call("fee", "pay", reader, "1", code=1)
    assert "Fee not known" in call("fee", "waive", "99", "x", code=1)
    assert "Card number in use" in call("reader", "add", "x", "--card", "R1", "--type", "adult", code=1)
    assert "unknown branch nowhere" in call("fee", "pay", reader, "1", "--branch", "nowhere", code=1)


def test_an_id_card_is_asked_for_and_never_shown(call):
    made = call(
        "reader", "add", "孟春和", "--type", "adult", "--id-card", "--pin", input=f"{CARD}\n275839\n275839\n"
    )
    number = made.splitlines()[-1].split("\t")[0]
    shown = call("reader", "show", number)

    assert CARD not in made + shown
    assert f"ID card\t…{CARD[-4:]}" in shown
    wrong = call("reader", "add", "x", "--type", "adult", "--id-card", input="123\n", code=1)
    assert "no number of an ID card" in wrong
    weak = call("reader", "add", "x", "--type", "adult", "--pin", input="123456\n123456\n", code=1)
    assert "PIN too easy" in weak


def test_a_card_is_blocked_and_good_again(call, reader):
    call("reader", "block", reader, "--lost", "--reason", "电话报失")
    assert "blocked\tyes" in call("reader", "show", reader)
    assert call("reader", "unblock", reader) == ""
    assert call("reader", "unblock", reader) == "it was not blocked\n"


def test_an_amnesty_from_its_first_day_to_its_end(call, reader):
    days = ("--from", "2026-01-01", "--to", "2036-12-31")
    told = call("amnesty", "add", *days, "--reason", "阅读月", "--branch", "xian", "--percent", "50")
    assert told == "amnesty 1; open fees that `amnesty forgive` would take: 0, 0.00\n"
    assert call("amnesty", "forgive", "1") == "0 fees, 0.00\nnothing was forgiven; --apply forgives it\n"
    assert call("amnesty", "forgive", "1", "--apply") == "0 fees, 0.00\n"
    listed = call("amnesty", "list")
    assert listed == "1\t2026-01-01…2036-12-31\txian\t*\t50%\t0\t0.00\tcli\t阅读月\n"
    call("amnesty", "end", "1")
    assert "no amnesty 1 runs" in call("amnesty", "end", "1", code=1)
    assert "2036-12-31 ended" in call("amnesty", "list")
    back = ("--from", "2036-12-31", "--to", "2026-01-01", "--reason", "x")
    assert "last day" in call("amnesty", "add", *back, code=1)
    assert "unknown reader type" in call("amnesty", "add", *days, "--reason", "x", "--type", "?", code=1)


def test_a_lost_book(call, reader):
    with call.sessions.begin() as session:
        lending.check_out(Cursor(session.connection()), CUN, reader, "B1")

    assert call("fee", "lost", "B1", "--processing", "5") == "fee 1: 5.00\n"
    assert call("fee", "lost", "B1") == "nobody owes anything\n"
    with call.sessions() as session:
        assert session.query(Loan.returned_ms).scalar() is not None


def test_terms(call, tmp_path):
    text = tmp_path / "terms.txt"
    text.write_text("读者须知", encoding="utf-8")

    call("terms", "publish", "2026-1", str(text), "--from", "2026-01-01")
    assert "stays as it is" in call("terms", "publish", "2026-1", str(text), "--from", "2026-01-01", code=1)
    assert call("terms", "show") == "-\t8\nin force: 2026-1\n"


def test_an_export_is_json_and_the_audit_notes_it(call, reader):
    found = json.loads(call("reader", "export", reader))

    assert found["reader"][0]["name"] == "孟春和"
    assert "reader_exported" in call("reader", "export", reader)
    assert "nobody has this card" in call("reader", "export", "NOBODY", code=1)


def test_a_reader_keeps_a_history(call, reader):
    call("reader", "history", reader, "keep")

    assert json.loads(call("reader", "export", reader))["reader"][0]["keeps_history"]
    call("reader", "history", reader, "forget")
    assert not json.loads(call("reader", "export", reader))["reader"][0]["keeps_history"]
    assert "Card not known" in call("reader", "history", "NOBODY", "keep", code=1)


def test_the_figures_of_the_ledger(call, reader):
    call("fee", "add", reader, "damage", "12.50")
    days = ("--from", "2020-01-01", "--to", "2099-12-31")

    assert "readers_registered\t新办读者证\t\t1\n" in call("reports", "ledger", *days)
    assert "fees_charged\t应收费用\tdamage\t1250\n" in call("reports", "ledger", *days, "--branch", "xian")
    assert "fees_charged" not in call("reports", "ledger", *days, "--branch", "cun")
    assert "unknown branch nowhere" in call("reports", "ledger", *days, "--branch", "nowhere", code=1)


def test_who_forgave_what_and_why(call, reader):
    call("fee", "add", reader, "damage", "2.50")
    call("fee", "waive", "1", "困难", "--amount", "1")
    days = ("--from", "2020-01-01", "--to", "2099-12-31")

    line = call("fee", "forgiven", *days).rstrip("\n").split("\t")
    assert line[1:] == ["cli", "1", reader, "damage", "1.00", "-", "困难"]
    assert line[0].endswith("+08:00")
    assert call("fee", "forgiven", "--from", "2020-01-01", "--to", "2020-01-01") == ""
