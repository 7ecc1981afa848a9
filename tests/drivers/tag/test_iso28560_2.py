from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.events import TagContent
from drivers.tag.compaction import Compaction
from drivers.tag.detect import decode
from drivers.tag.elements import Element
from drivers.tag.iso28560_2 import arrange, encode, parse, salvage
from drivers.tag.layout import stand
from tests.drivers.tag import vectors

NAMES = {"PII": 1, "CP": 2, "OI": 3, "SI": 4, "TU": 5, "SL": 6, "OMF": 7, "T": 17, "AOI": 23}

EXAMPLE = bytes.fromhex("9100051CBE991A140201D0140204B34607441CB6E2E335D6830207ACC09EBAA06F6B0000")


@pytest.mark.parametrize("vector", vectors.of("hf2", "hf2real"))
def test_tags_are_read(vector):
    stream = parse(vector.octets)
    expected = {NAMES[name]: text for name, text in vector.value.items() if name in NAMES}
    assert {oid: stream.text(oid) for oid in expected} == expected
    assert {each.oid for each in stream.elements} <= {*expected, NAMES["CP"]}
    assert stream.warnings == ()
    assert decode(vector.octets).item == vector.value["PII"]


@pytest.mark.parametrize("vector", vectors.of("hf2bad"))
def test_a_broken_end_leaves_the_item_and_a_warning(vector):
    content = decode(vector.octets)
    assert content.item == vector.value["PII"]
    assert content.warnings
    assert (content.owner, content.usage) == ("GLCJZYJSXX", 0x10)


def test_the_worked_example_says_all_of_it():
    assert decode(EXAMPLE) == TagContent(
        item="123456789012", owner="US-InU-Mu", parts=12, part=3, model="iso28560-2"
    )


WRITTEN = {
    "GB/T35660.2 complete example": {"locked": {1, 3}, "oids": (1, 4, 6, 3)},
    "example+title": {"locked": {1, 3, 17}, "oids": (1, 3, 17, 4, 6)},
}


@pytest.mark.parametrize("vector", [each for each in vectors.of("hf2") if each.values[0].name in WRITTEN])
def test_tags_are_written_and_locked_as_the_standard_does(vector):
    stream, how = parse(vector.octets), WRITTEN[vector.name]
    wanted = [Element(oid, stream.text(oid), locked=oid in how["locked"]) for oid in how["oids"]]
    layout = arrange(wanted)
    assert b"".join(layout.blocks) == vector.octets
    assert layout.write_map == vector.value["write_map"]
    assert layout.locked_blocks == vector.value.get("locked_blocks", layout.locked_blocks)
    assert layout.locked_blocks == layout.write_map.replace("w", "l")


UNUSUAL = {"long CP padding", "zhiyan 1", "zhiyan 2", "zhiyan 3", "inventory"}
"""Zeros at the end of a content parameter; two characters of five bits; cut off within a padding."""


@pytest.mark.parametrize(
    "vector", [each for each in vectors.of("hf2", "hf2real") if each.values[0].name not in UNUSUAL]
)
def test_what_was_read_is_written_in_the_same_octets(vector):
    octets = b""
    for element in parse(vector.octets).elements:
        begin = vector.octets[len(octets) :]
        offset = begin[0] & 0x80
        size = begin[2] + begin[1] + 3 if offset else begin[1] + 2
        octets += stand(element, len(octets), len(octets) + size if offset else 1)
    assert octets == vector.octets[: len(octets)]
    assert not any(vector.octets[len(octets) :])


def test_a_book_is_one_locked_item_and_what_is_known():
    content = TagContent(item="B0004711", owner="CN-120104-C-YBL", parts=3, part=2, usage=0x10)
    octets = encode(content)
    assert len(octets) % 4 == 0
    assert decode(octets) == TagContent(
        item="B0004711", owner="CN-120104-C-YBL", parts=3, part=2, usage=0x10, model="iso28560-2"
    )


def test_a_type_of_usage_that_is_no_octet_is_none():
    assert decode(bytes.fromhex("11021234" + "75027A7A")).usage is None


def test_an_owner_that_is_no_isil_goes_to_the_alternative_element():
    assert decode(encode(TagContent(item="B1", owner="馆01"))).owner == "馆01"


contents = st.builds(
    TagContent,
    item=st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0x2FFF, categories=("L", "N", "P")),
        min_size=1,
        max_size=40,
    ),
    owner=st.text(alphabet="-:/ABZabz019馆", max_size=20),
    parts=st.integers(1, 999),
    part=st.just(1),
    model=st.just("iso28560-2"),
    usage=st.none() | st.integers(0, 255),
)


@given(contents, st.binary(max_size=8))
def test_what_is_written_is_read_whatever_stands_behind_the_end(content, junk):
    assert decode(encode(content) + b"\0" + junk) == content


