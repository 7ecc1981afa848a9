"""What the reader does besides, over the page of the desk: one panel a module. Pure.

Fire and a fault are the desk's to say: a panel shows only where the desk would show its books. When the end nears
the panel stays, for something may be half typed; what it says first is the desk's.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from kiosk.errands.offers import offered
from kiosk.errands.state import Panel
from kiosk.screen.account import account
from kiosk.screen.fees import fees, paying
from kiosk.screen.page import Button, Page
from kiosk.screen.pin import pin
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.session.state import Phase
from kiosk.snapshot import Snapshot
from wire.faults import fault

Draws = Callable[[Page, Snapshot, Texts, Settings], Page]


def over(page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """The page of the desk, or the panel in its place."""
    session, panel = snapshot.session, snapshot.errand.panel
    if session is None or page.layout == "sign" or session.phase is not SHOWN_OVER[panel]:
        return page
    shown = PANELS[panel](page, snapshot, texts, settings)
    if page.countdown is None or shown is page:
        return shown
    first = ("scene", "tone", "heading", "advice", "code", "buttons")
    return replace(shown, **{name: getattr(page, name) for name in first})


def _wish(page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """A title waits for a card."""
    words, wanted = texts.account, snapshot.errand.wish
    if page.layout != "welcome":
        return page
    if wanted is None:
        return replace(page, holds="hold" in offered(settings.offers, snapshot.takes))
    title = words.wish_title.format(title=wanted.title) if wanted.title else words.wish_nameless
    return replace(
        page,
        scene="wish",
        layout="sign",
        icon="card",
        heading=words.wish,
        advice=title,
        buttons=(Button("dismiss", words.wish_no),),
        catalogue=False,
    )


def _books(page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """The way to the account."""
    if page.countdown or "account" not in offered(settings.offers, snapshot.takes):
        return page
    reader = snapshot.errand.reader
    bar = reader.bar if reader else None
    if bar is None:
        return replace(page, buttons=(*page.buttons, Button("account", texts.account.open)))
    pay, account = Button("fees", texts.fees.open, main=True), Button("account", texts.account.open)
    rest = tuple(replace(button, main=False) for button in page.buttons)
    page = replace(page, buttons=(pay, account, *rest))
    if page.rows:
        return page
    why, code = fault(bar).reader.of(texts.code), texts.shell.code.format(code=bar)
    return replace(page, tone="warn", icon="coin", advice=why, code=code)


PANELS: dict[Panel, Draws] = {
    Panel.NOBODY: _wish,
    Panel.BOOKS: _books,
    Panel.ACCOUNT: account,
    Panel.FEES: fees,
    Panel.PAYING: paying,
    Panel.PIN: pin,
}
SHOWN_OVER: dict[Panel, Phase] = dict.fromkeys(Panel, Phase.IDENTIFIED) | {Panel.NOBODY: Phase.IDLE}
"""The phase in which the desk's page may give way to a panel."""
