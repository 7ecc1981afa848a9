"""What `[room]` may not say, and the one way to have a lock that holds without power."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.config import ConfigError, load
from tests.house.tree import ROOT
from tests.kiosk.settings import DESK_AND_ROOM, NOBODY, written

DOOR = f'[devices.door]\nport = "socket://127.0.0.1:{NOBODY}"\n'
BOARD = f"""
[devices.door]
driver = "modbus-board"
port = "socket://127.0.0.1:{NOBODY}"
release = {{ address = 0, timer = {{ function = 5, address = 0x0200 }} }}
open = {{ address = 0 }}
exit = {{ address = 1 }}
fire = {{ address = 2, active = "open" }}
lock = "fail-secure"
handle = true
"""
LIGHTS = f"""
[devices.lights]
driver = "modbus-outputs"
port = "socket://127.0.0.1:{NOBODY}"
unit = 2
[devices.lights.outputs.lamp]
address = 0
"""
ON_THE_LOCK = LIGHTS.replace("unit = 2", "unit = 1")
CIRCUIT = "[room.environment.circuits.hall]\n"
SIREN = "[room.alarms.siren]\n"
SIRENS = "$.room.alarms.siren"
HANDLED = 'lock = "fail-secure"\nmechanical_handle = true'
DAYLIGHT = "[room.environment.daylight]\n"

HANDLE = "$.room.mechanical_handle"
HALL = "$.room.environment.circuits.hall"
SPOILED = [
    ('lock = "fail-secure"', BOARD, "a fail-secure lock needs a mechanical handle inside", HANDLE),
    ('lock = "fail-secure"\nmechanical_handle = true', DOOR, "is fail-safe, not fail-secure", "$.room.lock"),
    ("mechanical_handle = true", BOARD, "is fail-secure, not fail-safe", "$.room.lock"),
    (f'{CIRCUIT}device = "lamps"\noutput = "lamp"', DOOR + LIGHTS, "lamps is no board of outputs", HALL),
    (f'{CIRCUIT}device = "door"\noutput = "lamp"', DOOR + LIGHTS, "door is no board of outputs", HALL),
    (f'{CIRCUIT}device = "lights"\noutput = "lamps"', DOOR + LIGHTS, "lights has no output lamps", HALL),
    ("", DOOR + ON_THE_LOCK, "the lock of door hangs on that relay", "$.devices.lights.outputs.lamp"),
    (HANDLED, BOARD + ON_THE_LOCK, "the lock of door hangs on that relay", "$.devices.lights.outputs.lamp"),
    (f'{SIREN}device = "door"\noutput = "lamp"', DOOR + LIGHTS, "door is no board of outputs", SIRENS),
    (f'{SIREN}device = "lights"\noutput = "horn"', DOOR + LIGHTS, "lights has no output horn", SIRENS),
    (
        f'{CIRCUIT}device = "lights"\noutput = "lamp"\n{SIREN}device = "lights"\noutput = "lamp"',
        DOOR + LIGHTS,
        "lamp is a circuit of `environment` too",
        SIRENS,
    ),
    (
        "[room.alarms.limits.hall]\nlow = 30\nhigh = 30",
        DOOR,
        "low must be below high",
        "$.room.alarms.limits.hall",
    ),
    (f"{DAYLIGHT}latitude = 39.9", DOOR, "come together", "$.room.environment.daylight"),
    (f"{DAYLIGHT}dark_lux = 300", DOOR, "above bright_lux", "$.room.environment.daylight.dark_lux"),
]


def said(folder: Path, room: str, devices: str) -> Path:
    return written(folder, DESK_AND_ROOM.replace("[room]", f"[room]\n{room}").replace(DOOR, devices))


@pytest.mark.parametrize(
    ("room", "devices", "what", "where"), SPOILED, ids=[f"{row[2]} {at}" for at, row in enumerate(SPOILED)]
)
def test_what_a_room_cannot_be_is_named_with_its_place(
    tmp_path: Path, room: str, devices: str, what: str, where: str
):
    with pytest.raises(ConfigError) as wrong:
        load(said(tmp_path, room, devices))
    assert what in str(wrong.value)
    assert str(wrong.value).endswith(f"`{where}`")


def test_a_fail_secure_lock_is_taken_with_a_declared_handle_and_a_driver_that_knows_it(tmp_path: Path):
    config = load(said(tmp_path, 'lock = "fail-secure"\nmechanical_handle = true', BOARD))
    assert config.room
    assert config.room.lock == "fail-secure"


def test_what_the_page_says_to_write_is_taken(tmp_path: Path):
    first, *more = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/rooms.md").read_text("utf-8"), re.DOTALL)
    light = next(block for block in more if "[room.environment." in block)
    (tmp_path / "osdp.key").write_text("00" * 16)
    head = DESK_AND_ROOM[: DESK_AND_ROOM.index("[desk]")]
    config = load(written(tmp_path, f"{head}{first}{light}"))
    assert config.room
    assert config.room.environment.cabinets["uv"].running == "uv_on"
    assert config.room.environment.circuits["hall"].dims


def test_a_circuit_on_an_output_that_is_there_is_taken(tmp_path: Path):
    config = load(said(tmp_path, f'{CIRCUIT}device = "lights"\noutput = "lamp"', DOOR + LIGHTS))
    assert config.room
    assert config.room.environment.circuits["hall"].linger_s == 300
