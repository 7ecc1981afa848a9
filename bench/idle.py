"""What the devices of a room take of a core while nothing happens: one process that only runs their drivers.

    alone        each driver by itself, the loop that waits for its events included
    together     a pad, what reads cards, and the door, as a small room has them; with gate and printer, as a larger one

The devices are a rig's, in a process of its own, at their own pace: pad 38400 baud, OSDP and scanner 9600, the others 115200.
Processor time counts, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

from bench.report import Figure, figure, run_main
from drivers.configured import configured
from drivers.events import DeviceBack, DeviceEvent
from drivers.kit import driver
from drivers.pump import Pump

RUNS, RUN_S = 5, 2.0
SETTLE_S = 4.0
"""A door that has just been seen is looked at more often."""
PATIENCE_S = 10.0
GOAL = ("the goal of pad, card and door together", 2.0)
KEY = bytes(range(16)).hex()
DEVICES: Mapping[str, Mapping[str, object]] = {
    "pad": {"driver": "feig-pad"},
    "scanner": {"driver": "scanner"},
    "osdp": {"driver": "osdp", "place": "door", "key_file": "osdp.key"},
    "id_reader": {"driver": "sdt"},
    "door": {"driver": "modbus-door"},
    "gate": {"driver": "feig-gate"},
    "printer": {"driver": "escpos"},
}
"""Kind of a rig's device → how a kiosk has it."""
TOGETHER = (
    ("pad", "scanner", "door"),
    ("pad", "osdp", "door"),
    ("pad", "scanner", "osdp", "id_reader", "door"),
    ("pad", "scanner", "door", "gate", "printer"),
)


@contextmanager
def rig(folder: Path) -> Iterator[Mapping[str, str]]:
    """One of each device in a process of its own; its port by its kind."""
    key = f'key = "{KEY}"'
    tables = [
        f'[[devices]]\nname = "{kind}"\nkind = "{kind}"\n{key if kind == "osdp" else ""}' for kind in DEVICES
    ]
    path = folder / "rig.toml"
    path.write_text('name = "idle"\n' + "\n".join(tables), encoding="utf-8")
    run = [sys.executable, "-m", "drivers.rig", "--config", str(path)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["devices"]
        finally:
            process.terminate()


@contextmanager
def watched(kinds: Sequence[str], urls: Mapping[str, str], folder: Path) -> Iterator[None]:
    """The drivers of these devices, each on its pump, all of them back."""
    devices = configured({kind: {**DEVICES[kind], "port": urls[kind]} for kind in kinds}, folder)
    seen: Queue[DeviceEvent] = Queue()
    with ExitStack() as stack:
        for name, each in devices.items():
            pump = Pump(driver(each.driver).make(name, each.settings), seen.put)
            stack.callback(pump.stop)
            pump.start()
        back: set[str] = set()
        while back != set(kinds):
            event = seen.get(timeout=PATIENCE_S)
            back |= {event.device} if isinstance(event, DeviceBack) else set()
        yield


def percent(kinds: Sequence[str], urls: Mapping[str, str], folder: Path) -> Figure:
    samples = []
    with watched(kinds, urls, folder):
        time.sleep(SETTLE_S)
        for _ in range(RUNS):
            began, worked = time.perf_counter(), time.process_time()
            time.sleep(RUN_S)
            samples.append((time.process_time() - worked) / (time.perf_counter() - began) * 100)
    return figure(" + ".join(kinds), "% of a core", samples, GOAL)


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "osdp.key"
        key.write_text(KEY, "ascii")
        key.chmod(0o600)
        with rig(folder) as urls:
            alone = [(kind,) for kind in DEVICES]
            return [percent(kinds, urls, folder) for kinds in (*alone, *TOGETHER)]


if __name__ == "__main__":
    run_main("idle", measure)
