"""Numbers of ID cards, against those that GB 11643-1999 prints and the arithmetic of ISO 7064."""

from datetime import date

import pytest

from central.circulation.ledger.id_card import check, read
from tests.central.circulation.ledger.purse import KEY

TODAY = date(2026, 3, 1)
PRINTED = "11010519491231002X"
"""Annex A of the standard."""


def test_the_standards_own_example():
    card = read(PRINTED, KEY, TODAY)

    assert (card.born_on, card.sex, card.last4) == (date(1949, 12, 31), "f", "002X")


def test_the_standards_other_example():
    assert read("440524188001010014", KEY, date(1999, 7, 1)).sex == "m"


@pytest.mark.parametrize("text", ["11010519491231002x", " 110105 19491231 002X "])
def test_what_people_type_is_the_same_number(text):
    assert read(text, KEY, TODAY).digest == read(PRINTED, KEY, TODAY).digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110105194912310021",
        "11010519491231002",
        "11010519491231002XX",
        "01010519491231002X",
        "11010519491331002" + check("11010519491331002"),
        "11010519490229002" + check("11010519490229002"),
        "11010518491231002" + check("11010518491231002"),
        "11010520260302002" + check("11010520260302002"),
        "１１０１０５１９４９１２３１００２X",
    ],
)
def test_what_is_no_number(text):
    assert read(text, KEY, TODAY) is None


@pytest.mark.parametrize("at", range(17))
def test_one_wrong_digit_is_found(at):
    wrong = str((int(PRINTED[at]) + 1) % 10)
    assert check(PRINTED[:at] + wrong + PRINTED[at + 1 : 17]) != "X"


def test_the_number_stands_in_no_repr_and_the_hash_is_keyed():
    card = read(PRINTED, KEY, TODAY)

    assert PRINTED not in repr(card)
    assert card.digest not in repr(card)
    assert card.digest != read(PRINTED, b"o" * 32, TODAY).digest