@given(contents, st.data())
def test_a_memory_cut_anywhere_is_read_up_to_the_cut(content, data):
    octets = encode(content)
    cut = octets[: data.draw(st.integers(0, len(octets)))]
    read = decode(cut)
    assert read is None or read.item == content.item


@given(st.binary(max_size=256))
def test_any_memory_is_read_or_not(memory):
    content = decode(memory)
    assert content is None or content.item


@pytest.mark.parametrize(
    ("memory", "why"),
    [
        ("", "nothing"),
        ("00000000", "blank"),
        ("0201D0", "does not begin with the item"),
        ("0100", "an empty item"),
        ("610100", "an item of a control character"),
        ("110107", "an integer of one digit"),
    ],
)
def test_no_item_is_no_content(memory, why):
    assert decode(bytes.fromhex(memory)) is None, why


@pytest.mark.parametrize(
    ("tail", "warning"),
    [
        ("43", "octet 4: the memory ends within a header"),
        ("460A44", "octet 4: element 6 of 10 octets reaches beyond the memory"),
        ("4704C328", "octet 4: element 7 of 4 octets reaches beyond the memory"),
        ("7F0202C328", "octet 4: no UTF-8: invalid continuation byte"),
        ("C601014447013C", "octet 8: element 6 has no zeros for its padding"),
        ("140106", "octet 4: an integer of 2 to 19 digits was expected"),
        ("24020304", "set information '0304'"),
        ("7404C2B2C2B2", "set information '²²'"),
    ],
)
def test_what_is_odd_is_a_warning(tail, warning):
    content = decode(bytes.fromhex("11021234" + tail))
    assert content.item == "4660"
    assert content.warnings == (warning,)


@pytest.mark.parametrize(
    "wanted",
    [
        [Element(5, "zz")],
        [Element(6, "")],
        [Element(6, "馆" * 86)],
        [Element(1, "13")],
        [Element(6, "A"), Element(6, "B")],
        [Element(6, "ab", compaction=Compaction.BITS_6)],
    ],
)
def test_what_has_no_place_is_our_misuse(wanted):
    with pytest.raises(Misuse):
        arrange([Element(1, "12"), *wanted])


@pytest.mark.parametrize("wanted", [[], [Element(3, "DE-1")], [Element(1, "")]])
def test_a_tag_begins_with_an_item_number(wanted):
    with pytest.raises(Misuse, match="begins with an item number"):
        arrange(wanted)


values = st.dictionaries(
    st.sampled_from([*range(3, 28), 200]), st.from_regex(r"[0-9A-F]{2}", fullmatch=True), max_size=6
)


@given(values, st.sets(st.integers(1, 27)), st.sampled_from([1, 4, 8]))
def test_any_elements_locked_anyhow_are_read_again_and_end_with_their_blocks(others, locked, block_octets):
    wanted = [Element(oid, text, oid in locked) for oid, text in {1: "B0001", **others}.items()]
    layout = arrange(wanted, block_octets)
    stream = parse(b"".join(layout.blocks))
    assert stream.warnings == ()
    assert {each.oid: each.text for each in stream.elements if each.oid != 2} == {1: "B0001", **others}
    for element in (each for each in wanted if each.locked):
        alone = parse(
            b"".join(block for block, shut in zip(layout.blocks, layout.locked, strict=True) if shut)
        )
        assert element.text in {each.text for each in alone.elements if each.oid == element.oid}


def test_a_tag_known_to_be_of_this_model_may_begin_with_anything():
    memory = bytes.fromhex("0301FF" + "11021234")
    assert decode(memory) is None
    assert salvage(memory).content.item == "4660"
    assert salvage(bytes.fromhex("0201D0")).content is None


def test_an_element_that_cannot_be_read_hides_none_behind_it():
    reading = salvage(bytes.fromhex("11021234" + "0302EF40" + "650110"))  # an ISIL that shifts twice
    assert (reading.content.item, reading.content.owner, reading.content.usage) == ("4660", "", 0x10)
    assert reading.warnings == ("octet 4: a switch after a shift",)


def test_zeros_behind_an_item_number_are_no_part_of_it():
    assert decode(bytes.fromhex("6107" + "42303030310000")).item == "B0001"


def test_a_set_of_more_parts_than_six_digits_tell_is_our_misuse():
    assert decode(encode(TagContent("B1", parts=999, part=7))).parts == 999
    with pytest.raises(Misuse, match="1000 parts"):
        encode(TagContent("B1", parts=1000, part=7))


def test_an_element_twice_counts_once():
    reading = salvage(bytes.fromhex("11021234" + "660141" + "660142"))
    assert reading.elements == {"PII": "4660", "SL": "A"}
    assert reading.warnings == ("element 6 stands twice",)
