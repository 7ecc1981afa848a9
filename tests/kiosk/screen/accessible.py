"""Nobody is shut out: axe, and what axe does not see, over the gallery.

python -m tests.kiosk.screen.accessible             # every state × language × mode × size; `make accessible`
python -m tests.kiosk.screen.accessible visit       # states whose name begins so
"""

from __future__ import annotations

import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.kiosk.screen.gallery import SIZES, Gallery, Sight, sights

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""WCAG 2.2 AA."""
ENHANCED = "color-contrast-enhanced"
"""AAA (1.4.6): seven to one, where high contrast was asked for."""
RUN = """async ([tags, enhanced]) => {
  const more = enhanced ? { rules: { [enhanced]: { enabled: true } } } : {}
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], ...more })
  const places = (found) => found.nodes.slice(0, 3).map((node) => node.target).join(" ")
  return violations.map((found) => `${found.id}: ${places(found)}`)
}"""
SMALLEST_PX = 64
MISFITS = """(smallest) => {
  const page = document.getElementById("page")
  const lists = "ol, ul, [tabindex='0']"
  const seen = [...page.querySelectorAll("*")].filter((part) => part.checkVisibility())
  const still = seen.filter((part) => !part.closest("svg, .unseen") && !part.parentElement.closest(lists))
  const outside = still.filter((part) => {
    const box = part.getBoundingClientRect()
    return box.width > 1 && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
  })
  const small = seen.filter((part) => part.matches("button, input")).filter((part) => {
    const box = part.getBoundingClientRect()
    return box.width < smallest - 0.5 || box.height < smallest - 0.5
  })
  const cut = seen.filter((part) => part.matches(".lead, .board, .hello, .bar, button") && !part.matches(lists))
    .filter((part) => part.scrollHeight > part.clientHeight + 10 || part.scrollWidth > part.clientWidth + 10)
  const down = getComputedStyle(page).writingMode !== "horizontal-tb"
  const short = seen.filter((part) => part.matches(".name:has(+ .state:empty) bdi"))
    .filter((part) => down ? part.scrollHeight > part.clientHeight + 1 : part.scrollWidth > part.clientWidth + 1)
  const name = (part) => part.tagName.toLowerCase() + (part.id ? `#${part.id}` : `.${[...part.classList].join(".")}`)
  const told = (what, parts) => parts.slice(0, 3).map((part) => `${what}: ${name(part)}`)
  return [...told("outside", outside), ...told("small", small), ...told("cut", [...cut, ...short])]
}"""
"""What lies beyond the glass, is too small for a finger, or is cut: where nobody can scroll, or a sentence in a row."""


def ready(gallery: Gallery) -> None:
    """Axe is read once a tab."""
    gallery.tab.evaluate(Axe().axe_script)


def faults(gallery: Gallery, sight: Sight, *, axe: bool = True) -> list[str]:
    """What is wrong with one sight, a line each."""
    tab = gallery.show(sight)
    enhanced = ENHANCED if sight.look == "contrast" else ""
    found: list[str] = tab.evaluate(RUN, [TAGS, enhanced]) if axe else []
    return found + misfits(tab)


def _by_axe(sight: Sight) -> bool:
    """Names, roles and colours are the same on every glass."""
    return sight.size == SIZES[0]


def misfits(tab: Page) -> list[str]:
    return list(tab.evaluate(MISFITS, SMALLEST_PX))


def sample(every: int = 1) -> list[Sight]:
    """Each state once (or one of `every`), the languages, modes and sizes going round with it."""
    around = list(sights())
    names = list(dict.fromkeys((sight.page, sight.name) for sight in around))
    by_name = {name: [s for s in around if (s.page, s.name) == name] for name in names}
    picked = [by_name[name][(7 * at) % len(by_name[name])] for at, name in enumerate(names)]
    return sorted(picked[::every], key=lambda sight: sight.size)


def main(prefix: str = "") -> int:
    """Look at all, tell what is wrong; 1 where something is."""
    wanted = [sight for sight in sights() if f"{sight.page}/{sight.name}".startswith(prefix)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        gallery = Gallery(browser)
        ready(gallery)
        found = {
            str(sight): wrong for sight in wanted if (wrong := faults(gallery, sight, axe=_by_axe(sight)))
        }
        browser.close()
    for sight, wrong in found.items():
        sys.stdout.write(f"{sight}: {'; '.join(wrong)}\n")
    sys.stdout.write(f"{len(wanted)} looked at, {len(found)} with a fault\n")
    return 1 if found or gallery.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
