"""11, 09, 17: what a terminal of any maker is told of an item, octet for octet."""

import pytest
from msgspec.structs import replace

from central.db import open_sessions
from tests.central.circulation.asking import NOW, ask, checkin, checkout
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, XIAN, hold


@pytest.fixture
def session(embedded):
    with open_sessions(embedded).begin() as session:
        yield session


def test_12_lends(session):
    assert ask(session, checkout("R1", "B1")) == (
        f"121NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH20260331    235959|CK001|CSI247.55/1|"
    )


def test_blanks_around_a_number_are_no_part_of_it(session):
    answer = ask(session, checkout(" R1 ", "B1  "))

    assert answer.startswith(f"121NNY{NOW}AOxian|AA R1 |ABB1  |AJ三体|")


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
    assert ask(session, checkout(card, barcode)) == f"120NNN{NOW}AOxian|AA{card}|AB{barcode}|{rest}"


def test_12_refuses_a_held_book(session):
    """No other copy is left for who waits."""
    hold(session, "R2", 2)

    assert ask(session, checkout("R1", "B3")) == (
        f"120NNN{NOW}AOxian|AAR1|ABB3|AJ万历十五年|AH|CK001|"
        "AF这本书已有读者预约，请留给那位读者，放回书架即可。|CSK248.3/1|YF202|"
    )


def test_12_lets_the_readers_own_book_leave(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, checkout("R1", "B1")) == (
        f"120NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH20260331    235959|CK001|"
        "AF这本书已经借在您名下，可以直接带走。|CSI247.55/1|YF206|"
    )


def test_12_renews_where_the_policy_says_so(session):
    ask(session, checkout("R1", "B1"))

    answer = ask(session, checkout("R1", "B1", "YN"), desk=replace(XIAN, now_ms=NOW_MS + DAY_MS))
    assert answer.startswith("121YNY20260302    100000AOxian|AAR1|ABB1|AJ三体|AH20260401    235959|")


def test_12_refuses_a_wrong_pin_and_does_not_say_what_the_book_is(session):
    assert ask(session, checkout("R1", "B1") + "AD1|", pin=False) == (
        f"120NNN{NOW}AOxian|AAR1|ABB1|AJ|AH|AF密码不正确，请重新输入；忘记密码请到服务台。|YF107|"
    )


# ---------------------------------------------------------------- 09
def test_10_takes_back_at_the_terminals_own_branch_and_sends_home(session):
    ask(session, checkout("R1", "B1"))

    assert ask(session, checkin("B1"), desk=CUN) == (
        f"101YNY{NOW}AOcun|ABB1|AQxian|AJ三体|CK001|CV04|CTxian|CSI247.55/1|"
    )
    assert "|APcun|" in ask(session, f"17{NOW}AOxian|ABB1|")


def test_10_of_what_was_not_lent_is_the_same(session):
    assert ask(session, checkin("B1")) == f"101YNN{NOW}AOxian|ABB1|AQxian|AJ三体|CK001|CSI247.55/1|"


@pytest.mark.parametrize(("pickup", "alert"), [("xian", "CV01|CTxian|"), ("cun", "CV02|CTcun|")])
def test_10_says_where_a_held_book_goes_and_not_to_whom(session, pickup, alert):
    hold(session, "R2", 1, pickup=pickup)

    assert ask(session, checkin("B1")) == (f"101YNY{NOW}AOxian|ABB1|AQxian|AJ三体|CK001|{alert}CSI247.55/1|")


def test_10_of_a_lost_book(session):
    assert ask(session, checkin("LOST")) == (
        f"101YNY{NOW}AOxian|ABLOST|AQxian|AJ万历十五年|CK001|"
        "AF这本书曾登记为遗失，请交给工作人员，谢谢您找到它。|CV99|CSK248.3/1|YF209|"
    )


def test_10_of_an_unknown_book(session):
    assert ask(session, checkin("NONE")) == (
        f"100NNY{NOW}AOxian|ABNONE|AQ|AF系统里还没有这本书，请交给工作人员。|CV99|YF205|"
    )


# ---------------------------------------------------------------- 17
def test_18_of_a_book_on_loan(session):
    ask(session, checkout("R1", "B1"))
    hold(session, "R2", 1)

    assert ask(session, f"17{NOW}AOxian|ABB1|") == (
        f"18040001{NOW}CF1|AH20260331    235959|ABB1|AJ三体|BGxian|CK001|AQxian|APxian|CSI247.55/1|"
    )


@pytest.mark.parametrize(
    ("barcode", "status"), [("B1", "03"), ("LOST", "12"), ("REF", "01"), ("GONE", "01"), ("NONE", "01")]
)
def test_18_says_the_status(session, barcode, status):
    assert ask(session, f"17{NOW}AOxian|AB{barcode}|").startswith(f"18{status}0001{NOW}")


def test_28_refuses_in_words(session):
    assert ask(session, f"27{NOW}AOxian|ABB1|UFAQ|FV二楼|") == (
        f"28N{NOW}AOxian|AAB1|UFAQ|AF馆藏信息由工作人员修改|"
    )
