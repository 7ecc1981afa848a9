"""Sounds as files and back; the chimes."""

from __future__ import annotations

import io
import wave as stdlib
from array import array
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import Misuse
from drivers.voice.chimes import CHIMES, chime, silence
from drivers.voice.wave import MAX_S, TOP, Wave, parse
from tests.drivers.voice.fuzz_wave import feed

TWO = Wave(array("h", [1, -1, 258, -32768]), 8000, 2)
FILE = bytes.fromhex(
    "52494646 2c000000 57415645 666d7420 10000000 0100 0200 401f0000 007d0000 0400 1000 64617461 08000000"
    "0100 ffff 0201 0080"
)


def test_a_file_octet_by_octet():
    assert TWO.octets() == FILE
    assert parse(FILE) == TWO
    assert TWO.seconds == 2 / 8000


def test_other_programs_read_it():
    with stdlib.open(io.BytesIO(chime("ok").octets())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert file.getnframes() == len(chime("ok").samples)


@pytest.mark.parametrize(
    "octets",
    [
        FILE[:12] + b"LIST" + b"\x03\0\0\0abc\0" + FILE[12:],  # a chunk of odd length before
        FILE[:40] + b"\xff\xff\xff\x7f" + FILE[44:],  # written into a pipe: length unknown
        FILE + b"\0",  # half a sample behind
        FILE + b"LIST\x00\0\0\0",
    ],
)
def test_what_others_write_is_read(octets):
    assert parse(octets) == TWO


@pytest.mark.parametrize(
    ("octets", "error"),
    [
        (b"", "no WAV file"),
        (b"OggS" + bytes(40), "no WAV file"),
        (FILE[:12], "does not say"),
        (FILE[:40] + bytes(4), "without a sound"),
        (FILE[:20] + b"\x03\0" + FILE[22:], "format 3"),
        (FILE[:34] + b"\x08\0" + FILE[36:], "8 bits"),
        (FILE[:22] + b"\x03\0" + FILE[24:], "3 channels"),
        (FILE[:24] + b"\0\0\0\0" + FILE[28:], "0 Hz"),
        (silence(1000 * (MAX_S + 1), 8000).octets(), "a sound of 61 s"),
    ],
)
def test_what_is_no_sound_of_ours(octets, error):
    with pytest.raises(Misuse, match=error):
        parse(octets)


@settings(max_examples=40)
@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=40), st.sampled_from([8000, 22_050, 48_000]))
def test_both_ways(samples, rate):
    wave = Wave(array("h", samples), rate)
    assert parse(wave.octets()) == wave
    feed(wave.octets()[: len(samples) + 30])


def test_louder_and_after():
    assert TWO.louder(0.5).samples == array("h", [0, 0, 129, -16384])
    assert TWO.after(TWO).samples == TWO.samples + TWO.samples


@pytest.mark.parametrize("name", CHIMES)
def test_a_chime_can_be_heard_and_does_not_click(name):
    sound = chime(name, 8000)
    assert 0.5 * TOP < max(sound.samples) < 0.75 * TOP
    assert abs(sound.samples[0]) < 0.02 * TOP
    assert sound.seconds == pytest.approx(sum(tone.ms for tone in CHIMES[name]) / 1000 + 0.12, abs=0.01)


def test_the_chimes_go_up_and_down():
    """Zero crossings of the first and the last tone."""

    def hertz(name, tone):
        before = sum(each.ms for each in CHIMES[name][:tone])
        start = 8 * before
        samples = chime(name, 8000).samples[start : start + 8 * CHIMES[name][tone].ms]
        crossings = sum(a < 0 <= b for a, b in pairwise(samples))
        return crossings * 1000 / CHIMES[name][tone].ms

    assert hertz("ok", 0) == pytest.approx(880, rel=0.03)
    assert hertz("ok", 1) == pytest.approx(1320, rel=0.03)
    assert hertz("refused", 1) == pytest.approx(330, rel=0.03)


def test_a_chime_before_words_of_two_channels():
    sound = chime("ok", 8000, 2)
    assert sound.samples[0::2] == sound.samples[1::2] == chime("ok", 8000).samples
