"""One TOML file, one frozen value; every mistake is named by its path."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.config import Config, ConfigError, Mqtt, load

SMALLEST = """
device = "zhen-24h-1"
state = "state"

[ils]
host = "127.0.0.1"
port = 6001
user = "kiosk"
password_file = "ils.password"

[central]
public_key = "AAAA"
"""
DESK = """
[desk]
[devices.pad]
port = "socket://127.0.0.1:4001"
[devices.scanner]
port = "/dev/ttyUSB1"
"""
ROOM = """
[room]
[devices.door]
port = "/dev/ttyUSB2"
[devices.door_scanner]
port = "/dev/ttyUSB3"
place = "door"
"""
TLS = """
[mqtt]
host = "broker.example"
port = 8883
ca = "pki/ca.pem"
certificate = "pki/own.pem"
key = "/etc/shuwu/own.key"
"""


@pytest.fixture
def loaded(tmp_path):
    """Load a text as the file in a folder that has the ILS's password."""
    (tmp_path / "ils.password").write_text("geheim\n")

    def read(text):
        path = tmp_path / "kiosk.toml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return read


def test_the_smallest_desk_has_every_default(loaded, tmp_path):
    config = loaded(SMALLEST + DESK)
    assert (config.device, config.state) == ("zhen-24h-1", tmp_path / "state")
    assert config.ils.password_file == tmp_path / "ils.password"
    assert (config.ils.desk_timeout_s, config.ils.door_timeout_s, config.ils.dialect) == (3.0, 2.0, "shuwu")
    assert config.mqtt == Mqtt("127.0.0.1", 1883)
    assert (config.screen.host, config.screen.port) == ("127.0.0.1", 8080)
    assert (config.desk.idle_s, config.desk.warn_s) == (45.0, 20.0)
    assert config.room is None
    assert (config.devices.pad.afi_secured, config.devices.pad.afi_lent) == (0x07, 0xC2)
    assert config.devices.door is None


def test_one_daemon_plays_both_roles(loaded):
    config = loaded(SMALLEST + DESK + ROOM)
    assert config.desk is not None
    assert (config.room.release_s, config.room.held_open_s) == (8.0, 30.0)
    assert config.devices.door_scanner.place == "door"


def test_relative_paths_start_at_the_files_folder(loaded, tmp_path):
    config = loaded(SMALLEST + DESK + TLS)
    assert config.mqtt.ca == tmp_path / "pki" / "ca.pem"
    assert config.mqtt.certificate == tmp_path / "pki" / "own.pem"
    assert str(config.mqtt.key) == "/etc/shuwu/own.key"


def test_the_value_is_frozen(loaded):
    config = loaded(SMALLEST + DESK)
    with pytest.raises(AttributeError):
        config.ils.host = "elsewhere"


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('device = "zhen-24h-1"', 'device = "zhen-24h-1"\ncolour = "red"', "colour"),
        ('user = "kiosk"', 'user = "kiosk"\npin = "1"', "$.ils"),
        ("[desk]", "[desk]\nidel_s = 30", "$.desk"),
        ('device = "zhen-24h-1"', 'device = "Zhen 24H"', "$.device"),
        ('device = "zhen-24h-1"', "", "device"),
        ("port = 6001", "port = 66001", "$.ils.port"),
        ("port = 6001", 'port = "6001"', "$.ils.port"),
        ("[desk]", "[desk]\nidle_s = 0", "$.desk.idle_s"),
        ("[desk]", "[desk]\nidle_s = 20", "$.desk.warn_s"),
        ("[desk]", "[desk]\ntag_tries = 0", "$.desk.tag_tries"),
        ("[devices.pad]", "[devices.pad]\nafi_lent = 256", "$.devices.pad.afi_lent"),
        ("[devices.pad]", "[devices.pad]\nafi_lent = 7", "$.devices.pad.afi_lent"),
        ("[devices.pad]", '[devices.pad]\nframe = "odd"', "$.devices.pad.frame"),
        ("[devices.scanner]", '[devices.scanner]\nplace = "roof"', "$.devices.scanner.place"),
        ("[desk]", '[screen]\nhost = "0.0.0.0"\n[desk]', "$.screen.host"),
        ("[desk]", '[mqtt]\nhost = "broker.example"\n[desk]', "$.mqtt.ca"),
        ("[desk]", "", "neither `desk` nor `room`"),
        ('password_file = "ils.password"', 'password_file = "gone"', "$.ils.password_file"),
    ],
)
def test_a_mistake_is_named_by_file_and_path(loaded, tmp_path, old, new, path):
    text = SMALLEST + DESK
    assert old in text
    with pytest.raises(ConfigError) as error:
        loaded(text.replace(old, new, 1))
    assert str(error.value).startswith(str(tmp_path / "kiosk.toml"))
    assert path in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "role",
    [DESK.split("[devices.scanner]", maxsplit=1)[0], ROOM.split("[devices.door_scanner]", maxsplit=1)[0]],
)
def test_a_role_without_its_devices_is_refused(loaded, role):
    with pytest.raises(ConfigError, match=r"\$\.devices"):
        loaded(SMALLEST + role)


def test_no_toml_is_refused(loaded):
    with pytest.raises(ConfigError, match=r"kiosk\.toml"):
        loaded("device = zhen")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        load(tmp_path / "nowhere.toml")


def test_nothing_unknown_is_let_in_anywhere():
    schema = msgspec.json.schema(Config, schema_hook=lambda _path: {"type": "string"})
    parts = schema["$defs"]
    assert {"Config", "Ils", "Mqtt", "Desk", "Room", "Pad", "DoorUnit"} <= set(parts)
    assert all(part["additionalProperties"] is False for part in parts.values())
