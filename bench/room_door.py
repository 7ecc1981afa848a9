"""A door in a process of its own, for `bench.room`: a unit or a board behind a line, and when it heard what.

Times are the machine's monotonic seconds, the same in every process.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from drivers.door.board.settings import BoardSettings, Heartbeat
from drivers.emulators.board import EmulatedBoardSettings
from drivers.emulators.board_door import EmulatedBoardDoor
from drivers.emulators.door import EmulatedDoor, EmulatedDoorSettings
from drivers.emulators.modbus_rtu import Framing
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.line.line import Line
from drivers.modbus.points import Contact
from drivers.modbus.relays import Relay, Timer

BAUD = 115200
EXIT_HOLD_S = 0.15
"""The button's timer: short, so that many presses fit."""
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Make:
    """One way to hang a lock on a line."""

    name: str
    driver: str
    serial: bool
    """On a pseudo-terminal at BAUD; else on TCP."""
    released_by: bytes
    """How the request for a release begins: function and address."""
    octets: int
    """Of that whole request."""
    framing: Framing = "rtu"

    @property
    def head(self) -> int:
        """Octets before the function."""
        return 1 if self.framing == "rtu" else 7


UNIT = Make("door unit, RTU 115200", "modbus-door", True, bytes.fromhex("10 0000"), 15)
BOARD = Make("board, RTU 115200", "modbus-board", True, bytes.fromhex("05 0200"), 8)
BOARD_TCP = Make("board, Modbus TCP", "modbus-board", False, bytes.fromhex("05 0200"), 12, "tcp")
MAKES = (UNIT, BOARD, BOARD_TCP)


@dataclass(frozen=True)
class Door:
    """The door from outside."""

    url: str
    pipe: Connection

    def released_s(self) -> float:
        """When the last octet of the next release had come."""
        assert self.pipe.poll(PATIENCE_S), "no release came"
        return float(self.pipe.recv())

    def drain(self) -> None:
        """Forget what has come."""
        while self.pipe.poll():
            self.pipe.recv()

    def press_exit(self) -> tuple[float, float]:
        """When the button was pressed, and when the lock had no power."""
        self.pipe.send("exit")
        return self.pipe.recv()  # type: ignore[no-any-return]  # a pair of its process


@contextmanager
def door(make: Make, folder: Path) -> Iterator[Door]:
    """A door for the length of a block."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_live, args=(theirs, make, folder))
    process.start()
    try:
        yield Door(ours.recv(), ours)
    finally:
        ours.send("end")
        process.join(PATIENCE_S)


def board_settings(port: str, framing: Framing) -> BoardSettings:
    """A lock on relay 0, its heartbeat on relay 1, both timed by the board."""
    return BoardSettings(
        port=port,
        baud=BAUD,
        framing=framing,
        release=Relay(0, timer=Timer(function=5, address=0x0200)),
        heartbeat=Heartbeat(1, timer=Timer(function=5, address=0x0201)),
        open=Contact(0),
        exit=Contact(1),
        fire=Contact(2, active="open"),
        powered=Contact(3),
    )


class _Ears:
    """A line that notes when the last octet of a release has come."""

    def __init__(self, line: Line, make: Make, pipe: Connection) -> None:
        self._line = line
        self._make = make
        self._pipe = pipe
        self._heard = b""

    def read(self, timeout_s: float) -> bytes:
        octets = self._line.read(timeout_s)
        self._heard += octets
        is_release = self._heard[self._make.head :].startswith(self._make.released_by)
        if octets and is_release and len(self._heard) >= self._make.octets:
            self._pipe.send(time.monotonic())
            self._heard = b""
        return octets

    def write(self, octets: bytes) -> None:
        self._heard = b""
        self._line.write(octets)

    def close(self) -> None:
        self._line.close()


class _Heard:
    """An emulator behind such ears."""

    def __init__(self, emulator: EmulatedDoor | EmulatedBoardDoor, make: Make, pipe: Connection) -> None:
        self._emulator = emulator
        self._make = make
        self._pipe = pipe

    def serve(self, line: Line) -> None:
        self._emulator.serve(_Ears(line, self._make, self._pipe))


def _live(pipe: Connection, make: Make, folder: Path) -> None:
    world = _world(make)
    heard = _Heard(world, make, pipe)
    plug = PtyPlug(heard, folder / "door") if make.serial else TcpPlug(heard)
    pipe.send(plug.url)
    while pipe.recv() == "exit":
        pressed = time.monotonic()
        world.press_exit()
        while world.see().powered:
            pass
        pipe.send((pressed, time.monotonic()))
    plug.close()


def _world(make: Make) -> EmulatedDoor | EmulatedBoardDoor:
    if make.driver == "modbus-door":
        return EmulatedDoor(EmulatedDoorSettings(baud=BAUD, exit_hold_s=EXIT_HOLD_S))
    board = EmulatedBoardSettings(baud=BAUD, framing=make.framing)
    return EmulatedBoardDoor(board_settings("-", make.framing), board=board)
