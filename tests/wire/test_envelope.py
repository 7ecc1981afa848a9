"""Batches: one literal text, every bound, and nothing that a peer sends gets through as something else."""

from __future__ import annotations

from itertools import repeat

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import anything
from tests.wire.golden import BATCH, BOOT, JOURNAL
from wire.envelope import (
    MAX_BATCH_OCTETS,
    MAX_FACT_OCTETS,
    MAX_FACTS,
    Malformed,
    Stamp,
    UnknownFact,
    decode_batch,
    decode_fact,
    encode_batch,
    encode_fact,
)
from wire.facts import ExitPressed, VisitEntered

STAMP = Stamp(1790000000000, 81234, BOOT, set=True)
LONGEST_STAMP = Stamp(2**53 - 1, 2**53 - 1, "f" * 32, set=False)
LAST_SEQ = 2**63 - 1
SMALL = encode_fact(ExitPressed())

stamps = st.builds(
    Stamp,
    wall_ms=st.integers(0, 2**53 - 1),
    mono_ms=st.integers(0, 2**53 - 1),
    boot=st.from_regex(r"\A[0-9a-f]{8,32}\Z"),
    set=st.booleans(),
)
rows = st.tuples(stamps, anything.facts.map(encode_fact))


def changed(**fields):
    """The literal batch with other fields."""
    return msgspec.json.encode(msgspec.json.decode(BATCH) | fields)


def row_with(**fields):
    row = {"wall_ms": 1, "mono_ms": 1, "boot": BOOT, "set": True, "fact": {"kind": "exit.pressed"}} | fields
    return changed(facts=[{name: value for name, value in row.items() if value is not ...}])


# ---------------------------------------------------------------- the contract
def test_a_batch_is_this_text():
    told = [
        (STAMP, encode_fact(VisitEntered(1, "counter"))),
        (Stamp(1790000000250, 81484, BOOT, set=False), SMALL),
    ]
    assert encode_batch(JOURNAL, 4711, told) == (BATCH.encode(), 2)


def test_this_text_is_a_batch():
    batch = decode_batch(BATCH.encode())
    assert (batch.schema, batch.journal, batch.first) == (1, JOURNAL, 4711)
    assert [(row.wall_ms, row.mono_ms, row.boot, row.set) for row in batch.facts] == [
        (1790000000000, 81234, BOOT, True),
        (1790000000250, 81484, BOOT, False),
    ]
    assert [decode_fact(row.fact) for row in batch.facts] == [VisitEntered(1, "counter"), ExitPressed()]


@given(st.integers(1, LAST_SEQ), st.lists(rows, min_size=1, max_size=70))
def test_any_batch_comes_back_as_it_was(first, told):
    payload, count = encode_batch(JOURNAL, first, told)
    batch = decode_batch(payload)
    assert len(payload) <= MAX_BATCH_OCTETS
    assert (batch.journal, batch.first, len(batch.facts)) == (JOURNAL, first, count)
    for row, (stamp, fact) in zip(batch.facts, told[:count], strict=True):
        assert Stamp(row.wall_ms, row.mono_ms, row.boot, row.set) == stamp
        assert bytes(row.fact) == fact


@given(st.lists(rows, min_size=1, max_size=70))
def test_a_batch_takes_as_many_as_fit(told):
    payload, count = encode_batch(JOURNAL, 1, told)
    if count < min(len(told), MAX_FACTS):
        assert len(payload) + len(told[count][1]) > MAX_BATCH_OCTETS - (count + 2) * 144


# ---------------------------------------------------------------- bounds
def test_no_more_than_64_facts():
    payload, count = encode_batch(JOURNAL, 1, repeat((STAMP, SMALL), 65))
    assert (count, len(decode_batch(payload).facts)) == (64, 64)
    rows = msgspec.json.decode(payload)["facts"]
    with pytest.raises(Malformed, match="`array` of length <= 64"):
        decode_batch(changed(facts=[*rows, rows[0]]))


def test_rows_are_read_only_as_far_as_they_fit():
    endless = repeat((STAMP, SMALL))
    assert encode_batch(JOURNAL, 1, endless)[1] == MAX_FACTS


@pytest.mark.parametrize("kind", anything.LONGEST)
def test_the_longest_facts_fill_a_batch_and_do_not_overflow_it(kind):
    fact = encode_fact(anything.LONGEST[kind])
    payload, count = encode_batch(JOURNAL, LAST_SEQ - MAX_FACTS, repeat((LONGEST_STAMP, fact), MAX_FACTS))
    assert count >= min(3, MAX_FACTS)
    assert len(payload) <= MAX_BATCH_OCTETS
    batch = decode_batch(payload)
    assert [decode_fact(row.fact) for row in batch.facts] == [anything.LONGEST[kind]] * count


