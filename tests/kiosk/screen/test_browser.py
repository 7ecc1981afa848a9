"""The page in Chromium: what only a browser can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from queue import Queue

import msgspec
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from kiosk.ease import Ease, Eases
from kiosk.events import Focused, LanguageChosen, ScreenEvent, Touched
from kiosk.screen.app import Screen
from kiosk.session.state import Phase
from tests.kiosk.screen.accessible import misfits
from tests.kiosk.screen.states import DESK, REFUSED, SETTINGS, desk, snapshot
from wire.catalogue import Answer, Shelf, Title

RECORD_SOUNDS = """
    window.played = []
    HTMLMediaElement.prototype.play = function () { played.push(this.src.split("/").pop()); return Promise.resolve() }
"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def touches() -> Queue[Touched]:
    return Queue()


@pytest.fixture
def language() -> str:
    return "zh-CN"


@pytest.fixture
def screen(touches: Queue[Touched], language: str) -> Iterator[Screen]:
    made = Screen(msgspec.structs.replace(SETTINGS, languages=(language, "en")), touches.put)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def tab(chromium: Browser, screen: Screen) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1024, "height": 600}, reduced_motion="reduce")
    context.add_init_script(RECORD_SOUNDS)
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(f"http://127.0.0.1:{screen.port}/")
    yield tab
    context.close()
    assert wrong == []


def scene(tab: Page, name: str) -> None:
    expect(tab.locator("#page")).to_have_attribute("data-scene", name)


def test_forty_books_scroll_in_their_list(tab: Page, screen: Screen):
    screen.show(DESK["identified_forty"])
    expect(tab.locator(".row")).to_have_count(40)
    assert tab.locator(".rows").evaluate("rows => rows.scrollHeight > rows.clientHeight")
    assert misfits(tab) == []


def test_the_list_stays_where_it_was_until_a_book_is_added(tab: Page, screen: Screen):
    forty = DESK["identified_forty"].session.lines
    screen.show(desk(Phase.IDENTIFIED, *forty))
    expect(tab.locator(".row")).to_have_count(40)
    tab.locator(".rows").evaluate("rows => { rows.scrollTop = 500 }")
    screen.show(desk(Phase.IDENTIFIED, *forty[1:]))
    expect(tab.locator(".row")).to_have_count(39)
    assert tab.locator(".rows").evaluate("rows => rows.scrollTop") == 500
    screen.show(desk(Phase.IDENTIFIED, *forty[1:], REFUSED))
    expect(tab.locator(".row")).to_have_count(40)
    assert tab.locator(".rows").evaluate("rows => rows.scrollTop") == 0
    expect(tab.locator(".row.fresh .name")).to_have_text("辞海（第七版）")


def test_the_countdown_counts_between_pushes(tab: Page, screen: Screen, touches: Queue[Touched]):
    screen.show(DESK["still_there"])
    seconds = tab.locator("[data-seconds]")
    expect(seconds).to_have_text("17")
    expect(seconds).to_have_text("16")
    tab.get_by_role("button", name="再等一会儿").click()
    assert touches.get(timeout=5) == Touched("more_time", visit=0)
    screen.show(DESK["identified_lent"])
    expect(seconds).to_have_count(0)


def test_by_ear_the_kiosk_hears_what_keys_have_come_to_and_not_what_they_pass(
    tab: Page, screen: Screen, touches: Queue[ScreenEvent]
):
    voice = Ease(modes=frozenset({"voice"}))
    screen.show(replace(DESK["account"], eases=Eases(voice, voice)))
    scene(tab, "account")
    expect(tab.locator("#page.voice")).to_have_count(1)
    tab.locator("#do-pin").focus()
    with tab.expect_request("**/desk/focus/done"):
        tab.keyboard.press("#")
        tab.keyboard.press("#")
    told = touches.get(timeout=5)
    while isinstance(told, Touched):
        told = touches.get(timeout=5)
    assert told == Focused("desk", "done", "完成")


def test_a_lost_stream_hides_the_reader_and_comes_back(tab: Page, screen: Screen):
    screen.show(DESK["identified_lent"])
    expect(tab.get_by_text("百年孤独")).to_be_visible()
    screen.stop()
    expect(tab.get_by_text("稍等片刻，屏幕正在恢复")).to_be_visible()
    assert tab.locator("#stage").inner_html() == ""
    again = Screen(msgspec.structs.replace(SETTINGS, port=screen.port), print)
    again.start()
    try:
        again.show(DESK["idle"])
        scene(tab, "idle")
        expect(tab.locator("#cover")).to_be_hidden()
    finally:
        again.stop()


def test_nothing_of_the_last_reader_stays(tab: Page, screen: Screen):
    length = tab.evaluate("history.length")
    screen.show(DESK["identified_lent"])
    scene(tab, "identified")
    screen.show(DESK["idle"])
    scene(tab, "idle")
    assert "百年孤独" not in tab.content()
    assert "张*" not in tab.content()
    kept = tab.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert kept == '[{},{"htmx-current-path-for-history":"/"},""]'
    assert tab.evaluate("history.length") == length


