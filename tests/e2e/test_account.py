"""A reader's own affairs by touch, through the real screen, kiosk, library system and central."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from central.circulation.ledger.models import Hold, Loan
from central.facts.models import StoredFact
from deploy.demo.network import Network
from deploy.demo.seed.collection import collection
from deploy.demo.visit import until
from tests.e2e.desk import database, desk, greet, scene

pytestmark = pytest.mark.xdist_group("network")

LOAN = next(loan for loan in collection().loans if loan.item.title.title == "红楼梦")
WANTED, INITIALS = "给教师的建议", "GJSDJY"


def test_the_account_is_seen_a_book_renewed_and_a_title_held(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        greet(at, screen, LOAN.reader)
        screen.locator("#do-account").tap()
        row = screen.locator(".row", has_text=LOAN.item.title.title)
        row.get_by_role("button").tap()
        expect(row).to_contain_text("已续借")
        screen.locator(".find").first.tap()
        for key in INITIALS:
            screen.locator(f"[data-key={key}]").tap()
        screen.locator(".found li", has_text=WANTED).locator(".hold").tap()
        expect(screen.locator(".lead")).to_contain_text(f"已为您预约《{WANTED}》")
        expect(screen.locator(".row", has_text=WANTED)).to_be_visible()
        screen.locator("#do-done").tap()
        scene(screen, "goodbye|idle")
        assert LOAN.item.title.title not in screen.content()
    with database(running) as ledger:
        renewals = select(Loan.renewals).where(
            Loan.item_barcode == LOAN.item.barcode, Loan.returned_ms.is_(None)
        )
        assert ledger.scalar(renewals) == 1
        assert ledger.scalar(select(func.count()).where(Hold.reader_card == LOAN.reader.card)) == 1
        kinds = select(func.count()).where(StoredFact.kind.in_(("loan.renewed", "hold.placed")))
        until("both facts at central", lambda: ledger.scalar(kinds) == 2)