def test_one_fact_always_fits():
    """Of the most octets that a fact may have, in the longest row, at the largest number."""
    head = b'{"kind":"from.the.future","text":"'
    fact = head + b"x" * (MAX_FACT_OCTETS - len(head) - 2) + b'"}'
    payload, count = encode_batch(JOURNAL, LAST_SEQ, [(LONGEST_STAMP, fact)])
    assert count == 1
    assert isinstance(decode_fact(decode_batch(payload).facts[0].fact), UnknownFact)


def test_16_kib_are_taken_and_one_octet_more_is_not():
    payload = BATCH.encode() + b" " * (MAX_BATCH_OCTETS - len(BATCH.encode()))
    assert decode_batch(payload).first == 4711
    with pytest.raises(Malformed, match="16385 octets, 16384 allowed"):
        decode_batch(payload + b" ")


# ---------------------------------------------------------------- other versions
def test_what_is_not_known_survives():
    payload = msgspec.json.encode(
        {
            **msgspec.json.decode(BATCH),
            "from_the_future": {"deep": [1]},
            "facts": [
                {
                    **msgspec.json.decode(BATCH)["facts"][0],
                    "more": 1,
                    "fact": {"kind": "robot.bowed", "deep": [2]},
                }
            ],
        }
    )
    (row,) = decode_batch(payload).facts
    assert msgspec.json.decode(row.fact) == {"kind": "robot.bowed", "deep": [2]}
    assert decode_fact(row.fact).kind == "robot.bowed"


def test_a_batch_tells_the_oldest_fact_and_the_epoch_that_the_kiosk_knows():
    payload, _ = encode_batch(JOURNAL, 4711, [(STAMP, SMALL)], 4000, 1790000000000)
    batch = decode_batch(payload)
    assert (batch.oldest, batch.epoch) == (4000, 1790000000000)
    assert decode_batch(BATCH.encode()).epoch is None


def test_another_schema_is_refused_by_its_number():
    with pytest.raises(Malformed, match="schema 2, 1 known"):
        decode_batch(changed(schema=2))


# ---------------------------------------------------------------- malformed
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0",
        b"null",
        b"[]",
        b"{}",
        BATCH.encode()[:-1],
        BATCH.encode() + b"}",
        BATCH.encode("utf-16"),
        changed(schema=0),
        changed(schema="1"),
        changed(journal="not hexadecimal"),
        changed(journal=JOURNAL.upper()),
        changed(first=0),
        changed(first=-1),
        changed(first=2**63),
        changed(first=1.5),
        changed(first=4711, oldest=4712),
        changed(oldest=0),
        changed(epoch=-1),
        changed(epoch=2**53 - 1),
        changed(facts=[]),
        changed(facts={}),
        changed(facts=[[]]),
        row_with(wall_ms=-1),
        row_with(wall_ms=2**53),
        row_with(mono_ms=None),
        row_with(boot=""),
        row_with(boot="f" * 33),
        row_with(set=1),
        row_with(fact=...),
    ],
)
def test_what_is_no_batch_is_malformed(payload):
    with pytest.raises(Malformed):
        decode_batch(payload)


@given(st.binary(max_size=200) | anything.json.map(msgspec.json.encode))
def test_any_octets_are_a_batch_or_malformed(payload):
    try:
        decode_batch(payload)
    except Malformed:
        return
    raise AssertionError(payload)


@given(st.data())
def test_a_batch_with_any_octets_changed_is_a_batch_or_malformed(data):
    octets = bytearray(BATCH.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        batch = decode_batch(bytes(octets))
        for row in batch.facts:
            decode_fact(row.fact)
    except Malformed:
        pass


@given(st.binary(max_size=200) | anything.json.map(msgspec.json.encode))
def test_any_octets_are_a_fact_or_unknown_or_malformed(payload):
    try:
        fact = decode_fact(payload)
    except Malformed:
        return
    assert isinstance(fact, UnknownFact)


@given(
    st.fixed_dictionaries({"kind": st.sampled_from(sorted(anything.LONGEST))}),
    st.dictionaries(st.text(), anything.json),
)
def test_a_known_kind_with_any_fields_is_a_fact_or_unknown(kind, fields):
    decode_fact(msgspec.json.encode(fields | kind))
