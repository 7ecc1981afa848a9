"""The idle screen's news over a real HTTPS line: fetched, kept, shown again without one."""

from hashlib import sha256
from queue import SimpleQueue

import msgspec
import pytest

from kiosk.idle.keeper import Keeper
from kiosk.idle.shelf import Shelf
from tests.kiosk.lists.server import Server, endless, whole
from wire.envelope import Malformed
from wire.idle import MAX_COVER_OCTETS, Announcement, Book, Idle

PICTURE = b"\xff\xd8\xff" + b"a cover"
NAME = sha256(PICTURE).hexdigest()
NEWS = Idle(
    1,
    fresh=(Book("三体", cover=NAME),),
    announcements=(Announcement("开馆", "Open", "2026-01-01", "2026-12-31"),),
)
NO_COVER = whole(b"", status="404 Not Found")


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "server")
    yield server
    server.end()


@pytest.fixture
def keeper(server, tmp_path):
    """A keeper that waits for nothing, and what it tells."""
    told: SimpleQueue[Idle] = SimpleQueue()
    keeper = Keeper(server.client("cun-room"), tmp_path / "idle", told.put, jitter=lambda: 0.0)
    yield keeper, told
    keeper.stop()


def test_news_and_their_pictures_are_fetched_and_stand_after_a_restart(server, keeper, tmp_path):
    server.scripts = [whole(msgspec.json.encode(NEWS)), whole(PICTURE)]
    keeper, told = keeper
    keeper.start()
    assert told.get(timeout=10) == NEWS
    assert [request.split()[1] for request in server.requests] == ["/idle", f"/covers/{NAME}"]
    assert keeper.shelf.cover(NAME) == PICTURE
    keeper.stop()
    again: SimpleQueue[Idle] = SimpleQueue()
    later = Keeper(server.client("cun-room"), tmp_path / "idle", again.put, jitter=lambda: 1.0)
    later.start()
    assert again.get(timeout=10) == NEWS
    later.stop()


@pytest.mark.parametrize("script", [NO_COVER, whole(b"<svg/>"), whole(PICTURE + b"!"), endless])
def test_a_picture_that_is_none_is_left_out_and_the_news_are_shown(server, keeper, script):
    server.scripts = [whole(msgspec.json.encode(NEWS)), script]
    keeper, told = keeper
    keeper.start()
    assert told.get(timeout=10) == NEWS
    assert keeper.shelf.cover(NAME) is None


def test_what_changed_at_central_is_asked_for_at_once_and_old_pictures_go(server, keeper):
    later = Idle(2)
    server.scripts = [whole(msgspec.json.encode(NEWS)), whole(PICTURE), whole(msgspec.json.encode(later))]
    keeper, told = keeper
    keeper.start()
    assert told.get(timeout=10) == NEWS
    keeper.look()
    assert told.get(timeout=10) == later
    assert keeper.shelf.cover(NAME) is None


@pytest.mark.parametrize(
    "octets", [b"", b"no json", b'{"at_ms": -1}', b'{"at_ms": 1, "fresh": 1}', b" " * 70_000]
)
def test_what_cannot_be_believed_on_disk_is_not_there(tmp_path, octets):
    (tmp_path / "idle.json").write_bytes(octets)
    assert Shelf(tmp_path).load() is None


def test_a_picture_is_kept_under_its_own_hash_alone(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.keep(NEWS)
    for octets in (PICTURE, b"\xff\xd8\xff".ljust(MAX_COVER_OCTETS + 1, b"x")):
        with pytest.raises(Malformed):
            shelf.keep_cover("0" * 64, octets)
    assert shelf.missing(NEWS) == [NAME]
