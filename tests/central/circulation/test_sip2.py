"""Each request as octets, each answer as octets: what a terminal of any maker sees."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from central.circulation import sip2, terminals
from central.circulation.models import Loan, SipAnswer
from central.circulation.operations import check_out
from central.circulation.terminals import REPLAY_MS
from central.db import open_sessions
from tests.central.circulation.world import CUN, DAY_MS, MINUTE_MS, NOW_MS, XIAN, hold
from wire.sip2.codec import decode, encode
from wire.sip2.conversation import Request
from wire.sip2.dialect import load
from wire.sip2.messages import ANSWERED_BY, Login, ScStatus

GENERIC = load("generic")
BLANK = " " * 18
ASKED = "20260301    100000"
SAID = "20260301    100000"


@pytest.fixture
def session(embedded):
    with open_sessions(embedded).begin() as session:
        yield session


def ask(session, text, *, desk=XIAN, pin=None, sequence=None):
    """The answer's text to a request's text, without terminator."""
    frame = decode(text.encode(), GENERIC)
    request = Request(frame.message, sequence, "absent" if sequence is None else "good")
    return encode(sip2.perform(session, desk, request, pin), GENERIC).decode().removesuffix("\r")


# ---------------------------------------------------------------- 99
def test_98_says_what_is_supported():
    answer = encode(sip2.status(XIAN, "清源县图书馆", "石桥书屋"), GENERIC).decode()

    assert answer == (f"98YYYYNY030003{SAID}2.00AOxian|AM清源县图书馆|BXYYYNYYYYYNYNNNNN|AN石桥书屋|\r")


# ---------------------------------------------------------------- 23, 63, 35
PATRONS = [
    ("R1", None, f"24{' ' * 14}019{SAID}AOxian|AAR1|AE林书远|BLY|"),
    ("R1", True, f"24{' ' * 14}019{SAID}AOxian|AAR1|AE林书远|BLY|CQY|"),
    (
        "R1",
        False,
        f"24YYYY{' ' * 10}019{SAID}AOxian|AAR1|AE|BLY|CQN|AF密码不正确，请重新输入；忘记密码请到服务台。|YF107|",
    ),
    (
        "NOBODY",
        None,
        f"24YYYY{' ' * 10}019{SAID}AOxian|AANOBODY|AE|BLN|AF没有找到这张读者证，请换一张证或到服务台办证。|YF101|",
    ),
    (
        "EXPIRED",
        None,
        f"24YYYY{' ' * 10}019{SAID}AOxian|AAEXPIRED|AE陈立群|BLY|AF您的读者证已过期，请到服务台延期。|YF102|",
    ),
    (
        "BLOCKED",
        None,
        f"24YYYY{' ' * 10}019{SAID}AOxian|AABLOCKED|AE刘建华|BLY|AF您的读者证目前不能使用，请联系服务台。|YF103|",
    ),
    (
        "DEBTOR",
        None,
        f"24YY{' ' * 9}Y  019{SAID}AOxian|AADEBTOR|AE宋志强|BLY|BHCNY|BV5.01|AF您有未缴费用，缴清后即可借书。|",
    ),
    ("SMALLDEBT", None, f"24{' ' * 14}019{SAID}AOxian|AASMALLDEBT|AE袁梦洁|BLY|BHCNY|BV5.00|"),
]


@pytest.mark.parametrize(("card", "pin", "answer"), PATRONS)
def test_24_says_whether_a_card_is_good(session, card, pin, answer):
    assert ask(session, f"23019{ASKED}AOxian|AA{card}|AC|AD|", pin=pin) == answer


def test_english_is_spoken_where_it_is_asked_for(session):
    answer = ask(session, f"23001{ASKED}AOxian|AAEXPIRED|AC|AD|")

    assert answer.endswith("|AFYour card has expired. Please renew it at the desk.|YF102|")


def test_64_counts_and_lists_nothing_unasked(session):
    check_out(session, XIAN, "R1", "B1")

    assert ask(session, f"63019{ASKED}{' ' * 10}AOxian|AAR1|") == (
        f"64{' ' * 14}019{SAID}000000000001000000000000AOxian|AAR1|AE林书远|CB0003|BLY|XTadult|XD20301231|"
    )


@pytest.mark.parametrize(
    ("summary", "listed"),
    [
        ("Y         ", "AS三体|"),
        (" Y        ", "ATB1|"),
        ("  Y       ", "AUB1|AUB4|"),
        ("     Y    ", "CD万历十五年|"),
        ("      YYYY", ""),
        ("YYYYYYYYYY", "AS三体|ATB1|AUB1|AUB4|CD万历十五年|"),
    ],
)
def test_64_lists_what_is_asked_for(session, summary, listed):
    check_out(session, replace(XIAN, now_ms=NOW_MS - 40 * DAY_MS), "R1", "B1")
    check_out(session, XIAN, "R1", "B4")
    hold(session, "R1", 1)
    hold(session, "R2", 2)
    hold(session, "R1", 2, NOW_MS)

    answer = ask(session, f"63019{ASKED}{summary}AOxian|AAR1|")
    assert answer == (
        f"64{' ' * 14}019{SAID}000100010002000000000001AOxian|AAR1|AE林书远|CB0003|BLY|{listed}"
        "XTadult|XD20301231|"
    )


@pytest.mark.parametrize(
    ("part", "listed"),
    [
        ("BP1|BQ1|", "AUB1|"),
        ("BP2|", "AUB4|"),
        ("BQ1|", "AUB1|"),
        ("BP3|BQ9|", ""),
        ("BP0|BQ5|", "AUB1|AUB4|"),
    ],
)
def test_64_lists_a_part(session, part, listed):
    check_out(session, XIAN, "R1", "B1")
    check_out(session, XIAN, "R1", "B4")

    answer = ask(session, f"63019{ASKED}  Y       AOxian|AAR1|{part}")
    assert answer.endswith(f"|BLY|{listed}XTadult|XD20301231|")


def test_64_flags_a_reader_who_has_all_that_the_rules_give(session):
    for barcode in ("B1", "B4", "AUDIO"):
        check_out(session, XIAN, "R1", barcode)

    assert ask(session, f"63019{ASKED}{' ' * 10}AOxian|AAR1|").startswith(f"64     Y{' ' * 8}019")


def test_64_tells_nothing_to_a_wrong_pin(session):
    check_out(session, XIAN, "R1", "B1")

    assert ask(session, f"63019{ASKED}  Y       AOxian|AAR1|AD1|", pin=False) == (
        f"64YYYY{' ' * 10}019{SAID}{'0000' * 6}AOxian|AAR1|AE|BLY|CQN|"
        "AF密码不正确，请重新输入；忘记密码请到服务台。|YF107|"
    )


def test_36_ends_a_session(session):
    assert ask(session, f"35{ASKED}AOxian|AAR1|") == f"36Y{SAID}AOxian|AAR1|"


# ---------------------------------------------------------------- 11
def checkout(card, barcode, flags="NN", due=BLANK):
    return f"11{flags}{ASKED}{due}AOxian|AA{card}|AB{barcode}|AC|"


def test_12_lends(session):
    assert ask(session, checkout("R1", "B1")) == (
        f"121NNY{SAID}AOxian|AAR1|ABB1|AJ三体|AH20260331    235959|CK001|CSI247.55/1|"
    )


def test_blanks_around_a_number_are_no_part_of_it(session):
    answer = ask(session, checkout(" R1 ", "B1  "))

    assert answer.startswith(f"121NNY{SAID}AOxian|AA R1 |ABB1  |AJ三体|")


def test_12_of_what_is_no_book(session):
    assert "|CK000|" in ask(session, checkout("R1", "AUDIO"))


REFUSED = [
    ("NOBODY", "B1", "AJ三体|AH|CK001|AF没有找到这张读者证，请换一张证或到服务台办证。|CSI247.55/1|YF101|"),
    ("R1", "NONE", "AJ|AH|AF系统里还没有这本书，请交给工作人员。|YF205|"),
    ("BLOCKED", "B4", "AJ昆虫记|AH|CK001|AF您的读者证目前不能使用，请联系服务台。|CSQ96-49/1|YF103|"),
    ("R1", "REF", "AJ新华字典|AH|CK001|AF这本书只能在馆内阅读，请看完放回书架。|CSH163/1|YF203|"),
]


@pytest.mark.parametrize(("card", "barcode", "rest"), REFUSED)
def test_12_refuses_in_words_and_by_number(session, card, barcode, rest):
    assert ask(session, checkout(card, barcode)) == f"120NNN{SAID}AOxian|AA{card}|AB{barcode}|{rest}"


def test_12_refuses_a_held_book(session):
    hold(session, "R2", 1)

    assert ask(session, checkout("R1", "B1")) == (
        f"120NNN{SAID}AOxian|AAR1|ABB1|AJ三体|AH|CK001|"
        "AF这本书已有读者预约，请留给那位读者，放回书架即可。|CSI247.55/1|YF202|"
    )


def test_12_lets_the_readers_own_book_leave(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, checkout("R1", "B1")) == (
        f"120NNY{SAID}AOxian|AAR1|ABB1|AJ三体|AH20260331    235959|CK001|"
        "AF这本书已经借在您名下，可以直接带走。|CSI247.55/1|YF206|"
    )


def test_12_renews_where_the_policy_says_so(session):
    ask(session, checkout("R1", "B1"))

    answer = ask(session, checkout("R1", "B1", "YN"), desk=replace(XIAN, now_ms=NOW_MS + DAY_MS))
    assert answer.startswith("121YNY20260302    100000AOxian|AAR1|ABB1|AJ三体|AH20260401    235959|")


def test_12_refuses_a_wrong_pin_and_does_not_say_what_the_book_is(session):
    assert ask(session, checkout("R1", "B1") + "AD1|", pin=False) == (
        f"120NNN{SAID}AOxian|AAR1|ABB1|AJ|AH|AF密码不正确，请重新输入；忘记密码请到服务台。|YF107|"
    )


def test_no_block_is_done_with_the_due_date_that_the_reader_was_told(session):
    answer = ask(session, checkout("BLOCKED", "B1", "NY", "20260315    235959"))

    assert answer == (f"121NNY{SAID}AOxian|AABLOCKED|ABB1|AJ三体|AH20260315    235959|CK001|CSI247.55/1|")
    assert session.scalar(select(Loan.overridden)) == 103


def test_no_block_without_a_due_date_takes_the_rules(session):
    assert "|AH20260331    235959|" in ask(session, checkout("R1", "B1", "NY"))


# ---------------------------------------------------------------- 09
def checkin(barcode, flag="N"):
    return f"09{flag}{ASKED}{ASKED}APsomewhere|AOxian|AB{barcode}|AC|"


def test_10_takes_back_at_the_terminals_own_branch(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, checkin("B1"), desk=CUN) == (
        f"101YNN{SAID}AOcun|ABB1|AQxian|AJ三体|CK001|CSI247.55/1|"
    )
    assert "|APcun|" in ask(session, f"17{ASKED}AOxian|ABB1|")


def test_10_of_what_was_not_lent_is_the_same(session):
    assert ask(session, checkin("B1")) == f"101YNN{SAID}AOxian|ABB1|AQxian|AJ三体|CK001|CSI247.55/1|"


@pytest.mark.parametrize(("pickup", "alert"), [("xian", "CV01|CTxian|"), ("cun", "CV02|CTcun|")])
def test_10_says_where_a_held_book_goes_and_not_to_whom(session, pickup, alert):
    hold(session, "R2", 1, pickup=pickup)

    assert ask(session, checkin("B1")) == (f"101YNY{SAID}AOxian|ABB1|AQxian|AJ三体|CK001|{alert}CSI247.55/1|")


def test_10_of_a_lost_book(session):
    assert ask(session, checkin("LOST")) == (
        f"101YNY{SAID}AOxian|ABLOST|AQxian|AJ万历十五年|CK001|"
        "AF这本书曾登记为遗失，请交给工作人员，谢谢您找到它。|CV99|CSK248.3/1|YF209|"
    )


def test_10_of_an_unknown_book(session):
    assert ask(session, checkin("NONE")) == (
        f"100NNY{SAID}AOxian|ABNONE|AQ|AF系统里还没有这本书，请交给工作人员。|CV99|YF205|"
    )


# ---------------------------------------------------------------- 17
def test_18_of_a_book_on_loan(session):
    ask(session, checkout("R1", "B1"))
    hold(session, "R2", 1)

    assert ask(session, f"17{ASKED}AOxian|ABB1|") == (
        f"18040001{SAID}CF1|AH20260331    235959|ABB1|AJ三体|BGxian|CK001|AQxian|APxian|CSI247.55/1|"
    )


@pytest.mark.parametrize(
    ("barcode", "status"), [("B1", "03"), ("LOST", "12"), ("REF", "01"), ("GONE", "01"), ("NONE", "01")]
)
def test_18_says_the_status(session, barcode, status):
    assert ask(session, f"17{ASKED}AOxian|AB{barcode}|").startswith(f"18{status}0001{SAID}")


# ---------------------------------------------------------------- once
def lent_since(session):
    return session.scalar(select(func.count()).select_from(Loan))


def test_a_repeated_checkout_has_its_first_answer(session):
    first = ask(session, checkout("R1", "B1"), sequence=3)

    later = replace(XIAN, now_ms=NOW_MS + MINUTE_MS)
    assert ask(session, checkout("R1", "B1"), sequence=3, desk=later) == first
    assert lent_since(session) == 1


def test_another_sequence_number_is_another_request(session):
    ask(session, checkout("R1", "B1"), sequence=3)

    assert ask(session, checkout("R1", "B1"), sequence=4).startswith("120")


def test_another_account_is_another_terminal(session):
    ask(session, checkout("R1", "B1"), sequence=3)

    assert ask(session, checkout("R1", "B1"), sequence=3, desk=CUN).startswith("120")


def test_without_a_number_a_request_is_new_each_time(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, checkout("R1", "B1")).startswith("120")


def test_a_terminal_with_constant_dates_and_numbers_borrows_again_after_a_return(session):
    first = ask(session, checkout("R1", "B1"), sequence=4)
    ask(session, checkin("B1"), sequence=4, desk=CUN)

    assert ask(session, checkout("R1", "B1"), sequence=4) == first
    assert lent_since(session) == 2


def test_an_answer_is_kept_two_minutes(session):
    ask(session, checkout("R1", "B1"), sequence=3)

    late = replace(XIAN, now_ms=NOW_MS + REPLAY_MS)
    assert ask(session, checkout("R1", "B1"), sequence=3, desk=late).startswith("120")


def test_a_refusal_is_decided_anew(session):
    hold(session, "R2", 1)
    assert ask(session, checkout("R1", "B1"), sequence=3).startswith("120")
    ask(session, checkout("R2", "B1"), sequence=1)
    ask(session, checkin("B1"), sequence=2)

    assert ask(session, checkout("R1", "B1"), sequence=3).startswith("121")


def test_a_repeated_return_does_not_end_the_next_loan(session):
    ask(session, checkout("R1", "B1"), sequence=1)
    first = ask(session, checkin("B1"), sequence=2)
    assert ask(session, checkin("B1"), sequence=2) == first

    assert session.scalar(select(func.count()).select_from(SipAnswer)) == 1


def test_answers_that_have_had_their_time_are_dropped(session):
    ask(session, checkout("R1", "B1"), sequence=1)
    ask(session, checkout("R1", "B4"), sequence=2, desk=replace(XIAN, now_ms=NOW_MS + 1))

    terminals.forget_answers(session, NOW_MS + REPLAY_MS)
    assert session.scalars(select(SipAnswer.item_barcode)).all() == ["B4"]


# ---------------------------------------------------------------- the table
def test_every_request_has_its_function_and_its_refusal():
    needs_account = set(ANSWERED_BY) - {Login, ScStatus}

    assert set(sip2.ANSWERS) == needs_account
    assert set(sip2._REFUSALS) == needs_account


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"23019{ASKED}AOxian|AAR1|AC|AD|", f"24YYYY{' ' * 10}000{SAID}AO|AAR1|AE|AF终端未登录|"),
        (
            f"63019{ASKED}{' ' * 10}AOxian|AAR1|",
            f"64YYYY{' ' * 10}000{SAID}{' ' * 24}AO|AAR1|AE|AF终端未登录|",
        ),
        (f"35{ASKED}AOxian|AAR1|", f"36N{SAID}AO|AAR1|AF终端未登录|"),
        (checkout("R1", "B1"), f"120NUN{SAID}AO|AAR1|ABB1|AJ|AH|AF终端未登录|"),
        (checkin("B1"), f"100NUN{SAID}AO|ABB1|AQ|AF终端未登录|"),
        (f"17{ASKED}AOxian|ABB1|", f"18010001{SAID}ABB1|AJ|AF终端未登录|"),
    ],
)
def test_who_has_not_signed_in_hears_no_and_nothing_else(text, answer):
    message = decode(text.encode(), GENERIC).message

    assert encode(sip2.not_signed_in(message, XIAN), GENERIC).decode() == answer + "\r"
