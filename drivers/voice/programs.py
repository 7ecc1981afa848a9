"""The programs that make sound: a player, a synthesiser, a decoder. The file that starts processes.

- A player gets a WAV file on its standard input and ends when it is played; 0 means that it was.
- Nothing waits for a player; synthesiser and decoder are waited for, `MAKE_S` at most, and may make `MAX_SOUND`.
- A program that is not there, or fails, is an error with its own last words; so is a disk that takes no file.
- One that does not end when it is killed (a card's driver hangs) is left behind after `KILL_S`.
"""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import IO, Protocol

from drivers.errors import Gone, Unsupported
from drivers.voice.wave import Wave

MAKE_S = 5.0
"""espeak-ng makes a sentence in 0.05 s; a slow disk at its first start takes a second."""
KILL_S = 1.0
MAX_WORDS = 200
"""Characters of a program's last words that are told."""
WORDS_OCTETS = 4096
"""Read of what a program complains, from its end."""
CHUNK = 65_536
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
        with ExitStack() as opened:
            try:
                words = opened.enter_context(tempfile.TemporaryFile())
                process = _started(command, wave.octets(), subprocess.DEVNULL, words)
            except OSError as cause:
                raise Gone(f"cannot start {command[0]}: {cause.strerror}") from cause
            opened.pop_all()  # `stop` closes them
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
        return _last_words(self._words, self._process.returncode)

    def stop(self) -> None:
        _end(self._process)
        self._words.close()


def made(command: Sequence[str], text: str = "") -> bytes:
    """What a program writes to its standard output, given a text on its standard input.

    Raises:
        Unsupported: it is not there, fails, takes too long, or makes too much.
    """
    try:
        with tempfile.TemporaryFile() as words:
            process = _started(command, text.encode(), subprocess.PIPE, words)
            try:
                octets = _output(process)
                status = process.wait(MAKE_S)
            finally:
                _end(process)
            if status:
                raise Unsupported(f"{command[0]}: {_last_words(words, status)}")
    except FileNotFoundError as cause:
        raise Unsupported(f"{command[0]} is not installed") from cause
    except (OSError, subprocess.TimeoutExpired) as cause:
        raise Unsupported(f"{command[0]}: {cause}") from cause
    return octets


def _started(command: Sequence[str], given: bytes, output: int, words: IO[bytes]) -> subprocess.Popen[bytes]:
    """The program, with this on its standard input and its complaints in a file: it can never wait for us."""
    with tempfile.TemporaryFile() as stdin:
        stdin.write(given)
        stdin.seek(0)
        return subprocess.Popen(  # noqa: S603 - the command is the configuration's own
            list(command), stdin=stdin, stdout=output, stderr=words
        )


def _output(process: subprocess.Popen[bytes]) -> bytes:
    """All that it writes.

    Raises:
        OSError: that is more than `MAX_SOUND`.
        TimeoutExpired: it takes longer than `MAKE_S`.
    """
    assert process.stdout is not None, "it was started with a pipe"
    made, until = bytearray(), time.monotonic() + MAKE_S
    while len(made) <= MAX_SOUND:
        ready, _, _ = select.select([process.stdout], [], [], max(until - time.monotonic(), 0.0))
        if not ready:
            raise subprocess.TimeoutExpired(process.args, MAKE_S)
        if not (octets := os.read(process.stdout.fileno(), CHUNK)):
            return bytes(made)
        made += octets
    raise OSError(f"makes more than {MAX_SOUND} octets")


def _end(process: subprocess.Popen[bytes]) -> None:
    """It is over, or left behind."""
    with suppress(ProcessLookupError):
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(KILL_S)
    if process.stdout:
        process.stdout.close()


def _last_words(words: IO[bytes], status: int) -> str:
    """The last line that it wrote: what comes before is a library's own."""
    words.seek(max(words.seek(0, os.SEEK_END) - WORDS_OCTETS, 0))
    lines = words.read().decode(errors="replace").strip().splitlines() or [f"ended with {status}"]
    return lines[-1][-MAX_WORDS:]
