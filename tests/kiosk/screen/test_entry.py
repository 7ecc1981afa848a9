"""What the door's screen says to who is asked something, and to who stays outside."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.room import admission, entering
from kiosk.screen.page import Button, Page
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.entry_states import ENTRY, REFUSALS, asking
from tests.kiosk.screen.states import DESK, SETTINGS
from wire.faults import fault, number

OURS = ("cannot_check_card", "room_tests_itself")
"""It is not the reader who is refused."""


def door(shown: Snapshot, language: str = "zh-CN") -> Page:
    return view("door", shown, texts(language), SETTINGS)


def test_every_reason_that_the_door_has_is_among_the_states():
    reasons = {reason.fault for reason in admission.REASONS} | set(admission.SHUT.values())
    reasons |= {value for name, value in vars(entering).items() if name.isupper() and isinstance(value, int)}
    reasons |= {admission.ROOM_FULL, admission.TOO_MANY_WITH_YOU}
    assert reasons - {number("door_lost")} == {number(name) for name in REFUSALS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_says_why_in_words_of_its_own_and_never_no(language: str):
    words = texts(language)
    pages = {name: door(ENTRY[f"refused_{name}"], language) for name in REFUSALS}
    assert {page.heading for page in pages.values()} == {words.door.refused}
    assert len({page.advice for page in pages.values()}) == len(REFUSALS)
    for name, page in pages.items():
        assert page.advice == fault(number(name)).reader.of(language)
        assert str(number(name)) in page.code


def test_our_fault_never_reads_as_you_may_not():
    for name in REFUSALS:
        page = door(ENTRY[f"refused_{name}"])
        assert page.advice.startswith("这是我们的问题") is (name in OURS), name


def test_a_ban_says_until_when():
    assert door(ENTRY["refused_banned_here"]).advice.endswith("暂停至2026年12月31日。")


def test_who_is_asked_how_many_come_along_touches_a_number():
    page = door(asking("companions", 2))
    keys = (("就我一人", True, "0"), ("1", False, "1"), ("2", False, "2"))
    assert page.buttons == tuple(Button("companions", words, main=main, about=n) for words, main, n in keys)
    assert (page.heading, page.advice, page.visit) == ("几位同行？", "不含您自己", 7)


def test_a_pin_is_typed_in_dots_and_belongs_to_the_question_that_was_asked():
    page = door(asking("pin"))
    assert page.keypad
    assert (page.keypad.purpose, page.keypad.hidden, page.visit) == ("door_pin", True, 7)


def test_a_machine_without_a_pad_asks_for_the_identity_card_and_for_no_books():
    outside = replace(SETTINGS, books=False)
    idle = view("desk", DESK["idle"], texts("zh-CN"), outside)
    assert (idle.layout, idle.heading, idle.advice) == (
        "sign",
        "请放上身份证",
        "用这张身份证，一分钟就能办好",
    )
    assert view("desk", DESK["identified"], texts("zh-CN"), outside).advice == ""
