"""Holds from the wish to the book in hand, on both databases."""

from datetime import date

import pytest
from msgspec.structs import replace

from central.circulation.ledger.models import Hold, Item, Locker, Reader, ReaderType
from central.circulation.ledger.outcomes import Held, Lent
from tests.central.circulation.ledger.more import add_branch, add_rule, change, later
from tests.central.circulation.ledger.verbs import (
    cancel_hold,
    change_hold,
    check_in,
    check_out,
    close,
    expire_holds,
    item_information,
    place_hold,
    reader_information,
)
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, TODAY, XIAN, hold

READY_UNTIL = date(2026, 3, 8)


def lend_all(session, *barcodes, card="R1"):
    for barcode in barcodes:
        assert isinstance(check_out(session, XIAN, card, barcode), Lent)


def holds(session):
    """(card, copy, ready, filled, why it ended), oldest first."""
    rows = session.query(Hold).order_by(Hold.placed_ms, Hold.id)
    return [
        (h.reader_card, h.item_barcode, h.ready_ms is not None, h.filled_ms is not None, h.cancelled_why)
        for h in rows
    ]


def queue(session, *cards, title=1, pickup="xian"):
    """These readers wait, in this order."""
    for number, card in enumerate(cards):
        hold(session, card, title, NOW_MS - DAY_MS + number, pickup)


# ---------------------------------------------------------------- placing
def test_a_hold_is_placed_for_the_title_of_a_copy(session):
    held = place_hold(session, CUN, "R2", barcode="B1", until=date(2026, 5, 1))

    assert isinstance(held, Held)
    assert (held.title, held.pickup, held.position, held.ready) == ("三体", "cun", 1, False)
    assert (held.barcode, held.pickup_by, held.until_on) == ("", None, date(2026, 5, 1))
    assert place_hold(session, XIAN, "R1", title_id=1, pickup="cun").position == 2


REFUSED = [
    ("NOBODY", {"barcode": "B1"}, "card_unknown"),
    ("R1", {"barcode": "NOTHING"}, "item_unknown"),
    ("R1", {"title_id": 99}, "item_unknown"),
    ("BLOCKED", {"barcode": "B1"}, "card_blocked"),
    ("EXPIRED", {"barcode": "B1"}, "card_expired"),
    ("CHILD", {"barcode": "AUDIO"}, "loan_not_allowed"),
    ("R1", {"barcode": "REF"}, "loan_not_allowed"),
    ("DEBTOR", {"barcode": "B1"}, "fees_owed"),
    ("R1", {"barcode": "B1", "pickup": "nowhere"}, "pickup_unknown"),
]


@pytest.mark.parametrize(("card", "what", "fault"), REFUSED)
def test_a_refusal_names_its_fault_and_changes_nothing(session, card, what, fault):
    assert place_hold(session, XIAN, card, **what).fault == fault
    assert holds(session) == []


def test_nobody_waits_twice_nor_for_what_they_have(session):
    lend_all(session, "B3")
    place_hold(session, XIAN, "R1", barcode="B1")

    assert place_hold(session, XIAN, "R1", barcode="B2").fault == "already_held"
    assert place_hold(session, XIAN, "R1", title_id=2).fault == "already_yours"


def test_a_reader_waits_for_so_many_titles(session):
    change(session, ReaderType, "adult", max_holds=1)
    place_hold(session, XIAN, "R1", barcode="B1")

    assert place_hold(session, XIAN, "R1", barcode="B3").fault == "hold_limit"
    cancel_hold(session, XIAN, "R1", barcode="B1")
    assert isinstance(place_hold(session, XIAN, "R1", barcode="B3"), Held)


def test_a_rule_of_the_place_of_pick_up_lets_a_reader_wait(session):
    add_rule(session, "cun", "child", "audio")

    assert place_hold(session, XIAN, "CHILD", barcode="AUDIO").fault == "loan_not_allowed"
    assert isinstance(place_hold(session, XIAN, "CHILD", barcode="AUDIO", pickup="cun"), Held)


