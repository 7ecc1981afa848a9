"""A configuration file as a table: TOML in UTF-8, with or without the mark that Windows writes before it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from drivers.errors import Misuse

MARK = b"\xef\xbb\xbf"


def read(path: Path) -> dict[str, object]:
    """The table in this file.

    Raises:
        Misuse: no file that can be read, no UTF-8, no TOML, or nothing in it; names the file, and the line.
    """
    try:
        octets = path.read_bytes().removeprefix(MARK)
    except OSError as cause:
        raise Misuse(f"{path}: {cause.strerror}") from None
    try:
        table = tomllib.loads(octets.decode())
    except UnicodeDecodeError as cause:
        line = octets.count(b"\n", 0, cause.start) + 1
        raise Misuse(f"{path}: no UTF-8; save the file as UTF-8 (at line {line})") from None
    except tomllib.TOMLDecodeError as cause:
        raise Misuse(f"{path}: {cause}") from None
    except RecursionError:
        raise Misuse(f"{path}: brackets within brackets, too many to read") from None
    if not table:
        raise Misuse(f"{path}: there is nothing in it")
    return table


def path_in(folder: Path, text: str) -> Path:
    """A path as a file has it; a relative one starts at the file's folder.

    Raises:
        ValueError: no path.
    """
    if not text.strip() or not text.isprintable():
        raise ValueError("a path was expected")
    return folder / text
