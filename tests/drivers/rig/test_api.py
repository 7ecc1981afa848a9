"""The API: every verb of its table, every refusal."""

from __future__ import annotations

import re
from threading import Event

import pytest

from drivers.rig import api
from drivers.rig.app import create_app
from drivers.rig.room import Room
from drivers.rig.texts import ERRORS, PAGE
from tests.drivers.rig.room import DESK, ROOM, UIDS


@pytest.fixture
def room():
    made = Room(ROOM)
    yield made
    made.close()


@pytest.fixture
def client(room):
    return create_app(room, Event()).test_client()


def place_of(state, uid):
    return next(book["place"] for book in state["books"] if book["uid"] == uid)


def test_state_tells_everything(client):
    state = client.get("/api/state").json
    assert state["name"] == ROOM.name
    assert [book["title"] for book in state["books"]] == ["三体", "活着", "围城"]
    assert [(book["afi"], book["secured"]) for book in state["books"][:2]] == [("07", True), ("C2", False)]
    assert state["door"]["free"] == ["silence"]
    assert state["people"] == {"inside": 0, "passing": False}
    assert [(each["name"], each["plugged"]) for each in state["devices"]] == [
        (device.name, True) for device in ROOM.devices
    ]
    assert all(re.fullmatch(r"socket://127\.0\.0\.1:\d+", each["url"]) for each in state["devices"])


def test_books_move(client):
    assert place_of(client.post(f"/api/books/{UIDS[0]}/place", json={"place": "pad"}).json, UIDS[0]) == "pad"
    moved = client.post("/api/pile", json={"from": "pad", "to": "bag"}).json
    assert place_of(moved, UIDS[0]) == "bag"


def test_a_book_leaves_one_room_for_another(client):
    assert client.delete(f"/api/books/{UIDS[0]}").status_code == 200
    book = {"uid": UIDS[0], "item": "3305231000010", "title": "三体", "secured": False, "place": "bag"}
    state = client.post("/api/books", json=book).json
    assert state["books"][-1]["afi"] == "C2"


def test_a_visit(client):
    assert client.post("/api/door/push").json["door"]["open"]
    inside = client.post("/api/walk", json={"direction": "in", "persons": 2}).json
    assert inside["people"] == {"inside": 2, "passing": True}
    out = client.post("/api/walk", json={"direction": "out"}).json
    assert (out["people"]["inside"], out["door"]["entered"], out["door"]["left"]) == (1, 2, 1)
    shut = client.post("/api/door/close").json["door"]
    assert (shut["open"], shut["openings"]) == (False, 1)


def test_dangers(client):
    assert client.post("/api/door/exit").json["door"]["exit"]
    assert client.post("/api/fire", json={"active": True}).json["door"]["fire"]
    assert not client.post("/api/fire", json={"active": False}).json["door"]["fire"]


def test_cables(client):
    state = client.post("/api/devices/pad/plug", json={"plugged": False}).json
    assert [each["plugged"] for each in state["devices"]] == [False, True, True, True, True]
    state = client.post("/api/devices/pad/plug", json={"plugged": True}).json
    assert all(each["plugged"] for each in state["devices"])


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/api/books/E004015099999999/place", {"place": "pad"}, 404, "unknown_book"),
        (f"/api/books/{UIDS[0]}/place", {"place": "roof"}, 400, "malformed"),
        (f"/api/books/{UIDS[0]}/place", {}, 400, "malformed"),
        (f"/api/books/{UIDS[0]}/place", {"place": "pad", "x": 1}, 400, "malformed"),
        ("/api/books", {"uid": UIDS[0], "item": "1", "title": "x"}, 409, "book_is_here"),
        (
            "/api/books",
            {"uid": "E004015099999999", "item": "条", "title": "x", "model": "iso28560-3"},
            400,
            "no_tag",
        ),
        ("/api/cards/1/tap", {"device": "scanner"}, 404, "unknown_card"),
        ("/api/cards/3305230000171/tap", {"device": "door"}, 404, "unknown_device"),
        ("/api/cards/3305230000171/tap", {}, 409, "which_scanner"),
        ("/api/devices/roof/plug", {"plugged": True}, 404, "unknown_device"),
        ("/api/walk", {"direction": "in"}, 409, "door_shut"),
        ("/api/walk", {"direction": "in", "persons": 0}, 400, "malformed"),
        ("/api/fire", {"active": "yes"}, 400, "malformed"),
        ("/api/nothing", {}, 404, "not_found"),
        ("/api/state", {}, 405, "refused"),
        ("/api/fire", {"active": True, "note": "x" * 20_000}, 413, "refused"),
    ],
)
def test_refusals(client, path, body, status, error):
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.json["message"]


