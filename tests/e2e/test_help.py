"""A reader calls for help by touch; the duty desk sees it at once, answers, and is answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.demo.network import Network
from tests.e2e.desk import glass, sign_in

pytestmark = pytest.mark.xdist_group("network")

TEXT = "请把书重新放平一次。"


def test_help_is_called_answered_and_ended(running: Network, browser: Browser, page: Page):
    with glass(running, browser) as screen:
        sign_in(page, running, "admin")
        page.goto(running.url("web") + "/help/")
        expect(page.locator("#main")).to_contain_text("目前没有读者求助")

        screen.locator("#do-help").tap()
        expect(screen.locator(".helping")).to_contain_text("正在呼叫工作人员")
        page.locator("a.primary", has_text="应答").click()
        expect(page.locator("#talk")).to_contain_text("读者正在服务台前等候")

        page.get_by_role("button", name=TEXT).click()
        expect(screen.locator(".talk .last")).to_have_text(f"工作人员 {TEXT}")
        screen.locator("#answer-solved").tap()
        expect(page.locator(".talk .theirs")).to_contain_text("解决了")
        expect(page.locator(".talk .ours")).to_contain_text("已执行")

        screen.locator("#do-end_help").tap()
        expect(screen.locator("#do-help")).to_be_visible()
        expect(page.locator("#talk")).to_contain_text("读者结束了对话")
        page.goto(running.url("web") + "/help/")
        expect(page.locator("#main")).to_contain_text("目前没有读者求助")
