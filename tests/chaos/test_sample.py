"""A short storm over real parts, with the same audit as the long one (`make chaos`)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

pytestmark = pytest.mark.xdist_group("network")

STORM = ("--kills", "16", "--minutes", "0.12", "--crowd", "8", "--no-half-open", "--patience", "80", "--json")
"""Two of each kind, and lines cut, stalled and slow. A line that is half-open takes a keepalive's time."""


def test_what_readers_saw_stands_in_ledger_facts_and_tallies_after_a_storm():
    command = [sys.executable, "-m", "tests.chaos", *STORM]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=115, check=False)
    assert ended.stdout, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["wrong"] == [], f"seed {figures['seed']}"
    assert figures["kills"] == 16
    assert figures["lost"] == figures["doubled"] == 0
    assert figures["facts compared"] > 1000
    assert ended.returncode == 0, ended.stderr
