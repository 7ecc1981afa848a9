"""From bits to numbers, from keys to entries."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card.number import Numbering
from drivers.card.osdp.cards import Unreadable, number
from drivers.card.osdp.keypad import Keypad
from drivers.card.osdp.messages import CardRead
from drivers.errors import Misbehaved

HEX, DECIMAL = Numbering(), Numbering(encoding="decimal")


def wiegand(facility: int, card: int, facility_bits: int) -> CardRead:
    """A card as a reader sends it, parity and all, written from the layout's page."""
    bits = f"{facility:0{facility_bits}b}{card:016b}"
    half = len(bits) // 2
    even = str(bits[:half].count("1") % 2)
    odd = str(1 - bits[half:].count("1") % 2)
    whole = even + bits + odd
    octets = int(whole.ljust((len(whole) + 7) // 8 * 8, "0"), 2).to_bytes((len(whole) + 7) // 8)
    return CardRead(octets, len(whole))


@pytest.mark.parametrize(
    ("card", "form", "numbering", "printed", "shown"),
    [
        (CardRead(bytes.fromhex("A1B2C304"), 32), "raw", HEX, False, "A1B2C304"),
        (CardRead(bytes.fromhex("A1B2C304"), 32), "raw", Numbering(reversed=True), False, "04C3B2A1"),
        (CardRead(bytes.fromhex("A1B2C304"), 32), "raw", DECIMAL, False, "2712847108"),
        (CardRead(b"2110004711", 80), "raw", Numbering(encoding="text"), False, "2110004711"),
        (CardRead(b"2110004711", 80, text=True), "wiegand26", HEX, False, "2110004711"),
        (CardRead(bytes.fromhex("1FFF80"), 17), "raw", HEX, False, "003FFF"),
        (CardRead(bytes.fromhex("3B451480"), 26), "wiegand26", DECIMAL, True, "11835369"),
        (CardRead(bytes.fromhex("3B451480"), 26), "wiegand26", HEX, False, "768A29"),
        (wiegand(0xA1B2, 0xC304, 16), "wiegand34", HEX, False, "A1B2C304"),
        (wiegand(0xA1B2, 0xC304, 16), "wiegand34", HEX, True, "4139449924"),
    ],
)
def test_numbers(card, form, numbering, printed, shown):
    assert number(card, form, numbering, printed=printed) == shown


@settings(max_examples=40)
@given(facility=st.integers(1, 254), card=st.integers(0, 0xFFFF), flipped=st.integers(0, 25))
def test_one_wrong_bit_is_never_another_reader_s_number(facility, card, flipped):
    read = wiegand(facility, card, 8)
    assert number(read, "wiegand26", HEX) == f"{facility << 16 | card:06X}"
    spoilt = (int.from_bytes(read.octets) ^ 1 << 31 - flipped).to_bytes(4)
    with pytest.raises(Unreadable):
        number(CardRead(spoilt, 26), "wiegand26", HEX)


@pytest.mark.parametrize(
    "card", [CardRead(b"\1\2\3\4", 32), CardRead(b"", 0), CardRead(b"\1", 2000)], ids=["bits", "none", "lies"]
)
def test_another_kind_of_card_gives_no_number(card):
    with pytest.raises(Misbehaved):
        number(card, "wiegand26", HEX)


def test_an_entry_ends_with_enter_or_a_pause():
    pad = Keypad(5.0)
    assert pad.press(b"12", 0.0) == []
    assert pad.press(b"34\r9", 1.0) == ["1234"]
    assert pad.wait(5.9) == []
    assert pad.wait(6.0) == ["9"]
    assert pad.wait(20.0) == []
    assert pad.press(b"7", 30.0) == []
    assert pad.press(b"8#", 36.0) == ["7", "8"]


def test_clear_and_what_is_too_long_begin_anew():
    pad = Keypad(5.0)
    assert pad.press(b"12\x7f34\r\r", 0.0) == ["34"]
    assert pad.press(b"5*6#", 0.0) == ["6"]
    assert pad.press(b"1" * 17 + b"2\r", 0.0) == ["2"]
    assert pad.press(b"\x00\xffA1#", 0.0) == ["1"]
    pad.press(b"99", 0.0)
    pad.forget()
    assert pad.press(b"#", 0.0) == []
