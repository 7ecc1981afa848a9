"""Lists on disk: believed at a start only as far as they were when they came."""

import resource
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.lists.shelf import Shelf
from tests.kiosk.lists.world import DEVICE, EXPIRES_MS, SIGNING, announced, deny
from wire.envelope import Malformed
from wire.hours import Hours
from wire.lists import Body
from wire.signing import Forged


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "lists", DEVICE, SIGNING.public_key())


def put(shelf, body=None, name="deny", **more):
    effect, octets = announced(body or deny(1, "111"), **more)
    shelf.keep(name, effect.signed, octets)


def test_what_is_kept_is_found_again(shelf):
    put(shelf)
    found = shelf.load("deny")
    assert found.body == deny(1, "111")
    assert found.expires_ms == EXPIRES_MS
    assert shelf.load("allow") is None


def test_the_owner_alone_may_read_it(shelf, tmp_path):
    put(shelf)
    assert stat.S_IMODE((tmp_path / "lists").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "lists" / "deny.list").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["deny.list"]


def test_a_list_of_another_device_is_forged(shelf):
    put(shelf, device="other-room")
    with pytest.raises(Forged):
        shelf.load("deny")


def test_a_list_under_another_name_is_forged(shelf, tmp_path):
    put(shelf)
    (tmp_path / "lists" / "deny.list").rename(tmp_path / "lists" / "hold.list")
    with pytest.raises(Forged):
        shelf.load("hold")


def test_a_head_that_names_another_list_is_refused(shelf):
    effect, octets = announced(Body("hold", 1))
    own, _ = announced(deny(1))
    assert own.head.name == "deny"
    shelf.keep("deny", effect.signed, octets)
    with pytest.raises(Forged):
        shelf.load("deny")


def test_a_list_of_another_central_is_forged(shelf, tmp_path):
    put(shelf)
    stranger = Shelf(tmp_path / "lists", DEVICE, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(Forged):
        stranger.load("deny")


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:-9] + b"x" + b[-8:], lambda b: b + b" "])
def test_a_body_that_was_swapped_is_refused(shelf, tmp_path, spoil):
    put(shelf)
    path = tmp_path / "lists" / "deny.list"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(Malformed, match="not the body"):
        shelf.load("deny")


@pytest.mark.parametrize("octets", [b"", b"\xff\xff\xff\xff", b"\0\0\0\2{}", b"\0\0\0\0"])
def test_a_file_that_is_none_is_refused(shelf, tmp_path, octets):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "deny.list").write_bytes(octets)
    with pytest.raises(Malformed):
        shelf.load("deny")


def test_hours_in_a_zone_that_nobody_knows_are_refused(shelf):
    put(shelf, Body("hours", 1, hours=Hours("Asia/Nowhere", ((),) * 7)), "hours")
    with pytest.raises(Malformed, match="time zone"):
        shelf.load("hours")


def test_where_the_disk_is_full_the_list_before_stands_and_nothing_is_left(shelf, tmp_path):
    put(shelf)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="large"):
            put(shelf, deny(2, *map(str, range(100))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert shelf.load("deny").body.version == 1
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["deny.list"]


def test_what_a_power_cut_left_half_written_is_written_over(shelf, tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "deny.new").write_bytes(b"half")
    put(shelf)
    assert shelf.load("deny").body.version == 1
