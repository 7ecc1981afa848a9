"""Where the sound of a prompt comes from.

    1  a recording in the language            recordings/ug-Arab/come_in.wav
    2  its words, read by espeak-ng           where it has a voice for the language
    3  nothing                                an error that names prompt and language; its chime is still played

espeak-ng has no Mongolian, reads Kazakh in Cyrillic alone (Arabic letters it spells by name), and Chinese
only by its voice `cmn-latn-pinyin` (`cmn` reads pinyin as if it were English): measured with 1.51 of Debian 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DriverError, Misuse, Unsupported
from drivers.voice.chimes import chime
from drivers.voice.programs import MAX_SOUND, made
from drivers.voice.prompts import Prompt, recording
from drivers.voice.wave import Wave, parse

KEPT = 64
"""Sentences of the synthesiser that are kept; the prompts of a room in two languages."""


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt as it will be played."""

    wave: Wave
    loud: bool = False
    error: DriverError | None = None
    """The words are missing; what is played is the chime alone."""


class Sources:
    """Finds, reads and joins what a prompt is made of.

    Args:
        prompts: what can be said.
        recordings: folder of recordings, None where there is none.
        synthesiser: a program that reads its standard input; `{voice}` in its words is replaced.
        voices: language → voice of the synthesiser.
        read_as: language → another whose text is read for it where there is one: the same in another script.
        decoder: a program that writes the WAV of the `.ogg` file that is its last word.
    """

    def __init__(
        self,
        prompts: Mapping[str, Prompt],
        recordings: Path | None,
        synthesiser: tuple[str, ...],
        voices: Mapping[str, str],
        read_as: Mapping[str, str],
        decoder: tuple[str, ...],
    ) -> None:
        self._prompts = prompts
        self._recordings = recordings
        self._synthesiser = synthesiser
        self._voices = voices
        self._read_as = read_as
        self._decoder = decoder
        self._kept: dict[tuple[str, str], Wave] = {}

    def find(self, prompt: str, language: str, words: str = "") -> Said:
        """The sound of a prompt; of one that no file names `words`, read in that language.

        Raises:
            Misuse: there is no such prompt, or its recording is no sound.
            Unsupported: it has no chime, and nobody can say its words.
        """
        known = self._prompts.get(prompt)
        file = recording(self._recordings, prompt, language)
        if known is None and file is None and not words:
            raise Misuse(f"no prompt is called {prompt!r}")
        known = known or Prompt(texts={language: words})
        if file is None and known.chime and not known.texts:
            return Said(chime(known.chime), known.loud)
        try:
            spoken = self._recorded(file) if file else self._read(known, prompt, language)
        except DriverError as error:
            if known.chime is None:
                raise
            return Said(chime(known.chime), known.loud, error)
        if known.chime:
            spoken = spoken.after(chime(known.chime, spoken.rate, spoken.channels))
        return Said(spoken, known.loud)

    def _recorded(self, file: Path) -> Wave:
        try:
            if file.suffix == ".ogg":
                return parse(made((*self._decoder, str(file))))
            with file.open("rb") as recorded:
                return parse(recorded.read(MAX_SOUND))
        except OSError as cause:
            raise Misuse(f"{file}: {cause.strerror}") from cause
        except Misuse as cause:
            raise Misuse(f"{file}: {cause.text}") from cause

    def _read(self, known: Prompt, prompt: str, language: str) -> Wave:
        for spoken in (self._read_as.get(language), language):
            voice, text = self._voices.get(spoken or ""), known.texts.get(spoken or "")
            if voice and text:
                return self._synthesised(voice, text, prompt, language)
        lacking = "voice" if language in known.texts else "text"
        raise Unsupported(f"nobody can say {prompt!r} in {language}: no recording and no {lacking}")

    def _synthesised(self, voice: str, text: str, prompt: str, language: str) -> Wave:
        if (voice, text) not in self._kept:
            if len(self._kept) == KEPT:
                self._kept.pop(next(iter(self._kept)))
            command = [word.replace("{voice}", voice) for word in self._synthesiser]
            try:
                self._kept[voice, text] = parse(made(command, text))
            except (Misuse, Unsupported) as cause:
                raise Unsupported(f"nobody can say {prompt!r} in {language}: {cause.text}") from cause
        return self._kept[voice, text]
