"""Any message, made from its declaration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from wire.sip2 import forms
from wire.sip2.declare import FixedField, Message, VariableField
from wire.sip2.messages import MESSAGES

UNSAFE = "\r\n\0|"


def texts(charset: str, longest: int = 60) -> st.SearchStrategy[str]:
    return st.text(
        st.characters(codec=charset, exclude_characters=UNSAFE, exclude_categories=("Cc",)), max_size=longest
    )


def _dates() -> st.SearchStrategy[datetime | None]:
    local = st.datetimes().map(lambda value: value.replace(microsecond=0))
    return st.none() | local | local.map(lambda value: value.replace(tzinfo=UTC))


def _fixed(field: FixedField) -> st.SearchStrategy[Any]:
    largest = 10**field.width - 1
    return {
        id(forms.TEXT): st.text("0123456789 AZ.", min_size=field.width, max_size=field.width),
        id(forms.LANGUAGE): st.text("0123456789", min_size=3, max_size=3),
        id(forms.YES_NO): st.booleans(),
        id(forms.ONE_ZERO): st.booleans(),
        id(forms.YES_NO_UNKNOWN): st.sampled_from([True, False, None]),
        id(forms.NUMBER): st.integers(0, largest),
        id(forms.COUNT): st.none() | st.integers(0, largest),
        id(forms.DATE): _dates(),
        id(forms.PATRON_STATUS): st.frozensets(st.integers(0, 13)),
        id(forms.SUMMARY): st.frozensets(st.integers(0, 9)),
    }[id(field.form)]


def _variable(field: VariableField, charset: str) -> st.SearchStrategy[Any]:
    if field.many:
        return st.lists(texts(charset).filter(bool), max_size=5).map(tuple)
    return {
        id(forms.TEXT): texts(charset),
        id(forms.YES_NO_UNKNOWN): st.sampled_from([True, False, None]),
        id(forms.COUNT): st.none() | st.integers(0, 10 ** (field.width or 9) - 1),
        id(forms.DATE): _dates(),
        id(forms.SUPPORTED): st.frozensets(st.integers(0, 15)),
    }[id(field.form)]


def messages(charset: str) -> st.SearchStrategy[Message]:
    """Messages whose texts fit the charset."""
    extra = st.lists(st.tuples(st.from_regex(r"\AQ[A-Z0-9]\Z"), texts(charset)), max_size=3).map(tuple)
    return st.one_of(
        st.builds(
            kind,
            extra=extra,
            **{field.name: _fixed(field) for field in kind.layout.fixed},
            **{field.name: _variable(field, charset) for field in kind.layout.variable},
        )
        for kind in MESSAGES.values()
    )
