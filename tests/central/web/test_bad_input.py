"""What no browser sends: every page answers it, says no or shows what it has, and keeps nothing of it."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from central.app import create_app, disconnect
from central.circulation.ledger.models import Closure
from central.fleet.models import Order
from tests.central.web.ledger import stock
from tests.central.web.test_access import PAGES
from tests.central.web.test_help import BOOT, calling
from tests.central.web.world import ROOM, enter, post, say, services, settle
from wire.condition import Trouble

ASKED = (
    *("after", "barcode", "before", "branch", "days", "device", "from", "group", "on", "period"),
    *("q", "skip", "state", "text", "to", "type", "view"),
)
"""What pages read of their addresses."""
MARKUP = "//[<i>\"'"
LAST = "9999-12-31"
BAD = ("9" * 20, LAST, "\udcff²", MARKUP)
ORDERS = f"/fleet/kiosk/{ROOM}/orders"

UNORDERED = {
    "more persons than digits": {"verb": "room.count", "persons": "9" * 5000},
    "a boot that is none": {"verb": "journal.renew", "boot": "x" * 5000},
    "a boot of something else": {"verb": "kiosk.restart", "boot": "<b>"},
    "a drill": {"verb": "room.drill"},
    "money": {"verb": "payment.made"},
    "a word to a reader": {"verb": "help.say"},
}


@pytest.fixture
def filled(app):
    stock(app)
    calling(app)
    return app


@pytest.fixture
def on_postgres(config, postgres_engine):
    url = postgres_engine.url.render_as_string(hide_password=False)
    app = create_app(msgspec.structs.replace(config, database=url))
    with services(app).writing.begin() as session:
        settle(session)
    yield app
    disconnect(app)


def walk(app, said):
    browser = enter(app, "admin")
    query = dict.fromkeys(ASKED, said.encode(errors="surrogateescape"))
    for path in PAGES:
        answer = browser.get(path.partition("?")[0], query_string=query)
        assert answer.status_code < 500, path
        assert answer.is_streamed or MARKUP not in answer.text, path
        answer.close()


@pytest.mark.parametrize("said", BAD)
def test_no_address_breaks_a_page(filled, said):
    walk(filled, said)


def test_no_number_is_larger_than_a_database_compares_with(on_postgres):
    walk(on_postgres, "9" * 20)


@pytest.mark.parametrize("what", UNORDERED)
def test_what_no_page_offers_is_no_order(filled, technician, what):
    assert post(technician, ORDERS, **UNORDERED[what]).status_code == 302
    with services(filled).reading() as session:
        assert session.scalars(select(Order)).all() == []


def test_an_order_is_for_the_boot_that_a_page_shows(filled, technician):
    post(technician, ORDERS, verb="journal.renew", boot=BOOT)
    with services(filled).reading() as session:
        assert session.scalars(select(Order.boot)).all() == [BOOT]


@pytest.mark.parametrize("path", ["/rules/closures", "/hours/ZHEN/close"])
def test_the_last_day_of_all_is_a_day(app, manager, path):
    assert post(manager, path, first=LAST, last=LAST, reason="x").status_code == 302
    with services(app).reading() as session:
        assert session.scalars(select(Closure.last_on)).one().isoformat() == LAST


@pytest.mark.parametrize(
    "said", [{"shown_min": "--5"}, {"holiday.99": "08:00-12:00 11:00-13:00"}, {"holiday.?": "08:00-12:00"}]
)
def test_what_no_form_of_hours_holds_is_refused(manager, said):
    assert post(manager, "/hours/ZHEN", **said).status_code == 422


@pytest.mark.parametrize("back", ["//[x", "//evil.example", "/\\evil.example"])
def test_no_address_leads_away(technician, back):
    assert post(technician, "/language", language="en", back=back).location == "/"


def test_a_time_beyond_all_calendars_is_shown(app, technician):
    say(app, ROOM, "degraded", troubles=(Trouble(403, "door", 2**53 - 1, ""),))
    assert "9999-12-30" in technician.get(f"/fleet/kiosk/{ROOM}").text
