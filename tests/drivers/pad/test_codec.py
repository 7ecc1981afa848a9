"""Frames: every literal packet, every cut, every noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.pad.feig.codec import MAX_ADVANCED, NOT_YET, Decoder, Frame, crc16, encode
from tests.drivers.tag import vectors

frames = st.builds(
    Frame,
    address=st.integers(0, 255),
    command=st.integers(0, 255),
    body=st.binary(min_size=1, max_size=240),
    kind=st.sampled_from(["standard", "advanced"]),
)
OK = Frame(0, 0xB0, b"\0", "standard")


def drained(decoder):
    heard = []
    while (frame := decoder.next()) is not NOT_YET:
        heard.append(frame)
    return heard


@pytest.mark.parametrize("vector", vectors.of("feig", "feigstd", "feigadv"))
def test_literal_frames_are_read_and_written(vector):
    decoder = Decoder(shortest_body=0)
    decoder.feed(vector.octets)
    frame = decoder.next()
    assert encode(frame) == vector.octets
    assert (decoder.next(), decoder.skipped) == (NOT_YET, 0)


def test_a_production_reply_with_trouble_in_its_status():
    """An ID ISC.MR101 that reports status 83 beside three good UIDs."""
    octets = bytes.fromhex(
        "020027 00 B0 83 03 0300E00401503309CE74 0300E0040100467 07A28 0300E00401500B219724 78C9".replace(
            " ", ""
        )
    )
    decoder = Decoder(shortest_body=1)
    decoder.feed(octets)
    assert decoder.next().body[:2] == b"\x83\x03"


def test_the_crc_over_a_frame_and_its_crc_is_0():
    assert crc16(encode(OK)) == 0


@given(st.lists(frames, max_size=4), st.data())
def test_any_split_gives_the_same_frames(sent, data):
    decoder, heard = Decoder(shortest_body=1), []
    octets = b"".join(encode(frame) for frame in sent)
    while octets:
        cut = data.draw(st.integers(1, len(octets)))
        decoder.feed(octets[:cut])
        heard += drained(decoder)
        octets = octets[cut:]
    assert heard == sent
    assert not decoder.waiting


@given(frames)
def test_half_a_frame_at_each_cut_is_not_yet(frame):
    octets = encode(frame)
    decoder = Decoder(shortest_body=1)
    for at in range(len(octets)):
        assert decoder.next() is NOT_YET
        assert decoder.waiting == (at > 0)
        decoder.feed(octets[at : at + 1])
    assert decoder.next() == frame


@given(frames, st.binary(max_size=20))
def test_noise_before_a_frame_is_passed_over_at_the_next_silence(frame, noise):
    decoder = Decoder(shortest_body=1)
    decoder.feed(noise + encode(frame))
    heard = drained(decoder)
    while decoder.waiting:
        if (found := decoder.silence()) is not NOT_YET:
            heard += [found, *drained(decoder)]
    assert frame in heard


@given(frames, st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_noise_inside_a_frame_never_makes_it_another(frame, at, noise):
    octets = encode(frame)
    at = 1 + at % (len(octets) - 1)
    decoder = Decoder(shortest_body=1)
    decoder.feed(octets[:at] + noise + octets[at:])
    heard = drained(decoder)
    while decoder.waiting:
        if (found := decoder.silence()) is not NOT_YET:
            heard += [found, *drained(decoder)]
    # a frame by chance needs its length and 16 bits of CRC to agree
    assert all(len(each.body) < len(frame.body) + len(noise) for each in heard if each != frame)


def test_a_frame_within_a_frame_is_data_while_the_outer_one_can_still_come():
    outer = Frame(0, 0xB0, b"\0\1\6\0" + encode(OK), "standard")
    decoder = Decoder(shortest_body=1)
    for octet in encode(outer)[:-1]:
        decoder.feed(bytes([octet]))
        assert decoder.next() is NOT_YET
    decoder.feed(encode(outer)[-1:])
    assert decoder.next() == outer


def test_a_request_is_no_reply_and_a_reply_needs_a_status():
    request = Frame(0xFF, 0x69, b"", "standard")
    asks, answers = Decoder(shortest_body=0), Decoder(shortest_body=1)
    asks.feed(encode(request))
    answers.feed(encode(request))
    assert asks.next() == request
    assert answers.next() is NOT_YET
    assert answers.silence() is NOT_YET
    assert answers.skipped == 5


def test_what_a_peer_sends_is_bounded():
    decoder = Decoder(shortest_body=1)
    for _ in range(20):
        decoder.feed(b"\x02\x0a\x28" + bytes(1000))
        decoder.next()
    assert decoder.skipped >= 20 * 1003 - MAX_ADVANCED
    decoder.clear()
    decoder.feed(encode(OK))
    assert decoder.next() == OK


def test_a_length_beyond_all_replies_is_noise():
    decoder = Decoder(shortest_body=1)
    decoder.feed(b"\x02\xff\xff" + encode(OK))
    assert [decoder.next(), decoder.silence()].count(OK) == 1


@pytest.mark.parametrize(("kind", "octets"), [("standard", 251), ("advanced", 2594)])
def test_a_body_too_long_is_our_misuse(kind, octets):
    with pytest.raises(Misuse):
        encode(Frame(0, 0xB0, bytes(octets), kind))
    assert len(encode(Frame(0, 0xB0, bytes(octets - 1), kind))) in {255, 2600}
