"""The outputs as configuration knows them: `driver = "modbus-outputs"`."""

from __future__ import annotations

from drivers.device import Outputs
from drivers.kit import Driver
from drivers.outputs.modbus.settings import OutputSettings


def _make(name: str, settings: OutputSettings) -> Outputs:
    from drivers.outputs.modbus.outputs import ModbusOutputs  # pymodbus, only where it is needed

    return ModbusOutputs(name, settings, settings.opener())


DRIVER = Driver("modbus-outputs", "outputs", "Lights, power and sirens over Modbus", OutputSettings, _make)
