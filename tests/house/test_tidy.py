"""What must not stand in the tree."""

from __future__ import annotations

import re
import subprocess

from tests.house.tree import ROOT

# Spelt in pieces, so that this file does not find itself.
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X ", "NotImplemented" + "Error"]))
ADDRESSES = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "/work" + "/main"])
)
SECRETS = re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----")
NOT_OURS = ("static/vendor/", "LICENSE")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and not any(part in name for part in NOT_OURS)]


def found(pattern: re.Pattern[str], *endings: str) -> list[str]:
    hits = []
    for name in tracked():
        path = ROOT / name
        if not path.is_file() or (endings and not name.endswith(endings)):
            continue
        text = path.read_bytes()
        if b"\0" not in text and pattern.search(text.decode("utf-8", "replace")):
            hits.append(name)
    return hits


def test_nothing_is_left_for_later():
    assert found(UNFINISHED, ".py", ".html", ".js", ".css") == []


def test_no_address_of_a_registry_and_no_path_of_a_machine():
    assert found(ADDRESSES) == []


def test_no_secret():
    assert found(SECRETS) == []


def test_no_lock_file_that_carries_addresses():
    assert [name for name in tracked() if name.endswith(("uv" + ".lock", "pylock" + ".toml"))] == []
