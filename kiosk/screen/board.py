"""What each screen shows now, drawn once for all browsers.

- `show` is called by the loop: it swaps a reference and returns; the drawing is done on the board's thread.
- The latest snapshot wins. One that comes while another is drawn replaces the one that waits.
- A page is drawn again only where it differs; browsers hear of it within the same millisecond.
- If a page cannot be drawn, a blank one takes its place: the last reader's never stays.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from kiosk.ease import NOBODYS, PLACES
from kiosk.effects import Place
from kiosk.screen.draw import Draw
from kiosk.screen.page import Page
from kiosk.screen.rows import Known, covered
from kiosk.screen.settings import Settings
from kiosk.screen.view import view
from kiosk.snapshot import Snapshot

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing of one page."""

    number: int
    """Grows with each drawing of this place."""
    page: Page
    html: str


class Board:
    def __init__(
        self,
        settings: Settings,
        draw: Draw,
        clock: Callable[[], float] = time.monotonic,
        known: Known | None = None,
    ) -> None:
        """`clock` gives seconds; only differences count. `known` are covers of books, where there are any.

        Raises:
            ValueError: the configured language is none of the screen's.
        """
        self._settings = settings
        self._draw = draw
        self._clock = clock
        self._known = known
        self._snapshot: Snapshot | None = None
        self._shown_at_s = 0.0
        self._changed = False
        self._closed = False
        self._news = threading.Condition()
        """Held for a few assignments at a time, never while drawing."""
        self._sheets = {place: self._sheet(place, None, 0) for place in PLACES}

    # ------------------------------------------------------------ told from outside
    def show(self, snapshot: Snapshot) -> None:
        """The kiosk is like this now."""
        with self._news:
            self._snapshot, self._shown_at_s = snapshot, self._clock()
            self._changed = True
            self._news.notify_all()

    def look(self) -> None:
        """A cover has come: draw again what is shown."""
        with self._news:
            self._changed = self._snapshot is not None
            self._news.notify_all()

    def close(self) -> None:
        """No more drawings; whoever waits for one returns."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def shows(self) -> bool:
        """At least one snapshot has come."""
        return self._snapshot is not None

    # ------------------------------------------------------------ asked by streams
    def now(self, place: Place) -> Sheet:
        """What `place` shows; a countdown is drawn anew, so that it begins where it is."""
        with self._news:
            sheet, now_ms = self._sheets[place], self._now_ms()
        if sheet.page.countdown is None:
            return sheet
        html = self._draw.fragment(sheet.page, sheet.page.countdown.end_at_ms - now_ms)
        return Sheet(sheet.number, sheet.page, html)

    def next(self, place: Place, after: int, timeout_s: float) -> Sheet | None:
        """The first sheet newer than `after`; None: there was none in time, or the board is closed."""
        with self._news:
            self._news.wait_for(lambda: self._closed or self._sheets[place].number > after, timeout_s)
            sheet = self._sheets[place]
            return None if self._closed or sheet.number <= after else sheet

    # ------------------------------------------------------------ the board's own thread
    def run(self) -> None:
        """Draw what is new until the board is closed."""
        while True:
            with self._news:
                self._news.wait_for(lambda: self._changed or self._closed)
                if self._closed:
                    return
                self._changed = False
                snapshot, now_ms = self._snapshot, self._now_ms()
            for place in PLACES:
                self._redraw(place, snapshot, now_ms)

    def _redraw(self, place: Place, snapshot: Snapshot | None, now_ms: int) -> None:
        old = self._sheets[place]
        try:
            self._put_up(place, self._sheet(place, snapshot, now_ms, old))
        except Exception as cause:  # noqa: BLE001 - whatever it is, the last reader's page must go
            self._put_up(place, self._sheet(place, None, now_ms, old))
            log.error("page not drawn", place=place, cause=type(cause).__name__, at=_origin(cause))  # noqa: TRY400 - a trace may show a name

    def _put_up(self, place: Place, sheet: Sheet) -> None:
        if sheet is not self._sheets[place]:
            with self._news:
                self._sheets[place] = sheet
                self._news.notify_all()

    def _sheet(self, place: Place, snapshot: Snapshot | None, now_ms: int, old: Sheet | None = None) -> Sheet:
        """`old` itself where the page is the same."""
        language = (snapshot.eases.at(place) if snapshot else NOBODYS).language or self._settings.language
        page = view(place, snapshot, self._settings.texts(language), self._settings)
        if self._known:
            page = covered(page, self._known)
        if old is not None and page == old.page:
            return old
        left_ms = page.countdown.end_at_ms - now_ms if page.countdown else 0
        return Sheet(old.number + 1 if old else 1, page, self._draw.fragment(page, left_ms))

    def _now_ms(self) -> int:
        """By the snapshot's clock. Called with the lock."""
        if self._snapshot is None:
            return 0
        return self._snapshot.now.mono_ms + round((self._clock() - self._shown_at_s) * 1000)


def _origin(cause: Exception) -> str:
    """The line of source, or of a template, that raised."""
    last = traceback.extract_tb(cause.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"
