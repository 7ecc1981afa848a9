"""The staff's list out of facts: whatever comes twice, late, alone or in another order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import permutations

import pytest
from sqlalchemy import select, text, update

from central.circulation.ledger.models import Item, Loan, Reader, ReaderType, Title
from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import STATES, Told
from central.circulation.owed.store import orphan, take
from central.db import open_sessions
from central.facts.rows import pseudonym
from tests.central.ingest import world as ingest
from tests.central.ingest.world import DESK, JOURNAL, KEY, NOW, READER, ROOM, batch
from tests.central.kiosk import until
from wire import facts
from wire.envelope import encode_fact

TXN, OTHER = "0a" * 8, "0b" * 8
NEXT = "6e" * 16
LOAN = {"txn": TXN, "item": "B1", "reader": READER}
RETURN = {"txn": TXN, "item": "B1"}
GRANTED = facts.LoanGranted(
    **LOAN, reader_type="adult", title="三体", due="2026-10-21", decided_by="list", sealed="c2VhbGVk"
)
HOUR_MS = 3_600_000
PATIENCE_S = 20


def rows(engine):
    with open_sessions(engine, readonly=True)() as session:
        query = select(OwedTransaction).order_by(OwedTransaction.device_id, OwedTransaction.txn)
        return session.scalars(query).all()


def only(engine):
    (row,) = rows(engine)
    return row


def tell(engine, *of, device=ROOM, at_ms=NOW, journal=JOURNAL, first=1):
    return ingest.take(
        engine, device, batch(first, of, wall_ms=at_ms - 1000 * first, journal=journal), now_ms=at_ms
    )


ENDS = [
    (facts.LoanOwed(**LOAN), "owed", False),
    (GRANTED, "granted", True),
    (facts.ReturnOwed(**RETURN), "owed", False),
    (facts.ReturnTaken(**RETURN, title="三体"), "taken", True),
    (facts.LoanMade(**LOAN, settled=True, granted=True), "made", True),
    (facts.LoanMade(**LOAN, settled=True), "made", False),
    (facts.LoanMade(**LOAN, forced=True), "made", False),
    (facts.LoanRefused(**LOAN, fault=103, granted=True), "refused", True),
    (facts.LoanRefused(**LOAN, fault=206, settled=True), "abandoned", False),
    (facts.LoanAbandoned(**LOAN), "abandoned", False),
    (facts.LoanAbandoned(**LOAN, unclear=True), "orphaned", False),
    (facts.ReturnMade(**RETURN, settled=True, taken=True), "made", True),
    (facts.ReturnRefused(**RETURN, fault=205, taken=True), "refused", True),
    (facts.ReturnAbandoned(**RETURN), "abandoned", False),
]


@pytest.mark.parametrize(("fact", "state", "handed_over"), ENDS)
def test_any_fact_alone_opens_a_transaction(lite_world, fact, state, handed_over):
    tell(lite_world, fact)
    row = only(lite_world)
    assert (row.device_id, row.txn, row.item, row.state, row.handed_over) == (
        ROOM,
        TXN,
        "B1",
        state,
        handed_over,
    )
    assert row.state in STATES
    assert row.kind == ("loan" if "reader" in fact.__struct_fields__ else "return")


@pytest.mark.parametrize(
    "fact",
    [
        facts.LoanAsked(**LOAN),
        facts.LoanMade(**LOAN),
        facts.LoanRefused(**LOAN, fault=201),
        facts.ReturnAsked(**RETURN),
        facts.ReturnMade(**RETURN),
        facts.ReturnRefused(**RETURN, fault=205),
        facts.KioskStarted("1", JOURNAL, unclean=True),
        facts.VisitEntered(1, "counter"),
    ],
)
def test_what_was_done_at_once_is_not_on_the_list(lite_world, fact):
    tell(lite_world, fact)
    assert rows(lite_world) == []


def test_a_loan_from_its_beginning_to_its_refusal(world):
    tell(world, GRANTED)
    tell(
        world, facts.LoanRefused(**LOAN, fault=103, granted=True, sealed="bmV3"), at_ms=NOW + HOUR_MS, first=2
    )
    row = only(world)
    assert (row.state, row.fault, row.settled_by, row.forced) == ("refused", 103, "ils", False)
    assert (row.begun_ms, row.settled_ms) == (NOW, NOW + HOUR_MS)
    assert (row.title, row.due, row.decided_by, row.branch_id) == ("三体", "2026-10-21", "list", "zhen")
    assert (row.reader, row.sealed) == (pseudonym(KEY, READER), "bmV3")
    assert (row.resolution, row.note, row.resolved_ms) == ("", "", None)


def test_the_reader_was_told_this_due_date_whatever_the_ils_says(lite_world):
    tell(
        lite_world, GRANTED, facts.LoanMade(**LOAN, due="2026-12-24", settled=True, granted=True, forced=True)
    )
    row = only(lite_world)
    assert (row.state, row.forced, row.due) == ("made", True, "2026-10-21")


def test_a_book_that_was_left_and_not_lent_is_nobodys_work(lite_world):
    tell(lite_world, facts.LoanOwed(**LOAN), facts.LoanRefused(**LOAN, fault=201))
    assert (only(lite_world).state, only(lite_world).fault) == ("abandoned", 201)


def test_a_return_that_is_owed_and_refused_is_for_staff(lite_world):
    tell(lite_world, facts.ReturnOwed(**RETURN), facts.ReturnRefused(**RETURN, fault=205))
    assert only(lite_world).state == "refused"


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (facts.ReaderRegistered(TXN, "id_card", settled=True), "made"),
        (facts.RegisterAbandoned(TXN, READER), "abandoned"),
        (facts.RegisterAbandoned(TXN, READER, unclear=True), "orphaned"),
        (facts.RegisterRefused(TXN, READER, 121), "abandoned"),
    ],
)
def test_a_registration_that_is_owed_and_ends(lite_world, end, state):
    tell(lite_world, facts.RegisterOwed(TXN, READER), facts.ReaderRegistered(OTHER, "id_card"))
    row = only(lite_world)
    assert (row.kind, row.state, row.item, row.sealed) == ("register", "owed", "", "")
    tell(lite_world, end, first=3)
    assert only(lite_world).state == state


def test_staff_settled_it(lite_world):
    tell(lite_world, GRANTED, facts.LoanAbandoned(**LOAN, by="staff"))
    assert (only(lite_world).state, only(lite_world).settled_by) == ("abandoned", "staff")


# ---------------------------------------------------------------- again, alone, in another order
def told(fact, at_ms, device=ROOM):
    body = bytes(encode_fact(fact)).decode()
    return Told(device, JOURNAL, "zhen", at_ms, fact, body)


STORY = [
    told(GRANTED, NOW),
    told(facts.LoanMade(**LOAN, settled=True, granted=True, forced=True), NOW + HOUR_MS),
]


@pytest.mark.parametrize("order", [*permutations(range(2)), (0, 1, 0), (0, 1, 0, 1), (1, 1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_the_same_facts_are_the_same_row_in_any_order_and_number(world, order, together):
    facts_told = [STORY[at] for at in order]
    for part in [facts_told] if together else [[one] for one in facts_told]:
        with world.begin() as connection:
            take(connection, part)
    row = only(world)
    assert (row.state, row.forced, row.begun_ms, row.settled_ms) == ("made", True, NOW, NOW + HOUR_MS)
    assert (row.title, row.due, row.handed_over) == ("三体", "2026-10-21", True)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_title_that_the_ils_tells_stands_over_the_tags(lite_world, order):
    both = (GRANTED, facts.LoanMade(**LOAN, title="三体 第一册", settled=True, granted=True))
    with lite_world.begin() as connection:
        for at in order:
            body = encode_fact(both[at]).decode()
            take(connection, [Told(ROOM, JOURNAL, "zhen", NOW + at, both[at], body)])
    assert (only(lite_world).title, only(lite_world).sealed) == ("三体 第一册", "c2VhbGVk")


def test_what_staff_wrote_stays(world):
    tell(world, GRANTED)
    with world.begin() as connection:
        connection.execute(
            update(OwedTransaction).values(resolution="accepted", resolved_by="li", note="补录")
        )
    tell(world, facts.LoanRefused(**LOAN, fault=103, granted=True), first=2)
    row = only(world)
    assert (row.state, row.resolution, row.resolved_by, row.note) == ("refused", "accepted", "li", "补录")


def test_another_date_corrects_it(world):
    for at_ms in (NOW, NOW - HOUR_MS):
        with world.begin() as connection:
            take(connection, [told(GRANTED, at_ms)])
    assert only(world).begun_ms == NOW - HOUR_MS


def test_texts_that_a_database_does_not_take_are_cut(world):
    tell(world, facts.ReturnTaken(TXN, "B\x001", "三\0体"))
    assert (only(world).item, only(world).title) == ("B1", "三体")


# ---------------------------------------------------------------- journals
def test_a_debt_goes_with_its_kiosk_to_the_next_journal(world):
    tell(world, GRANTED, facts.LoanOwed(OTHER, "B2", READER))
    tell(
        world,
        facts.KioskStarted("1", NEXT, unclean=True, before=JOURNAL, why="damaged"),
        facts.LoanMade(**LOAN, settled=True, granted=True),
        journal=NEXT,
    )
    assert [(row.txn, row.journal, row.state) for row in rows(world)] == [
        (TXN, NEXT, "made"),
        (OTHER, NEXT, "owed"),
    ]


def test_what_a_replaced_board_held_is_orphaned(world):
    tell(world, GRANTED, facts.ReturnTaken(OTHER, "B2"))
    tell(world, facts.LoanMade(**LOAN, settled=True, granted=True), first=3)
    tell(world, facts.LoanOwed(**LOAN), device=DESK)
    with world.begin() as connection:
        assert orphan(connection, ROOM, JOURNAL) == 0
        assert orphan(connection, ROOM, NEXT) == 1
    assert [(row.device_id, row.state) for row in rows(world)] == [
        (DESK, "owed"),
        (ROOM, "made"),
        (ROOM, "orphaned"),
    ]
    tell(world, facts.ReturnMade(OTHER, "B2", settled=True, taken=True), first=4)
    assert rows(world)[-1].state == "made", "the old board was found again"


# ---------------------------------------------------------------- conflicts
LENT = facts.LoanMade(**LOAN, settled=True, granted=True, forced=True)
BACK = facts.ReturnMade(OTHER, "B1")
AT = {"granted": NOW, "back": NOW + HOUR_MS, "lent": NOW + 2 * HOUR_MS}


@pytest.mark.parametrize("order", list(permutations(["granted", "back", "lent"])))
@pytest.mark.parametrize("back", [BACK, facts.ReturnTaken(OTHER, "B1")])
def test_a_book_that_was_back_before_the_ils_heard_of_its_loan_is_in_conflict(world, order, back):
    stories = {
        "granted": told(GRANTED, NOW),
        "back": told(back, AT["back"], DESK),
        "lent": told(LENT, AT["lent"]),
    }
    for name in order:
        with world.begin() as connection:
            take(connection, [stories[name]])
    assert [row.state for row in rows(world) if row.kind == "loan"] == ["conflict"]


def test_where_times_do_not_tell_the_order_staff_look(world):
    with world.begin() as connection:
        take(connection, [told(GRANTED, NOW), told(BACK, NOW, DESK), told(LENT, AT["lent"])])
    assert only(world).state == "conflict"


@pytest.mark.parametrize(
    ("device", "at_ms", "why"),
    [
        (ROOM, NOW + HOUR_MS, "its own kiosk tells the ILS in order"),
        (DESK, NOW - 1, "it came back before it was lent"),
        (DESK, NOW + 3 * HOUR_MS, "the ILS knew of the loan by then"),
    ],
)
def test_other_returns_are_no_conflict(world, device, at_ms, why):
    with world.begin() as connection:
        take(connection, [told(GRANTED, NOW), told(BACK, at_ms, device), told(LENT, AT["lent"])])
    assert only(world).state == "made", why


def test_a_book_that_came_back_once_more_is_no_conflict_any_longer(world):
    with world.begin() as connection:
        take(connection, [told(GRANTED, NOW), told(BACK, AT["back"], DESK), told(LENT, AT["lent"])])
    assert only(world).state == "conflict"
    with world.begin() as connection:
        take(connection, [told(facts.ReturnMade("0c" * 8, "B1"), NOW + 3 * HOUR_MS, DESK)])
    assert only(world).state == "made"


@pytest.mark.parametrize(("open_loan", "state"), [(True, "conflict"), (False, "made")])
def test_our_own_ledger_knows_whether_the_book_is_in(world, open_loan, state):
    with open_sessions(world).begin() as session:
        session.add_all([ReaderType(id="a", name_zh="a", name_en="a"), Title(id=1, title="三体")])
        session.flush()
        session.add(Item(barcode="B1", title_id=1, home_branch_id="xian", place_branch_id="xian"))
        session.add(
            Reader(card="R", name="R", type_id="a", branch_id="xian", expires_on=date(2030, 1, 1), fees_fen=0)
        )
        session.flush()
        ended = None if open_loan else NOW
        session.add(
            Loan(
                item_barcode="B1",
                reader_card="R",
                lent_ms=NOW,
                due_on=date(2026, 10, 1),
                lent_account="x",
                returned_ms=ended,
            )
        )
    with world.begin() as connection:
        take(connection, [told(GRANTED, NOW), told(BACK, AT["back"], DESK), told(LENT, AT["lent"])])
    assert only(world).state == state


def test_what_staff_have_settled_is_judged_no_more(world):
    with world.begin() as connection:
        take(connection, [told(GRANTED, NOW), told(BACK, AT["back"], DESK), told(LENT, AT["lent"])])
        connection.execute(update(OwedTransaction).values(resolution="accepted"))
        take(connection, [told(facts.ReturnMade("0c" * 8, "B1"), NOW + 3 * HOUR_MS, DESK)])
    assert only(world).state == "conflict"


# ---------------------------------------------------------------- undone
TAKEN = facts.ReturnTaken(OTHER, "B1")
LENT_LATER = facts.LoanMade(**LOAN, settled=True, granted=True)
TAKEN_LATER = facts.ReturnMade(OTHER, "B1", settled=True, taken=True)
UNDONE = {
    "taken": told(TAKEN, NOW, DESK),
    "granted": told(GRANTED, NOW + HOUR_MS),
    "lent": told(LENT_LATER, NOW + 2 * HOUR_MS),
    "returned": told(TAKEN_LATER, NOW + 3 * HOUR_MS, DESK),
}


def loan_after(world, *facts_told):
    for one in facts_told:
        with world.begin() as connection:
            take(connection, [one])
    return next(row.state for row in rows(world) if row.kind == "loan")


@pytest.mark.parametrize("order", list(permutations(UNDONE)))
def test_a_loan_that_a_return_from_before_it_ended_afterwards_is_undone(world, order):
    assert loan_after(world, *(UNDONE[name] for name in order)) == "undone"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"returned": told(TAKEN_LATER, NOW + 2 * HOUR_MS - 1, DESK)}, "the ILS heard of the return first"),
        (
            {"taken": told(TAKEN, NOW), "returned": told(TAKEN_LATER, NOW + 3 * HOUR_MS)},
            "its own kiosk tells the ILS in order",
        ),
        (
            {
                "lent": told(LENT, NOW + 2 * HOUR_MS),
                "returned": told(
                    facts.ReturnMade(OTHER, "B1", settled=True, taken=True, forced=True),
                    NOW + 3 * HOUR_MS,
                    DESK,
                ),
            },
            "both stand at their own times",
        ),
        (
            {"returned": told(facts.ReturnRefused(OTHER, "B1", 205, taken=True), NOW + 3 * HOUR_MS, DESK)},
            "it was refused",
        ),
    ],
)
def test_other_returns_undo_no_loan(world, changed, why):
    assert loan_after(world, *(UNDONE | changed).values()) == "made", why


def test_a_book_that_came_back_since_has_no_loan_to_be_entered_again(world):
    assert loan_after(world, *UNDONE.values()) == "undone"
    back = told(facts.ReturnMade("0c" * 8, "B1"), NOW + 4 * HOUR_MS, DESK)
    assert loan_after(world, back) == "made"


def test_a_return_and_an_end_at_two_workers_see_each_other(postgres_engine):
    """Neither has committed when the other begins: the second waits for the first."""
    ingest.settle(postgres_engine)
    with ThreadPoolExecutor(1) as other, postgres_engine.begin() as first:
        take(first, [told(GRANTED, NOW), told(LENT, AT["lent"])])

        def second():
            with postgres_engine.begin() as connection:
                take(connection, [told(BACK, AT["back"], DESK)])

        done = other.submit(second)
        until(lambda: _waits_for_a_lock(postgres_engine))
        first.commit()
        done.result(PATIENCE_S)
    assert only(postgres_engine).state == "conflict"


def _waits_for_a_lock(engine):
    with engine.connect() as connection:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return connection.scalar(waiting) == 1
