"""A reader calls for help by touch; the duty desk sees it at once, answers, and is answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from deploy.demo.network import DESK, Network

pytestmark = pytest.mark.xdist_group("network")

TEXT = "请把书重新放平一次。"


def test_help_is_called_answered_and_ended(running: Network, browser: Browser):
    context = browser.new_context(has_touch=True, viewport={"width": 1024, "height": 600})
    screen, duty = context.new_page(), browser.new_page(locale="zh-CN")
    web = running.url("web")
    duty.goto(web + "/sign-in")
    duty.fill("[name=username]", "admin")
    duty.fill("[name=password]", running.secrets.logins["admin"])
    duty.click("form.stacked button.primary")
    duty.goto(web + "/help/")
    expect(duty.locator("#main")).to_contain_text("目前没有读者求助")

    screen.goto(running.screen(DESK))
    screen.locator("#do-help").tap()
    expect(screen.locator(".helping")).to_contain_text("正在呼叫工作人员")
    duty.locator("a.primary", has_text="应答").click()
    expect(duty.locator("#talk")).to_contain_text("读者正在服务台前等候")

    duty.get_by_role("button", name=TEXT).click()
    expect(screen.locator(".talk .last")).to_have_text(f"工作人员 {TEXT}")
    screen.locator("#answer-solved").tap()
    expect(duty.locator(".talk .theirs")).to_contain_text("解决了")
    expect(duty.locator(".talk .ours")).to_contain_text("已执行")

    screen.locator("#do-end_help").tap()
    expect(screen.locator("#do-help")).to_be_visible()
    expect(duty.locator("#talk")).to_contain_text("读者结束了对话")
    duty.goto(web + "/help/")
    expect(duty.locator("#main")).to_contain_text("目前没有读者求助")
    duty.close()
    context.close()
