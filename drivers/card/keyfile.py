"""Files of a site's keys: hexadecimal digits, one key a line, for their owner's eyes alone.

# MIFARE sector 1, since 2024
a0b1c2d3e4f5
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from drivers.errors import Misuse

MAX_OCTETS = 4096
"""A few keys; a longer file is a wrong path."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The keys in this file, in its order; empty lines and those that begin with # are passed over.

    Raises:
        Misuse: missing, readable by others, no keys in it. Tells the path and never a key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & OTHERS:
                raise Misuse(f"{path}: others may read it (mode {stat.S_IMODE(mode):04o}, 0600 meant)")
            octets = file.read(MAX_OCTETS)
    except OSError as cause:
        raise Misuse(f"{path}: {cause.strerror}") from None
    try:
        lines = (line.strip() for line in octets.decode("ascii").splitlines())
        keys = tuple(bytes.fromhex(line) for line in lines if line and not line.startswith("#"))
    except ValueError:  # UnicodeDecodeError is one; the cause would show the line
        raise Misuse(f"{path}: not all hexadecimal digits") from None
    if not keys:
        raise Misuse(f"{path}: no key in it")
    return keys


def read_key(path: Path, length: int) -> bytes:
    """The one key in this file.

    Raises:
        Misuse: as `read_keys`; several keys, or one of another length than so many octets.
    """
    keys = read_keys(path)
    if len(keys) != 1 or len(keys[0]) != length:
        raise Misuse(f"{path}: one key of {2 * length} hexadecimal digits is meant")
    return keys[0]
