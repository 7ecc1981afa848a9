"""Writes docs/reference from the tables of the source: `python -m tests.house.documents`.

tests/house compares: a table that changed and a page that did not fail the build.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

import central.config
import kiosk.config
from kiosk.room import table as room_table
from kiosk.session import table as session_table
from wire.facts import KINDS
from wire.faults import catalogue

ROOT = Path(__file__).parents[2]
MADE = "<!-- Made by `python -m tests.house.documents` from the source; edit that. -->\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def faults() -> str:
    """Every fault with its words."""
    rows = (
        (
            str(f.number),
            f"`{f.name}`",
            f.severity,
            f"{f.title.zh}<br>{f.title.en}",
            f"{f.reader.zh}<br>{f.reader.en}",
            f"{f.staff.zh}<br>{f.staff.en}",
        )
        for f in catalogue().values()
    )
    head = ("number", "name", "severity", "what it is", "what the reader is told", "what staff do")
    return "# Faults\n\n" + MADE + "\n" + _table(head, rows)


def facts() -> str:
    """Every kind of fact with its fields."""

    def rows() -> Iterator[tuple[str, ...]]:
        for kind, struct in KINDS.items():
            fields = ", ".join(f"`{field.name}`" for field in msgspec.structs.fields(struct))
            own = struct.__doc__ if "__doc__" in vars(struct) else ""
            yield f"`{kind}`", fields, (own or "").split("\n\n")[0]

    return "# Facts\n\n" + MADE + "\n" + _table(("kind", "fields", "meaning"), rows())


def settings() -> str:
    """Every setting of both configuration files."""
    pages = ["# Settings\n", MADE]
    for title, config in (("kiosk.toml", kiosk.config.Config), ("central.toml", central.config.Config)):
        head = ("setting", "default")
        pages += [f"\n## {title}\n", _table(head, _settings_of(config, ""))]
    return "\n".join(pages)


def _settings_of(struct: type[msgspec.Struct], path: str) -> Iterator[tuple[str, ...]]:
    for field in msgspec.structs.fields(struct):
        name = f"{path}{field.name}"
        inner = next((t for t in (field.type, *typing.get_args(field.type)) if _is_struct(t)), None)
        if inner:
            yield from _settings_of(inner, f"{name}.")
        else:
            yield f"`{name}`", "required" if field.required else f"`{_default(field)!r}`"


def _default(field: msgspec.structs.FieldInfo) -> object:
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else made()


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def transitions() -> str:
    """Both tables: what each event does in each phase."""
    pages = ["# Transitions\n", MADE]
    pages += [
        "\n## The desk (`kiosk/session/table.py`)\n",
        _moves(session_table.TABLE, session_table.IGNORED),
    ]
    pages += ["\n## The room (`kiosk/room/table.py`)\n", _moves(room_table.TABLE, room_table.IGNORED)]
    return "\n".join(pages)


def _moves(
    table: Mapping[typing.Any, Mapping[type, Callable[..., object]]],
    ignored: Mapping[typing.Any, Mapping[type, str]],
) -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for phase, moves in table.items():
            for event, move in moves.items():
                yield phase.value, event.__name__, f"`{move.__name__}`", (move.__doc__ or "").split("\n\n")[0]
            for event, why in ignored[phase].items():
                yield phase.value, event.__name__, "ignored", why

    return _table(("phase", "event", "move", "meaning"), rows())


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/faults.md": faults,
    "docs/reference/facts.md": facts,
    "docs/reference/settings.md": settings,
    "docs/reference/transitions.md": transitions,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
