"""借还 by staff: what is scanned is lent or taken back, told in words, and counted once."""

import json

import pytest
from sqlalchemy import func, select

from central.circulation.counter import place
from central.circulation.ledger.models import Loan
from central.facts.models import StoredFact
from central.fleet.models import Device
from central.reports.models import TallyHour
from tests.central.web.ledger import CARD, OTHER, stock
from tests.central.web.world import enter, post, services


@pytest.fixture(autouse=True)
def ledger(app):
    stock(app)


@pytest.fixture
def librarian(app):
    client = enter(app, "librarian")
    post(client, "/readers/branch", branch="ZHEN")
    return client


def at_desk(app, card):
    with app.test_request_context():
        return f"/desk/{place.token(card)}"


def holder(app, barcode):
    with services(app).reading() as session:
        return session.scalar(
            select(Loan.reader_card).where(Loan.item_barcode == barcode, Loan.returned_ms.is_(None))
        )


def told(app):
    with services(app).reading() as session:
        return [json.loads(body) for body in session.scalars(select(StoredFact.body).order_by(StoredFact.id))]


def counted(app, measure):
    with services(app).reading() as session:
        return session.scalar(select(func.sum(TallyHour.count)).where(TallyHour.measure == measure)) or 0


def test_a_card_brings_the_reader_and_a_book_is_lent(app, librarian):
    answer = post(librarian, "/desk/", said=OTHER)
    assert answer.location == at_desk(app, OTHER)
    assert post(librarian, answer.location, said="B2", verb="lend").location == answer.location
    page = librarian.get(answer.location).text
    assert "已借出" in page
    assert "边城" in page
    assert holder(app, "B2") == OTHER
    assert counted(app, "loans") == 1
    (fact,) = told(app)
    assert (fact["kind"], fact["item"], fact["title"]) == ("loan.made", "B2", "边城")
    assert OTHER not in json.dumps(fact)


def test_a_book_comes_back_while_nobody_is_at_the_desk(app, librarian):
    assert post(librarian, "/desk/", said="B1").location == "/desk/"
    assert "已归还" in librarian.get("/desk/").text
    assert holder(app, "B1") is None
    assert counted(app, "returns") == 1


def test_a_book_that_is_theirs_is_renewed_and_counts_as_no_loan(app, librarian):
    post(librarian, at_desk(app, CARD), said="B1", verb="lend")
    assert holder(app, "B1") == CARD
    assert (counted(app, "loans"), counted(app, "renewals")) == (0, 1)


@pytest.mark.parametrize("verb", ["renew", "renew_all"])
def test_a_button_that_is_pressed_twice_renews_once(app, librarian, verb):
    for _ in range(2):
        post(librarian, at_desk(app, CARD), said="B1", verb=verb)
    assert (counted(app, "renewals"), len(told(app))) == (1, 1)


def test_what_is_scanned_twice_is_counted_once(app, librarian):
    for _ in range(2):
        post(librarian, "/desk/", said="B1")
    assert "不在借" in librarian.get("/desk/").text
    assert counted(app, "returns") == 1
    for _ in range(2):
        post(librarian, at_desk(app, OTHER), said="B2", verb="lend")
    assert (counted(app, "loans"), counted(app, "renewals"), counted(app, "refusals")) == (1, 0, 0)
    assert "已借出" in librarian.get(at_desk(app, OTHER)).text


def test_a_refusal_says_why_and_lends_nothing(app, librarian):
    page = librarian.get(post(librarian, at_desk(app, OTHER), said="B1", verb="lend").location).text
    assert "notice tone-bad" in page
    assert holder(app, "B1") == CARD
    assert (counted(app, "loans"), counted(app, "refusals")) == (0, 1)


def test_a_mistyped_number_is_told_and_counts_as_nothing(app, librarian):
    assert post(librarian, "/desk/", said="NOPE").location == "/desk/"
    assert "notice tone-bad" in librarian.get("/desk/").text
    assert told(app) == []


def test_the_next_card_takes_the_place_of_the_last_reader(app, librarian):
    assert post(librarian, at_desk(app, CARD), said=OTHER, verb="lend").location == at_desk(app, OTHER)


def test_the_desk_is_a_device_of_its_own_and_no_kiosk(app, librarian, technician):
    post(librarian, "/desk/", said="B1")
    with services(app).reading() as session:
        found = session.scalars(select(Device).where(Device.id == "desk-zhen")).one()
        assert (found.branch_id, found.setting) == ("ZHEN", "staffed")
    assert "desk-zhen" not in technician.get("/fleet/").text
