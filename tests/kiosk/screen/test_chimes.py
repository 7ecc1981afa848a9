"""The two sounds are sound files, short, small and different."""

from __future__ import annotations

import io
import struct
import wave

import pytest

from kiosk.screen.chimes import NOTES, RATE_HZ, wav


@pytest.mark.parametrize("name", NOTES)
def test_a_sound_is_a_short_wav_that_begins_and_ends_in_silence(name: str):
    with wave.open(io.BytesIO(wav(name))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        samples = struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes()))
    assert len(samples) / RATE_HZ < 0.5
    assert len(wav(name)) <= 16_000
    assert samples[0] == 0
    assert max(map(abs, samples[-16:])) < 200
    assert 8_000 < max(samples) < 20_000


def test_they_differ():
    assert wav("good") != wav("attention")


def test_there_is_no_third():
    with pytest.raises(KeyError):
        wav("scream")
