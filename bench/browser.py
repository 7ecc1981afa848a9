"""A kiosk's screen in Chromium: when each new page stood in its document, and when a finger touched it.

Times are milliseconds since 1970 by the machine's clock, made inside the browser: neither Playwright nor this
process is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 20_000
WATCH = """
window.seen = []
const note = (at, scene, rows, said) => seen.push([performance.timeOrigin + at, scene, rows, said])
const look = () => {
  const page = document.getElementById("page")
  if (!page) return
  const rows = [...page.querySelectorAll(".row")].map((row) => [row.dataset.key, /tone-(\\w+)/.exec(row.className)[1]])
  note(performance.now(), page.dataset.scene, Object.fromEntries(rows), page.textContent)
}
document.addEventListener("click", (event) => note(event.timeStamp, "click", {}, ""), true)
document.addEventListener("DOMContentLoaded", () => {
  new MutationObserver(look).observe(document.getElementById("stage"), { childList: true })
})
"""
FIRST = """([since, scene, keys, tone, words]) => {
  const fits = ([at, shown, rows, said]) => at >= since && (!scene || shown === scene) && said.includes(words)
    && keys.every((key) => key in rows && (!tone || rows[key] === tone))
  const found = seen.find(fits)
  return found ? found[0] : false
}"""


class Seen(NamedTuple):
    """What a page must show to be the one that is waited for."""

    scene: str = ""
    keys: tuple[str, ...] = ()
    """Books that have a line."""
    tone: str = ""
    """That each of those lines has."""
    words: str = ""
    """That stand on it."""


class Browser:
    """One page that looks at one screen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.touches = 0
        """How often a finger has touched it."""

    def first(self, since_ms: float, seen: Seen) -> float:
        """When the first page after `since_ms` stood there that shows this.

        Raises:
            playwright.sync_api.TimeoutError: none came within PATIENCE_S.
        """
        asked = [since_ms, seen.scene, list(seen.keys), seen.tone, seen.words]
        found = self._page.wait_for_function(FIRST, arg=asked, polling=20, timeout=PATIENCE_MS)
        return float(found.json_value())

    def touch(self, action: str) -> float:
        """A finger on one of the page's buttons: when."""
        since = float(self._page.evaluate("performance.timeOrigin + performance.now()"))
        self._page.click(f"#do-{action}")
        self.touches += 1
        return self.first(since, Seen("click"))


@contextmanager
def browser(url: str, size: Mapping[str, int]) -> Iterator[Browser]:
    """Chromium at that address, its first page shown."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        viewport: Any = dict(size)
        page = chromium.new_page(viewport=viewport)
        page.add_init_script(WATCH)
        page.goto(url)
        page.wait_for_selector("#page")
        yield Browser(page)
        chromium.close()
