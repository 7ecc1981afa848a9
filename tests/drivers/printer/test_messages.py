"""What a printer says of itself, octet by octet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import Misbehaved
from drivers.printer.escpos.messages import MAX_KEPT, Ear, Status
from tests.drivers.printer.fuzz_escpos import feed


@pytest.mark.parametrize(
    ("octets", "status", "trouble"),
    [
        ("12121212", Status("enough"), ""),
        ("1212121e", Status("low"), ""),
        ("16121212", Status("enough"), ""),  # the drawer's pin
        ("1a32127e", Status("out", offline=True), "the paper is out"),
        ("12121232", Status("out"), "the paper is out"),  # heads that set one bit of the two
        ("1a161212", Status("enough", cover_open=True, offline=True), "the cover is open"),
        ("1a521a12", Status("enough", offline=True, broken="cutter"), "the cutter is jammed"),
        (
            "1a523212",
            Status("enough", offline=True, broken="unrecoverable"),
            "the printer reports an unrecoverable error",
        ),
        (
            "1a1a1212",
            Status("enough", offline=True),
            "the printer is offline",
        ),  # somebody holds the feed button
    ],
)
def test_a_status_is_four_octets(octets, status, trouble):
    assert Status.parse(bytes.fromhex(octets)) == status
    assert status.trouble == trouble


@pytest.mark.parametrize(
    "octets", ["", "121212", "1212121212", "12121200", "ff121212", "12121292", "11121212"]
)
def test_what_is_none(octets):
    with pytest.raises(Misbehaved):
        Status.parse(bytes.fromhex(octets))


def test_the_ear_tells_answers_apart():
    ear = Ear()
    ear.feed(bytes.fromhex("12 11 16 13 00 55"))
    assert (ear.statuses, ear.done, ear.foreign) == (b"\x12\x16", True, True)
    ear.forget()
    assert (ear.statuses, ear.done, ear.foreign, ear.heard) == (b"", True, False, b"")


def test_one_flipped_bit_makes_no_answer_of_another():
    flipped = [octet ^ 1 << bit for octet in (0x00, 0x03, 0x0C, 0x0F) for bit in range(8)]
    ear = Ear()
    ear.feed(bytes(octet for octet in flipped))
    assert not ear.done
    for bit in range(8):
        ear.feed(bytes((0x12 ^ 1 << bit,)))
    assert not ear.done


def test_the_ear_never_grows():
    ear = Ear()
    ear.feed(b"\x12" * 10_000)
    ear.feed(b"\x12")
    assert len(ear.statuses) == len(ear.heard) == MAX_KEPT
    assert ear.foreign


@settings(max_examples=60)
@given(st.binary(max_size=60))
def test_any_octets(octets):
    feed(octets)
