"""23, 63, 35: what a terminal of any maker is told of a reader, octet for octet."""

from datetime import date

import pytest
from msgspec.structs import replace

from central.circulation.ledger import amnesties, fees
from central.circulation.ledger.amnesties import NewAmnesty
from central.circulation.ledger.models import Reader, Terms
from central.circulation.ledger.outcomes import OpenFee
from central.db import open_sessions
from central.statements import Cursor
from tests.central.circulation.asking import NOW, ask
from tests.central.circulation.verbs import check_in, check_out
from tests.central.circulation.world import DAY_MS, NOW_MS, XIAN, hold


@pytest.fixture
def session(embedded):
    with open_sessions(embedded).begin() as session:
        yield session


PATRONS = [
    ("R1", None, f"24{' ' * 14}019{NOW}AOxian|AAR1|AE林书远|BLY|"),
    ("R1", True, f"24{' ' * 14}019{NOW}AOxian|AAR1|AE林书远|BLY|CQY|"),
    (
        "R1",
        False,
        f"24YYYY{' ' * 10}019{NOW}AOxian|AAR1|AE|BLY|CQN|AF密码不正确，请重新输入；忘记密码请到服务台。|YF107|",
    ),
    (
        "NOBODY",
        None,
        f"24YYYY{' ' * 10}019{NOW}AOxian|AANOBODY|AE|BLN|AF没有找到这张读者证，请换一张证或到服务台办证。|YF101|",
    ),
    (
        "EXPIRED",
        None,
        f"24YYYY{' ' * 10}019{NOW}AOxian|AAEXPIRED|AE陈立群|BLY|AF您的读者证已过期，请到服务台延期。|YF102|",
    ),
    (
        "BLOCKED",
        None,
        f"24YYYY{' ' * 10}019{NOW}AOxian|AABLOCKED|AE刘建华|BLY|AF您的读者证目前不能使用，请联系服务台。|YF103|",
    ),
    (
        "DEBTOR",
        None,
        f"24YY Y{' ' * 7}Y  019{NOW}AOxian|AADEBTOR|AE宋志强|BLY|BHCNY|BV5.01|AF您有未缴费用，缴清后即可借书。|",
    ),
    ("SMALLDEBT", None, f"24{' ' * 14}019{NOW}AOxian|AASMALLDEBT|AE袁梦洁|BLY|BHCNY|BV5.00|"),
]


@pytest.mark.parametrize(("card", "pin", "answer"), PATRONS)
def test_24_says_whether_a_card_is_good(session, card, pin, answer):
    assert ask(session, f"23019{NOW}AOxian|AA{card}|AC|AD|", pin=pin) == answer


def test_english_is_spoken_where_it_is_asked_for(session):
    answer = ask(session, f"23001{NOW}AOxian|AAEXPIRED|AC|AD|")

    assert answer.endswith("|AFYour card has expired. Please renew it at the desk.|YF102|")


def test_64_counts_and_lists_nothing_unasked(session):
    check_out(session, XIAN, "R1", "B1")

    assert ask(session, f"63019{NOW}{' ' * 10}AOxian|AAR1|") == (
        f"64{' ' * 14}019{NOW}000000000001000000000000AOxian|AAR1|AE林书远|BZ0005|CB0003|BLY|XTadult|XD20301231|YR0002|"
    )


@pytest.mark.parametrize(
    ("summary", "listed"),
    [
        ("Y         ", "AS昆虫记|"),
        (" Y        ", "ATB1|"),
        ("  Y       ", "AUB1|AUB4|"),
        ("     Y    ", "CD万历十五年|"),
        ("      YYYY", ""),
        ("YYYYYYYYYY", "AS昆虫记|ATB1|AUB1|AUB4|CD万历十五年|"),
    ],
)
def test_64_lists_what_is_asked_for(session, summary, listed):
    """A hold in full stands behind the rest, whichever list of them is wanted."""
    ready = "YHB5 1 20260308 - 清源县图书馆 昆虫记|" if summary[0] == "Y" else ""
    waiting = "YHB3 0 - - 清源县图书馆 万历十五年|" if summary[5] == "Y" else ""
    check_out(session, replace(XIAN, now_ms=NOW_MS - 40 * DAY_MS), "R1", "B1")
    check_out(session, XIAN, "R1", "B4")
    hold(session, "R1", 3)
    check_in(session, XIAN, "B5")
    hold(session, "R2", 2)
    hold(session, "R1", 2, NOW_MS)

    answer = ask(session, f"63019{NOW}{summary}AOxian|AAR1|")
    assert answer == (
        f"64{' ' * 14}019{NOW}000100010002000000000001AOxian|AAR1|AE林书远|BZ0005|CB0003|BLY|{listed}"
        f"XTadult|XD20301231|YR0001|{ready}{waiting}"
    )


