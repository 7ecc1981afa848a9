"""The only place for topic strings."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from wire.ids import is_device_id
from wire.lists import NAMES

ROOT = "shuwu/1"

FACTS = "facts"
WATERMARK = "watermark"
CONDITION = "condition"
VITALS = "vitals"
ORDERS = "orders"
LISTS = "lists"
"""Before the name of a list: `lists/deny`."""

CENTRAL_CONDITION = f"{ROOT}/central/condition"
"""Retained, with a last will: kiosks hold their backlog while central is gone."""

FROM_KIOSK = (FACTS, CONDITION, VITALS)
FROM_CENTRAL = (WATERMARK, ORDERS, *(f"{LISTS}/{name}" for name in NAMES))

CENTRAL = "central"
"""Stands where a device id stands, so no device may bear it."""


class Topic(NamedTuple):
    device: str
    leaf: str


def topic(device: str, leaf: str) -> str:
    """`shuwu/1/zhen-24h-1/facts`."""
    return f"{ROOT}/{device}/{leaf}"


def every(leaf: str) -> str:
    """The filter by which central hears one leaf of every device."""
    return f"{ROOT}/+/{leaf}"


@lru_cache(maxsize=4096)
def parse(text: str) -> Topic | None:
    """Device and leaf of a topic; None where it is none of ours. The same few come with each message: they are kept."""
    if not text.startswith(f"{ROOT}/"):
        return None
    device, _, leaf = text.removeprefix(f"{ROOT}/").partition("/")
    known = leaf in FROM_KIOSK or leaf in FROM_CENTRAL
    return Topic(device, leaf) if known and device != CENTRAL and is_device_id(device) else None
