"""What machines of other makers did is counted once, as a kiosk's facts are."""

import sqlite3
from contextlib import closing
from datetime import date
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, select

from central.circulation.gateway.journal import FactJournal
from central.circulation.gateway.models import GatewaySite
from central.circulation.owed.models import OwedTransaction
from central.db import open_sessions
from central.facts import marks
from central.facts.marks import STILL_WRITTEN_MS
from central.facts.models import Journal, StoredFact
from central.facts.rows import pseudonym
from central.fleet.board import rows
from central.fleet.models import Branch, Device
from central.fleet.tree import read
from central.lists.making import look
from central.live import Hub
from central.reports.models import TallyDay
from central.reports.rebuild import rebuild
from central.statements import Cursor
from tests.central.circulation.world import MINUTE_MS, NOW_MS
from wire import facts
from wire.ids import is_device_id

KEY = b"k" * 32


class Where(NamedTuple):
    branch: str = "xian"
    zone: str = "Asia/Shanghai"


XIAN, CUN = Where(), Where("cun")


def journal():
    return FactJournal(KEY, lambda: NOW_MS)


def loan(of, number=1, **more):
    return facts.LoanMade(f"{number:016x}", "B1", of.pseudonym("R1"), "adult", "三体", "I247.55/1", **more)


def record(engine, of, *told, where=XIAN, at_ms=None):
    with engine.begin() as connection:
        of.record_all(Cursor(connection), where, told, at_ms)


def counted(engine):
    with open_sessions(engine, readonly=True)() as session:
        rows = session.execute(select(TallyDay.device_id, TallyDay.measure, TallyDay.count))
        return {(device, measure): count for device, measure, count in rows}


def names(engine):
    with open_sessions(engine, readonly=True)() as session:
        rows = select(StoredFact.device_id, StoredFact.journal, StoredFact.seq).order_by(StoredFact.id)
        return [tuple(row) for row in session.execute(rows)]


def test_a_loan_is_a_fact_and_a_figure(library):
    of = journal()
    record(library, of, loan(of), facts.ReturnMade("2" * 16, "B2"))
    assert counted(library) == {("gateway-xian", "loans"): 1, ("gateway-xian", "returns"): 1}
    with open_sessions(library, readonly=True)() as session:
        made = session.scalars(select(StoredFact).order_by(StoredFact.seq)).first()
        assert (made.branch_id, made.kind, made.at_ms, made.seq) == ("xian", "loan.made", NOW_MS, 1)
        assert pseudonym(KEY, of.pseudonym("R1")) in made.body
        assert of.pseudonym("R1") not in made.body
        kept = session.scalars(select(Journal)).one()
        assert (kept.device_id, kept.committed, kept.journal) == ("gateway-xian", 2, made.journal)


def test_a_recount_gives_the_same_numbers(library):
    of = journal()
    record(library, of, loan(of, 1), loan(of, 2))
    record(library, of, loan(of, 3), where=CUN)
    before = counted(library)
    rebuild(library, date(2026, 3, 1), date(2026, 3, 1))
    assert counted(library) == before == {("gateway-xian", "loans"): 2, ("gateway-cun", "loans"): 1}


def test_what_is_rolled_back_is_not_counted_and_leaves_no_gap(library):
    of = journal()
    with library.connect() as connection, connection.begin() as begun:
        of.record(Cursor(connection), XIAN, loan(of))
        begun.rollback()
    assert counted(library) == {}
    record(library, of, loan(of))
    assert [seq for *_, seq in names(library)] == [1]


def test_several_in_one_transaction_go_on_in_order(library):
    of = journal()
    with library.begin() as connection:
        for number in range(3):
            of.record(Cursor(connection), XIAN, loan(of, number))
    assert [seq for *_, seq in names(library)] == [1, 2, 3]
    assert counted(library) == {("gateway-xian", "loans"): 3}


def test_an_earlier_time_is_the_time_that_counts(library):
    of = journal()
    record(library, of, loan(of), at_ms=NOW_MS - MINUTE_MS)
    with open_sessions(library, readonly=True)() as session:
        assert session.scalar(select(StoredFact.at_ms)) == NOW_MS - MINUTE_MS


def test_each_run_has_a_journal_of_its_own(library):
    first, second = journal(), journal()
    record(library, first, loan(first))
    record(library, second, loan(second))
    (_, one, seq), (_, other, again) = names(library)
    assert one != other
    assert (seq, again) == (1, 1)
    assert counted(library) == {("gateway-xian", "loans"): 2}


