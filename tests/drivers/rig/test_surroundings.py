"""What stands in a room beside books, cards and door, by the API; and the lines that the page gives to paste."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from threading import Event

import pytest

from deploy.demo.configs import MORE
from drivers.configured import configured
from drivers.rig import boards
from drivers.rig.app import create_app
from drivers.rig.config import ConfigError, load
from drivers.rig.room import Room
from tests.drivers.rig.room import ROOM, SURROUNDED

RIG = Path(__file__).parents[3] / "docs/devices/rig.md"
ID_NUMBER = SURROUNDED.id_cards[0].number


@pytest.fixture
def client():
    room = Room(SURROUNDED)
    yield create_app(room, Event()).test_client()
    room.close()


def test_probes_and_contacts_are_what_somebody_makes_of_them(client):
    first = client.get("/api/state").json
    assert {"name": "hall_temperature", "value": 21.5, "unit": "Cel"} in first["points"]
    assert {"name": "smoke", "active": False} in first["points"]
    client.post("/api/points/hall_temperature", json={"value": -3.5})
    points = client.post("/api/points/smoke", json={"active": True}).json["points"]
    assert {"name": "hall_temperature", "value": -3.5, "unit": "Cel"} in points
    assert {"name": "smoke", "active": True} in points


def test_a_printer_has_its_roll_cover_knife_and_paper(client):
    assert client.get("/api/state").json["printer"] == {
        "paper": "enough", "open": False, "jammed": False, "printed": 0, "text": []
    }  # fmt: skip
    client.post("/api/printer/paper", json={"paper": "low"})
    client.post("/api/printer/cover", json={"open": True})
    told = client.post("/api/printer/knife", json={"jammed": True}).json["printer"]
    assert (told["paper"], told["open"], told["jammed"]) == ("low", True, True)
    assert client.get("/paper.png").data.startswith(b"\x89PNG")
    assert client.post("/api/printer/tear").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/points/roof", {"value": 1}, 404, "unknown_point"),
        ("/points/smoke", {"value": 1}, 404, "unknown_point"),
        ("/points/hall_temperature", {"value": 9999}, 409, "beyond_probe"),
        ("/devices/pad/keys", {"keys": "1"}, 404, "no_keypad"),
        ("/devices/wall/keys", {"keys": "AB"}, 400, "malformed"),
        ("/printer/paper", {"paper": "wet"}, 400, "malformed"),
        ("/id_cards/1/tap", {}, 404, "unknown_card"),
        (f"/id_cards/{ID_NUMBER}/tap", {"device": "pad"}, 404, "unknown_device"),
    ],
)
def test_what_cannot_be_is_named(client, path: str, body: dict, status: int, error: str):
    answer = client.post(f"/api{path}", json=body)
    assert (answer.status_code, answer.json["error"]) == (status, error)


def test_a_room_without_them_says_so():
    room = Room(ROOM)
    try:
        client = create_app(room, Event()).test_client()
        assert client.post("/api/points/smoke", json={"active": True}).json["error"] == "no_sensors"
        assert client.post("/api/printer/tear").json["error"] == "no_printer"
        assert client.get("/paper.png").status_code == 404
    finally:
        room.close()


def test_an_unplugged_reader_of_identity_cards_reads_nothing(client):
    client.post("/api/devices/id_card/plug", json={"plugged": False})
    answer = client.post(f"/api/id_cards/{ID_NUMBER}/tap")
    assert (answer.status_code, answer.json["error"]) == (409, "unplugged")


def test_an_identity_card_that_cannot_be_is_refused_by_path(tmp_path: Path):
    path = tmp_path / "rig.toml"
    path.write_text(
        'name = "x"\n[[devices]]\nname = "a"\nkind = "id_reader"\n'
        '[[id_cards]]\nnumber = "110105194913310021"\nname = "x"\n'
    )
    with pytest.raises(ConfigError, match=r"\$\.id_cards\[0\]\.number"):
        load(path)


def test_the_lines_to_paste_are_those_of_the_boards(tmp_path: Path):
    text = RIG.read_text(encoding="utf-8")
    pasted = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[-1]
    devices = configured(tomllib.loads(pasted)["devices"], tmp_path)
    assert devices["surroundings"].settings.measures == boards.SENSORS.measures
    assert devices["surroundings"].settings.inputs == boards.SENSORS.inputs
    assert devices["lights"].settings.outputs == boards.OUTPUTS.outputs
    beam = devices["beam"].settings
    assert (beam.entered, beam.left) == (boards.COUNTER.entered, boards.COUNTER.left)


def test_the_demo_s_room_has_the_sensors_of_the_rig(tmp_path: Path):
    table = tomllib.loads('[devices.sensors]\nport = "/dev/p"\n' + MORE["sensors"])
    settings = configured(table["devices"], tmp_path)["sensors"].settings
    assert (settings.measures, settings.inputs) == (boards.SENSORS.measures, boards.SENSORS.inputs)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_all_of_it(client, language: str):
    page = client.get(f"/?lang={language}").text
    for said in (
        'data-value="hall_temperature"',
        'data-contact="smoke"',
        'data-output="siren"',
        'id="paper"',
        ID_NUMBER,
    ):
        assert said in page
