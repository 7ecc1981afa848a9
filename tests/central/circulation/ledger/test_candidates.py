"""The table of checks, line by line."""

from dataclasses import replace
from datetime import date

import pytest

from central.circulation.ledger.candidates import (
    CHECKS,
    Case,
    Deposit,
    Guardian,
    Kind,
    Registration,
    age,
    is_fit,
    months_on,
    verdict,
)
from central.circulation.ledger.pins import NewPin
from tests.central.circulation.ledger.purse import id_number, shown
from wire import faults

TODAY = date(2026, 3, 1)
KIND = Kind(
    "adult", institution=False, card_months=60, deposit_fen=10000, guardian_below=14, self_service=True
)
SCHOOL = KIND._replace(institution=True)
MOTHER = Guardian(
    "G", date(1990, 1, 1), TODAY, blocked=False, fees_fen=0, guardian_card=None, institution=False
)
NEW = Registration("林书远", "C1", born_on=date(2000, 5, 5), terms="2026-1")
FINE = Case(NEW, TODAY, KIND, None, "2026-1")
CHILD = replace(NEW, born_on=date(2015, 3, 2))
NUMBER = id_number("11010519900101001")


def told(**said):
    return replace(FINE, new=replace(NEW, **said))


BITES = [
    ("registration_incomplete", told(name=" ")),
    ("registration_incomplete", told(card="C|1")),
    ("registration_incomplete", told(card="C" * 65)),
    ("id_card_wrong", told(card=NUMBER)),
    ("id_card_wrong", told(card=NUMBER, id_card=shown("11010519900101002", TODAY))),
    ("type_not_offered", replace(FINE, kind=None)),
    ("type_not_offered", replace(FINE, kind=KIND._replace(self_service=False))),
    ("registration_incomplete", replace(FINE, kind=SCHOOL)),
    ("registration_incomplete", replace(told(phone="139"), kind=SCHOOL)),
    ("pin_weak", told(pin=NewPin("123456", ""))),
    ("pin_weak", told(pin=NewPin("000505", ""))),
    ("guardian_needed", replace(FINE, new=CHILD)),
    ("guardian_needed", told(born_on=None)),
    ("guardian_unfit", told(guardian_card="G")),
    (
        "guardian_unfit",
        replace(FINE, new=replace(CHILD, guardian_card="G"), guardian=MOTHER._replace(fees_fen=1)),
    ),
    ("terms_not_accepted", told(terms="2025-1")),
    ("deposit_needed", told(deposit=Deposit(9999, "cash"))),
]


@pytest.mark.parametrize(("fault", "case"), BITES)
def test_what_a_check_bites_on(fault, case):
    assert verdict(case) == fault
    assert faults.number(fault)


def test_each_check_is_tried():
    assert [fault for fault, bites in CHECKS if any(bites(case) for _, case in BITES)] == [
        f for f, _ in CHECKS
    ]


PASSES = [
    FINE,
    told(terms=None),
    told(deposit=None),
    told(deposit=Deposit(10000, "wechat")),
    told(card=""),
    told(card=NUMBER.lower(), id_card=shown("11010519900101001", TODAY)),
    told(pin=NewPin("275839", "")),
    replace(told(by_staff=True), kind=KIND._replace(self_service=False)),
    replace(told(phone="139", remark="张老师", born_on=None), kind=SCHOOL),
    replace(FINE, new=replace(CHILD, guardian_card="G"), guardian=MOTHER),
    told(born_on=date(2012, 3, 1)),
]


@pytest.mark.parametrize("case", PASSES)
def test_what_passes(case):
    assert verdict(case) is None


@pytest.mark.parametrize(
    "guardian",
    [
        None,
        MOTHER._replace(institution=True),
        MOTHER._replace(guardian_card="X"),
        MOTHER._replace(born_on=date(2008, 3, 2)),
        MOTHER._replace(blocked=True),
        MOTHER._replace(expires_on=date(2026, 2, 28)),
        MOTHER._replace(fees_fen=1),
    ],
)
def test_who_answers_for_nobody(guardian):
    assert not is_fit(guardian, TODAY)


@pytest.mark.parametrize(
    "guardian", [MOTHER, MOTHER._replace(born_on=None), MOTHER._replace(born_on=date(2008, 3, 1))]
)
def test_who_answers_for_a_child(guardian):
    assert is_fit(guardian, TODAY)


@pytest.mark.parametrize(
    ("born_on", "years"), [(date(2012, 3, 1), 14), (date(2012, 3, 2), 13), (date(2012, 2, 29), 14)]
)
def test_age_in_full_years(born_on, years):
    assert age(born_on, TODAY) == years


def test_nobody_born_on_a_leap_day_is_older_on_28_february():
    assert age(date(2012, 2, 29), date(2026, 2, 28)) == 13


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 3, 1), 60, date(2031, 3, 1)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_months_on(day, months, end):
    assert months_on(day, months) == end
