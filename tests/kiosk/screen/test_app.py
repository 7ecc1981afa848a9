"""The screen over HTTP: pushes, touches, two browsers, strangers refused, nothing left behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from queue import Queue

import msgspec
import pytest

from kiosk.config import Central, Config, Desk, Ils
from kiosk.config import Screen as ScreenConfig
from kiosk.events import Focused, LanguageChosen, ModeSwitched, ScreenEvent, Touched, Typed
from kiosk.https import Missed
from kiosk.screen import routes
from kiosk.screen.app import Screen
from kiosk.screen.settings import settings
from tests.kiosk.screen.states import DESK, DOOR, SETTINGS, snapshot
from wire.catalogue import Answer, Shelf, Title

PATIENCE_S = 5.0


class Browser:
    """As much of one as the screen notices."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, **headers: str) -> HTTPResponse:
        self.line.request(method, path, headers=headers)
        return self.line.getresponse()

    def get(self, path: str) -> tuple[int, str]:
        answer = self.ask("GET", path)
        return answer.status, answer.read().decode()

    def post(self, path: str) -> int:
        answer = self.ask("POST", path, Origin=self.origin)
        answer.read()
        return answer.status


class Stream(Browser):
    """A browser that listens."""

    def __init__(self, port: int, place: str = "desk") -> None:
        super().__init__(port)
        self.answer = self.ask("GET", f"/{place}/stream")

    def line_of_it(self) -> str:
        """Empty at the end, whether the stream was ended or cut."""
        try:
            return self.answer.readline().decode()
        except (HTTPException, ConnectionError):
            return ""

    def page(self) -> str:
        """The next fragment."""
        lines: list[str] = []
        while line := self.line_of_it():
            if line.startswith("data: "):
                lines.append(line[6:])
            elif line == "\n" and lines:
                return "".join(lines)
        raise EOFError

    def until(self, scene: str) -> str:
        while f'data-scene="{scene}"' not in (page := self.page()):
            pass
        return page

    def close(self) -> None:
        self.answer.close()
        self.line.close()


@pytest.fixture
def touches() -> Queue[Touched]:
    return Queue()


@pytest.fixture
def screen(touches: Queue[Touched]) -> Iterator[Screen]:
    made = Screen(SETTINGS, touches.put)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def browser(screen: Screen) -> Iterator[Browser]:
    made = Browser(screen.port)
    yield made
    made.line.close()


# ---------------------------------------------------------------- the catalogue
FOUND = Answer(
    (Title("<万历>", "黄仁宇", call_number="K248.3/1", shelves=(Shelf("村", "Cun", 2, 3, own=True),)),)
)


def form(browser: Browser, path: str, body: str) -> tuple[int, str]:
    headers = {"Origin": browser.origin, "Content-Type": "application/x-www-form-urlencoded"}
    browser.line.request("POST", path, body, headers)
    answer = browser.line.getresponse()
    return answer.status, answer.read().decode()


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def searching(asked: list[str]) -> Iterator[Browser]:
    def ask(said: str) -> Answer:
        asked.append(said)
        if said == "away":
            raise Missed("no line")
        return FOUND if said == "wlswn" else Answer(())

    made = Screen(msgspec.structs.replace(SETTINGS, catalogue=True), lambda _: None, ask)
    made.start()
    browser = Browser(made.port)
    yield browser
    browser.line.close()
    made.stop()


def test_what_is_looked_for_is_found_and_escaped(searching: Browser, asked: list[str]):
    status, page = searching.get("/desk/catalogue/zh-CN")
    assert (status, "查找图书" in page) == (200, True)
    status, found = form(searching, "/desk/catalogue/zh-CN", "said=+wlswn+")
    assert (status, asked) == (200, ["wlswn"])
    assert "&lt;万历&gt;" in found
    assert "本馆在架 2 本" in found
    assert "2 on the shelf here" in form(searching, "/desk/catalogue/en", "said=wlswn")[1]