def test_a_language_is_chosen_from_the_menu(tab: Page, screen: Screen, touches: Queue[ScreenEvent]):
    screen.show(DESK["idle"])
    scene(tab, "idle")
    tab.locator("#languages-open").click()
    tab.get_by_role("button", name="English").click()
    assert touches.get(timeout=5) == LanguageChosen("desk", "en")
    screen.show(replace(DESK["idle"], eases=Eases(Ease("en"))))
    expect(tab.get_by_role("heading", name="Return", exact=True)).to_be_visible()
    assert tab.evaluate("document.documentElement.lang") == "en"


def test_sounds_are_heard_once_each(tab: Page, screen: Screen):
    for name in ("idle", "identified", "identified_lent", "identified_mixed", "identified_lent", "idle"):
        screen.show(DESK[name])
        scene(tab, name.split("_", maxsplit=1)[0])
        expect(tab.locator(".row")).to_have_count(len(DESK[name].session.lines))
    assert tab.evaluate("played") == ["good.wav", "good.wav", "attention.wav"]


def test_a_new_version_is_loaded_by_itself(tab: Page, screen: Screen):
    screen.show(DESK["idle"])
    scene(tab, "idle")
    tab.evaluate("() => { document.documentElement.dataset.build = 'older' }")
    screen.show(DESK["identified"])
    expect(tab.locator("html")).not_to_have_attribute("data-build", "older")
    scene(tab, "identified")


def test_what_is_said_is_said_to_screen_readers(tab: Page, screen: Screen):
    screen.show(DESK["identified_mixed"])
    expect(tab.get_by_role("status")).to_have_text("4 本已借 有书需要您看一下")


# ---------------------------------------------------------------- the catalogue
FOUND = Answer((Title("万历十五年", call_number="K248.3/1", shelves=(Shelf("村", "Cun", 2, 3, own=True),)),))


@pytest.fixture
def search(chromium: Browser) -> Iterator[tuple[Screen, Page]]:
    made = Screen(msgspec.structs.replace(SETTINGS, catalogue=True), lambda _: None, lambda _: FOUND)
    made.start()
    made.show(DESK["idle"])
    context = chromium.new_context(viewport={"width": 1024, "height": 600}, reduced_motion="reduce")
    tab = context.new_page()
    tab.goto(f"http://127.0.0.1:{made.port}/")
    tab.locator(".bar .find").click()
    yield made, tab
    context.close()
    made.stop()


def test_a_book_is_found_by_touch_and_a_card_ends_the_search(search: tuple[Screen, Page]):
    screen, tab = search
    for key in "WLSX":
        tab.locator(f"[data-key={key}]").click()
    tab.locator("[data-key=delete]").click()
    expect(tab.locator("[name=said]")).to_have_value("WLS")
    expect(tab.locator("#found h2")).to_have_text("万历十五年")
    assert misfits(tab) == []

    screen.show(snapshot(DESK["idle"].session, online=False))
    screen.show(DESK["identified"])
    scene(tab, "identified")
    expect(tab.locator("[name=said]")).to_have_count(0)


def test_a_search_goes_on_in_the_language_and_the_mode_that_are_chosen_meanwhile(search: tuple[Screen, Page]):
    screen, tab = search
    scene(tab, "catalogue")
    screen.show(replace(DESK["idle"], eases=Eases(Ease("ug-Arab", frozenset({"contrast"})))))
    expect(tab.locator("#page[lang=ug-Arab].contrast")).to_have_attribute("data-scene", "catalogue")
    assert tab.locator("#page").get_attribute("dir") == "rtl"


def test_the_search_of_a_reader_who_has_gone_is_gone(search: tuple[Screen, Page]):
    screen, tab = search
    tab.locator("[data-back]").click()
    account = replace(DESK["account"], session=msgspec.structs.replace(DESK["account"].session, opened_ms=7))
    screen.show(account)
    scene(tab, "account")
    tab.locator(".bar .find").click()
    tab.locator("[data-key=W]").click()
    screen.show(replace(account, online=False))
    expect(tab.locator("[name=said]")).to_have_value("W")
    screen.show(DESK["idle"])
    scene(tab, "idle")
    expect(tab.locator("[name=said]")).to_have_count(0)


def test_who_goes_back_sees_the_welcome_and_silence_goes_back_too(search: tuple[Screen, Page]):
    _, tab = search
    scene(tab, "catalogue")
    tab.locator("[data-back]").click()
    scene(tab, "idle")
    tab.clock.install()
    tab.locator(".bar .find").click()
    scene(tab, "catalogue")
    tab.clock.fast_forward(46_000)
    scene(tab, "idle")
