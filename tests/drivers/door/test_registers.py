"""The register map: blocks, widths, polarity, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.door.registers import Block, Point, RegisterMap, words
from drivers.door.unit import DoorSettings

MAP = RegisterMap()


def test_each_kind_of_input_is_one_request():
    assert MAP.contacts == Block(0, 5)
    assert MAP.counters == Block(0, 7)


def test_values_and_words_are_each_other_reversed():
    point = Point(2, 32, "a total")
    assert words(0x0001_0203, point) == (0x0001, 0x0203)
    assert Block(1, 4).value(point, (9, 0x0001, 0x0203, 9)) == 0x0001_0203
    assert words(0xFFFF, Point(0, 16, "a word")) == (0xFFFF,)


@pytest.mark.parametrize("value", [-1, 1 << 16])
def test_a_value_that_does_not_fit_is_refused(value):
    with pytest.raises(ValueError):
        words(value, Point(0, 16, "a word"))


def test_an_inverted_contact_says_yes_with_0():
    bits = (False, True)
    assert not Block(0, 2).bit(Point(0, 1, "open"), bits)
    assert Block(0, 2).bit(Point(0, 1, "open", inverted=True), bits)


@pytest.mark.parametrize(
    "wrong",
    [
        {"firmware": Point(125, 16, "too far")},
        {"fire": Point(2000, 1, "too far")},
        {"command": Point(4, 16, "not after limit_ms")},
    ],
)
def test_impossible_maps_are_refused(wrong):
    with pytest.raises(ValueError):
        replace(MAP, **wrong)


@pytest.mark.parametrize("wrong", [{"unit": 0}, {"unit": 248}, {"max_release_ms": 1 << 32}])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError):
        DoorSettings("door", **wrong)
