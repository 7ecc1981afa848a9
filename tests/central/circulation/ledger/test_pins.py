from datetime import date

import pytest
from argon2 import PasswordHasher

from central.circulation.ledger import pins

BIRTHDAY = date(1985, 3, 9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "1234567",
        "abcdef",
        "１２３４５６",
        "123456",
        "654321",
        "345678",
        "000000",
        "850309",
        "090385",
        "198503",
    ],
)
def test_what_anybody_guesses(text):
    assert pins.is_weak(text, BIRTHDAY)


@pytest.mark.parametrize("text", ["275839", "135790", "123457", "850310"])
def test_what_may_be_chosen(text):
    assert not pins.is_weak(text, BIRTHDAY)


def test_a_birthday_of_nobody_binds_nobody():
    assert not pins.is_weak("850309", None)


def test_the_hash_fits_and_nothing_is_shown():
    pin = pins.new("275839")

    assert PasswordHasher().verify(pin.hash, "275839")
    assert repr(pin) == "NewPin()"
