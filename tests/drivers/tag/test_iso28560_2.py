from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.events import TagContent
from drivers.tag.iso28560_2 import Element, decode, encode, parse, write
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


@pytest.mark.parametrize(
    ("elements", "octets"),
    [
        (
            [
                Element(1, "123456789012", locked=True),
                Element(4, "1203"),
                Element(6, "QA268.L55"),
                Element(3, "US-InU-Mu", locked=True),
            ],
            "9100051CBE991A140201D0140204B34607441CB6E2E335D6830207ACC09EBAA06F6B0000",
        ),
        (
            [
                Element(1, "123456789012", locked=True),
                Element(4, "1203"),
                Element(6, "QA268.L55"),
                Element(3, "US-InU-Mu", locked=True),
                Element(17, "test", locked=True),
            ],
            "9100051CBE991A140202D002140204B3C60207441CB6E2E335D600000307ACC09EBAA06F6B7F020474657374",
        ),
    ],
)
def test_elements_are_written_as_the_standard_does(elements, octets):
    assert write(elements).hex().upper() == octets


def test_a_book_is_one_locked_item_and_what_is_known():
    content = TagContent(item="B0004711", owner="CN-120104-C-YBL", parts=3, part=2, usage=0x10)
    octets = encode(content)
    assert len(octets) % 4 == 0
    assert decode(octets) == TagContent(
        item="B0004711", owner="CN-120104-C-YBL", parts=3, part=2, usage=0x10, model="iso28560-2"
    )


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
    ],
)
def test_what_is_odd_is_a_warning(tail, warning):
    content = decode(bytes.fromhex("11021234" + tail))
    assert content.item == "4660"
    assert content.warnings == (warning,)


@pytest.mark.parametrize("element", [Element(5, "zz"), Element(1, "")])
def test_what_has_no_place_is_our_misuse(element):
    with pytest.raises(Misuse):
        write([Element(1, "12"), element])
