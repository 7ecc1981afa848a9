"""No block: what happened while the line was down, octet for octet, on both databases."""

from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from central.circulation.ledger.afterwards import LONGEST, promised, when
from central.circulation.ledger.models import Hold, Item, Loan, Transit
from tests.central.circulation.asking import ask, checkin
from tests.central.circulation.line import dial, open_loans, sealed, talk
from tests.central.circulation.world import CUN, DAY_MS, MINUTE_MS, NOW_MS, XIAN, hold
from wire import faults
from wire.sip2.forms import moment

HOUR_MS = 60 * MINUTE_MS
NOW = "20260301    100000"
"""NOW_MS."""
AT_08, AT_09 = "20260301    080000", "20260301    090000"
DUE = "20260315    235959"
BLANK = " " * 18
TOLD = "CK001|CSI247.55/1|"


def lent_at(card, barcode, at, due=BLANK, flags="NY"):
    return f"11{flags}{at}{due}AOxian|AA{card}|AB{barcode}|AC|"


def returned_at(barcode, at, flag="Y"):
    return f"09{flag}{NOW}{at}APsomewhere|AOxian|AB{barcode}|AC|"


def history(session, barcode="B1"):
    """(card, hours before NOW of lending and of return), in order."""
    query = select(Loan).where(Loan.item_barcode == barcode).order_by(Loan.lent_ms, Loan.id)
    return [
        (loan.reader_card, _hours(loan.lent_ms), _hours(loan.returned_ms)) for loan in session.scalars(query)
    ]


def _hours(ms):
    return None if ms is None else round((ms - NOW_MS) / HOUR_MS, 2)


# ---------------------------------------------------------------- loans
def test_a_loan_has_its_own_date_and_the_due_date_that_the_reader_was_told(session):
    assert ask(session, lent_at("R1", "B1", AT_08, DUE)) == (
        f"121NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH{DUE}|{TOLD}"
    )
    loan = session.scalars(select(Loan)).one()
    assert (loan.lent_ms, loan.due_on, loan.returned_ms) == (NOW_MS - 2 * HOUR_MS, date(2026, 3, 15), None)
    assert (loan.entered_ms, loan.overridden) == (NOW_MS, None)


def test_without_a_due_date_the_rules_count_from_the_day_of_the_loan(session):
    assert "|AH20260329    235959|" in ask(session, lent_at("R1", "B1", "20260227    235900"))


PASSED_BY = [
    ("BLOCKED", "B1", "card_blocked"),
    ("DEBTOR", "B1", "fees_owed"),
    ("R1", "REF", "not_for_loan"),
    ("R1", "LOST", "item_lost"),
    ("CHILD", "AUDIO", "loan_not_allowed"),
]


@pytest.mark.parametrize(("card", "barcode", "fault"), PASSED_BY)
def test_no_rule_refuses_and_the_loan_keeps_the_one_that_it_passed_by(session, card, barcode, fault):
    assert ask(session, lent_at(card, barcode, AT_08, DUE)).startswith("121NNY")
    assert session.scalars(select(Loan)).one().overridden == faults.number(fault)


def test_a_card_that_was_good_on_that_day_passed_by_no_rule(session):
    ask(session, lent_at("EXPIRED", "B1", "20260228    120000"))
    assert session.scalars(select(Loan)).one().overridden is None


def test_the_limit_is_passed_by_and_noted(session):
    for barcode in ("B1", "B3", "B4"):
        ask(session, lent_at("R1", barcode, AT_08))
    noted = session.scalars(select(Loan.overridden).order_by(Loan.id)).all()
    assert noted == [None, None, faults.number("limit_reached")]


def test_a_kept_book_is_gone_and_the_hold_waits_on(session):
    hold(session, "R2", 1)
    ask(session, checkin("B1"), desk=replace(XIAN, now_ms=NOW_MS - 3 * HOUR_MS))
    assert session.scalars(select(Hold.item_barcode)).one() == "B1"
    ask(session, lent_at("R1", "B1", AT_08))
    assert session.scalars(select(Loan)).one().overridden == faults.number("on_hold")
    waiting = session.scalars(select(Hold)).one()
    assert (waiting.filled_ms, waiting.item_barcode, waiting.ready_ms) == (None, None, None)


def test_a_book_that_enough_others_are_left_of_passes_by_nobody(session):
    hold(session, "R2", 1)
    ask(session, lent_at("R1", "B1", AT_08))
    assert session.scalars(select(Loan)).one().overridden is None


