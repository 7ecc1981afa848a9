"""Covers of books on the pad: asked over a real HTTPS line, kept on a small shelf, and never waited for."""

from hashlib import sha256
from queue import SimpleQueue

import pytest

from kiosk import covers
from kiosk.covers import Covers
from tests.kiosk.lists.server import Server, endless, whole

PICTURES = [b"\xff\xd8\xff" + bytes([number]) for number in range(3)]
NAMES = [sha256(octets).hexdigest() for octets in PICTURES]
ANSWER = b'{"covers":["%s","","%s"]}' % (NAMES[0].encode(), NAMES[1].encode())


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "server")
    yield server
    server.end()


@pytest.fixture
def idle():
    """What the idle screen has on disk."""
    return {}


@pytest.fixture
def kiosk(server, tmp_path, idle):
    """Covers that are asked for, and what they tell."""
    told: SimpleQueue[None] = SimpleQueue()
    made = Covers(server.client("cun-room"), tmp_path / "covers", idle.get)
    made.start(lambda: told.put(None))
    yield made, told
    made.stop()


def test_one_question_names_the_books_and_nobody_and_each_picture_is_fetched_once(server, kiosk, tmp_path):
    server.scripts = [
        whole(ANSWER),
        whole(PICTURES[0]),
        whole(PICTURES[1]),
        whole(b"", status="404 Not Found"),
    ]
    pad, told = kiosk
    assert pad.known(["A", "B", "C"]) == {}
    told.get(timeout=10)
    told.get(timeout=10)
    assert pad.known(["A", "B", "C"]) == {"A": NAMES[0], "C": NAMES[1]}
    assert [pad.cover(name) for name in NAMES] == [*PICTURES[:2], None]
    assert server.requests[0].endswith('\r\n\r\n{"items":["A","B","C"]}')
    assert [request.split()[1] for request in server.requests] == [
        "/covers",
        *(f"/covers/{n}" for n in NAMES[:2]),
    ]
    (tmp_path / "covers" / NAMES[0]).write_bytes(PICTURES[0][:-1])
    assert pad.cover(NAMES[0]) is None, "torn by a loss of power"


@pytest.mark.parametrize(
    "script", [whole(b"no json"), whole(b'{"covers":[]}'), whole(b"", status="403 Forbidden"), endless]
)
def test_a_central_that_does_not_answer_is_let_alone_for_a_while(server, kiosk, script):
    server.scripts = [script]
    pad, told = kiosk
    assert pad.known(["A"]) == {}
    with server.asked:
        assert server.asked.wait_for(lambda: server.requests, 10)
    pad.stop()
    assert pad.known(["A"]) == {}
    assert (told.empty(), len(server.requests)) == (True, 1)


def test_a_picture_of_the_idle_screen_is_not_fetched_and_outlasts_it(server, kiosk, idle):
    server.scripts = [whole(b'{"covers":["%s"]}' % NAMES[0].encode())]
    idle[NAMES[0]] = PICTURES[0]
    pad, told = kiosk
    pad.known(["A"])
    told.get(timeout=10)
    idle.clear()
    assert (pad.cover(NAMES[0]), len(server.requests)) == (PICTURES[0], 1)


def test_the_oldest_pictures_leave_the_shelf(server, kiosk, tmp_path, monkeypatch):
    monkeypatch.setattr(covers, "KEPT", 1)
    server.scripts = [whole(ANSWER), whole(PICTURES[0]), whole(PICTURES[1])]
    pad, told = kiosk
    pad.known(["A", "B", "C"])
    told.get(timeout=10)
    told.get(timeout=10)
    assert [file.name for file in (tmp_path / "covers").iterdir()] == [NAMES[1]]
