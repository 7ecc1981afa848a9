"""A reader pays at the desk with a telephone: two browsers, the real network, and the ledger's cash book."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from central.circulation.ledger.models import Payment, Reader
from central.payments.models import DeskPayment
from deploy.demo.network import Network
from deploy.demo.seed.collection import collection
from deploy.demo.visit import until
from tests.e2e.desk import database, desk, greet

pytestmark = pytest.mark.xdist_group("network")

READER = next(reader for reader in collection().readers if reader.fee_kind == "card")
SOON_MS = 15_000


def test_fees_are_paid_by_telephone_and_stand_in_the_cash_book(
    running: Network, browser: Browser, page: Page
):
    yuan = f"{READER.fees_fen // 100}.{READER.fees_fen % 100:02}"
    with desk(running, browser) as (at, screen):
        greet(at, screen, READER)
        screen.locator("#do-account").tap()
        screen.locator("#do-fees").tap()
        expect(screen.get_by_text(f"共欠 {yuan} 元")).to_be_visible(timeout=SOON_MS)
        screen.locator("#do-pay").tap()
        expect(screen.locator("svg.qr")).to_be_visible(timeout=SOON_MS)
        page.goto(running.url("payments"))
        page.get_by_role("link", name=f"¥{yuan}").first.click()
        page.get_by_role("button", name="付款 · Pay", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("已付款")
        expect(screen.get_by_role("heading", name="缴费成功")).to_be_visible(timeout=SOON_MS)
    with database(running) as central:
        until(
            "central to know that it is booked",
            lambda: central.scalar(select(DeskPayment.state)) == "settled",
        )
        (booked,) = central.execute(
            select(Payment.provider_id, Payment.amount_fen).where(Payment.reader_card == READER.card)
        )
        left = central.scalar(select(Reader.fees_fen).where(Reader.card == READER.card))
    assert (booked.amount_fen, left) == (READER.fees_fen, 0)
    assert booked.provider_id.startswith("LOCAL")
