"""The sensors as configuration knows them: `driver = "modbus-sensors"`."""

from __future__ import annotations

from drivers.device import Sensors
from drivers.kit import Driver
from drivers.sensors.modbus.settings import SensorSettings


def _make(name: str, settings: SensorSettings) -> Sensors:
    from drivers.sensors.modbus.sensors import ModbusSensors  # pymodbus, only where it is needed

    return ModbusSensors(name, settings, settings.opener())


DRIVER = Driver("modbus-sensors", "sensors", "Measures and contacts over Modbus", SensorSettings, _make)
