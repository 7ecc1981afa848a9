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

LOANS = [loan for loan in collection().loans if loan.reader.type == "senior"]
LOAN, *OTHERS = LOANS
WANTED, INITIALS = "给教师的建议", "GJSDJY"


def test_the_account_is_seen_books_are_renewed_and_a_title_is_held_and_let_go(
    running: Network, browser: Browser
):
    with desk(running, browser) as (at, screen):
        greet(at, screen, LOAN.reader)
        screen.locator("#do-account").tap()
        row = screen.locator(".row", has_text=LOAN.item.title.title)
        row.get_by_role("button").tap()
        expect(row).to_contain_text("已续借")
        screen.locator("#do-renew_all").tap()
        for other in OTHERS:
            expect(screen.locator(".row", has_text=other.item.title.title)).to_contain_text("已续借")
        screen.locator(".find").first.tap()
        for key in INITIALS:
            screen.locator(f"[data-key={key}]").tap()
        screen.locator(".found li", has_text=WANTED).locator(".hold").tap()
        expect(screen.locator(".lead")).to_contain_text(f"已为您预约《{WANTED}》")
        held = screen.locator(".row", has_text=WANTED)
        for said in ("确定取消？", "预约已取消"):
            held.get_by_role("button").tap()
            expect(screen.locator("#page")).to_contain_text(said)
        expect(held).to_have_count(0)
        screen.locator("#do-done").tap()
        scene(screen, "goodbye|idle")
        assert LOAN.item.title.title not in screen.content()
    with database(running) as ledger:
        renewals = select(func.sum(Loan.renewals)).where(Loan.reader_card == LOAN.reader.card)
        assert ledger.scalar(renewals) == len(LOANS), "each of them once"
        ended = select(Hold.cancelled_why).where(Hold.reader_card == LOAN.reader.card)
        assert ledger.scalars(ended).all() == ["reader"]
        told = select(StoredFact.kind, func.count()).group_by(StoredFact.kind)
        wanted = {"loan.renewed": len(LOANS), "hold.placed": 1, "hold.cancelled": 1}
        until(
            "each fact at central",
            lambda: wanted.items() <= dict(map(tuple, ledger.execute(told))).items(),
        )
