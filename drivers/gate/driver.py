"""The FEIG gate as configuration knows it: `driver = "feig-gate"`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from drivers.gate.feig_gate import FeigGate
from drivers.kit import Driver, Found
from drivers.pad.feig import finding
from drivers.pad.feig.driver import ReaderSettings, line
from drivers.pad.feig.reader import Family


class GateSettings(ReaderSettings, frozen=True):
    """A security gate."""

    baud: Annotated[int, Meta(ge=4800, le=921_600)] = 115200
    filtered: bool = False
    """The reader itself is set to list only tags whose AFI is `afi_secured`: none is asked for it again."""


def _make(name: str, settings: GateSettings) -> FeigGate:
    made = settings.reader(name)
    return FeigGate(made, line(made), filtered=settings.filtered)


def _probe(port: str) -> Found | None:
    return finding.find("feig-gate", port, families=(Family.LONG_RANGE,))


DRIVER = Driver("feig-gate", "gate", "FEIG ISO 15693 readers as a security gate", GateSettings, _make, _probe)
