"""Pictures of every page of the screen, for docs/screens: `make screens`, or one page: `… montage desk`.

One picture a page and language. A line is one state: as it is on each size of glass, then large, then in high contrast.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from kiosk.screen.words import LANGUAGES, texts
from tests.house.tree import ROOT
from tests.kiosk.screen.gallery import SIZES, Gallery, Sight, sights

FOLDER = ROOT / "docs/screens"
HEIGHT_PX = 132
"""Of one picture in the montage: what it says can be read on the smallest glass."""
LABEL_PX = 90
ACROSS = 2
"""States side by side."""
QUALITY = 30
"""Of WebP: all together stay below 8 MB."""
COLUMNS = (
    ("normal", (1024, 600)),
    ("normal", (1920, 1080)),
    ("normal", (1080, 1920)),
    ("elder", (1024, 600)),
    ("contrast", (1024, 600)),
)

Key = tuple[str, str, str]
"""Page, language, state."""


def pictures(browser: Browser, pages: list[str]) -> dict[Key, list[Image.Image]]:
    """Every state, in the order of `COLUMNS`; one tab for each size, which draws as small as the montage wants it."""
    made: dict[Sight, Image.Image] = {}
    for size in SIZES:
        gallery = Gallery(browser, HEIGHT_PX / size[1])
        for sight in sights(pages, sizes=[size]):
            if (sight.look, sight.size) in COLUMNS:
                shot = gallery.show(sight).screenshot()
                made[sight] = Image.open(io.BytesIO(shot)).convert("RGB")
        gallery.close()
    found: dict[Key, list[Image.Image]] = {}
    for sight in sorted(made, key=lambda one: COLUMNS.index((one.look, one.size))):
        found.setdefault((sight.page, sight.language, sight.name), []).append(made[sight])
    return found


def montage(rows: dict[str, list[Image.Image]]) -> Image.Image:
    """The states under each other, `ACROSS` in a line, each with its name."""
    widths = [picture.width for picture in next(iter(rows.values()))]
    cell = LABEL_PX + sum(widths) + 4 * len(widths) + 16
    lines = -(-len(rows) // ACROSS)
    sheet = Image.new("RGB", (cell * ACROSS, lines * (HEIGHT_PX + 8)), "#d8d2c6")
    draw = ImageDraw.Draw(sheet)
    for at, (name, shots) in enumerate(sorted(rows.items())):
        x, y = (at % ACROSS) * cell, (at // ACROSS) * (HEIGHT_PX + 8) + 4
        draw.text((x + 6, y + 4), "\n".join(name.split("_")), fill="#2a2119")
        x += LABEL_PX
        for shot in shots:
            sheet.paste(shot, (x, y))
            x += shot.width + 4
    return sheet


def index(shots: Iterable[Key]) -> str:
    """The page that shows them: a table of links, a line for each page of the screen."""
    head = "| page | " + " | ".join(texts(code).name for code in LANGUAGES) + " |"
    lines = [head, "| --- |" + " --- |" * len(LANGUAGES)]
    made = sorted(shots)
    for page in sorted({page for page, _, _ in made}):
        states = {name for one, _, name in made if one == page}
        spoken = {language for one, language, _ in made if one == page}
        links = (f"[{code}](all/{page}.{code}.webp)" if code in spoken else "" for code in LANGUAGES)
        lines.append(f"| {page} ({len(states)} states) | " + " | ".join(links) + " |")
    return "\n".join(lines) + "\n"


def main(pages: list[str]) -> None:
    """Write the pictures, and their index where all were made."""
    folder = FOLDER / "all"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        if not pages or old.name.split(".")[0] in pages:
            old.unlink()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        shots = pictures(browser, pages)
        browser.close()
    for page, language in sorted({key[:2] for key in shots}):
        rows = {key[2]: row for key, row in shots.items() if key[:2] == (page, language)}
        montage(rows).save(folder / f"{page}.{language}.webp", quality=QUALITY, method=6)
    if not pages:
        _write(FOLDER / "README.md", index(shots))
    size = sum(file.stat().st_size for file in folder.iterdir())
    sys.stdout.write(
        f"{len(shots)} states and languages, {size / 1e6:.1f} MB under {folder.relative_to(ROOT)}\n"
    )


def _write(path: Path, table: str) -> None:
    """The table replaces what stands between the marks."""
    begin, end = "<!-- all: made by `make screens` -->\n", "<!-- end -->\n"
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    path.write_text(before + begin + table + end + rest.split(end)[1], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