def test_a_body_that_is_no_json_is_malformed(client):
    assert client.post("/api/fire", data=b"{").json["error"] == "malformed"


def test_a_locked_door_does_not_open(room, client):
    room._door.write(16, 3, [1])  # the controller lives
    assert client.post("/api/door/push").json["error"] == "door_locked"
    assert client.post("/api/door/push", json={"force": True}).json["door"]["open"]


def test_nobody_leaves_an_empty_room(client):
    client.post("/api/door/push")
    assert client.post("/api/walk", json={"direction": "out"}).json["error"] == "nobody_inside"


def test_an_unplugged_scanner_hears_nobody(client):
    client.post("/api/devices/scanner/plug", json={"plugged": False})
    answer = client.post("/api/cards/3305230000171/tap", json={"device": "scanner"})
    assert (answer.status_code, answer.json["error"]) == (409, "unplugged")


def test_a_desk_has_no_door_and_one_scanner():
    room = Room(DESK)
    client = create_app(room, Event()).test_client()
    assert client.get("/api/state").json["door"] is None
    assert client.post("/api/door/push").json["error"] == "no_door"
    assert client.post("/api/cards/3305230000171/tap").status_code == 200
    assert client.post("/api/walk", json={"direction": "in"}).json["people"]["inside"] == 1
    assert "leaf" not in client.get("/").text
    room.close()


@pytest.mark.parametrize(
    ("headers", "base", "status"),
    [
        ({}, "http://127.0.0.1:8100", 200),
        ({}, "http://localhost:8100", 200),
        ({"Origin": "http://127.0.0.1:8100"}, "http://127.0.0.1:8100", 200),
        ({"Origin": "http://evil.example"}, "http://127.0.0.1:8100", 403),
        ({"Origin": "http://127.0.0.1:9999"}, "http://127.0.0.1:8100", 403),
        ({"Origin": "null"}, "http://127.0.0.1:8100", 403),
        ({}, "http://evil.example:8100", 403),
    ],
)
def test_only_the_rig_s_own_page_may_act(client, headers, base, status):
    assert client.post("/api/door/exit", headers=headers, base_url=base).status_code == status


def test_nobody_may_look_under_a_foreign_name(client):
    assert client.get("/api/state", base_url="http://evil.example").status_code == 403


@pytest.mark.parametrize(
    ("asked", "path", "says"),
    [
        ("", "/", "借还台"),
        ("fr", "/", "借还台"),
        ("en-GB,en;q=0.9", "/", "Self-service desk"),
        ("zh-CN", "/?lang=en", "Self-service desk"),
        ("en", "/?lang=zh", "借还台"),
    ],
)
def test_the_page_speaks_chinese_first(client, asked, path, says):
    page = client.get(path, headers={"Accept-Language": asked})
    assert says in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_errors_speak_the_asker_s_language(client):
    said = [
        client.post("/api/devices/x/plug?lang=" + lang, json={"plugged": True}).json for lang in ("zh", "en")
    ]
    assert [each["message"] for each in said] == list(ERRORS["unknown_device"])


@pytest.mark.parametrize("table", [PAGE, ERRORS], ids=["page", "errors"])
def test_every_text_stands_in_both_languages(table):
    bare = {key for key, (zh, _) in table.items() if not re.search("[\u4e00-\u9fff]", zh)}
    assert bare <= {"other_language"}
    foreign = {key for key, (_, en) in table.items() if re.search("[\u4e00-\u9fff]", en)}
    assert foreign <= {"other_language"}


def test_the_table_stands_in_the_docstring():
    for verb in api.VERBS:
        rule = re.sub(r"<(\w+)>", lambda name: name[1].upper(), verb.path)
        assert re.search(rf"{verb.method} +/api{rule}\b", api.__doc__ or ""), verb
