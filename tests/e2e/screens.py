"""Pictures for the README and docs, from the running network: `python -m tests.e2e.screens`."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from deploy.demo.network import DESK, ROOM24, Network, network
from deploy.demo.ports import free
from deploy.demo.seed.collection import OWNER_ISIL, visit
from deploy.demo.visit import Places, play, until
from tests.e2e.desk import sign_in
from tests.house.tree import ROOT

FOLDER = ROOT / "docs/screens"
PATIENCE_MS = 20_000
WIDE: ViewportSize = {"width": 1280, "height": 800}
UNKNOWN = {"E0040100AA000001": "QY1900001", "E0040100AA000002": "QY1900002"}
"""Tag → book that the ledger does not have: lent offline, refused afterwards."""


def main() -> None:
    """Write every picture."""
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
        _offline(browser, running, at)
        _owed(browser, running)
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
    page, web = _signed_in(browser, running), running.url("web")
    page.goto(web + "/fleet/")
    page.wait_for_timeout(700)
    _save(page, "console")
    page.goto(web + "/report")
    page.wait_for_timeout(300)
    _save(page, "report")
    page.goto(f"{web}/fleet/kiosk/{DESK.device}")
    page.wait_for_timeout(500)
    _save(page, "device")


def _offline(browser: Browser, running: Network, at: Places) -> None:
    screen, ledger = _page(browser), running.family.children["sip2"].process
    screen.goto(running.screen(DESK))
    books = [book["uid"] for book in at.desk.state()["books"] if book["place"] == "shelf"][:1]
    ledger.send_signal(signal.SIGSTOP)
    try:
        at.desk.do(f"/cards/{visit().reader.card}/tap", device="scanner")
        until("the reader known without it", lambda: at.desk_screen.shows("离线借还"))
        for uid, item in UNKNOWN.items():
            at.desk.do(
                "/books",
                uid=uid,
                item=item,
                title="尚未编目的书",
                owner=OWNER_ISIL,
                secured=True,
                place="pad",
            )
        for uid in books:
            at.desk.do(f"/books/{uid}/place", place="pad")
        expect(screen.get_by_text("前归还，联网后登记")).to_have_count(3, timeout=PATIENCE_MS)
        screen.wait_for_timeout(700)
        _save(screen, "offline")
    finally:
        ledger.send_signal(signal.SIGCONT)
    at.desk_screen.touch("done")


def _owed(browser: Browser, running: Network) -> None:
    page = _signed_in(browser, running)
    page.goto(running.url("web") + "/owed/?view=waiting")
    while page.locator("table.owed tbody tr").count():
        page.wait_for_timeout(1000)
        page.reload()
    page.goto(running.url("web") + "/owed/")
    expect(page.locator("table.owed tbody tr")).to_have_count(2)
    _save(page, "owed")


def _signed_in(browser: Browser, running: Network) -> Page:
    page = _page(browser)
    sign_in(page, running, "admin")
    return page


def _page(browser: Browser) -> Page:
    return browser.new_page(viewport=WIDE, locale="zh-CN")


def _save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=85)


if __name__ == "__main__":
    main()
