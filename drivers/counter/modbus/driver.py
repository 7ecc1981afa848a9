"""The people counter as configuration knows it: `driver = "modbus-counter"`."""

from __future__ import annotations

from drivers.counter.modbus.settings import CounterSettings
from drivers.device import Counter
from drivers.kit import Driver


def _make(name: str, settings: CounterSettings) -> Counter:
    from drivers.counter.modbus.counter import ModbusCounter  # pymodbus, only where it is needed

    return ModbusCounter(name, settings, settings.opener())


DRIVER = Driver("modbus-counter", "counter", "Two-way people counter over Modbus", CounterSettings, _make)
