"""Volumes of a set, and what bears one barcode in several pieces. On both databases."""

import pytest

from central.circulation.ledger.models import Item, ItemSet
from tests.central.circulation.ledger.more import change
from tests.central.circulation.ledger.verbs import check_in, check_out, item_information, update_properties
from tests.central.circulation.world import XIAN


@pytest.fixture
def bag(session):
    session.add(ItemSet(id=1, name="绘本袋"))
    session.flush()
    for barcode in ("B1", "B4", "LOST", "AUDIO"):
        change(session, Item, barcode, set_id=1)
    return session


def test_a_loan_tells_what_belongs_with_it(bag):
    assert check_out(bag, XIAN, "R1", "B1").missing == ("AUDIO", "B4")
    assert check_out(bag, XIAN, "R2", "AUDIO").missing == ("B1", "B4")
    assert check_out(bag, XIAN, "R1", "B4").missing == ("AUDIO",)


def test_a_return_tells_what_the_reader_still_has(bag):
    for barcode in ("B1", "B4"):
        check_out(bag, XIAN, "R1", barcode)
    check_out(bag, XIAN, "R2", "AUDIO")

    assert check_in(bag, XIAN, "B1").missing == ("B4",)
    assert check_in(bag, XIAN, "B4").missing == ()


def test_what_stands_alone_misses_nothing(session):
    assert check_out(session, XIAN, "R1", "B1").missing == ()
    assert check_in(session, XIAN, "B1").missing == ()


def test_pieces_are_told_with_the_book(session):
    change(session, Item, "B1", parts=2, parts_note="附光盘1张", lender="省图书馆")

    book = check_out(session, XIAN, "R1", "B1").book
    assert (book.parts, book.parts_note, book.lender) == (2, "附光盘1张", "省图书馆")


# ---------------------------------------------------------------- what terminals write
def test_a_terminal_writes_what_it_likes_to_an_item(session):
    written = update_properties(session, XIAN, "B1", "附光盘" * 100)

    assert written.properties == ("附光盘" * 100)[:255]
    assert item_information(session, "B1") == written
    assert update_properties(session, XIAN, "NOTHING", "").fault == "item_unknown"
