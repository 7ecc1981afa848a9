"""The body of a frame, all but AY and AZ, to a message and back.

`reader` and `writer` look at a declaration and a dialect once and give what does the work: most of what they
ask is the same for each message of a kind. Each has a short way for what nearly all peers write nearly always,
and beside it the careful way, which takes everything and decides by itself in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from wire.sip2 import idiom
from wire.sip2.declare import Layout, Message, VariableField
from wire.sip2.dialect import Dialect
from wire.sip2.forms import TEXT

MAX_VALUE_CHARACTERS: Final = 255
"""The specification's length of a variable field (p. 15)."""

UNDATED: Final = frozenset({"65"})
"""What reaches us without its date too: php-sip2, and whatever was written after it, begins the 65 with its AO."""

Read = Callable[[str], "tuple[Message, bool] | None"]
"""The message in a body, identifier and all, and whether it ends as a body ends: with a delimiter or with its fixed
fields. None where the fixed fields do not fit."""
Write = Callable[[Message], str]
"""The body of a message."""

_CODE = re.compile(r"(?!A[YZ])[A-Z][A-Z0-9]")
_UNDISPLAYED = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
"""Control characters, line ends and NUL among them: each becomes a blank."""


# ---------------------------------------------------------------- reading
def reader(kind: type[Message], dialect: Dialect) -> Read:
    """What reads the messages of a kind."""
    layout, delimiter = kind.layout, dialect.delimiter
    begins, match = len(layout.id), layout.pattern.match
    may_lack_fixed = layout.id in dialect.no_fixed
    may_begin_with_code = layout.id in UNDATED
    fixed = [(field.name, field.form.parse) for field in layout.fixed]
    unfixed = ("",) * len(fixed)
    read_variable = _variable_reader(layout, dialect)
    has_idioms = idiom.concerns(layout, dialect)

    def read(text: str) -> tuple[Message, bool] | None:
        found = match(text, begins)
        if found is None and not (may_lack_fixed or (may_begin_with_code and _CODE.match(text, begins))):
            return None
        rest = text[found.end() if found else begins :].lstrip(" ")
        values = {**layout.absent}
        for (name, parse), part in zip(fixed, found.groups() if found else unfixed, strict=True):
            values[name] = parse(part)
        read_variable(rest, values)
        if has_idioms:
            idiom.understand(values, layout, dialect)
        return kind(**values), not rest or rest.endswith(delimiter)

    return read


def _variable_reader(layout: Layout, dialect: Dialect) -> Callable[[str, dict[str, Any]], None]:
    """What puts the variable fields of a body among the values of a message."""
    delimiter, by_code = dialect.delimiter, layout.by_code
    renamed = dialect.rename.get(layout.id, {})
    splitter = re.compile(re.escape(delimiter) + "(?=[A-Z][A-Z0-9])")
    theirs = {**{code: code for code in by_code if code not in renamed}, **renamed}
    plain = {
        code: by_code[standard].name
        for code, standard in theirs.items()
        if standard in by_code and by_code[standard].form is TEXT and not by_code[standard].many
    }

    def read(rest: str, values: dict[str, Any]) -> None:
        """The short way: texts that are declared, each once, and each piece is one."""
        told: dict[str, Any] = {}
        for piece in rest.split(delimiter):
            name = plain.get(piece[:2])
            if name is not None and name not in told:
                told[name] = piece[2:]
            elif piece:
                read_carefully(rest, values)
                return
        values.update(told)

    def read_carefully(rest: str, values: dict[str, Any]) -> None:
        """A delimiter that no code follows belongs to the value before it, or is junk at its end."""
        found: set[str] = set()
        extra: list[tuple[str, str]] = []
        for piece in filter(_CODE.match, splitter.split(rest.lstrip(delimiter))):
            value, code = piece[2:].rstrip(delimiter), renamed.get(piece[:2], piece[:2])
            field = by_code.get(code)
            if field is not None and field.many:
                values.setdefault(field.name, []).append(value)
            elif field is None or code in found or not _take(values, field, value):
                extra.append((code, value))
            else:
                found.add(code)
        for name in layout.many & values.keys():
            values[name] = tuple(filter(None, values[name]))
        values["extra"] = tuple(extra)

    return read


