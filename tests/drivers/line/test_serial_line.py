"""The serial line over both plugs: what goes in comes out, and a pulled cable is Gone."""

from __future__ import annotations

from threading import Event

import pytest

from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.errors import Gone
from drivers.line import serial_line
from drivers.line.serial_line import open_serial


class Echo:
    """Sends back what it hears."""

    def serve(self, line):
        while True:
            if octets := line.read(1.0):
                line.write(octets)


@pytest.fixture(params=["tcp", "pty"])
def plug(request, tmp_path):
    made = TcpPlug(Echo()) if request.param == "tcp" else PtyPlug(Echo(), tmp_path / "ttyECHO")
    yield made
    made.close()


def heard(line, count):
    octets = b""
    while len(octets) < count:
        more = line.read(5.0)
        assert more, f"silence after {octets!r}"
        octets += more
    return octets


def read_on(line):
    while True:
        line.read(5.0)


def write_on(line):
    while True:
        line.write(b"anybody?")


def test_all_octet_values_pass_unchanged(plug):
    line = open_serial(plug.url, 115200, "E")
    line.write(bytes(range(256)))
    assert heard(line, 256) == bytes(range(256))
    line.close()
    line.close()


def test_a_line_is_opened_again_as_it_was_before(plug):
    for _ in range(3):
        line = open_serial(plug.url, 115200, "E")
        line.write(b"again")
        assert heard(line, 5) == b"again"
        line.close()


def test_silence_is_empty(plug):
    line = open_serial(plug.url)
    assert line.read(0.0) == b""
    line.close()


def test_an_unplugged_line_is_gone_and_refuses_until_plugged(plug):
    line = open_serial(plug.url)
    plug.unplug()
    with pytest.raises(Gone):
        read_on(line)
    line.close()
    with pytest.raises(Gone):
        open_serial(plug.url)
    plug.plug()
    again = open_serial(plug.url)
    again.write(b"back")
    assert heard(again, 4) == b"back"
    again.close()


def test_write_to_an_unplugged_line_is_gone(plug):
    line = open_serial(plug.url)
    plug.unplug()
    with pytest.raises(Gone):
        write_on(line)
    line.close()


class Deaf:
    """Takes nothing, until the cable is pulled."""

    def __init__(self):
        self.pulled = Event()

    def serve(self, line):
        self.pulled.wait()


def test_a_peer_that_takes_no_octets_is_gone(monkeypatch):
    monkeypatch.setattr(serial_line, "WRITE_TIMEOUT_S", 0.01)
    deaf = Deaf()
    plug = TcpPlug(deaf)
    line = open_serial(plug.url)
    with pytest.raises(Gone, match="takes no octets"):
        line.write(bytes(64 << 20))
    deaf.pulled.set()
    line.close()
    plug.close()


def test_a_second_peer_is_served_after_the_first(plug):
    for _ in range(2):
        line = open_serial(plug.url)
        line.write(b"hello")
        assert heard(line, 5) == b"hello"
        line.close()


@pytest.mark.parametrize(
    "url", ["/nowhere/tty", "socket://127.0.0.1:1", "nonsense://x", "socket://", "loop://"]
)
def test_what_cannot_be_opened_is_gone(url):
    with pytest.raises(Gone, match="cannot open"):
        open_serial(url)


def test_an_impossible_rate_is_gone(tmp_path):
    plug = PtyPlug(Echo(), tmp_path / "ttyECHO")
    with pytest.raises(Gone):
        open_serial(plug.url, -1)
    plug.close()
