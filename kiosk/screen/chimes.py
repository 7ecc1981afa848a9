"""Two short sounds as WAV: one rises (done), one falls (look here). Made once, 16 kB each at most."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import cache

RATE_HZ = 16_000
LOUDNESS = 0.35
"""Of full scale: heard in a quiet room, no alarm."""

NOTES: dict[str, tuple[tuple[float, float], ...]] = {
    "good": ((659.26, 0.10), (987.77, 0.22)),
    "attention": ((587.33, 0.14), (440.00, 0.26)),
}
"""Frequency in Hz (E5 B5; D5 A4) and length in seconds, one after the other."""


@cache
def wav(name: str) -> bytes:
    """The sound as a whole file: PCM, 16 bits, one channel.

    Raises:
        KeyError: there is no such sound.
    """
    samples = [sample for hertz, length_s in NOTES[name] for sample in _note(hertz, length_s)]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _note(hertz: float, length_s: float) -> list[int]:
    """A struck bell: begins within 5 ms so that it does not click, then dies away."""
    count = int(length_s * RATE_HZ)
    note = []
    for n in range(count):
        strike = min(n / (0.005 * RATE_HZ), 1.0)
        decay = math.exp(-3.0 * n / count) * (1 - n / count)
        tone = math.sin(2 * math.pi * hertz * n / RATE_HZ)
        note.append(round(32767 * LOUDNESS * strike * decay * tone))
    return note
