"""The page in a real browser: what mouse, finger and keyboard do reaches the room."""

from __future__ import annotations

from queue import Queue

import pytest
from playwright.sync_api import expect

from drivers.events import CardShown, DeviceBack
from drivers.line.serial_line import open_serial
from drivers.pump import Pump
from drivers.rig.app import RigServer
from drivers.rig.room import Room
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings
from tests.drivers.rig.room import ROOM, UIDS

BOOK = f'[data-uid="{UIDS[0]}"]'


@pytest.fixture(scope="module")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def room():
    made = Room(ROOM)
    yield made
    made.close()


@pytest.fixture
def server(room):
    made = RigServer(room)
    yield made
    made.close()


@pytest.fixture
def tab(chromium, server):
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", has_touch=True, reduced_motion="reduce"
    )
    tab = context.new_page()
    wrong = Queue()
    tab.on("pageerror", wrong.put)
    tab.goto(server.url)
    expect(tab.locator(BOOK)).to_be_visible()
    yield tab
    context.close()
    assert wrong.empty()


def place_of(room, uid):
    return next(book.place for book in room.state().books if book.uid == uid)


def centre(tab, selector):
    box = tab.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_book_is_dragged_by_mouse(tab, room):
    tab.drag_and_drop(BOOK, '[data-zone="pad"]')
    expect(tab.locator(f".pad {BOOK}")).to_be_visible()
    assert place_of(room, UIDS[0]) == "pad"
    expect(tab.locator("dialog")).to_be_hidden()


def test_a_book_is_dragged_by_finger(tab, room):
    (x, y), (to_x, to_y) = centre(tab, BOOK), centre(tab, '[data-zone="bag"]')
    touch = tab.context.new_cdp_session(tab)

    def finger(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [*points]})

    finger("touchStart", {"x": x, "y": y})
    for step in range(1, 6):
        finger("touchMove", {"x": x + (to_x - x) * step / 5, "y": y + (to_y - y) * step / 5})
    finger("touchEnd")
    expect(tab.locator(f".bag {BOOK}")).to_be_visible()
    assert place_of(room, UIDS[0]) == "bag"


def test_a_book_is_laid_by_keyboard(tab, room):
    tab.locator(BOOK).focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="三体")).to_be_visible()
    tab.get_by_role("button", name="借还台", exact=True).focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(f".pad {BOOK}")).to_be_visible()
    assert place_of(room, UIDS[0]) == "pad"


def test_a_drag_to_nowhere_changes_nothing(tab, room):
    tab.drag_and_drop(BOOK, "h1")
    assert place_of(room, UIDS[0]) == "shelf"
    expect(tab.locator(".ghost")).to_have_count(0)


def test_a_card_is_dragged_onto_a_reader(tab, room):
    events = Queue()
    pump = Pump(
        Scanner("scanner", ScannerSettings(port=""), lambda: open_serial(room.urls["scanner"])), events.put
    )
    pump.start()
    assert isinstance(events.get(timeout=10), DeviceBack)
    tab.drag_and_drop('[data-card="3305230000289"] .face', '[data-scanner="scanner"]')
    assert events.get(timeout=10) == CardShown("scanner", "3305230000289", "qr")
    tab.locator('[data-card="3305230000171"]').get_by_role("button", name="借还台刷").click()
    assert events.get(timeout=10) == CardShown("scanner", "3305230000171", "card")
    assert pump.stop()


def test_what_others_do_appears_by_itself(tab, room):
    room.lay(UIDS[0], "pad")
    expect(tab.locator(f".pad {BOOK}")).to_be_visible()
    room.push_door()
    expect(tab.locator("#plan")).to_have_attribute("data-open", "true")
    room.walk_in(3)
    expect(tab.locator('[data-text="people.inside"]')).to_have_text("3")


def test_a_cable_is_pulled_by_its_switch(tab, room):
    switch = tab.get_by_role("switch", name="射频读写台")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert not room.state().devices[0].plugged


def test_what_cannot_be_is_said(tab):
    tab.get_by_role("button", name="走进来").click()
    expect(tab.get_by_role("alert")).to_have_text("门关着，先把门推开。")
