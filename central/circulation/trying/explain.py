"""An answer field by field, in words. Pure.

What identifies a reader is masked unless it is asked for; passwords are masked always.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from central.circulation.trying.talk import Visitor
from wire.sip2.codes import PatronFlag, Summary, Supported
from wire.sip2.declare import FixedField, Message, VariableField
from wire.sip2.dialect import Charset
from wire.sip2.fields import CHINESE, FIELDS, Field
from wire.sip2.forms import DATE, PATRON_STATUS, SUMMARY, SUPPORTED
from wire.sip2.messages import MESSAGES
from wire.sip2.names import FIXED_NAMES, FLAG_NAMES, SUMMARY_NAMES, SUPPORTED_NAMES, VALUE_NAMES, Name

CHINESE_MESSAGES = frozenset({"21", "22", "27", "28", "81", "82", "85", "86", "91", "92"})
PERSONAL = frozenset({"AE", "BD", "BE", "BF", "BP", "CY", "DA", "IC", "MP", "PB", "XH", "XN", "XO", "XP"})
"""Who somebody is, and where they live."""
SECRET = frozenset({"AC", "AD", "CO", "KD"})
MASK = "***"
LONG_PASSWORD = 4
"""Characters of a password that is looked for inside words too."""
UNKNOWN = Name("未知字段", "unknown field")

_FLAGS: dict[int, dict[Any, Name]] = {
    id(PATRON_STATUS): dict(FLAG_NAMES),
    id(SUMMARY): dict(SUMMARY_NAMES),
    id(SUPPORTED): dict(SUPPORTED_NAMES),
}
_KINDS: dict[int, type[IntEnum]] = {
    id(PATRON_STATUS): PatronFlag,
    id(SUMMARY): Summary,
    id(SUPPORTED): Supported,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a message."""

    code: str
    """Empty for a fixed field."""
    name: Name
    value: str
    meaning: Name | None
    """Of the value, where it has one."""


def explain(message: Message, *, personal: bool = False) -> Iterator[Row]:
    """The fields in their order: the fixed ones, those with a code, those that no message declares.

    Args:
        message: as it was read, without any renaming.
        personal: show names, addresses and numbers of people.
    """
    layout = message.layout
    for fixed in layout.fixed:
        yield _row("", FIXED_NAMES[fixed.name], fixed, getattr(message, fixed.name))
    for field in layout.variable:
        value = getattr(message, field.name)
        if value in ("", None, ()):
            continue
        for one in value if field.many else (value,):
            yield _masked(_row(field.code, _name(layout.id, field.code), field, one), personal)
    for code, value in message.extra:
        yield _masked(Row(code, _name(layout.id, code), printable(value), None), personal)


def _row(code: str, name: Name, field: FixedField | VariableField, value: Any) -> Row:
    kinds = _FLAGS.get(id(field.form))
    if kinds is not None:
        kind = _KINDS[id(field.form)]
        named = [kinds[kind(index)] for index in sorted(value) if index in kind._value2member_map_]
        meaning = Name("、".join(n.zh for n in named), ", ".join(n.en for n in named)) if named else None
    else:
        meaning = VALUE_NAMES.get(field.name, {}).get(value) if isinstance(value, str) else None
    shown = (
        f"{value:%Y-%m-%d %H:%M:%S}"
        if field.form is DATE and value
        else field.form.render(value, field.width, "    ")
    )
    return Row(code, name, printable(shown.strip()), meaning)


def _masked(row: Row, personal: bool) -> Row:
    hidden = row.code in SECRET or (row.code in PERSONAL and not personal)
    return Row(row.code, row.name, MASK, None) if hidden and row.value else row


def _name(identifier: str, code: str) -> Name:
    table = CHINESE if identifier in CHINESE_MESSAGES else FIELDS
    field: Field | None = table.get(code)
    return Name(field.title, field.meaning) if field else UNKNOWN


def shown(octets: bytes, charset: Charset, delimiter: str, *, personal: bool = False) -> str:
    """Octets as text for a screen: line ends by name, passwords masked, people too unless asked for."""
    hidden = SECRET if personal else SECRET | PERSONAL
    text = octets.decode(charset, "replace")
    return printable("".join(_mask_frame(frame, delimiter, hidden) for frame in _LINES.findall(text)))


def printable(text: str) -> str:
    """Text that no terminal obeys: what is no glyph stands as its name or number."""
    return "".join(sign if sign.isprintable() else _NAMES.get(sign, f"<{ord(sign):02X}>") for sign in text)


def without(text: str, visitor: Visitor) -> str:
    """A line of output without what the system has repeated of the account's password and the reader's PIN."""
    if len(visitor.password) >= LONG_PASSWORD:
        text = text.replace(visitor.password, MASK)
    elif visitor.password:  # a letter or two, of which any word may be made
        text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(visitor.password)}(?![0-9A-Za-z])", MASK, text)
    if visitor.pin:  # digits, which may stand in any number
        text = re.sub(rf"(?<![0-9]){re.escape(visitor.pin)}(?![0-9])", MASK, text)
    return text


def _mask_frame(frame: str, delimiter: str, hidden: frozenset[str]) -> str:
    text = frame.lstrip("\r\n")
    kind = MESSAGES.get(text[:2])
    fixed = kind.layout.pattern.match(text, 2) if kind else None
    start = len(frame) - len(text) + (fixed.end() if fixed else 2)
    pieces = frame[start:].split(delimiter)
    told = [f"{piece[:2]}{MASK}" if piece[:2] in hidden and piece[2:].strip() else piece for piece in pieces]
    return frame[:start] + delimiter.join(told)


_LINES = re.compile(r"[\r\n]*[^\r\n]+[\r\n]*|[\r\n]+")
_NAMES = {"\r": "<CR>", "\n": "<LF>", "\0": "<NUL>"}
