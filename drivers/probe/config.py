"""The devices of a kiosk's configuration; its other tables are the kiosk's business."""

from __future__ import annotations

from pathlib import Path

from drivers import toml
from drivers.configured import Configured, configured
from drivers.errors import Misuse


def devices(path: Path) -> dict[str, Configured]:
    """The devices in this file, by name.

    Raises:
        Misuse: no such file, no TOML in UTF-8, or devices that cannot be; names the file.
    """
    table = toml.read(path)
    try:
        return configured(table.get("devices", {}), path.resolve().parent)
    except Misuse as cause:
        raise Misuse(f"{path}: {cause.text}") from None
