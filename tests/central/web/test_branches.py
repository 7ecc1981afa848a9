"""The page of what holds at each branch."""

import pytest
from sqlalchemy import select

from central.circulation.ledger.models import BranchRule, Hold, Locker
from central.clock_ms import now_ms
from tests.central.web.ledger import OTHER, stock
from tests.central.web.world import post, services


@pytest.fixture(autouse=True)
def ledger(app):
    stock(app)


def said(app):
    with services(app).reading() as session:
        return {
            rule.branch_id: (rule.closed_weekdays, rule.hold_days)
            for rule in session.scalars(select(BranchRule))
        }


def test_the_network_closes_on_mondays_and_one_branch_never(app, manager):
    post(manager, "/branches/", branch="", day="1", hold_days="5")
    post(manager, "/branches/", branch="ZHEN", hold_days="")
    assert said(app) == {"": ("1", 5), "ZHEN": ("", None)}
    page = manager.get("/branches/").text
    assert "周一" in page

    post(manager, "/branches/", branch="ZHEN", weekly="above", day="3")
    assert said(app) == {"": ("1", 5)}


@pytest.mark.parametrize(
    "form", [{"day": list("1234567")}, {"day": "9"}, {"hold_days": "61"}, {"hold_days": "0"}]
)
def test_a_week_without_an_open_day_is_refused(app, manager, form):
    post(manager, "/branches/", branch="", **form)
    assert said(app) == {}
    assert "每周至少开放一天" in manager.get("/branches/").text


def test_doors_are_fitted_and_taken_away(app, manager):
    post(manager, "/branches/lockers", branch="ZHEN", labels="01-03")
    assert "3 个柜门" in manager.get("/branches/").text
    post(manager, "/branches/lockers", branch="ZHEN", labels="3-1")
    post(manager, "/branches/lockers/remove", branch="ZHEN", labels="02 09")
    with services(app).reading() as session:
        assert session.scalars(select(Locker.label).order_by(Locker.label)).all() == ["01", "03"]


@pytest.mark.parametrize("address", ["/branches/", "/branches/lockers", "/branches/lockers/remove"])
def test_a_branch_that_there_is_not(manager, address):
    assert post(manager, address, branch="NOWHERE", labels="1").status_code == 400


def test_what_somebody_waits_for_is_fetched(app, manager):
    with services(app).writing.begin() as session:
        session.add(Hold(title_id=2, reader_card=OTHER, pickup_branch_id="ZHEN", placed_ms=now_ms()))
    page = manager.get("/loans/?view=wanted").text
    assert "B2" in page
    assert "边城" in page
