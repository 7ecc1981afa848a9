"""The FEIG gate as configuration knows it: `driver = "feig-gate"`."""

from __future__ import annotations

from functools import partial
from typing import Literal

from drivers.gate.feig_gate import FeigGate
from drivers.kit import Driver, Settings
from drivers.line.serial_line import open_serial
from drivers.pad.feig.session import FeigSettings


class GateSettings(Settings, frozen=True):
    port: str
    """Device path or `socket://host:port`."""
    baud: int = 115200
    parity: Literal["N", "E", "O"] = "E"
    frame: Literal["standard", "advanced"] = "advanced"


def _make(name: str, settings: GateSettings) -> FeigGate:
    port, baud, parity = settings.port, settings.baud, settings.parity
    watch = FeigSettings(name, port, baud, parity, settings.frame)
    return FeigGate(watch, partial(open_serial, port, baud, parity))


DRIVER = Driver("feig-gate", "gate", "FEIG ISO 15693 readers as a security gate", GateSettings, _make)
