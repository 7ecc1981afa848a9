"""The demo's children end with it, also where it is killed and can say nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

PARENT = """
import sys, time
from pathlib import Path
from deploy.demo.processes import Family

family = Family(Path(sys.argv[1]))
child = family.start("pages", "http.server", "--bind", "127.0.0.1", "0")
family.wait("pages", lambda: "Serving" in child.log.read_text())
print(child.process.pid, flush=True)
time.sleep(60)
"""
WAIT_S = 10.0


def runs(pid: int) -> bool:
    """It is there, and is no corpse that nobody has fetched yet."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_a_demo_that_is_killed_leaves_no_child_behind(tmp_path):
    with subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        child = int(demo.stdout.readline())
        assert runs(child)
        demo.kill()
    give_up = time.monotonic() + WAIT_S
    while runs(child):
        assert time.monotonic() < give_up, "the child lives on"
        time.sleep(0.02)
