"""A sample of the gallery by axe, in one tab; `make accessible` looks at all of it. And a page worked by keys alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from queue import Queue

import pytest
from playwright.sync_api import Browser, Page, Playwright, Request, expect

from tests.kiosk.screen.accessible import faults, misfits, ready, sample
from tests.kiosk.screen.gallery import Gallery, Sight

EVERY = 6
"""One state of so many: each takes 0.15 s."""
SMALL = (1024, 600)


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def gallery(chromium: Browser) -> Iterator[Gallery]:
    made = Gallery(chromium)
    ready(made)
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture
def posts(gallery: Gallery) -> Iterator[Queue[str]]:
    """Addresses to which the page posts."""
    seen: Queue[str] = Queue()

    def note(request: Request) -> None:
        if request.method == "POST":
            seen.put(request.url.removeprefix("http://127.0.0.1:8080"))

    gallery.tab.on("request", note)
    yield seen
    gallery.tab.remove_listener("request", note)


def pressed(tab: Page, posts: Queue[str]) -> str:
    """The next address; a browser's events come while it is waited for, and at no other time."""
    for _ in range(1000):
        if not posts.empty():
            break
        tab.wait_for_timeout(5)
    return posts.get_nowait()


def see(gallery: Gallery, name: str, language: str = "zh-CN", look: str = "normal") -> Page:
    return gallery.show(Sight("desk", name, language, look, SMALL))


def test_no_state_shuts_anybody_out(gallery: Gallery):
    found = {str(sight): wrong for sight in sample(EVERY) if (wrong := faults(gallery, sight))}
    assert found == {}


def test_every_state_fits_on_its_glass(gallery: Gallery):
    found = {str(sight): wrong for sight in sample() if (wrong := faults(gallery, sight, axe=False))}
    assert found == {}


@pytest.mark.parametrize("page", ["identified_lent", "account"])
def test_large_letters_take_no_button_away(gallery: Gallery, page: str):
    buttons = "() => [...document.querySelectorAll('#page button')].filter((one) => one.checkVisibility()).map((one) => one.id)"
    assert see(gallery, page, look="elder").evaluate(buttons) == see(gallery, page).evaluate(buttons)


def test_a_misfit_is_found(gallery: Gallery):
    tab = see(gallery, "still_there")
    tab.evaluate("() => { document.getElementById('do-done').style.minHeight = '30px' }")
    tab.evaluate("() => { document.querySelector('.lead h1').style.fontSize = '400px' }")
    found = misfits(tab)
    assert any(line.startswith("cut: section.lead") for line in found)
    assert any(line.startswith("outside: ") for line in found)


def test_targets_are_15_mm_where_the_glass_is_known(chromium: Browser, gallery: Gallery):
    target = "() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--target'))"
    assert gallery.tab.evaluate(target) == 64
    small = Gallery(chromium, diagonal_inch=7.0)
    width, height = small.tab.evaluate("[screen.width, screen.height]")
    assert small.tab.evaluate(target) == math.ceil(15 / 25.4 / 7 * math.hypot(width, height))
    small.close()


# ---------------------------------------------------------------- keys
def test_a_digit_presses_the_button_that_wears_it(gallery: Gallery, posts: Queue[str]):
    gallery.tab.reload()  # nobody has been there for a while
    tab = see(gallery, "still_there")
    tab.keyboard.press("#")
    expect(tab.locator("[data-number='2']")).to_have_id("do-done")
    tab.keyboard.press("2")
    assert [pressed(tab, posts), pressed(tab, posts)] == ["/touch/more_time", "/touch/done"]


def test_two_keys_reach_everything_and_a_third_presses(gallery: Gallery, posts: Queue[str]):
    tab = see(gallery, "identified_lent")
    wanted = {element.get_attribute("id") for element in tab.locator(".page button:visible").all()}
    reached = set()
    for _ in range(2 * len(wanted)):
        tab.keyboard.press("#")
        reached.add(tab.evaluate("document.activeElement.id"))
    assert wanted - {None} <= reached
    tab.locator("#do-done").focus()
    tab.keyboard.press("0")
    while (told := pressed(tab, posts)) == "/touch/more_time":
        continue  # who goes round is there
    assert told == "/touch/done"


@pytest.mark.parametrize(
    ("language", "key"), [("zh-CN", "ArrowRight"), ("ug-Arab", "ArrowLeft"), ("mn-Mong", "ArrowDown")]
)
def test_arrows_go_where_they_point_whichever_way_lines_run(gallery: Gallery, language: str, key: str):
    tab = see(gallery, "still_there", language)
    tab.locator("#do-more_time").focus()
    tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.id") == "do-done"


def test_a_menu_takes_the_keys_until_it_is_closed(gallery: Gallery, posts: Queue[str]):
    tab = see(gallery, "idle")
    tab.locator("#languages-open").focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#languages")).to_be_visible()
    tab.keyboard.press("3")
    assert pressed(tab, posts) == "/desk/language/ug-Arab"
    expect(tab.locator("#languages")).to_be_hidden()
    tab.locator("#ease-open").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Escape")
    expect(tab.locator("#easier")).to_be_hidden()


def test_a_menu_stays_open_while_the_page_behind_it_is_new(gallery: Gallery):
    tab = see(gallery, "idle")
    tab.locator("#ease-open").click()
    html = gallery.html(Sight("desk", "idle", "zh-CN", "contrast", SMALL))
    tab.evaluate(
        """html => {
        const stage = document.getElementById("stage")
        stage.dispatchEvent(new CustomEvent("htmx:sseBeforeMessage", { detail: { data: html } }))
        stage.innerHTML = html
        stage.dispatchEvent(new Event("htmx:sseMessage"))
    }""",
        html,
    )
    expect(tab.locator("#easier")).to_be_visible()
    expect(tab.locator("#ease-contrast")).to_have_attribute("aria-pressed", "true")
