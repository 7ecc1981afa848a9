"""Units on Modbus are found by questions that change nothing."""

from __future__ import annotations

import pytest

from drivers.door.board.driver import DRIVER as BOARD
from drivers.door.driver import DRIVER as DOOR
from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings
from drivers.emulators.door import EmulatedDoor, EmulatedDoorSettings
from drivers.emulators.modbus_rtu import Segment
from drivers.emulators.scanner import EmulatedScanner
from drivers.emulators.serve import Emulator, TcpPlug
from drivers.kit import Found
from drivers.line.line import Line
from drivers.modbus import finding
from drivers.modbus.settings import ModbusTiming
from drivers.probe.find import look, probing
from drivers.probe.ports import Port


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(finding, "TIMING", ModbusTiming(timeout_s=0.1, tries=1))


def asked(emulator: Emulator) -> list[Found | None]:
    """What the door's and the board's probe make of it."""
    plug = TcpPlug(emulator)
    try:
        assert DOOR.probe
        assert BOARD.probe
        return [DOOR.probe(plug.url), BOARD.probe(plug.url)]
    finally:
        plug.close()


def test_a_door_unit_is_known_by_its_own_map_and_is_no_board():
    door, board = asked(EmulatedDoor(EmulatedDoorSettings()))
    assert door
    assert (door.driver, door.identity, door.settings) == (
        "modbus-door",
        "Modbus door unit, firmware 1.2, serial number 1A2B3C4D",
        {"port": door.port, "serial": "1A2B3C4D"},
    )  # fmt: skip
    assert board is None


def test_any_other_unit_is_a_board_whose_registers_are_its_owners_to_write():
    for contacts in ((), (("discrete", 0),)):  # refuses the question, or answers it
        door, board = asked(EmulatedBoard(EmulatedBoardSettings(contacts=contacts, baud=115200)))
        assert door is None
        assert board
        assert (board.driver, board.identity, len(board.warnings)) == ("modbus-board", "Modbus unit 1", 1)


@pytest.mark.parametrize("framing", ["rtu", "tcp"])
def test_who_shares_the_bus_is_named_and_modbus_tcp_is_spoken(framing):
    units = {unit: EmulatedBoard(EmulatedBoardSettings()) for unit in (1, 3, 8)}
    door, board = asked(Segment(units, 921_600, framing))
    assert door is None
    assert board
    assert board.warnings[1] == "on this bus there answer units 3, 8, too: each a table of its own"
    assert board.settings == {"port": board.port} | ({"framing": "tcp"} if framing == "tcp" else {})


class OneAtATime:
    """libmodbus 3.1.6 behind a socket: deaf after octets that are no Modbus TCP, all registers there and 0."""

    def __init__(self) -> None:
        self._deaf = False

    def serve(self, line: Line) -> None:
        while True:
            heard = line.read(1)
            self._deaf |= bool(heard) and heard[2:6] != b"\0\0\0\6"
            if heard and not self._deaf:
                count = int.from_bytes(heard[10:12])
                values = bytes((count + 7) // 8 if heard[7] <= 2 else 2 * count)
                line.write(
                    heard[:4] + bytes([0, 3 + len(values)]) + heard[6:8] + bytes([len(values)]) + values
                )


def test_a_unit_that_serves_one_connection_is_asked_first_and_is_one_whatever_its_address():
    plug = TcpPlug(OneAtATime())
    try:
        (seen,) = look([Port(plug.url)], probing(), lambda: None)
    finally:
        plug.close()
    assert seen.found
    assert (seen.found.driver, len(seen.found.warnings)) == ("modbus-board", 1)
    assert seen.found.settings == {"port": plug.url, "framing": "tcp"}


def test_what_does_not_speak_modbus_is_neither():
    assert asked(EmulatedScanner()) == [None, None]
