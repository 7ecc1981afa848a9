r"""The facts in the octets of a damaged file, found without SQLite. Pure.

A table's leaf page (https://sqlite.org/fileformat2.html, 1.6), all numbers big-endian:

    octet 0      3   5        8
    ┌────┬───────┬───┬────────┬────────────────────┬ ─ ─ ─ ┬──────────────────────────┐
    │ 0D │       │ n │        │ n offsets of cells │       │ cells: size rowid record │
    └────┴───────┴───┴────────┴────────────────────┴ ─ ─ ─ ┴──────────────────────────┘

A write-ahead log (4.1) is a header of 32 octets, then frames of 24 octets and a page each. A frame's
header: page number, size of the file after a commit (0: none), two salts, two running checksums.

A fact never changes and bears its checksum, so whatever page holds it, and however old, it is that fact.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass

from kiosk.journal.rows import Row, checksum
from wire.envelope import MAX_FACT_OCTETS, Stamp

PAGE = 4096
"""SQLite's default, which the journal keeps."""
LEAF = 0x0D
FILE_HEADER = 100
"""Octets at the head of page 1."""
LOG_HEADER = 32
FRAME_HEADER = 24
FRAME = FRAME_HEADER + PAGE
MAX_LOCAL = PAGE - 35
"""A longer record continues on overflow pages (1.5)."""
MAX_RECORD = 2 * MAX_FACT_OCTETS
MIN_LOCAL = (PAGE - 12) * 32 // 255 - 23
COLUMNS = 7
"""Of the table `fact`; of no other here."""
MAX_HEADER = 9 * (COLUMNS + 1)
"""Of a record of so many columns; it is never continued elsewhere."""

Value = int | str | None
Fetch = Callable[[int], bytes]
"""Page number, from 1 → its octets, empty where there is none."""


# ---------------------------------------------------------------- pages
def facts(page: bytes, fetch: Fetch, *, first: bool = False, known: Container[int] = ()) -> Iterator[Row]:
    """The facts on one page; none where it is another page, and none that are damaged.

    Args:
        page: PAGE octets.
        fetch: for records that continue elsewhere.
        first: it is page 1.
        known: numbers of facts that are not looked for.
    """
    for rowid, size, at in _cells(page, first=first):
        if rowid in known:
            continue
        try:
            row = _fact(rowid, _record(page, at, size, fetch))
        except (IndexError, ValueError, struct.error):
            continue
        if row is not None:
            yield row


def may_bear(page: bytes, after: int, *, first: bool = False) -> bool:
    """Whether there is a fact after this number on the page, by the look of its head and not of its checksum.

    Args:
        page: PAGE octets.
        after: a fact's number.
        first: it is page 1.
    """
    for rowid, _, at in _cells(page, first=first):
        if rowid > after:
            with suppress(IndexError):
                if len(_types(page[at : at + MAX_HEADER])[0]) == COLUMNS:
                    return True
    return False


