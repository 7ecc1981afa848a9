"""What the screen shows of fees and of a payment under way."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from msgspec import structs

from kiosk.errands.paying import PayStep
from kiosk.screen.fees import _STEPS
from kiosk.screen.page import Page
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from tests.kiosk.screen.fees_states import CODE, FEES
from tests.kiosk.screen.states import DESK, SETTINGS
from wire.faults import number


def shown(name: str, language: str = "zh-CN") -> Page:
    return view("desk", FEES[name], texts(language), SETTINGS)


SAYS = [
    ("fees", ("fees", "account", "calm"), ("pay", "books", "done")),
    ("fees_none", ("fees", "account", "good"), ("books", "done")),
    ("fees_forgiven", ("fees", "account", "good"), ("books", "done")),
    ("fees_amnesty", ("fees", "account", "calm"), ("pay", "books", "done")),
    ("fees_offline", ("fees", "account", "calm"), ("books", "done")),
    ("fees_asking", ("fees", "account", "busy"), ("books", "done")),
    ("fees_silent", ("fees", "account", "warn"), ("books", "done")),
    ("pay_asking", ("pay_asking", "sign", "busy"), ("fees",)),
    ("pay", ("pay", "scan", "calm"), ("fees",)),
    ("pay_booking", ("pay_booking", "sign", "busy"), ("books", "done")),
    ("paid", ("paid", "sign", "good"), ("books", "done")),
    ("paid_later", ("paid_later", "sign", "good"), ("books", "done")),
    ("pay_expired", ("pay_failed", "sign", "warn"), ("fees", "done")),
    ("pay_unavailable", ("pay_failed", "sign", "warn"), ("fees", "done")),
    ("pay_not_booked", ("pay_failed", "sign", "warn"), ("fees", "done")),
]


@pytest.mark.parametrize(("name", "looks", "buttons"), SAYS, ids=[name for name, *_ in SAYS])
def test_each_state_in_each_language(name, looks, buttons):
    assert _STEPS.keys() == set(PayStep)
    for language in LANGUAGES:
        page = shown(name, language)
        assert (page.scene, page.layout, page.tone) == looks
        assert tuple(button.action for button in page.buttons) == buttons
        assert page.heading
        assert "张" not in page.said, "people stand around"
        assert (page.qr == CODE) is (name == "pay"), "a code stands nowhere but while it is good"


def test_fees_are_told_in_yuan_and_paid_together_or_one_by_one():
    page = shown("fees")
    (section,) = page.sections
    assert section.heading == "共欠 15.50 元"
    assert [(row.title, row.state) for row in section.rows] == [
        ("三体", "12.50 元"),
        ("工本费", "3.00 元"),
    ]
    assert [row.note for row in section.rows] == ["逾期费", ""]
    assert [(row.choice.action, row.choice.about) for row in section.rows if row.choice] == [
        ("pay", "17"),
        ("pay", "18"),
    ]
    assert all(row.choice is None for row in shown("fees_offline").sections[0].rows)
    assert "以后再缴" in shown("fees_offline").advice


WAIVED = [
    ("zh-CN", "费用减免", "现在归还，逾期费减免 50%", "已为您免除 12.50 元"),
    ("en", "Waived", "Return now: overdue fee 50% less", "12.50 yuan waived for you"),
]


@pytest.mark.parametrize(("language", "heading", "now", "before"), WAIVED)
def test_what_an_amnesty_forgives_is_told_with_its_reason(language, heading, now, before):
    found = shown("fees_amnesty", language).sections[1]
    assert found.heading == heading
    assert [(row.title, row.note) for row in found.rows] == [(now, "全民阅读月"), (before, "全民阅读月")]
    assert [row.title for row in shown("fees_forgiven", language).sections[0].rows] == [before]


def test_a_machine_that_takes_no_money_sends_to_the_desk():
    settings = msgspec.structs.replace(SETTINGS, offers=frozenset({"account"}))
    page = view("desk", FEES["fees"], texts("zh-CN"), settings)
    assert "服务台" in page.advice
    assert "pay" not in {button.action for button in page.buttons}


def test_money_that_is_not_booked_is_not_told_as_none():
    assert shown("pay_not_booked").heading == "已收到付款"


def test_whoever_is_barred_by_fees_is_led_to_them():
    base = FEES["fees"]
    assert base.errand.reader
    reader = structs.replace(base.errand.reader, bar=number("fees_owed"))
    errand = structs.replace(base.errand, panel=type(base.errand.panel).BOOKS, reader=reader)
    page = view(
        "desk", replace(DESK["identified"], errand=errand, takes=base.takes), texts("zh-CN"), SETTINGS
    )
    assert page.buttons[0].action == "fees"
    assert page.buttons[0].main
    assert "缴清后即可借书" in page.advice
