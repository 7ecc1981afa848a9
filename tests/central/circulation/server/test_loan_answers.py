"""29, 65, 15, 37, 01, 25, 19 and BI: what a terminal of any maker is told, octet for octet."""

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from central.circulation.ledger.models import Fee, Item, ItemSet, Loan, Reader
from central.db import open_sessions
from tests.central.circulation.asking import BLANK, NOW, ask, checkin, checkout
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN, hold

LATER = replace(XIAN, now_ms=NOW_MS + DAY_MS)
TOMORROW = "20260302    100000"


@pytest.fixture
def session(embedded):
    with open_sessions(embedded).begin() as session:
        yield session


def owe(session, card, fen, kind="overdue"):
    fee = Fee(
        reader_card=card,
        kind=kind,
        amount_fen=fen,
        open_fen=fen,
        branch_id="xian",
        at_ms=NOW_MS,
        item_barcode="B1",
    )
    session.add(fee)
    session.execute(update(Reader).where(Reader.card == card).values(fees_fen=Reader.fees_fen + fen))
    session.flush()
    return fee.id


# ---------------------------------------------------------------- sets
def test_what_else_belongs_to_a_set_stands_behind_the_rest(session):
    session.add(ItemSet(id=1, name="绘本袋"))
    session.flush()
    session.execute(update(Item).where(Item.barcode.in_(["B1", "B4"])).values(set_id=1))
    assert ask(session, checkout("R1", "B1")).endswith("|YMB4|")
    assert "|YM" not in ask(session, checkout("R1", "B4"))
    assert ask(session, checkin("B1")).endswith("|YMB4|")


# ---------------------------------------------------------------- 29, 65
def renew(card, barcode, flags="NN"):
    return f"29{flags}{TOMORROW}{BLANK}AOxian|AA{card}|AB{barcode}|"


def test_30_lengthens_a_loan(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, renew("R1", "B1"), desk=LATER) == (
        f"301YNN{TOMORROW}AOxian|AAR1|ABB1|AJ三体|AH20260401    235959|CK001|CSI247.55/1|"
    )


@pytest.mark.parametrize(
    ("card", "barcode", "fault"),
    [("R2", "B1", 217), ("NOBODY", "B1", 101), ("R1", "NONE", 205), ("R1", "B4", 217)],
)
def test_30_refuses_by_number(session, card, barcode, fault):
    ask(session, checkout("R1", "B1"))

    answer = ask(session, renew(card, barcode), desk=LATER)
    assert answer.startswith("300NNN")
    assert answer.endswith(f"|YF{fault}|")


def test_30_of_what_was_renewed_off_line_already(session):
    """Another reader waits, and the reader was told another date."""
    ask(session, checkout("R1", "B3"))
    hold(session, "R2", 2)
    forced = f"29NY{TOMORROW}20260420    235959AOxian|AAR1|ABB3|"

    assert "|AH20260420    235959|" in ask(session, forced, desk=LATER)


def test_66_says_of_each_loan_what_became_of_it_and_why(session):
    ask(session, checkout("R1", "B1"))
    ask(session, checkout("R1", "B3"))
    hold(session, "R2", 2)

    assert ask(session, f"65{TOMORROW}AOxian|AAR1|", desk=LATER) == (
        f"66100010001{TOMORROW}AOxian|BMB1|BNB3|AFB3: 有读者在等这本书，不能续借，请按期归还。|"
    )


def test_66_of_an_unknown_card(session):
    answer = ask(session, f"65{NOW}AOxian|AANOBODY|")
    assert answer.startswith(f"66000000000{NOW}AOxian|AF")


def test_a_65_of_php_sip2_has_no_date(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, "65AOxian|AAR1|BON|", desk=LATER).startswith("66100010000")


# ---------------------------------------------------------------- 15
def test_16_places_changes_and_cancels_a_hold(session):
    said = "AOxian|AAR1|ABB3|AJ万历十五年|"
    assert ask(session, f"15+{NOW}AOxian|AAR1|ABB3|") == f"161Y{NOW}BR1|BSxian|{said}"
    assert ask(session, f"15*{NOW}AOxian|AAR1|ABB3|BScun|") == f"161Y{NOW}BR1|BScun|{said}"
    assert ask(session, f"15-{NOW}AOxian|AAR1|ABB3|").startswith(f"161N{NOW}")
    assert ask(session, f"15-{NOW}AOxian|AAR1|ABB3|").endswith("|YF220|")


@pytest.mark.parametrize(("mode", "answer"), [(" ", "161"), ("+", "161"), ("?", "160"), ("D", "160")])
def test_16_takes_no_mode_for_another(session, mode, answer):
    told = ask(session, f"15{mode}{NOW}AOxian|AAR1|ABB3|")

    assert told.startswith(answer)
    assert ("|YF225|" in told) is (answer == "160")


def test_16_says_whether_a_copy_stands_on_a_shelf_for_the_one_who_asks(session):
    for card, available in (("R1", "Y"), ("R2", "N")):
        assert ask(session, f"15+{NOW}AOxian|AA{card}|ABB3|").startswith(f"161{available}{NOW}")


def test_16_counts_no_copy_that_cannot_be_found(session):
    session.execute(update(Item).where(Item.barcode == "B3").values(status="missing"))
    assert ask(session, f"15+{NOW}AOxian|AAR1|ABB3|").startswith(f"161N{NOW}")


def test_16_by_the_number_of_a_record_until_a_day(session):
    answer = ask(session, f"15+{NOW}BW20260401    000000|AOxian|AAR1|AJ2|")
    assert answer == f"161Y{NOW}BW20260401    235959|BR1|BSxian|AOxian|AAR1|AJ万历十五年|"


