"""What each question says on the wire, and what each answer means, on literal frames."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from kiosk.effects import AskItem, AskLoan, AskReader, AskReplay, AskReturn, AskSettle
from kiosk.events import (
    IlsSilent,
    Item,
    ItemAnswered,
    LoanAnswered,
    Reader,
    ReaderAnswered,
    ReturnAnswered,
    Settled,
    Verdict,
)
from kiosk.ils_questions import plan, silence
from kiosk.ils_terms import NoAnswer, Terms
from kiosk.payment_effects import AskPayment
from kiosk.payment_events import PaymentAnswered
from wire import faults
from wire.sip2 import codec
from wire.sip2.dialect import Dialect, load
from wire.sip2.messages import AcsStatus

SHUWU = load("shuwu")
NOW = datetime(2026, 9, 21, 23, 40, 7)  # noqa: DTZ001 - local times of SIP2 have no zone
DATE = "20260921    234007"
DESK = AskReader(1, "20011234", "desk")
DOOR = AskReader(1, "20011234", "door")
ITEM = AskItem(2, "B0001")
LOAN = AskLoan("a" * 16, "20011234", "B0001")
RETURN = AskReturn("b" * 16, "B0001")
SETTLE_LOAN = AskSettle("a" * 16, "loan", "B0001", "20011234")
SETTLE_RETURN = AskSettle("b" * 16, "return", "B0001", "")


HAPPENED = datetime(2026, 9, 20, 22, 13, 5, tzinfo=UTC)
AT_MS = int(HAPPENED.timestamp()) * 1000
THEN = "20260920   Z221305"
REPLAY_LOAN = AskReplay("a" * 16, "loan", "B0001", "20011234", AT_MS, "2026-10-20")
REPLAY_RETURN = AskReplay("b" * 16, "return", "B0001", "", AT_MS)


def status(*, offline_ok):
    """What an ILS says of itself."""
    return AcsStatus(
        online_status=True,
        checkin_ok=True,
        checkout_ok=True,
        acs_renewal_policy=False,
        offline_ok=offline_ok,
        timeout_period=30,
        retries_allowed=3,
        date_time_sync=None,
        supported_messages=frozenset(),
    )


def converse(question, *answers, dialect=SHUWU, said=None):
    """The requests of a plan, and what it returns when it is given these frames."""
    terms = Terms("ZHEN", "24H1", dialect, lambda card: f"name of {card}")
    steps, asked = plan(question, terms, NOW, said), []
    request = next(steps)
    for answer in answers:
        asked.append(codec.encode(request, dialect).decode(dialect.charset))
        try:
            request = steps.send(codec.decode(answer.encode(dialect.charset), dialect).message)
        except StopIteration as end:
            return asked, end.value
    raise AssertionError("the plan wants more answers")


def event(question, *answers, **given):
    return converse(question, *answers, **given)[1]


# ---------------------------------------------------------------- money
PAYMENT = AskPayment("c" * 16, "20011234", "4200001", 1205, "17")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (f"38Y{DATE}AOZHEN|AA20011234|BK77|", None),
        (f"38N{DATE}AOZHEN|AA20011234|YF130|", faults.number("overpaid")),
        (f"38N{DATE}AOZHEN|AA20011234|AFsorry|", faults.number("payment_not_booked")),
    ],
)
def test_money_is_told_under_the_provider_s_number_in_yuan(answer, fault):
    requests, answered = converse(PAYMENT, answer)
    assert requests == [f"37{DATE}0102CNYBV12.05|AOZHEN|AA20011234|CG17|BK4200001|\r"]
    assert answered == PaymentAnswered(PAYMENT.txn, fault, "20011234")
    assert "20011234" not in repr(PAYMENT) + repr(answered)
    assert silence(PAYMENT) == IlsSilent(txn=PAYMENT.txn)


REPLAY = AskPayment("c" * 16, "20011234", "4200001", 1205, "", again=True)
BOOKED = f"38Y{DATE}AOZHEN|AA20011234|BK77|"


def test_a_system_that_knows_the_number_again_is_simply_told_again():
    assert event(REPLAY, BOOKED) == PaymentAnswered(REPLAY.txn, None, "20011234")


@pytest.mark.parametrize(
    ("fee", "owed", "told_again"),
    [
        ("", "BV12.05|", True),
        ("", "BV0.00|", False),
        ("", "BV12.00|", False),
        ("", "BV24.10|", False),
        ("", "", False),
        ("17", "BV12.05|", False),
    ],
)
def test_another_is_told_again_only_while_all_of_the_money_is_open(fee, owed, told_again):
    generic, fees = Dialect(title="generic"), patron(fields=f"AE王|{owed}")
    question = replace(REPLAY, fee=fee)
    assert len(converse(replace(question, again=False), BOOKED, dialect=generic)[0]) == 1
    requests, answered = converse(question, fees, *[BOOKED] * told_again, dialect=generic)
    assert requests[0][:2] == "63"
    assert [request[:2] for request in requests[1:]] == ["37"] * told_again
    assert answered.fault == (None if told_again else faults.number("payment_unclear"))


# ---------------------------------------------------------------- requests
@pytest.mark.parametrize(
    ("question", "answers", "requests"),
    [
        (
            DESK,
            [f"64{' ' * 14}000{DATE}{'0000' * 6}AO|AA20011234|AE王|BLY|"],
            [f"63000{DATE}{' ' * 10}AOZHEN|AA20011234|\r"],
        ),
        (ITEM, [f"18030001{DATE}ABB0001|AJ三体|"], [f"17{DATE}AOZHEN|ABB0001|\r"]),
        (
            LOAN,
            [f"121NNY{DATE}AO|AA20011234|ABB0001|AJ三体|AH|"],
            [f"11NN{DATE}{' ' * 18}AOZHEN|AA20011234|ABB0001|AC|\r"],
        ),
        (
            RETURN,
            [f"101YNN{DATE}AO|ABB0001|AQ|"],
            [f"09N{DATE}{DATE}AP24H1|AOZHEN|ABB0001|AC|\r"],
        ),
        (
            SETTLE_LOAN,
            [f"18030001{DATE}ABB0001|AJ三体|", f"64{' ' * 14}000{DATE}{'0000' * 6}AO|AA20011234|AE王|BLY|"],
            [f"17{DATE}AOZHEN|ABB0001|\r", f"63000{DATE}  Y       AOZHEN|AA20011234|\r"],
        ),
        (SETTLE_RETURN, [f"18030001{DATE}ABB0001|AJ三体|"], [f"17{DATE}AOZHEN|ABB0001|\r"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_requests(question, answers, requests):
    assert converse(question, *answers)[0] == requests


def test_no_request_of_a_settling_carries_a_pin():
    requests, _ = converse(SETTLE_LOAN, CHARGED, listing("B0001"))
    assert not any("|AD" in request for request in requests)


@pytest.fixture
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kiosk's process is at home there."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


# ---------------------------------------------------------------- readers
def patron(flags="", fields="AE王小明|BLY|", counts="0000" * 6, date=DATE):
    return f"64{flags:14}000{date}{counts}AOZHEN|AA20011234|{fields}"


def test_a_known_reader():
    answer = patron(counts="000000000003000000000000", fields="AE王小明|BLY|XT普通|XD20270101|")
    reader = Reader("20011234", "name of 20011234", "王小明", "普通", loans=3, fees_fen=0)
    assert event(DESK, answer) == event(DOOR, answer) == ReaderAnswered(1, reader, card="20011234")


@pytest.mark.parametrize(
    ("dialect", "told", "age", "fees_fen", "terms"),
    [
        ("shuwu", "YA015|BV12.50|YT2026-1|", 15, 1250, "2026-1"),
        ("shuwu", "YA016|YT-|", 16, 0, ""),
        ("koha", "PB20110922|", 14, 0, None),
        ("evergreen", "PB20110921|", 15, 0, None),
        ("interlib", "XH20110921|BV100.00|", 15, 0, None),
        ("sierra", "", None, 0, None),
    ],
)
def test_what_is_told_of_age_debts_and_terms_differs_by_system(dialect, told, age, fees_fen, terms):
    _, answered = converse(DOOR, patron(fields=f"AE王小明|BLY|{told}"), dialect=load(dialect))
    reader = answered.reader
    assert (reader.age, reader.fees_fen, reader.terms) == (age, fees_fen, terms)


def test_where_no_fines_are_counted_nothing_is_known_of_debts():
    _, answered = converse(DOOR, patron(counts=" " * 24))
    assert answered.reader.fees_fen is None


@pytest.mark.parametrize(
    ("told", "fault"),
    [("CQY|", None), ("CQN|", "pin_wrong"), ("CQN|YF139|", "pin_paused"), ("", "cannot_check_card")],
)
def test_a_pin_that_was_typed_at_the_door_is_this_reader_s_or_it_is_not(told, fault):
    asked, answered = converse(replace(DOOR, pin="123456"), patron(fields=f"AE王小明|BLY|{told}"))
    assert asked == [f"63000{DATE}{' ' * 10}AOZHEN|AA20011234|AD123456|\r"]
    assert answered.fault == (fault and faults.number(fault))
    assert (answered.card == "") is (fault is not None), "a wrong PIN makes nobody forgotten"


ID_NUMBER = "11010519491231002X"
BY_ID = AskReader(1, ID_NUMBER, "desk", "id_card")
ASKED_85 = f"85{DATE}AOZHEN|AA|XO{ID_NUMBER}|XK13|\r"


def test_a_reader_is_found_by_the_identity_card_and_asked_about_by_the_library_card():
    requests, answered = converse(BY_ID, f"86{DATE}AO|AA20011234|OK1|AE王小明|", patron())
    assert requests == [ASKED_85, f"63000{DATE}{' ' * 10}AOZHEN|AA20011234|\r"]
    reader = Reader("20011234", "name of 20011234", "王小明", "", shown=ID_NUMBER, fees_fen=0)
    assert answered == ReaderAnswered(1, reader, card="20011234")


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (f"86{DATE}AO|AA|OK0|", "card_unknown"),
        (f"86{DATE}AO|AA20011234|OK0|AF没有|", "card_unknown"),
        (f"86{DATE}AO|AA|OK1|", "card_unknown"),
        (f"86{DATE}AO|AA|OK0|YF122|", "id_card_wrong"),
    ],
)
def test_an_identity_card_without_a_reader_is_refused(answer, name):
    assert converse(BY_ID, answer) == ([ASKED_85], ReaderAnswered(1, None, faults.number(name)))


def test_an_ils_without_85_is_asked_by_the_number_itself():
    requests, answered = converse(BY_ID, patron(), dialect=load("generic"))
    assert requests == [f"63000{DATE}{' ' * 10}AOZHEN|AA{ID_NUMBER}|\r"]
    assert answered.reader.card == ID_NUMBER


def test_what_the_ils_words_is_cut():
    reader = event(DESK, patron(fields=f"AE{'长' * 200}|BLY|XT{'x' * 200}|")).reader
    assert (len(reader.name), len(reader.type)) == (64, 64)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (patron(fields="AE|BLN|"), "card_unknown"),
        (patron(fields="AE|"), "card_unknown"),
        (patron(fields="AE王|BLY|YF103|"), "card_blocked"),
        (patron("YYYY", fields="AE|BLN|YF102|"), "card_expired"),
        (patron(fields="AE王|BLY|XD20260920|"), "card_expired"),
        (patron(fields="AE王|BLY|XD2026-09-20|"), "card_expired"),
        (patron("YYYY"), "card_blocked"),
        (patron("    Y"), "card_blocked"),
    ],
)
def test_cards_that_are_no_good_anywhere(answer, name):
    for question in (DESK, DOOR):
        assert event(question, answer) == ReaderAnswered(1, None, faults.number(name), "20011234")


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        ("Y", "card_blocked"),
        ("      Y", "card_blocked"),
        ("             Y", "card_blocked"),
    ],
)
def test_who_may_not_borrow_may_still_come_in(flags, name):
    refused = ReaderAnswered(1, None, faults.number(name), "20011234", enters=True)
    assert event(DESK, patron(flags)) == refused
    assert event(DOOR, patron(flags)).fault is None


@pytest.mark.parametrize("flags", ["          Y", "YY         Y"])
def test_who_owes_fees_is_welcome_to_pay_and_borrows_nothing(flags):
    answered = event(DESK, patron(flags))
    assert (answered.fault, answered.reader.bar, answered.reader.borrows) == (
        None,
        faults.number("fees_owed"),
        False,
    )
    blocked = event(DESK, patron("YYYY       Y"))
    assert blocked.reader is None, "no service at all: there is nothing to stay for"


@pytest.mark.parametrize(
    "answer",
    [
        patron(fields="AE王|"),
        patron(fields="AE王|BLY|XD20260921|"),
        patron(fields="AE王|BLY|XDnever|"),
        patron("  Y"),
        patron("     Y"),
        patron(fields="AE王|BLY|YF007|"),
        patron(date=" " * 18, fields="AE王|BLY|XD19990101|"),
    ],
)
def test_readers_who_are_welcome(answer):
    assert event(DESK, answer).reader.name.startswith("王")


def test_a_flag_that_the_dialect_does_not_bar_with():
    tolerant = Dialect(title="tolerant", barring=())
    assert event(DESK, patron("Y     Y   YY"), dialect=tolerant).fault is None


# ---------------------------------------------------------------- items
CHARGED = f"18040001{DATE}ABB0001|AJ三体|AH20261019    235959|CSI247.55/1|"
FREE = f"18030001{DATE}ABB0001|AJ三体|CSI247.55/1|"
OTHER = f"18010001{DATE}ABB0001|AJ三体|"


@pytest.mark.parametrize(
    ("status", "on_loan"),
    [("03", False), ("04", True), ("05", True), ("07", True), ("08", False), ("10", False), ("11", True)],
)
def test_an_item_and_whether_it_is_on_loan(status, on_loan):
    answer = f"18{status}0001{DATE}ABB0001|AJ三体|CSI247.55/1|"
    assert event(ITEM, answer) == ItemAnswered(2, Item("B0001", "三体", on_loan, "I247.55/1"))


def test_a_reference_item_is_not_on_loan():
    assert event(ITEM, OTHER).item == Item("B0001", "三体", on_loan=False)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (f"18010001{DATE}ABB0001|AJ|", "item_unknown"),
        (f"18120001{DATE}ABB0001|AJ三体|", "item_lost"),
    ],
)
def test_items_that_nobody_lends(answer, name):
    assert event(ITEM, answer) == ItemAnswered(2, None, faults.number(name))


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("20261019    235959", "2026-10-19"),
        ("2026-10-19 23:59:59", "2026-10-19"),
        ("2026年10月19日", "2026-10-19"),
        ("国庆节以后", "国庆节以后"),
        ("", ""),
    ],
)
def test_a_loan(due, told):
    answer = f"121NNY{DATE}AOZHEN|AA20011234|ABB0001|AJ三体|AH{due}|CSI247.55/1|"
    assert event(LOAN, answer) == LoanAnswered("a" * 16, None, "三体", "I247.55/1", told)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("20261019   Z155959", "2026-10-19"),
        ("20261019   Z235959", "2026-10-20"),
        ("2026-10-19T16:00:00Z", "2026-10-20"),
        ("99991231   Z235959", "9999-12-31"),
    ],
)
def test_a_due_date_in_utc_is_a_day_of_the_library(shanghai, due, told):
    answer = f"121NNY{DATE}AOZHEN|AA20011234|ABB0001|AJ三体|AH{due}|"
    assert event(LOAN, answer).due == told


def test_a_card_ends_with_the_library_s_day(shanghai):
    told = patron(fields="AE王|BLY|XD20260920   Z165959|", date="20260921    004007")
    assert event(DESK, told).fault is None
    ended = patron(fields="AE王|BLY|XD20260920   Z155959|", date="20260920   Z164007")
    assert event(DESK, ended).fault == faults.number("card_expired")


@pytest.mark.parametrize(
    ("flags", "fields", "renewed", "stays"),
    [
        ("1NNN", "", False, True),
        ("1NUN", "", False, True),
        ("1NYN", "", False, False),  # a tape is spared the magnet, which no pad has
        ("1NNU", "", False, False),
        ("1NNY", "CIY|", False, True),
        ("1NNY", "CIN|", False, False),
        ("1YNN", "", True, False),  # it has left before
        ("0NNN", "", False, False),
    ],
)
def test_whether_what_is_lent_may_leave(flags, fields, renewed, stays):
    answer = f"12{flags}{DATE}AOZHEN|AA20011234|ABB0001|AJ三体|AH|{fields}"
    told = event(LOAN, answer)
    assert (told.renewed, told.stays_secured) == (renewed, stays)
    assert not event(LOAN, answer, dialect=load("interlib")).stays_secured


@pytest.mark.parametrize(
    ("fields", "name"),
    [("YF201|", "limit_reached"), ("", "loan_not_allowed"), ("YF1|", "loan_not_allowed")],
)
def test_a_refused_loan(fields, name):
    answer = f"120NUN{DATE}AOZHEN|AA20011234|ABB0001|AJ三体|AH|{fields}"
    assert event(LOAN, answer) == LoanAnswered("a" * 16, faults.number(name), "三体")


@pytest.mark.parametrize("fields", ["", "YF209|"])
def test_a_return_is_taken_whatever_staff_are_told(fields):
    answer = f"101YNN{DATE}AOZHEN|ABB0001|AQ县馆|AJ三体|CSI247.55/1|{fields}"
    assert event(RETURN, answer) == ReturnAnswered("b" * 16, None, "三体", "I247.55/1", "县馆")


@pytest.mark.parametrize(("fields", "name"), [("YF205|", "item_unknown"), ("", "return_refused")])
def test_a_refused_return(fields, name):
    answer = f"100NUN{DATE}AOZHEN|ABB0001|AQ|{fields}"
    assert event(RETURN, answer) == ReturnAnswered("b" * 16, faults.number(name))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (LOAN, f"121NNY{DATE}AO|AA20011234|ABB0002|AJ|AH|"),
        (RETURN, f"101YNN{DATE}AO|ABB0002|AQ|"),
        (SETTLE_RETURN, f"18030001{DATE}ABB0002|AJ|"),
        (LOAN, f"101YNN{DATE}AO|ABB0001|AQ|"),
    ],
)
def test_an_answer_to_something_else_is_none(question, answer):
    with pytest.raises(NoAnswer):
        event(question, answer)


# ---------------------------------------------------------------- replaying
LENT = f"121NNY{DATE}AOZHEN|AA20011234|ABB0001|AJ三体|AH20261019    235959|CSI247.55/1|"
TAKEN = f"101YNN{DATE}AOZHEN|ABB0001|AQ县馆|AJ三体|CSI247.55/1|"


@pytest.mark.parametrize(
    ("question", "said", "answer", "request_"),
    [
        (
            REPLAY_LOAN,
            status(offline_ok=True),
            LENT,
            f"11NY{THEN}20261020    235959AOZHEN|AA20011234|ABB0001|AC|\r",
        ),
        (
            REPLAY_LOAN,
            status(offline_ok=False),
            LENT,
            f"11NN{THEN}{' ' * 18}AOZHEN|AA20011234|ABB0001|AC|\r",
        ),
        (REPLAY_LOAN, None, LENT, f"11NN{THEN}{' ' * 18}AOZHEN|AA20011234|ABB0001|AC|\r"),
        (
            REPLAY_RETURN,
            status(offline_ok=True),
            TAKEN,
            f"09Y{DATE}{THEN}AP24H1|AOZHEN|ABB0001|AC|\r",
        ),
        (
            REPLAY_RETURN,
            status(offline_ok=False),
            TAKEN,
            f"09N{DATE}{THEN}AP24H1|AOZHEN|ABB0001|AC|\r",
        ),
    ],
    ids=["loan, no block", "loan", "loan, nothing known of the ILS", "return, no block", "return"],
)
def test_what_has_happened_is_told_with_its_own_time(question, said, answer, request_):
    asked, answered = converse(question, answer, said=said)
    assert asked == [request_]
    assert answered.fault is None
    assert answered.forced is bool(said and said.offline_ok)


def test_who_reads_no_utc_is_told_in_local_time():
    local = HAPPENED.astimezone()
    told = f"{local:%Y%m%d}    {local:%H%M%S}"
    asked, _ = converse(REPLAY_LOAN, LENT, dialect=load("generic"))
    assert asked == [f"11NN{told}{' ' * 18}AOZHEN|AA20011234|ABB0001|AC|\r"]


def test_a_due_date_that_is_none_is_left_out():
    odd = AskReplay("a" * 16, "loan", "B0001", "20011234", AT_MS, "soon")
    asked, _ = converse(odd, LENT, said=status(offline_ok=True))
    assert asked == [f"11NY{THEN}{' ' * 18}AOZHEN|AA20011234|ABB0001|AC|\r"]


def test_a_replay_may_be_refused():
    refused = f"120NUN{DATE}AOZHEN|AA20011234|ABB0001|AJ三体|AH|YF204|"
    answered = event(REPLAY_LOAN, refused, said=status(offline_ok=True))
    assert answered == LoanAnswered("a" * 16, faults.number("lent_to_other"), "三体", forced=True)


def test_a_reader_whom_the_door_lets_in_may_be_barred_from_borrowing():
    owes_fees = patron("          Y", fields="AE王|BLY|")
    assert event(DOOR, owes_fees).reader.borrows is False
    assert event(DOOR, patron(fields="AE王|BLY|")).reader.borrows is True


# ---------------------------------------------------------------- settling
def listing(*items, count=None, valid="Y"):
    listed = "".join(f"AU{item}|" for item in items)
    told = "    " if count == "blank" else f"{len(items) if count is None else count:04}"
    counts = f"00000000{told}000000000000"
    return patron(counts=counts, fields=f"AE王|BL{valid}|{listed}")


@pytest.mark.parametrize(
    ("item", "reader", "verdict"),
    [
        (CHARGED, listing("B9", "B0001"), Verdict.DONE),
        (CHARGED, listing("B9", "B0001", count="blank"), Verdict.DONE),
        (CHARGED, listing("B9"), Verdict.NEVER),
        (CHARGED, listing(), Verdict.NEVER),
        (CHARGED, listing("B9", count=2), Verdict.UNCLEAR),
        (CHARGED, listing(count="blank"), Verdict.UNCLEAR),
        (CHARGED, listing(valid="N"), Verdict.UNCLEAR),
        (FREE, listing("B9"), Verdict.NEVER),
        (FREE, listing(valid="N"), Verdict.NEVER),
        (FREE, listing("B0001"), Verdict.UNCLEAR),
        (OTHER, listing("B0001"), Verdict.UNCLEAR),
        (OTHER, listing("B9"), Verdict.UNCLEAR),
    ],
)
def test_what_became_of_a_loan(item, reader, verdict):
    settled = event(SETTLE_LOAN, item, reader)
    assert (settled.txn, settled.verdict, settled.title) == ("a" * 16, verdict, "三体")


def test_a_settled_loan_tells_what_the_fact_needs():
    settled = event(SETTLE_LOAN, CHARGED, listing("B0001"))
    assert settled == Settled("a" * 16, Verdict.DONE, "三体", "I247.55/1", "2026-10-19")


def test_without_the_card_only_a_loan_that_never_was_can_be_told():
    lost = AskSettle("a" * 16, "loan", "B0001", "")
    assert event(lost, CHARGED).verdict is Verdict.UNCLEAR
    assert event(lost, FREE).verdict is Verdict.NEVER


@pytest.mark.parametrize(
    ("item", "verdict"), [(FREE, Verdict.DONE), (CHARGED, Verdict.NEVER), (OTHER, Verdict.UNCLEAR)]
)
def test_what_became_of_a_return(item, verdict):
    assert event(SETTLE_RETURN, item).verdict is verdict


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (DESK, IlsSilent(ask=1)),
        (ITEM, IlsSilent(ask=2)),
        (LOAN, IlsSilent(txn="a" * 16)),
        (RETURN, IlsSilent(txn="b" * 16)),
        (SETTLE_LOAN, Settled("a" * 16, Verdict.SILENT)),
        (REPLAY_LOAN, IlsSilent(txn="a" * 16)),
        (REPLAY_RETURN, IlsSilent(txn="b" * 16)),
    ],
)
def test_silence_names_the_question(question, said):
    assert silence(question) == said
