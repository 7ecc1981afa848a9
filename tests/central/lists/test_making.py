"""What a list says, when a new version is made, and who is given which."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from central.circulation.ledger.models import Hold, LendingRule, Loan, Reader
from central.db import open_sessions
from central.fleet.models import Device
from central.lists import imports, making, operations
from central.lists.models import ListBody, ListEntry, ListHead, ListImport
from central.lists.operations import Wish
from central.lists.sources import Grant, Number
from central.rooms.hours import operations as opening
from tests.central.circulation.world import NOW_MS, TODAY
from tests.central.lists.world import DESK, FAR, LIFE_MS, MINUTE_MS, ROOM, fill, given, make, version
from wire.lists import entry, holds

DAY_MS = making.DAY_MS


def has(body, kind, number):
    keys = [group.keys for group in body.readers] if kind == "reader" else [body.items]
    return any(holds(one, entry(body.salt, kind, number)) for one in keys)


def deny(engine, number="X1", branch=None, kind="reader", until=None, now_ms=NOW_MS):
    with open_sessions(engine).begin() as session:
        operations.deny(session, Wish(kind, number, branch, "why", until), "wu", now_ms, TODAY)


def test_the_ledger_s_readers_in_good_standing_are_allowed_by_type(library):
    assert make(library)
    body = given(library, ROOM, "allow")
    found = {group.type: (group.cap, len(group.keys) // 12) for group in body.readers}
    assert found == {"adult": (2, 4), "child": (1, 1)}
    for card in ("R1", "R2", "CHILD", "LASTDAY", "SMALLDEBT"):
        assert has(body, "reader", card), card
    for card in ("EXPIRED", "BLOCKED", "DEBTOR"):
        assert not has(body, "reader", card), card


def test_blocked_readers_are_denied_and_what_somebody_waits_for_is_held(library):
    with open_sessions(library).begin() as session:
        lent = Loan(item_barcode="B4", reader_card="R2", lent_ms=1, due_on=TODAY, lent_account="xian-desk")
        session.add(lent)
    make(library)
    denied, held = given(library, ROOM, "deny"), given(library, ROOM, "hold")
    assert has(denied, "reader", "BLOCKED")
    assert denied.entries() == 1
    assert has(held, "item", "B5")
    assert not has(held, "item", "B4")
    assert held.entries() == 1


def test_a_ban_ends_with_its_last_day_and_a_cancelled_hold_keeps_nothing(library):
    with open_sessions(library).begin() as session:
        session.execute(
            update(Reader).where(Reader.card == "BLOCKED").values(blocked_until=date(2026, 2, 28))
        )
        session.execute(update(Hold).values(cancelled_ms=NOW_MS, cancelled_why="reader"))
    make(library)
    assert has(given(library, ROOM, "allow"), "reader", "BLOCKED")
    assert given(library, ROOM, "deny") is None
    assert given(library, ROOM, "hold") is None


def test_the_nearest_branch_s_rule_says_how_many_books_a_reader_may_have(library):
    more = {"days": 30, "max_fees_fen": 500, "max_renewals": 1}
    with open_sessions(library).begin() as session:
        session.add(
            LendingRule(reader_type_id="adult", item_type="book", branch_id="cun", max_loans=7, **more)
        )
    make(library)
    caps = {
        device: {group.type: group.cap for group in given(library, device, "allow").readers}
        for device in (ROOM, FAR)
    }
    assert caps == {ROOM: {"adult": 7, "child": 1}, FAR: {"adult": 2, "child": 1}}


def test_a_branch_s_entries_hold_there_and_below(library):
    deny(library, "X1")
    deny(library, "X2", "xian")
    deny(library, "X3", "cun")
    deny(library, "X4", "gang", kind="item")
    make(library)
    denied = {device: given(library, device, "deny") for device in (DESK, ROOM, FAR)}
    for device, cards in ((DESK, "12"), (ROOM, "123"), (FAR, "12")):
        assert {n for n in "1234" if has(denied[device], "reader", f"X{n}")} == set(cards), device
    assert has(denied[FAR], "item", "X4")
    assert not has(denied[FAR], "reader", "X4")


def test_kiosks_for_which_a_list_is_the_same_share_one_body(library):
    deny(library, "X3", "cun")
    make(library)
    assert version(library, DESK, "deny") == version(library, FAR, "deny")
    assert version(library, DESK, "deny") != version(library, ROOM, "deny")
    with open_sessions(library)() as session:
        assert len(session.scalars(select(ListBody).where(ListBody.name == "deny")).all()) == 2


def test_nothing_new_makes_nothing(library):
    assert make(library)
    assert not make(library, NOW_MS + MINUTE_MS)


def test_a_change_by_staff_is_made_at_once_and_one_of_the_ledger_at_its_pace(library):
    make(library)
    before = {name: version(library, ROOM, name) for name in ("deny", "allow", "hold")}
    deny(library, now_ms=NOW_MS + MINUTE_MS)
    with open_sessions(library).begin() as session:
        session.execute(update(Reader).where(Reader.card == "R2").values(expires_on=date(2026, 1, 1)))
    assert make(library, NOW_MS + MINUTE_MS)
    assert version(library, ROOM, "deny") == NOW_MS + MINUTE_MS
    assert version(library, ROOM, "allow") == before["allow"]
    assert has(given(library, ROOM, "allow"), "reader", "R2")
    assert make(library, NOW_MS + DAY_MS)
    assert not has(given(library, ROOM, "allow"), "reader", "R2")


def test_a_reader_whom_the_ledger_blocks_is_denied_at_the_next_look(library):
    make(library)
    with open_sessions(library).begin() as session:
        session.execute(update(Reader).where(Reader.card == "R2").values(blocked=True))
    assert make(library, NOW_MS + MINUTE_MS)
    assert has(given(library, ROOM, "deny"), "reader", "R2")


def test_each_day_there_is_a_new_version_with_a_new_salt(library):
    make(library)
    first = given(library, ROOM, "deny")
    assert not make(library, NOW_MS + DAY_MS - 1)
    assert make(library, NOW_MS + DAY_MS)
    second = given(library, ROOM, "deny")
    assert second.salt != first.salt
    assert has(second, "reader", "BLOCKED")
    with open_sessions(library)() as session:
        head = session.get(ListHead, (ROOM, "deny"))
        assert session.get(ListBody, ("deny", head.version)).expires_ms == NOW_MS + DAY_MS + LIFE_MS


def test_a_list_that_never_said_anything_is_not_made(library):
    make(library)
    assert given(library, ROOM, "hours") is None
    with open_sessions(library).begin() as session:
        opening.set_hours(session, "xian", opening.Wish(["08:00-20:00"] * 7), "wu", NOW_MS)
    make(library, NOW_MS + MINUTE_MS)
    assert given(library, ROOM, "hours").hours.zone == "Asia/Shanghai"


def test_a_list_that_says_nothing_any_more_is_made_empty(library):
    make(library)
    with open_sessions(library).begin() as session:
        session.execute(update(Reader).values(blocked=False))
    make(library, NOW_MS + MINUTE_MS)
    assert given(library, ROOM, "deny").entries() == 0


def test_of_hours_the_nearest_hold(library):
    with open_sessions(library).begin() as session:
        opening.set_hours(session, "xian", opening.Wish(["08:00-20:00"] * 7, "2026-10-01"), "wu", NOW_MS)
        opening.set_hours(session, "cun", opening.Wish(["00:00-24:00"] * 7), "wu", NOW_MS)
    make(library)
    assert given(library, ROOM, "hours").hours.week[0] == ((0, 1440),)
    assert given(library, FAR, "hours").hours.dates == {"2026-10-01": ()}
    with open_sessions(library).begin() as session:
        opening.clear_hours(session, "cun", NOW_MS + MINUTE_MS)
    make(library, NOW_MS + MINUTE_MS)
    assert given(library, ROOM, "hours").hours.week[0] == ((480, 1200),)


def test_a_kiosk_that_moves_gets_a_higher_version_never_a_lower(library):
    deny(library, "X3", "cun")
    make(library)
    deny(library, "X4", "cun", now_ms=NOW_MS + MINUTE_MS)
    make(library, NOW_MS + MINUTE_MS)
    before = version(library, ROOM, "deny")
    with open_sessions(library).begin() as session:
        session.get(Device, ROOM).branch_id = "gang"
    make(library, NOW_MS + 2 * MINUTE_MS)
    assert version(library, ROOM, "deny") > before
    assert version(library, FAR, "deny") == version(library, ROOM, "deny")


def test_a_central_restored_from_a_backup_goes_above_what_a_kiosk_has_taken(library):
    make(library)
    later = NOW_MS + 400 * MINUTE_MS
    with open_sessions(library).begin() as session:
        session.get(ListHead, (ROOM, "deny")).taken = later
    make(library, NOW_MS + making.BELIEVED_MS)
    assert version(library, ROOM, "deny") == later + 1


def test_a_kiosk_that_tells_of_ever_later_versions_makes_a_new_one_once_an_hour(library):
    """All kiosks of its list would fetch it again each minute."""
    make(library)
    made = []
    for minute in range(1, 121):
        now_ms = NOW_MS + minute * MINUTE_MS
        with open_sessions(library).begin() as session:
            session.get(ListHead, (ROOM, "deny")).taken = now_ms + minute
        if make(library, now_ms):
            made.append(minute)
    assert made == [60, 120]


def test_a_kiosk_that_tells_of_a_wild_version_pushes_nobody_there(library):
    make(library)
    before = version(library, ROOM, "deny")
    with open_sessions(library).begin() as session:
        session.get(ListHead, (ROOM, "deny")).taken = 2**53 - 1
    assert not make(library, NOW_MS + MINUTE_MS)
    assert version(library, ROOM, "deny") == before


def test_a_retired_kiosk_is_given_nothing_new(library):
    with open_sessions(library).begin() as session:
        session.get(Device, ROOM).retired_on = TODAY
    make(library)
    assert given(library, ROOM, "deny") is None
    assert given(library, FAR, "deny") is not None


def test_imported_readers_are_allowed_and_the_lower_branch_s_word_holds(library):
    with open_sessions(library).begin() as session:
        session.execute(delete(ListImport))
        wide = {Number("reader", "I1"): Grant("成人", 5), Number("reader", "I2"): Grant("成人", 5)}
        imports.keep(session, "allow", None, wide, "cli", NOW_MS, 30)
        imports.keep(session, "allow", "cun", {Number("reader", "I2"): Grant("少儿", 1)}, "cli", NOW_MS, 30)
    make(library)
    groups = {group.type: group for group in given(library, ROOM, "allow").readers}
    salt = given(library, ROOM, "allow").salt
    assert holds(groups["成人"].keys, entry(salt, "reader", "I1"))
    assert holds(groups["少儿"].keys, entry(salt, "reader", "I2"))
    assert not holds(groups["成人"].keys, entry(salt, "reader", "I2"))


def test_numbers_are_forgotten_with_their_time(library):
    deny(library, "X1", until=TODAY)
    with open_sessions(library).begin() as session:
        imports.keep(session, "deny", None, {Number("item", "B9"): Grant()}, "cli", NOW_MS, 1)
    make(library)
    assert given(library, ROOM, "deny").entries() == 3
    make(library, NOW_MS + 3 * DAY_MS)
    assert given(library, ROOM, "deny").entries() == 1
    with open_sessions(library)() as session:
        assert session.scalars(select(ListEntry)).all() == []
        assert session.scalars(select(ListImport)).all() == []
        assert {body.made_ms for body in session.scalars(select(ListBody))} == {NOW_MS + 3 * DAY_MS}


def test_a_hundred_thousand_readers_are_one_body_of_less_than_two_megabytes(sqlite_engine):
    fill(sqlite_engine)
    many = {Number("reader", f"{n:012}"): Grant("成人", 5) for n in range(100_000)}
    with open_sessions(sqlite_engine).begin() as session:
        imports.keep(session, "allow", "gang", many, "cli", NOW_MS, 30)
    make(sqlite_engine)
    with open_sessions(sqlite_engine)() as session:
        sizes = session.scalars(select(ListBody.size).where(ListBody.name == "allow")).all()
    assert max(sizes) < 2_000_000
    assert given(sqlite_engine, FAR, "allow").entries() == 100_005


@pytest.mark.parametrize("wrong_by_ms", [0, 5 * DAY_MS])
def test_a_clock_that_was_wrong_does_not_stop_new_versions(library, wrong_by_ms):
    make(library, NOW_MS + wrong_by_ms)
    deny(library, now_ms=NOW_MS + 1)
    assert make(library, NOW_MS + 1)
    assert version(library, ROOM, "deny") > NOW_MS + wrong_by_ms
