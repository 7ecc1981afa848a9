"""The configuration: what is wrong is said in one line that names the file and the place in it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from kiosk.config import Config, ConfigError, Language, load
from kiosk.fittings import Fitting
from kiosk.screen.words import LANGUAGES
from tests.kiosk.settings import DESK_AND_ROOM, NOBODY, written


def test_a_right_one_is_a_frozen_value_with_its_paths_beside_the_file(tmp_path: Path):
    config = load(written(tmp_path))
    assert config.device == "shiqiao-room"
    assert config.state == tmp_path / "state"
    assert config.ils.password_file == tmp_path / "password"
    door = config.devices["door"]
    assert (door.driver, door.place, door.required, door.settings.baud) == (
        "modbus-door",
        "door",
        True,
        115200,
    )
    with pytest.raises(AttributeError):
        config.device = "another"  # type: ignore[misc] - the point


def test_what_a_file_leaves_out_has_its_default(tmp_path: Path):
    config = load(written(tmp_path))
    assert (config.ils.desk_timeout_s, config.ils.door_timeout_s, config.ils.dialect) == (3.0, 2.0, "shuwu")
    assert (config.screen.host, config.mqtt.host, config.mqtt.ca) == ("127.0.0.1", "127.0.0.1", None)
    assert config.desk
    assert (config.desk.idle_s, config.desk.warn_s, config.desk.tag_tries) == (45.0, 20.0, 5)
    assert config.room
    assert (config.room.release_s, config.room.held_open_s) == (8.0, 30.0)
    pad = config.devices["pad"].settings
    assert (pad.afi_secured, pad.afi_lent) == (0x07, 0xC2)
    assert "gate" not in config.devices


def test_files_may_lie_anywhere(tmp_path: Path):
    ca = tmp_path / "elsewhere" / "ca.pem"
    ca.parent.mkdir()
    ca.touch()
    text = DESK_AND_ROOM.replace("[mqtt]", f'[mqtt]\nca = "{ca}"\ncertificate = "password"\nkey = "password"')
    config = load(written(tmp_path, text))
    assert (config.mqtt.ca, config.mqtt.key) == (ca, tmp_path / "password")


def test_nothing_unknown_is_let_in_anywhere():
    schema = msgspec.json.schema(Config, schema_hook=lambda _path: {"type": "string"})
    parts = schema["$defs"]
    assert {"Config", "Ils", "Mqtt", "Desk", "Room"} <= set(parts)
    devices = {"Configured", "Settings"}
    assert all(part["additionalProperties"] is False for name, part in parts.items() if name not in devices)


ANY_NAMES = f"""
[devices.left_table]
driver = "feig-pad"
port = "socket://127.0.0.1:{NOBODY}"

[devices.card_a]
driver = "scanner"
port = "socket://127.0.0.1:{NOBODY}"
required = true

[devices.card_b]
driver = "scanner"
port = "socket://127.0.0.1:{NOBODY}"

[devices.wall]
driver = "scanner"
place = "door"
port = "socket://127.0.0.1:{NOBODY}"

