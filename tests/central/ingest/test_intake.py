"""What a delivery says, or why it is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ingest.absorb import Parcel
from central.ingest.intake import Spoken, read
from central.ingest.refusals import Refused
from central.mqtt import Heard
from tests.central.ingest.world import ROOM, batch, visit
from wire import condition, topics
from wire.condition import Condition, Vitals
from wire.envelope import MAX_BATCH_OCTETS

FACTS, CONDITION, VITALS = (topics.topic(ROOM, leaf) for leaf in topics.FROM_KIOSK)


def hear(topic, payload):
    return read(Heard(topic, payload, retained=False))


def test_a_batch():
    sent = batch(1, [visit()])
    assert hear(FACTS, msgspec.json.encode(sent)) == Parcel(ROOM, sent)


def test_a_condition():
    said = Condition(1, "ready")
    assert hear(CONDITION, condition.encode(said)) == Spoken(ROOM, said)


def test_vitals_and_a_wiped_condition_are_nothing_to_store():
    assert hear(VITALS, condition.encode(Vitals(1, 2, 3, 4, 5))) is None
    assert hear(CONDITION, b"") is None


@pytest.mark.parametrize(
    ("topic", "payload", "device", "leaf", "why"),
    [
        (FACTS, b"", ROOM, "facts", "malformed"),
        (FACTS, b"[]", ROOM, "facts", "malformed"),
        (FACTS, b" " * (MAX_BATCH_OCTETS + 1), ROOM, "facts", "oversize"),
        (CONDITION, b'{"session":1,"state":"asleep"}', ROOM, "condition", "malformed"),
        (CONDITION, b" " * (condition.MAX_CONDITION_OCTETS + 1), ROOM, "condition", "oversize"),
        (VITALS, b"{}", ROOM, "vitals", "malformed"),
        (topics.topic(ROOM, topics.ORDERS), b"{}", ROOM, "orders", "unknown topic"),
        ("shuwu/1/Not An Id/facts", b"{}", "Not An Id", "facts", "unknown topic"),
        ("shuwu/1/central/facts", b"{}", "central", "facts", "unknown topic"),
        ("", b"{}", "", "", "unknown topic"),
    ],
)
def test_refused(topic, payload, device, leaf, why):
    refused = hear(topic, payload)
    assert isinstance(refused, Refused)
    assert (refused.device_id, refused.leaf, refused.why) == (device, leaf, why)


@given(st.sampled_from([FACTS, CONDITION, VITALS]), st.binary(max_size=200))
def test_no_payload_breaks_it(topic, payload):
    assert hear(topic, payload) is None or isinstance(hear(topic, payload), Refused)
