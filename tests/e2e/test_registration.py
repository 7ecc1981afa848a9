"""Somebody becomes a reader by touch, through the real screen, kiosk, identity card reader, ledger and central."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from central.circulation.ledger.models import Reader
from central.reports.models import TallyDay
from deploy.demo.configs import NEWCOMERS
from deploy.demo.network import Network
from deploy.demo.visit import until
from tests.e2e.desk import database, desk, scene, typed

pytestmark = pytest.mark.xdist_group("network")

(NUMBER, NAME), *_ = NEWCOMERS
PHONE, PIN = "13800138000", "802931"


def test_somebody_becomes_a_reader_and_is_signed_in(running: Network, browser: Browser):
    with desk(running, browser) as (at, screen):
        screen.locator("#do-register").tap()
        scene(screen, "awaiting")
        at.desk.do(f"/id_cards/{NUMBER}/tap", device="id_reader")
        scene(screen, "terms")
        expect(screen.locator(".leaf")).to_contain_text("身份证就是读者证")
        expect(screen.locator(".who")).to_have_text(f"{NAME[0]}* · 证件尾号 {NUMBER[-4:]}")
        assert NAME not in screen.content()
        assert NUMBER not in screen.content()
        screen.locator("#do-agree").tap()
        scene(screen, "phone")
        screen.locator("#typed").press_sequentially(PHONE)
        screen.keyboard.press("Enter")
        scene(screen, "pin")
        screen.locator("#typed").press_sequentially("123456")
        screen.keyboard.press("Enter")
        expect(screen.locator(".advice")).to_contain_text("不要用生日")
        typed(screen, PIN)
        scene(screen, "pin_again")
        typed(screen, PIN)
        scene(screen, "done")
        screen.locator("#do-go_on").tap()
        expect(screen.locator("h1")).to_contain_text(f"{NAME[0]}*")
    with database(running) as central:
        made = central.execute(select(Reader).where(Reader.name == NAME)).one()
        assert (made.phone, made.id_last4, made.type_id, made.terms_version) == (
            PHONE,
            NUMBER[-4:],
            "adult",
            "2026-1",
        )
        assert made.terms_ms
        counted = select(func.sum(TallyDay.count)).where(TallyDay.measure == "readers_registered")
        until("one reader more in the report", lambda: central.scalar(counted) == 1)
    kept = [path for path in running.family.folder.rglob("*") if path.is_file() and ".rig." not in path.name]
    assert [path for path in kept if NUMBER.encode() in path.read_bytes()] == []
    logs = [path for path in kept if path.suffix == ".log"]
    assert logs
    assert [path for path in logs if NAME in path.read_text(errors="replace")] == []
