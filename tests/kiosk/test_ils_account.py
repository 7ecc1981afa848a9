"""What an errand says on the wire, and what each answer means, on literal frames."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.effects import AskLoan, AskReturn
from kiosk.errand_effects import AskAccount, AskAllRenewed, AskCopy, AskHold, AskPinChange, AskRenewal
from kiosk.errand_events import (
    Account,
    AccountAnswered,
    AllRenewed,
    Charge,
    CopyAnswered,
    Fee,
    Hold,
    HoldAnswered,
    PinChanged,
    RenewalAnswered,
    Waived,
)
from kiosk.ils_answers import takes
from kiosk.ils_questions import silence
from kiosk.ils_terms import NoAnswer
from tests.kiosk.test_ils_questions import DATE, SHUWU, converse, event, status
from wire.faults import fault, number
from wire.sip2.codes import Supported
from wire.sip2.dialect import load

CARD, TXN = "20011234", "a" * 16
ACCOUNT, COPY = AskAccount(3, CARD), AskCopy(5, "B1")
RENEWAL, ALL = AskRenewal(TXN, CARD, "B1"), AskAllRenewed(TXN, CARD)
HOLD, CANCEL = AskHold(TXN, CARD, "B1"), AskHold(TXN, CARD, "B1", cancel=True)
PIN = AskPinChange(TXN, CARD, "111111", "271828")
ILS_SILENT = number("ils_silent")


def said(counts: str = "0000" * 6, fields: str = "") -> str:
    """64: holds ready, overdue, on loan, fees, recalls, holds that wait."""
    return f"64{' ' * 14}000{DATE}{counts}AO|AA{CARD}|AE王|BLY|{fields}"


def asked_for(place: int) -> str:
    """63 with one summary."""
    summary = " " * place + "Y" + " " * (9 - place)
    return f"63000{DATE}{summary}AOZHEN|AA{CARD}|\r"


# ---------------------------------------------------------------- requests
@pytest.mark.parametrize(
    ("question", "answer", "request_"),
    [
        (COPY, f"18030001{DATE}ABB1|AJ三体|", f"17{DATE}AOZHEN|ABB1|\r"),
        (RENEWAL, f"301YNN{DATE}AO|AA|ABB1|AJ|AH|", f"29NN{DATE}{' ' * 18}AOZHEN|AA{CARD}|ABB1|\r"),
        (ALL, f"66100000000{DATE}AO|", f"65{DATE}AOZHEN|AA{CARD}|\r"),
        (HOLD, f"161N{DATE}AO|AA|", f"15+{DATE}BY2|AOZHEN|AA{CARD}|ABB1|\r"),
        (CANCEL, f"161N{DATE}AO|AA|", f"15-{DATE}BY2|AOZHEN|AA{CARD}|ABB1|\r"),
    ],
)
def test_requests(question, answer, request_):
    assert converse(question, answer)[0] == [request_]


def test_only_the_lists_that_are_not_empty_are_asked_for():
    assert converse(ACCOUNT, said())[0] == [asked_for(2)]
    full = said("000100010002000300000004")
    assert converse(ACCOUNT, *[full] * 5)[0] == [asked_for(place) for place in (2, 1, 0, 5, 3)]


# ---------------------------------------------------------------- the account
def test_an_account_of_our_own_ledger():
    whole = said(
        "000100010002000100000001",
        "BV12.50|AUB1|AUB2|ATB2|AV17 12.50 逾期费 三体|AF有书逾期|"
        "YHB5 1 20261201 12 石桥分馆 活着|YHB4 0 - - 石桥分馆 万历 十五年|",
    )
    assert event(ACCOUNT, *[whole] * 5) == AccountAnswered(
        3,
        Account(
            (Charge("B1"), Charge("B2", overdue=True)),
            (
                Hold("活着", ready=True, item="B5", place="石桥分馆", locker="12", until="2026-12-01"),
                Hold("万历 十五年", ready=False, item="B4", place="石桥分馆"),
            ),
            (Fee("17", 1250, "逾期费 三体"),),
            1250,
            ("有书逾期",),
        ),
    )


def test_an_account_of_a_foreign_ils_is_what_its_lists_say():
    koha = load("koha")
    whole = said("000100000003000100000001", "BV3.5|AUB1|ASB7|CDB8|AV三体 3.50|")
    found = event(ACCOUNT, *[whole] * 4, dialect=koha).account
    assert found == Account(
        (Charge("B1"),),
        (Hold("", ready=True, item="B7"), Hold("", ready=False, item="B8")),
        (Fee("", None, "三体 3.50"),),
        350,
        more=2,
    )


def test_titles_in_lists_can_be_read_and_not_acted_on():
    evergreen = replace(load("koha"), lists_titles=True)
    whole = said("000100000001000000000000", "AU三体|AS活着|")
    found = event(ACCOUNT, whole, whole, dialect=evergreen).account
    assert found == Account((Charge("", "三体"),), (Hold("活着", ready=True),))


IN_FULL = "AV17 12.50 逾期费 三体|YE17 12.50 overdue 三体|YE18 3.00 card|YEno fee|"
ADVICE = fault(number("fees_owed")).reader
WAIVES = [
    (f"AF{ADVICE.zh}|AF{ADVICE.en}|AF周五闭馆|", (), ("周五闭馆",)),
    ("AF现在归还，逾期费免收（读书月）。|YW12.50 读书月|YW100% 读书月|YW读书月|",
     (Waived("读书月", fen=1250), Waived("读书月", percent=100)), ()),
    ("AF本周免收逾期费|YW本周|", (), ("本周免收逾期费",)),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "waived", "messages"), WAIVES, ids=["refused", "forgiven", "unread"])
def test_what_our_own_ledger_tells_in_full_is_told_in_the_readers_language(fields, waived, messages):
    whole = said("000000000000000200000000", f"BV15.50|{IN_FULL}{fields}")
    assert event(ACCOUNT, whole, whole).account == Account(
        fees=(Fee("17", 1250, "三体", "overdue"), Fee("18", 300, "", "card")),
        owed_fen=1550,
        waived=waived,
        messages=messages,
    )


@pytest.mark.parametrize(("fields", "why"), [("BLN|", "card_unknown"), ("YF103|", "card_blocked")])
def test_no_account_of_a_card_that_is_no_good(fields, why):
    refused = f"64{' ' * 14}000{DATE}{'0000' * 6}AO|AA{CARD}|AE|{fields}"
    assert event(ACCOUNT, refused) == AccountAnswered(3, None, number(why))


@pytest.mark.parametrize("line", ["", "B5", "B5 1 2026 - x 活着", "B5 2 - - x 活着"])
def test_a_hold_that_cannot_be_read_is_not_one(line):
    found = event(ACCOUNT, *[said("000100000000000000000000", f"YH{line}|YHB4 0 - - x 三体|")] * 2).account
    assert [hold.item for hold in found.holds] == ["B4"]


def test_what_a_copy_is():
    answer = f"18080001{DATE}CM20261201    235959|ABB1|AJ三体|AH20261220    235959|AP石桥|"
    assert event(COPY, answer) == CopyAnswered(5, "B1", "三体", "2026-12-20", "石桥", "2026-12-01")


# ---------------------------------------------------------------- what is done
@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        (
            RENEWAL,
            f"301YNN{DATE}AO|AA|ABB1|AJ三体|AH20270120    235959|CSI247|",
            RenewalAnswered(TXN, None, "三体", "I247", "2027-01-20"),
        ),
        (RENEWAL, f"300NNN{DATE}AO|AA|ABB1|AJ|AH|YF216|", RenewalAnswered(TXN, 216)),
        (RENEWAL, f"300NNN{DATE}AO|AA|ABB1|AJ|AH|", RenewalAnswered(TXN, number("renewal_refused"))),
        (ALL, f"66100010001{DATE}AO|BMB1|BNB2|", AllRenewed(TXN, None, ("B1",), ("B2",))),
        (
            HOLD,
            f"161Y{DATE}BR3|BSshiqiao|AO|AA|AJ三体|",
            HoldAnswered(TXN, None, "三体", ready=True, position=3, place="shiqiao"),
        ),
        (HOLD, f"160N{DATE}AO|AA|YF219|", HoldAnswered(TXN, 219)),
        (CANCEL, f"160N{DATE}AO|AA|", HoldAnswered(TXN, number("hold_refused"))),
        (PIN, f"82{DATE}AO|AA|OK1|XK14|", PinChanged(TXN, None)),
        (PIN, f"82{DATE}AO|AA|OK0|XK14|YF125|", PinChanged(TXN, number("pin_weak"))),
        (PIN, f"82{DATE}AO|AA|OK0|XK14|", PinChanged(TXN, number("pin_wrong"))),
    ],
)
def test_answers(question, answer, told):
    assert event(question, answer) == told


def test_a_pin_goes_by_81_or_by_21():
    (asked,), _ = converse(PIN, f"82{DATE}AO|AA|OK1|XK14|")
    assert asked.startswith("81")
    assert {"AD111111", "KD271828", "XK14"} <= set(asked.split("|"))
    other = replace(SHUWU, lacks=("81",))
    (asked,), told = converse(PIN, f"22Y{DATE}AO|AA|", dialect=other)
    assert asked == f"21{DATE}AOZHEN|AA{CARD}|AD111111|AN271828|\r"
    assert told == PinChanged(TXN, None)


@pytest.mark.parametrize("question", [RENEWAL, COPY])
def test_an_answer_about_another_item_is_no_answer(question):
    frame = f"301YNN{DATE}AO|AA|ABB2|AJ|AH|" if question is RENEWAL else f"18030001{DATE}ABB2|AJ|"
    with pytest.raises(NoAnswer):
        event(question, frame)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (ACCOUNT, AccountAnswered(3, None, ILS_SILENT)),
        (COPY, CopyAnswered(5, "B1")),
        (RENEWAL, RenewalAnswered(TXN, ILS_SILENT)),
        (ALL, AllRenewed(TXN, ILS_SILENT)),
        (HOLD, HoldAnswered(TXN, ILS_SILENT)),
        (PIN, PinChanged(TXN, ILS_SILENT)),
    ],
)
def test_silence_is_an_answer_too(question, told):
    assert silence(question) == told


# ---------------------------------------------------------------- books that come back, and sets
@pytest.mark.parametrize(
    ("fields", "goes", "sort_bin"),
    [
        ("", "", ""),
        ("CL3|", "", "3"),
        ("CV01|CTshiqiao|CL12|", "hold", "12"),
        ("CV02|CTliuhe|", "elsewhere", ""),
        ("CV04|CTliuhe|", "elsewhere", ""),
        ("CTliuhe|", "elsewhere", ""),
        ("CV99|", "", ""),
    ],
)
def test_where_a_returned_book_goes(fields, goes, sort_bin):
    found = event(AskReturn(TXN, "B1"), f"101YNN{DATE}AO|ABB1|AQ|{fields}")
    assert (found.goes, found.sort_bin) == (goes, sort_bin)


def test_what_else_belongs_to_a_set_is_told_and_bounded():
    lent = event(AskLoan(TXN, CARD, "B1"), f"121NNY{DATE}AO|AA|ABB1|AJ|AH|YMB2|YMB3|YMB4|YMB5|YMB6|")
    assert lent.missing == ("B2", "B3", "B4", "B5")
    assert event(AskReturn(TXN, "B1"), f"101YNN{DATE}AO|ABB1|AQ|YMB2|").missing == ("B2",)


# ---------------------------------------------------------------- what the ILS takes
def test_what_the_ils_takes_is_its_dialect_less_what_bx_denies():
    known = takes(None, SHUWU)
    assert {"63", "29", "65", "15", "37", "81", "21"} <= known
    assert "81" not in takes(None, load("koha"))
    some = replace(SHUWU, means_status=True)
    told = status(offline_ok=False)
    assert takes(told, some) == known, "an ILS that says nothing at all about it"
    told = told.but(supported_messages=frozenset({Supported.PATRON_INFORMATION, Supported.RENEW}))
    assert known - takes(told, some) == {"65", "15", "37"}
    assert takes(told, replace(SHUWU, means_status=False)) == known
