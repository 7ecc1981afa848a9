"""The devices of a kiosk's configuration; its other tables are the kiosk's business."""

from __future__ import annotations

from pathlib import Path

import msgspec

from drivers.configured import Configured, configured
from drivers.errors import Misuse


def devices(path: Path) -> dict[str, Configured]:
    """The devices in this file, by name.

    Raises:
        Misuse: no such file, no TOML in UTF-8, or devices that cannot be; names the file.
    """
    try:
        table = msgspec.toml.decode(path.read_bytes())
        return configured(table.get("devices", {}), path.resolve().parent)
    except OSError as cause:
        raise Misuse(f"{path}: {cause.strerror}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, Misuse) as cause:
        raise Misuse(f"{path}: {cause}") from None