[devices.lock]
driver = "modbus-door"
port = "socket://127.0.0.1:{NOBODY}"
"""


def test_roles_find_their_devices_by_kind_and_place_whatever_they_are_called(tmp_path: Path):
    text = DESK_AND_ROOM[: DESK_AND_ROOM.index("[devices.pad]")] + ANY_NAMES
    fittings = load(written(tmp_path, text)).fittings
    assert fittings.by_name == {
        "left_table": Fitting("pad", "desk", required=True),
        "card_a": Fitting("card", "desk", required=True),
        "card_b": Fitting("card", "desk"),
        "wall": Fitting("card", "door"),
        "lock": Fitting("door", "door", required=True),
    }


SPOILED = [
    ("[desk]", "[desk]\nidle = 30", "unknown field `idle`", "$.desk"),
    ('device = "shiqiao-room"', 'device = "shiqiao-room"\ncolour = "red"', "unknown field `colour`", ""),
    ("[devices.pad]\n", "[devices.pad]\nspeed = 1\n", "unknown field `speed`", "$.devices.pad"),
    ("[desk]", '[desk]\nidle_s = "long"', "Expected `float`, got `str`", "$.desk.idle_s"),
    ("[desk]", "[desk]\nidle_s = 0", "> 0", "$.desk.idle_s"),
    ("[desk]", "[desk]\ntag_tries = 21", "<= 20", "$.desk.tag_tries"),
    ('state = "state"', 'state = ""', "a path was expected", "$.state"),
    ('password_file = "password"', 'password_file = "C:\\new"', "a path was expected", "$.ils.password_file"),
    ('state = "state"', "state = 7", "Expected", "$.state"),
    ("port = 18080", "port = 65536", "<= 65535", "$.screen.port"),
    ("port = 18080", 'host = "0.0.0.0"', "Invalid enum value '0.0.0.0'", "$.screen.host"),
    ("port = 18080", "catalogue = true", "asked at `central.url`", "$.screen.catalogue"),
    ("port = 18080", 'languages = ["en", "en"]', "stands there twice", "$.screen.languages"),
    ("port = 18080", 'languages = ["fr"]', "Invalid enum value 'fr'", "$.screen.languages[0]"),
    ('device = "shiqiao-room"', 'device = "石桥"', "Expected `str` matching regex", "$.device"),
    ('user = "shiqiao-room"\n', "", "missing required field `user`", "$.ils"),
    ('password_file = "password"', 'password_file = "gone"', "gone is missing", "$.ils.password_file"),
    ("[desk]", "[desk]\nwarn_s = 45", "less than idle_s", "$.desk.warn_s"),
    ("[devices.scanner]", "[devices.gate]", "a desk needs a pad, and a card reader", "$.devices"),
    ("[devices.door_scanner]", "[devices.gate]", "a room needs a door, and a card reader", "$.devices"),
    ("[desk]\n\n[room]", "", "nothing to do", "$"),
    ("[devices.pad]\n", "[devices.pad]\nafi_lent = 256\n", "<= 255", "$.devices.pad.afi_lent"),
    ("[devices.pad]\n", '[devices.pad]\nframe = "odd"\n', "Invalid enum", "$.devices.pad.frame"),
    ("[devices.pad]\n", "[devices.pad]\nafi_lent = 7\n", "differ from afi_secured", "$.devices.pad"),
    (
        "[devices.pad]\n",
        '[devices.pad]\ndriver = "fieg"\n',
        "no driver is called 'fieg'",
        "$.devices.pad.driver",
    ),
    ("[devices.pad]\n", '[devices.pad]\nplace = "roof"\n', "Invalid enum", "$.devices.pad.place"),
    ("[devices.pad]\n", '[devices.Pad]\ndriver = "feig-pad"\n', "a name is", "$.devices.Pad"),
    ("[devices.pad]\n", "[devices.mine]\n", "missing required field `driver`", "$.devices.mine"),
    (
        "[devices.pad]\n",
        '[devices.a]\ndriver = "feig-pad"\nport = "/dev/p"\n[devices.pad]\n',
        "one pad",
        "$.devices",
    ),
    ("[mqtt]", '[mqtt]\nhost = "broker.example"', "plain MQTT is for loopback", "$.mqtt.ca"),
    ("[mqtt]", '[mqtt]\nca = "ca.pem"', "ca.pem is missing", "$.mqtt.ca"),
    ("[mqtt]", '[mqtt]\nca = "password"\nkey = "gone.key"', "gone.key is missing", "$.mqtt.key"),
    ("[mqtt]", '[mqtt]\nca = "password"\nkey = "password"', "needs its certificate", "$.mqtt.certificate"),
    (
        "[mqtt]",
        '[mqtt]\ncertificate = "password"\nkey = "password"',
        "which needs a ca",
        "$.mqtt.ca",
    ),
    ('user = "s', 'ca = "ca.pem"\nuser = "s', "ca.pem is missing", "$.ils.ca"),
    ('user = "s', 'server_name = "ils"\nuser = "s', "which needs a ca", "$.ils.server_name"),
    ('public_key = "', 'public_key = "not base64 ', "key", "$.central.public_key"),
]


@pytest.mark.parametrize(("line", "spoiled", "what", "where"), SPOILED, ids=[row[1][-32:] for row in SPOILED])
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, line: str, spoiled: str, what: str, where: str
):
    assert line in DESK_AND_ROOM
    path = written(tmp_path, DESK_AND_ROOM.replace(line, spoiled, 1))
    with pytest.raises(ConfigError) as wrong:
        load(path)
    told = str(wrong.value)
    assert told.startswith(f"{path}: ")
    assert what in told
    assert "\n" not in told
    assert told.endswith(f"`{where}`") or not where


def test_a_file_that_is_not_there_or_no_toml_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"gone\.toml: No such file"):
        load(tmp_path / "gone.toml")
    with pytest.raises(ConfigError, match=f"{tmp_path}: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"", "there is nothing in it"),
        (b"device =", r"Invalid value \(at end of document\)"),
        ("# room\n# 书屋".encode("gb18030"), r"no UTF-8; save the file as UTF-8 \(at line 2\)"),
        ("device = 1".encode("utf-16"), r"no UTF-8; save the file as UTF-8 \(at line 1\)"),
        (b"x = " + b"[" * 5000, "brackets within brackets"),
        (DESK_AND_ROOM.replace("[mqtt]", f'[mqtt]\nca = "{"a" * 300}"').encode(), r"File name too long - at `\$.mqtt.ca`"),
        (DESK_AND_ROOM.replace('"password"', '"."').encode(), r"is no file - at `\$.ils.password_file`"),
    ],
    ids=["empty", "no toml", "gb18030", "utf-16", "deep", "a long name", "a folder"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, octets: bytes, says: str):
    path = written(tmp_path)
    path.write_bytes(octets)
    with pytest.raises(ConfigError, match=rf"kiosk\.toml: .*{says}"):
        load(path)


def test_a_file_that_windows_has_saved_is_read(tmp_path: Path):
    path = written(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + DESK_AND_ROOM.replace("\n", "\r\n").encode())
    assert load(path).device == "shiqiao-room"


def test_the_screens_languages_are_those_that_it_speaks():
    assert get_args(Language) == LANGUAGES
