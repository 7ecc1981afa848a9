"""Everything that a device can tell the kiosk. All values are frozen and safe to hand across threads.

`device` is the name that the configuration gives the device ("pad", "door", …).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from drivers.errors import DriverError


@dataclass(frozen=True, slots=True)
class TagContent:
    """What a library tag says about the book that wears it, whatever its data model."""

    item: str
    """Primary item identifier, the number that the ILS knows the book by."""
    owner: str = ""
    """ISIL of the owning library, empty where the tag has none."""
    parts: int = 1
    """Tags in the whole item: 3 for a set of three volumes."""
    part: int = 1
    """Which of them this one is, from 1."""
    model: str = ""
    """`iso28560-2`, `iso28560-3`, `iso28560-4`, `cultu` or `3m`: docs/devices/tags.md."""
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
    """The answer to `Pad.secure`: AFI or EAS was written and read back, or it was not."""

    device: str
    uid: str
    secured: bool
    """What was asked for: True in stock (the gate alarms), False lent."""
    error: DriverError | None = None
    """None when the read-back showed what was asked for."""


@dataclass(frozen=True, slots=True)
class TagSensed:
    """The answer to `Pad.sense`: what the tag's AFI or EAS says now."""

    device: str
    uid: str
    secured: bool | None
    """True in stock, False lent; None where it could not be read, or says neither."""
    error: DriverError | None = None


EncodeVerdict = Literal["nothing", "several", "worn", "begun", "other", "refused", "failed", "tagged"]
"""No tag lay there; several; one that another book of the list wears; one for a book whose own is half written; one that
carries something else; one that cannot be written; one that answered badly; written."""


@dataclass(frozen=True, slots=True)
class TagEncoded:
    """The answer to `Pad.encode`: the tag that lay there alone was written whole and read back, or it was not."""

    device: str
    item: str
    verdict: EncodeVerdict
    uid: str = ""
    """Of the tag that was written."""
    detail: str = ""
    """As `drivers.probe.tag_writer.Outcome` has it."""


ID_CARD = "id_card"


@dataclass(frozen=True, slots=True)
class CardShown:
    """A reader's card, phone or barcode was shown. No repr tells whose."""

    device: str
    number: str = field(repr=False)
    medium: str
    """`card`, `barcode`, `qr`, or `id_card`: the number of a resident's identity card."""


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The card that was shown last was taken off, where cards are left lying for the whole visit."""

    device: str


Refusal = Literal["unreadable", "removed", "unknown", "expired", "early", "replayed"]
"""Why a showing gives no number:

- `unreadable`: worn, scratched, of a kind or key that the reader does not know.
- `removed`: taken away before it was read; hold it still.
- `unknown`: whole, but no card and no code of this site's.
- `expired`: a code past its life; a phone shows a fresh one.
- `early`: a code of the future: one of two clocks is wrong.
- `replayed`: a code that was shown before.
"""


@dataclass(frozen=True, slots=True)
class CardRefused:
    """Something was shown that gives no number. Who stands there is told why; nothing of it is kept."""

    device: str
    medium: str
    """As in `CardShown`."""
    why: Refusal


@dataclass(frozen=True, slots=True)
class IdCard:
    """The text of an identity card (二代身份证 and its two kin). In memory alone: no repr tells a word of it."""

    name: str = field(repr=False)
    sex: int = field(repr=False)
    """GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated."""
    nation: str = field(repr=False)
    """GB/T 3304: `01` 汉 … `56`, `97`, `98`; empty where the card has none."""
    born: date = field(repr=False)
    address: str = field(repr=False)
    number: str = field(repr=False)
    """18 characters, GB 11643, its check digit proven; 15 on a `foreigner`'s card of 2017."""
    issuer: str = field(repr=False)
    valid_from: date = field(repr=False)
    valid_until: date | None = field(repr=False)
    """None: 长期, for life."""
    kind: Literal["resident", "compatriot", "foreigner"] = "resident"
    """居民身份证; 港澳台居民居住证; 外国人永久居留身份证."""


@dataclass(frozen=True, slots=True)
class IdCardShown:
    """A resident's identity card was read. Who takes the event hashes the number and forgets the rest."""

    device: str
    card: IdCard


@dataclass(frozen=True, slots=True)
class KeysEntered:
    """Somebody typed on a reader's keypad and ended with the enter key, or paused."""

    device: str
    keys: str = field(repr=False)
    """Digits, `*`, `#`; a PIN perhaps, so no repr shows them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of a sensor: at connect, and whenever it moved by its step."""

    device: str
    point: str
    """Its name in the configuration: `hall_temperature`."""
    value: float
    unit: str
    """As UCUM writes it: `Cel`, `%`, `V`."""


@dataclass(frozen=True, slots=True)
class InputSensed:
    """A contact (smoke, water, mains, tamper …): at connect and at each change."""

    device: str
    point: str
    active: bool
    """What the contact watches for is the case; the configuration says which way it closes."""


@dataclass(frozen=True, slots=True)
class OutputSwitched:
    """The answer to `Outputs.switch`: read back from the unit, or what failed."""

    device: str
    output: str
    on: bool
    """What was asked for."""
    error: DriverError | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """The answer to `Printer.print`: the slip is out, or it will never be."""

    device: str
    job: str
    error: DriverError | None = None
    missing: tuple[str, ...] = ()
    """Characters that no font covers; 〓 stands for each on the paper."""


@dataclass(frozen=True, slots=True)
class PaperSensed:
    """Paper and cover of a printer: at connect and at each change."""

    device: str
    paper: Literal["enough", "low", "out"]
    cover_open: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """The answer to `Voice.say`: it was heard to its end, another ended it, or it cannot be played."""

    device: str
    prompt: str
    error: DriverError | None = None
    cut: bool = False
    """Another prompt ended it."""


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
    openings: int | None
    """Openings since the unit was made, counted in the unit itself, wraps at 2**32. None: it does not count."""


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
    """Empty where the gate knows only that there was one (EAS)."""
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
    | TagEncoded
    | CardShown
    | CardTaken
    | CardRefused
    | IdCardShown
    | KeysEntered
    | DoorSensed
    | Crossed
    | DoorAnswered
    | GateAlarmed
    | Measured
    | InputSensed
    | OutputSwitched
    | Printed
    | PaperSensed
    | Spoken
    | DeviceBack
    | DeviceLost
)