def test_who_waited_and_has_had_it_waits_no_more(session):
    """The copy is back already, and there for the next."""
    hold(session, "R1", 1)
    hold(session, "R2", 1, NOW_MS)
    ask(session, checkin("B1"))
    ask(session, lent_at("R1", "B1", AT_08))

    first, second = session.scalars(select(Hold).order_by(Hold.placed_ms))
    assert (first.filled_ms, first.item_barcode) == (NOW_MS - 2 * HOUR_MS, "B1")
    assert (second.item_barcode, second.filled_ms) == ("B1", None)


def test_a_book_that_was_under_way_has_arrived_where_it_was_lent(session):
    ask(session, checkin("B1"), desk=replace(CUN, now_ms=NOW_MS - 3 * HOUR_MS))
    ask(session, lent_at("R1", "B1", AT_08), desk=CUN)
    assert session.scalars(select(Transit.ended_branch_id)).one() == "cun"


@pytest.mark.parametrize(("card", "barcode", "number"), [("NOBODY", "B1", 101), ("R1", "NONE", 205)])
def test_nobody_borrows_nothing_even_then(session, card, barcode, number):
    assert ask(session, lent_at(card, barcode, AT_08)).startswith("120NNN")
    assert ask(session, lent_at(card, barcode, AT_08)).endswith(f"|YF{number}|")
    assert history(session, barcode) == []


# ---------------------------------------------------------------- the same loan, told again
@pytest.mark.parametrize("hours", [0, 5, 500])
def test_the_same_loan_told_again_is_the_same_answer_and_one_loan(session, hours):
    later = replace(XIAN, now_ms=NOW_MS + hours * HOUR_MS)
    first = ask(session, lent_at("R1", "B1", AT_08, DUE))
    again = ask(session, lent_at("R1", "B1", AT_08, DUE), desk=later)
    assert again[24:] == first[24:]
    assert again.startswith("121NNY")
    assert history(session) == [("R1", -2, None)]


def test_a_loan_that_was_made_and_never_answered_is_the_same_one(session):
    """The ledger lent it, the line broke, the kiosk granted it some seconds before or after by its clock."""
    made = ask(session, f"11NN{NOW}{BLANK}AOxian|AAR1|ABB1|AC|")
    for at in ("20260301    095900", "20260301    100003"):
        told = ask(session, lent_at("R1", "B1", at), desk=replace(XIAN, now_ms=NOW_MS + HOUR_MS))
        assert told[24:] == made[24:]
    assert history(session) == [("R1", 0, None)]


def test_told_again_after_the_book_is_back_it_stays_in(session):
    ask(session, lent_at("R1", "B1", AT_08))
    ask(session, f"09N{NOW}{NOW}APsomewhere|AOxian|ABB1|AC|", desk=CUN)
    assert ask(session, lent_at("R1", "B1", AT_08)).startswith("121NNY")
    assert history(session) == [("R1", -2, 0)]


def test_without_no_block_it_is_the_readers_already(session):
    ask(session, lent_at("R1", "B1", AT_08, DUE))
    assert ask(session, lent_at("R1", "B1", AT_08, flags="NN")) == (
        f"120NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH{DUE}|CK001|AF这本书已经借在您名下，可以直接带走。|CSI247.55/1|YF206|"
    )


def test_across_connections_it_is_lent_once(library):
    """The terminal numbers its messages anew on each connection, so that no kept answer helps."""

    async def conversation(server):
        told = []
        for number in (1, 2):
            async with dial(server) as line:
                await line.sign_in()
                told.append(await line.ask(sealed(lent_at("R1", "B1", AT_08, DUE), number)))
        return told

    first, second = talk(library, conversation)
    assert first == sealed(f"121NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH{DUE}|{TOLD}", 1)
    assert second == sealed(f"121NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH{DUE}|{TOLD}", 2)
    assert open_loans(library) == 1


# ---------------------------------------------------------------- other events on the item
def test_an_older_loan_of_another_reader_ends_when_the_book_was_lent(session):
    ask(session, lent_at("R1", "B1", AT_08))
    ask(session, lent_at("R2", "B1", AT_09), desk=CUN)
    assert history(session) == [("R1", -2, -1), ("R2", -1, None)]
    assert session.scalars(select(Loan.overridden).where(Loan.reader_card == "R2")).one() == 204


def test_a_later_loan_of_another_reader_stands(session):
    ask(session, f"11NN{NOW}{BLANK}AOxian|AAR2|ABB1|AC|")
    assert ask(session, lent_at("R1", "B1", AT_08, DUE), desk=CUN).startswith("121NNY")
    assert history(session) == [("R1", -2, 0), ("R2", 0, None)]
    assert session.get(Item, "B1").place_branch_id == "xian"


def test_a_later_loan_of_the_same_reader_stands_too(session):
    ask(session, f"11NN{NOW}{BLANK}AOxian|AAR1|ABB1|AC|")
    ask(session, lent_at("R1", "B1", AT_08))
    assert history(session) == [("R1", -2, 0), ("R1", 0, None)]


