"""Numbers from the standard's own user manual and from books at hand."""

import pytest

from central.circulation.ledger.isbn import forms, thirteen


@pytest.mark.parametrize(
    ("said", "long"),
    [
        ("0306406152", "9780306406157"),
        ("702000220X", "9787020002207"),
        ("702000220x", "9787020002207"),
        ("7020002201", "7020002201"),
        ("9787020002207", "9787020002207"),
        ("10019·1234", "10019·1234"),
        ("", ""),
    ],
)
def test_ten_digits_to_thirteen(said, long):
    assert thirteen(said) == long


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("9787020002207", ("9787020002207", "702000220x")),
        ("702000220x", ("9787020002207", "702000220x")),
        ("9791032711998", ("9791032711998",)),
        ("9787020002200", ("9787020002200",)),
        ("三体", ("三体",)),
    ],
)
def test_every_way_to_write_one(said, found):
    assert forms(said) == found
