"""Pictures for the README, from the running network: `python -m tests.e2e.screens`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.network import DESK, ROOM24, Network, network
from deploy.demo.ports import free
from deploy.demo.seed.collection import visit
from deploy.demo.visit import Places, play, until
from tests.house.tree import ROOT

FOLDER = ROOT / "docs/screens"
WIDE = {"width": 1280, "height": 800}


def main() -> None:
    """Write four pictures."""
    with (
        tempfile.TemporaryDirectory(prefix="shuwu-screens-") as folder,
        network(Path(folder), free()) as running,
        running.places() as at,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for _ in play(visit(), at):
            pass
        _in_the_room(browser, running, at)
        _console(browser, running)
        browser.close()


def _in_the_room(browser: Browser, running: Network, at: Places) -> None:
    screen, rig = _page(browser), _page(browser)
    screen.goto(running.screen(ROOM24))
    rig.goto(running.rig(ROOM24))
    at.room.do(f"/cards/{visit().reader.card}/tap", device="scanner")
    until("the greeting", lambda: at.room_screen.shows(f"{visit().reader.name[0]}*"))
    shelf = [book for book in at.room.state()["books"] if book["place"] == "shelf"]
    for book in [*shelf[:2], next(b for b in shelf if b["uid"] == visit().refused.uid)]:
        at.room.do(f"/books/{book['uid']}/place", place="pad")
    until("two lent", lambda: sum(not b["secured"] for b in _on_pad(at)) == 2)
    screen.wait_for_timeout(700)
    _save(screen, "kiosk")
    _save(rig, "rig")


def _on_pad(at: Places) -> list[dict[str, object]]:
    return [book for book in at.room.state()["books"] if book["place"] == "pad"]


def _console(browser: Browser, running: Network) -> None:
    page = _page(browser)
    web = running.url("web")
    page.goto(web + "/sign-in")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", running.secrets.logins["admin"])
    page.click("form.stacked button.primary")
    page.goto(web + "/fleet/")
    page.wait_for_timeout(700)
    _save(page, "console")
    page.goto(web + "/report")
    page.wait_for_timeout(300)
    _save(page, "report")
    page.goto(f"{web}/fleet/kiosk/{DESK.device}")
    page.wait_for_timeout(500)
    _save(page, "device")


def _page(browser: Browser) -> Page:
    return browser.new_page(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type] - a TypedDict


def _save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=85)


if __name__ == "__main__":
    main()
