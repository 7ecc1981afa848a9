"""Orders are numbered, due, and given only to who can carry them out."""

import inspect
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select

from central.db import open_sessions
from central.fleet import operations
from central.fleet.models import Branch, Device, DeviceCondition, Order
from central.fleet.operations import (
    LISTENING,
    NUMBERS_SINCE,
    WHY,
    NotPossible,
    are_late,
    enrol,
    expire,
    found,
    give_order,
    order_payload,
    pending_durable,
    retire,
)
from tests.central.ingest.world import DESK, NOW, ROOM, settle
from wire import orders, topics
from wire.signing import unseal

FIRST = NOW // 1000 - NUMBERS_SINCE
"""Number of an order given now."""


@pytest.fixture
def sessions(engine):
    settle(engine)
    return open_sessions(engine)


def condition(sessions, state, boot="0123abcd"):
    with sessions.begin() as session:
        session.merge(
            DeviceCondition(
                device_id=ROOM, session=1, state=state, since_ms=1, heard_ms=1, body={"boot": boot}
            )
        )


def give(sessions, verb="kiosk.restart", device=ROOM, **more):
    with sessions.begin() as session:
        return give_order(session, device, verb, "wang", NOW, **more)


def states(sessions):
    with sessions() as session:
        return dict(session.execute(select(Order.number, Order.state)).all())


def test_numbers_grow_by_device(sessions):
    assert [give(sessions).number for _ in range(3)] == [FIRST, FIRST + 1, FIRST + 2]
    assert give(sessions, device=DESK).number == FIRST


def test_a_restored_central_gives_no_number_twice(sessions):
    """Its row says what it said last night; the kiosk knows what was given since."""
    given = [give(sessions).number for _ in range(3)]
    with sessions.begin() as session:
        session.execute(delete(Order))
        session.get(Device, ROOM).last_order = 0
    with sessions.begin() as session:
        assert give_order(session, ROOM, "kiosk.restart", "wang", NOW + 60_000).number > max(given)


def test_numbers_grow_though_the_clock_went_back(sessions):
    given = give(sessions).number
    with sessions.begin() as session:
        assert give_order(session, ROOM, "kiosk.restart", "wang", 0).number == given + 1


def test_numbers_stay_apart_when_many_give_orders(sessions):
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda _: give(sessions).number, range(20)))
    assert sorted(numbers) == list(range(FIRST, FIRST + 20))


def test_a_durable_order_waits_a_day_for_any_boot(sessions):
    order = give(sessions)
    assert order.deadline_ms == NOW + 1000 * orders.DURABLE_ORDER_S
    assert (order.state, order.staff, order.boot) == ("pending", "wang", None)


@pytest.mark.parametrize("state", sorted(LISTENING))
def test_a_live_order_is_for_now_and_this_boot(sessions, state):
    condition(sessions, state)
    order = give(sessions, "door.release", seconds=8)
    assert order.deadline_ms == NOW + 1000 * orders.LIVE_ORDER_S
    assert (order.boot, order.seconds) == ("0123abcd", 8)


def test_a_boot_that_is_not_named_is_not_quoted(sessions):
    condition(sessions, "ready", boot="00000000")
    assert give(sessions, "door.release").boot is None


@pytest.mark.parametrize("state", [None, "boot", "gone"])
def test_a_live_order_needs_a_kiosk_that_hears(sessions, state):
    if state:
        condition(sessions, state)
    with pytest.raises(NotPossible, match="not_ready"):
        give(sessions, "door.release")
    assert give(sessions).number == FIRST


@pytest.mark.parametrize(
    ("device", "verb", "why"),
    [("nobody-1", "kiosk.restart", "unknown_device"), (ROOM, "door.weld", "unknown_verb")],
)
def test_what_is_not_possible_is_said(sessions, device, verb, why):
    with pytest.raises(NotPossible, match=why):
        give(sessions, verb, device)


def test_the_payload_is_signed_for_its_device(sessions):
    condition(sessions, "ready")
    key = Ed25519PrivateKey.generate()
    topic, payload = order_payload(key, give(sessions, "door.release", seconds=8))
    assert topic == topics.topic(ROOM, topics.ORDERS)
    assert unseal(key.public_key(), topic, payload, orders.Order) == orders.Order(
        number=FIRST,
        verb="door.release",
        issued_ms=NOW,
        deadline_ms=NOW + 15_000,
        boot="0123abcd",
        seconds=8,
    )


