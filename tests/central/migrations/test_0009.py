"""Revision 0009 with data: of holds that stand twice the oldest stays, and the database keeps it so."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from central.migrations import migrate

# fmt: off
BRANCH = {
    "id": "zhen", "tier": "town", "name_zh": "镇", "name_en": "Town", "zone": "Asia/Shanghai", "position": 0
}
TYPE = {
    "id": "adult", "name_zh": "成人", "name_en": "Adult", "institution": False, "max_holds": 5, "card_months": 60,
    "deposit_fen": 0, "self_service": True,
}
READER = {
    "name": "李雷", "type_id": "adult", "branch_id": "zhen", "expires_on": date(2030, 1, 1), "blocked": False,
    "blocked_why": "", "fees_fen": 0, "deposit_fen": 0, "pin_hash": "", "id_last4": "", "sex": "", "nation": "",
    "phone": "", "email": "", "address": "", "remark": "", "terms_version": "", "registered_account": "",
    "keeps_history": False,
}
TITLE = {
    "id": 1, "title": "三体", "author": "", "publisher": "", "year": "", "isbn": "", "clc": "", "call_number": "",
    "language": "", "pages": "", "record_format": "", "sought": "",
}
ITEM = {
    "barcode": "B1", "title_id": 1, "type": "book", "home_branch_id": "zhen", "place_branch_id": "zhen",
    "status": "available", "shelf": "", "call_number": "", "parts": 1, "parts_note": "", "lender": "",
    "properties": "",
}
# fmt: on


def hold(number, card, placed_ms, filled_ms=None, cancelled_ms=None):
    return {
        "id": number,
        "title_id": 1,
        "reader_card": card,
        "pickup_branch_id": "zhen",
        "placed_ms": placed_ms,
        "filled_ms": filled_ms,
        "cancelled_ms": cancelled_ms,
        "cancelled_why": "",
    }


HOLDS = (
    hold(3, "R1", 2),
    hold(4, "R1", 2),
    hold(5, "R1", 0, cancelled_ms=9),
    hold(6, "R1", 0, filled_ms=9),
    hold(7, "R2", 5),
)


@pytest.fixture
def migrated(older):
    """A database that had doubles at revision 0008: hold 3 is the oldest of R1's open ones."""
    readers = [("reader", {"card": card, **READER}) for card in ("R1", "R2")]
    rows = [("branch", BRANCH), ("reader_type", TYPE), *readers, ("title", TITLE), ("item", ITEM)]
    engine = older("0008", [*rows, *(("hold", row) for row in HOLDS)])
    migrate(engine)
    return engine


def test_of_doubles_the_oldest_stays(migrated):
    with migrated.connect() as connection:
        found = connection.execute(text("SELECT id, cancelled_ms, cancelled_why FROM hold ORDER BY id")).all()

    assert found == [(3, None, ""), (4, 2, "staff"), (5, 9, ""), (6, None, ""), (7, None, "")]


def test_nobody_waits_twice_for_a_title_and_a_copy_is_kept_for_one(migrated):
    with migrated.begin() as connection:
        connection.execute(text("UPDATE hold SET item_barcode = 'B1' WHERE id IN (3, 6)"))

    for change in (
        "UPDATE hold SET item_barcode = 'B1' WHERE id = 7",
        "UPDATE hold SET reader_card = 'R1' WHERE id = 7",
    ):
        with pytest.raises(IntegrityError), migrated.begin() as connection:
            connection.execute(text(change))