def _take(values: dict[str, Any], field: VariableField, text: str) -> bool:
    """Read one value; False where the field's form cannot say what the text says."""
    value = field.form.parse(text)
    if value is None and text:
        return False
    values[field.name] = value
    return True


# ---------------------------------------------------------------- writing
def writer(kind: type[Message], dialect: Dialect) -> Write:
    """What writes the messages of a kind."""
    delimiter = dialect.delimiter
    parts_of = _parts_writer(kind.layout, dialect)
    has_idioms = idiom.concerns(kind.layout, dialect)

    def write(message: Message) -> str:
        if has_idioms:
            message = idiom.word(message, dialect)
        head, told = parts_of(message)
        text = head + delimiter.join(told) + delimiter if told else head
        if text.isprintable() and text.count(delimiter) == len(told) and len(text) <= MAX_VALUE_CHARACTERS:
            return text
        return _clean(head, delimiter) + "".join(
            [piece[:2] + _clean(piece[2:], delimiter) + delimiter for piece in told]
        )

    return write


def _parts_writer(layout: Layout, dialect: Dialect) -> Callable[[Message], tuple[str, list[str]]]:
    """What gives a message's identifier with its fixed fields, and each variable field to be written, code and text.

    A function of its own for the message and the dialect, from its source, a line a field: a loop over the
    declaration would ask of each field of each answer what is known beforehand. Of a 24 it begins

        def parts(message):
            told = []
            told.append('AO' + message.institution_id)
            if (value := message.valid_patron) is not None: told.append('BL' + render_8(value, 0, zone))
    """
    names: dict[str, Any] = {"zone": dialect.zone}
    renamed = dialect.rename.get(layout.id, {})
    lines = [
        _field_line(number, theirs, field, names)
        for number, field in enumerate(layout.variable)
        if (theirs := _their_code(field.code, renamed))
    ]

    def extra(message: Message) -> list[str]:
        coded = [(_their_code(code, renamed), value) for code, value in message.extra]
        return [code + value for code, value in coded if code]

    names["extra"] = extra
    source = [
        "def parts(message):",
        " told = []",
        *lines,
        " if message.extra: told += extra(message)",
        f" return {_head(layout, dialect, names)}, told",
    ]
    exec("\n".join(source), names)  # noqa: S102 - of names and codes that the declarations have
    made: Callable[[Message], tuple[str, list[str]]] = names["parts"]
    return made


def _head(layout: Layout, dialect: Dialect, names: dict[str, Any]) -> str:
    """The expression for the identifier and the fixed fields."""
    if layout.id in dialect.no_fixed or not layout.fixed:
        return repr(layout.id)
    names.update({f"fix_{field.name}": field.form.render for field in layout.fixed})
    told = " + ".join(
        f"fix_{field.name}(message.{field.name}, {field.width}, zone)" for field in layout.fixed
    )
    return (
        f"{layout.id!r} + ' ' * len({told})"
        if layout.id in dialect.blank_fixed
        else f"{layout.id!r} + {told}"
    )


def _field_line(number: int, code: str, field: VariableField, names: dict[str, Any]) -> str:
    """The line for one variable field."""
    value = f"message.{field.name}"
    if field.many:
        return f" if {value}: told += [{code!r} + value for value in {value} if value]"
    names[f"default_{number}"], names[f"render_{number}"] = field.default, field.form.render
    text = "value" if field.form is TEXT else f"render_{number}(value, {field.width}, zone)"
    if field.always:
        return f" value = {value}; told.append({code!r} + {text})"
    is_told = "is not None" if field.default is None else f"!= default_{number}"
    return f" if (value := {value}) {is_told}: told.append({code!r} + {text})"


def _their_code(code: str, renamed: dict[str, str]) -> str | None:
    """The peer's code for a field; None where the peer means something else by it and has no other."""
    theirs = next((theirs for theirs, standard in renamed.items() if standard == code), None)
    return theirs or (None if code in renamed else code)


def _clean(text: str, delimiter: str) -> str:
    """A value as it may stand in a frame: 255 characters of what can be displayed (p. 15), no delimiter."""
    if not text.isprintable():
        text = text.strip("\r\n\0").translate(_UNDISPLAYED)
    if len(text) > MAX_VALUE_CHARACTERS:
        text = text[:MAX_VALUE_CHARACTERS]
    return text.replace(delimiter, " ") if delimiter in text else text