def test_nothing_typed_nothing_found_and_nobody_there_are_told_apart(searching: Browser, asked: list[str]):
    told = [form(searching, "/door/catalogue/zh-CN", f"said={said}")[1] for said in ("", "x", "away")]
    assert [words for page in told for words in ("拼音", "没有找到", "暂时查不了") if words in page] == [
        "拼音",
        "没有找到",
        "暂时查不了",
    ]
    assert asked == ["x", "away"]


def test_the_way_back_is_the_present_page(searching: Browser):
    assert 'data-scene="starting"' in searching.get("/desk/now")[1]


def test_where_there_is_no_catalogue_there_is_no_page_of_it(browser: Browser):
    assert browser.get("/desk/catalogue/zh-CN")[0] == 404


# ---------------------------------------------------------------- pushes
def test_a_browser_gets_the_present_page_and_then_each_new_one(screen: Screen):
    stream = Stream(screen.port)
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert 'data-scene="starting"' in stream.page()
    screen.show(DESK["idle"])
    assert 'data-scene="idle"' in stream.page()
    screen.show(DESK["identified_lent"])
    assert "百年孤独" in stream.page()
    stream.close()


def test_what_does_not_change_the_page_is_not_pushed(screen: Screen):
    stream = Stream(screen.port)
    stream.page()
    screen.show(DESK["idle"])
    stream.page()
    for _ in range(20):
        screen.show(snapshot(DESK["idle"].session))
    screen.show(DESK["identified"])
    assert 'data-scene="identified"' in stream.page()
    stream.close()


def test_two_browsers_see_the_same(screen: Screen):
    one, other = Stream(screen.port), Stream(screen.port)
    screen.show(DESK["identified_mixed"])
    assert one.until("identified") == other.until("identified")
    one.close()
    other.close()


def test_desk_and_door_are_two_screens(screen: Screen):
    inside, outside = Stream(screen.port, "desk"), Stream(screen.port, "door")
    screen.show(snapshot(DESK["identified"].session, DOOR["refused"].room))
    assert "张*" in inside.until("identified")
    assert "张*" not in outside.until("refused")
    inside.close()
    outside.close()


def test_a_quiet_stream_beats(screen: Screen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(routes, "HEARTBEAT_S", 0.01)
    stream = Stream(screen.port)
    stream.page()
    assert stream.answer.readline() == b":\n"
    stream.close()


def test_more_browsers_than_a_kiosk_has_are_sent_away(screen: Screen):
    streams = [Stream(screen.port) for _ in range(routes.MAX_STREAMS)]
    assert {stream.answer.status for stream in streams} == {200}
    one_too_many = Browser(screen.port)
    assert one_too_many.get("/desk/stream")[0] == 503
    for stream in (*streams, one_too_many):
        stream.line.close()


# ---------------------------------------------------------------- touches
@pytest.mark.parametrize("action", ["done", "more_time", "dismiss"])
def test_a_touch_becomes_an_event(browser: Browser, touches: Queue[ScreenEvent], action):
    assert browser.post(f"/touch/{action}") == 204
    assert touches.get(timeout=PATIENCE_S) == Touched(action)
    form(browser, f"/touch/{action}", "visit=7")
    assert touches.get(timeout=PATIENCE_S) == Touched(action, visit=7)
    form(browser, "/typed/pin", "text=271828&visit=7")
    assert touches.get(timeout=PATIENCE_S) == Typed("pin", "271828", 7)


@pytest.mark.parametrize(
    ("path", "event"),
    [
        ("/desk/language/en", LanguageChosen("desk", "en")),
        ("/door/language/ug-Arab", LanguageChosen("door", "ug-Arab")),
        ("/desk/elder/on", ModeSwitched("desk", "elder", on=True)),
        ("/door/contrast/off", ModeSwitched("door", "contrast", on=False)),
        ("/desk/focus/languages", Focused("desk", "languages", "选择语言")),
    ],
)
def test_a_choice_becomes_an_event(
    browser: Browser, touches: Queue[ScreenEvent], path: str, event: ScreenEvent
):
    assert browser.post(path) == 204
    assert touches.get(timeout=PATIENCE_S) == event


@pytest.mark.parametrize(
    "path",
    [
        "/touch/reboot",
        "/desk/language/fr",
        "/roof/language/en",
        "/desk/elder/up",
        "/roof/stream",
        "/sound/scream.wav",
    ],
)
def test_what_is_not_on_the_screen_is_not_found(browser: Browser, touches: Queue[Touched], path: str):
    assert browser.post(path) in {404, 405}
    assert touches.empty()


def test_a_touch_is_no_link(browser: Browser, touches: Queue[Touched]):
    assert browser.get("/touch/done")[0] == 405
    assert touches.empty()


# ---------------------------------------------------------------- strangers
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""]
)
@pytest.mark.parametrize("path", ["/", "/desk/stream", "/healthz", "/static/screen.css"])
def test_a_foreign_host_is_refused(browser: Browser, host: str, path: str):
    answer = browser.ask("GET", path, Host=host.format(port=browser.port))
    answer.read()
    assert answer.status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_its_own_names_are_welcome(browser: Browser, name: str):
    answer = browser.ask("GET", "/healthz", Host=f"{name}:{browser.port}")
    answer.read()
    assert answer.status == 503


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", None])
def test_a_touch_from_elsewhere_is_refused(browser: Browser, touches: Queue[Touched], origin: str | None):
    headers = {} if origin is None else {"Origin": origin}
    answer = browser.ask("POST", "/touch/done", **headers)
    answer.read()
    assert answer.status == 403
    assert touches.empty()


