"""Any octets to the reader of recordings."""

from __future__ import annotations

from contextlib import suppress

from drivers.errors import Misuse
from drivers.voice.chimes import silence
from drivers.voice.wave import parse

_FILE = silence(4, 8000).octets()
SEEDS = (_FILE, _FILE[:12] + b"LIST\3\0\0\0abc\0" + _FILE[12:], _FILE[:40] + b"\xff\xff\xff\x7f" + _FILE[44:])


def feed(octets: bytes) -> None:
    """What it takes it can write, and read again."""
    with suppress(Misuse):
        wave = parse(octets)
        assert parse(wave.octets()) == wave
        assert len(wave.louder(0.5).samples) == len(wave.samples)
