"""A room of emulators, its configuration, and somebody in it who does what the screen says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from drivers.probe import checks
from drivers.probe.acceptance import CheckReport
from drivers.probe.checks import Check
from drivers.rig.config import RigConfig
from drivers.rig.room import Room
from drivers.rig.world import Impossible
from tests.drivers.rig.room import CARDS, ROOM, SURROUNDED, UIDS

BAUD = {"pad": 115200, "scanner": 115200, "door_scanner": 115200}
RIG = Path(__file__).parents[3] / "docs/devices/rig.md"


@contextmanager
def plugged(config: RigConfig = ROOM) -> Iterator[Room]:
    """A room with all its cables in."""
    room = Room(config)
    try:
        yield room
    finally:
        room.close()


def written(folder: Path, room: Room, **ports: str) -> Path:
    """`kiosk.toml` of that room, as far as a probe reads it; `ports` are plugged elsewhere."""
    lines = ['device = "shiqiao-room"']
    for name, url in room.urls.items():
        lines += [f"[devices.{name}]", f'port = "{ports.get(name, url)}"']
        lines += [f"baud = {BAUD[name]}"] if name in BAUD else []
    path = folder / "kiosk.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def surroundings(room: Room, name: str) -> dict[str, object]:
    """The table that docs/devices/rig.md gives for this device, at its port."""
    pasted = re.findall(r"```toml\n(.*?)```", RIG.read_text(encoding="utf-8"), re.DOTALL)[-1]
    table: dict[str, object] = tomllib.loads(pasted)["devices"][name]
    return {**table, "port": room.urls[name]}


class Person:
    """A `Stage`: does what is asked for, again until it works, on a thread that ends with the check."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._end = Event()
        self._thread: Thread | None = None
        self.lazy: set[str] = set()
        """Checks for which nothing is done, and not waited for long."""
        self.reports: dict[str, CheckReport] = {}

    def begin(self, device: str, check: Check) -> None:
        if check.name in self.lazy:
            checks.PERSON_S = 0.05  # nobody will come
            return
        act = self._acts(device).get(check.name)
        if act:
            self._end = Event()
            self._thread = Thread(target=self._do, args=(act,), name="person")
            self._thread.start()

    def end(self, report: CheckReport) -> None:
        self.reports[report.name] = report
        self._end.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def ask(self, question: str) -> bool:
        return question not in self.lazy

    def _do(self, act: Callable[[], object]) -> None:
        while not self._end.wait(0.05):
            try:
                act()
            except Impossible:
                continue
            return

    def _acts(self, device: str) -> dict[str, Callable[[], object]]:
        room = self._room
        return {
            "reads_a_book": lambda: room.lay(UIDS[0], "pad"),
            "sees_it_leave": lambda: room.lay(UIDS[0], "bag"),
            "reads_a_pile": lambda: room.lay_pile("bag", "pad"),
            "reads_a_card": lambda: self._show(device),
            "counts_in": lambda: room.walk_in(1),
            "counts_out": lambda: room.walk_out(1),
            "sees_it_open": room.push_door,
            "sees_it_shut": room.close_door,
            "exit_button": room.press_exit,
            "fire_contact": self._burn,
            "alarms": lambda: room.lay(UIDS[0], "gate"),
        }

    def _show(self, device: str) -> None:
        if device == "id_card":
            self._room.tap_id(SURROUNDED.id_cards[0].number, device)
        else:
            self._room.tap(CARDS[0].number, device)

    def _burn(self) -> None:
        self._room.set_fire(True)
        self._end.wait(0.3)
        self._room.set_fire(False)
