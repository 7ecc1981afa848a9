"""The law of a driver: each has its page with its settings, its emulator, its bad lines, the verbs of its kind."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import tomllib
from pathlib import Path

import pytest

from drivers import device, events
from drivers.configured import configured
from drivers.kit import BUILT_IN, driver
from tests.drivers import fuzz
from tests.house.documents import settings_of
from tests.house.tree import ROOT, sources

PAGES = {
    "escpos": "printer",
    "feig-gate": "gate",
    "feig-pad": "pad",
    "modbus-board": "board",
    "modbus-counter": "counter",
    "modbus-door": "door",
    "modbus-outputs": "outputs",
    "modbus-sensors": "sensors",
    "osdp": "osdp",
    "pcsc": "pcsc",
    "scanner": "scanner",
    "sdt": "id-card",
    "voice": "voice",
}
"""Driver → its page in docs/devices."""
EMULATORS = {
    "escpos": "escpos",
    "feig-gate": "feig",
    "feig-pad": "feig",
    "modbus-board": "board_door",
    "modbus-counter": "board",
    "modbus-door": "door",
    "modbus-outputs": "board",
    "modbus-sensors": "board",
    "osdp": "osdp",
    "pcsc": "smartcard",
    "scanner": "scanner",
    "sdt": "sdt",
    "voice": "player",
}
"""Driver → its emulator in drivers/emulators."""
BAD_LINES = {
    "escpos": "printer/test_printer",
    "feig-gate": "gate/test_feig_gate",
    "feig-pad": "pad/test_feig_pad",
    "modbus-board": "door/test_board",
    "modbus-counter": "counter/test_modbus",
    "modbus-door": "door/test_unit",
    "modbus-outputs": "outputs/test_modbus",
    "modbus-sensors": "sensors/test_modbus",
    "osdp": "card/osdp/test_reader",
    "scanner": "scanner/test_scanner",
    "sdt": "card/test_sdt",
}
"""Driver on a line → its tests that meet every bad line. PC/SC and the voice have no line of ours."""
FUZZED = {
    "escpos": "escpos",
    "feig-gate": "feig",
    "feig-pad": "feig",
    "modbus-board": "modbus",
    "modbus-counter": "modbus",
    "modbus-door": "modbus",
    "modbus-outputs": "modbus",
    "modbus-sensors": "modbus",
    "osdp": "osdp",
    "pcsc": "pcsc",
    "scanner": "code",
    "sdt": "sdt",
    "voice": "wave",
}
"""Driver → the target of `make fuzz` that feeds its codec anything."""
VERBS = {
    "pad": {"secure", "sense", "encode"},
    "card": {"signal"},
    "door": {"release", "secure"},
    "gate": set(),
    "counter": set(),
    "sensors": set(),
    "outputs": {"switch"},
    "printer": {"print"},
    "voice": {"say"},
}
NAMES = sorted(BUILT_IN)


@pytest.mark.parametrize("kind", VERBS)
def test_the_guide_tells_the_verbs_and_events_of_a_kind(kind: str):
    protocol = getattr(device, {"card": "CardReader"}.get(kind, kind.title()))
    verbs = {name for name, each in vars(protocol).items() if callable(each) and not name.startswith("_")}
    posted = set(re.findall(r"\w+", inspect.getdoc(protocol).partition("posts")[2])) & set(vars(events))
    guide = (ROOT / "docs/devices/writing-a-driver.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{kind}` \|(.*?)\|(.*?)\|", guide, re.MULTILINE)
    assert verbs == VERBS[kind] == set(re.findall("`(.*?)`", row[1]))
    assert posted <= set(re.findall("`(.*?)`", row[2]))


def test_every_driver_stands_in_the_tables():
    assert set(PAGES) == set(EMULATORS) == set(FUZZED) == set(NAMES)
    assert set(FUZZED.values()) <= set(fuzz.names())


@pytest.mark.parametrize("name", NAMES)
def test_a_driver_is_called_what_it_is_called(name: str):
    found = driver(name)
    assert (found.name, found.title == "") == (name, False)
    assert not {"driver", "place", "required"} & set(found.settings.__struct_fields__), (
        "those are the house's"
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_driver_has_its_page_with_its_settings(name: str):
    page = (ROOT / f"docs/devices/{PAGES[name]}.md").read_text(encoding="utf-8")
    assert f'driver = "{name}"' in page, "the configuration to paste"
    rows = dict(re.findall(r"^\| `([a-z_.*]+)` \| (.*?) \|", page, re.MULTILINE))
    missing = {setting for setting, _, _ in settings_of(driver(name).settings)} - set(rows)
    assert missing == set()


@pytest.mark.parametrize("page", sorted(set(PAGES.values())))
def test_what_a_page_says_to_paste_is_a_configuration(page: str):
    text = (ROOT / f"docs/devices/{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(
        r"(?:^    \[devices\..*\n(?:(?:    .*)?\n)*)|```toml\n(?:.*\n)*?```", text, re.MULTILINE
    )
    assert blocks
    for block in blocks:
        lines = textwrap.dedent(block.replace("```toml", "").replace("```", ""))
        for name, each in configured(tomllib.loads(lines).get("devices", {}), ROOT).items():
            driver(each.driver).make(name, each.settings)


@pytest.mark.parametrize("name", NAMES)
def test_every_driver_has_its_emulator(name: str):
    assert f"drivers/emulators/{EMULATORS[name]}.py" in sources("drivers")


@pytest.mark.parametrize("name", BAD_LINES)
def test_every_driver_on_a_line_meets_every_bad_line(name: str):
    text = (ROOT / f"tests/drivers/{BAD_LINES[name]}.py").read_text(encoding="utf-8")
    assert re.search(r"from tests\.lines import [^)]*?\b(EVERY|SPOILING)\b", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_device_has_the_verbs_of_its_kind(name: str):
    """In the modules beside the driver, without making one: settings differ."""
    module = BUILT_IN[name].partition(":")[0].replace(".", "/")
    folder = Path(module).parent.as_posix()
    classes = [
        {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        for path, tree in sources("drivers").items()
        if path.startswith((f"{folder}/", "drivers/gate/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    wanted = {"run", "abandon"} | VERBS[driver(name).kind]
    assert any(wanted <= verbs for verbs in classes)
