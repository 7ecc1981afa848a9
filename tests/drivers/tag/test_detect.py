from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.events import TagContent
from drivers.tag import iso28560_2, iso28560_3
from drivers.tag.detect import decode, reversed_blocks
from drivers.tag.security import AfiValues

BOOK = TagContent(item="01234567", owner="CN-320500", parts=2, part=1, usage=0x10)
DANISH = iso28560_3.encode(BOOK) + bytes(2)
CHINESE = iso28560_2.encode(BOOK)


def test_each_model_is_known():
    assert decode(DANISH).model == "iso28560-3"
    assert decode(CHINESE).model == "iso28560-2"
    assert decode(DANISH).item == decode(CHINESE).item == "01234567"


def test_a_danish_tag_in_the_other_block_order():
    assert decode(reversed_blocks(DANISH, 4)) == decode(DANISH)


@pytest.mark.parametrize("order", [bytes, lambda memory: reversed_blocks(memory, 4)])
def test_a_damaged_danish_tag_is_never_another_book(order):
    for at in range(3, 34):
        damaged = bytearray(DANISH)
        damaged[at] ^= 0x01
        assert decode(order(bytes(damaged))) is None


@pytest.mark.parametrize(
    "memory", [b"", bytes(36), b"\x55" * 36, bytes.fromhex("04110000") + b"200901010123"]
)
def test_blank_and_foreign_tags_are_nothing(memory):
    assert decode(memory) is None


@pytest.mark.parametrize("item", ["1094795585", "13026219334465", "35246862222"])
def test_a_bare_item_whose_number_looks_like_text_is_read(item):
    assert decode(iso28560_2.encode(TagContent(item=item)).ljust(36, b"\0")).item == item


@given(st.binary(max_size=128))
def test_any_memory_is_read_or_not(memory):
    content = decode(memory)
    assert content is None or content.item


def test_afi_values():
    assert (AfiValues().octet(secured=True), AfiValues().octet(secured=False)) == (0x07, 0xC2)
    assert AfiValues().secures(0x07)
    assert not AfiValues().secures(0xC2)
    assert not AfiValues().secures(0x00)
    other = AfiValues(in_stock=0xC2, lent=0x07)
    assert other.secures(0xC2)
    assert [other.meaning(afi) for afi in (0xC2, 0x07, 0x00)] == [True, False, None]


@pytest.mark.parametrize("values", [(7, 7), (-1, 7), (7, 256)])
def test_impossible_afi_values_are_our_misuse(values):
    with pytest.raises(Misuse):
        AfiValues(*values)
