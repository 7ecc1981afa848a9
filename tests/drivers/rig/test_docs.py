"""The rig's and the door's pages tell every request, setting and register."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import msgspec
import pytest

from drivers.door.registers import Point, RegisterMap
from drivers.rig import api
from drivers.rig.config import Book, Card, Device, IdCardHeld, RigConfig

TABLES = {"devices", "books", "cards", "id_cards"}
DEVICES = Path(__file__).parents[3] / "docs/devices"


def page(name):
    return (DEVICES / f"{name}.md").read_text()


@pytest.mark.parametrize("verb", api.VERBS, ids=lambda verb: f"{verb.method} {verb.path}")
def test_every_request_stands_in_the_page(verb):
    path = re.sub(r"<(\w+)>", lambda name: name[1].upper(), verb.path)
    assert f"| `{verb.method} /api{path}` |" in page("rig")


@pytest.mark.parametrize("struct", [RigConfig, Device, Book, Card, IdCardHeld])
def test_every_key_stands_in_the_file(struct):
    keys = {field.encode_name for field in msgspec.structs.fields(struct)} - TABLES
    assert {key for key in keys if not re.search(rf"^(# )?{key} = ", page("rig"), re.MULTILINE)} == set()


def test_every_register_stands_in_the_page():
    for field in fields(RegisterMap):
        point = getattr(RegisterMap(), field.name)
        assert isinstance(point, Point)
        assert re.search(rf"\| {point.address} \| {point.width} \| `{field.name}`", page("door")), field.name
