"""Whatever a message can say has a name in both languages."""

from __future__ import annotations

from enum import StrEnum

import pytest

from wire.sip2 import codes
from wire.sip2.codes import Language, PatronFlag, Summary, Supported
from wire.sip2.fields import CHINESE, FIELDS
from wire.sip2.messages import MESSAGES
from wire.sip2.names import (
    FIXED_NAMES,
    FLAG_NAMES,
    MESSAGE_NAMES,
    SUMMARY_NAMES,
    SUPPORTED_NAMES,
    VALUE_NAMES,
    Name,
)

FIXED = {field.name for kind in MESSAGES.values() for field in kind.layout.fixed}
ENUMERATIONS = [
    kind
    for kind in vars(codes).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind not in (StrEnum, Language)
]


def test_every_message_and_every_fixed_field_has_a_name():
    assert MESSAGE_NAMES.keys() == MESSAGES.keys()
    assert FIXED_NAMES.keys() == FIXED


def test_every_flag_has_a_name():
    assert FLAG_NAMES.keys() == set(PatronFlag)
    assert SUMMARY_NAMES.keys() == set(Summary)
    assert SUPPORTED_NAMES.keys() == set(Supported)


@pytest.mark.parametrize("kind", ENUMERATIONS, ids=lambda kind: kind.__name__)
def test_every_value_has_a_name(kind: type[StrEnum]):
    assert set(kind) in [values.keys() for values in VALUE_NAMES.values()]


def test_values_belong_to_fields():
    variable = {field.name for field in CHINESE.values()} | {field.name for field in FIELDS.values()}

    assert VALUE_NAMES.keys() <= FIXED | variable


def test_names_are_in_both_languages():
    names: list[Name] = [*MESSAGE_NAMES.values(), *FIXED_NAMES.values(), *FLAG_NAMES.values()]
    names += [name for values in VALUE_NAMES.values() for name in values.values()]

    assert [name for name in names if not (name.zh and name.en.isascii())] == []
    assert [field.code for field in CHINESE.values() if not (field.title and field.meaning)] == []
