"""Words of the service are whole and used; what only a browser can show of the slides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, Page, Playwright

from drivers.events import EncodeVerdict
from drivers.kit import Kind
from kiosk.screen import service
from kiosk.screen.service_words import WORDS
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from kiosk.service.acts import INSIDE
from kiosk.service.state import Phase
from tests.kiosk.screen.gallery import Gallery, Sight
from tests.kiosk.screen.staff_states import SERVICE
from tests.kiosk.screen.states import SETTINGS

SOURCE = Path(service.__file__).read_text("utf-8")
NAMED = {
    *re.findall(r"""["']([a-z_]+)["']""", SOURCE),
    *get_args(Kind),
    *get_args(EncodeVerdict),
    *INSIDE,
    "write_failed",
}
MADE = {f"{name}_note" for name in service.LEADING} | {f"do_{name}" for name in (*service.ENDING, *INSIDE)}


def test_every_word_is_there_in_both_languages_and_is_used():
    assert WORDS.keys() - NAMED - MADE == set()
    wanted = {*get_args(Kind), *(set(get_args(EncodeVerdict)) - {"tagged", "failed"}), *MADE}
    assert wanted - WORDS.keys() == set()
    places = {name: [sorted(re.findall(r"{\w+}", text)) for text in pair] for name, pair in WORDS.items()}
    assert [name for name, (zh, en) in places.items() if zh != en] == []


def test_every_phase_has_a_page_in_the_language_of_staff():
    assert service.PAGES.keys() == set(Phase) - {Phase.OFF}
    for language in LANGUAGES:
        for shown in SERVICE.values():
            page = view("desk", shown, texts(language), SETTINGS)
            assert page.language == ("en" if language == "en" else "zh-CN")
            assert page.scene == f"service_{shown.service.phase.value}"


def test_what_is_wrong_stands_first_with_its_cause():
    page = view("desk", SERVICE["service_devices"], texts("en"), SETTINGS)
    assert page.heading == "2 devices are in trouble"
    rows = page.sections[0].rows
    assert [row.key for row in rows][:2] == ["gate", "printer"]
    assert "gone: no reply" in rows[0].note
    assert page.sections[1].rows[0].title.endswith("(501)")


# ---------------------------------------------------------------- slides
@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    yield browser
    browser.close()


def shown(tab: Page) -> str:
    return str(tab.evaluate("document.querySelector('.slide:not(.away)').id"))


def test_slides_turn_slowly_at_a_touch_at_once_and_by_hand_alone_where_that_is_wished(chromium: Browser):
    gallery = Gallery(chromium)
    try:
        tab = gallery.tab
        tab.clock.install()
        tab.emulate_media(reduced_motion="no-preference")
        sight = Sight("idle", "announced", "zh-CN", "normal", (1024, 600))
        gallery.show(sight)
        assert shown(tab) == "slide-news"
        tab.clock.run_for(12_100)
        assert shown(tab) == "slide-fresh"
        tab.click("[data-turn]")
        assert shown(tab) == "slide-most"
        tab.clock.run_for(59_000)
        assert shown(tab) == "slide-most"
        tab.clock.run_for(2_000)
        assert shown(tab) == "slide-hours"
        tab.emulate_media(reduced_motion="reduce")
        gallery.show(sight)
        assert shown(tab) == "slide-hours"
        tab.clock.run_for(120_000)
        assert shown(tab) == "slide-hours"
        tab.click("[data-turn]")
        assert shown(tab) == "slide-news"
    finally:
        gallery.close()
