"""The source tree as the law of the house sees it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("wire", "drivers", "kiosk", "central", "deploy", "bench")


def sources(*rooms: str) -> dict[str, ast.Module]:
    """Parsed sources of these rooms (all where none is named), by their path from the root."""
    return {name: module for room in rooms or ROOMS for name, module in _parsed(room).items()}


@cache
def _parsed(room: str) -> dict[str, ast.Module]:
    found: dict[str, ast.Module] = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "/migrations/versions/" not in name:
            found[name] = ast.parse(path.read_text(encoding="utf-8"), name)
    return found


@cache
def imports(module: ast.Module) -> set[str]:
    """Dotted names of everything that the module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def importers(library: str, *rooms: str) -> set[str]:
    """Files that import `library` or a part of it."""
    return {
        name
        for name, module in sources(*rooms).items()
        if any(found == library or found.startswith(f"{library}.") for found in imports(module))
    }
