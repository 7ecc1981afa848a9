"""The process: it says where it is, ends when told, and says what is wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILE = """
name = "书屋"
[[devices]]
name = "pad"
kind = "pad"
[[devices]]
name = "scanner"
kind = "scanner"
pty = "ttySCAN"
"""


def started(folder, text=FILE, *arguments):
    path = folder / "rig.toml"
    path.write_text(text)
    return subprocess.Popen(
        [sys.executable, "-m", "drivers.rig", "--config", str(path), *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_and_down(tmp_path, number):
    with started(tmp_path) as process:
        up = json.loads(process.stdout.readline())
        assert up["name"] == "书屋"
        assert up["devices"]["pad"].startswith("socket://127.0.0.1:")
        assert up["devices"]["scanner"] == str(tmp_path / "ttySCAN")
        with urllib.request.urlopen(f"{up['page']}api/state", timeout=10) as answer:
            assert json.load(answer)["name"] == "书屋"
        process.send_signal(number)
        rest, wrong = process.communicate(timeout=20)
    assert (process.returncode, rest, wrong) == (0, "", "")
    assert not (tmp_path / "ttySCAN").exists()


def test_a_wrong_file_is_named(tmp_path):
    with started(tmp_path, FILE.replace("kind", "kin", 1)) as process:
        said, wrong = process.communicate(timeout=20)
    assert (process.returncode, said) == (2, "")
    assert "unknown field `kin`" in wrong


def test_a_taken_port_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = started(tmp_path, FILE, "--port", str(taken.getsockname()[1]))
        said, wrong = process.communicate(timeout=20)
    assert (process.returncode, said) == (1, "")
    assert "cannot listen" in wrong
