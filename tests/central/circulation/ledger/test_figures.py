"""Figures out of the ledger's rows, on both databases."""

from datetime import date

import pytest
from msgspec.structs import replace

from central.circulation.ledger import fees, lending, payments, registration
from central.circulation.ledger.figures import FIGURES, Figure, Period, figures
from central.circulation.ledger.models import Item, LendingRule, ReaderType
from central.circulation.ledger.registration import Registration
from tests.central.circulation.ledger.purse import fresh
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), "Asia/Shanghai")


@pytest.fixture
def month(session, cursor):
    """One of everything at cun on 1 March, and a loan more at xian."""
    session.add(ReaderType(id="school", name_zh="学校", name_en="School", institution=True))
    session.flush()
    session.add(
        LendingRule(reader_type_id="school", item_type="book", max_loans=500, days=90, max_fees_fen=0)
    )
    session.get(Item, "B3").lender = "省馆"
    session.flush()
    for card, kind in (("S", "school"), ("P", "adult")):
        new = Registration(card, card, type=kind, phone="1", remark="张老师", by_staff=True)
        registration.register(cursor, CUN, new)
    lending.check_out(cursor, CUN, "S", "B1")
    lending.check_out(cursor, CUN, "P", "B3")
    lending.check_out(cursor, XIAN, "P", "B4")
    damage = fees.charge(cursor, CUN, "P", "damage", 500)
    payments.pay(cursor, CUN, "P", 300, method="cash")
    payments.pay(cursor, CUN, "P", 100, method="wechat")
    payments.refund(cursor, CUN, damage.id, 50, method="cash", reason="多收")
    fees.waive(cursor, CUN, damage.id, "困难")
    payments.pay_deposit(cursor, CUN, "P", 10000, method="cash")


CUN_ALONE = [
    Figure("readers_registered", "", 2),
    Figure("ledger_loans", "", 2),
    Figure("institution_loans", "", 1),
    Figure("interlibrary_loans", "", 1),
    Figure("fees_charged", "damage", 500),
    Figure("fees_collected", "cash", 250),
    Figure("fees_collected", "wechat", 100),
    Figure("fees_waived", "staff", 150),
    Figure("deposits", "cash", 10000),
]


def test_a_month_of_one_branch(session, month):
    found = figures(session, MARCH._replace(branches=["cun"]))

    assert found == CUN_ALONE
    assert {figure.name for figure in found} == FIGURES.keys()


def test_a_month_of_all(session, month):
    assert figures(session, MARCH) == [
        figure._replace(amount=3) if figure.name == "ledger_loans" else figure for figure in CUN_ALONE
    ]


@pytest.mark.parametrize(("days", "counted"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
def test_days_are_civil_ones_with_the_last(session, cursor, days, counted):
    """NOW_MS is ten o'clock on 1 March in Shanghai."""
    fresh(session, "P")
    lending.check_out(cursor, replace(CUN, now_ms=NOW_MS + days * DAY_MS), "P", "B1")

    assert Figure("ledger_loans", "", counted) in figures(session, MARCH)


@pytest.mark.parametrize(("zone", "counted"), [("Asia/Shanghai", 1), ("America/New_York", 0)])
def test_a_day_begins_where_the_branch_is(session, cursor, zone, counted):
    fresh(session, "P")
    lending.check_out(cursor, CUN, "P", "B1")

    assert Figure("ledger_loans", "", counted) in figures(session, MARCH._replace(zone=zone))


def test_a_part_belongs_to_a_figure():
    assert {figure.under for figure in FIGURES.values()} - {""} <= FIGURES.keys()
