"""Frames and texts of identity cards: literal octets, both ways, and what is no frame and no person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card.sdt.codec import LONGEST, NOT_YET, Decoder, Frame, encode
from drivers.card.sdt.layout import is_number, parse
from drivers.card.sdt.messages import KEPT_OCTETS, Reply, Request, Status, reply, sam_number, text_of
from drivers.emulators import sdt
from drivers.errors import Misbehaved, Misuse, Unsupported
from tests.drivers.card.people import GARCIA, LEE, SMITH, ZHANG, person

FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
NONE = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")


def decoded(octets, kept=KEPT_OCTETS):
    decoder = Decoder(kept)
    decoder.feed(octets)
    return decoder.next()


@pytest.mark.parametrize(
    ("asked", "octets"),
    [
        (Request.FIND, "AA AA AA 96 69 00 03 20 01 22"),
        (Request.SELECT, "AA AA AA 96 69 00 03 20 02 21"),
        (Request.READ, "AA AA AA 96 69 00 03 30 01 32"),
        (Request.SAM_NUMBER, "AA AA AA 96 69 00 03 12 FF EE"),
    ],
    ids=lambda each: each.name if isinstance(each, Request) else "",
)
def test_requests(asked, octets):
    assert encode(asked.value) == bytes.fromhex(octets)


def test_replies():
    assert reply(decoded(FOUND)) == Reply(Status.FOUND, bytes(4), 4)
    assert reply(decoded(NONE)) == Reply(Status.NO_CARD, b"", 0)
    told = reply(decoded(encode(bytes.fromhex("00 00 90") + sdt.SAM_NUMBER)))
    assert sam_number(told) == "05.01-20080626-0000101529-2119862553"


def test_a_reply_answers_its_own_request_alone():
    answers = {
        Request.FIND: [reply(decoded(FOUND)), reply(decoded(NONE))],
        Request.SELECT: [Reply(Status.OK, bytes(8), 8), Reply(Status.NOT_SELECTED, b"", 0)],
        Request.READ: [Reply(Status.OK, bytes(260), 1284), Reply(Status.NOT_READ, b"", 0)],
        Request.SAM_NUMBER: [Reply(Status.OK, bytes(16), 16)],
    }
    for asked in Request:
        for request, replies in answers.items():
            assert {each.answers(asked) for each in replies} == {asked is request}
        assert Reply(Status.SAM_FAILS, b"", 0).answers(asked)


def test_a_whole_reading_is_1295_octets_of_which_no_photo_is_kept():
    text = sdt.text_of(ZHANG)
    octets = encode(bytes.fromhex("00 00 90 01 00 04 00") + text + sdt.PHOTO)
    assert len(octets) == 1295
    decoder = Decoder(KEPT_OCTETS)
    for at in range(0, len(octets), 5):
        assert decoder.next() is NOT_YET
        decoder.feed(octets[at : at + 5])
        assert len(decoder._body) <= KEPT_OCTETS
        assert len(decoder._octets) <= 11
    frame = decoder.next()
    assert (len(frame.body), frame.length) == (KEPT_OCTETS, 1287)
    assert text_of(reply(frame)) == text
    assert not decoder.waiting
    assert not decoder._body


@pytest.mark.parametrize("cut", range(len(FOUND)))
def test_a_frame_is_found_wherever_it_is_cut_and_whatever_stands_before_it(cut):
    for noise in (
        b"",
        b"\xaa",
        b"\xaa\xaa\xaa",
        bytes.fromhex("AA AA AA 96 69 00 02"),
        bytes.fromhex("AA AA AA 96 69 FF FF"),
    ):
        decoder = Decoder(KEPT_OCTETS)
        decoder.feed(noise + FOUND[:cut])
        assert decoder.next() is NOT_YET
        decoder.feed(FOUND[cut:] + NONE)
        assert reply(decoder.next()).status == Status.FOUND
        assert reply(decoder.next()).status == Status.NO_CARD
        assert decoder.noise == len(noise)


@pytest.mark.parametrize("at", range(5, len(FOUND)))
def test_one_wrong_bit_is_no_frame(at):
    octets = bytearray(FOUND)
    octets[at] ^= 0x01
    assert decoded(bytes(octets)) is NOT_YET


def test_endless_noise_is_not_kept():
    decoder = Decoder(KEPT_OCTETS)
    for _ in range(200):
        decoder.feed(b"\xaa" * 4096)
        assert decoder.next() is NOT_YET
    assert len(decoder._octets) < 5
    decoder.feed(bytes.fromhex("AA AA AA 96 69") + LONGEST.to_bytes(2) + bytes(LONGEST - 1))
    assert decoder.next() is NOT_YET
    assert decoder.waiting
    decoder.clear()
    decoder.feed(FOUND)
    assert isinstance(decoder.next(), Frame)


@settings(max_examples=40)
@given(st.binary(min_size=2, max_size=1300), st.integers(2, 300), st.lists(st.integers(0, 1300), max_size=4))
def test_frames_both_ways_in_any_pieces(body, kept, cuts):
    octets, decoder = encode(body), Decoder(kept)
    edges = sorted({0, len(octets), *(cut for cut in cuts if cut < len(octets))})
    for begin, end in pairwise(edges):
        assert decoder.next() is NOT_YET
        decoder.feed(octets[begin:end])
    assert decoder.next() == Frame(body[:kept], len(body))


def test_what_is_too_short_or_too_long_for_a_frame():
    for body in (b"\x20", bytes(LONGEST)):
        with pytest.raises(Misuse):
            encode(body)
    with pytest.raises(Misbehaved):
        reply(Frame(b"\x00\x00", 2))
    with pytest.raises(Misbehaved):
        reply(Frame(b"\x20\x01\x90", 3))
    with pytest.raises(Misbehaved):
        text_of(Reply(Status.OK, bytes.fromhex("00 FF 04 00") + bytes(256), 1284))


# ---------------------------------------------------------------- the text
@pytest.mark.parametrize("card", [ZHANG, LEE, SMITH, GARCIA], ids=lambda card: card.number[:3])
def test_each_kind_of_card_both_ways(card):
    assert parse(sdt.text_of(card)) == card


def test_a_resident_s_text_octet_by_octet():
    text = sdt.text_of(ZHANG)
    assert text[:6] == bytes.fromhex("20 5F 09 4E 20 00")
    assert text[30:36] == bytes.fromhex("32 00 30 00 31 00")
    assert text[122:126] == bytes.fromhex("31 00 31 00")
    assert text[204:208] == "长期".encode("utf-16-le")


def test_a_foreigner_without_a_chinese_name_has_the_english_one():
    text = bytearray(sdt.text_of(replace(SMITH, name="")))
    text[0:20] = "SMITH ANNE".encode("utf-16-le")
    assert parse(bytes(text)).name == "SMITH ANNE"


MARIA = "GARCIA MARQUEZ, MARIA DE LOS ANGELES CONCEPCION"
COMPATRIOT = (
    ("陈大文", 15), ("1", 1), ("", 2), ("19940823", 8), ("广东省深圳市罗湖区某某路 1 号", 35),
    ("810000199408230021", 18), ("深圳市公安局", 15), ("20190101", 8), ("20240101", 8),
    ("H12345678", 9), ("01", 2), ("", 3), ("J", 1), ("", 3),
)  # fmt: skip
FOREIGNER_2017 = (
    (MARIA, 60), ("2", 1), ("ESP440088031210", 15), ("ESP", 3), ("", 15), ("20170616", 8), ("20270615", 8),
    ("19880312", 8), ("01", 2), ("1500", 4), ("I", 1), ("", 3),
)  # fmt: skip
FOREIGNER_2023 = (
    ("", 15), ("2", 1), ("01", 2), ("19880312", 8), (MARIA[:35], 35), ("944072419880312043", 18), ("", 15),
    ("20231201", 8), ("20331201", 8), (MARIA[35:46], 11), ("ESP", 3), ("Y", 1), ("441", 3),
)  # fmt: skip
"""Each field of the published tables in their order, with its length in characters."""


def text_on(fields):
    text = "".join(value.ljust(width) for value, width in fields).encode("utf-16-le")
    assert len(text) == 256
    return text


def test_a_compatriot_field_by_field():
    card = parse(text_on(COMPATRIOT))
    assert (card.name, card.number, card.kind) == ("陈大文", "810000199408230021", "compatriot")
    assert (card.nation, card.address, card.issuer) == ("", "广东省深圳市罗湖区某某路 1 号", "深圳市公安局")
    assert (card.born, card.valid_until) == (date(1994, 8, 23), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("fields", "name", "number", "issuer", "until"),
    [
        (FOREIGNER_2017, MARIA, "ESP440088031210", "1500", date(2027, 6, 15)),
        (FOREIGNER_2023, MARIA[:46], "944072419880312043", "", date(2033, 12, 1)),
    ],
    ids=["2017", "2023"],
)
def test_a_foreigner_field_by_field(fields, name, number, issuer, until):
    card = parse(text_on(fields))
    assert (card.name, card.number, card.kind, card.sex) == (name, number, "foreigner", 2)
    assert (card.nation, card.address, card.issuer) == ("", "", issuer)
    assert (card.born, card.valid_until) == (date(1988, 3, 12), until)


@pytest.mark.parametrize("number", ["11010519491231002X", "944072419880312044", "USA194912310015   "])
def test_a_foreigner_of_2023_has_a_number_of_its_own_kind(number):
    text = bytearray(sdt.text_of(GARCIA))
    text[122:158] = number.encode("utf-16-le")
    with pytest.raises(Misbehaved, match="number"):
        parse(bytes(text))


@pytest.mark.parametrize("kind", "Z1")
def test_other_kinds_are_refused(kind):
    text = bytearray(sdt.text_of(ZHANG))
    text[248:250] = kind.encode("utf-16-le")
    with pytest.raises(Unsupported, match="not known"):
        parse(bytes(text))


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_check_digit_lets_no_wrong_digit_and_no_swap_through(number):
    assert is_number(number)
    for at in range(17):
        digits = [number[:at] + digit + number[at + 1 :] for digit in "0123456789" if digit != number[at]]
        assert not any(is_number(wrong) for wrong in digits)
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert swapped == number or not is_number(swapped)
    assert not is_number(number[:17])
    assert not is_number(number + "0")


@pytest.mark.parametrize(
    ("field", "at", "text"),
    [
        ("name", 0, " " * 15),
        ("sex", 30, "3"),
        ("nation", 32, "57"),
        ("born", 36, "19491232"),
        ("born", 36, "1949123 "),
        ("number", 122, "110105194912310021"),
        ("valid_from", 188, "20100230"),
        ("valid_until", 204, "永远"),
    ],
)
def test_what_no_card_says_is_misbehaved_and_tells_nobody_s_number(field, at, text):
    octets = bytearray(sdt.text_of(ZHANG))
    octets[at : at + 2 * len(text)] = text.encode("utf-16-le")
    with pytest.raises(Misbehaved, match=field) as raised:
        parse(bytes(octets))
    assert raised.value.frame == b""
    assert "110105" not in str(raised.value)


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_octets_are_a_card_or_a_declared_error(text):
    with pytest.raises((Misbehaved, Unsupported)):
        parse(text.ljust(256, b"\0"))


def test_no_repr_tells_a_word():
    frame = decoded(encode(bytes.fromhex("00 00 90 01 00 04 00") + sdt.text_of(ZHANG) + sdt.PHOTO))
    for shown in (repr(frame), repr(reply(frame)), repr(ZHANG), repr(Decoder(9))):
        assert not any(word in shown for word in ("张三", "110105", "5F 09", "5f 09", "31 00"))
    assert person(1).number != person(2).number