def test_a_database_put_back_under_a_running_process_begins_another_journal(embedded, tmp_path):
    of = journal()
    record(embedded, of, loan(of, 1))
    with (
        closing(sqlite3.connect(embedded.url.database)) as live,
        closing(sqlite3.connect(tmp_path / "backup.db")) as backup,
    ):
        live.backup(backup)
        record(embedded, of, loan(of, 2))
        record(embedded, of, loan(of, 3))
        told = names(embedded)
        embedded.dispose()
        backup.backup(live)
    record(embedded, of, loan(of, 4))
    *kept, fresh = names(embedded)
    assert kept == told[:1]
    assert fresh not in told


def test_the_device_stands_as_the_branchs_kiosks_do(library):
    with open_sessions(library).begin() as session:
        session.add(
            Device(
                id="cun-24h", branch_id="cun", name_zh="书屋", name_en="Room", setting="room24", last_order=0
            )
        )
    of = journal()
    record(library, of, loan(of), where=CUN)
    record(library, of, loan(of), where=XIAN)
    with open_sessions(library, readonly=True)() as session:
        made = {device.id: device for device in session.scalars(select(Device))}
        assert made["gateway-cun"].setting == "room24"
        assert made["gateway-xian"].setting == "staffed"
        assert made["gateway-cun"].name_zh == "石桥书屋 其他自助机"


@pytest.mark.parametrize("branch", ["ZHEN", "总馆", "a" * 32, "a_b.c"])
def test_any_branch_gives_a_device_a_name(library, branch):
    with open_sessions(library).begin() as session:
        session.add(Branch(id=branch, tier="town", name_zh="镇", name_en="Town", zone="Asia/Shanghai"))
    of = journal()
    record(library, of, loan(of), where=Where(branch))
    with open_sessions(library, readonly=True)() as session:
        assert is_device_id(session.scalar(select(GatewaySite.device_id)))


def test_a_name_that_is_taken_is_not_taken_again(library):
    with open_sessions(library).begin() as session:
        session.add(Branch(id="XIAN", tier="town", name_zh="镇", name_en="Town", zone="Asia/Shanghai"))
    of = journal()
    record(library, of, loan(of), where=XIAN)
    record(library, of, loan(of), where=Where("XIAN"))
    with open_sessions(library, readonly=True)() as session:
        assert session.scalar(select(func.count(GatewaySite.device_id.distinct()))) == 2
        assert all(is_device_id(device) for device in session.scalars(select(GatewaySite.device_id)))


def test_what_is_owed_is_on_the_staffs_list(library):
    of = journal()
    record(library, of, facts.LoanGranted("3" * 16, "B1", of.pseudonym("R1"), due="2026-03-31"))
    record(library, of, facts.LoanRefused("3" * 16, "B1", of.pseudonym("R1"), 103, granted=True))
    with open_sessions(library, readonly=True)() as session:
        owed = session.scalars(select(OwedTransaction)).one()
        assert (owed.device_id, owed.state, owed.handed_over, owed.fault) == (
            "gateway-xian",
            "refused",
            True,
            103,
        )


def test_a_journal_that_is_gone_altogether_begins_again(library):
    of = journal()
    record(library, of, loan(of))
    with library.begin() as connection:
        connection.execute(delete(StoredFact))
        connection.execute(delete(Journal))
    record(library, of, loan(of))
    assert [seq for *_, seq in names(library)] == [1]


def test_the_device_is_in_the_reports_and_in_no_list_of_kiosks(library):
    of = journal()
    record(library, of, loan(of))
    with open_sessions(library, readonly=True)() as session:
        tree = read(session)
        assert tree.kiosks["gateway-xian"].gateway
        assert [row.kiosk.id for row in rows(tree, Hub(Ed25519PrivateKey.generate().public_key()))] == []
        assert {device for device, _ in look(session, NOW_MS).scopes} == set()


def test_processes_side_by_side_are_no_two_machines_of_one_name(library):
    now_ms = NOW_MS
    one, other = (FactJournal(KEY, lambda: now_ms) for _ in range(2))
    record(library, one, loan(one))
    now_ms += MINUTE_MS
    record(library, other, loan(other))
    now_ms += 2 * STILL_WRITTEN_MS
    record(library, one, loan(one))
    with open_sessions(library, readonly=True)() as session:
        assert marks.twins(session) == []
