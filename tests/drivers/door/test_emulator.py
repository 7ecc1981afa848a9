"""The wiring: what frees a person needs no controller, no line and no software."""

from __future__ import annotations

import struct

import pytest

from drivers.emulators.door import EmulatedDoor, EmulatedDoorSettings, Totals
from drivers.emulators.modbus_rtu import Slave, crc

NEW = Totals()


class Bench:
    """A door, its clock, and a way to speak Modbus to it."""

    def __init__(self, totals=NEW):
        self.now = 100.0
        self.door = EmulatedDoor(EmulatedDoorSettings(), totals, clock=lambda: self.now)
        self._slave = Slave(1, self.door, 115200)

    def ask(self, text):
        octets = bytes.fromhex(text)
        reply = self._slave.reply(octets + crc(octets))
        return reply[:-2].hex(" ") if reply else ""

    def beat(self):
        assert self.ask("01 06 0003 0001")

    def release(self, limit_ms):
        assert self.ask(f"01 10 0000 0003 06 {limit_ms:08X} 0001")

    def secure(self):
        assert self.ask("01 06 0002 0000")


@pytest.fixture
def bench():
    made = Bench()
    made.beat()
    return made


def test_locked_it_does_not_open(bench):
    assert not bench.door.push()
    assert bench.door.see().totals.openings == 0


def test_released_it_opens_once_and_counts_once(bench):
    bench.release(3000)
    assert bench.door.push()
    assert bench.door.push()
    assert bench.door.see().totals.openings == 1
    bench.door.close()
    assert bench.door.push()
    assert bench.door.see().totals.openings == 2


def test_the_unit_itself_ends_a_release(bench):
    bench.release(3000)
    bench.now += 2.9
    assert bench.door.see().free == ("order",)
    bench.now += 0.2
    assert bench.door.see().powered
    assert not bench.door.push()


def test_secure_ends_a_release(bench):
    bench.release(3000)
    bench.secure()
    assert bench.door.see().powered


def test_the_coil_does_the_same_with_the_limit_written_before(bench):
    assert bench.ask("01 10 0000 0002 04 000007D0")
    assert bench.ask("01 05 0000 FF00") == "01 05 00 00 ff 00"
    assert bench.ask("01 01 0000 0001") == "01 01 01 01"
    bench.now += 2.1
    assert bench.ask("01 01 0000 0001") == "01 01 01 00"


@pytest.mark.parametrize("danger", ["fire", "exit"])
def test_exit_and_fire_free_whatever_the_controller_wants(bench, danger):
    if danger == "fire":
        bench.door.trip_fire()
    else:
        bench.door.press_exit()
    bench.secure()
    assert bench.ask("01 05 0000 0000")
    assert bench.door.see().free == (danger,)
    assert bench.door.push()


@pytest.mark.parametrize("danger", ["fire", "exit"])
def test_exit_and_fire_free_without_any_controller(danger):
    bench = Bench()
    bench.beat()
    if danger == "fire":
        bench.door.trip_fire()
    else:
        bench.door.press_exit()
    assert bench.door.push()


def test_fire_stays_until_it_is_reset(bench):
    bench.door.trip_fire()
    bench.now += 3600
    bench.beat()
    assert bench.door.see().free == ("fire",)
    bench.door.reset_fire()
    assert bench.door.see().powered


def test_the_exit_button_lets_go_by_its_own_timer(bench):
    bench.door.press_exit()
    bench.now += 5.1
    bench.beat()
    assert bench.door.see().powered


def test_a_dead_controller_frees_the_door(bench):
    bench.now += 5.1
    assert bench.door.see().free == ("silence",)
    assert bench.door.push()
    bench.beat()
    assert bench.door.see().powered


def test_a_forced_door_counts_though_it_was_locked(bench):
    bench.door.force()
    seen = bench.door.see()
    assert (seen.open, seen.powered, seen.totals.openings) == (True, True, 1)


def test_totals_wrap():
    bench = Bench(Totals(0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFF))
    bench.door.push()
    bench.door.cross(entered=3, left=1)
    assert bench.door.see().totals == Totals(0, 1, 0)
    assert bench.ask("01 04 0000 0007") == "01 04 0e 00 00 00 00 00 00 00 01 00 00 00 00 01 02"


def test_contacts_travel_in_the_map_s_order(bench):
    assert bench.ask("01 02 0000 0005") == "01 02 01 12"
    bench.door.trip_fire()
    bench.door.press_exit()
    bench.door.push()
    assert bench.ask("01 02 0000 0005") == "01 02 01 0d"


@pytest.mark.parametrize(
    ("request_hex", "reply"),
    [
        ("01 07 0000 0000", "01 87 01"),
        ("01 02 0000 0006", "01 82 02"),
        ("01 02 0000 0000", "01 82 03"),
        ("01 03 0000 007E", "01 83 03"),
        ("01 06 0004 0001", "01 86 02"),
        ("01 05 0001 FF00", "01 85 02"),
        ("01 05 0000 1234", "01 85 03"),
        ("01 0F 0000 0001 01 01", "01 0f 00 00 00 01"),
        ("01 0F 0000 0009 01 01", "01 8f 03"),
        ("01 10 0000 0002 02 0001", "01 90 03"),
        ("02 02 0000 0005", ""),
        ("00 05 0000 FF00", ""),
    ],
)
def test_what_it_refuses_and_what_it_is_silent_to(bench, request_hex, reply):
    assert bench.ask(request_hex) == reply


def test_a_broken_checksum_gets_no_reply(bench):
    frame = bytes.fromhex("010200000005")
    assert bench._slave.reply(frame + struct.pack("<H", 0)) == b""
