"""The declarations agree with each other, with the table of codes and with their own annotations."""

from __future__ import annotations

from typing import get_type_hints

import msgspec
import pytest

from wire.sip2 import forms
from wire.sip2.declare import Message
from wire.sip2.fields import _TABLE, CHINESE, FIELDS
from wire.sip2.messages import (
    ANSWERED_BY,
    MESSAGES,
    Checkout,
    ItemInformation,
    PatronInformation,
    PatronStatusRequest,
)

ALL = [pytest.param(kind, id=kind.__name__) for kind in MESSAGES.values()]

HOLDS = {
    str: forms.TEXT,
    int: forms.NUMBER,
    int | None: forms.COUNT,
    bool | None: forms.YES_NO_UNKNOWN,
    forms.datetime | None: forms.DATE,
    tuple[str, ...]: forms.TEXT,
}
"""The form of each annotation; bool and frozenset[int] have several."""

CHINESE_MESSAGES = {"21", "22", "27", "28", "81", "82", "85", "86", "91", "92"}
FIXED_WIDTHS = {
    "93": 2, "94": 1, "99": 8, "98": 34, "97": 0, "96": 0, "23": 21, "24": 35, "63": 31, "64": 59,
    "35": 18, "36": 19, "11": 38, "12": 22, "09": 37, "10": 22, "17": 18, "18": 24,
    "01": 19, "25": 18, "26": 35, "29": 38, "30": 22, "65": 18, "66": 27, "19": 18, "20": 19,
    "15": 19, "16": 20, "37": 25, "38": 19,
    "21": 18, "22": 19, "27": 18, "28": 19, "81": 38, "82": 18, "85": 18, "86": 18, "91": 18, "92": 18,
}  # fmt: skip
"""Characters of the fixed part, by the specification."""


def test_every_identifier_is_known():
    assert {name: sum(f.width for f in kind.layout.fixed) for name, kind in MESSAGES.items()} == FIXED_WIDTHS


def test_every_request_has_its_answer():
    pairs = {(ask.layout.id, answer.layout.id) for ask, answer in ANSWERED_BY.items()}

    assert pairs == {
        ("93", "94"), ("99", "98"), ("23", "24"), ("63", "64"), ("35", "36"), ("11", "12"), ("09", "10"), ("17", "18"),
        ("01", "24"), ("25", "26"), ("29", "30"), ("65", "66"), ("19", "20"), ("15", "16"), ("37", "38"),
        ("81", "82"), ("85", "86"), ("91", "92"), ("21", "22"), ("27", "28"),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ALL)
def test_attributes_have_the_names_of_their_codes(kind: type[Message]):
    named = {field.code: field.name for field in kind.layout.variable}

    meanings = CHINESE if kind.layout.id in CHINESE_MESSAGES else FIELDS

    assert named == {code: meanings[code].name for code in named}
    assert len(named) == len(kind.layout.variable), "a code stands twice"


@pytest.mark.parametrize("kind", ALL)
def test_annotations_fit_their_forms(kind: type[Message]):
    hints = get_type_hints(kind)

    for field in (*kind.layout.fixed, *kind.layout.variable):
        hint = hints[field.name]
        if field.name == "language":
            assert field.form is (
                forms.LANGUAGE if kind in (PatronStatusRequest, PatronInformation) else forms.TEXT
            )
        elif hint in HOLDS:
            assert field.form is HOLDS[hint], field.name
        else:
            assert type(field.form.absent) in (bool, frozenset), field.name


@pytest.mark.parametrize("kind", ALL)
def test_every_field_reaches_the_wire(kind: type[Message]):
    declared = {field.name for field in (*kind.layout.fixed, *kind.layout.variable)}

    assert {field.name for field in msgspec.structs.fields(kind)} == {*declared, "extra"}


def test_codes_stand_once_in_the_table():
    assert len(FIELDS) == len(_TABLE)
    assert all(len(code) == 2 and entry.meaning for code, entry in FIELDS.items())


def test_messages_are_frozen():
    message = ItemInformation(transaction_date=None, item_identifier="B1")

    with pytest.raises(AttributeError):
        message.item_identifier = "B2"  # type: ignore[misc]


def test_what_has_no_default_must_be_said():
    with pytest.raises(TypeError, match="item_identifier"):
        Checkout(transaction_date=None, patron_identifier="R1")  # type: ignore[call-arg]


SPECIFIED = {
    # message: its required fields, its optional ones, by 3M SIP 2.00, document revision 2.12
    "23": ("AO AA AC AD", ""), "24": ("AO AA AE", "BL CQ BH BV AF AG"),
    "11": ("AO AA AB AC", "CH AD BO BI"), "12": ("AO AA AB AJ AH", "BT CI BH BV CK CH BK AF AG"),
    "09": ("AP AO AB AC", "CH BI"), "10": ("AO AB AQ", "AJ CL AA CK CH AF AG"),
    "01": ("AO AL AA AC", ""), "99": ("", ""), "98": ("AO BX", "AM AN AF AG"), "96": ("", ""), "97": ("", ""),
    "93": ("CN CO", "CP"), "94": ("", ""), "63": ("AO AA", "AC AD BP BQ"),
    "64": ("AO AA AE", "BZ CA CB BL CQ BH BV CC AS AT AU AV BU CD BD BE BF AF AG"),
    "35": ("AO AA", "AC AD"), "36": ("AO AA", "AF AG"), "37": ("BV AO AA", "AC AD CG BK"), "38": ("AO AA", "BK AF AG"),
    "17": ("AO AB", "AC"), "18": ("AB AJ", "CF AH CJ CM BG BH BV CK AQ AP CH AF AG"),
    "19": ("AO AB CH", "AC"), "20": ("AB", "AJ CH AF AG"), "25": ("AO AA", "AC AD"), "26": ("AO AA AE", "BL CQ AF AG"),
    "15": ("AO AA", "BW BS BY AD AB AJ AC BO"), "16": ("AO AA", "BW BR BS AB AJ AF AG"),
    "29": ("AO AA", "AD AB AJ AC CH BO"), "30": ("AO AA AB AJ AH", "BT CI BH BV CK CH BK AF AG"),
    "65": ("AO AA", "AD AC BO"), "66": ("AO", "BM BN AF AG"),
}  # fmt: skip
BEYOND = {
    "10": "CR CS CT CV CY DA YF YM", "12": "CS YF YM", "16": "YF", "18": "CS", "20": "YF", "24": "YF", "26": "YF",
    "30": "CS YF", "38": "YF", "64": "XD XH XT YA YE YF YH YR YT YV YW", "66": "YF", "94": "AF",
}  # fmt: skip
"""Sorters' fields, Chinese systems', our own."""
REPEATED = frozenset(["AF", "AG", "AS", "AT", "AU", "AV", "BU", "CD", "BM", "BN", "YE", "YH", "YM", "YW"])


@pytest.mark.parametrize("name", SPECIFIED)
def test_a_message_has_the_fields_of_the_specification_and_those_that_are_known_beyond(name: str):
    required, optional = (set(codes.split()) for codes in SPECIFIED[name])
    declared = MESSAGES[name].layout.variable

    assert {field.code for field in declared if field.always} == required
    assert {field.code for field in declared if not field.always} == optional | set(
        BEYOND.get(name, "").split()
    )
    assert {field.code for field in declared if field.many} <= REPEATED
    assert {field.code for field in declared} & REPEATED <= {field.code for field in declared if field.many}


def test_no_message_is_neither_specified_nor_chinese():
    assert MESSAGES.keys() == SPECIFIED.keys() | CHINESE_MESSAGES
