"""UHF tags: the EPC bank, URN Code 40, ISO 28560-4 and CULTU, each against its literal octets."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misbehaved, Misuse
from drivers.events import TagContent
from drivers.tag import cultu, cultu_item, gen2, iso28560_4, urn40
from drivers.tag.compaction import Compaction
from drivers.tag.detect import epc_bank, read_epc
from drivers.tag.elements import Element
from tests.drivers.tag import vectors

CODING = {"cultu96": cultu_item.Coding.BITS_96, "cultu128": cultu_item.Coding.BITS_128}
CULTU = [param.values[0] for param in vectors.of("cultutag")]
(GB,) = [param.values[0] for param in vectors.of("gbepc")]
(GB_USER,) = [param.values[0] for param in vectors.of("gbuser")]


# ---------------------------------------------------------------- the EPC bank
@pytest.mark.parametrize("vector", vectors.of("gen2crc"))
def test_the_crc(vector):
    assert f"{gen2.crc16(vector.octets):04X}" == vector.value


@pytest.mark.parametrize("vector", CULTU, ids=str)
def test_a_bank_is_the_same_with_its_crc_and_without(vector):
    bank = epc_bank(vector.octets)
    assert bank == epc_bank(vector.octets[2:])
    assert bytes(bank) == vector.octets[2:]
    told = (bank.pc.words, bank.pc.user_memory, bank.pc.iso)
    assert told == (vector.value["words"], bool(vector.value["umi"]), bool(vector.value["iso"]))


def test_a_wrong_crc_is_a_warning():
    bank = epc_bank(b"\0\0" + CULTU[0].octets[2:])
    assert bank.code == CULTU[0].octets[4:]
    assert bank.warnings == ("the CRC is 0000, the octets make C157",)


def test_a_code_alone_is_taken_as_one():
    bank = epc_bank(CULTU[0].octets[4:])
    assert bank.warnings == ("no protocol control word",)
    assert read_epc(bank).content.item == "32103179"


@pytest.mark.parametrize("octets", ["", "30", "300000", "F8" * 71])
def test_other_octets_are_no_bank(octets):
    with pytest.raises(Misbehaved):
        epc_bank(bytes.fromhex(octets))


@pytest.mark.parametrize("code", [b"1", bytes(64)])
def test_a_code_that_no_bank_holds_is_our_misuse(code):
    with pytest.raises(Misuse):
        gen2.bank(code, user_memory=False)


# ---------------------------------------------------------------- URN Code 40
@pytest.mark.parametrize("vector", vectors.of("urn40"))
def test_urn_code_40(vector):
    assert urn40.decode(vector.octets) == vector.value
    assert urn40.encode(vector.value) == vector.octets


@given(st.text(st.characters(min_codepoint=1, max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=30))
def test_every_text_survives(text):
    octets = urn40.encode(text)
    assert len(octets) % 2 == 0
    assert urn40.decode(octets) == text


@pytest.mark.parametrize("digits", ["000000000", "9" * 24, "0" * 23 + "1", "1" * 30])
def test_long_numbers_keep_their_zeros(digits):
    assert urn40.decode(urn40.encode("A" + digits)) == "A" + digits


@pytest.mark.parametrize("text", ["A\0", "😀", "A\ud800"])
def test_what_has_no_code_is_our_misuse(text):
    with pytest.raises(Misuse):
        urn40.encode(text)


@pytest.mark.parametrize("octets", ["14", "FF00", "FA01", "FB", "FB2102", "FB00FFFFFFFF", "FC80", "FEE4B9"])
def test_what_no_writer_wrote_is_misbehaved(octets):
    with pytest.raises(Misbehaved):
        urn40.decode(bytes.fromhex(octets))


# ---------------------------------------------------------------- ISO 28560-4
def test_a_national_tag_is_read():
    bank = epc_bank(GB.octets)
    reading = read_epc(bank, GB_USER.octets)
    assert f"{bank.pc.attribute:02X}" == GB.value["afi"]
    assert reading.elements["UII"] == GB.value["uii"]
    assert reading.content == TagContent("12345678.31", "CH-000134-1", 12, 3, "iso28560-4")
    assert reading.elements["SL"] == GB_USER.value["SL"]


def test_a_national_tag_is_written():
    content = TagContent("12345678.31", "CH-000134-1")
    assert bytes(iso28560_4.encode(content, 0xC2, user_memory=True)) == GB.octets
    owner = Element(3, "US-InU-Mu", compaction=Compaction.BITS_7)
    others = [Element(4, "1203"), Element(6, "QA268.L55"), owner]
    assert iso28560_4.encode_user(others) == GB_USER.octets


@pytest.mark.parametrize("owner", ["", "CN-320500"])
@pytest.mark.parametrize("item", ["B0001", "A.1", "12345678901", "书1"])
def test_what_is_written_is_read_from_the_epc_bank_alone(owner, item):
    bank = iso28560_4.encode(TagContent(item, owner), 0x07, user_memory=False)
    assert read_epc(epc_bank(bytes(bank))).content == TagContent(item, owner, model="iso28560-4")


def test_an_owner_with_a_full_stop_is_our_misuse():
    with pytest.raises(Misuse):
        iso28560_4.encode(TagContent("1", "A.B"), 0x07, user_memory=False)


def test_a_uii_that_is_no_code_is_told_where_the_model_is_known():
    bank = gen2.bank(b"\xff\xff", user_memory=False, iso=True, attribute=0x07)
    assert read_epc(bank).model == "unknown"
    assert iso28560_4.salvage(bank).warnings == ("no three characters of URN Code 40",)


# ---------------------------------------------------------------- CULTU
@pytest.mark.parametrize("vector", vectors.of("cultu96", "cultu128"))
def test_item_numbers_both_ways(vector):
    coding = CODING[vector.family]
    width = cultu_item.CODINGS[coding].octets
    assert cultu_item.decode(coding, vector.octets.ljust(width, b"\0")) == vector.value
    assert cultu_item.encode(coding, vector.value) == vector.octets.ljust(width, b"\0")


@given(st.text(st.characters(min_codepoint=1, max_codepoint=0x7F), min_size=1, max_size=14))
def test_every_item_number_survives_every_coding_that_fits(item):
    chosen = cultu_item.choose(item)
    for coding, codec in cultu_item.CODINGS.items():
        if codec.fits(item):
            assert cultu_item.decode(coding, cultu_item.encode(coding, item)) == item
            assert chosen <= coding


@pytest.mark.parametrize("vector", vectors.of("cultucp"))
def test_the_content_index(vector):
    assert list(cultu.present(int.from_bytes(vector.octets))) == vector.value


@pytest.mark.parametrize("vector", CULTU, ids=str)
def test_real_tags(vector):
    epc, user = (bytes.fromhex(part) for part in vector.hexadecimal.split("|"))
    reading = read_epc(epc_bank(epc), user)
    expected = vector.value
    assert (reading.model, reading.content.item) == ("cultu", expected["pii"])
    assert reading.elements["sorting"] == str(expected["sort"])
    assert reading.elements["version"] == str(expected["version"])
    assert reading.elements["CP"] == ",".join(map(str, expected["cp"]))
    assert [[3, reading.elements["OI"]], [4, reading.elements["SI"]]] == expected["user"]


@pytest.mark.parametrize("vector", vectors.of("cultuuser"))
def test_values_of_the_user_bank(vector):
    oid = {"type of usage": 5, "set information": 4}.get(vector.name, 3)
    user = bytes([oid << 2, len(vector.octets)]) + vector.octets
    reading = cultu.read_user(user)
    assert list(reading.elements.values()) == [vector.value]
    bank, written = cultu.encode(TagContent("A1"), {oid: vector.value})
    assert written == user
    assert bank.pc.user_memory


@given(
    item=st.from_regex(r"[0-9A-Z]{3}[0-9]{4,10}.", fullmatch=True).filter(str.isascii),
    owner=st.sampled_from(["", "10248", "90000", "00001"]),
    parts=st.integers(1, 0xFFFF),
    lent=st.booleans(),
)
def test_what_is_written_is_read(item, owner, parts, lent):
    content = TagContent(item, owner, parts, parts, "cultu")
    bank, user = cultu.encode(content, lent=lent)
    reading = cultu.salvage(epc_bank(bytes(bank)), user)
    assert reading.elements["security"] == ("lent" if lent else "in stock")
    assert reading.elements["PII"] == item
    assert reading.content in {content, None}


@pytest.mark.parametrize(
    ("item", "user"),
    [
        ("书", {}),
        ("", {}),
        ("A" * 15, {}),
        ("A", {7: "x"}),
        ("A", {3: "1"}),
        ("A", {5: "300.1"}),
        ("A", {4: "x"}),
    ],
)
def test_what_cultu_cannot_say_is_our_misuse(item, user):
    with pytest.raises(Misuse):
        cultu.encode(TagContent(item), user)


def test_reserved_bits_are_told():
    head = cultu.Head(lent=True, reserved=2, sorting=17, version=4, index=0x00A1)
    bank = gen2.bank(bytes(head) + bytes.fromhex("FE35491154346F1D"), user_memory=False)
    reading = read_epc(bank)
    assert reading.content.item == "ABC0123456789_"
    assert (reading.elements["security"], reading.elements["reserved"], reading.elements["sorting"]) == (
        "lent",
        "2",
        "17",
    )
    assert reading.elements["CP"] == "3,12,15"


def test_a_category_without_a_status():
    assert cultu.encode(TagContent("A1"), {5: "1"})[1] == bytes.fromhex("14020100")


@pytest.mark.parametrize("vector", vectors.of("uhfblank"))
def test_what_the_factory_writes_is_blank(vector):
    assert read_epc(epc_bank(vector.octets)).model == "blank"
    assert read_epc(epc_bank(bytes(12))).model == "blank"


@pytest.mark.parametrize(
    "code", ["19E9F8710000000000000000", "30700000000000000000000A", "170300030000000000000000"]
)
def test_other_trades_are_unknown(code):
    assert read_epc(epc_bank(bytes.fromhex("3000" + code))).model == "unknown"


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_banks_are_read_or_not(epc, user):
    with suppress(Misbehaved):
        bank = epc_bank(epc)
        for reading in (read_epc(bank, user), cultu.salvage(bank, user), iso28560_4.salvage(bank, user)):
            assert reading.content is None or reading.content.item
