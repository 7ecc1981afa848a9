"""A device as a configuration file has it: three keys of the house, and the settings of its driver.

    [devices.desk_card]
    driver = "pcsc"             # left out: the usual driver of that name
    place = "desk"              # or "door"; left out: by name and kind
    required = true             # left out: a pad and a door are
    reader = "ACS ACR1281"      # all else is the driver's own

What is wrong is said in one line that ends with its place: `… - at `$.devices.desk_card.reader``.
A path among the settings starts at the folder of the file. Two devices may name one port where both share it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

from drivers import toml
from drivers.errors import Misuse
from drivers.kit import BUILT_IN, Driver, Kind, Settings, driver
from drivers.line import port

Place = Literal["desk", "door"]

USUAL: Mapping[str, str] = {
    "pad": "feig-pad",
    "scanner": "scanner",
    "door_scanner": "scanner",
    "door": "modbus-door",
    "gate": "feig-gate",
}
"""Name of a device → its driver, where the file names none."""
AT_DOOR_NAMES = frozenset({"door_scanner"})
AT_DOOR_KINDS = frozenset[Kind]({"door", "counter"})
"""What hangs at the door, where the file does not say."""
REQUIRED_KINDS = frozenset[Kind]({"pad", "door"})
"""Without one of these a kiosk that has it cannot do its job, unless the file says that it can."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
MAX_DEVICES = 24
"""More than any room has; the condition that tells central of them is bounded."""


class Configured(Struct, frozen=True):
    """One device, its settings checked."""

    driver: str
    kind: Kind
    place: Place
    required: bool
    settings: Settings


class _Own(Struct, frozen=True):
    """The keys that are not the driver's."""

    driver: str = ""
    place: Place | None = None
    required: bool | None = None


def configured(tables: object, folder: Path) -> dict[str, Configured]:
    """The devices of the table `devices`, by name.

    Args:
        tables: what stands under `devices`.
        folder: where relative paths start.

    Raises:
        Misuse: a name, key, type, driver or port that cannot be; the text ends with its place.
    """
    if not isinstance(tables, dict):
        raise Misuse(f"Expected `object`, got `{type(tables).__name__}` - at `$.devices`")
    if len(tables) > MAX_DEVICES:
        raise Misuse(f"{len(tables)} devices, {MAX_DEVICES} allowed - at `$.devices`")
    found = {name: _one(name, table, folder) for name, table in tables.items()}
    _refuse_crowd(found)
    return found


def _one(name: str, table: object, folder: Path) -> Configured:
    where = f"$.devices.{name}"
    if not NAME.fullmatch(name):
        raise Misuse(f"a name is {NAME.pattern} - at `{where}`")
    if not isinstance(table, dict):
        raise Misuse(f"Expected `object`, got `{type(table).__name__}` - at `{where}`")
    house = {key: value for key, value in table.items() if key in _Own.__struct_fields__}
    own = cast("_Own", _converted(house, _Own, folder, where))
    found = _driver(name, own.driver, where)
    rest = {key: value for key, value in table.items() if key not in house}
    settings = cast("Settings", _converted(rest, found.settings, folder, where))
    if found.name in BUILT_IN and (wrong := port.mistake(getattr(settings, "port", port.DEVICE))):
        raise Misuse(f"{wrong} - at `{where}.port`")
    required = found.kind in REQUIRED_KINDS if own.required is None else own.required
    return Configured(found.name, found.kind, own.place or _usual_place(name, found.kind), required, settings)


def _refuse_crowd(devices: Mapping[str, Configured]) -> None:
    """Nobody else may have a port that is one device's alone, nor a seat at one that is shared.

    A server on the network may take several connections; a serial port takes one.
    """
    found = [(name, each.settings, _port(each)) for name, each in devices.items()]
    for (other, one, there), (name, settings, at) in combinations(found, 2):
        if at == there and at.startswith(port.DEVICE) and None in {one.seat, settings.seat}:
            raise Misuse(f"{at} is the port of {other} too - at `$.devices.{name}.port`")
        if at == there and settings.seat and one.seat == settings.seat:
            raise Misuse(f"{other} is {settings.seat} too - at `$.devices.{name}`")


def _port(device: Configured) -> str:
    """Where it is: two names of one serial port are the same. The driver, where its devices have no ports."""
    named = str(getattr(device.settings, "port", device.driver))
    return os.path.realpath(named) if named.startswith(port.DEVICE) else named


def _driver(name: str, asked: str, where: str) -> Driver[Any]:
    chosen = asked or USUAL.get(name)
    if not chosen:
        raise Misuse(f"missing required field `driver` - at `{where}`")
    try:
        return driver(chosen)
    except Misuse as cause:
        raise Misuse(f"{cause.text} - at `{where}.driver`") from None


def _usual_place(name: str, kind: Kind) -> Place:
    return "door" if name in AT_DOOR_NAMES or kind in AT_DOOR_KINDS else "desk"


def _converted(table: Mapping[str, object], kind: type[Struct], folder: Path, where: str) -> Struct:
    """The table as a value of `kind`; what is wrong in it is told with the whole path."""

    def path(wanted: type, value: object) -> object:
        if wanted is Path and isinstance(value, str):
            return toml.path_in(folder, value)
        raise TypeError(f"Expected `{wanted.__name__}`, got `{type(value).__name__}`")

    try:
        return msgspec.convert(table, kind, dec_hook=path)
    except msgspec.MsgspecError as cause:
        text, _, inner = str(cause).partition(" - at `$")
        raise Misuse(f"{text} - at `{where}{inner.rstrip('`')}`") from None
