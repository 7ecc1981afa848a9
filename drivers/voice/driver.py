"""The voice of a room as configuration and documents know it: `driver = "voice"`."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from drivers.device import Voice
from drivers.errors import Misuse
from drivers.kit import Driver, Settings
from drivers.voice.programs import Player
from drivers.voice.prompts import SHIPPED, load
from drivers.voice.sources import Sources
from drivers.voice.voice import RoomVoice, Volume

Percent = Annotated[int, Meta(ge=0, le=100)]


CHINESE = "cmn-latn-pinyin"
"""Reads Chinese characters and pinyin; espeak-ng's `cmn` reads the pinyin behind them as English."""


def _voices() -> dict[str, str]:
    return {"zh-CN": CHINESE, "zh-Latn": CHINESE, "en": "en", "ug-Arab": "ug", "kk-Cyrl": "kk"}


def _read_as() -> dict[str, str]:
    return {"zh-CN": "zh-Latn", "kk-Arab": "kk-Cyrl"}


class VoiceSettings(Settings, frozen=True):
    """Chimes, recordings and spoken prompts through a sound card."""

    player: tuple[str, ...] = ("aplay", "-q")
    """Plays the WAV file on its standard input: `["aplay", "-q", "-D", "plughw:CARD=Device"]`."""
    recordings: Path | None = None
    """Folder of recordings: `zh-CN/come_in.wav`, or `.ogg`."""
    prompts: Path | None = None
    """File of what can be said, with its words by language; left out: the house's own."""
    synthesiser: tuple[str, ...] = ("espeak-ng", "--stdin", "--stdout", "-v", "{voice}", "-s", "150")
    """Reads words of which there is no recording; an empty list: nothing does."""
    voices: dict[str, str] = field(default_factory=_voices)
    """Language → voice of the synthesiser."""
    read_as: dict[str, str] = field(default_factory=_read_as)
    """Language → another whose words are read for it where there are any: the same in another script."""
    decoder: tuple[str, ...] = ("oggdec", "-Q", "-o", "-")
    """Turns an `.ogg` recording, its last word, into WAV on its standard output."""
    volume_day: Percent = 80
    volume_night: Percent = 40
    night_from: time = time(22)
    """Local time from which `volume_night` holds."""
    night_until: time = time(7)
    check_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0
    """How often an idle card is tried with silence; 0: only when something was not played."""


def make(name: str, settings: VoiceSettings) -> Voice:
    """The voice, silent.

    Raises:
        Misuse: the file of prompts cannot be read; no player.
    """
    if not settings.player:
        raise Misuse("no program plays: `player` is empty")
    sources = Sources(
        load(settings.prompts or SHIPPED),
        settings.recordings,
        settings.synthesiser,
        settings.voices if settings.synthesiser else {},
        settings.read_as,
        settings.decoder,
    )
    volume = Volume(settings.volume_day, settings.volume_night, settings.night_from, settings.night_until)
    return RoomVoice(name, sources, Player(settings.player), volume, settings.check_s)


DRIVER = Driver("voice", "voice", "Chimes and spoken prompts through a sound card", VoiceSettings, make)
