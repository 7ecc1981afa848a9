"""A stream is read as it comes; what came before a moment does not count."""

from __future__ import annotations

import time

import pytest

from bench import stream
from bench.stream import Stream, events
from deploy.demo.visit import DidNotHappen
from drivers.rig.app import RigServer
from drivers.rig.room import Room
from tests.drivers.rig.room import DESK, UIDS

SAID = [
    b"retry: 500\n",
    b"\n",
    b": still here\n",
    b"\n",
    b"event: page\n",
    b'data: <div id="page">\n',
    b"data: </div>\n",
    b"\n",
    b"id: 7\r\n",
    b"\r\n",
    b"data: cut",
]


@pytest.fixture
def room():
    made = Room(DESK)
    yield made
    made.close()


@pytest.fixture
def server(room):
    up = RigServer(room)
    yield up
    up.close()


def in_bag(count):
    return lambda state: state.count('"place":"bag"') == count


def test_events_are_told_apart():
    assert list(events(SAID)) == ["retry: 500", 'event: page\ndata: <div id="page">\ndata: </div>', "id: 7"]


def test_a_change_is_stamped_when_it_arrived(room, server):
    with Stream(f"{server.url}events?look_ms=1") as told:
        assert told.first("the room as it is", 0.0, in_bag(1)) <= time.monotonic()
        begun = time.monotonic()
        room.lay(UIDS[0], "bag")
        assert begun <= told.first("a second book", begun, in_bag(2)) <= time.monotonic()


def test_one_event_may_answer_two_questions(server):
    with Stream(f"{server.url}events") as told:
        shelf = told.first("books on the shelf", 0.0, lambda state: '"place":"shelf"' in state)
        assert told.first("a book in the bag", 0.0, in_bag(1)) == shelf


def test_what_came_before_does_not_count(server, monkeypatch):
    monkeypatch.setattr(stream, "PATIENCE_S", 0.1)
    with Stream(f"{server.url}events") as told:
        now = told.first("the room as it is", 0.0, in_bag(1))
        with pytest.raises(DidNotHappen, match="a book in the bag"):
            told.first("a book in the bag", now + 1, in_bag(1))


def test_an_answer_that_is_no_stream_is_an_error(server):
    with pytest.raises(OSError, match="404"):
        Stream(f"{server.url}nowhere")
