from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.events import TagContent
from drivers.tag import iso28560_2, iso28560_3
from drivers.tag.detect import decode, read, read_user, reversed_blocks
from drivers.tag.reading import Reading
from drivers.tag.security import AfiValues, Security, Shown
from tests.drivers.tag import vectors

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


@pytest.mark.parametrize("memory", [b"", bytes(36), b"\x55" * 36])
def test_blank_tags_are_nothing(memory):
    assert decode(memory) is None
    assert read(memory) == Reading("blank")


@pytest.mark.parametrize(
    "memory", ["03140000", "0411010032303039303130313031323300000000", "04110000" + "00" * 16]
)
def test_foreign_tags_are_nothing(memory):
    assert read(bytes.fromhex(memory)) == Reading("unknown")


@pytest.mark.parametrize("vector", vectors.of("3mtag"))
def test_3m_tags_are_read(vector):
    reading = read(vector.octets)
    assert (reading.model, reading.content.item) == ("3m", vector.value["content"])
    assert reading.content.parts == vector.value["total"]
    named = {name: str(number) for name, number in vector.value.items() if name in reading.elements}
    assert named.items() <= reading.elements.items()


def test_a_damaged_danish_tag_says_what_does_not_fit():
    reading = read(DANISH[:4] + b"9" + DANISH[5:])
    assert (reading.model, reading.content) == ("iso28560-3", None)
    assert reading.elements["PII"] == "09234567"
    assert "CRC" in reading.warnings[0]


@pytest.mark.parametrize("item", ["1094795585", "13026219334465", "35246862222"])
def test_a_bare_item_whose_number_looks_like_text_is_read(item):
    assert decode(iso28560_2.encode(TagContent(item=item)).ljust(36, b"\0")).item == item


@pytest.mark.parametrize(
    ("memory", "item"),
    [
        ("5106E5E3B65E38FF", "rxveqc"),  # the CRC of ISO 28560-3 over it is 0
        ("A1020705925964215862000055", "05925964215862"),
        ("3105 6B9B53E18000", "MNMUGXL"),
    ],
)
def test_a_short_stream_is_no_danish_tag_whatever_stands_behind_it(memory, item):
    octets = bytes.fromhex(memory)
    fill = b"\0" if octets[-1] == 0xFF else b"U"
    assert decode(octets.ljust(112, fill)).item == item


@given(st.binary(max_size=128))
def test_any_memory_is_read_or_not(memory):
    content = decode(memory)
    assert content is None or content.item


@pytest.mark.parametrize(
    ("octets", "model", "told"),
    [
        (CHINESE, "iso28560-2", {"PII": "01234567"}),
        (bytes.fromhex("060201D0140204B30000"), "iso28560-4", {"SI": "1203"}),
        (bytes.fromhex("0C0228081004000200010000"), "cultu", {"OI": "10248", "SI": "1/2"}),
        (bytes.fromhex("06"), "unknown", {}),
        (bytes.fromhex("0C02"), "unknown", {}),
        (bytes(8), "blank", {}),
    ],
)
def test_a_user_bank_by_itself(octets, model, told):
    reading = read_user(octets)
    assert reading.model == model
    assert told.items() <= reading.elements.items()


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


@pytest.mark.parametrize(
    ("marks", "shown", "meaning"),
    [
        ("afi", Shown(afi=0x07), True),
        ("afi", Shown(afi=0x00), None),
        ("eas", Shown(eas=False), False),
        ("both", Shown(0x07, eas=True), True),
        ("both", Shown(0xC2, eas=False), False),
        ("both", Shown(0xC2, eas=True), None),
        ("both", Shown(0x07), None),
    ],
)
def test_what_the_marks_of_a_library_mean(marks, shown, meaning):
    security = Security(marks)
    assert security.meaning(shown) is meaning
    assert meaning is None or security.wanted(meaning) == shown


def test_marks_in_words():
    assert [str(Shown(0x07)), str(Shown(eas=False)), str(Shown(0xC2, eas=True))] == [
        "AFI 07",
        "EAS off",
        "AFI C2, EAS on",
    ]
