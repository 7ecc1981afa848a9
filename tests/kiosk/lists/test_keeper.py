"""The keeper against a real HTTPS server that behaves, and one that does not."""

import resource
from queue import SimpleQueue

import pytest

from drivers.pump import BackOff
from kiosk.central_events import ListMissed, ListsChanged
from kiosk.lists import download
from kiosk.lists.keeper import Keeper, Pace
from kiosk.lists.shelf import Shelf
from tests.certificates import Authority
from tests.kiosk.lists.server import Server, cut_after, endless, rest, whole
from tests.kiosk.lists.world import DEVICE, SIGNING, announced, deny

PATIENCE_S = 20
AT_ONCE = Pace(spread_s=0.0, backoff=BackOff(first_s=0.01, cap_s=0.05))


class Kiosk:
    """A keeper and the queue that it posts to."""

    def __init__(self, folder, settings, highest=None, pace=AT_ONCE):
        self.events = SimpleQueue()
        self.shelf = Shelf(folder, DEVICE, SIGNING.public_key())
        self.keeper = Keeper(
            settings, folder, DEVICE, SIGNING.public_key(), highest or {}, self.events.put, pace=pace
        )
        self.keeper.start()

    def next(self, kind=None):
        while True:
            event = self.events.get(timeout=PATIENCE_S)
            if kind is None or isinstance(event, kind):
                return event


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "server")
    yield server
    server.end()


@pytest.fixture
def make(tmp_path, server):
    made = []

    def make(**more):
        settings = more.pop("settings", None) or server.client(DEVICE)
        made.append(Kiosk(tmp_path / "lists", settings, **more))
        return made[-1]

    yield make
    for kiosk in made:
        assert kiosk.keeper.stop()


def wanted(server, body=None, *scripts):
    effect, octets = announced(body or deny(1, "111", "222"))
    server.scripts = list(scripts) or [whole(octets)]
    return effect, octets


def test_a_list_is_fetched_by_the_device_s_certificate_and_kept(server, make):
    kiosk = make()
    effect, _ = wanted(server)
    kiosk.keeper.fetch(effect)
    lists = kiosk.next().lists
    assert lists.denies_reader("111")
    assert server.peers == [DEVICE]
    assert server.requests[0].startswith("GET /lists/deny/1 HTTP/1.1\r\n")
    assert kiosk.shelf.load("deny").body == lists.by_name["deny"].body


def test_after_a_restart_it_stands_without_a_line(server, make):
    kiosk = make()
    effect, _ = wanted(server)
    kiosk.keeper.fetch(effect)
    kiosk.next(ListsChanged)
    kiosk.keeper.stop()
    again = make(highest={"deny": 1})
    assert again.events.get_nowait().lists.denies_reader("222")
    assert len(server.requests) == 1


def test_a_file_below_what_was_in_force_is_refused_at_a_start(server, make, tmp_path):
    effect, octets = announced(deny(3))
    Shelf(tmp_path / "lists", DEVICE, SIGNING.public_key()).keep("deny", effect.signed, octets)
    event = make(highest={"deny": 4}).events.get_nowait()
    assert event == ListMissed("deny", 4, "on disk: version 3, 4 was in force")


def test_a_swapped_file_is_refused_at_a_start(server, make, tmp_path):
    effect, octets = announced(deny(3), device="other-room")
    Shelf(tmp_path / "lists", DEVICE, SIGNING.public_key()).keep("deny", effect.signed, octets)
    event = make(highest={"deny": 3}).events.get_nowait()
    assert isinstance(event, ListMissed)
    assert "not signed by central" in event.why


def test_what_came_before_the_line_ended_is_not_fetched_again(server, make):
    effect, octets = wanted(server)
    server.scripts = [cut_after(octets, 40), rest(octets, 40)]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next(ListsChanged).lists.denies_reader("222")
    assert "Range: bytes=40-\r\n" in server.requests[1]


def test_a_server_that_ignores_the_range_sends_the_whole(server, make):
    effect, octets = wanted(server)
    server.scripts = [cut_after(octets, 40), whole(octets)]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next(ListsChanged).lists.denies_reader("222")


def test_another_part_than_was_asked_for_is_told_and_fetched_anew(server, make):
    effect, octets = wanted(server)
    server.scripts = [cut_after(octets, 40), rest(octets, 30), whole(octets)]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next() == ListMissed("deny", 1, "another part than was asked for")
    assert kiosk.next(ListsChanged).lists.denies_reader("222")
    assert "Range" not in server.requests[2]


def test_another_body_of_the_same_length_is_told_and_fetched_anew(server, make):
    effect, octets = wanted(server)
    server.scripts = [whole(octets[:-1] + b" "), whole(octets)]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next() == ListMissed("deny", 1, "not the body that was signed")
    assert kiosk.next(ListsChanged).lists.denies_reader("222")