# ---------------------------------------------------------------- a copy comes in
def test_a_copy_that_comes_back_is_kept_for_the_first(session):
    lend_all(session, "B1", "B2")
    queue(session, "R2", "SMALLDEBT")

    returned = check_in(session, XIAN, "B1")
    assert (returned.wanted_at, returned.sent_to, returned.locker) == ("xian", None, None)
    assert holds(session)[0] == ("R2", "B1", True, False, "")
    assert holds(session)[1] == ("SMALLDEBT", None, False, False, "")
    found = item_information(session, "B1")
    assert (found.status, found.pickup_by, found.waiting) == ("kept", READY_UNTIL, 1)


def test_several_copies_serve_the_queue_in_its_order(session):
    lend_all(session, "B1", "B2")
    queue(session, "R2", "SMALLDEBT", "CHILD")

    check_in(session, XIAN, "B2")
    check_in(session, XIAN, "B1")
    assert [row[:3] for row in holds(session)] == [
        ("R2", "B2", True),
        ("SMALLDEBT", "B1", True),
        ("CHILD", None, False),
    ]


def test_a_copy_goes_where_it_is_picked_up_and_is_ready_there(session):
    lend_all(session, "B1")
    queue(session, "R2", pickup="cun")

    sent = check_in(session, XIAN, "B1")
    assert (sent.wanted_at, sent.sent_to) == ("cun", "cun")
    assert holds(session) == [("R2", "B1", False, False, "")]
    assert item_information(session, "B1").status == "transit"

    arrived = check_in(session, CUN, "B1")
    assert (arrived.was_lent, arrived.wanted_at, arrived.sent_to) == (False, "cun", None)
    assert holds(session) == [("R2", "B1", True, False, "")]


def test_a_kept_copy_that_turns_up_elsewhere_goes_back_there(session):
    queue(session, "R2", pickup="xian")
    check_in(session, XIAN, "B1")

    assert check_in(session, CUN, "B1").sent_to == "xian"
    assert holds(session) == [("R2", "B1", False, False, "")]


def test_a_kept_copy_that_is_seen_again_where_it_is_has_no_more_days(session):
    queue(session, "R2")
    check_in(session, XIAN, "B1")
    check_in(session, later(XIAN, 3), "B1")

    assert session.query(Hold.pickup_by).scalar() == READY_UNTIL


def test_a_hold_that_is_not_wanted_any_more_is_passed_over(session):
    queue(session, "R1", "R2")
    session.query(Hold).filter_by(reader_card="R1").update({"until_on": date(2026, 2, 28)})
    session.query(Hold).filter_by(reader_card="R2").update({"until_on": TODAY})

    check_in(session, XIAN, "B1")
    assert [row[1] for row in holds(session)] == [None, "B1"]


@pytest.mark.parametrize("status", ["lost", "repair"])
def test_what_cannot_be_lent_is_kept_for_nobody(session, status):
    queue(session, "R2")
    check_in(session, XIAN, "B1")
    change(session, Item, "B1", status=status)

    check_in(session, XIAN, "B1")
    assert holds(session) == [("R2", None, False, False, "")]


def test_the_days_of_pick_up_end_on_an_open_day(session):
    close(session, XIAN, "xian", (date(2026, 3, 8), date(2026, 3, 9)), "")
    queue(session, "R2")
    check_in(session, XIAN, "B1")

    assert session.query(Hold.pickup_by).scalar() == date(2026, 3, 10)


# ---------------------------------------------------------------- lending while others wait
def test_a_kept_copy_is_lent_to_nobody_else_and_its_reader_fills_the_hold(session):
    queue(session, "R2")
    check_in(session, XIAN, "B1")

    assert check_out(session, XIAN, "R1", "B1").fault == "on_hold"
    assert isinstance(check_out(session, XIAN, "R2", "B1"), Lent)
    assert holds(session) == [("R2", "B1", True, True, "")]


