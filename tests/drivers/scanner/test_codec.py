"""The scanner's codec: what is whole becomes a payload, everything else is dropped and says why."""

from __future__ import annotations

import pytest

from drivers.card.code.plug import Verified
from drivers.events import CardShown
from drivers.scanner.codec import AIM_RULES, MAX_PAYLOAD, MediumRule, Payload, ScanCodec, Spoiled

CARD = Payload("2110004711", "card")


def codec(rules=AIM_RULES):
    return ScanCodec(rules, gap_s=0.5, debounce_s=1.5)


@pytest.mark.parametrize(
    ("octets", "payloads"),
    [
        (b"2110004711\r", [CARD]),
        (b"2110004711\n", [CARD]),
        (b"2110004711\r\n", [CARD]),
        (b"\r\n\r\n", []),
        (b"2110004711\r\n2110004712\r\n", [CARD, Payload("2110004712", "card")]),
        (b"\x022110004711\x03\r", [CARD]),
        (b"\x00\x7f2110004711\t\r", [CARD]),
        (b" 2110004711 \r", [CARD]),
        (b"]Q12110004711\r", [Payload("2110004711", "qr")]),
        (b"]d22110004711\r", [Payload("2110004711", "qr")]),
        (b"]C09787530679326\r", [Payload("9787530679326", "barcode")]),
        ("]Q1读者:张三\r".encode(), [Payload("读者:张三", "qr")]),
        (b"2110004711", []),
    ],
)
def test_payloads(octets, payloads):
    assert codec().feed(octets, 0.0) == payloads


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"\xc4\xe3\xba\xc3\r", "not UTF-8"),
        (b"]Q1\r", "fits no rule"),
        (b"9" * (MAX_PAYLOAD + 1) + b"\r", f"longer than {MAX_PAYLOAD} octets"),
        (b"9" * (4 * MAX_PAYLOAD) + b"\r", f"longer than {MAX_PAYLOAD} octets"),
    ],
)
def test_spoiled_and_well_again(octets, why):
    scans = codec()
    assert scans.feed(octets, 0.0) == [Spoiled(why, octets.rstrip(b"\r")[:32])]
    assert scans.feed(b"2110004711\r", 0.0) == [CARD]


def test_no_repr_tells_a_number():
    told = (CARD, Spoiled("fits no rule", b"2110004711"), CardShown("desk", "2110004711", "card"))
    assert not any("2110004711" in repr(each) for each in (*told, Verified("2110004711")))


def test_longest_payload_passes():
    text = "9" * MAX_PAYLOAD
    assert codec().feed(text.encode() + b"\r", 0.0) == [Payload(text, "card")]


def test_a_tail_after_a_silence_is_no_number():
    scans = codec()
    assert scans.feed(b"211000", 0.0) == []
    assert scans.feed(b"4711\r", 0.6) == [Spoiled("silent for more than 0.5 s before its end", b"2110004711")]
    assert scans.feed(b"2110004711\r", 0.7) == [CARD]


def test_a_pause_within_the_gap_is_no_silence():
    scans = codec()
    assert scans.feed(b"211000", 0.0) == []
    assert scans.feed(b"", 0.3) == []
    assert scans.feed(b"4711\r", 0.5) == [CARD]


def test_the_same_showing_counts_once_for_as_long_as_it_lasts():
    scans = codec()
    shown = [scans.feed(b"2110004711\r", now) for now in (0.0, 1.0, 2.0, 3.5)]
    assert shown == [[CARD], [], [], []]
    assert scans.feed(b"2110004711\r", 5.1) == [CARD]


def test_another_card_in_between_ends_the_showing():
    scans = codec()
    other = Payload("2110004712", "card")
    assert scans.feed(b"2110004711\r2110004712\r2110004711\r", 0.0) == [CARD, other, CARD]


def test_the_same_number_on_another_medium_is_another_showing():
    qr = Payload("2110004711", "qr")
    assert codec().feed(b"2110004711\r]Q12110004711\r", 0.0) == [CARD, qr]


def test_rules_by_length_and_prefix():
    rules = (
        MediumRule("card", min_length=8, max_length=8),
        MediumRule("qr", prefix="https://r.example/", cut=18),
        MediumRule("barcode", min_length=10, max_length=14),
    )
    scans = codec(rules)
    assert scans.feed(b"04A1B2C3\r", 0.0) == [Payload("04A1B2C3", "card")]
    assert scans.feed(b"https://r.example/2110004711\r", 0.0) == [Payload("2110004711", "qr")]
    assert scans.feed(b"2110004711\r", 0.0) == [Payload("2110004711", "barcode")]
    assert scans.feed(b"211000471\r", 0.0) == [Spoiled("fits no rule", b"211000471")]