def test_a_book_that_has_come_back_meanwhile_stays_in_stock(session):
    """Nobody knew that it was on loan when it came back."""
    ask(session, f"09N{NOW}{NOW}APsomewhere|AOxian|ABB1|AC|", desk=CUN)
    assert (
        ask(session, lent_at("R1", "B1", AT_08, DUE)) == f"121NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH{DUE}|{TOLD}"
    )
    assert history(session) == [("R1", -2, 0)]
    assert session.get(Item, "B1").place_branch_id == "cun"
    assert ask(session, f"17{NOW}AOxian|ABB1|").startswith("1810")


def test_a_return_before_the_loan_is_none_of_its_own(session):
    ask(session, f"09N{NOW}{NOW}APsomewhere|AOxian|ABB1|AC|", desk=replace(XIAN, now_ms=NOW_MS - 3 * HOUR_MS))
    ask(session, lent_at("R1", "B1", AT_08))
    assert history(session) == [("R1", -2, None)]


def test_a_day_offline_comes_in_order(session):
    """Lent, back, lent to the next, all of it told at ten; and all of it once more."""
    story = (
        lent_at("R1", "B1", AT_08),
        returned_at("B1", "20260301    083000"),
        lent_at("R2", "B1", AT_09),
    )
    for _ in range(2):
        for text in story:
            assert ask(session, text)[2] == "1"
    assert history(session) == [("R1", -2, -1.5), ("R2", -1, None)]


# ---------------------------------------------------------------- taking back
def test_a_return_ends_the_loan_that_was_open_then(session):
    ask(session, lent_at("R1", "B1", AT_08))
    assert ask(session, returned_at("B1", AT_09), desk=CUN) == (
        f"101YNY{NOW}AOcun|ABB1|AQxian|AJ三体|CK001|CV04|CTxian|CSI247.55/1|"
    )
    assert history(session) == [("R1", -2, -1)]
    item = session.get(Item, "B1")
    assert (item.place_branch_id, item.returned_ms) == ("cun", NOW_MS - HOUR_MS + 999)


def test_a_return_does_not_end_a_later_loan(session):
    ask(session, f"11NN{NOW}{BLANK}AOxian|AAR2|ABB1|AC|")
    hold(session, "R1", 1)
    assert ask(session, returned_at("B1", AT_09), desk=CUN) == f"101YNN{NOW}AOcun|ABB1|AQxian|AJ三体|{TOLD}"
    assert history(session) == [("R2", 0, None)]
    assert session.get(Item, "B1").place_branch_id == "xian"


def test_a_return_without_no_block_ends_whatever_is_open(session):
    ask(session, f"11NN{NOW}{BLANK}AOxian|AAR2|ABB1|AC|")
    ask(session, returned_at("B1", AT_09, flag="N"))
    assert history(session) == [("R2", 0, 0)]


def test_a_return_says_where_another_reader_waits(session):
    hold(session, "R2", 1, pickup="cun")
    ask(session, lent_at("R1", "B1", AT_08))
    assert "|CV02|CTcun|" in ask(session, returned_at("B1", AT_09))


def test_a_withdrawn_book_on_nobodys_card_is_for_staff(session):
    assert ask(session, returned_at("GONE", AT_09)).startswith("100NNY")


def test_an_unknown_book_is_for_staff(session):
    assert ask(session, returned_at("NONE", AT_09)).endswith("|CV99|YF205|")


# ---------------------------------------------------------------- dates
@pytest.mark.parametrize(
    ("said", "at_ms"),
    [
        (BLANK, NOW_MS),
        (AT_08, NOW_MS - 2 * HOUR_MS),
        ("20260301   Z000000", NOW_MS - 2 * HOUR_MS),
        ("20260301    100001", NOW_MS),
        ("20310101    000000", NOW_MS),
        ("20251231    100000", NOW_MS - 60 * DAY_MS),
        ("20251231    095959", NOW_MS - 60 * DAY_MS),
        ("19700101    000000", NOW_MS - 60 * DAY_MS),
        ("00010101    000000", NOW_MS - 60 * DAY_MS),
        ("99991231    235959", NOW_MS),
    ],
)
def test_a_date_is_never_of_the_future_and_never_older_than_60_days(said, at_ms):
    assert when(XIAN, moment(said)) == at_ms


LAST = date(2026, 3, 1) + LONGEST


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (BLANK, None),
        ("20260228    235959", None),
        ("20260301    000000", date(2026, 3, 1)),
        (f"{LAST:%Y%m%d}    235959", LAST),
        ("20310101    000000", None),
    ],
)
def test_a_due_date_is_one_that_a_reader_can_have_been_told(said, due):
    assert promised(XIAN, NOW_MS, moment(said)) == due
