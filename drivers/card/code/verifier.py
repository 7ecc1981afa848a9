"""The verifier of our own codes: the judge, and the site's keys from their file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from drivers.card.code.dynamic import KEY_OCTETS, Judge, Life
from drivers.card.code.plug import Codes, Verdict, Verifier, plugged
from drivers.card.keyfile import read_keys
from drivers.errors import Misuse

MAX_KEYS = 2
"""The one that is valid, and the one that replaces it."""


class Dynamic:
    """A `Verifier` of `v1.…` codes."""

    def __init__(self, codes: Codes, path: Path, wall: Callable[[], float] = time.time) -> None:
        self._path = path
        self._judge = Judge(Life(codes.valid_s, codes.skew_s), wall())
        self._keys: tuple[bytes, ...] = ()
        self._stamp: tuple[int, ...] = ()

    def check(self) -> None:
        self._read()

    def verify(self, text: str, now_s: float) -> Verdict | None:
        self._read()
        return self._judge.judge(self._keys, text, now_s)

    def _read(self) -> None:
        """The keys, read anew where the file is another one."""
        try:
            status = self._path.stat()
        except OSError as cause:
            raise Misuse(f"{self._path}: {cause.strerror}") from None
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode)
        if stamp == self._stamp:
            return
        keys = read_keys(self._path)
        if len(keys) > MAX_KEYS or any(len(key) != KEY_OCTETS for key in keys):
            raise Misuse(f"{self._path}: one or two keys of {2 * KEY_OCTETS} hexadecimal digits are meant")
        self._keys, self._stamp = keys, stamp


def verifier(codes: Codes) -> Verifier:
    """The verifier that the configuration names.

    Raises:
        Misuse: settings that contradict one another, no such verifier.
    """
    if codes.verifier != "dynamic":
        return plugged(codes)(codes)
    if not codes.key_file or codes.options:
        raise Misuse('`verifier = "dynamic"` wants a `key_file` and no `options`')
    return Dynamic(codes, codes.key_file)