def _cells(page: bytes, *, first: bool) -> Iterator[tuple[int, int, int]]:
    """Rowid, size of the record and where it begins, of each cell of a leaf."""
    head = FILE_HEADER if first else 0
    if len(page) != PAGE or page[head] != LEAF:
        return
    (count,) = struct.unpack_from(">H", page, head + 3)
    count = min(count, (PAGE - head - 8) // 2)
    for cell in struct.unpack_from(f">{count}H", page, head + 8):
        try:
            size, at = _varint(page, cell)
            rowid, at = _varint(page, at)
        except IndexError:
            continue
        yield rowid, size, at


def _record(page: bytes, at: int, size: int, fetch: Fetch) -> bytes:
    """A record of this size, from the page on which it begins and those on which it goes on."""
    if size > MAX_RECORD:
        raise ValueError(f"a record of {size} octets is no fact")
    if size <= MAX_LOCAL:
        return page[at : at + size]
    local = MIN_LOCAL + (size - MIN_LOCAL) % (PAGE - 4)
    local = local if local <= MAX_LOCAL else MIN_LOCAL
    record, (next_page,) = page[at : at + local], _numbers(page[at + local : at + local + 4])
    while len(record) < size and next_page:
        more = fetch(next_page)
        record, (next_page,) = record + more[4:], _numbers(more[:4])
    return record[:size]


def _fact(rowid: int, record: bytes) -> Row | None:
    """The row of the table `fact`, if its checksum says so."""
    match _columns(record):
        case [None, int(wall_ms), int(mono_ms), str(boot), int(was_set), str(text), int(crc)]:
            fact = text.encode()
            if checksum(rowid, wall_ms, mono_ms, boot, was_set, fact) == crc:
                return Row(rowid, Stamp(wall_ms, mono_ms, boot, bool(was_set)), fact)
    return None


def _columns(record: bytes) -> list[Value]:
    """The values of a record (2.1): a header of types, then the values."""
    types, at = _types(record)
    values: list[Value] = []
    for kind in types:
        value, at = _value(record, at, kind)
        values.append(value)
    return values


def _types(record: bytes) -> tuple[list[int], int]:
    """Those in a record's header, and where it ends."""
    end, at = _varint(record, 0)
    types = []
    while at < end:
        kind, at = _varint(record, at)
        types.append(kind)
    return types, at


INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Type → octets of an integer."""


def _value(record: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in INTEGERS:
        end = at + INTEGERS[kind]
        return int.from_bytes(record[at:end], "big", signed=True), end
    if kind >= 13 and kind % 2:  # noqa: PLR2004 - texts are the odd types from 13 on
        end = at + (kind - 13) // 2
        return record[at:end].decode(), end
    constants: dict[int, Value] = {0: None, 8: 0, 9: 1}
    if kind not in constants:
        raise ValueError(f"type {kind} is none of a fact's")
    return constants[kind], at


def _varint(octets: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine octets, and where it ends (1.6)."""
    value = octets[at]
    if value < 0x80:  # noqa: PLR2004 - the highest bit says that more follow
        return value, at + 1
    value &= 0x7F
    for at_octet in range(at + 1, at + 8):
        octet = octets[at_octet]
        value = value << 7 | octet & 0x7F
        if octet < 0x80:  # noqa: PLR2004
            return value, at_octet + 1
    value = value << 8 | octets[at + 8]
    return value - (value >> 63 << 64), at + 9


# ---------------------------------------------------------------- the log
@dataclass(frozen=True, slots=True)
class Frame:
    number: int
    """Of the page."""
    page: bytes


def lying(log: bytes) -> Iterator[Frame]:
    """All frames that are there, committed or not, in order."""
    for at in range(LOG_HEADER, len(log) - FRAME + 1, FRAME):
        (number,) = _numbers(log[at : at + 4])
        yield Frame(number, log[at + FRAME_HEADER : at + FRAME])


def frames(log: bytes) -> list[Frame]:
    """The frames that were committed, in order, whether or not the log is whole before them.

    Where the checksums break, a write may have been cut short, and nothing behind counts. But where a commit
    and another frame lie behind, the log was whole once, since a transaction begins only when the one before
    it is on the disk: then all of it counts to the last commit.
    """
    salts = _salts(log)
    found: list[Frame] = []
    sound = followed = last = 0
    running = _log_start(log)
    for at in range(LOG_HEADER, len(log) - FRAME + 1, FRAME):
        head, page = log[at : at + FRAME_HEADER], log[at + FRAME_HEADER : at + FRAME]
        number, size, *_, one, two = _numbers(head)
        running = _run(log, head[:8] + page, running) if running else None
        running = running if running == (one, two) else None
        if head[8:16] != salts:
            running = None
            continue
        followed = last
        found.append(Frame(number, page))
        last = len(found) if size else last
        sound = last if running else sound
    return found[: last if followed > sound else sound]


def _salts(log: bytes) -> bytes:
    """Those of the log's header, which its frames repeat; the first frame's where none does."""
    salts = log[16:24]
    borne = {log[at + 8 : at + 16] for at in range(LOG_HEADER, len(log), FRAME)}
    return salts if salts in borne else log[LOG_HEADER + 8 : LOG_HEADER + 16]


def _log_start(log: bytes) -> tuple[int, int] | None:
    """The checksums of the log's header; None where it is damaged."""
    if len(log) < LOG_HEADER:
        return None
    one, two = _numbers(log[24:LOG_HEADER])
    return (one, two) if _run(log, log[:24], (0, 0)) == (one, two) else None


def _run(log: bytes, octets: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """The checksums after `octets` (4.2). The last bit of the log's magic number tells the order of octets."""
    one, two = sums
    numbers = struct.unpack(f"{'>' if log[3] & 1 else '<'}{len(octets) // 4}I", octets)
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _numbers(octets: bytes) -> tuple[int, ...]:
    """Big-endian numbers of four octets."""
    return struct.unpack(f">{len(octets) // 4}I", octets)
