"""What else a desk does, by touch, through the real screen, kiosk, devices, library system and central."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from central.circulation.ledger.models import Loan, Transit
from deploy.demo import configs
from deploy.demo.network import DESK, ROOM24, Network
from deploy.demo.seed.collection import OWNER_ISIL, collection
from deploy.demo.visit import until
from tests.e2e.desk import database, desk, greet, scene, sign_in, told, typed

pytestmark = pytest.mark.xdist_group("network")

READER = next(r for r in collection().readers if r.type == "senior" and r.state == "good" and not r.fees_fen)
SEES_BADLY = next(r for r in collection().readers if r.type == "vision")
ELSEWHERE = next(
    i for i in collection().items if i.home not in {DESK.branch, ROOM24.branch} and i.type == "book"
)
SET = {"item": "QY1800001", "title": "上下两册", "owner": OWNER_ISIL, "parts": 2, "secured": False}
HELD, HOLD = next(
    (loan, hold)
    for hold in collection().holds
    for loan in collection().loans
    if loan.item.title == hold.title and hold.pickup == DESK.branch
)
"""A book that is lent, and for whom it is to be kept."""
PIN, NEW_PIN = "580274", "937106"
IN_THE_BAG_MS = 700
"""By then the pad has seen that a book is gone."""


def test_another_branchs_book_is_borrowed_judged_and_brought_back(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        row = screen.locator(".row", has_text=ELSEWHERE.title.title)
        greet(at, screen, READER)
        at.desk.do("/books", **configs.book(ELSEWHERE, secured=True, place="pad"))
        expect(row).to_contain_text("前归还")
        at.desk.do(f"/books/{ELSEWHERE.uid}/place", place="bag")
        screen.locator("#do-done").tap()
        screen.locator("#face-3").tap()
        screen.wait_for_timeout(IN_THE_BAG_MS)
        at.desk.do(f"/books/{ELSEWHERE.uid}/place", place="pad")
        expect(row).to_contain_text("这是别馆的书")
        at.desk.remove(ELSEWHERE.uid)
    told(running, "survey.answered")
    told(running, "return.made")
    with database(running) as ledger:
        way = select(Transit.to_branch_id).where(Transit.item_barcode == ELSEWHERE.barcode)
        assert ledger.scalars(way).all() == [ELSEWHERE.home]


def test_a_book_on_hold_comes_back_and_is_picked_up(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        row = screen.locator(".row", has_text=HOLD.title.title)
        at.desk.do("/books", **configs.book(HELD.item, secured=False, place="pad"))
        expect(row).to_contain_text("预约书架")
        at.desk.do(f"/books/{HELD.item.uid}/place", place="bag")
        screen.wait_for_timeout(IN_THE_BAG_MS)
        greet(at, screen, HOLD.reader)
        screen.locator("#do-account").tap()
        expect(row).to_contain_text("可以取书了")
        at.desk.do(f"/books/{HELD.item.uid}/place", place="pad")
        expect(row).to_contain_text("前归还")
        at.desk.remove(HELD.item.uid)
    told(running, "loan.made")


def test_a_set_waits_for_the_part_that_is_missing(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        at.desk.do("/books", **SET, uid="E0040100BB000001", part=1, place="pad")
        expect(screen.locator(".row")).to_contain_text("一套 2 件，还缺第 2 件")
        at.desk.do("/books", **SET, uid="E0040100BB000002", part=2, place="pad")
        expect(screen.locator(".row")).not_to_contain_text("还缺")
        for uid in ("E0040100BB000001", "E0040100BB000002"):
            at.desk.remove(uid)


def test_a_barcode_lends_and_the_slip_is_a_code_or_paper(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        code = next(card["number"] for card in at.desk.state()["cards"] if card["medium"] == "barcode")
        title = next(item.title.title for item in collection().items if item.barcode == code)
        row = screen.locator(".row", has_text=title)
        greet(at, screen, READER)
        at.desk.do(f"/cards/{code}/tap", device="scanner")
        expect(row).to_contain_text("没有读到标签")
        screen.locator("#do-scan").tap()
        expect(screen.locator("svg.qr")).to_be_visible()
        screen.locator(".scanning button").first.tap()
        screen.locator("#do-print").tap()
        until("the slip", lambda: any(title[:6] in line for line in at.desk.state()["printer"]["text"]))
        at.desk.do("/printer/tear")
    with database(running) as ledger:
        lent = select(Loan.reader_card).where(Loan.item_barcode == code, Loan.returned_ms.is_(None))
        assert ledger.scalars(lent).all() == [READER.card]


def test_the_card_of_somebody_who_sees_badly_makes_letters_large_and_words_heard(
    running: Network, browser: Browser
):
    with desk(running, browser) as (at, screen):
        greet(at, screen, SEES_BADLY)
        expect(screen.locator("#page")).to_have_class(re.compile("elder"))
        until(
            "what to do, spoken",
            lambda: any(said["prompt"] == "lay_books" for said in at.desk.state()["heard"]),
        )


def test_a_reader_changes_the_pin_that_staff_gave(running: Network, browser: Browser, page: Page):
    sign_in(page, running, "librarian")
    page.goto(running.url("web") + "/readers/")
    page.fill("[name=said]", READER.card)
    page.keyboard.press("Enter")
    page.fill("#pin [name=pin]", PIN)
    page.locator("#pin button").click()
    expect(page.get_by_role("status")).to_contain_text("已完成")
    with desk(running, browser) as (at, screen):
        greet(at, screen, READER)
        screen.locator("#do-account").tap()
        screen.locator("#do-pin").tap()
        for digits, then in ((PIN, "pin_new"), (NEW_PIN, "pin_again"), (NEW_PIN, "held")):
            typed(screen, digits)
            scene(screen, then)
        expect(screen.locator("#page")).not_to_contain_text(NEW_PIN)
        screen.locator("#do-done").tap()


def test_staff_put_the_sign_up_and_take_it_down(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        for act, after in (("sign_on", "out_of_order"), ("sign_off", "idle")):
            at.desk.do(f"/cards/{configs.STAFF_CARD}/tap", device="scanner")
            typed(screen, running.secrets.staff_pin)
            screen.locator("button[value=devices]").tap()
            expect(screen.locator("#page")).to_contain_text("scanner")
            screen.locator("#do-back").tap()
            screen.locator(f"button[value={act}]").tap()
            screen.locator("#do-done").tap()
            scene(screen, after)
    told(running, "service.left")
