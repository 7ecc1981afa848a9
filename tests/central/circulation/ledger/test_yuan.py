"""Amounts as people and machines write them."""

import pytest

from central.circulation.ledger.yuan import fen, yuan


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("12.5", 1250),
        ("¥12.50", 1250),
        ("￥12.50 ", 1250),
        ("CNY 12.50元", 1250),
        ("rmb1", 100),
        ("0", 0),
        ("-0.05", -5),
        ("100000", 10_000_000),
        ("1e2", 10_000),
    ],
)
def test_an_amount_is_read(said, amount):
    assert fen(said) == amount


@pytest.mark.parametrize(
    "said", ["", "元", "twelve", "0.005", "100000.01", "nan", "inf", "1,5", "12 50", "9e99", "1e999999"]
)
def test_what_is_no_amount(said):
    with pytest.raises(ValueError, match="amount"):
        fen(said)


@pytest.mark.parametrize(("amount", "said"), [(1250, "12.50"), (-5, "-0.05"), (0, "0.00")])
def test_an_amount_is_written(amount, said):
    assert yuan(amount) == said
