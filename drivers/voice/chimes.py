"""Three sounds that need no language, generated. Pure.

chime     tones                                   says
ok        880 Hz, then 1320 Hz (a fifth up)       done, come in
refused   440 Hz, then 330 Hz (a fourth down)     not this time; look at the screen
alarm     960 Hz and 770 Hz in turn, six times    leave the book, leave the room (EN 457 wants 300 to 3000 Hz)
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import pi, sin
from typing import Literal

from drivers.voice.wave import TOP, Wave

Chime = Literal["ok", "refused", "alarm"]

FADE_S = 0.008
"""At both ends of a tone: a tone that begins at once clicks."""
PEAK = 0.7


@dataclass(frozen=True, slots=True)
class Tone:
    hertz: float
    ms: int


CHIMES: Mapping[Chime, tuple[Tone, ...]] = {
    "ok": (Tone(880, 110), Tone(1320, 190)),
    "refused": (Tone(440, 180), Tone(330, 320)),
    "alarm": (Tone(960, 250), Tone(770, 250)) * 6,
}
PAUSE_MS = 120
"""Between a chime and the words after it."""


@cache
def chime(name: Chime, rate: int = 22_050, channels: int = 1) -> Wave:
    """The sound, with a short pause behind it."""
    samples = array("h")
    for tone in CHIMES[name]:
        for sample in _tone(tone, rate):
            samples.extend((sample,) * channels)
    return Wave(samples + array("h", bytes(2 * channels * (rate * PAUSE_MS // 1000))), rate, channels)


def silence(ms: int, rate: int = 22_050) -> Wave:
    """Nothing, to hear whether the card is there."""
    return Wave(array("h", bytes(2 * (rate * ms // 1000))), rate)


def _tone(tone: Tone, rate: int) -> list[int]:
    frames = rate * tone.ms // 1000
    fade = FADE_S * rate
    return [
        int(TOP * PEAK * min(1.0, at / fade, (frames - at) / fade) * sin(2 * pi * tone.hertz * at / rate))
        for at in range(frames)
    ]
