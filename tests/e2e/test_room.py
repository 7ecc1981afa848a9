"""A 24-hour room from the street to the street: the kiosk with all its threads, a lock on a relay board, an OSDP reader,
lights, probes and a counter on Modbus boards, each behind a line of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import create_server
from threading import Thread

import pytest

from drivers.door.board.settings import BoardSettings, Heartbeat
from drivers.emulators.board import EmulatedBoardSettings
from drivers.emulators.board_door import EmulatedBoardDoor
from drivers.emulators.serve import TcpPlug
from drivers.modbus.points import Contact
from drivers.modbus.relays import Relay, Timer
from drivers.rig.config import Card, Device, RigConfig
from drivers.rig.room import Room
from kiosk.build import build
from kiosk.central_events import ListsChanged
from kiosk.config import load
from tests.kiosk.ruling import body, lists
from tests.kiosk.settings import NOBODY, PUBLIC_KEY, written
from wire import facts
from wire.envelope import decode_fact
from wire.faults import number

CARD, STRANGER = "3305230000171", "3305230000289"
KEY = "000102030405060708090A0B0C0D0E0F"
PATIENCE_S = 20.0
BAUD = 115200
DOOR = BoardSettings(
    port="-",
    release=Relay(0, timer=Timer(function=5, address=0x0200)),
    heartbeat=Heartbeat(1, timer=Timer(function=5, address=0x0201)),
    open=Contact(0),
    exit=Contact(1),
    fire=Contact(2, active="open"),
    powered=Contact(3),
)
RIG = RigConfig(
    "石桥村 24 小时书屋",
    (
        Device("wall", "osdp", baud=BAUD, place="door", key=KEY),
        Device("beam", "counter", baud=BAUD),
        Device("surroundings", "sensors", baud=BAUD),
        Device("lights", "outputs", baud=BAUD),
    ),
    cards=(Card(CARD, "王小雨"), Card(STRANGER, "李建国")),
)
CONFIG = """device = "shiqiao-room"
state = "state"
[central]
public_key = "{key}"
url = "https://127.0.0.1:{nobody}"
ca = "password"
certificate = "password"
key = "password"
[mqtt]
port = {nobody}
[ils]
host = "127.0.0.1"
port = {nobody}
user = "shiqiao-room"
password_file = "password"
[screen]
port = {screen}
[room.environment.circuits.hall]
device = "lights"
output = "hall_light"
linger_s = 0
[devices.door]
driver = "modbus-board"
port = "{door}"
release = {{ address = 0, timer = {{ function = 5, address = 0x0200 }} }}
heartbeat = {{ address = 1, timer = {{ function = 5, address = 0x0201 }} }}
open = {{ address = 0 }}
exit = {{ address = 1 }}
fire = {{ address = 2, active = "open" }}
powered = {{ address = 3 }}
[devices.wall]
driver = "osdp"
port = "{wall}"
place = "door"
key_file = "osdp.key"
number = {{ encoding = "text" }}
[devices.beam]
driver = "modbus-counter"
port = "{beam}"
entered = {{ address = 0, kind = "u32" }}
left = {{ address = 2, kind = "u32" }}
[devices.lights]
driver = "modbus-outputs"
port = "{lights}"
outputs = {{ hall_light = {{ address = 0 }}, shelf_power = {{ address = 1 }}, siren = {{ address = 2 }} }}
[devices.surroundings]
driver = "modbus-sensors"
port = "{surroundings}"
poll_ms = 100
[devices.surroundings.inputs]
smoke = {{ address = 0 }}
"""


class House:
    """The room around a kiosk that runs."""

    def __init__(self, folder: Path) -> None:
        self.rig = Room(RIG)
        self.door = EmulatedBoardDoor(DOOR, board=EmulatedBoardSettings(baud=BAUD))
        self.plug = TcpPlug(self.door)
        key = folder / "osdp.key"
        key.write_text(KEY)
        key.chmod(0o600)
        with create_server(("127.0.0.1", 0)) as free:
            screen = free.getsockname()[1]
        ports = {**self.rig.urls, "door": self.plug.url}
        text = CONFIG.format(key=PUBLIC_KEY, nobody=NOBODY, screen=screen, **ports)
        self.daemon = build(load(written(folder, text)))
        self.thread = Thread(target=self.daemon.run, name="kiosk")
        self.thread.start()
        self.daemon.loop.queue.put(ListsChanged(lists(body("allow", readers=(CARD,)))))

    def close(self) -> None:
        self.daemon.ask_to_stop()
        self.thread.join(PATIENCE_S)
        self.plug.close()
        self.rig.close()

    def until(self, happened: Callable[[], object]) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not happened():
            assert time.monotonic() < give_up
            time.sleep(0.01)

    def standing(self, name: str) -> bool:
        return any(fault == number(name) for fault, _ in self.daemon.loop.kiosk.station.troubles)

    def told(self, kind: type[facts.Fact]) -> list[facts.Fact]:
        """Facts of one kind, from the journal's disk."""
        kept = (decode_fact(row.fact) for row in self.daemon.journal.tail(500))
        return [fact for fact in kept if isinstance(fact, kind)]

    @property
    def lit(self) -> bool:
        return self.rig.state().outputs["hall_light"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


def test_in_by_card_out_by_the_button_and_out_in_a_fire(house: House):
    there = house.daemon.loop.kiosk.station.fittings.by_name.keys()
    house.until(lambda: house.daemon.loop.kiosk.station.identities.keys() >= there)
    house.until(lambda: house.door.see().powered)

    house.rig.tap(STRANGER, "wall")
    house.until(lambda: house.told(facts.EntryRefused))
    assert house.door.see().powered

    house.rig.tap(CARD, "wall")
    house.until(house.door.push)
    house.rig.walk_in(1)
    house.until(lambda: house.told(facts.VisitEntered))
    house.until(lambda: house.lit)
    house.plug.unplug()  # the board is lost while the door stands open
    house.until(lambda: house.standing("door_lost"))
    house.door.close()
    house.plug.plug()
    house.until(lambda: not house.standing("door_lost"))

    house.door.press_exit()
    assert house.door.push(), "the button asks nobody"
    house.rig.walk_out(1)
    house.until(lambda: house.told(facts.VisitLeft))
    house.door.close()
    house.until(lambda: house.told(facts.ExitPressed))
    house.until(lambda: not house.lit)

    house.rig.set_point("smoke", None, True)
    house.until(lambda: house.standing("smoke_sensed"))
    house.door.trip_fire()
    assert house.door.push(), "and so does the fire contact"
    house.until(lambda: house.standing("fire_active"))
    house.until(lambda: house.lit)
    house.door.close()
    house.door.reset_fire()
    house.until(lambda: not house.standing("fire_active"))
    (granted,) = house.told(facts.EntryGranted)
    assert granted.decided_by == "list"
    (came,) = [fact for fact in house.told(facts.VisitEntered) if not fact.check]
    assert (came.persons, came.method) == (1, "counter")