def test_a_free_copy_is_lent_while_enough_are_left_for_those_who_wait(session):
    queue(session, "R2")

    assert isinstance(check_out(session, XIAN, "CHILD", "B1"), Lent)
    assert check_out(session, XIAN, "R1", "B2").fault == "on_hold"


def test_who_waits_gets_a_free_copy_where_those_before_find_another(session):
    queue(session, "SMALLDEBT", "R1", "R2")

    assert check_out(session, XIAN, "R2", "B1").fault == "on_hold"
    assert isinstance(check_out(session, XIAN, "R1", "B1"), Lent)
    assert check_out(session, XIAN, "R2", "B2").fault == "on_hold"
    assert isinstance(check_out(session, XIAN, "SMALLDEBT", "B2"), Lent)
    assert [row[3] for row in holds(session)] == [True, True, False]


def test_who_takes_another_copy_leaves_the_kept_one_to_the_next(session):
    queue(session, "R1")
    check_in(session, XIAN, "B1")
    hold(session, "R2", 1, NOW_MS, "cun")

    assert check_out(session, XIAN, "CHILD", "B2").fault == "on_hold"
    assert isinstance(check_out(session, XIAN, "R1", "B2"), Lent)
    assert holds(session)[0] == ("R1", "B2", True, True, "")
    assert holds(session)[1] == ("R2", "B1", False, False, "")
    assert item_information(session, "B1").sent_to == "cun"


# ---------------------------------------------------------------- lockers
@pytest.fixture
def lockers(session):
    session.add_all([Locker(branch_id="xian", label=label) for label in ("A2", "A1")])
    session.flush()


def labels(session):
    return {locker.label: locker.hold_id is not None for locker in session.query(Locker)}


@pytest.mark.usefixtures("lockers")
def test_a_ready_copy_gets_the_first_free_locker_and_leaves_it_when_it_is_lent(session):
    queue(session, "R1", "R2")

    assert check_in(session, XIAN, "B1").locker == "A1"
    assert check_in(session, XIAN, "B2").locker == "A2"
    assert check_in(session, XIAN, "B1").locker == "A1"
    assert reader_information(session, XIAN, "R2").awaited[0].locker == "A2"
    check_out(session, XIAN, "R1", "B1")
    assert labels(session) == {"A1": False, "A2": True}


@pytest.mark.usefixtures("lockers")
def test_with_every_locker_full_it_is_kept_on_the_shelf(session):
    session.query(Locker).filter_by(label="A2").delete()
    queue(session, "R1", "R2")

    assert check_in(session, XIAN, "B1").locker == "A1"
    assert check_in(session, XIAN, "B2").locker is None


@pytest.mark.usefixtures("lockers")
def test_a_cancelled_hold_leaves_its_locker_to_the_next(session):
    queue(session, "R1", "R2")
    check_in(session, XIAN, "B1")

    cancel_hold(session, XIAN, "R1", title_id=1)
    assert labels(session) == {"A1": True, "A2": False}
    assert [row[:3] for row in holds(session)] == [("R1", "B1", True), ("R2", "B1", True)]


# ---------------------------------------------------------------- changing and cancelling
def test_a_hold_may_be_picked_up_elsewhere_and_keeps_its_turn(session):
    queue(session, "R1", "R2")

    changed = change_hold(session, XIAN, "R1", title_id=1, pickup="cun", until=date(2026, 6, 1))
    assert (changed.pickup, changed.position, changed.until_on) == ("cun", 1, date(2026, 6, 1))
    again = change_hold(session, XIAN, "R1", title_id=1)
    assert (again.pickup, again.until_on) == ("cun", date(2026, 6, 1))


