"""What journeys by touch have in common: the desk's glass, its keys, a sign-in, central's database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, TimeoutError, ViewportSize, expect  # noqa: A004 - its own name
from sqlalchemy import Connection, create_engine, select

from central.facts.models import StoredFact
from deploy.demo.network import DESK, WELCOME, Network
from deploy.demo.seed.collection import SeedReader
from deploy.demo.visit import Places, until

GLASS: ViewportSize = {"width": 1024, "height": 600}
SAME_SHOWING_MS = 2000
"""Longer than a scanner takes the same code for the same showing."""


def vacate(at: Places) -> None:
    """Whoever stood at the desk goes."""
    for action in ("done", "dismiss"):
        at.desk_screen.touch(action)
    until("nobody's session", lambda: at.desk_screen.shows(WELCOME))


@contextmanager
def glass(running: Network, browser: Browser) -> Iterator[Page]:
    """The desk's screen, under fingers."""
    context = browser.new_context(has_touch=True, viewport=GLASS)
    screen = context.new_page()
    screen.goto(running.screen(DESK))
    yield screen
    context.close()


@contextmanager
def desk(running: Network, browser: Browser) -> Iterator[tuple[Places, Page]]:
    """Nobody stands there; somebody comes, and goes."""
    with running.places() as at:
        vacate(at)
        with glass(running, browser) as screen:
            yield at, screen
        at.desk_screen.touch("done")


def greet(at: Places, screen: Page, reader: SeedReader) -> None:
    """A reader shows the card and is greeted; shown once more, where the scanner took it for the showing before."""
    greeted = screen.locator("h1", has_text=f"{reader.name[0]}*")
    at.desk.do(f"/cards/{reader.card}/tap", device="scanner")
    try:
        greeted.wait_for(timeout=SAME_SHOWING_MS)
    except TimeoutError:
        at.desk.do(f"/cards/{reader.card}/tap", device="scanner")
    expect(greeted).to_be_visible()


def typed(screen: Page, digits: str) -> None:
    """By the keys on the glass, then the button that sends it off."""
    for digit in digits:
        screen.locator(f".pad-keys [data-key='{digit}']").tap()
    screen.locator(".send").tap()


def scene(screen: Page, name: str) -> None:
    """The page that is shown, by a pattern of its name."""
    expect(screen.locator("#page")).to_have_attribute("data-scene", re.compile(f"^(?:{name})$"))


def sign_in(page: Page, running: Network, name: str) -> None:
    """At central's pages, as one of the demo's staff."""
    page.context.clear_cookies()
    page.goto(running.url("web") + "/sign-in")
    page.fill("[name=username]", name)
    page.fill("[name=password]", running.secrets.logins[name])
    page.click("form.stacked button.primary")
    expect(page).not_to_have_url(re.compile("sign-in"))


@contextmanager
def database(running: Network) -> Iterator[Connection]:
    """Central's; each question sees what is committed by then."""
    engine = create_engine(f"sqlite:///{running.family.folder}/central/central.db")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def told(running: Network, kind: str) -> None:
    """A fact of this kind is at central."""
    with database(running) as central:
        until(kind, lambda: central.scalar(select(StoredFact.seq).where(StoredFact.kind == kind).limit(1)))
