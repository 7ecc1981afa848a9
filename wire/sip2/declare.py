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
from typing import Any, ClassVar, Self, TypeVar, cast, dataclass_transform

from msgspec import NODEFAULT, Struct, defstruct
from msgspec.structs import replace

from wire.sip2.forms import TEXT, Form

T = TypeVar("T")
M = TypeVar("M", bound="Message")
Extra = tuple[tuple[str, str], ...]

_TEXT: Form[Any] = TEXT


@dataclass(frozen=True, slots=True)
class FixedField:
    width: int
    form: Form[Any]
    name: str = ""
    default: object = None


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


@dataclass_transform(frozen_default=True, kw_only_default=True)
def _base(cls: type[M]) -> type[M]:
    return cls


@_base
class Message:
    """Base of all messages."""

    __slots__ = ()

    layout: ClassVar[Layout]

    extra: Extra = ()
    """Variable fields that the message does not declare, code and value, in their order."""

    def but(self, **changes: object) -> Self:
        """The same message with other values in these fields."""
        return cast("Self", replace(cast("Struct", self), **changes))


def fixed(width: int, form: Form[T], *, default: T | object = NODEFAULT) -> T:
    """A fixed field of so many characters."""
    return cast("T", FixedField(width, form, default=default))


def required(code: str, form: Form[T] = _TEXT, *, default: T | object = NODEFAULT) -> T:
    """A variable field that is always written."""
    return cast("T", VariableField(code, form, 0, always=True, many=False, default=default))


def optional(code: str, form: Form[T] = _TEXT, *, width: int = 0, default: T) -> T:
    """A variable field that is written when it is not at its default. Digits are filled up to `width`."""
    return cast("T", VariableField(code, form, width, always=False, many=False, default=default))


def repeated(code: str, *, default: tuple[()]) -> tuple[str, ...]:
    """A variable field that stands once for each value."""
    return cast("tuple[str, ...]", VariableField(code, TEXT, 0, always=False, many=True, default=default))


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(fixed, required, optional, repeated)
)
def message(identifier: str) -> Callable[[type[M]], type[M]]:
    """Make a frozen struct of a declaration, with its layout for the codec."""

    def declare(cls: type[M]) -> type[M]:
        kinds = cls.__annotations__
        declared = [dataclasses.replace(getattr(cls, name), name=name) for name in kinds]
        made = defstruct(
            cls.__name__,
            [("extra", Extra, ()), *((field.name, kinds[field.name], field.default) for field in declared)],
            bases=(Message, Struct),
            module=cls.__module__,
            namespace={"__doc__": cls.__doc__, "layout": _layout(identifier, declared)},
            frozen=True,
            kw_only=True,
            gc=False,
        )
        return cast("type[M]", made)

    return declare


def _layout(identifier: str, declared: list[FixedField | VariableField]) -> Layout:
    fixed_fields = [field for field in declared if isinstance(field, FixedField)]
    variable = [field for field in declared if isinstance(field, VariableField)]
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
