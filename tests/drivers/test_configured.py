"""Devices as a file has them: the keys of the house, the driver's own, and where what is wrong stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.configured import MAX_DEVICES, configured
from drivers.errors import Misuse
from drivers.kit import Settings

AT = Path("/etc/shuwu")


def test_the_usual_drivers_of_usual_names_need_not_be_named():
    names = ("pad", "scanner", "door_scanner", "door", "gate")
    found = configured({name: {"port": f"/dev/{name}"} for name in names}, AT)
    assert {name: (each.driver, each.place, each.required) for name, each in found.items()} == {
        "pad": ("feig-pad", "desk", True),
        "scanner": ("scanner", "desk", False),
        "door_scanner": ("scanner", "door", False),
        "door": ("modbus-door", "door", True),
        "gate": ("feig-gate", "desk", False),
    }


def test_the_keys_of_the_house_are_not_the_drivers():
    table = {"driver": "scanner", "place": "door", "required": True, "port": "/dev/p"}
    found = configured({"wall": table}, AT)["wall"]
    assert (found.driver, found.place, found.required, found.settings.port) == (
        "scanner",
        "door",
        True,
        "/dev/p",
    )
    assert isinstance(found.settings, Settings)


def test_a_path_starts_at_the_folder_of_the_file():
    table = {"driver": "osdp", "port": "/dev/p", "key_file": "keys/osdp.key", "install_file": "/run/install"}
    settings = configured({"wall": table}, AT)["wall"].settings
    assert settings.key_file == AT / "keys/osdp.key"
    assert settings.install_file == Path("/run/install")


SCANNER = {"driver": "scanner", "port": "/dev/p"}
WALL = {"driver": "osdp", "port": "socket://127.0.0.1:9", "key_file": "k", "address": 3}
BUS = {"driver": "modbus-outputs", "port": "/dev/p", "outputs": {"hall": {"address": 0}}}


def test_a_bus_and_a_server_may_have_several_devices():
    scanner = {"driver": "scanner", "port": "socket://127.0.0.1:9"}
    found = configured(
        {"a": BUS, "b": BUS, "c": WALL, "d": WALL | {"address": 4}, "e": scanner, "f": scanner}, AT
    )
    assert len(found) == 6


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ([], "Expected `object`, got `list` - at `$.devices`"),
        ({"pad": 1}, "Expected `object`, got `int` - at `$.devices.pad`"),
        ({"scanner": {}}, "missing required field `port` - at `$.devices.scanner`"),
        ({"scanner": {"port": "/dev/p", "required": 1}}, "Expected `bool | null`, got `int` - at `$.devices.scanner.required`"),
        ({"w": {"driver": "osdp", "port": "/dev/p", "key_file": 1}}, "Expected `Path`, got `int` - at `$.devices.w.key_file`"),
        ({"scanner": {"port": "COM3"}}, "'COM3' is no port: the path of a device (/dev/…) or socket://HOST:PORT - at `$.devices.scanner.port`"),
        ({"scanner": {"port": "socket://10.0.0.5:70000"}}, "is no socket://HOST:PORT - at `$.devices.scanner.port`"),
        ({"a": BUS, "b": SCANNER}, "/dev/p is the port of a too - at `$.devices.b.port`"),
        ({"a": SCANNER, "b": {"driver": "scanner", "port": "/dev/../dev/p"}}, "/dev/p is the port of a too - at `$.devices.b.port`"),
        ({"a": WALL, "b": WALL}, "a is OSDP address 3 too - at `$.devices.b`"),
        ({"a": {"driver": "pcsc"}, "b": {"driver": "pcsc"}}, "a is reader slot 0 too - at `$.devices.b`"),
        ({"w": WALL | {"key_file": ""}}, "a path was expected - at `$.devices.w.key_file`"),
        ({"scanner": SCANNER | {"rules": [{"medium": "card", "cut": -3}]}}, "Expected `int` >= 0 - at `$.devices.scanner.rules[0].cut`"),
        ({"scanner": SCANNER | {"rules": [{"medium": "card", "min_length": 9, "max_length": 3}]}}, "min_length must not be above max_length - at `$.devices.scanner.rules[0]`"),
        ({"scanner": SCANNER | {"setup": ["扫"]}}, "Expected `str` matching regex"),
        ({f"d{n}": {} for n in range(MAX_DEVICES + 1)}, "25 devices, 24 allowed - at `$.devices`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tables: object, says: str):
    with pytest.raises(Misuse) as wrong:
        configured(tables, AT)
    assert says in wrong.value.text
