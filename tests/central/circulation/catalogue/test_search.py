"""Titles are found by what people type."""

import pytest
from sqlalchemy import insert, update

from central.circulation.catalogue import search
from central.circulation.ledger.models import Hold, Item, Loan, Title, Transit
from central.circulation.ledger.sought import initials, plain, sought
from tests.central.circulation.world import NOW_MS, TODAY


@pytest.mark.parametrize(
    ("said", "letters"),
    [
        ("万历十五年", "wlswn"),
        ("长江三峡", "cjsx"),
        ("重庆森林", "cqsl"),
        ("Python 编程", "bc"),
        ("三体Ⅱ", "st"),
        ("", ""),
        ("ABC 123", ""),
    ],
)
def test_initials_are_read_in_the_word(said, letters):
    assert initials(said) == letters


def test_what_is_typed_is_brought_to_one_form():
    assert plain("ＡＢＣ－１２３ 《三体》") == "abc123三体"
    assert sought("三体", "刘慈欣", "978-7", "I247.55/1") == "三体\n刘慈欣\nst\nlcx\n9787\ni247551"


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("三体", ["三体"]),
        ("《三体》", ["三体"]),
        ("体", ["三体"]),
        ("刘慈欣", ["三体"]),
        ("wlswn", ["万历十五年"]),
        ("WLSW", ["万历十五年"]),
        ("I247.55/1", ["三体"]),
        ("三体 刘慈", ["三体"]),
        ("三体 黄仁宇", []),
        ("昆虫_记", ["昆虫记"]),
        ("%", []),
        ("", []),
        ("没有这本书", []),
        ("\\", []),
    ],
)
def test_a_title_is_found(session, said, titles):
    assert [found.title for found in search.find(session, said)] == titles


def test_what_begins_so_comes_first(session):
    session.add_all(
        [
            Title(title="昆虫的故事"),
            Title(title="我的昆虫"),
            Title(title="昆虫"),
            Title(title="花", author="昆虫"),
        ]
    )
    session.flush()
    found = [found.title for found in search.find(session, "昆虫")]
    assert found == ["昆虫", "昆虫的故事", "昆虫记", "花", "我的昆虫"]
    assert [one.title for one in search.find(session, "昆虫", limit=2, skip=1)] == found[1:3]


def test_copies_are_where_they_are_and_here_when_they_can_be_had(session):
    (found,) = search.find(session, "三体")
    assert found.shelves == (search.Shelf("cun", 1, 1), search.Shelf("xian", 1, 1))
    session.execute(
        insert(Loan),
        {"item_barcode": "B1", "reader_card": "R1", "lent_ms": NOW_MS, "due_on": TODAY, "lent_account": "x"},
    )
    (found,) = search.find(session, "三体")
    assert (found.here, found.shelves[1]) == (1, search.Shelf("xian", 1, 0))
    way = {"item_barcode": "B2", "from_branch_id": "cun", "to_branch_id": "xian", "why": "home", "sent_ms": 1}
    session.execute(insert(Transit), way)
    assert search.title(session, 1).here == 0


def test_a_copy_kept_for_somebody_is_not_to_be_had(session):
    session.add(
        Hold(title_id=2, reader_card="R1", pickup_branch_id="cun", placed_ms=1, item_barcode="B3", ready_ms=2)
    )
    session.flush()
    (found,) = search.find(session, "万历")
    assert found.shelves == (search.Shelf("cun", 1, 0),)


def test_lost_and_withdrawn_copies_are_not_told(session):
    session.execute(update(Item).where(Item.title_id == 2).values(status="lost"))
    assert search.title(session, 2).shelves == ()
    assert search.title(session, 99) is None
