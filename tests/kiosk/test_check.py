"""`shuwu-kiosk --check`: one sentence that names the file and the key, and nothing left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.__main__ import EX_CONFIG, main
from tests.kiosk.settings import DESK_AND_ROOM, written

KEYLESS = '[devices.wall]\ndriver = "osdp"\nplace = "door"\nport = "/dev/p"\nkey_file = "gone.key"\n'
WRONG = [
    ("[mqtt]", '[mqtt]\nca = "password"', "password: NO_CERTIFICATE_OR_CRL_FOUND - at `$.mqtt.ca`"),
    ('user = "s', 'dialect = "kohaa"\nuser = "s', "- at `$.ils.dialect`"),
    ('user = "s', 'overrides = "foo = 1"\nuser = "s', "unknown field `foo` - at `$.ils.overrides`"),
    ("port = 18080", 'logo = "gone.png"', "gone.png: No such file or directory - at `$.screen.logo`"),
    ('state = "state"', f'state = "{"a" * 300}"', "File name too long - at `$.state`"),
    ('state = "state"', 'zone = "Asia/Xian"\nstate = "state"', "no time zone 'Asia/Xian' - at `$.zone`"),
    ('state = "state"', 'zone = "posix/Asia/Shanghai"\nstate = "state"', "no time zone 'posix/Asia/Shanghai' - at `$.zone`"),
    ('state = "state"', 'zone = "../etc"\nstate = "state"', "no time zone '../etc' - at `$.zone`"),
    ('state = "state"', 'state = "password"', "password is no folder - at `$.state`"),
    ("[devices.pad]", KEYLESS + "[devices.pad]", "gone.key: No such file or directory - at `$.devices.wall.key_file`"),
    ("[devices.pad]", "[devices.pad]\nantennas = [9]", "Expected `int` <= 8 - at `$.devices.pad.antennas[0]`"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _zone_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kiosk takes its process to its own zone."""
    monkeypatch.setenv("TZ", "UTC")
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("line", "spoiled", "says"), WRONG, ids=[row[2][-24:] for row in WRONG])
def test_what_is_wrong_is_one_line_with_file_and_key(tmp_path: Path, line: str, spoiled: str, says: str):
    path = written(tmp_path, DESK_AND_ROOM.replace(line, spoiled, 1))
    ended = CliRunner().invoke(main, ["--config", str(path), "--check"])
    assert ended.exit_code == EX_CONFIG
    assert ended.output.startswith(f"shuwu-kiosk: {path}: ")
    assert ended.output.endswith(f"{says}\n")
    assert ended.output.count("\n") == 1


def test_a_right_one_says_so_and_nothing_is_left(tmp_path: Path):
    path = written(tmp_path)
    ended = CliRunner().invoke(main, ["--config", str(path), "--check"])
    assert (ended.exit_code, ended.output) == (0, f"{path}: this kiosk could start\n")
    assert {each.name for each in tmp_path.iterdir()} == {"kiosk.toml", "password"}


@pytest.mark.parametrize(("line", "hours"), [("", 8), ('zone = "Asia/Kolkata"\n', 5.5)])
def test_civil_time_is_that_of_the_library_on_a_machine_at_utc(tmp_path: Path, line: str, hours: float):
    time.tzset()
    assert datetime.now(UTC).astimezone().utcoffset() == timedelta(0)
    path = written(tmp_path, line + DESK_AND_ROOM)
    assert CliRunner().invoke(main, ["--config", str(path), "--check"]).exit_code == 0
    assert datetime.now(UTC).astimezone().utcoffset() == timedelta(hours=hours)
