"""A small ledger in the world of the pages: two readers, three items, one rule."""

from datetime import UTC, date, datetime, timedelta

from central.circulation.ledger.models import Fee, Item, LendingRule, Loan, Reader, ReaderType, Title
from central.clock_ms import now_ms
from tests.central.web.world import services

CARD, OTHER = "R1", "R2"
GOOD_UNTIL = date(2999, 12, 31)


def stock(app):
    """Fill the ledger of an application."""
    soon = datetime.now(UTC).date() + timedelta(days=3)
    with services(app).writing.begin() as session:
        session.add_all(
            [
                ReaderType(id="adult", name_zh="成人", name_en="Adult"),
                ReaderType(id="child", name_zh="少儿", name_en="Child", guardian_below=14),
            ]
        )
        session.flush()
        session.add_all(_rows())
        session.flush()
        session.add(
            Loan(item_barcode="B1", reader_card=CARD, lent_ms=now_ms(), due_on=soon, lent_account="x")
        )
        session.add(
            Fee(
                reader_card=CARD,
                kind="other",
                amount_fen=1250,
                open_fen=1250,
                branch_id="ZHEN",
                at_ms=now_ms(),
            )
        )


def _rows():
    for card, name in ((CARD, "林书远"), (OTHER, "林晓雨")):
        yield Reader(
            card=card,
            name=name,
            type_id="adult",
            branch_id="ZHEN",
            expires_on=GOOD_UNTIL,
            fees_fen=1250 if card == CARD else 0,
        )
    yield LendingRule(reader_type_id="adult", item_type="book", max_loans=5, days=30, max_fees_fen=5000)
    for number, title in ((1, "三体"), (2, "边城")):
        yield Title(id=number, title=title)
    for barcode, title in (("B1", 1), ("B2", 2), ("B3", 2)):
        yield Item(barcode=barcode, title_id=title, home_branch_id="ZHEN", place_branch_id="ZHEN")
