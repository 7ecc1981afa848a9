from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misbehaved, Misuse
from drivers.events import TagContent
from drivers.tag import detect
from drivers.tag.detect import decode
from drivers.tag.extension import Extension
from drivers.tag.extension import encode as extension
from drivers.tag.iso15693 import system_information, uid_octets, uid_text
from drivers.tag.iso28560_3 import crc16, encode, parse, read, salvage
from tests.drivers.tag import vectors

DEICHMAN = bytes.fromhex("110101313030333031313836303937363030322FB04E4F3032303330303030000000")


@pytest.mark.parametrize("vector", vectors.of("crc"))
def test_the_crc(vector):
    assert f"{crc16(vector.octets):04X}" == vector.value["crc"]


@pytest.mark.parametrize("vector", vectors.of("hf3"))
def test_basic_blocks_are_read(vector):
    block = parse(vector.octets)
    told = {
        "version": block.version,
        "usage": block.usage,
        "parts": block.parts,
        "part": block.part,
        "pii": block.item,
        "crc": f"{block.crc:04x}",
        "country": block.country,
        "isil": block.library,
    }
    assert told == vector.value


def test_a_production_tag_says_the_same_as_every_model():
    assert decode(DEICHMAN) == TagContent(
        item="1003011860976002", owner="NO-02030000", model="iso28560-3", usage=0x10
    )


def test_it_is_written_as_it_was_read():
    assert encode(decode(DEICHMAN)) == DEICHMAN


def sealed(octets, at, instead):
    """The block with other octets somewhere, and the CRC that goes with them."""
    octets[at : at + len(instead)] = instead
    octets[19:21] = crc16(bytes(octets[:19] + octets[21:34]).ljust(32, b"\0")).to_bytes(2, "little")
    return bytes(octets)


@pytest.mark.parametrize("order", [(3, 2), (2, 3)])
def test_both_orders_of_parts_and_part(order):
    octets = sealed(bytearray(encode(TagContent(item="1", owner="DE-705"))), 1, bytes(order))
    content = decode(octets)
    assert (content.parts, content.part) == (3, 2)


def test_part_0_is_a_warning():
    octets = sealed(bytearray(encode(TagContent(item="1"))), 1, b"\1\0")
    content = decode(octets)
    assert (content.part, content.warnings) == (1, ("part 0 of 1",))


@pytest.mark.parametrize("octet", range(34))
def test_any_flipped_bit_is_seen_and_makes_no_other_book(octet):
    for bit in range(8):
        octets = bytearray(DEICHMAN)
        octets[octet] ^= 1 << bit
        assert decode(bytes(octets)) is None


@given(st.binary(max_size=64))
def test_any_memory_is_read_or_not(memory):
    content = decode(memory)
    assert content is None or content.item


@given(
    item=st.from_regex(r"[!-~]{1,16}", fullmatch=True),
    owner=st.from_regex(r"([A-Z]{2}-[A-Za-z0-9]{1,9}|[0-9]{5})?", fullmatch=True),
    parts=st.integers(1, 255),
)
def test_what_is_written_is_read(item, owner, parts):
    content = TagContent(item=item, owner=owner, parts=parts, part=parts, model="iso28560-3", usage=0x10)
    assert decode(encode(content)) == content
    assert decode(encode(content)[:32]) == content


@pytest.mark.parametrize(
    "content",
    [
        TagContent("12345678901234567"),
        TagContent("书"),
        TagContent("1", parts=256),
        TagContent("1", parts=2, part=3),
        TagContent("1", owner="DE-123456789012"),
        TagContent("1", owner="DEU-1"),
    ],
)
def test_what_does_not_fit_is_our_misuse(content):
    with pytest.raises(Misuse):
        encode(content)


TITLE, LIBRARY = Extension(4, ("漂流", "II")), Extension(1, ("\1", "QA1"))


def test_extension_blocks_are_read_up_to_the_first_that_is_broken():
    good = DEICHMAN + extension(TITLE) + extension(LIBRARY)
    reading = read(good + bytes(4))
    assert (reading.elements["title"], reading.elements["library extension"], reading.warnings) == (
        "漂流 / II",
        "\1 / QA1",
        (),
    )
    broken = bytearray(good)
    broken[34 + 6] ^= 1
    assert read(bytes(broken)).warnings == ("extension block 1 is broken",)
    assert decode(bytes(broken)).item == "1003011860976002"


def test_a_block_that_was_not_read_to_its_end_is_not_odd():
    assert read((DEICHMAN + extension(TITLE))[:36]).warnings == ()


def test_an_extension_block_has_at_most_255_octets_of_utf_8():
    with pytest.raises(Misuse):
        extension(Extension(4, ("x" * 251,)))
    with pytest.raises(Misuse):
        extension(Extension(4, ("\ud800",)))


@pytest.mark.parametrize("octets", [28, 32, 36])
def test_a_chip_of_any_length_is_read_where_the_library_fits(octets):
    block = encode(TagContent("30113", owner="DE-705")).ljust(36, b"\0")[:octets]
    for memory in (block, detect.reversed_blocks(block, 4)):
        assert (decode(memory).item, decode(memory).owner) == ("30113", "DE-705")


@pytest.mark.parametrize("item", [b"", b"12\x0034"])
def test_a_right_crc_without_an_item_number_is_told_so(item):
    reading = detect.read(sealed(bytearray(DEICHMAN), 3, item.ljust(16, b"\0")))
    assert (reading.content, reading.warnings) == (None, ("no item number that can be read",))


def test_a_wrong_crc_is_told_where_the_model_is_known():
    damaged = DEICHMAN[:5] + b"9" + DEICHMAN[6:]
    assert decode(damaged) is None
    reading = salvage(damaged)
    assert reading.content.item == "1093011860976002"
    assert reading.warnings == ("the CRC is B02F, the octets make 0E79",)
    assert salvage(DEICHMAN) == read(DEICHMAN)
    assert salvage(b"").content is None


@pytest.mark.parametrize("vector", vectors.of("hf3sys"))
def test_system_information(vector):
    told = system_information(vector.octets)
    assert {"flags": told.flags, "uid": told.uid, "dsfid": told.dsfid, "afi": told.afi} == vector.value
    assert (told.blocks, told.block_octets, told.ic_reference) == (None, None, None)


def test_system_information_with_everything():
    told = system_information(bytes.fromhex("0F55443322110004E006C21B0301"))
    assert (told.dsfid, told.afi, told.blocks, told.block_octets, told.ic_reference) == (6, 0xC2, 28, 4, 1)


def test_system_information_cut_short():
    with pytest.raises(Misbehaved):
        system_information(bytes.fromhex("0355443322110004E000"))


def test_uids_both_ways():
    assert uid_text(uid_octets("E004001122334455")) == "E004001122334455"


@pytest.mark.parametrize(
    "text", ["", "E00400112233445", "e004001122334455", "0004001122334455", "E0040011223344556"]
)
def test_no_uid_is_our_misuse(text):
    with pytest.raises(Misuse):
        uid_octets(text)
