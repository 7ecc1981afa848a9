"""The catalogue as a kiosk asks it: over a real HTTPS socket, by the certificate that is shown."""

import http.client

import pytest

from central.db import open_sessions
from central.fleet.models import Device
from tests.central.lists.test_serving import authority, client, start  # noqa: F401 - fixtures
from tests.central.lists.world import DESK, ROOM
from wire.catalogue import Shelf, answer


def post(port, context, octets, path="/catalogue", **headers):
    line = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
    try:
        line.request("POST", path, octets, headers)
        reply = line.getresponse()
        return reply.status, reply.read()
    finally:
        line.close()


def test_a_kiosk_is_told_what_fits_its_own_branch_first(small, start, authority):  # noqa: F811
    port = start()
    status, octets = post(port, client(authority, ROOM), '{"said": "三体"}'.encode())
    assert status == 200
    (found,) = answer(octets).titles
    assert (found.title, found.author, found.call_number) == ("三体", "刘慈欣", "I247.55/1")
    assert found.item, "a copy by which it is put on hold"
    at_room = found.shelves
    assert at_room[0].own
    _, octets = post(port, client(authority, DESK), b'{"said": "st"}')
    at_desk = next(one for one in answer(octets).titles if one.title == "三体").shelves
    assert {shelf.name_zh for shelf in at_desk} == {shelf.name_zh for shelf in at_room}
    assert [shelf.own for shelf in at_desk].count(True) == 1
    assert isinstance(at_desk[0], Shelf)


@pytest.mark.parametrize(
    "octets", [b"", b"{}", b'{"said": ""}', b"no json", b'{"said": "' + b"x" * 101 + b'"}', b'{"said": 1}']
)
def test_what_is_no_question_is_refused(small, start, authority, octets):  # noqa: F811
    assert post(start(), client(authority, ROOM), octets) == (400, b"")


@pytest.mark.parametrize("length", ["-1", "99999999", "9" * 5000, "x"])
def test_nobody_makes_the_server_wait_for_more_than_a_question(small, start, authority, length):  # noqa: F811
    octets = b'{"said": "st"}'
    assert post(start(), client(authority, ROOM), octets, **{"Content-Length": length})[0] == 400


def test_nobody_else_is_told_and_nothing_else_is_asked(small, start, authority):  # noqa: F811
    port = start()
    assert post(port, client(authority, "stranger"), b'{"said": "st"}') == (403, b"")
    assert post(port, client(authority, ROOM), b'{"said": "st"}', path="/lists/deny/1") == (404, b"")
    with open_sessions(small).begin() as session:
        session.get(Device, ROOM).retired_on = session.get(Device, ROOM).commissioned_on
    assert post(port, client(authority, ROOM), b'{"said": "st"}') == (403, b"")
