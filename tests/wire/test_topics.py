"""Topics: each is made and read back; nothing hostile is taken for one of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import topics
from wire.topics import Topic, every, parse, topic

LEAVES = topics.FROM_KIOSK + topics.FROM_CENTRAL
devices = st.from_regex(r"\A[a-z0-9][a-z0-9-]{2,63}\Z").filter(lambda name: name != topics.CENTRAL)


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        (topics.FACTS, "shuwu/1/zhen-24h-1/facts"),
        (topics.CONDITION, "shuwu/1/zhen-24h-1/condition"),
        (topics.VITALS, "shuwu/1/zhen-24h-1/vitals"),
        (topics.WATERMARK, "shuwu/1/zhen-24h-1/watermark"),
        (topics.ORDERS, "shuwu/1/zhen-24h-1/orders"),
    ],
)
def test_a_topic_is_this_text(leaf, text):
    assert topic("zhen-24h-1", leaf) == text
    assert parse(text) == Topic("zhen-24h-1", leaf)
    assert leaf in LEAVES


def test_central_s_own_topic():
    assert topics.CENTRAL_CONDITION == "shuwu/1/central/condition"
    assert parse(topics.CENTRAL_CONDITION) is None, "no device may bear central's name"


def test_one_filter_hears_a_leaf_of_every_device():
    assert every("facts") == "shuwu/1/+/facts"


@given(devices, st.sampled_from(LEAVES))
def test_any_topic_comes_back_as_it_was(device, leaf):
    assert parse(topic(device, leaf)) == Topic(device, leaf)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "///",
        "shuwu",
        "shuwu/1",
        "shuwu/1/zhen-24h-1",
        "shuwu/1/zhen-24h-1/",
        "shuwu/1//facts",
        "shuwu/1/+/facts",
        "shuwu/1/#",
        "shuwu/1/zhen-24h-1/facts/",
        "shuwu/1/zhen-24h-1/facts/more",
        "/shuwu/1/zhen-24h-1/facts",
        "shuwu/1/zhen-24h-1/Facts",
        "shuwu/1/zhen-24h-1/lists",
        "shuwu/1/zhen-24h-1/facts\n",
        "shuwu/1/zhen-24h-1\0/facts",
        "shuwu/1/ZHEN/facts",
        "shuwu/1/ab/facts",
        "shuwu/1/" + "a" * 65 + "/facts",
        "shuwu/1/-ab/facts",
        "shuwu/1/central/facts",
        "shuwu/2/zhen-24h-1/facts",
        "Shuwu/1/zhen-24h-1/facts",
        "shuwu/1 /zhen-24h-1/facts",
        "$SYS/broker/uptime/facts",
        "$share/ingest/shuwu/1/zhen-24h-1/facts",
        "shuwu/1/书屋一/facts",
    ],
)
def test_what_is_none_of_ours_is_none(text):
    assert parse(text) is None


@given(
    st.text() | st.lists(st.text(max_size=8) | st.sampled_from(["shuwu", "1", "abc", *LEAVES])).map("/".join)
)
def test_any_text_is_a_topic_that_spells_itself_or_none(text):
    found = parse(text)
    assert found is None or topic(*found) == text
