"""Writes docs/reference from the tables of the source: `python -m tests.house.documents`.

tests/house compares: a table that changed and a page that did not fail the build.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import msgspec

import central.config
import kiosk.config
from drivers import kit
from drivers.configured import Configured
from kiosk.errands import table as errand_table
from kiosk.registering import table as registering_table
from kiosk.room import table as room_table
from kiosk.service import table as service_table
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


DEVICES = (
    ("`devices.NAME.driver`", "the usual one of that name; [drivers.md](drivers.md) has all"),
    ("`devices.NAME.place`", "`'door'` for `door_scanner`, a door and a counter, else `'desk'`"),
    ("`devices.NAME.required`", "`True` for a pad and a door, else `False`"),
    ("`devices.NAME.…`", "the driver's own"),
)


def settings() -> str:
    """Every setting of both configuration files."""
    pages = ["# Settings\n", MADE]
    for title, config in (("kiosk.toml", kiosk.config.Config), ("central.toml", central.config.Config)):
        head = ("setting", "default")
        pages += [f"\n## {title}\n", _table(head, _settings_of(config, ""))]
    return "\n".join(pages)


def drivers() -> str:
    """Every driver of the house with its settings."""
    pages = [
        "# Drivers\n",
        MADE,
        "\nWhat stands under `[devices.NAME]`, beside `driver`, `place` and `required`.\n",
    ]
    for name in kit.BUILT_IN:
        found = kit.driver(name)
        asked = (
            "`shuwu-probe find` asks for it."
            if found.probe
            else "It cannot be asked; `shuwu-probe test` tries it."
        )
        pages.append(f"\n## `{name}`\n\n{found.title}. Kind: {found.kind}. {asked}\n")
        pages.append(_table(("setting", "default", "meaning"), _rows_of(found.settings)))
    return "\n".join(pages)


def _rows_of(struct: type[msgspec.Struct]) -> Iterator[tuple[str, ...]]:
    return ((f"`{name}`", default, meaning) for name, default, meaning in settings_of(struct))


def settings_of(struct: type[msgspec.Struct], path: str = "") -> Iterator[tuple[str, str, str]]:
    """Each setting with its default and its docstring. What is given by names of one's own is `inputs.*.address`."""
    words = _words_of(struct)
    for field in msgspec.structs.fields(struct):
        name = f"{path}{field.name}"
        inner, named = _struct_in(field.type)
        if inner:
            yield from settings_of(inner, f"{name}.*." if named else f"{name}.")
        else:
            default = "required" if field.required else f"`{_default(field)!r}`"
            yield name, default, words.get(field.name, "")


def _struct_in(kind: object) -> tuple[type[msgspec.Struct] | None, bool]:
    """The struct in a type, and whether it stands in a dict, under names of one's own."""
    if _is_struct(kind):
        return kind, False  # type: ignore[return-value]  # `_is_struct` looked
    for part in typing.get_args(kind):
        inner, named = _struct_in(part)
        if inner:
            return inner, named or typing.get_origin(kind) is dict
    return None, False


def _words_of(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The docstring below each field, also of those that are inherited."""
    words: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if base.__module__.partition(".")[0] != "drivers":
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(tree, ast.ClassDef)
        for field, below in itertools.pairwise(tree.body):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                words[ast.unparse(field.target)] = ast.literal_eval(below.value)
    return words


def _settings_of(struct: type[msgspec.Struct], path: str) -> Iterator[tuple[str, ...]]:
    for field in msgspec.structs.fields(struct):
        name = f"{path}{field.name}"
        inner = next((t for t in (field.type, *typing.get_args(field.type)) if _is_struct(t)), None)
        if inner is Configured:
            yield from DEVICES
        elif inner:
            yield from _settings_of(inner, f"{name}.")
        else:
            yield f"`{name}`", "required" if field.required else f"`{_default(field)!r}`"


def _default(field: msgspec.structs.FieldInfo) -> object:
    made = field.default_factory
    found = field.default if made is msgspec.NODEFAULT else made()
    return sorted(found) if isinstance(found, frozenset) else found


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def transitions() -> str:
    """The tables: what each event does in each phase, and each touch on each panel."""
    pages = ["# Transitions\n", MADE]
    pages += [_head("The desk", session_table), _moves(session_table.TABLE, session_table.IGNORED)]
    pages += [
        _head("What a reader does besides", errand_table),
        _moves(errand_table.TABLE, errand_table.IGNORED),
        "\nWhat a touch does:\n",
        _table(("panel", "touch", "move", "meaning"), _touches(errand_table.TOUCHES)),
    ]
    pages += [
        _head("Staff at the machine", service_table),
        _moves(service_table.TABLE, service_table.IGNORED),
    ]
    pages += [
        _head("Somebody becomes a reader", registering_table),
        _moves(registering_table.TABLE, registering_table.IGNORED),
        "\nWhat a touch does:\n",
        _table(("phase", "touch", "move", "meaning"), _touches(registering_table.TOUCHES)),
    ]
    pages += [_head("The room", room_table), _moves(room_table.TABLE, room_table.IGNORED)]
    return "\n".join(pages)


def _head(title: str, table: ModuleType) -> str:
    """A heading, then the table's own theory and diagram."""
    path = table.__name__.replace(".", "/") + ".py"
    return f"\n## {title} (`{path}`)\n\n{inspect.getdoc(table)}\n"


def _touches(
    touches: Mapping[typing.Any, Mapping[typing.Any, Callable[..., object]]],
) -> Iterator[tuple[str, ...]]:
    for panel, moves in touches.items():
        for action, move in moves.items():
            yield panel.value, f"`{action}`", f"`{move.__name__}`", (move.__doc__ or "").split("\n\n")[0]


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
    "docs/reference/drivers.md": drivers,
    "docs/reference/transitions.md": transitions,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
