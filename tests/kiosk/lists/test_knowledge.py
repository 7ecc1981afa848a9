"""What the lists in force say of a card, an item, a moment."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk.knowledge import Allowance, InForce, Lists
from tests.kiosk.lists.world import SALT, allow, deny
from wire.hours import Hours
from wire.lists import Body, Readers, pack

NOON_MS, LATER_MS = 1_000, 2_000
DAY = ((8 * 60, 12 * 60), (14 * 60, 1440))
HOURS = Hours("Asia/Shanghai", (DAY, DAY, DAY, DAY, DAY, (), ()), {"2026-10-01": ((600, 660),)})


def lists(*bodies, expires_ms=LATER_MS):
    return Lists({body.name: InForce(body, expires_ms) for body in bodies})


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


def test_without_lists_nobody_is_denied_nothing_is_held_and_the_room_is_open():
    none = Lists()
    assert not none.denies_reader("1")
    assert not none.denies_item("1")
    assert not none.holds_item("1")
    assert not none.knows_readers(NOON_MS)
    assert none.allows("1", NOON_MS) is None
    assert none.moment(NOON_MS) is None


def test_a_denied_card_and_a_denied_item_are_two_things():
    denied = lists(deny(1, "111", items=("222",)))
    assert denied.denies_reader("111")
    assert not denied.denies_item("111")
    assert denied.denies_item("222")
    assert not denied.denies_reader("222")
    assert not denied.holds_item("222")


def test_the_deny_list_stands_after_its_expiry_and_the_allow_list_does_not():
    found = lists(deny(1, "111"), allow(1, "333", cap=2))
    assert found.late(LATER_MS - 1) == frozenset()
    assert found.allows("333", LATER_MS - 1) == Allowance("adult", 2)
    assert found.late(LATER_MS) == {"deny", "allow"}
    assert found.denies_reader("111")
    assert found.allows("333", LATER_MS) is None
    assert not found.knows_readers(LATER_MS)


def test_each_type_of_reader_has_its_own_cap():
    child = Readers(pack(SALT, "reader", ["c1", "c2"]), "child", 3)
    adult = Readers(pack(SALT, "reader", ["a1"]), "adult", 10)
    found = lists(Body("allow", 1, SALT, (child, adult)))
    assert found.allows("c2", 0) == Allowance("child", 3)
    assert found.allows("a1", 0) == Allowance("adult", 10)
    assert found.allows("x", 0) is None


def test_held_items():
    found = lists(Body("hold", 1, SALT, items=pack(SALT, "item", ["b1", "b2"])))
    assert found.holds_item("b1")
    assert not found.holds_item("b3")


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-09-21T07:59:59", False),  # a Monday
        ("2026-09-21T08:00:00", True),
        ("2026-09-21T11:59:59", True),
        ("2026-09-21T12:00:00", False),
        ("2026-09-21T23:59:59", True),
        ("2026-09-26T10:00:00", False),  # a Saturday
        ("2026-10-01T09:59:00", False),  # a day that differs
        ("2026-10-01T10:59:00", True),
        ("2026-10-01T15:00:00", False),
    ],
)
def test_hours_in_civil_time(moment, opened):
    stands = lists(Body("hours", 1, hours=HOURS)).moment(at(moment))
    assert stands is not None
    assert stands.admits is opened