@pytest.mark.usefixtures("lockers")
def test_a_copy_that_is_ready_follows_its_hold(session):
    queue(session, "R1")
    check_in(session, XIAN, "B1")

    changed = change_hold(session, XIAN, "R1", title_id=1, pickup="cun")
    assert (changed.ready, changed.barcode, changed.locker) == (False, "B1", "")
    assert item_information(session, "B1").sent_to == "cun"
    assert change_hold(session, XIAN, "R1", title_id=1, pickup="xian").ready is False
    assert check_in(session, CUN, "B1").sent_to == "xian"


def test_what_changes_and_cancels_nothing(session):
    queue(session, "R1")

    assert change_hold(session, XIAN, "R2", title_id=1).fault == "not_held"
    assert change_hold(session, XIAN, "R1", title_id=1, pickup="nowhere").fault == "pickup_unknown"
    assert cancel_hold(session, XIAN, "R2", barcode="B1").fault == "not_held"
    assert cancel_hold(session, XIAN, "NOBODY", barcode="B1").fault == "card_unknown"
    assert cancel_hold(session, XIAN, "R1", barcode="NOTHING").fault == "item_unknown"


def test_a_cancelled_hold_lets_its_copy_go_home(session):
    add_branch(session, "zhen")
    queue(session, "R1", pickup="zhen")
    check_in(session, replace(CUN, branch="zhen"), "B1")

    told = cancel_hold(session, XIAN, "R1", title_id=1)
    assert (told.title, told.position, told.ready, told.barcode) == ("三体", 0, False, "")
    found = item_information(session, "B1")
    assert (found.status, found.sent_to) == ("transit", "xian")


def test_a_copy_under_way_goes_on_and_is_decided_where_it_arrives(session):
    queue(session, "R1", pickup="cun")
    check_in(session, XIAN, "B1")
    cancel_hold(session, XIAN, "R1", title_id=1)
    hold(session, "R2", 1, NOW_MS, "cun")

    assert item_information(session, "B1").sent_to == "cun"
    assert check_in(session, CUN, "B1").wanted_at == "cun"


# ---------------------------------------------------------------- days that pass
def test_nobody_came_and_the_next_is_served(session):
    queue(session, "R1", "R2")
    check_in(session, XIAN, "B1")

    assert expire_holds(session, later(XIAN, 7).now_ms) == 0
    assert expire_holds(session, later(XIAN, 8).now_ms) == 1
    assert holds(session) == [("R1", "B1", True, False, "expired"), ("R2", "B1", True, False, "")]
    assert session.query(Hold.pickup_by).order_by(Hold.id.desc()).first() == (date(2026, 3, 16),)


def test_a_hold_that_nobody_could_fill_in_time_is_over(session):
    queue(session, "R1")
    session.query(Hold).update({"until_on": TODAY})

    assert expire_holds(session, NOW_MS) == 0
    assert expire_holds(session, later(XIAN).now_ms) == 1
    assert holds(session) == [("R1", None, False, False, "too_late")]


def test_what_is_ready_has_its_days_whatever_was_wanted(session):
    queue(session, "R1")
    session.query(Hold).update({"until_on": TODAY})
    check_in(session, XIAN, "B1")

    assert expire_holds(session, later(XIAN, 5).now_ms) == 0


# ---------------------------------------------------------------- what a reader sees
def test_a_reader_sees_place_and_day(session):
    queue(session, "R2", "R1")
    assert [held.position for held in reader_information(session, XIAN, "R1").awaited] == [2]
    check_in(session, XIAN, "B1")

    (first,) = reader_information(session, XIAN, "R2").awaited
    assert (first.position, first.ready, first.barcode, first.pickup_by) == (0, True, "B1", READY_UNTIL)
    (second,) = reader_information(session, XIAN, "R1").awaited
    assert (second.position, second.ready) == (1, False)


def test_a_blocked_reader_may_still_cancel(session):
    queue(session, "R1")
    change(session, Reader, "R1", blocked=True)

    assert isinstance(cancel_hold(session, XIAN, "R1", title_id=1), Held)
