from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misbehaved, Misuse
from drivers.tag import isil
from drivers.tag.compaction import Compaction, choose, pack, unpack
from tests.drivers.tag import vectors


@pytest.mark.parametrize("vector", vectors.of("compact1", "compact2", "compact3", "compact4", "compact5"))
def test_vectors_pack_and_unpack(vector):
    compaction = Compaction(int(vector.family[-1]))
    assert unpack(compaction, vector.octets) == vector.value
    assert pack(compaction, vector.value) == vector.octets


@pytest.mark.parametrize("vector", vectors.of("isil", "isil_alt"))
def test_isil_unpacks(vector):
    assert isil.unpack(vector.octets) == vector.value


@pytest.mark.parametrize("vector", vectors.of("isil"))
def test_isil_packs(vector):
    assert isil.pack(vector.value) == vector.octets


@pytest.mark.parametrize(
    ("text", "compaction"),
    [
        ("12", Compaction.INTEGER),
        ("9" * 19, Compaction.INTEGER),
        ("9" * 20, Compaction.NUMERIC),
        ("7", Compaction.NUMERIC),
        ("0123", Compaction.NUMERIC),
        ("ABC", Compaction.BITS_5),
        ("AB", Compaction.BITS_6),
        ("TP312/88", Compaction.BITS_6),
        ("Lib01", Compaction.BITS_7),
        ("书屋", Compaction.UTF_8),
        ("²", Compaction.UTF_8),
    ],
)
def test_the_first_that_fits_is_chosen(text, compaction):
    assert choose(text) is compaction
    assert unpack(compaction, pack(compaction, text)) == text


# A space at the end is a padding in 6 bits: a library has no item number that ends so.
@given(st.text(min_size=1).filter(lambda text: not text.endswith(" ")))
def test_every_text_survives_its_own_compaction(text):
    compaction = choose(text)
    assert unpack(compaction, pack(compaction, text)) == text


@given(st.text(alphabet="-:/ABXYZabxyz019", min_size=1))
def test_every_isil_survives(text):
    assert isil.unpack(isil.pack(text)) == text


@given(st.sampled_from(Compaction), st.binary())
def test_any_octets_are_read_or_misbehaved(compaction, octets):
    for read in (isil.unpack, lambda given: unpack(compaction, given)):
        with suppress(Misbehaved):
            assert isinstance(read(octets), str)


@pytest.mark.parametrize(
    ("compaction", "octets"),
    [
        (Compaction.INTEGER, "07"),  # one digit
        (Compaction.INTEGER, "FFFFFFFFFFFFFFFFFF"),  # 22 digits
        (Compaction.NUMERIC, "1A"),
        (Compaction.NUMERIC, "FF"),
        (Compaction.BITS_5, "0046"),  # a 00000 that is no padding
        (Compaction.BITS_7, "FFFF"),  # a 1111111 that is no padding
        (Compaction.UTF_8, "C328"),
    ],
)
def test_what_no_writer_wrote_is_misbehaved(compaction, octets):
    with pytest.raises(Misbehaved):
        unpack(compaction, bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("compaction", "text"),
    [
        (Compaction.INTEGER, "012"),
        (Compaction.NUMERIC, "1A"),
        (Compaction.BITS_5, "AB"),
        (Compaction.BITS_6, "ab"),
        (Compaction.OCTETS, "书"),
        (Compaction.UTF_8, "\ud800"),
        (Compaction.APPLICATION, "x"),
    ],
)
def test_what_does_not_fit_is_our_misuse(compaction, text):
    with pytest.raises(Misuse):
        pack(compaction, text)


@pytest.mark.parametrize("text", ["", "\ud800"])
def test_no_text_and_half_a_character_have_no_compaction(text):
    with pytest.raises(Misuse):
        choose(text)
    with pytest.raises(Misuse):
        isil.pack(text)


def test_a_switch_after_a_shift_is_misbehaved():
    with pytest.raises(Misbehaved, match="after a shift"):
        isil.unpack(bytes([0b11101_111, 0b01_000000]))
