"""What a driver is to the rest of the house: a name, a kind, its settings, how it is made, how it is found.

The kiosk's configuration names a driver for each device:

    [devices.desk_card]
    driver = "pcsc"             # the name of a Driver below
    reader = "ACS ACR1281"      # the rest are the settings of that driver

Drivers of the house stand in `BUILT_IN`; others come as entry points of the group `shuwu.drivers`, each a
`Driver` under the name that the configuration uses. A module is imported when its driver is asked for,
so that a kiosk holds in memory only what is plugged in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from drivers.device import Device
from drivers.errors import Misuse

Kind = Literal["pad", "card", "door", "gate", "counter", "sensors", "outputs", "printer", "voice"]
GROUP = "shuwu.drivers"

BUILT_IN: Mapping[str, str] = {
    "escpos": "drivers.printer.escpos.driver:DRIVER",
    "feig-gate": "drivers.gate.driver:DRIVER",
    "feig-pad": "drivers.pad.feig.driver:DRIVER",
    "modbus-board": "drivers.door.board.driver:DRIVER",
    "modbus-counter": "drivers.counter.modbus.driver:DRIVER",
    "modbus-door": "drivers.door.driver:DRIVER",
    "modbus-outputs": "drivers.outputs.modbus.driver:DRIVER",
    "modbus-sensors": "drivers.sensors.modbus.driver:DRIVER",
    "osdp": "drivers.card.osdp.driver:DRIVER",
    "pcsc": "drivers.card.pcsc.driver:DRIVER",
    "scanner": "drivers.scanner.driver:DRIVER",
    "sdt": "drivers.card.sdt.driver:DRIVER",
    "voice": "drivers.voice.driver:DRIVER",
}
"""Name of a driver → `module:attribute` of its `Driver`."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every driver's settings: what stands in the configuration under the device's name."""

    @property
    def seat(self) -> str | None:
        """What only one device may be on a port that several share: `OSDP address 3`; empty: each may be the same.

        None: the device shares its port with nobody.
        """
        return None


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered a probe."""

    driver: str
    port: str
    identity: str
    """What the device says of itself."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """The settings with which it answered: what one pastes into the configuration."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver(Generic[S]):
    """One driver as configuration, probe and documents know it."""

    name: str
    """`feig-pad`: what `driver =` says."""
    kind: Kind
    title: str
    """In a line, English: what it drives."""
    settings: type[S]
    make: Callable[[str, S], Device]
    """(name of the device, its settings) → the device, which has touched nothing yet. Raises Misuse: settings
    that contradict one another."""
    probe: Callable[[str], Found | None] | None = None
    """Port → what answers there by this protocol, None where nothing does. Ends within 3 s, changes nothing in
    the device. None: the protocol has no question that is safe to ask of a stranger."""
    ports: Callable[[], tuple[str, ...]] | None = None
    """What may be probed beside serial ports and addresses: readers that a service of the system knows. Raises
    DriverError: the service is not there."""
    shy: bool = False
    """Not every one of these devices answers the probe's question: silence does not mean that it is away."""
    asks_first: bool = False
    """Its question harms no other device, and other questions harm its own: it is asked before them."""
    reads_id_cards: bool = False
    """It tells all that a resident's identity card says (`IdCardShown`)."""


def driver(name: str) -> Driver[Any]:
    """The driver of this name.

    Raises:
        Misuse: there is none (says which there are), or what the entry point names is no `Driver`, or cannot
            be loaded.
    """
    if place := BUILT_IN.get(name):
        module, attribute = place.split(":")
        found = getattr(import_module(module), attribute)
    elif point := _plugged().get(name):
        found = _loaded(point)
    else:
        raise Misuse(f"no driver is called {name!r}; there are {', '.join(names())}")
    if not isinstance(found, Driver):
        raise Misuse(f"the entry point {name!r} of {GROUP} is no Driver")
    return found


def _loaded(point: EntryPoint) -> object:
    """What somebody else's entry point names; whatever fails in there is told as one line."""
    try:
        return point.load()
    except Exception as cause:
        raise Misuse(
            f"the driver {point.name!r} cannot be loaded: {type(cause).__name__}: {cause}"
        ) from cause


def names() -> tuple[str, ...]:
    """Every driver that can be named, in order; the house's own name wins over another's."""
    return tuple(sorted({*BUILT_IN, *_plugged()}))


def _plugged() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
