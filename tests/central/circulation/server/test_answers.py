"""What holds for every request: what is supported, what is done once, what needs an account."""

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from central.circulation.ledger.models import Loan
from central.circulation.server import answers
from central.circulation.server.models import SipAnswer
from central.circulation.server.repeats import REPLAY_MS
from central.db import open_sessions
from tests.central.circulation.asking import NOW, SHUWU, ask, checkin, checkout, terminal_at
from tests.central.circulation.verbs import forget_answers
from tests.central.circulation.world import CUN, MINUTE_MS, NOW_MS, XIAN, hold
from wire.sip2.codec import decode, encode
from wire.sip2.messages import ANSWERED_BY, Checkin, Login, ScStatus


@pytest.fixture
def session(embedded):
    with open_sessions(embedded).begin() as session:
        yield session


def test_98_says_what_is_supported():
    terminal = replace(terminal_at(XIAN), place="石桥书屋")
    answer = encode(answers.status(XIAN, "清源县图书馆", terminal), SHUWU).decode()

    assert answer == (f"98YYYYYY030003{NOW}2.00AOxian|AM清源县图书馆|BXYYYYYYYYYYYYYYYY|AN石桥书屋|\r")


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


def test_a_kept_answer_is_not_for_a_wrong_pin(session):
    ask(session, checkout("R1", "B1") + "AD135790|", sequence=3, pin=True)

    answer = ask(session, checkout("R1", "B1") + "AD1|", sequence=3, pin=False)
    assert answer.endswith("|YF107|")


def test_no_pin_is_kept_not_even_as_a_digest(session):
    """Who reads the database and knows all but the PIN finds nothing to try PINs against."""
    digests = set()
    for secrets in ("AD135790|", "AD246801|", "AC1|AD|"):
        ask(session, checkout("R1", "B1").replace("AC|", "") + secrets, sequence=3, pin=True)
        digests.add(session.scalar(select(SipAnswer.request_digest)))
        ask(session, checkin("B1"), sequence=4)
    assert len(digests) == 1


def test_a_kept_answer_is_whole(session):
    """Every field comes back: dates, flags, texts."""
    first = ask(session, checkout("R1", "B1"), sequence=3)
    assert "|AJ三体|AH20260331    235959|CK001|CS" in first
    assert ask(session, checkout("R1", "B1"), sequence=3) == first
    returned = ask(session, checkin("B1"), sequence=4, desk=CUN)
    assert ask(session, checkin("B1"), sequence=4, desk=CUN) == returned


def test_a_refusal_is_decided_anew(session):
    hold(session, "R2", 2)
    assert ask(session, checkout("R1", "B3"), sequence=3).startswith("120")
    ask(session, checkout("R2", "B3"), sequence=1)
    ask(session, checkin("B3"), sequence=2)

    assert ask(session, checkout("R1", "B3"), sequence=3).startswith("121")


def test_a_repeated_return_does_not_end_the_next_loan(session):
    ask(session, checkout("R1", "B1"), sequence=1)
    first = ask(session, checkin("B1"), sequence=2)
    assert ask(session, checkin("B1"), sequence=2) == first

    assert session.scalar(select(func.count()).select_from(SipAnswer)) == 1


def test_answers_that_have_had_their_time_are_dropped(session):
    ask(session, checkout("R1", "B1"), sequence=1)
    ask(session, checkout("R1", "B4"), sequence=2, desk=replace(XIAN, now_ms=NOW_MS + 1))

    forget_answers(session, NOW_MS + REPLAY_MS)
    assert session.scalars(select(SipAnswer.subject)).all() == ["item B4"]


# ---------------------------------------------------------------- the table
def test_every_request_has_its_function():
    assert {Login, ScStatus, *answers.ANSWERS} == answers.UNDERSTOOD
    assert set(ANSWERED_BY) >= answers.UNDERSTOOD


@pytest.mark.parametrize("request_type", sorted(ANSWERED_BY, key=str))
def test_every_request_can_be_refused_for_lack_of_93(request_type):
    if request_type in {Login, ScStatus}:
        return
    given = {"patron_identifier": "R1", "item_identifier": "B1", "fee_amount": "1.00", "card_retained": False}
    fields = {name: value for name, value in given.items() if name in request_type.layout.names}
    if request_type is Checkin:
        fields["return_date"] = None
    answer = answers.not_signed_in(request_type(transaction_date=None, **fields), XIAN)

    assert type(answer) is ANSWERED_BY[request_type]
    assert answer.screen_message == ("终端未登录",)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"23019{NOW}AOxian|AAR1|AC|AD|", f"24YYYY{' ' * 10}000{NOW}AO|AAR1|AE|AF终端未登录|"),
        (
            f"63019{NOW}{' ' * 10}AOxian|AAR1|",
            f"64YYYY{' ' * 10}000{NOW}{' ' * 24}AO|AAR1|AE|AF终端未登录|",
        ),
        (f"35{NOW}AOxian|AAR1|", f"36N{NOW}AO|AAR1|AF终端未登录|"),
        (checkout("R1", "B1"), f"120NUN{NOW}AO|AAR1|ABB1|AJ|AH|AF终端未登录|"),
        (checkin("B1"), f"100NUN{NOW}AO|ABB1|AQ|AF终端未登录|"),
        (f"17{NOW}AOxian|ABB1|", f"18010001{NOW}ABB1|AJ|AF终端未登录|"),
    ],
)
def test_who_has_not_signed_in_hears_no_and_nothing_else(text, answer):
    message = decode(text.encode(), SHUWU).message

    assert encode(answers.not_signed_in(message, XIAN), SHUWU).decode() == answer + "\r"
