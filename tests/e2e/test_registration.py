"""Somebody becomes a reader by touch, through the real screen, kiosk, identity card reader, ledger and central."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from central.circulation.ledger.models import Reader
from central.reports.models import TallyDay
from deploy.demo.configs import NEWCOMERS
from deploy.demo.network import Network
from deploy.demo.visit import until
from tests.e2e.desk import database, desk, scene, typed, vacate

pytestmark = pytest.mark.xdist_group("network")

(NUMBER, NAME), (CHILDS_NUMBER, CHILDS_NAME), *_ = NEWCOMERS
PHONE, PIN = "13800138000", "802931"


def test_somebody_becomes_a_reader_and_answers_for_a_child_who_becomes_one(
    running: Network, browser: Browser
):
    with desk(running, browser) as (at, screen):
        screen.locator("#do-register").tap()
        scene(screen, "awaiting")
        at.desk.do(f"/id_cards/{NUMBER}/tap", device="id_reader")
        scene(screen, "terms")
        expect(screen.locator(".leaf")).to_contain_text("身份证就是读者证")
        expect(screen.locator(".who")).to_have_text(f"{NAME[0]}* · 证件尾号 {NUMBER[-4:]}")
        assert NAME not in screen.content()
        assert NUMBER not in screen.content()
        _agree(screen)
        screen.locator("#typed").press_sequentially("123456")
        screen.keyboard.press("Enter")
        expect(screen.locator(".advice")).to_contain_text("不要用生日")
        _choose_pin(screen)
        expect(screen.locator("h1")).to_contain_text(f"{NAME[0]}*")
        vacate(at)
        at.desk.do(f"/id_cards/{CHILDS_NUMBER}/tap", device="id_reader")
        screen.locator("#do-register").tap()
        scene(screen, "guardian")
        at.desk.do(f"/id_cards/{NUMBER}/tap", device="id_reader")
        expect(screen.locator("#page")).to_contain_text("由您为孩子的借阅负责")
        _agree(screen)
        _choose_pin(screen)
        expect(screen.locator("h1")).to_contain_text(f"{CHILDS_NAME[0]}*")
    with database(running) as central:
        made = central.execute(select(Reader).where(Reader.name == NAME)).one()
        assert (made.phone, made.id_last4, made.type_id, made.terms_version) == (
            PHONE,
            NUMBER[-4:],
            "adult",
            "2026-1",
        )
        assert made.terms_ms
        child = central.execute(select(Reader).where(Reader.name == CHILDS_NAME)).one()
        assert (child.type_id, child.guardian_card) == ("child", made.card)
        counted = select(func.sum(TallyDay.count)).where(TallyDay.measure == "readers_registered")
        until("two readers more in the report", lambda: central.scalar(counted) == 2)
    kept = [path for path in running.family.folder.rglob("*") if path.is_file() and ".rig." not in path.name]
    assert [path for path in kept if NUMBER.encode() in path.read_bytes()] == []
    logs = [path for path in kept if path.suffix == ".log"]
    assert logs
    assert [path for path in logs if NAME in path.read_text(errors="replace")] == []


def _agree(screen: Page) -> None:
    """The terms, and a telephone number; then a PIN is wanted."""
    screen.locator("#do-agree").tap()
    scene(screen, "phone")
    screen.locator("#typed").press_sequentially(PHONE)
    screen.keyboard.press("Enter")
    scene(screen, "pin")


def _choose_pin(screen: Page) -> None:
    """Twice the same; then the new reader is signed in."""
    typed(screen, PIN)
    scene(screen, "pin_again")
    typed(screen, PIN)
    scene(screen, "done")
    screen.locator("#do-go_on").tap()
