"""A file is the new one or the one before, whichever step the power goes at."""

from __future__ import annotations

import os
import stat

import pytest

from kiosk import disk


@pytest.fixture
def path(tmp_path):
    return tmp_path / "it.key"


def test_what_is_put_stands_there_for_its_owner_alone(path):
    disk.put(path, b"one ", b"two")
    assert path.read_bytes() == b"one two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    disk.put(path, b"three")
    assert path.read_bytes() == b"three"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_power_cut_left_half_written_is_written_over(path):
    path.with_suffix(".new").write_bytes(b"half")
    disk.put(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_what_the_disk_does_not_take_leaves_the_one_before(path, step, monkeypatch):
    disk.put(path, b"before")

    def refuses(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, refuses)
    with pytest.raises(OSError, match="No space"):
        disk.put(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(path.parent.iterdir()) == [path]


def test_everything_is_on_the_disk_before_it_has_its_name_and_the_name_after(path, monkeypatch):
    done = []
    for step in ("fsync", "rename"):
        real = getattr(os, step)
        monkeypatch.setattr(os, step, lambda *given, step=step, real=real: (done.append(step), real(*given)))
    disk.put(path, b"it")
    assert done == ["fsync", "rename", "fsync"]
