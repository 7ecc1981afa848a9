"""Every page of the screen in every state, language, mode and size, in one tab of a browser.

For people (`make screens`), for axe (`make accessible`) and for the tests. A page that is new puts its states into
`PAGES`: literal snapshots by name, as `states.py` has them.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Request, Route

from kiosk.ease import Ease, Eases
from kiosk.effects import Place
from kiosk.events import Mode
from kiosk.screen.board import Board
from kiosk.screen.draw import Draw
from kiosk.screen.routes import create_app
from kiosk.screen.rows import covered
from kiosk.screen.settings import Settings
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.closing_states import CLOSING, SHUT
from tests.kiosk.screen.entry_states import ENTRY
from tests.kiosk.screen.fees_states import FEES
from tests.kiosk.screen.register_states import REGISTER
from tests.kiosk.screen.register_states import SETTINGS as REGISTRATION
from tests.kiosk.screen.staff_states import SERVICE, SLIDES
from tests.kiosk.screen.states import DESK, DOOR, SETTINGS
from wire.catalogue import Answer, Shelf, Title

PAGES: dict[str, Mapping[str, Snapshot]] = {
    "desk": DESK,
    "door": {**DOOR, **SHUT, **ENTRY},
    "fees": FEES,
    "register": REGISTER,
    "idle": SLIDES,
    "closing": CLOSING,
    "service": SERVICE,
}
"""Page → its states. All but `door` stand at the desk."""

FOUND = Answer(
    (
        Title(
            "万历十五年", "黄仁宇", "中华书局 2006", "K248.3/1", (Shelf("村", "Cun", 2, 3, own=True),), "B1"
        ),
        Title(
            "平凡的世界",
            "路遥",
            "人民文学出版社",
            "I247.5/88",
            (Shelf("总馆", "Central", 1, 4, own=False),),
            "B2",
        ),
        Title("活着", "余华", "作家出版社", "I247.5/12", (Shelf("村", "Cun", 0, 2, own=True),)),
    ),
    more=True,
)
SEARCHES: dict[str, Answer | None] = {"asked": None, "found": FOUND, "nothing": Answer(())}

COVERS = {"3301000000018": "a" * 64, "3301000000026": "b" * 64, "3301000000059": "c" * 64}
"""Books of the states whose name ends with `_covers`, and the pictures that are there."""

STAFFS = ("zh-CN", "en")
"""What staff read, at the machine as everywhere."""
Look = tuple[Mode, ...]
LOOKS: dict[str, Look] = {"normal": (), "elder": ("elder",), "contrast": ("contrast",)}
SIZES = ((1024, 600), (1920, 1080), (1080, 1920))
BASE = "http://127.0.0.1:8080"
SHOW = """html => {
  const stage = document.getElementById("stage")
  stage.innerHTML = html
  htmx.process(stage)
  document.body.dataset.link = "up"
  if (stage.firstElementChild.dataset.build) stage.dispatchEvent(new Event("htmx:sseMessage"))
}"""


def known(items: Sequence[str]) -> dict[str, str]:
    """The covers that are here."""
    return {item: COVERS[item] for item in items if item in COVERS}


def picture(name: str) -> bytes:
    """A cover, as paper and ink have it."""
    ground = {"a": "#7a1f1b", "b": "#e9d8a6", "c": "#12355b"}[name[0]]
    made = Image.new("RGB", (200, 280), ground)
    ImageDraw.Draw(made).rectangle((24, 40, 176, 120), "#fffdf9")
    octets = io.BytesIO()
    made.save(octets, "PNG")
    return octets.getvalue()


@dataclass(frozen=True)
class Sight:
    """One state, as somebody sees it."""

    page: str
    name: str
    language: str
    look: str
    size: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.page}/{self.name} {self.language} {self.look} {self.size[0]}x{self.size[1]}"


def sights(
    pages: Iterable[str] = (),
    languages: Iterable[str] = LANGUAGES,
    looks: Iterable[str] = LOOKS,
    sizes: Iterable[tuple[int, int]] = SIZES,
) -> Iterator[Sight]:
    """All of them, size after size: a tab is resized seldom. No `pages`: every one."""
    names = [(page, name) for page, states in {**PAGES, "catalogue": SEARCHES}.items() for name in states]
    wanted = tuple(pages)
    for size, language, look in itertools.product(tuple(sizes), tuple(languages), tuple(looks)):
        for page, name in names:
            if (not wanted or page in wanted) and (page != "service" or language in STAFFS):
                yield Sight(page, name, language, look, size)


class Gallery:
    """A tab with the screen's shell, into which any state is put without a server or a stream."""

    def __init__(self, browser: Browser, scale: float = 1.0, **settings: object) -> None:
        """`settings`: what is otherwise than in the states' own."""
        offered = {"catalogue": True, "registration": REGISTRATION, **settings}
        self.settings: Settings = msgspec.structs.replace(SETTINGS, **offered)
        self._draw = Draw(self.settings)
        board = Board(self.settings, self._draw)
        app = create_app(self._draw, board, lambda _: None, 8080, lambda _: FOUND, picture)
        self._client = app.test_client()
        self._context = browser.new_context(device_scale_factor=scale, reduced_motion="reduce")
        self._context.route("**/*", self._answer)
        self.tab: Page = self._context.new_page()
        self.wrong: list[str] = []
        """Errors of the page's own scripts."""
        self.tab.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.tab.goto(BASE + "/")

    def close(self) -> None:
        self._context.close()

    def show(self, sight: Sight) -> Page:
        """The tab as it is when `sight` is on it."""
        size = {"width": sight.size[0], "height": sight.size[1]}
        if self.tab.viewport_size != size:
            self.tab.set_viewport_size({"width": sight.size[0], "height": sight.size[1]})
            self.tab.evaluate("() => new Promise(requestAnimationFrame)")
        self.tab.evaluate(SHOW, self.html(sight))
        return self.tab

    def html(self, sight: Sight) -> str:
        """What the stage holds."""
        if sight.page == "catalogue":
            return self._search(sight)
        place: Place = "door" if sight.page == "door" else "desk"
        ease = Ease(sight.language, frozenset(LOOKS[sight.look]))
        shown = replace(PAGES[sight.page][sight.name], eases=Eases(ease, ease))
        page = view(place, shown, texts(sight.language), self.settings)
        if sight.name.endswith("_covers"):
            page = covered(page, known)
        return self._draw.fragment(page, 17_000)

    def _search(self, sight: Sight) -> str:
        html = self._draw.catalogue("desk", sight.language, frozenset(LOOKS[sight.look]))
        found = self._draw.found(sight.language, SEARCHES[sight.name], missed=False, holds=True)
        hint = self._draw.found(sight.language, None, missed=False)
        return html.replace(hint.strip(), found) if SEARCHES[sight.name] else html

    def _answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        with self._client.get(path, base_url=BASE) as answer:
            body = answer.data.replace(b"sse-connect=", b"data-stream=")  # nothing but what is put there
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=body)
