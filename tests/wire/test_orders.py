"""Orders and watermarks: literal texts, bounds, and which orders are worth nothing later."""

from __future__ import annotations

import msgspec
import pytest

from tests.wire.anything import with_more
from tests.wire.golden import BOOT, COUNT, DRILL, FORKED, JOURNAL, ORDER, PAID, SETTLE, SHOW, TALK, WATERMARK
from wire.orders import DURABLE_ORDER_S, LIVE_ORDER_S, LIVE_VERBS, VERBS, Order, Watermark

GOLDEN = [ORDER, SETTLE, SHOW, PAID, TALK, COUNT, DRILL, WATERMARK, FORKED]
EACH = pytest.mark.parametrize(
    ("message", "text"),
    GOLDEN,
    ids=["order", "settle", "show", "paid", "talk", "count", "drill", "watermark", "forked"],
)


@EACH
def test_each_is_this_text(message, text):
    assert msgspec.json.encode(message).decode() == text
    assert msgspec.json.decode(text, type=type(message)) == message


@pytest.mark.parametrize("kind", [Order, Watermark])
def test_each_field_has_its_text(kind):
    told = {name for message, text in GOLDEN if type(message) is kind for name in msgspec.json.decode(text)}
    assert told == {field.name for field in msgspec.structs.fields(kind)}


@EACH
def test_a_field_from_the_future_is_passed_over(message, text):
    assert msgspec.json.decode(with_more(text, {"deep": []}), type=type(message)) == message


def test_the_first_order_is_still_read():
    text = b'{"number":1,"verb":"kiosk.restart","issued_ms":0,"deadline_ms":0}'
    assert msgspec.json.decode(text, type=Order) == Order(1, "kiosk.restart", 0, 0, None, 0)


def test_the_verbs():
    assert {
        "debt.settle",
        "door.release",
        "help.end",
        "help.say",
        "journal.renew",
        "kiosk.restart",
        "payment.made",
        "payment.show",
        "room.count",
        "room.drill",
    } == VERBS
    assert {"door.release", "room.count"} == LIVE_VERBS
    assert (LIVE_ORDER_S, DURABLE_ORDER_S) == (15, 86_400)


def test_an_unknown_verb_is_read_so_that_it_can_be_refused():
    text = ORDER[1].replace("door.release", "robot.bow")
    assert msgspec.json.decode(text, type=Order).verb == "robot.bow"


@pytest.mark.parametrize(
    ("golden", "fields"),
    [
        (ORDER, {"number": 0}),
        (ORDER, {"number": 2**32}),
        (ORDER, {"verb": "x" * 65}),
        (ORDER, {"verb": None}),
        (ORDER, {"issued_ms": -1}),
        (ORDER, {"deadline_ms": 2**53}),
        (ORDER, {"boot": ""}),
        (ORDER, {"boot": BOOT.upper()}),
        (ORDER, {"seconds": -1}),
        (SETTLE, {"txn": "B1"}),
        (SETTLE, {"verdict": "perhaps"}),
        (WATERMARK, {"journal": JOURNAL[:-1]}),
        (WATERMARK, {"epoch": 0}),
        (WATERMARK, {"epoch": 2**53}),
        (WATERMARK, {"seq": -1}),
        (WATERMARK, {"seq": 2**63}),
        (WATERMARK, {"central_ms": -1}),
    ],
)
def test_out_of_its_bounds_it_is_refused(golden, fields):
    message, text = golden
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(msgspec.json.decode(text) | fields, type(message))