@pytest.mark.parametrize(
    ("part", "listed"),
    [
        ("BP1|BQ1|", "AUB1|"),
        ("BP2|", "AUB4|"),
        ("BQ1|", "AUB1|"),
        ("BP3|BQ9|", ""),
        ("BP0|BQ5|", "AUB1|AUB4|"),
        ("BP0|BQ0|", "AUB1|AUB4|"),
    ],
)
def test_64_lists_a_part(session, part, listed):
    check_out(session, XIAN, "R1", "B1")
    check_out(session, XIAN, "R1", "B4")

    answer = ask(session, f"63019{NOW}  Y       AOxian|AAR1|{part}")
    assert answer.endswith(f"|BLY|{listed}XTadult|XD20301231|YR0001|")


def test_64_flags_a_reader_who_has_all_that_the_rules_give(session):
    for barcode in ("B1", "B4", "AUDIO"):
        check_out(session, XIAN, "R1", barcode)

    assert ask(session, f"63019{NOW}{' ' * 10}AOxian|AAR1|").startswith(f"64Y    Y{' ' * 8}019")


def test_64_tells_nothing_to_a_wrong_pin(session):
    check_out(session, XIAN, "R1", "B1")

    assert ask(session, f"63019{NOW}  Y       AOxian|AAR1|AD1|", pin=False) == (
        f"64YYYY{' ' * 10}019{NOW}{'0000' * 6}AOxian|AAR1|AE|BLY|CQN|"
        "AF密码不正确，请重新输入；忘记密码请到服务台。|YF107|"
    )


def test_36_ends_a_session(session):
    assert ask(session, f"35{NOW}AOxian|AAR1|") == f"36Y{NOW}AOxian|AAR1|"


@pytest.mark.parametrize(
    ("percent", "language", "told"),
    [
        (100, "019", "现在归还，逾期费免收（读书月）。"),
        (50, "001", "Overdue fees are 50% less for what you return now (读书月)."),
    ],
)
def test_whoever_has_something_overdue_hears_of_an_amnesty_that_runs(session, percent, language, told):
    check_out(session, replace(XIAN, now_ms=NOW_MS - 40 * DAY_MS), "R1", "B1")
    session.flush()
    question = f"63{language}{NOW}  Y       AOxian|AAR1|"
    assert "|AF" not in ask(session, question)
    new = NewAmnesty(XIAN.today, XIAN.today, "读书月", percent=percent)
    amnesties.grant(Cursor(session.connection()), XIAN, new)
    answer = ask(session, question)
    assert f"|AF{told}|" in answer
    assert f"|YW{percent}% 读书月|" in answer
    assert "|AF" not in ask(session, f"63{language}{NOW}{' ' * 10}AOxian|AAR1|"), (
        "only who looks at the account"
    )


def test_what_an_amnesty_forgave_is_told_for_thirty_days_and_what_is_owed_in_full(session):
    cursor, card = Cursor(session.connection()), "SMALLDEBT"
    session.flush()
    assert isinstance(fees.charge(cursor, XIAN, card, "card", 300), OpenFee)
    owed = fees.charge(cursor, XIAN, card, "overdue", 1250, barcode="B1")
    assert isinstance(owed, OpenFee)
    question = f"63019{NOW}   Y      AOxian|AA{card}|"
    assert f"|YE{owed.id} 12.50 overdue {owed.title or '三体'}|" in ask(session, question)
    number = amnesties.grant(cursor, XIAN, NewAmnesty(XIAN.today, XIAN.today, "读书月"))
    amnesties.forgive_open(cursor, XIAN, number)
    answer = ask(session, question)
    assert "overdue" not in answer
    assert "|YW12.50 读书月|" in answer
    later = replace(XIAN, now_ms=XIAN.now_ms + amnesties.LATELY_MS + 1)
    assert amnesties.lately(cursor, XIAN, card)
    assert amnesties.lately(cursor, later, card) == []


def test_64_tells_full_years_and_the_terms_that_were_accepted_and_no_date_of_birth(session):
    reader = session.get(Reader, "R1")
    reader.born_on = date.fromisoformat("2011-09-22")
    session.flush()
    question = f"63019{NOW}{' ' * 10}AOxian|AAR1|"
    assert ask(session, question).endswith("|XD20301231|YR0003|YA014|")
    session.add(Terms(version="2026-1", from_on=date.fromisoformat("2026-01-01"), text_zh="须知", text_en=""))
    session.flush()
    assert ask(session, question).endswith("|XD20301231|YR0003|YA014|YT-|")
    reader.terms_version = "2026-1"
    session.flush()
    assert ask(session, question).endswith("|XD20301231|YR0003|YA014|YT2026-1|")
