"""The programs that make sound: a player, a synthesiser, a decoder. The file that starts processes.

- A player gets a WAV file on its standard input and ends when it is played; 0 means that it was.
- Nothing waits for a player; synthesiser and decoder are waited for, `MAKE_S` at most.
- A program that is not there, or fails, is an error with its own last words.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Protocol

from drivers.errors import Gone, Unsupported
from drivers.voice.wave import Wave

MAKE_S = 5.0
"""espeak-ng makes a sentence in 0.05 s; a slow disk at its first start takes a second."""
MAX_WORDS = 200
"""Characters of a program's last words that are told."""
MAX_SOUND = 16 * 2**20
"""Octets: 60 s of two channels at 48 kHz are 11.5 million."""


class Playing(Protocol):
    """A sound on its way out."""

    def ended(self) -> bool:
        """Whether it is over."""

    def error(self) -> str:
        """After its end: why it was not played, empty where it was."""

    def stop(self) -> None:
        """End it now; may be called after its end."""


class Speaker(Protocol):
    """Plays sounds."""

    identity: str
    """What the technician's page calls it."""

    def play(self, wave: Wave, prompt: str, language: str) -> Playing:
        """Begin to play.

        Raises:
            Gone: there is nothing to play it with.
        """


class Player:
    """A `Speaker` by a program of the configuration; `{prompt}` and `{language}` in its words are replaced."""

    def __init__(self, command: Sequence[str]) -> None:
        self.identity = " ".join(command)
        self._command = command

    def play(self, wave: Wave, prompt: str, language: str) -> Playing:
        command = [word.replace("{prompt}", prompt).replace("{language}", language) for word in self._command]
        words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        with tempfile.TemporaryFile() as sound:
            sound.write(wave.octets())
            sound.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - the command is the configuration's own
                    command, stdin=sound, stdout=subprocess.DEVNULL, stderr=words
                )
            except OSError as cause:
                words.close()
                raise Gone(f"cannot start {command[0]}: {cause.strerror}") from cause
        return _Process(process, words)


class _Process:
    def __init__(self, process: subprocess.Popen[bytes], words: IO[bytes]) -> None:
        self._process = process
        self._words = words

    def ended(self) -> bool:
        return self._process.poll() is not None

    def error(self) -> str:
        if self._process.wait() == 0:
            return ""
        self._words.seek(0)
        return _last_words(self._words.read(), self._process.returncode)

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._words.close()


def made(command: Sequence[str], text: str = "") -> bytes:
    """What a program writes to its standard output, given a text on its standard input.

    Raises:
        Unsupported: it is not there, fails, takes too long, or makes too much.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the command is the configuration's own
            list(command), input=text.encode(), capture_output=True, timeout=MAKE_S, check=False
        )
    except FileNotFoundError as cause:
        raise Unsupported(f"{command[0]} is not installed") from cause
    except (OSError, subprocess.TimeoutExpired) as cause:
        raise Unsupported(f"{command[0]}: {cause}") from cause
    if done.returncode or len(done.stdout) > MAX_SOUND:
        raise Unsupported(f"{command[0]}: {_last_words(done.stderr, done.returncode)}")
    return done.stdout


def _last_words(words: bytes, status: int) -> str:
    """The last line that it wrote: what comes before is a library's own."""
    lines = words.decode(errors="replace").strip().splitlines() or [f"ended with {status}"]
    return lines[-1][-MAX_WORDS:]
