"""How a message is declared: an identifier, fixed fields in order, then variable fields by code.

    @message("35")
    class EndPatronSession(Message):
        transaction_date: datetime | None = fixed(18, DATE)
        institution_id: str = required("AO", default="")
        patron_identifier: str = required("AA")
        patron_password: str = optional("AD", default="")

The specification's own three sorts: `fixed` fields stand first, without a code; `required` variable
fields are always written, though they may be empty; `optional` ones are left out while they are at
their default, and so are `repeated` ones, which stand once for each of their values.
A default is for the caller's ease and changes nothing on the wire. The type checker holds the
annotation against the form.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform

from wire.sip2.forms import TEXT, Form

T = TypeVar("T")
M = TypeVar("M", bound="Message")

_KEY = "sip2"
_TEXT: Form[Any] = TEXT


@dataclass(frozen=True, slots=True)
class FixedField:
    width: int
    form: Form[Any]
    name: str = ""


@dataclass(frozen=True, slots=True)
class VariableField:
    code: str
    form: Form[Any]
    width: int
    always: bool
    """Written even when empty."""
    many: bool
    name: str = ""
    default: object = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What the codec knows of a message."""

    id: str
    fixed: tuple[FixedField, ...]
    variable: tuple[VariableField, ...]
    by_code: dict[str, VariableField]
    pattern: re.Pattern[str]
    """The fixed part, a group a field; what follows it is no digit, which tells short dates apart."""
    names: frozenset[str]
    """Of all its fields."""
    many: frozenset[str]
    """Names of those that stand once for each of their values."""
    absent: dict[str, Any]
    """What a required field is where it is not there, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Base of all messages."""

    layout: ClassVar[Layout]

    extra: tuple[tuple[str, str], ...] = ()
    """Variable fields that the message does not declare, code and value, in their order."""


def _field(spec: FixedField | VariableField, default: object) -> Any:
    return dataclasses.field(default=cast("Any", default), metadata={_KEY: spec})


def fixed(width: int, form: Form[T], *, default: T | object = dataclasses.MISSING) -> T:
    """A fixed field of so many characters."""
    return cast("T", _field(FixedField(width, form), default))


def required(code: str, form: Form[T] = _TEXT, *, default: T | object = dataclasses.MISSING) -> T:
    """A variable field that is always written."""
    return cast("T", _field(VariableField(code, form, 0, always=True, many=False), default))


def optional(code: str, form: Form[T] = _TEXT, *, width: int = 0, default: T) -> T:
    """A variable field that is written when it is not at its default. Digits are filled up to `width`."""
    return cast("T", _field(VariableField(code, form, width, always=False, many=False), default))


def repeated(code: str, *, default: tuple[()]) -> tuple[str, ...]:
    """A variable field that stands once for each value."""
    return cast("tuple[str, ...]", _field(VariableField(code, TEXT, 0, always=False, many=True), default))


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(fixed, required, optional, repeated)
)
def message(identifier: str) -> Callable[[type[M]], type[M]]:
    """Make a frozen dataclass of a declaration, with its layout for the codec."""

    def declare(cls: type[M]) -> type[M]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.layout = _layout(identifier, made)
        return made

    return declare


def _layout(identifier: str, cls: type[Message]) -> Layout:
    declared = [(f.metadata[_KEY], f) for f in dataclasses.fields(cls) if _KEY in f.metadata]
    fixed_fields = [dataclasses.replace(s, name=f.name) for s, f in declared if isinstance(s, FixedField)]
    variable = [
        dataclasses.replace(s, name=f.name, default=f.default)
        for s, f in declared
        if isinstance(s, VariableField)
    ]
    groups = (f"({field.form.pattern.format(w=field.width)})" for field in fixed_fields)
    return Layout(
        identifier,
        tuple(fixed_fields),
        tuple(variable),
        {field.code: field for field in variable},
        re.compile("".join(groups) + "(?![0-9])", re.DOTALL),
        frozenset([field.name for field in fixed_fields] + [field.name for field in variable]),
        frozenset(field.name for field in variable if field.many),
        {field.name: field.form.absent for field in variable if field.always},
    )
