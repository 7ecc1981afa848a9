"""From a delivery to what it says, or why it is refused. Pure."""

from __future__ import annotations

from typing import NamedTuple

from central.ingest.absorb import Parcel
from central.ingest.refusals import Cause, Refused
from central.mqtt import Heard
from wire import condition, envelope, topics
from wire.condition import Condition, Vitals
from wire.envelope import Malformed

LIMITS = {
    topics.FACTS: envelope.MAX_BATCH_OCTETS,
    topics.CONDITION: condition.MAX_CONDITION_OCTETS,
    topics.VITALS: condition.MAX_CONDITION_OCTETS,
}
"""Octets of a payload, by leaf."""


class Spoken(NamedTuple):
    """A device's condition."""

    device_id: str
    condition: Condition


def read(heard: Heard) -> Parcel | Spoken | Refused | None:
    """What a delivery says; None where there is nothing to store (vitals, a topic wiped clean)."""
    topic = topics.parse(heard.topic)
    if topic is None or topic.leaf not in LIMITS:
        parts = heard.topic.split("/")
        return Refused("/".join(parts[2:3]), parts[-1], "unknown topic", heard.topic[:200], heard.payload)
    if not heard.payload and topic.leaf == topics.CONDITION:
        return None
    if len(heard.payload) > LIMITS[topic.leaf]:
        return _refused(topic, "oversize", f"more than {LIMITS[topic.leaf]} octets", heard.payload)
    try:
        return _parse(topic, heard.payload)
    except Malformed as cause:
        return _refused(topic, "malformed", str(cause), heard.payload)


def _parse(topic: topics.Topic, payload: bytes) -> Parcel | Spoken | None:
    if topic.leaf == topics.FACTS:
        return Parcel(topic.device, envelope.decode_batch(payload))
    if topic.leaf == topics.CONDITION:
        return Spoken(topic.device, condition.decode(payload, Condition))
    condition.decode(payload, Vitals)
    return None


def _refused(topic: topics.Topic, why: Cause, detail: str, payload: bytes) -> Refused:
    return Refused(topic.device, topic.leaf, why, detail, payload)
