"""The rig's file: what is wrong is named with its path."""

from __future__ import annotations

import pytest

from drivers.rig.config import ConfigError, load

GOOD = """
name = "书屋"
port = 8100

[[devices]]
name = "pad"
kind = "pad"
pty = "run/ttyPAD"

[[devices]]
name = "door"
kind = "door"
port = 7004
baud = 19200

[[books]]
uid = "E004015012340001"
item = "3305231000010"
title = "三体"
"""


def written(folder, text):
    path = folder / "rig.toml"
    path.write_text(text)
    return path


def test_a_good_file(tmp_path):
    config = load(written(tmp_path, GOOD))
    pad, door = config.devices
    assert (pad.pty, pad.pace) == (tmp_path / "run/ttyPAD", 38400)
    assert (door.pty, door.port, door.pace) == (None, 7004, 19200)
    assert config.books[0].secured
    assert len(config.books[0].memory()) == 112


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("port = 8100", "portt = 8100", "unknown field `portt`"),
        ('kind = "door"', 'kind = "doors"', "$.devices[1].kind"),
        ("port = 7004", "port = 70040", "$.devices[1].port"),
        ("E004015012340001", "E0040150123400", "$.books[0].uid"),
        ('name = "door"', 'name = "pad"', "pad stands twice - at `$.devices[].name`"),
        ('kind = "door"', 'kind = "pad"', "pad stands twice - at `$.devices[].kind`"),
        ('title = "三体"', 'title = "三体"\nmodel = "iso28560-3"\nowner = "CN330523-ZD"', "$.books[0]"),
        ('item = "3305231000010"', f'item = "{"条码" * 25}"', "chip of 112"),
        ('pty = "run/ttyPAD"', "pty = 7", "$.devices[0].pty"),
        ("port = 8100", "port =", "rig.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_path(tmp_path, old, new, says):
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, GOOD.replace(old, new)))
    assert says in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml")
    assert "No such file" in str(caught.value)


def test_a_file_that_is_no_utf_8_is_refused(tmp_path):
    file = tmp_path / "rig.toml"
    file.write_bytes(GOOD.encode("gbk"))
    with pytest.raises(ConfigError, match=r"rig.toml: no UTF-8"):
        load(file)
