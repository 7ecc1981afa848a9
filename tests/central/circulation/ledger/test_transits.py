"""通借通还: an item returned elsewhere goes home, and is where it was seen last. On both databases."""

from central.circulation.ledger.models import Item, Transit
from central.circulation.ledger.outcomes import Lent
from tests.central.circulation.ledger.more import add_branch, change, later
from tests.central.circulation.ledger.verbs import (
    check_in,
    check_out,
    coming,
    item_information,
    late_transits,
    leaving,
)
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN


def ways(session):
    """(from, to, why, where it was seen next), oldest first."""
    rows = session.query(Transit).order_by(Transit.id)
    return [(t.from_branch_id, t.to_branch_id, t.why, t.ended_branch_id) for t in rows]


def test_what_belongs_here_stays_here(session):
    assert check_in(session, XIAN, "B1").sent_to is None
    assert ways(session) == []


def test_it_goes_home_and_arrives_there(session):
    check_out(session, XIAN, "R1", "B1")
    sent = check_in(session, CUN, "B1")
    assert (sent.sent_to, sent.wanted_at, sent.book.place) == ("xian", None, "cun")
    assert ways(session) == [("cun", "xian", "home", None)]

    assert check_in(session, later(XIAN), "B1").sent_to is None
    assert ways(session) == [("cun", "xian", "home", "xian")]
    assert session.query(Transit.ended_ms).scalar() == NOW_MS + DAY_MS
    assert item_information(session, "B1").status == "available"


def test_it_may_be_lent_where_it_lies_and_has_arrived_there(session):
    check_in(session, CUN, "B1")

    assert isinstance(check_out(session, CUN, "R1", "B1"), Lent)
    assert ways(session) == [("cun", "xian", "home", "cun")]
    assert session.get(Item, "B1").place_branch_id == "cun"


def test_seen_at_a_third_branch_it_goes_home_from_there(session):
    add_branch(session, "zhen")
    check_in(session, CUN, "B1")

    change(session, Item, "B1", home_branch_id="zhen")
    assert check_in(session, XIAN, "B1").sent_to == "zhen"
    assert ways(session) == [("cun", "xian", "home", "xian"), ("xian", "zhen", "home", None)]


def test_a_reference_book_goes_home_too_and_a_lost_one_waits_for_staff(session):
    assert check_in(session, CUN, "REF").sent_to == "xian"
    assert check_in(session, CUN, "LOST").sent_to is None


def test_what_is_under_way_is_listed_for_both_ends(session):
    check_in(session, CUN, "B1")
    check_in(session, later(CUN), "B4")

    assert [way.barcode for way in coming(session, "xian")] == ["B1", "B4"]
    assert [way.barcode for way in leaving(session, "cun")] == ["B1", "B4"]
    assert (coming(session, "cun"), leaving(session, "xian")) == ([], [])
    (first, _) = coming(session, "xian")
    assert (first.title, first.source, first.target, first.why, first.sent_ms) == (
        "三体",
        "cun",
        "xian",
        "home",
        NOW_MS,
    )


def test_what_does_not_arrive_is_late(session):
    check_in(session, CUN, "B1")
    check_in(session, later(CUN), "B4")

    assert late_transits(session, later(XIAN, 14).now_ms) == []
    assert [way.barcode for way in late_transits(session, later(XIAN, 15).now_ms)] == ["B1"]
    assert [way.barcode for way in late_transits(session, later(XIAN, 3).now_ms, 2)] == ["B1"]
