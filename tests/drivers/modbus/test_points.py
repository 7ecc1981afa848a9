"""Kinds of numbers, contacts and their bounces, and which addresses are read together."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.modbus.points import LAYOUT, Contact, Number, Settled, Span, plausible, spans
from drivers.modbus.relays import Timer

RANGES = {
    "u16": st.integers(0, 0xFFFF),
    "s16": st.integers(-0x8000, 0x7FFF),
    "m16": st.integers(-55_535, 9_999),
    "u32": st.integers(0, 0xFFFF_FFFF),
    "s32": st.integers(-0x8000_0000, 0x7FFF_FFFF),
    "f32": st.floats(width=32, allow_nan=False),
}


def test_every_kind_has_its_range_here():
    assert RANGES.keys() == LAYOUT.keys()


@settings(max_examples=40)
@given(
    kind=st.sampled_from(sorted(RANGES)), words=st.sampled_from(["high first", "low first"]), pick=st.data()
)
def test_what_was_put_into_registers_comes_out(kind, words, pick):
    number = Number(7, kind=kind, words=words)
    value = pick.draw(RANGES[kind])
    registers = number.encoded(value)
    assert set(registers) == set(number.at)
    assert number.value(registers) == value


@pytest.mark.parametrize(
    ("kind", "words", "registers", "value"),
    [
        ("u16", "high first", [0xFFF1], 65521),
        ("s16", "high first", [0xFFF1], -15),
        ("m16", "high first", [10015], -15),
        ("m16", "high first", [9999], 9999),
        ("u32", "high first", [0x0001, 0x0002], 0x10002),
        ("u32", "low first", [0x0001, 0x0002], 0x20001),
        ("s32", "low first", [0xFFFE, 0xFFFF], -2),
        ("f32", "high first", [0x41AC, 0x0000], 21.5),
    ],
)
def test_kinds_are_these_registers(kind, words, registers, value):
    image = {("holding", i): word for i, word in enumerate(registers)}
    assert Number(0, "holding", kind, words).value(image) == value


@pytest.mark.parametrize(
    ("kind", "value"), [("u16", -1), ("s16", 40_000), ("u32", 2**32), ("m16", 70_000), ("f32", 1e300)]
)
def test_what_does_not_fit_is_refused(kind, value):
    with pytest.raises(ValueError, match="does not fit"):
        Number(0, kind=kind).encoded(value)


def test_a_contact_is_an_input_or_a_bit_and_either_way_round():
    image = {("discrete", 3): 1, ("input", 9): 0b100}
    assert Contact(3).sense(image)
    assert not Contact(3, active="open").sense(image)
    assert Contact(9, "input", bit=2).sense(image)
    assert not Contact(9, "input", bit=0).sense(image)
    assert Contact(9, "input").sense(image)


def test_only_neighbours_of_one_table_are_read_together():
    at = [*Number(4, kind="u32").at, *Contact(0).at, *Contact(1).at, *Contact(3).at, *Number(6).at]
    assert spans(at) == (
        Span("discrete", 0, 2),
        Span("discrete", 3, 1),
        Span("input", 4, 3),
    )
    assert [each.count for each in spans(("holding", i) for i in range(130))] == [125, 5]


def test_a_change_counts_when_it_has_stood():
    contact = Settled(100)
    assert [contact.feed(state, now) for state, now in [(False, 0), (True, 0.01), (True, 0.1)]] == [False] * 3
    assert contact.unsettled
    assert contact.feed(True, 0.12)
    assert not contact.unsettled
    assert contact.feed(False, 1.0)
    assert contact.feed(True, 1.05)  # a bounce
    assert contact.feed(False, 1.12)  # counted anew


def test_what_is_believed_at_once_needs_no_time():
    fire = Settled(1000, at_once=True)
    assert [fire.feed(state, now) for state, now in [(False, 0), (True, 0.1), (False, 0.2)]] == [
        False,
        True,
        True,
    ]
    assert not fire.feed(False, 1.3)


def test_a_probe_cannot_mean_everything():
    assert plausible(21.5, -40, 85)
    assert not any(plausible(value, -40, 85) for value in (-40.1, 85.1, math.nan, math.inf))


def test_times_are_rounded_up_and_bounded():
    timer = Timer(5, 0x200, longest=255)
    assert [timer.steps(ms) for ms in (1, 100, 101, 25_500)] == [1, 1, 2, 255]
    for ms in (0, 25_501):
        with pytest.raises(Misuse):
            timer.steps(ms)
