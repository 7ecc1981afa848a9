"""What a rig plays: one TOML file, one frozen value. An unknown key is an error that names its path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from drivers import toml
from drivers.emulators.air import MEMORY_OCTETS
from drivers.errors import Misuse
from drivers.events import IdCard, TagContent
from drivers.scanner.codec import Medium
from drivers.tag import iso28560_2, iso28560_3

Port = Annotated[int, Meta(ge=0, le=65535)]
"""0 takes any free one."""
Name = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=100)]
Uid = Annotated[str, Meta(pattern=r"\AE0[0-9A-F]{14}\Z")]
Place = Literal["shelf", "bag", "pad", "gate"]
Kind = Literal[
    "pad", "gate", "scanner", "osdp", "id_reader", "door", "counter", "sensors", "outputs", "printer"
]
Model = Literal["iso28560-2", "iso28560-3"]

BAUD: dict[Kind, int] = {
    "pad": 38400,
    "gate": 115200,
    "scanner": 9600,
    "osdp": 9600,
    "id_reader": 115200,
    "door": 115200,
    "counter": 9600,
    "sensors": 9600,
    "outputs": 9600,
    "printer": 115200,
}
"""Where the file says nothing."""
SHOWN_TO = frozenset[Kind]({"scanner", "osdp", "id_reader"})
"""What cards are shown to; a room may have several of these."""
VALID_FROM = date(2020, 1, 1)
MAX_BOOKS = 500
"""More than a room's shelf shows; an inventory of them all would take a minute."""


class ConfigError(ValueError):
    """What is wrong with the file, in one line that names file and key."""


class Book(Struct, frozen=True, forbid_unknown_fields=True):
    """One book and what its tag says."""

    uid: Uid
    item: Text
    title: Text
    owner: Annotated[str, Meta(max_length=14)] = ""
    """ISIL of the owning library."""
    model: Model = "iso28560-2"
    secured: bool = True
    """AFI in stock and EAS on; False: lent."""
    parts: Annotated[int, Meta(ge=1, le=99)] = 1
    """Of a set whose parts wear a tag each, this one `part` of it."""
    part: Annotated[int, Meta(ge=1, le=99)] = 1
    place: Place = "shelf"

    def memory(self) -> bytes:
        """The tag's whole user memory as the model encodes it.

        Raises:
            Misuse: the model or the chip cannot hold the item number, the owner or the parts.
        """
        encode = iso28560_2.encode if self.model == "iso28560-2" else iso28560_3.encode
        octets = encode(TagContent(self.item, self.owner, self.parts, self.part, self.model, usage=0x10))
        if len(octets) > MEMORY_OCTETS:
            raise Misuse(f"{len(octets)} octets for a chip of {MEMORY_OCTETS}")
        return octets.ljust(MEMORY_OCTETS, b"\0")


class Card(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader carries."""

    number: Text
    label: Text
    medium: Medium = "card"


class IdCardHeld(Struct, frozen=True, forbid_unknown_fields=True):
    """A resident's identity card in somebody's pocket."""

    number: Annotated[str, Meta(pattern=r"\A\d{17}[\dX]\Z")]
    name: Annotated[str, Meta(min_length=1, max_length=15)]
    sex: Literal[1, 2] = 2
    nation: Annotated[str, Meta(pattern=r"\A\d{2}\Z")] = "01"
    address: Annotated[str, Meta(max_length=35)] = ""
    issuer: Annotated[str, Meta(max_length=15)] = "某市公安局"

    def card(self) -> IdCard:
        """What a reader reads from it.

        Raises:
            ValueError: the number has no day of birth in it.
        """
        born = date.fromisoformat(self.number[6:14])
        return IdCard(
            self.name, self.sex, self.nation, born, self.address, self.number, self.issuer, VALID_FROM, None
        )


class Device(Struct, frozen=True, forbid_unknown_fields=True):
    """One emulated device and where its cable ends."""

    name: Name
    kind: Kind
    port: Port = 0
    """TCP port on loopback, for `socket://`."""
    pty: Path | None = None
    """Or the name of a serial port to make."""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] | None = None
    place: Literal["desk", "door"] = "desk"
    """Where a scanner or reader hangs."""
    key: Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f]{32}\Z")] | None = None
    """Of an OSDP reader, its secure channel's; left out: as it left the factory."""

    @property
    def pace(self) -> int:
        """Bits per second on its line."""
        return self.baud or BAUD[self.kind]


class RigConfig(Struct, frozen=True, forbid_unknown_fields=True):
    name: Text
    devices: Annotated[tuple[Device, ...], Meta(min_length=1, max_length=16)]
    port: Port = 0
    """Of the page."""
    books: Annotated[tuple[Book, ...], Meta(max_length=MAX_BOOKS)] = ()
    cards: Annotated[tuple[Card, ...], Meta(max_length=50)] = ()
    id_cards: Annotated[tuple[IdCardHeld, ...], Meta(max_length=20)] = ()
    heard: Path | None = None
    """Log of the emulated player of the room's voice, where it has one."""
    inside: Annotated[int, Meta(ge=0, le=999)] = 0
    """Persons in the room at the start."""


def load(path: Path) -> RigConfig:
    """The configuration in `path`; relative paths in it start at its folder.

    Raises:
        ConfigError: unreadable, no UTF-8, unknown key, wrong type, a name or number twice, a tag that cannot be.
    """
    try:
        config = msgspec.convert(toml.read(path), RigConfig, dec_hook=_path)
    except Misuse as cause:
        raise ConfigError(cause.text) from None
    except msgspec.MsgspecError as cause:
        raise ConfigError(f"{path}: {cause}") from None
    for wrong in _contradictions(config):
        raise ConfigError(f"{path}: {wrong}")
    folder = path.resolve().parent
    devices = tuple(
        msgspec.structs.replace(device, pty=folder / device.pty) if device.pty else device
        for device in config.devices
    )
    heard = folder / config.heard if config.heard else None
    return msgspec.structs.replace(config, devices=devices, heard=heard)


def _path(kind: type, value: object) -> Path:
    """The only type here that TOML does not have."""
    assert kind is Path
    if not isinstance(value, str):
        raise TypeError("expected a path as a string")  # msgspec adds where
    return Path(value)


def _contradictions(config: RigConfig) -> list[str]:
    wrong = []
    for key, values in (
        ("devices[].name", [device.name for device in config.devices]),
        ("devices[].kind", [device.kind for device in config.devices if device.kind not in SHOWN_TO]),
        ("books[].uid", [book.uid for book in config.books]),
        ("cards[].number", [card.number for card in config.cards]),
        ("id_cards[].number", [card.number for card in config.id_cards]),
    ):
        wrong += [f"{value} stands twice - at `$.{key}`" for value in _twice(values)]
    for i, book in enumerate(config.books):
        try:
            book.memory()
        except Misuse as cause:
            wrong.append(f"{cause} - at `$.books[{i}]`")
    for i, card in enumerate(config.id_cards):
        try:
            card.card()
        except ValueError as cause:
            wrong.append(f"{cause} - at `$.id_cards[{i}].number`")
    return wrong


def _twice(values: Sequence[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})
