"""A sound card without sound: keeps what it was asked to play.

As a player of the configuration, one process a sound, which takes as long as the sound does:

    player = ["python", "-m", "drivers.emulators.player", "heard.jsonl", "{prompt}", "{language}"]

writes a line of JSON a sound: `{"prompt", "language", "seconds", "peak"}`; nothing for the silence by which a card is
tried. While a file `heard.jsonl.away` is there, the card is not.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.voice.programs import Playing
from drivers.voice.wave import Wave, parse

AWAY = "aplay: main:831: audio open error: No such device"
"""As ALSA says it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One sound that was begun."""

    prompt: str
    language: str
    seconds: float
    peak: int
    """Largest sample, 0 to 32767."""

    @classmethod
    def of(cls, wave: Wave, prompt: str, language: str) -> Heard:
        """What a person would tell of it."""
        return cls(prompt, language, round(wave.seconds, 3), max(map(abs, wave.samples), default=0))


class EmulatedSpeaker:
    """A `drivers.voice.programs.Speaker` in this process, on a clock of its own choice."""

    identity = "emulated speaker"

    def __init__(self, clock: Callable[[], float]) -> None:
        self.heard: list[Heard] = []
        self.away = False
        """The card is pulled out; what plays is cut short and fails."""
        self.hangs = False
        """A player never ends."""
        self.stopped = 0
        """Sounds that were ended before their time."""
        self._clock = clock

    def play(self, wave: Wave, prompt: str, language: str) -> Playing:
        if prompt and not self.away:
            self.heard.append(Heard.of(wave, prompt, language))
        return _Sound(self, self._clock, self._clock() + wave.seconds)


class _Sound:
    def __init__(self, speaker: EmulatedSpeaker, clock: Callable[[], float], ends_at: float) -> None:
        self._speaker = speaker
        self._clock = clock
        self._ends_at = ends_at

    def ended(self) -> bool:
        return not self._speaker.hangs and (self._speaker.away or self._clock() >= self._ends_at)

    def error(self) -> str:
        return AWAY if self._speaker.away else ""

    def stop(self) -> None:
        self._speaker.stopped += not self.ended()


def main(log: Path, prompt: str, language: str) -> int:
    """Take one sound from standard input and last as long as it does."""
    if log.with_name(f"{log.name}.away").exists():
        sys.stderr.write(f"{AWAY}\n")
        return 1
    wave = parse(sys.stdin.buffer.read())
    heard = Heard.of(wave, prompt, language)
    if prompt:
        with log.open("a", encoding="utf-8") as file:
            told = {"prompt": heard.prompt, "language": heard.language}
            file.write(json.dumps(told | {"seconds": heard.seconds, "peak": heard.peak}) + "\n")
    time.sleep(wave.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