def test_an_endless_body_is_cut_where_the_signed_one_ends(server, make):
    effect, octets = wanted(server)
    server.scripts = [endless, whole(octets)]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next().why == f"more than the {len(octets)} octets that were signed"
    assert kiosk.next(ListsChanged).lists.denies_reader("222")


def test_a_line_that_keeps_ending_is_told_at_the_third_attempt(server, make):
    effect, octets = wanted(server)
    server.scripts = [cut_after(octets, 10), *[whole(b"gone", status="404 Not Found")] * 3]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next() == ListMissed("deny", 1, "the server answers 404")
    assert len(server.requests) >= 3


def test_a_redirection_is_not_followed(server, make):
    effect, _ = wanted(server, None, whole(b"", status="302 Found\r\nLocation: https://127.0.0.1:1/"))
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next().why == "the server answers 302"


@pytest.mark.parametrize("silence", ["stall", "trickle"])
def test_a_slow_server_is_given_up(server, make, monkeypatch, silence):
    monkeypatch.setattr(download, "SILENCE_S", 0.2)
    monkeypatch.setattr(download, "ATTEMPT_S", 0.4)
    effect, octets = wanted(server)
    server.scripts = [getattr(server, silence), whole(octets)]
    kiosk = make()
    kiosk.keeper.fetch(effect)
    assert kiosk.next(ListsChanged).lists.denies_reader("222")


def test_a_stop_does_not_wait_for_a_slow_server(server, make):
    effect, _ = wanted(server, None, server.stall)
    kiosk = make()
    kiosk.keeper.fetch(effect)
    with server.asked:
        assert server.asked.wait_for(lambda: server.requests, PATIENCE_S)
    assert kiosk.keeper.stop(PATIENCE_S)
    assert kiosk.events.empty()


def test_a_server_of_another_authority_is_told_nothing(server, make, tmp_path):
    effect, _ = wanted(server)
    settings = server.client(DEVICE)
    other = Authority(tmp_path / "other").certificate
    kiosk = make(
        settings=type(settings)(
            "unused", url=settings.url, ca=other, certificate=settings.certificate, key=settings.key
        )
    )
    kiosk.keeper.fetch(effect)
    assert "CERTIFICATE_VERIFY_FAILED" in kiosk.next(ListMissed).why
    assert server.requests == []


def test_a_full_disk_leaves_the_list_before_in_force_and_is_tried_again(server, make):
    kiosk = make()
    effect, _ = wanted(server)
    kiosk.keeper.fetch(effect)
    kiosk.next(ListsChanged)
    effect, _ = wanted(server, deny(2, *map(str, range(1000))))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        kiosk.keeper.fetch(effect)
        assert kiosk.next() == ListMissed("deny", 2, "disk: File too large")
        assert kiosk.shelf.load("deny").body.version == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert kiosk.next(ListsChanged).lists.by_name["deny"].body.version == 2


def test_a_newer_head_takes_the_place_of_one_that_is_being_fetched(server, make):
    kiosk = make()
    effect, _ = wanted(server, None, whole(b"", status="404 Not Found"))
    kiosk.keeper.fetch(effect)
    with server.asked:
        assert server.asked.wait_for(lambda: server.requests, PATIENCE_S)
    newer, _ = wanted(server, deny(2))
    kiosk.keeper.fetch(newer)
    assert kiosk.next(ListsChanged).lists.by_name["deny"].body.version == 2


def test_an_older_head_does_not_take_the_place_of_a_newer_one(server, make):
    kiosk = make()
    newer, octets = announced(deny(2))
    server.scripts = [whole(b"", status="404 Not Found"), whole(octets)]
    kiosk.keeper.fetch(newer)
    with server.asked:
        assert server.asked.wait_for(lambda: server.requests, PATIENCE_S)
    kiosk.keeper.fetch(announced(deny(1))[0])
    assert kiosk.next(ListsChanged).lists.by_name["deny"].body.version == 2
    assert all("/lists/deny/2 " in request for request in server.requests)


def test_the_first_attempt_waits_by_chance(server, make):
    kiosk = make(pace=Pace(spread_s=3600.0, jitter=lambda: 1.0))
    effect, _ = wanted(server)
    kiosk.keeper.fetch(effect)
    kiosk.keeper.fetch(effect)
    assert kiosk.keeper.stop()
    assert server.requests == []


def test_a_small_list_waits_a_quarter():
    pace = Pace(spread_s=60.0, jitter=lambda: 1.0)
    assert (pace.first_s(1000), pace.first_s(1_600_000)) == (15.0, 60.0)


def test_a_stranger_s_certificate_ends_the_line(server, make, tmp_path):
    effect, _ = wanted(server)
    settings = server.client(DEVICE)
    certificate, key = Authority(tmp_path / "other").issue(DEVICE)
    kiosk = make(
        settings=type(settings)("unused", url=settings.url, ca=settings.ca, certificate=certificate, key=key)
    )
    kiosk.keeper.fetch(effect)
    assert kiosk.next(ListMissed).why
    assert server.requests == []
