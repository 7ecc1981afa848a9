"""What a branch says of its registration, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import AgedType, ConfigError, load
from tests.kiosk.settings import DESK_AND_ROOM, written

READER = """
[devices.id_reader]
driver = "sdt"
port = "/dev/ttyUSB9"

[registration]
version = "2026-1"
types = [{ id = "child" }, { id = "adult", from_age = 14 }]

[registration.terms]
zh-CN = "读者须知"
"""


def test_a_desk_with_a_reader_of_identity_cards_registers(tmp_path: Path):
    wanted = load(written(tmp_path, DESK_AND_ROOM + READER)).registration
    assert wanted
    assert (wanted.guardian_below, wanted.idle_s, wanted.warn_s) == (14, 60.0, 20.0)
    assert wanted.types == (AgedType("child"), AgedType("adult", 14))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('driver = "sdt"\n', 'driver = "sdt"\nplace = "door"\n', "needs a desk with an identity card reader"),
        ('version = "2026-1"\n', 'version = "2026-1"\nwarn_s = 60\n', "must be less than idle_s"),
        ('zh-CN = "读者须知"', 'en = "Terms"', "not in zh-CN"),
        ('version = "2026-1"', 'version = "2026|1"', "version"),
    ],
)
def test_a_registration_that_cannot_be_is_refused_at_the_start(tmp_path: Path, old: str, new: str, why: str):
    with pytest.raises(ConfigError, match=why):
        load(written(tmp_path, DESK_AND_ROOM + READER.replace(old, new)))
