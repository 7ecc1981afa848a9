"""A whole room with real drivers at its cables: what a person does over HTTP arrives as events."""

from __future__ import annotations

import json
import urllib.request
from queue import Queue

import pytest

from drivers.door.unit import DoorSettings, DoorUnit
from drivers.errors import Gone
from drivers.events import (
    CardShown,
    Crossed,
    DeviceBack,
    DeviceLost,
    DoorAnswered,
    DoorSensed,
    GateAlarmed,
    TagGone,
    TagSeen,
    TagWritten,
)
from drivers.gate.feig_gate import FeigGate
from drivers.line.serial_line import open_serial
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.settings import FeigSettings
from drivers.pump import BackOff, Pump
from drivers.rig.app import RigServer
from drivers.rig.room import Room
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings
from tests.drivers.rig.room import ROOM, UIDS

CARD = "3305230000171"


class Site:
    """The rig over HTTP, and every event of the drivers on one queue."""

    def __init__(self):
        self.room = Room(ROOM)
        self.server = RigServer(self.room)
        self.events = Queue()
        self.passed = []
        urls = self.room.urls
        self.door = DoorUnit(DoorSettings("door"), lambda: open_serial(urls["door"], 115200, "E"))
        self.pad = FeigPad(FeigSettings("pad", urls["pad"]), lambda: open_serial(urls["pad"], 115200, "E"))
        devices = [
            self.door,
            self.pad,
            FeigGate(FeigSettings("gate", urls["gate"]), lambda: open_serial(urls["gate"], 115200, "E")),
            Scanner("scanner", ScannerSettings(port=""), lambda: open_serial(urls["scanner"])),
            Scanner("door_scanner", ScannerSettings(port=""), lambda: open_serial(urls["door_scanner"])),
        ]
        quick = BackOff(first_s=0.01, cap_s=0.01)
        self.pumps = [Pump(device, self.events.put, backoff=quick) for device in devices]
        for pump in self.pumps:
            pump.start()
        backs = {self.until(DeviceBack).device for _ in devices}
        assert backs == {"door", "pad", "gate", "scanner", "door_scanner"}

    def until(self, kind, **fields):
        """The first event of this kind with these fields that was not asked for yet, whichever came before it."""
        for event in self.passed:
            if is_like(event, kind, fields):
                self.passed.remove(event)
                return event
        while not is_like(event := self.events.get(timeout=10), kind, fields):
            self.passed.append(event)
        return event

    def do(self, path, **body):
        request = urllib.request.Request(f"{self.server.url}api{path}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def close(self):
        stopped = [pump.stop() for pump in self.pumps]
        assert all(stopped)
        self.server.close()
        self.room.close()


def is_like(event, kind, fields):
    return isinstance(event, kind) and all(getattr(event, name) == fields[name] for name in fields)


@pytest.fixture
def site():
    made = Site()
    yield made
    made.close()


def test_a_visit_from_the_street_to_the_street(site):
    site.do(f"/cards/{CARD}/tap", device="door_scanner")
    assert site.until(CardShown) == CardShown("door_scanner", CARD, "card")
    site.door.release(8000)
    assert site.until(DoorAnswered).error is None
    site.do("/door/push")
    site.until(DoorSensed, open=True, openings=1)
    site.do("/walk", direction="in")
    site.until(Crossed, entered=1)
    site.do("/door/close")

    site.do(f"/books/{UIDS[0]}/place", place="pad")
    assert site.until(TagSeen).content.item == "3305231000010"
    site.pad.secure(UIDS[0], secured=False)
    assert site.until(TagWritten).error is None
    state = site.do(f"/books/{UIDS[0]}/place", place="bag")
    assert state["books"][-1] | {"afi": "C2", "secured": False} == state["books"][-1]
    site.until(TagGone, uid=UIDS[0])

    site.do("/door/exit")
    site.until(DoorSensed, exit_pressed=True, released=True)
    site.do("/door/push")
    site.do("/walk", direction="out")
    alarmed = site.until(GateAlarmed)
    assert (alarmed.uid, alarmed.content.item) == (UIDS[2], "3305231000034")
    site.until(Crossed, left=1)


def test_a_qr_code_is_told_apart(site):
    site.do("/cards/3305230000289/tap", device="scanner")
    assert site.until(CardShown) == CardShown("scanner", "3305230000289", "qr")


def test_every_cable_can_be_pulled_and_put_back(site):
    for name in ("pad", "gate", "scanner", "door_scanner", "door"):
        site.do(f"/devices/{name}/plug", plugged=False)
        assert isinstance(site.until(DeviceLost, device=name).cause, Gone)
        site.do(f"/devices/{name}/plug", plugged=True)
        site.until(DeviceBack, device=name)


@pytest.mark.parametrize("look", ["", "?look_ms=1", "?look_ms=0", "?look_ms=often"])
def test_the_page_hears_what_a_driver_does(site, look):
    with urllib.request.urlopen(f"{site.server.url}events{look}", timeout=10) as stream:
        said = told(stream)
        assert next(said)["books"][0]["secured"]
        site.do(f"/books/{UIDS[0]}/place", place="pad")
        site.until(TagSeen)
        site.pad.secure(UIDS[0], secured=False)
        while book(next(said), UIDS[0])["afi"] != "C2":
            pass


def told(stream):
    for line in stream:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def book(state, uid):
    return next(each for each in state["books"] if each["uid"] == uid)
