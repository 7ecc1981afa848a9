"""An amnesty that a manager begins: seen by a reader at the desk, given by the ledger, told by books, pages and audit."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.circulation.ledger.figures import Period, figures
from central.circulation.ledger.models import Fee, Reader, Waiver
from deploy.demo.network import Network
from deploy.demo.seed.collection import collection
from deploy.demo.visit import Places
from tests.e2e.desk import database, desk, greet, sign_in

pytestmark = pytest.mark.xdist_group("network")

REASON = "全民阅读月"
HELD = {hold.title for hold in collection().holds}
LOAN = next(
    loan for loan in collection().loans if loan.reader.fee_kind == "overdue" and loan.item.title not in HELD
)
"""Overdue, of a reader who owes something for another that was."""
READER = LOAN.reader


def test_a_fee_is_seen_waived_and_gone_and_the_books_agree(running: Network, browser: Browser, page: Page):
    owed = f"{READER.fees_fen / 100:.2f}"
    sign_in(page, running, "admin")
    page.goto(running.url("web") + "/amnesties/")
    page.fill("[name=last]", page.input_value("[name=first]"))
    page.fill("[name=reason]", REASON)
    page.locator("#new button").click()
    with desk(running, browser) as (at, screen):
        _account(at, screen)
        expect(screen.locator(".rows")).to_contain_text(f"共欠 {owed} 元")
        expect(screen.locator(".row", has_text="现在归还，免收逾期费")).to_contain_text(REASON)
        screen.locator("#do-done").tap()
        page.get_by_role("button", name=f"{owed} 元").click()
        expect(page.get_by_role("status")).to_contain_text(owed)
        at.desk.do(f"/books/{LOAN.item.uid}/place", place="pad")
        expect(screen.locator(".row", has_text=LOAN.item.title.title)).to_contain_text("谢谢")
        at.desk.do(f"/books/{LOAN.item.uid}/place", place="bag")
        screen.locator("#do-done").tap()
        _account(at, screen)
        given = _given(running)
        assert given > READER.fees_fen, "for what came back, too"
        expect(screen.locator(".row", has_text=f"已为您免除 {given / 100:.2f} 元")).to_contain_text(REASON)
        expect(screen.locator("#do-fees")).to_have_count(0)
        expect(screen.locator(".rows")).not_to_contain_text("共欠")
    page.reload()
    expect(page.locator("#all tr", has_text=REASON)).to_contain_text(f"{given / 100:.2f}")
    page.goto(running.url("web") + "/audit")
    for action in ("开始免逾期费", "批量减免逾期费"):
        expect(page.locator("main")).to_contain_text(action)
    with database(running) as ledger, Session(ledger) as session:
        year = Period(date(2020, 1, 1), date(2099, 12, 31), "Asia/Shanghai")
        reported = {(one.name, one.part): one.amount for one in figures(session, year)}
    assert reported["fees_waived", "amnesty"] == given


def _account(at: Places, screen: Page) -> None:
    greet(at, screen, READER)
    screen.locator("#do-account").tap()


def _given(running: Network) -> int:
    """分, by the ledger's books."""
    with database(running) as ledger:
        assert ledger.scalar(select(Reader.fees_fen).where(Reader.card == READER.card)) == 0
        of_reader = select(func.sum(Waiver.amount_fen)).join(Fee, Fee.id == Waiver.fee_id)
        return ledger.scalar(of_reader.where(Fee.reader_card == READER.card)) or 0
