"""What the tables say, as typed rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from msgspec import convert

OWNER_ISIL = "CN-QYXTSG"
"""Owning library in every tag (ISO 28560)."""
UID_PREFIX = "E0040100"
"""Of every tag: ISO 15693, maker 04 (NXP), ICODE SLIX."""
FIRST_BARCODE = 1_000_001


@dataclass(frozen=True, slots=True)
class SeedTitle:
    id: int
    title: str
    author: str
    publisher: str
    year: str
    clc: str
    call_number: str
    isbn: str
    kind: str
    """`book`, `child`, `reference` or `audio`."""


@dataclass(frozen=True, slots=True)
class SeedItem:
    barcode: str
    title: SeedTitle
    home: str
    """Branch that owns it and where it stands."""

    @property
    def type(self) -> str:
        """Item type of the lending rules."""
        return "audio" if self.title.kind == "audio" else "book"

    @property
    def status(self) -> str:
        return "reference" if self.title.kind == "reference" else "available"

    @property
    def uid(self) -> str:
        """Its tag: 16 upper-case hexadecimal digits, the last 8 from the barcode."""
        return UID_PREFIX + hashlib.sha256(self.barcode.encode()).hexdigest()[:8].upper()


@dataclass(frozen=True, slots=True)
class SeedReader:
    card: str
    name: str
    type: str
    branch: str
    state: str
    """`good`, `expired` or `blocked`."""
    fees_fen: int
    fee_kind: str
    """As `Fee.kind`; `-` where nothing is owed."""


@dataclass(frozen=True, slots=True)
class SeedLoan:
    reader: SeedReader
    item: SeedItem
    days_ago: int


@dataclass(frozen=True, slots=True)
class SeedHold:
    reader: SeedReader
    title: SeedTitle
    pickup: str
    days_ago: int


@dataclass(frozen=True, slots=True)
class SeedBranch:
    letter: str
    """How `titles.tsv` and `loans.tsv` name it."""
    id: str
    parent: str
    """Empty for the county library."""
    tier: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SeedDevice:
    id: str
    """Also its account at the SIP2 server."""
    branch: str
    setting: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Collection:
    branches: tuple[SeedBranch, ...]
    devices: tuple[SeedDevice, ...]
    titles: tuple[SeedTitle, ...]
    items: tuple[SeedItem, ...]
    readers: tuple[SeedReader, ...]
    loans: tuple[SeedLoan, ...]
    holds: tuple[SeedHold, ...]

    def item(self, title: str, branch: str) -> SeedItem:
        """A branch's copy of a title.

        Raises:
            KeyError: it owns none.
        """
        copies = (item for item in self.items if item.title.title == title and item.home == branch)
        if (found := next(copies, None)) is None:
            raise KeyError(f"{title} at {branch}")
        return found


@dataclass(frozen=True, slots=True)
class Visit:
    """The one visit that the demo plays: in at the room, five books on the pad, out; one returned elsewhere."""

    room: str
    """Device with door, counter and gate."""
    desk: str
    """Device at another branch."""
    reader: SeedReader
    lent: tuple[SeedItem, ...]
    """Four that the reader gets."""
    refused: SeedItem
    """One that another reader has on hold (fault `on_hold`)."""
    returned: SeedItem
    """One of the four, taken back at the desk."""

    @property
    def laid_down(self) -> tuple[SeedItem, ...]:
        """All five, as they lie on the pad."""
        return (*self.lent, self.refused)


@cache
def collection() -> Collection:
    """Everything there is, read from the tables."""
    branches = convert(tuple(rows("branches")), tuple[SeedBranch, ...])
    readers = convert(tuple(rows("readers")), tuple[SeedReader, ...], strict=False)
    by_letter = {branch.letter: branch.id for branch in branches}
    titles, items = _stock(by_letter)
    card = {reader.card: reader for reader in readers}
    named = {title.title: title for title in titles}
    copy = {(item.title.title, item.home): item for item in items}
    return Collection(
        branches=branches,
        devices=convert(tuple(rows("devices")), tuple[SeedDevice, ...]),
        titles=titles,
        items=items,
        readers=readers,
        loans=tuple(
            SeedLoan(card[row["card"]], copy[row["title"], by_letter[row["copy"]]], int(row["days_ago"]))
            for row in rows("loans")
        ),
        holds=tuple(
            SeedHold(card[row["card"]], named[row["title"]], row["pickup"], int(row["days_ago"]))
            for row in rows("holds")
        ),
    )


@cache
def visit() -> Visit:
    """Who comes, and with which books."""
    room = collection()
    lent = tuple(
        room.item(title, "shiqiao") for title in ("平凡的世界", "万历十五年", "昆虫记", "蔬菜栽培学")
    )
    return Visit(
        room="shiqiao-room",
        desk="xian-desk",
        reader=room.readers[0],
        lent=lent,
        refused=room.item("三体", "shiqiao"),
        returned=lent[1],
    )


def _stock(branches: Mapping[str, str]) -> tuple[tuple[SeedTitle, ...], tuple[SeedItem, ...]]:
    titles: list[SeedTitle] = []
    items: list[SeedItem] = []
    shelf: Counter[str] = Counter()
    for number, row in enumerate(rows("titles"), 1):
        copies, clc = row.pop("copies"), row["clc"]
        shelf[clc] += 1
        title = SeedTitle(id=number, call_number=f"{clc}/{shelf[clc]}", isbn=_isbn(number), **row)
        titles.append(title)
        for letter in copies:
            items.append(SeedItem(f"QY{FIRST_BARCODE + len(items)}", title, branches[letter]))
    return tuple(titles), tuple(items)


def _isbn(number: int) -> str:
    """An invented ISBN-13 of the Chinese group, its check digit right."""
    digits = f"97879{number:07}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table, by the names in its first line; lines that begin with # are remarks."""
    text = files(__package__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    for line in lines[1:]:
        yield dict(zip(lines[0], line, strict=True))