@pytest.mark.parametrize("named", ["", "AB|", "AJ三体|", "AJ9999999999|"])
def test_16_of_nothing_that_is_known(session, named):
    assert ask(session, f"15+{NOW}AOxian|AAR1|{named}").endswith("|YF205|")


def test_16_in_another_place_than_there_is(session):
    assert "|YF" in ask(session, f"15+{NOW}BSnowhere|AOxian|AAR1|ABB3|")


# ---------------------------------------------------------------- 37
def pay(amount, more="", currency="CNY"):
    return f"37{NOW}0400{currency}BV{amount}|AOxian|AAR1|{more}"


@pytest.mark.parametrize("currency", ["CNY", "RMB", "cny", "   "])
def test_38_books_a_payment_and_64_shows_what_is_left(session, currency):
    owe(session, "R1", 300)

    assert ask(session, pay("1.00", "BKwx-1|", currency)) == f"38Y{NOW}AOxian|AAR1|BK1|"
    assert "|BHCNY|BV2.00|" in ask(session, f"63019{NOW}   Y      AOxian|AAR1|")


def test_38_books_a_providers_number_once(session):
    owe(session, "R1", 300)

    first = ask(session, pay("1.00", "BKwx-1|"), sequence=1)
    assert ask(session, pay("1.00", "BKwx-1|"), sequence=2) == first
    assert session.scalar(select(Reader.fees_fen).where(Reader.card == "R1")) == 200


def test_38_pays_the_fee_that_64_names(session):
    owe(session, "R1", 300)
    second = owe(session, "R1", 150, "damage")
    listed = ask(session, f"63001{NOW}   Y      AOxian|AAR1|")
    assert f"AV{second} 1.50 damaged item|" in listed.replace(" 三体", "")

    ask(session, pay("1.50", f"CG{second}|"))
    assert session.scalar(select(Fee.open_fen).where(Fee.id == second)) == 0


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("9.99", "CNY"),
        ("1.00", "USD"),
        ("", "CNY"),
        ("one", "CNY"),
        ("-1", "CNY"),
        ("0.001", "CNY"),
        ("NaN", "CNY"),
    ],
)
def test_38_takes_nothing_that_is_not_owed(session, amount, currency):
    owe(session, "R1", 300)

    assert ask(session, pay(amount, currency=currency)).startswith(f"38N{NOW}")
    assert session.scalar(select(Reader.fees_fen).where(Reader.card == "R1")) == 300


def test_renminbi_by_its_other_name(session):
    owe(session, "R1", 300)
    assert ask(session, pay("3", currency="RMB")).startswith("38Y")


# ---------------------------------------------------------------- 01, 25, 19
def test_01_blocks_a_card_and_25_lifts_what_a_machine_put_up(session):
    blocked = ask(session, f"01Y{NOW}AOxian|ALforgotten|AAR1|AC|")
    assert blocked.startswith(f"24YYYY{' ' * 10}000{NOW}AOxian|AAR1|")
    assert blocked.endswith("|YF103|")
    assert ask(session, checkout("R1", "B1")).endswith("|YF103|")

    assert ask(session, f"25{NOW}AOxian|AAR1|") == f"26{' ' * 14}000{NOW}AOxian|AAR1|AE林书远|BLY|"
    assert ask(session, checkout("R1", "B1")).startswith("121")


def test_25_does_not_lift_what_staff_put_up(session):
    assert ask(session, f"25{NOW}AOxian|AABLOCKED|").endswith("|YF103|")


def test_01_of_an_unknown_card(session):
    assert ask(session, f"01N{NOW}AOxian|AL|AANOBODY|AC|").endswith(
        "|BLN|AF没有找到这张读者证，请换一张证或到服务台办证。|YF101|"
    )


def test_20_keeps_what_a_terminal_says_of_an_item_and_18_says_it(session):
    assert ask(session, f"19{NOW}AOxian|ABB1|CHshelf 7|") == f"201{NOW}ABB1|AJ三体|CHshelf 7|"
    assert "|CHshelf 7|" in ask(session, f"17{NOW}AOxian|ABB1|")
    assert ask(session, f"19{NOW}AOxian|ABNONE|CHx|").endswith("|YF205|")


# ---------------------------------------------------------------- a wrong PIN, and BI
@pytest.mark.parametrize(
    "asked",
    [
        renew("R1", "B1") + "AD1|",
        f"65{NOW}AOxian|AAR1|AD1|",
        f"15+{NOW}AOxian|AAR1|AD1|ABB3|",
        f"37{NOW}0400CNYBV1.00|AOxian|AAR1|AD1|",
        f"25{NOW}AOxian|AAR1|AD1|",
    ],
)
def test_a_wrong_pin_does_nothing(session, asked):
    ask(session, checkout("R1", "B1"))
    assert ask(session, asked, pin=False).endswith("|YF107|")


def test_bi_undoes_what_this_terminal_did_last_and_nobody_elses(session):
    ask(session, checkout("R1", "B1"))
    assert ask(session, checkin("B1") + "BIY|", desk=CUN).endswith("|YF221|")

    assert ask(session, checkin("B1") + "BIY|").startswith("101")
    assert session.scalars(select(Loan)).all() == []


# ---------------------------------------------------------------- 09: ways and sets
def test_10_names_the_collection_and_the_lender(session):
    session.execute(update(Item).where(Item.barcode == "B4").values(lender="市图书馆"))
    assert "|CV03|" in ask(session, checkin("B4"))
