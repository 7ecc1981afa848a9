"""Every page by axe, in both languages, at a desk and on a telephone: no violation of WCAG 2.2 AA."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from deploy.demo.network import DESK, ROOM24, Network
from deploy.demo.seed.collection import collection
from tests.e2e.desk import sign_in
from tests.e2e.test_network import READER

pytestmark = pytest.mark.xdist_group("network")

RULES: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LENT = collection().loans[0].item.barcode
CONSOLE = (
    "/fleet/",
    f"/fleet/kiosk/{ROOM24.device}",
    f"/fleet/kiosk/{ROOM24.device}/facts",
    "/fleet/refused",
    "/owed/",
    "/alarms/",
    "/alarms/history",
    "/alarms/duty",
    "/help/",
    f"/help/kiosk/{DESK.device}",
    "/lists/",
    f"/hours/{collection().branches[0].id}",
    "/desk/",
    "/readers/",
    "/readers/new",
    "/titles/?q=的",
    "/titles/1",
    "/titles/new",
    f"/titles/item?barcode={LENT}",
    "/loans/",
    "/loans/?view=open",
    "/loans/?view=wanted",
    "/amnesties/",
    "/rules/",
    "/branches/",
    "/imports/",
    "/report",
    "/staff",
    "/audit",
    "/account",
    "/no-such-page",
)
SAME_COLOURS = {**RULES, "rules": {"color-contrast": {"enabled": False}}}
"""The slowest rule by far, and colours go by no language."""
LOOKS = {"Chinese, at a desk": ("", 1280, RULES), "English, on a telephone": ("en", 390, SAME_COLOURS)}


READ = """async (path) => {
  const answer = await fetch(path)
  const next = new DOMParser().parseFromString(await answer.text(), "text/html")
  document.title = next.title
  document.documentElement.lang = next.documentElement.lang
  document.body.replaceWith(next.body)
}"""
"""The next page in the place of this one: its styles are there already, and axe."""
RUN = """async (rules) => {
  const { violations } = await axe.run(document, { ...rules, resultTypes: ["violations"], preload: false })
  const places = (found) => found.nodes.slice(0, 3).map((node) => node.target).join(" ")
  return violations.map((found) => `${found.id}: ${places(found)}`)
}"""


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, a line each: the rule, and the first places."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    return list(page.evaluate(RUN, rules))


def look(page: Page, width: int, rules: dict[str, Any]) -> dict[str, list[str]]:
    """Violations by page, of those that have some."""
    page.set_viewport_size({"width": width, "height": 800})
    found = {}
    for path in CONSOLE:
        page.evaluate(READ, path)
        wrong = violations(page, rules)
        if wrong:
            found[path] = wrong
    return found


@pytest.mark.parametrize(("language", "width", "rules"), LOOKS.values(), ids=LOOKS)
def test_no_page_of_the_console_shuts_anybody_out(
    running: Network, page: Page, language: str, width: int, rules: Any
):
    sign_in(page, running, "admin")
    if language:
        page.click(f"button[name=language][value={language}]")
    page.goto(running.url("web") + "/report")
    found = look(page, width, rules)
    if language:  # whoever signs in next finds the account as it was
        page.goto(running.url("web") + "/report")
        page.click("button[name=language]")
    assert found == {}


def test_nor_the_page_of_a_reader(running: Network, page: Page):
    sign_in(page, running, "admin")
    page.goto(running.url("web") + "/readers/")
    page.fill("[name=said]", READER.card)
    page.click("form.filters button.primary")
    assert READER.card not in page.url
    assert violations(page) == []


def test_nor_the_sign_in(running: Network, page: Page):
    page.goto(running.url("web") + "/sign-in")
    assert violations(page) == []


@pytest.mark.parametrize("screen", [DESK, ROOM24], ids=lambda one: one.device)
def test_nor_what_a_kiosk_shows_when_idle(running: Network, page: Page, screen: object):
    page.emulate_media(reduced_motion="reduce")  # what is half faded in has half its contrast
    page.goto(running.screen(screen))
    page.locator("#page[data-scene]").wait_for()
    assert violations(page) == []


def test_a_reader_finds_by_initials_where_a_book_stands(running: Network, page: Page):
    title = next(t for t in collection().titles if t.title == "万历十五年")
    page.goto(running.screen(DESK))
    page.locator(".bar .find").click()
    for key in "WLSWN":
        page.locator(f"[data-key={key}]").click()
    expect(page.locator("#found li").first).to_contain_text(title.call_number, timeout=10_000)
    assert violations(page) == []
