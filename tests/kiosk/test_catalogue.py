"""The catalogue over a real HTTPS line: what is found, and a central that is slow, wrong or away."""

import msgspec
import pytest

from kiosk import catalogue
from kiosk.catalogue import Catalogue
from kiosk.https import Missed
from tests.kiosk.lists.server import Server, cut_after, endless, whole
from wire.catalogue import MAX_ANSWER_OCTETS, Answer, Shelf, Title

FOUND = Answer(
    (Title("三体", "刘慈欣", "重庆出版社 2008", "I247.55/1", (Shelf("村", "Cun", 1, 2, own=True),)),)
)
OCTETS = msgspec.json.encode(FOUND)


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "server")
    yield server
    server.end()


def test_what_is_asked_goes_in_the_body_and_what_is_found_comes_back(server):
    server.scripts = [whole(OCTETS)]
    assert Catalogue(server.client("cun-room")).ask("三体") == FOUND
    assert server.peers == ["cun-room"]
    assert server.requests[0].startswith("POST /catalogue HTTP/1.1\r\n")
    assert server.requests[0].endswith('\r\n\r\n{"said":"三体"}')


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (whole(b"", status="403 Forbidden"), "answers 403"),
        (whole(b"no json"), "no answer"),
        (whole(b'{"titles": 1}'), "no answer"),
        (whole(b"x" * (MAX_ANSWER_OCTETS + 1)), "no answer"),
        (endless, "no answer"),
        (cut_after(OCTETS, 10), "no answer"),
        (lambda line, _request: line.unwrap(), "closed"),
    ],
)
def test_what_is_no_answer_is_missed(server, script, told):
    server.scripts = [script]
    with pytest.raises(Missed, match=told):
        Catalogue(server.client("cun-room")).ask("三体")


@pytest.mark.parametrize("slow", ["stall", "trickle"])
def test_nobody_waits_for_a_central_that_is_slow(server, monkeypatch, slow):
    monkeypatch.setattr(catalogue, "ASK_S", 0.2)
    server.scripts = [getattr(server, slow)]
    with pytest.raises(Missed):
        Catalogue(server.client("cun-room")).ask("三体")


def test_two_ask_at_once_and_a_third_is_told_to_wait(server, monkeypatch):
    monkeypatch.setattr(catalogue, "AT_ONCE", 0)
    with pytest.raises(Missed, match="busy"):
        Catalogue(server.client("cun-room")).ask("三体")
