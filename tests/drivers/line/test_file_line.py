"""A character device as a line: both ways, pulled out, and full."""

from __future__ import annotations

import os
import tty

import pytest

from drivers.errors import Gone
from drivers.line import file_line
from drivers.line.file_line import open_file


@pytest.fixture
def device():
    """The two ends of a character device; ours by its name."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)
    try:
        os.close(master)
    except OSError:
        return  # a test pulled it out


def test_both_ways(device):
    master, name = device
    line = open_file(name)
    assert line.read(0) == b""
    line.write(b"\x1b@" + bytes(300))
    assert os.read(master, 400) == b"\x1b@" + bytes(300)
    os.write(master, b"\x12")
    assert line.read(5) == b"\x12"
    line.close()
    line.close()
    with pytest.raises(Gone, match="cannot write"):
        line.write(b"x")


def test_pulled_out(device):
    master, name = device
    line = open_file(name)
    os.close(master)
    with pytest.raises(Gone, match="cannot write"):
        line.write(b"x")
    line.close()
    with pytest.raises(Gone, match="cannot read"):
        line.read(0)


def test_a_device_that_takes_nothing(device, monkeypatch):
    monkeypatch.setattr(file_line, "WRITE_TIMEOUT_S", 0.0)
    line = open_file(device[1])
    with pytest.raises(Gone, match="takes no octets"):
        line.write(bytes(1_000_000))
    line.close()


def test_not_there(tmp_path):
    with pytest.raises(Gone, match="No such file"):
        open_file(str(tmp_path / "lp0"))
