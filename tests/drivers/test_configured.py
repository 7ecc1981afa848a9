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
    found = configured({name: {"port": "p"} for name in names}, AT)
    assert {name: (each.driver, each.place, each.required) for name, each in found.items()} == {
        "pad": ("feig-pad", "desk", True),
        "scanner": ("scanner", "desk", False),
        "door_scanner": ("scanner", "door", False),
        "door": ("modbus-door", "door", True),
        "gate": ("feig-gate", "desk", False),
    }


def test_the_keys_of_the_house_are_not_the_drivers():
    table = {"driver": "scanner", "place": "door", "required": True, "port": "p"}
    found = configured({"wall": table}, AT)["wall"]
    assert (found.driver, found.place, found.required, found.settings.port) == ("scanner", "door", True, "p")
    assert isinstance(found.settings, Settings)


def test_a_path_starts_at_the_folder_of_the_file():
    table = {"driver": "osdp", "port": "p", "key_file": "keys/osdp.key", "install_file": "/run/install"}
    settings = configured({"wall": table}, AT)["wall"].settings
    assert settings.key_file == AT / "keys/osdp.key"
    assert settings.install_file == Path("/run/install")


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ([], "Expected `object`, got `list` - at `$.devices`"),
        ({"pad": 1}, "Expected `object`, got `int` - at `$.devices.pad`"),
        ({"scanner": {}}, "missing required field `port` - at `$.devices.scanner`"),
        ({"scanner": {"port": "p", "required": 1}}, "Expected `bool | null`, got `int` - at `$.devices.scanner.required`"),
        ({"w": {"driver": "osdp", "port": "p", "key_file": 1}}, "Expected `Path`, got `int` - at `$.devices.w.key_file`"),
        ({f"d{n}": {} for n in range(MAX_DEVICES + 1)}, "25 devices, 24 allowed - at `$.devices`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tables: object, says: str):
    with pytest.raises(Misuse) as wrong:
        configured(tables, AT)
    assert says in wrong.value.text
