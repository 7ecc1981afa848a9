"""Strategies and extremes made from the declarations themselves: any fact, the longest fact, any JSON."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from wire.facts import KINDS, Fact

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


PLAIN: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
}


def valid(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Any value that a field of this type may have."""
    if type(kind) in PLAIN:
        return PLAIN[type(kind)]
    match kind:
        case inspect.StrType(pattern=str(pattern)):
            return st.from_regex(pattern)
        case inspect.StrType(max_length=limit):
            return st.text(max_size=limit)
        case inspect.IntType():
            top = kind.le if kind.le is not None else kind.lt - 1
            return st.integers(kind.ge, top)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.UnionType(types=types):
            return st.one_of([valid(each) for each in types])
        case inspect.VarTupleType(item_type=item, max_length=int(limit)):
            return st.lists(valid(item), max_size=limit).map(tuple)
    raise TypeError(kind)


def longest(kind: inspect.Type) -> Any:
    """The value that takes the most octets: each character is escaped to six (`\\u0001`)."""
    match kind:
        case inspect.StrType(pattern=str(pattern)):
            return "f" * int(pattern.rsplit("}")[0].rsplit("{")[1].rsplit(",")[-1])
        case inspect.StrType(max_length=limit):
            return "\x01" * limit
        case inspect.IntType():
            return kind.le if kind.le is not None else kind.lt - 1
        case inspect.FloatType():
            return -2.2250738585072014e-308
        case inspect.BoolType():
            return True
        case inspect.LiteralType(values=values):
            return max(values, key=len)
        case inspect.UnionType(types=types):
            return longest(next(each for each in types if not isinstance(each, inspect.NoneType)))
        case inspect.VarTupleType(item_type=item, max_length=int(limit)):
            return (longest(item),) * limit
    raise TypeError(kind)


def _fields(kind: type[Fact]) -> tuple[inspect.Field, ...]:
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    return told.fields


facts = st.one_of(
    [st.builds(kind, **{field.name: valid(field.type) for field in _fields(kind)}) for kind in KINDS.values()]
)
LONGEST = {name: kind(*[longest(field.type) for field in _fields(kind)]) for name, kind in KINDS.items()}
"""Of each kind the one that takes the most octets."""


def with_more(text: str, more: Any) -> bytes:
    """A JSON object with a field that this version does not know."""
    return msgspec.json.encode({**msgspec.json.decode(text), "from_the_future": more})
