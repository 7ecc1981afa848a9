"""Revision 0005 with data: old loans know their reader's type, old debts are fees, old rules hold everywhere."""

from datetime import date

import pytest
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from central.migrations import migrate, tables

BEFORE = {
    "branch": {
        "id": "zhen", "tier": "town", "name_zh": "镇", "name_en": "Town", "zone": "Asia/Shanghai", "position": 0
    },
    "reader_type": {"id": "adult", "name_zh": "成人", "name_en": "Adult"},
    "reader": {
        "card": "R1", "name": "李雷", "type_id": "adult", "branch_id": "zhen", "expires_on": date(2030, 1, 1),
        "blocked": False, "fees_fen": 250, "pin_hash": "",
    },
    "lending_rule": {
        "reader_type_id": "adult", "item_type": "book", "max_loans": 5, "days": 30, "max_fees_fen": 0,
        "max_renewals": 1,
    },
    "title": {
        "id": 1, "title": "三体", "author": "", "publisher": "", "year": "", "isbn": "", "clc": "", "call_number": ""
    },
    "item": {
        "barcode": "B1", "title_id": 1, "type": "book", "home_branch_id": "zhen", "place_branch_id": "zhen",
        "status": "available",
    },
    "loan": {
        "id": 7, "item_barcode": "B1", "reader_card": "R1", "lent_ms": 1, "due_on": date(2026, 12, 1),
        "lent_account": "desk", "renewals": 0,
    },
    "hold": {"id": 3, "title_id": 1, "reader_card": "R1", "pickup_branch_id": "zhen", "placed_ms": 1},
}  # fmt: skip


@pytest.fixture
def before(older):
    """A database at revision 0004, with rows in it."""
    return older("0004", BEFORE.items())


def test_what_was_there_stays_and_is_carried_over(before):
    migrate(before)
    found = tables().tables
    with before.connect() as connection:
        loan = connection.execute(select(found["loan"])).mappings().one()
        assert (loan["id"], loan["reader_card"], loan["reader_type_id"]) == (7, "R1", "adult")
        rule = connection.execute(select(found["lending_rule"])).mappings().one()
        assert (rule["branch_id"], rule["max_loans"], rule["days"]) == ("", 5, 30)
        fee = connection.execute(select(found["fee"])).mappings().one()
        assert (fee["reader_card"], fee["kind"], fee["amount_fen"], fee["open_fen"]) == (
            "R1",
            "other",
            250,
            250,
        )
        hold = connection.execute(select(found["hold"])).mappings().one()
        assert (hold["id"], hold["cancelled_why"], hold["ready_ms"]) == (3, "", None)
        item = connection.execute(select(found["item"])).mappings().one()
        assert (item["parts"], item["lender"]) == (1, "")


def test_one_open_loan_an_item_holds_after_the_table_is_made_anew(before):
    migrate(before)
    assert "uq_loan_open_item" in {index["name"] for index in inspect(before).get_indexes("loan")}
    again = {**BEFORE["loan"], "id": 8, "reader_type_id": "adult"}
    with pytest.raises(IntegrityError), before.begin() as connection:
        connection.execute(insert(tables().tables["loan"]), again)


def test_references_are_checked_again_afterwards(before):
    migrate(before)
    with pytest.raises(IntegrityError), before.begin() as connection:
        connection.execute(text("UPDATE item SET title_id = 99"))
