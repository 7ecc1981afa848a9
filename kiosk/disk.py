"""Files that stand whole or not at all, whenever the power fails."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def put(path: Path, *octets: bytes) -> None:
    """Write a file for its owner's eyes alone (0600), in the place of the one before; on disk when this returns.

    It is written beside, as `path` with the suffix `.new`, synced and renamed.

    Raises:
        OSError: the disk does not take it. The one before stands, and nothing lies beside it.
    """
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(octets)
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """What stands in the file, or the names in the folder, are on the disk when this returns.

    Raises:
        OSError: they are not.
    """
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
