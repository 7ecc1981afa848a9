"""From what was found out to a dialect: the shipped one that fits best, and the overrides that are left. Pure.

A dialect is worse by each thing that it says otherwise than was found, better by each that it says just so
and the standard does not, and among equals the one that adds the least of its own is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from central.circulation.trying.findings import Finding
from wire.sip2.dialect import load, names

Table = dict[str, Any]

STANDARD = "generic"
SITES = frozenset({"lists_titles"})
"""What each site sets as it likes: a mark of no dialect."""
OURS = "shuwu"
"""Only for our own ledger: it trusts that a transaction which comes twice is done once."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A dialect to begin with."""

    dialect: str
    overrides: str
    """TOML; empty where the dialect has everything as it was found."""
    signs: int
    """How many things of it, which the standard has otherwise, were found just so."""


def propose(findings: Iterable[Finding]) -> Proposal:
    """The dialect and its overrides."""
    keyed = [finding for finding in findings if finding.key]
    marks = [finding for finding in keyed if finding.key not in SITES]
    ours = any(finding.key == "faults" for finding in keyed)
    tables = {name: _table(name) for name in names() if ours or name != OURS}
    standard = tables[STANDARD]

    def rank(name: str) -> tuple[int, int, int, bool, str]:
        table = tables[name]
        own = sum(value != standard[key] for key, value in table.items() if key != "title")
        return (len(_conflicts(table, marks)), -_signs(table, standard, marks), own, name != STANDARD, name)

    best = min(tables, key=rank)
    left = _conflicts(tables[best], keyed)
    return Proposal(best, toml(_nested(tables[best], left)), _signs(tables[best], standard, marks))


def _table(name: str) -> Table:
    """A dialect in the words of its file: lists are lists."""
    table: Table = msgspec.json.decode(msgspec.json.encode(load(name)))
    return table


def _conflicts(table: Mapping[str, Any], findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.binding and not _says(table, finding)]


def _signs(table: Mapping[str, Any], standard: Mapping[str, Any], findings: Iterable[Finding]) -> int:
    return sum(_says(table, finding) and not _says(standard, finding) for finding in findings)


def _says(table: Mapping[str, Any], finding: Finding) -> bool:
    value = _at(table, finding.key)
    return (
        finding.value <= set(value) if isinstance(finding.value, frozenset) else bool(value == finding.value)
    )


def _at(table: Any, path: str) -> Any:
    for key in path.split("."):
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def _nested(base: Mapping[str, Any], findings: Iterable[Finding]) -> Table:
    """The overrides as a table; a list that must hold something keeps what the base has in it."""
    overrides: Table = {}
    for finding in findings:
        *path, last = finding.key.split(".")
        table = overrides
        for key in path:
            table = table.setdefault(key, {})
        if isinstance(finding.value, frozenset):
            table[last] = sorted({*(table.get(last) or _at(base, finding.key)), *finding.value})
        else:
            table[last] = finding.value
    return overrides


def toml(table: Mapping[str, Any], path: str = "") -> str:
    """A table as TOML: plain keys first, then the tables in it. JSON's strings, numbers and lists are TOML's."""
    plain = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in table.items()
        if not isinstance(value, Mapping)
    ]
    lines = [f"[{path}]", *plain] if path and plain else plain
    parts = ["\n".join(lines)] if lines else []
    parts += [
        toml(value, f"{path}.{key}" if path else key)
        for key, value in table.items()
        if isinstance(value, Mapping)
    ]
    return "\n\n".join(parts)
