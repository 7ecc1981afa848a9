"""What a registration says on the wire, and what each answer means, on literal frames."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.effects import AskSettle
from kiosk.events import IlsSilent, Settled, Verdict
from kiosk.ils_questions import ONCE, silence
from kiosk.ils_terms import NoAnswer
from kiosk.register_effects import Application, AskBearer, AskRegistration
from kiosk.register_events import BearerAnswered, RegistrationAnswered
from tests.kiosk.test_ils_questions import DATE, converse
from wire.faults import number
from wire.sip2.dialect import load, merge

TXN, NUMBER = "a" * 16, "110105201801010027"
BLANK = " " * 18
APPLICATION = Application(
    NUMBER, "王小宝", 2, date(2018, 1, 1), "13800138000", "802931", "child", "2026-1", "R0007"
)
REGISTER, BEARER = AskRegistration(TXN, APPLICATION), AskBearer(TXN, NUMBER)
SETTLE = AskSettle(TXN, "register", "", NUMBER)
SAID = f"81YN{DATE}{BLANK}AOZHEN|AA{NUMBER}|AD802931|AE王小宝|MP13800138000|XO{NUMBER}|XTchild|XH20180101|XM0|XK11|"
FIND = f"85{DATE}AOZHEN|AA|XO{NUMBER}|XK13|"


def found(ok: str, more: str = "") -> str:
    return f"86{DATE}AOZHEN|AAN1|OK{ok}|{more}\r"


def registered(ok: str, more: str = "") -> str:
    return f"82{DATE}AOZHEN|AAN1|OK{ok}|XK11|{more}\r"


def test_all_that_a_library_needs_is_said_and_no_more():
    asked, event = converse(REGISTER, registered("1"))
    assert asked == [f"{SAID}YT2026-1|YGR0007|\r"]
    assert event == RegistrationAnswered(TXN, None)


@pytest.mark.parametrize("name", ["interlib", "dp2", "wenhua"])
def test_another_system_is_not_told_what_it_does_not_know(name: str):
    dialect = load(name)
    (asked,), _ = converse(REGISTER, registered("1"), dialect=dialect)
    assert "YT" not in asked
    assert "YG" not in asked
    assert "|XO110105201801010027|" in asked


def test_a_site_has_the_terms_under_a_code_of_its_own():
    dialect = merge(load("interlib"), '[hide]\n81 = ["YG"]\n[rename.81]\nXF = "YT"')
    (asked,), _ = converse(REGISTER, registered("1"), dialect=dialect)
    assert "|XF2026-1|" in asked


@pytest.mark.parametrize(
    ("more", "fault"),
    [("YF125|", "pin_weak"), ("YF121|", "id_card_taken"), ("AF没有名额|", "register_refused")],
)
def test_a_no_is_told_by_its_number_where_there_is_one(more: str, fault: str):
    _, event = converse(REGISTER, registered("0", more))
    assert event == RegistrationAnswered(TXN, number(fault))


@pytest.mark.parametrize(
    ("answer", "card", "fault"),
    [
        (found("1"), "N1", None),
        (found("0"), "", None),
        (found("0", "YF101|"), "", None),
        (found("0", "YF122|"), "", number("id_card_wrong")),
        (f"86{DATE}AOZHEN|AA|OK1|\r", NUMBER, None),
    ],
)
def test_whose_an_identity_card_is(answer: str, card: str, fault: int | None):
    asked, event = converse(BEARER, answer)
    assert asked == [f"{FIND}\r"]
    assert event == BearerAnswered(TXN, card, fault)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (found("1"), Verdict.DONE),
        (found("0"), Verdict.NEVER),
        (found("0", "YF101|"), Verdict.NEVER),
        (found("0", "YF122|"), Verdict.UNCLEAR),
    ],
)
def test_what_became_of_it_is_asked_by_the_identity_card(answer: str, verdict: Verdict):
    asked, event = converse(SETTLE, answer)
    assert asked == [f"{FIND}\r"]
    assert event == Settled(TXN, verdict)


def test_it_is_asked_once_and_a_silence_says_nothing():
    assert isinstance(REGISTER, ONCE)
    assert not isinstance(BEARER, ONCE)
    assert silence(REGISTER) == silence(BEARER) == IlsSilent(txn=TXN)
    with pytest.raises(NoAnswer):
        converse(REGISTER, found("1"))
