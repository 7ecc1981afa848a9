"""Literal octets and what they say, one a line of `rfid.tsv`: family, name, octets, value (JSON), source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Vector(NamedTuple):
    family: str
    name: str
    octets: bytes
    value: Any
    hexadecimal: str
    """As it stands in the file; `|` between the banks of a UHF tag, of which `octets` is the first."""


def _vector(line: str) -> Vector:
    family, name, octets, value, _source = line.split("\t")
    return Vector(family, name, bytes.fromhex(octets.partition("|")[0]), json.loads(value), octets)


_LINES = (Path(__file__).parent / "rfid.tsv").read_text(encoding="utf-8").splitlines()
_VECTORS = [_vector(line) for line in _LINES]


def of(*families: str) -> list[Any]:
    """Parameters: every vector of these families, at least one of each."""
    chosen = [each for each in _VECTORS if each.family in families]
    assert {each.family for each in chosen} == set(families)
    return [pytest.param(each, id=f"{each.family} {each.name}") for each in chosen]
