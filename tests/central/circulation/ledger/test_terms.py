"""Versions of the terms, on both databases."""

from datetime import date

from msgspec.structs import replace

from central.circulation.ledger import terms
from central.circulation.ledger.outcomes import Refused
from central.circulation.ledger.terms import Text
from tests.central.circulation.world import DAY_MS, NOW_MS, TODAY, XIAN

OLD = Text("2025-1", date(2025, 1, 1), "旧须知", "Old")
NEXT = Text("2026-1", date(2026, 3, 2), "新须知", "New")


def test_a_version_is_in_force_from_its_day(cursor):
    assert terms.in_force(cursor, TODAY) is None
    assert terms.publish(cursor, XIAN, OLD)
    assert terms.publish(cursor, XIAN, NEXT)

    assert terms.in_force(cursor, TODAY) == OLD
    assert terms.version(cursor, date(2026, 3, 2)) == "2026-1"


def test_a_version_never_changes(cursor):
    terms.publish(cursor, XIAN, OLD)

    assert not terms.publish(cursor, XIAN, OLD._replace(text_zh="另一份"))
    assert terms.in_force(cursor, TODAY).text_zh == "旧须知"


def test_a_reader_accepts_what_is_in_force(cursor):
    terms.publish(cursor, XIAN, OLD)
    terms.publish(cursor, XIAN, NEXT)
    tomorrow = replace(XIAN, now_ms=NOW_MS + DAY_MS)

    assert terms.accept(cursor, XIAN, "R1", "2025-1") is None
    assert terms.accept(cursor, XIAN, "R1", "2026-1") == Refused("terms_not_accepted")
    assert terms.accept(cursor, tomorrow, "R2", "2026-1") is None
    assert terms.accept(cursor, XIAN, "NOBODY", "2025-1") == Refused("card_unknown")
    assert terms.acceptances(cursor) == [("2026-1", 1), ("2025-1", 1), ("", 6)]


def test_where_there_are_none_nobody_accepts_any(cursor):
    assert terms.accept(cursor, XIAN, "R1", "") == Refused("terms_not_accepted")
