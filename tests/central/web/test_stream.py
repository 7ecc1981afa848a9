"""Live pages as a browser receives them."""

import socket
import threading

import pytest

from central.live import REGISTRY
from central.mqtt import Heard
from central.web import stream
from central.web.stream import Event, Fragments, frame
from tests.central.web.world import DESK, NEW, ROOM, beat, enter, say, services
from wire import topics
from wire.condition import Reading, Trouble
from wire.orders import Watermark
from wire.signing import seal

FLEET = "/fleet/live"
DEVICE = f"/fleet/kiosk/{ROOM}/live"


class Browser:
    """An open stream, read event by event."""

    def __init__(self, client, path, **headers):
        self.answer = client.get(path, buffered=False, headers={"Accept": "text/event-stream", **headers})
        self._parts = self._split(iter(self.answer.response))

    @staticmethod
    def _split(chunks):
        for chunk in chunks:
            yield from chunk.decode().removesuffix("\n\n").split("\n\n")

    def read(self):
        """The next part: name, data, id; comments have the name `:`."""
        lines = next(self._parts).splitlines()
        fields = [line.partition(": ") for line in lines if line]
        if lines[0].startswith(":"):
            return (":", "", "")
        named = {name.rstrip(":"): value for name, _, value in fields}
        data = "\n".join(value for name, _, value in fields if name.rstrip(":") == "data")
        return (named.get("event", "retry" if "retry" in named else "id"), data, named.get("id", ""))

    def beat(self):
        """All events of one beat, by name, and the version that ends it."""
        events = {}
        while (part := self.read())[0] != "id":
            events[part[0]] = part[1]
        events.pop("retry", None)
        return events, part[2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()


def since(app, path):
    return f"{path}?after={services(app).hub.version}"


def test_a_condition_that_arrives_reaches_the_page(app, technician):
    path = since(app, FLEET)
    say(app, ROOM, "broken", troubles=(Trouble(403, "door", 1, "no answer"),))
    with Browser(technician, path) as browser:
        assert browser.answer.mimetype == "text/event-stream"
        events, version = browser.beat()
    assert set(events) == {f"device-{ROOM}", "summary", "problems", "link"}
    assert "停用" in events[f"device-{ROOM}"]
    assert "门控单元失联" in events["problems"]
    assert int(version) == services(app).hub.version


def test_a_browser_goes_on_from_the_last_version_that_it_has(app, technician):
    say(app, ROOM, "ready")
    with Browser(technician, FLEET) as browser:
        _, version = browser.beat()
    say(app, DESK, "degraded")
    with Browser(technician, FLEET, **{"Last-Event-ID": version}) as browser:
        events, _ = browser.beat()
    assert f"device-{DESK}" in events
    assert f"device-{ROOM}" not in events


@pytest.mark.parametrize("garbage", ["", "x", "-1", "1e9", "9" * 400, "٣"])
def test_a_version_that_is_none_is_answered_with_everything(app, technician, garbage):
    say(app, ROOM, "ready")
    with Browser(technician, FLEET, **{"Last-Event-ID": garbage.encode().decode("latin-1")}) as browser:
        assert f"device-{ROOM}" in browser.beat()[0]


def test_a_stream_waits_until_something_happens(app, technician):
    path = since(app, FLEET)
    with Browser(technician, path) as browser:
        assert browser.read()[0] == "retry"
        kiosk = threading.Timer(0.05, say, (app, ROOM, "ready"))
        kiosk.start()
        assert "正常" in browser.beat()[0][f"device-{ROOM}"]
        kiosk.join()


def test_each_browser_has_its_own_language(app, technician):
    english = enter(app, "admin")
    with english.session_transaction() as cookie:
        cookie["language"] = "en"
    path = since(app, FLEET)
    say(app, ROOM, "ready")
    for client, word in ((technician, "正常"), (english, "Ready"), (technician, "正常")):
        with Browser(client, path) as browser:
            assert word in browser.beat()[0][f"device-{ROOM}"]


def test_a_branch_hears_of_its_own_problems(app, technician):
    path = since(app, FLEET)
    say(app, DESK, "broken")
    with Browser(technician, f"{path}&branch=ZHEN") as browser:
        events, _ = browser.beat()
    assert "大厅借还机" not in events["problems"]


def test_a_chosen_state_asks_for_the_table_again(app, technician):
    path = since(app, FLEET)
    say(app, ROOM, "broken")
    with Browser(technician, f"{path}&state=broken") as browser:
        events, _ = browser.beat()
    assert events["table"] == "changed"
    assert f"device-{ROOM}" not in events


def test_a_new_kiosk_asks_for_the_table_again(app, technician):
    path = since(app, FLEET)
    services(app).hub.touch(REGISTRY)
    with Browser(technician, path) as browser:
        assert browser.beat()[0] == {"table": "changed"}


def test_a_devices_page_hears_of_its_device_alone(app, technician):
    path = since(app, DEVICE)
    say(app, DESK, "broken")
    say(app, ROOM, "degraded", troubles=(Trouble(404, "gate"),))
    with Browser(technician, path) as browser:
        browser.read()
        assert [browser.read()[0] for _ in range(2)] == ["link", "condition"]


def test_vitals_reach_the_devices_page(app, technician):
    say(app, ROOM, "ready")
    with Browser(technician, DEVICE) as browser:
        browser.beat()
        beat(app, ROOM, backlog=41, readings={"hall": Reading(21.5, "Cel"), "smoke": Reading(1)})
        seen = " ".join(browser.beat()[0]["vitals"].split())
        assert "41" in seen
        assert "<code>hall</code></dt><dd>21.5 <small>°C</small>" in seen
        assert "<code>smoke</code></dt><dd>是" in seen


def test_vitals_that_wake_nobody_come_with_the_heartbeat(app, technician, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    say(app, ROOM, "ready")
    with Browser(technician, DEVICE) as browser:
        browser.beat()
        beat(app, ROOM, memory_kib=123 * 1024)
        while (part := browser.read())[0] != "vitals":
            assert part[0] in {":", "id", "link", "condition"}
    assert "123" in part[1]


def test_a_commit_makes_the_page_ask_for_its_records(app, technician):
    path = since(app, DEVICE)
    topic = topics.topic(ROOM, topics.WATERMARK)
    payload = seal(services(app).keys.signing, topic, Watermark("5f" * 16, 1, 9, 1))
    services(app).hub.hear(Heard(topic, payload, retained=False))
    with Browser(technician, path) as browser:
        assert browser.beat()[0] == {"records": "changed"}


def test_a_quiet_line_is_kept_open(app, technician, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    with Browser(technician, since(app, FLEET)) as browser:
        assert [browser.read()[0] for _ in range(4)] == ["retry", ":", ":", ":"]


def test_a_stream_ends_by_itself(app, technician, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(stream, "LIFE_S", 0.03)
    answer = technician.get(since(app, FLEET))
    assert answer.data.startswith(b"retry: ")


def test_a_stream_ends_with_the_process(app, technician):
    with Browser(technician, since(app, FLEET)) as browser:
        browser.read()
        services(app).hub.close()
        with pytest.raises(StopIteration):
            browser.read()


def test_one_browser_too_many_is_told_to_come_back(app, technician):
    streams = services(app).streams
    taken = 0
    while streams.acquire(blocking=False):
        taken += 1
    assert taken == 200
    answer = technician.get(FLEET)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    streams.release()
    with Browser(technician, since(app, FLEET)) as browser:
        assert browser.answer.status_code == 200
        assert not streams.acquire(blocking=False)
    assert streams.acquire(blocking=False), "a closed stream gives its place back"


def test_a_browser_that_takes_nothing_is_cut(app, technician):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        answer = technician.get(FLEET, environ_overrides={"gunicorn.socket": ours}, buffered=False)
        assert ours.gettimeout() == stream.PATIENCE_S
        answer.close()


def test_each_line_of_a_text_is_a_line_of_data():
    assert (
        frame(Event("a", "one\ntwo\r\n\nthree")) == "event: a\ndata: one\ndata: two\ndata: \ndata: three\n\n"
    )
    assert frame(Event("a", "")) == "event: a\ndata: \n\n"


def test_a_fragment_is_rendered_once_a_version_and_language():
    rendered = []

    def render():
        rendered.append(1)
        return f"text {len(rendered)}"

    fragments = Fragments()
    assert [fragments.text("k", "en", 1, render) for _ in range(3)] == ["text 1"] * 3
    assert fragments.text("k", "zh-CN", 1, render) == "text 2"
    assert fragments.text("k", "en", 2, render) == "text 3"
    assert fragments.text("k", "en", 1, render) == "text 3"


def test_every_row_has_its_event(app, technician):
    text = technician.get("/fleet/").text
    assert all(f'sse-swap="device-{device}"' in text for device in (ROOM, DESK, NEW))