def test_a_stream_from_elsewhere_is_refused(browser: Browser):
    answer = browser.ask("GET", "/desk/stream", Origin="https://evil.example")
    answer.read()
    assert answer.status == 403


@pytest.mark.parametrize(
    "path", ["/", "/door", "/healthz", "/static/screen.js", "/sound/good.wav", "/nowhere"]
)
def test_nothing_is_kept_and_nothing_foreign_runs(browser: Browser, path: str):
    answer = browser.ask("GET", path)
    answer.read()
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers


# ---------------------------------------------------------------- the rest
def test_it_says_whether_it_shows_anything(screen: Screen, browser: Browser):
    assert browser.get("/healthz") == (503, '{"shows":false}\n')
    screen.show(DESK["idle"])
    assert browser.get("/healthz") == (200, '{"shows":true}\n')


def test_the_page_has_its_parts(browser: Browser):
    status, shell = browser.get("/")
    assert status == 200
    for part in ("screen.css", "screen.js", "icon.svg", "vendor/htmx.min.js", "vendor/sse.min.js"):
        assert f"/static/{part}" in shell
        assert browser.get(f"/static/{part}")[0] == 200


def test_stopping_ends_streams_and_idle_connections_and_all_threads():
    before = set(threading.enumerate())
    screen = Screen(SETTINGS, print)
    screen.start()
    stream, idle = Stream(screen.port), socket.create_connection(("127.0.0.1", screen.port))
    stream.page()
    screen.stop()
    assert set(threading.enumerate()) == before
    with pytest.raises(EOFError):
        stream.page()
    stream.close()
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", screen.port))


def test_a_screen_that_was_not_started_stops():
    Screen(SETTINGS, print).stop()


def test_a_port_that_is_taken_is_an_error_of_the_callers(screen: Screen):
    other = Screen(msgspec.structs.replace(SETTINGS, port=screen.port), print)
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.stop()


def test_settings_are_the_screens_part_of_the_configuration(tmp_path):
    config = Config(
        device="desk-1",
        state=tmp_path,
        ils=Ils("127.0.0.1", 6001, "kiosk", tmp_path / "password"),
        central=Central("key"),
        screen=ScreenConfig(port=8181, languages=("en", "zh-CN"), title="Reading room"),
        desk=Desk(warn_s=25.0),
    )
    made = settings(config)
    assert (made.port, made.language, made.title, made.warn_ms) == (8181, "en", "Reading room", 25_000)
    assert settings(msgspec.structs.replace(config, desk=None)).warn_ms == 0
