"""What docs/rooms.md says to write is a configuration that a kiosk starts with."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.config import load
from tests.house.tree import ROOT
from tests.kiosk.settings import DESK_AND_ROOM, written

BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
KIOSK = DESK_AND_ROOM.partition("[desk]")[0]
"""Who the kiosk is and whom it talks to; the page says what its room has."""


def test_what_the_page_says_to_write_is_a_configuration_that_starts(tmp_path: Path):
    page = (ROOT / "docs/rooms.md").read_text(encoding="utf-8")
    said: dict[str, Any] = {}
    for block in BLOCK.findall(page):
        lay(said, tomllib.loads(block))
    config = load(written(tmp_path, KIOSK + as_toml(said)))
    assert config.room
    assert config.room.counting.exit_readers == ("out",)
    assert config.room.alarms.siren
    assert config.room.environment.cabinets


def lay(said: dict[str, Any], more: Mapping[str, Any]) -> None:
    """One block over those before it."""
    for name, value in more.items():
        if isinstance(value, dict):
            lay(said.setdefault(name, {}), value)
        else:
            said[name] = value


def as_toml(table: Mapping[str, Any], path: str = "") -> str:
    """A file that says what these tables say."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in table.items() if not isinstance(value, dict)]
    for name, value in table.items():
        if isinstance(value, dict):
            inner = f"{path}.{name}".lstrip(".")
            lines += [f"[{inner}]", as_toml(value, inner)]
    return "\n".join(lines)