def test_an_order_carries_what_it_is_about(sessions):
    key = Ed25519PrivateKey.generate()
    settle = order_payload(key, give(sessions, "debt.settle", txn="0a" * 8, verdict="never"))
    renew = order_payload(key, give(sessions, "journal.renew", boot="0123abcd"))
    read = [unseal(key.public_key(), *one, orders.Order) for one in (settle, renew)]
    assert [(o.verb, o.txn, o.verdict, o.boot) for o in read] == [
        ("debt.settle", "0a" * 8, "never", None),
        ("journal.renew", None, "", "0123abcd"),
    ]


def test_orders_expire_after_their_deadline(sessions):
    order = give(sessions)
    give(sessions)
    with sessions.begin() as session:
        session.get(Order, order.id).state = "done"
    for now_ms, late in ((order.deadline_ms, 0), (order.deadline_ms + 1, 1), (order.deadline_ms + 2, 0)):
        with sessions.begin() as session:
            assert are_late(session, now_ms) == bool(late)
            assert expire(session, now_ms) == late
    assert states(sessions) == {FIRST: "done", FIRST + 1: "expired"}


def test_what_is_sent_again_is_durable_pending_and_in_time(sessions):
    condition(sessions, "ready")
    for verb in ("kiosk.restart", "door.release", "kiosk.restart", "kiosk.restart"):
        give(sessions, verb)
    give(sessions, device=DESK)
    with sessions.begin() as session:
        session.scalar(select(Order).where(Order.number == FIRST + 2)).state = "refused"
    for devices in ({ROOM}, None):  # the desk has never been heard
        with sessions() as session:
            numbers = [order.number for order in pending_durable(session, NOW, devices)]
            assert numbers == [FIRST, FIRST + 3]
            assert list(pending_durable(session, NOW + 10**9, devices)) == []


def test_who_does_not_hear_is_sent_nothing(sessions):
    give(sessions)
    for state, count in (
        ("boot", 0),
        ("ready", 1),
        ("broken", 1),
        ("service", 1),
        ("degraded", 1),
        ("gone", 0),
    ):
        condition(sessions, state)
        with sessions() as session:
            assert len(pending_durable(session, NOW)) == count


def test_a_kiosk_is_enrolled_once_under_a_good_name(sessions):
    with sessions.begin() as session:
        enrol(session, "zhen-desk-2", "zhen", "二号机", "Second desk", "staffed")
    with sessions() as session:
        assert session.get(Device, "zhen-desk-2").branch.name_zh == "zhen"
    for device, branch, why in (
        ("zhen-desk-2", "zhen", "known_device"),
        ("Zhen/2", "zhen", "malformed_id"),
        ("central", "zhen", "malformed_id"),
        ("zhen-desk-3", "nowhere", "unknown_branch"),
    ):
        with pytest.raises(NotPossible, match=why), sessions.begin() as session:
            enrol(session, device, branch, "机", "Desk", "staffed")


def test_a_branch_is_founded_below_its_parent(sessions):
    with sessions.begin() as session:
        found(session, "cun-1", "zhen", "village", "一村", "First village", "Asia/Shanghai")
        found(session, "cun-2", "zhen", "village", "二村", "Second village", "Asia/Urumqi")
        found(session, "sheng", None, "county", "省馆", "Province", "Asia/Shanghai")
    with sessions() as session:
        positions = {b.id: b.position for b in session.scalars(select(Branch))}
    assert (positions["cun-1"], positions["cun-2"], positions["sheng"]) == (0, 1, 1)
    for branch, parent, zone, why in (
        ("cun-1", "zhen", "Asia/Shanghai", "known_branch"),
        ("a b", "zhen", "Asia/Shanghai", "malformed_id"),
        ("cun-3", "nowhere", "Asia/Shanghai", "unknown_branch"),
        ("cun-3", "zhen", "Mars/Olympus", "unknown_zone"),
    ):
        with pytest.raises(NotPossible, match=why), sessions.begin() as session:
            found(session, branch, parent, "village", "村", "Village", zone)


def test_every_refusal_is_in_the_list_of_reasons():
    said = re.findall(r"raise NotPossible\((.*?)\)", inspect.getsource(operations))
    assert {json.loads(word) for word in said} == WHY


def test_a_retired_kiosk_gets_no_orders_and_what_was_pending_ends(sessions):
    condition(sessions, "ready")
    give(sessions)
    with sessions.begin() as session:
        retire(session, ROOM, date(2026, 9, 21))
    assert states(sessions) == {FIRST: "expired"}
    with pytest.raises(NotPossible, match="retired"):
        give(sessions)
