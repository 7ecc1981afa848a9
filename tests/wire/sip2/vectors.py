"""The example messages of `vectors.txt`, as octets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_HEAD = re.compile(r"(?P<name>V\d\d) [<>].* enc=(?P<charset>\S+) term=(?P<end>\S+) ck=(?P<verdict>.*)")


@dataclass(frozen=True)
class Vector:
    name: str
    charset: str
    octets: bytes
    """With its terminator."""
    verdict: str
    """On its checksum: `good`, `bad` or `absent`."""
    dialect: str
    """The one to read it with."""

    def __str__(self) -> str:
        return self.name


def _vector(head: re.Match[str], text: str) -> Vector:
    end = head["end"].encode().decode("unicode_escape")
    dp2 = "preAY" in head["verdict"]
    dialect = "dp2" if dp2 else "interlib" if head["charset"] == "gbk" else "generic"
    verdict = {"OK": "good", "BAD": "bad", "none": "absent"}[re.split(r"\W", head["verdict"])[0]]
    return Vector(head["name"], head["charset"], (text + end).encode(head["charset"]), verdict, dialect)


def _read() -> dict[str, Vector]:
    lines = Path(__file__).with_name("vectors.txt").read_text(encoding="utf-8").split("\n")
    heads = ((_HEAD.match(line), text.removeprefix("    ")) for line, text in pairwise(lines))
    found = [_vector(head, text) for head, text in heads if head]
    return {vector.name: vector for vector in found}


VECTORS = _read()
