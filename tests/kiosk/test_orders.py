"""Each reason to refuse an order, at its edge."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.orders import REPLAYED, judge
from wire import faults
from wire.orders import Order

BOOT = "9c" * 8
RESTART = Order(number=7, verb="kiosk.restart", issued_ms=1_000_000, deadline_ms=1_100_000)
RELEASE = Order(number=8, verb="door.release", issued_ms=1_000_000, deadline_ms=1_010_000)
LONG_RELEASE = msgspec.structs.replace(RELEASE, deadline_ms=9_000_000)
LATE, IMPOSSIBLE, UNKNOWN = (
    faults.number(name) for name in ("order_late", "order_not_possible", "order_unknown")
)


@pytest.mark.parametrize(
    ("order", "now_ms", "verdict"),
    [
        (RESTART, 1_000_000, None),
        (RESTART, 1_100_000, None),
        (RESTART, 1_100_001, LATE),
        (RESTART, 0, None),
        (RELEASE, 1_010_000, None),
        (RELEASE, 1_010_001, LATE),
        (LONG_RELEASE, 1_015_000, None),
        (LONG_RELEASE, 1_015_001, LATE),
    ],
)
def test_an_order_is_worth_something_until_its_end(order, now_ms, verdict):
    assert judge(order, now_ms, BOOT, clock_trusted=True, taken=False) == verdict


@pytest.mark.parametrize("trusted", [True, False])
def test_an_order_for_another_boot_is_late(trusted):
    order = msgspec.structs.replace(RESTART, boot="ab" * 8)
    assert judge(order, 1_000_000, BOOT, clock_trusted=trusted, taken=False) == LATE


@pytest.mark.parametrize(("boot", "verdict"), [(None, IMPOSSIBLE), (BOOT, None)])
def test_with_an_untrusted_clock_only_orders_for_this_boot_run(boot, verdict):
    order = msgspec.structs.replace(RELEASE, boot=boot)
    assert judge(order, 1_000_000, BOOT, clock_trusted=False, taken=False) == verdict


def test_a_named_boot_does_not_outlive_the_deadline():
    order = msgspec.structs.replace(RELEASE, boot=BOOT)
    assert judge(order, 1_010_001, BOOT, clock_trusted=False, taken=False) == LATE


@pytest.mark.parametrize("order", [RESTART, msgspec.structs.replace(RESTART, verb="coffee.brew")])
def test_a_number_taken_before_is_replayed_whatever_else(order):
    assert judge(order, 9_999_999, "ab" * 8, clock_trusted=False, taken=True) is REPLAYED


def test_a_verb_of_a_later_version_is_unknown():
    order = msgspec.structs.replace(RESTART, verb="coffee.brew")
    assert judge(order, 9_999_999, BOOT, clock_trusted=True, taken=False) == UNKNOWN
