"""A page as HTML. Words and titles are escaped here and nowhere else."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, PackageLoader, StrictUndefined

from kiosk.effects import Place
from kiosk.events import Mode
from kiosk.screen.page import Page
from kiosk.screen.qr import drawn
from kiosk.screen.settings import Settings
from wire.catalogue import MAX_SAID, Answer

KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""Enough for initials of pinyin, ISBNs and call numbers; a keyboard of the machine's own types everything else."""


class Draw:
    """Turns pages into fragments. Holds nothing of them; safe to share among threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._languages = [settings.texts(language) for language in settings.languages]
        self._templates = Environment(
            loader=PackageLoader("kiosk.screen"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["qr"] = drawn
        self._templates.globals["logo"] = settings.logo is not None
        self.build = _build()

    @property
    def settings(self) -> Settings:
        return self._settings

    def fragment(self, page: Page, left_ms: int = 0) -> str:
        """The whole page but its shell. `left_ms`: until the countdown ends."""
        return self._templates.get_template("fragment.html").render(
            page=page,
            texts=self._settings.texts(page.language),
            languages=self._languages,
            title=self._settings.title,
            left_ms=max(left_ms, 0),
            build=self.build,
        )

    def catalogue(self, place: Place, language: str, modes: frozenset[Mode], visit: int = 0) -> str:
        """The page on which somebody looks for a book, nothing typed yet."""
        return self._templates.get_template("catalogue.html").render(
            place=place,
            texts=self._settings.texts(language),
            languages=self._languages,
            modes=modes,
            visit=visit,
            keys=KEYS,
            max_said=MAX_SAID,
            found=None,
            missed=False,
            holds=False,
        )

    def found(self, language: str, answer: Answer | None, *, missed: bool, holds: bool = False) -> str:
        """What fits; None where nothing was asked, or nobody answered (`missed`). `holds`: they may be held."""
        template = self._templates.get_template("found.html")
        return template.render(texts=self._settings.texts(language), found=answer, missed=missed, holds=holds)

    def shell(self, place: Place) -> str:
        """What the browser loads once: styles, scripts, symbols, and no word about any reader."""
        return self._templates.get_template("shell.html").render(
            place=place,
            language=self._settings.language,
            title=self._settings.title,
            all_texts=self._languages,
            diagonal_inch=self._settings.diagonal_inch or "",
            build=self.build,
        )


def _build() -> str:
    """Changes with any file that a browser keeps: it then loads the shell again by itself."""
    digest = hashlib.sha256()
    for folder in ("templates", "static"):
        for file in sorted(_files(files(__package__).joinpath(folder)), key=lambda f: f.name):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in folder.iterdir():
        found += _files(entry) if entry.is_dir() else [entry]
    return found
