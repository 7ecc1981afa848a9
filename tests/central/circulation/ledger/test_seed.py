"""The demo's collection: whole, plausible, always the same; and its visit goes as it is told."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from central.circulation.ledger import models
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Lent, Refused, Returned
from central.circulation.server.models import SipAccount
from central.db import open_sessions
from central.fleet.models import Branch, Device
from central.reports.catalogue import clc_class
from deploy.demo import seed
from tests.central.circulation.verbs import check_in, check_out, reader_information
from tests.central.circulation.world import NOW_MS
from wire.ids import is_device_id

PASSWORDS = {"xian-desk": "one secret", "shiqiao-room": "another secret"}
ROOM = Desk("shiqiao-room", "shiqiao", "Asia/Shanghai", NOW_MS)
DESK = Desk("xian-desk", "qingyuan", "Asia/Shanghai", NOW_MS)


@pytest.fixture
def loaded(engine):
    with open_sessions(engine).begin() as session:
        seed.load(session, PASSWORDS, NOW_MS)
    with open_sessions(engine).begin() as session:
        yield session


def test_the_tables_fit_together():
    c = seed.collection()

    assert len(c.titles) >= 300
    assert len({t.title for t in c.titles}) == len(c.titles)
    assert len({i.barcode for i in c.items}) == len({i.uid for i in c.items}) == len(c.items)
    assert len({r.card for r in c.readers}) == len({r.name for r in c.readers}) == len(c.readers) >= 40
    assert all(is_device_id(device.id) for device in c.devices)
    assert {t.kind for t in c.titles} == {"book", "child", "reference", "audio"}
    assert {r.type for r in c.readers} == {"adult", "child", "senior", "vision", "teacher"}
    assert {r.state for r in c.readers} == {"good", "expired", "blocked"}


def test_the_branches_are_a_tree_of_three_tiers():
    c = seed.collection()

    assert [b.tier for b in c.branches] == ["county", "town", "village"]
    assert [b.parent for b in c.branches] == ["", *[above.id for above, _ in pairwise(c.branches)]]


def test_books_stand_in_many_classes_one_to_three_copies_each():
    c = seed.collection()

    assert len({clc_class(t.call_number) for t in c.titles}) >= 18
    assert all(re.fullmatch(r"[A-Z]{1,2}[0-9-][0-9.-]*/[0-9]+", t.call_number) for t in c.titles)
    assert len({t.call_number for t in c.titles}) == len(c.titles)
    assert set(Counter(i.title.id for i in c.items).values()) == {1, 2, 3}


def test_check_digits_are_right():
    for title in seed.collection().titles:
        weighted = [int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(title.isbn)]
        assert len(title.isbn) == 13
        assert sum(weighted) % 10 == 0


def test_a_tags_uid_is_of_its_maker():
    assert all(re.fullmatch(r"E0040100[0-9A-F]{8}", item.uid) for item in seed.collection().items)


def test_it_loads_on_both_databases(loaded):
    c = seed.collection()
    expected = {
        Branch: 3,
        Device: 2,
        SipAccount: 2,
        models.Title: len(c.titles),
        models.Item: len(c.items),
        models.Reader: len(c.readers),
        models.Loan: len(c.loans),
        models.Hold: len(c.holds),
        models.Transit: 1,
    }

    assert {table: loaded.scalar(select(func.count()).select_from(table)) for table in expected} == expected


def test_somebody_is_at_the_limit_somebody_owes_and_somebody_is_late(loaded):
    readers = [reader_information(loaded, DESK, reader.card) for reader in seed.collection().readers]

    assert Counter(r.bar for r in readers) == {None: len(readers) - 2, "card_expired": 1, "card_blocked": 1}
    assert [r.name for r in readers if len(r.charged) >= r.loan_limit] == ["王梓涵"]
    assert [r.name for r in readers if r.too_much_owed] == ["宋志强"]
    assert [r.name for r in readers if r.overdue] == ["宋志强"]


def test_the_visit_goes_as_it_is_told(loaded):
    visit = seed.visit()
    lent = [check_out(loaded, ROOM, visit.reader.card, item.barcode) for item in visit.lent]
    refused = check_out(loaded, ROOM, visit.reader.card, visit.refused.barcode)
    returned = check_in(loaded, DESK, visit.returned.barcode)

    assert [type(outcome) for outcome in lent] == [Lent] * 4
    assert isinstance(refused, Refused)
    assert refused.fault == "on_hold"
    assert isinstance(returned, Returned)
    assert (returned.was_lent, returned.wanted_at, returned.notice) == (True, None, None)
    assert (returned.book.home, returned.book.place) == ("shiqiao", "qingyuan")
    assert returned.sent_to == "shiqiao"
    assert {item.home for item in visit.laid_down} == {"shiqiao"}
    assert len({clc_class(item.title.call_number) for item in visit.lent}) == 4
