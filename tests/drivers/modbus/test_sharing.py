"""Several devices on one port, with real threads: one connection, and all of them back after a pulled cable."""

from __future__ import annotations

from queue import Queue

import pytest

from drivers.counter.modbus.driver import DRIVER as COUNTER
from drivers.counter.modbus.settings import CounterSettings, Tally
from drivers.emulators.board import EmulatedBoard, EmulatedBoardSettings
from drivers.emulators.modbus_rtu import Segment
from drivers.emulators.serve import TcpPlug
from drivers.errors import Gone
from drivers.events import Crossed, DeviceBack, DeviceLost, Measured, OutputSwitched
from drivers.outputs.modbus.driver import DRIVER as OUTPUTS
from drivers.outputs.modbus.settings import Output, OutputSettings
from drivers.pump import BackOff, Pump
from drivers.sensors.modbus.driver import DRIVER as SENSORS
from drivers.sensors.modbus.settings import Measure, SensorSettings

WHO = {
    "lights": "Modbus outputs, unit 1",
    "room": "Modbus sensors, unit 1",
    "counter": "Modbus counter, unit 2",
}
LIGHT, WARMTH = Output(0), Measure(0, unit="Cel", scale=0.1)


class Room:
    """Three units on one line, and three drivers of them; one of the units has two drivers."""

    def __init__(self, framing):
        board = EmulatedBoardSettings(relays=(LIGHT,), numbers={("input", 0): 215})
        counter = EmulatedBoardSettings(numbers={("input", at): at for at in range(4)})
        self.board, self.counter = EmulatedBoard(board), EmulatedBoard(counter)
        self.plug = TcpPlug(Segment({1: self.board, 2: self.counter}, 921_600, framing))
        line = {"port": self.plug.url, "framing": framing, "poll_ms": 20}
        self.outputs = OUTPUTS.make("lights", OutputSettings(**line, outputs={"light": LIGHT}))
        devices = (
            self.outputs,
            SENSORS.make("room", SensorSettings(**line, measures={"warmth": WARMTH})),
            COUNTER.make("counter", CounterSettings(**line, unit=2, entered=Tally(0), left=Tally(2))),
        )
        self.events = Queue()
        self.pumps = [
            Pump(each, self.events.put, backoff=BackOff(first_s=0.01, cap_s=0.02)) for each in devices
        ]

    def expect(self, *wanted):
        """Until all of these, or one of each of these kinds, were told; what was told."""
        seen = []
        while not all(any(each == want or type(each) is want for each in seen) for want in wanted):
            seen.append(self.events.get(timeout=10))
        return seen

    def close(self):
        assert all(pump.stop() for pump in self.pumps)
        self.plug.close()


@pytest.mark.parametrize("framing", ["rtu", "tcp"])
def test_one_connection_serves_them_all_and_all_come_back(framing):
    room = Room(framing)
    for pump in room.pumps:
        pump.start()
    everyone = [DeviceBack(name, what) for name, what in WHO.items()]
    room.expect(*everyone, Measured("room", "warmth", 21.5, "Cel"), Crossed("counter", 1, 0x20003))
    room.outputs.switch("light", on=True)
    room.expect(OutputSwitched("lights", "light", on=True))
    room.plug.unplug()
    lost = {}
    while lost.keys() != WHO.keys():
        event = room.expect(DeviceLost)[-1]
        lost[event.device] = event.cause
    assert all(isinstance(cause, Gone) for cause in lost.values())
    room.plug.plug()
    room.expect(*everyone)
    assert room.board.energised(LIGHT)
    room.close()
