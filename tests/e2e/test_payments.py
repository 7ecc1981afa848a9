"""A reader pays at the desk with a telephone: two browsers, the real network, and the ledger's cash book."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select

from central.circulation.ledger.models import Payment, Reader
from central.payments.models import DeskPayment
from deploy.demo.network import DESK, WELCOME, Network
from deploy.demo.seed.collection import collection
from deploy.demo.visit import until

pytestmark = pytest.mark.xdist_group("network")

READER = next(reader for reader in collection().readers if reader.state == "good" and reader.fees_fen)
SOON_MS = 15_000


def test_fees_are_paid_by_telephone_and_stand_in_the_cash_book(running: Network, page: Page):
    yuan = f"{READER.fees_fen // 100}.{READER.fees_fen % 100:02}"
    with running.places() as at:
        at.desk_screen.touch("done")
        at.desk_screen.touch("dismiss")
        until("nobody's session", lambda: at.desk_screen.shows(WELCOME))
        page.goto(running.screen(DESK))
        at.desk.do(f"/cards/{READER.card}/tap", device="scanner")
        if page.get_by_role("button", name="缴费").count() == 0:
            page.get_by_role("button", name="我的借阅").click()
        page.get_by_role("button", name="缴费").click()
        expect(page.get_by_text(f"共欠 {yuan} 元")).to_be_visible(timeout=SOON_MS)
        page.get_by_role("button", name="扫码缴清").click()
        expect(page.locator("svg.qr")).to_be_visible(timeout=SOON_MS)
        wallet = page.context.new_page()
        wallet.goto(running.url("payments"))
        wallet.get_by_role("link", name=f"¥{yuan}").first.click()
        wallet.get_by_role("button", name="付款 · Pay", exact=True).click()
        expect(wallet.get_by_role("status")).to_contain_text("已付款")
        wallet.close()
        expect(page.get_by_role("heading", name="缴费成功")).to_be_visible(timeout=SOON_MS)
        at.desk_screen.touch("done")
    until("central to know that it is booked", lambda: _state(running) == "settled")
    engine = create_engine(f"sqlite:///{running.family.folder / 'central' / 'central.db'}")
    with engine.connect() as connection:
        (booked,) = connection.execute(
            select(Payment.provider_id, Payment.amount_fen).where(Payment.reader_card == READER.card)
        )
        left = connection.scalar(select(Reader.fees_fen).where(Reader.card == READER.card))
    engine.dispose()
    assert (booked.amount_fen, left) == (READER.fees_fen, 0)
    assert booked.provider_id.startswith("LOCAL")


def _state(running: Network) -> str:
    engine = create_engine(f"sqlite:///{running.family.folder / 'central' / 'central.db'}")
    with engine.connect() as connection:
        state = connection.scalar(select(DeskPayment.state))
    engine.dispose()
    return str(state)
