"""The table of places is whole, and what is said of it stands in docs/privacy.md."""

import pytest

from central.circulation.persons.places import FORGOTTEN, PLACES, TEXTS, without
from central.migrations import tables
from tests.house.tree import ROOT

PRIVACY = ROOT / "docs/privacy.md"


def test_every_column_that_refers_to_a_reader_is_a_place():
    refers = {
        (table.name, column.name)
        for table in tables().sorted_tables
        for column in table.columns
        if any(key.target_fullname == "reader.card" for key in column.foreign_keys)
    }
    assert refers == {
        (place.card.class_.__tablename__, place.card.key)
        for place in PLACES
        if place.name not in {"reader", "denials", "imported_lists", "room_cards"}
    }


@pytest.mark.parametrize("name", [place.name for place in PLACES])
def test_each_place_stands_in_the_docs(name):
    assert f"| `{name}` |" in PRIVACY.read_text(encoding="utf-8")


@pytest.mark.parametrize("column", TEXTS, ids=str)
def test_each_text_stands_in_the_docs(column):
    assert f"`{column.class_.__tablename__}.{column.key}`" in PRIVACY.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("123 lost 5", f"{FORGOTTEN} lost 5"),
        ("1234 0123 A123", "1234 0123 A123"),
        ("(123)", f"({FORGOTTEN})"),
        ("王明说123坏了", f"{FORGOTTEN}说{FORGOTTEN}坏了"),
        ("nothing", "nothing"),
    ],
)
def test_a_text_without_a_reader(text, left):
    assert without(text, "123", "王明") == left


def test_a_name_of_one_character_is_no_name():
    assert without("王府", "123", "王") == "王府"
