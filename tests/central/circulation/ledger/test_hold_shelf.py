"""What staff fetch and hand out, on both databases."""

from datetime import date

from central.circulation.ledger.hold_shelf import Kept, Wanted, kept, wanted
from central.circulation.ledger.models import Item, Locker
from tests.central.circulation.ledger.more import change, later
from tests.central.circulation.ledger.verbs import check_in, check_out, within
from tests.central.circulation.world import CUN, NOW_MS, XIAN, hold

wanted, kept = within(wanted), within(kept)


def test_copies_on_the_shelf_are_fetched_for_those_who_wait(session):
    change(session, Item, "B4", shelf="3排2架")
    hold(session, "R1", 3)
    hold(session, "R2", 3)

    assert wanted(session, "xian") == [
        Wanted("B4", "昆虫记", "Q96-49/1", "xian", "3排2架", 2),
        Wanted("B5", "昆虫记", "Q96-49/1", "xian", "", 2),
    ]
    assert wanted(session, "cun") == []
    check_in(session, XIAN, "B4")
    assert [row.barcode for row in wanted(session, "xian")] == ["B5"]


def test_what_is_lent_or_under_way_is_not_fetched(session):
    check_out(session, XIAN, "CHILD", "B4")
    check_in(session, CUN, "B5")
    hold(session, "R1", 3)

    assert wanted(session, "xian") == wanted(session, "cun") == []


def test_what_nobody_can_find_is_not_fetched(session):
    change(session, Item, "B4", status="missing")
    hold(session, "R1", 3)

    assert [row.barcode for row in wanted(session, "xian")] == ["B5"]


def test_what_is_kept_is_handed_out_from_its_locker(session):
    session.add(Locker(branch_id="xian", label="A1"))
    hold(session, "R1", 3)
    hold(session, "R2", 1)
    check_in(session, later(XIAN), "B4")
    check_in(session, XIAN, "B1")

    first, second = kept(session, "xian")
    assert first[1:] == ("B1", "三体", "R2", "周晓雨", NOW_MS, date(2026, 3, 8), "")
    assert (second.barcode, second.locker) == ("B4", "A1")
    assert isinstance(first, Kept)
    assert kept(session, "cun") == []


def test_a_branch_hands_out_what_lies_in_the_rooms_below_it(session):
    hold(session, "R2", 1, pickup="cun")
    check_in(session, CUN, "B1")

    assert [row.barcode for row in kept(session, "xian")] == ["B1"]
