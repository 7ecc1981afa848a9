"""Everything that a device can tell the kiosk. All values are frozen and safe to hand across threads.

`device` is the name that the configuration gives the device ("pad", "door", …).
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import DriverError


@dataclass(frozen=True, slots=True)
class TagContent:
    """What a library tag says about the book that wears it (ISO 28560-2 or -3)."""

    item: str
    """Primary item identifier, the number that the ILS knows the book by."""
    owner: str = ""
    """ISIL of the owning library, empty where the tag has none."""
    parts: int = 1
    """Tags in the whole item: 3 for a set of three volumes."""
    part: int = 1
    """Which of them this one is, from 1."""
    model: str = ""
    """`iso28560-2` or `iso28560-3`."""
    usage: int | None = None
    """Type of usage, one octet (GB/T 35660.1: 0x10 circulating, 0x80 patron card …)."""
    warnings: tuple[str, ...] = ()
    """What was odd about the tag although its item number could be read."""


@dataclass(frozen=True, slots=True)
class TagSeen:
    """A tag lies in the field and its memory was read. Sent once for each time it is laid down."""

    device: str
    uid: str
    """16 upper-case hexadecimal digits, E0… first."""
    content: TagContent | None
    """None: a tag whose memory holds no library data that we know."""


@dataclass(frozen=True, slots=True)
class TagGone:
    """The tag has left the field for longer than the presence rule allows."""

    device: str
    uid: str


@dataclass(frozen=True, slots=True)
class PadSettled:
    """What lies in the field since before the pad came up has been told, all of it.

    Sent once after each DeviceBack; what is seen later was laid down later.
    """

    device: str


@dataclass(frozen=True, slots=True)
class TagWritten:
    """The answer to `Pad.secure`: the AFI was written and read back, or it was not."""

    device: str
    uid: str
    secured: bool
    """What was asked for: True in stock (the gate alarms), False lent."""
    error: DriverError | None = None
    """None when the read-back showed what was asked for."""


@dataclass(frozen=True, slots=True)
class TagSensed:
    """The answer to `Pad.sense`: what the tag's AFI says now."""

    device: str
    uid: str
    secured: bool | None
    """True in stock, False lent; None where it could not be read, or is neither of the library's two values."""
    error: DriverError | None = None


@dataclass(frozen=True, slots=True)
class CardShown:
    """A reader's card, phone or barcode was shown."""

    device: str
    number: str
    medium: str
    """`card`, `barcode` or `qr`."""


@dataclass(frozen=True, slots=True)
class DoorSensed:
    """A whole snapshot of the door unit, sent at connect and whenever anything in it changed."""

    device: str
    open: bool
    """Door contact: the leaf stands open."""
    released: bool
    """The lock has no power, whatever the reason."""
    exit_pressed: bool
    fire: bool
    openings: int
    """Openings since the unit was made, counted in the unit itself, wraps at 2**32."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """Totals of the two-way people counter, kept in the unit, each wraps at 2**32.

    Sent at connect and at each change; who subtracts keeps the last value on disk.
    """

    device: str
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class DoorAnswered:
    """The answer to `Door.release` or `Door.secure`: the unit took the command, or it did not."""

    device: str
    verb: str
    """`release` or `secure`."""
    error: DriverError | None = None


@dataclass(frozen=True, slots=True)
class GateAlarmed:
    """A secured tag went through the gate."""

    device: str
    uid: str
    content: TagContent | None


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """The device answers. `identity` is what it says of itself, for the technician's page."""

    device: str
    identity: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device does not answer, or its line is gone. Sent once, with the first cause."""

    device: str
    cause: DriverError


DeviceEvent = (
    TagSeen
    | TagGone
    | PadSettled
    | TagWritten
    | TagSensed
    | CardShown
    | DoorSensed
    | Crossed
    | DoorAnswered
    | GateAlarmed
    | DeviceBack
    | DeviceLost
)
