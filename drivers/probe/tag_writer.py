"""One book's tag written and proven, whatever happens meanwhile.

- One tag alone may lie there; every command names its UID, so no other one is ever reached.
- A tag that says another item number is left as it is, unless told otherwise; one that another book of
  the list wears, always. A book whose tag is half written gets no other one, unless told otherwise.
- Blocks that differ are written, then all are read back, then AFI, EAS and DSFID; locks come last.
- An attempt that ends in the middle is repeated from the beginning: nothing is done twice that is right.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

import msgspec

from drivers.errors import DriverError, Misbehaved, Misuse
from drivers.events import EncodeVerdict
from drivers.pad.feig import chip, marks
from drivers.pad.feig.messages import Block, SystemInformation
from drivers.pad.feig.session import Session
from drivers.probe import tag_encode
from drivers.probe.tag_list import Book
from drivers.probe.tag_progress import Progress
from drivers.probe.tag_text import MODEL_NAMES
from drivers.tag import detect, iso28560_2, iso28560_3
from drivers.tag.layout import BLOCK_OCTETS, Layout
from drivers.tag.reading import BLANK
from drivers.tag.security import Security

DSFIDS = {iso28560_2.MODEL: 0x06, iso28560_3.MODEL: 0x3E}
"""Octets by which other readers know the model."""
SURE = 3
"""Inventories that find one tag alone before it is touched."""
USUAL_BLOCKS = 28
"""Of a tag that does not tell its size: an ICODE SLIX."""

Verdict = EncodeVerdict | Literal["done", "unlisted"]
"""Of a number that was scanned also: its books are done, or it has none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to."""

    verdict: Verdict
    uids: tuple[str, ...] = ()
    detail: str = ""
    """Of `worn` and `other`: the item number, where it can be read; of `begun`: the half-written tag's UID; of `refused` and `failed`: why."""
    blocks: int = 0
    """How many had to be written."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How tags are written."""

    security: Security = field(default_factory=Security)
    secured: bool = True
    """As in stock."""
    overwrite: bool = False
    """A tag that carries another item number is written all the same."""
    lock: bool = False
    """The blocks that the layout locks are locked for good."""


class Stop(Exception):  # noqa: N818 - an outcome on its way out
    """The attempt ends here."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class _Chip:
    """What lies there, as it is before anything is written."""

    uid: str
    system: SystemInformation
    blocks: tuple[Block, ...]

    @property
    def memory(self) -> bytes:
        return b"".join(block.octets for block in self.blocks)


class Writer:
    """Writes books, one after the other, at one reader."""

    def __init__(self, session: Session, progress: Progress, manner: Manner, listed: Collection[str]) -> None:
        """`listed`: the keys of the list's books."""
        self._session = session
        self._progress = progress
        self._manner = manner
        self._listed = listed

    def attempt(self, book: Book) -> Outcome:
        """Tag the one tag that lies there as this book.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
            Misuse: the progress file cannot be written.
        """
        try:
            uid = self._alone()
            self._unless_worn(book, uid)
            self._unless_begun(book, uid)
            found = self._look(uid)
            self._unless_other(book, found)
            layout = self._layout(book, found)
            wrong = _wrong(layout, found)
            self._progress.begin(book.key, uid)
            for first, blocks in _runs(wrong):
                self._unless(chip.write_blocks(self._session, uid, first, blocks), uid)
            self._prove(layout, found)
            warnings = self._marks(book, found)
            if self._manner.lock:
                self._lock(layout, found)
        except Stop as stop:
            return stop.outcome
        self._progress.end(book.key, uid)
        return Outcome("tagged", (uid,), blocks=len(wrong), warnings=(*book.unsaid, *warnings))

    # ------------------------------------------------------------ what lies there
    def _alone(self) -> str:
        """The UID of the only tag, which some inventories in a row have found alone: nothing passes by."""
        seen: set[str] = set()
        for _ in range(SURE):
            found = self._session.inventory()
            seen.update(found.uids)
            if not found.uids:
                raise Stop(Outcome("nothing"))
            if len(seen) > 1 or not found.complete:
                raise Stop(Outcome("several", tuple(sorted(seen))))
        return seen.pop()

    def _look(self, uid: str) -> _Chip:
        system = self._session.system(uid)
        if isinstance(system, DriverError):
            raise Stop(Outcome("failed", (uid,), system.text))
        return _Chip(uid, system, self._read(uid, system))

    def _read(self, uid: str, system: SystemInformation) -> tuple[Block, ...]:
        """All blocks and their locks; without locks from a chip that does not tell them."""
        count = system.blocks + 1 if system.blocks else USUAL_BLOCKS
        size = system.block_octets + 1 if system.blocks else BLOCK_OCTETS
        read = self._session.read_blocks(uid, 0, count, block_octets=size, locks=True)
        if isinstance(read, DriverError):
            read = self._session.read_blocks(uid, 0, count, block_octets=size)
        if isinstance(read, DriverError):
            raise Stop(Outcome("failed", (uid,), read.text))
        return read

    def _unless_worn(self, book: Book, uid: str) -> None:
        """Stop at a tag that another book of this list wears: it lies there still, or again."""
        wearer = self._progress.wearer(uid)
        if wearer and wearer != book.key and wearer in self._listed:
            raise Stop(Outcome("worn", (uid,), wearer.rpartition("#")[0]))

    def _unless_begun(self, book: Book, uid: str) -> None:
        """Stop at a second tag for a book whose first one is half written: it may say the same number already."""
        begun = self._progress.half_written(book.key)
        if begun and uid not in begun and not self._manner.overwrite:
            raise Stop(Outcome("begun", (uid,), begun[-1]))

    def _unless_other(self, book: Book, found: _Chip) -> None:
        """Stop at a tag that carries another number, a number that cannot be trusted, or octets of no known model."""
        if self._manner.overwrite or found.uid in self._progress.half_written(book.key):
            return
        reading = detect.read(found.memory, len(found.blocks[0].octets))
        carried = reading.content
        wanted = book.wanted.item, book.wanted.part or 1
        if reading.model == BLANK or (carried and (carried.item, carried.part) == wanted):
            return
        raise Stop(
            Outcome("other", (found.uid,), carried.item if carried else reading.elements.get("PII", ""))
        )

    def _layout(self, book: Book, found: _Chip) -> Layout:
        size = len(found.blocks[0].octets) or BLOCK_OCTETS
        wanted = msgspec.structs.replace(book.wanted, block_octets=size, memory_octets=len(found.memory))
        try:
            return tag_encode.layout(wanted)
        except Misuse as cause:
            raise Stop(Outcome("refused", (found.uid,), cause.text)) from None

    # ------------------------------------------------------------ writing
    def _unless(self, refused: DriverError | None, uid: str) -> None:
        if refused:
            raise Stop(Outcome("failed", (uid,), refused.text))

    def _prove(self, layout: Layout, found: _Chip) -> None:
        """All octets read back."""
        if _wrong(layout, replace(found, blocks=self._read(found.uid, found.system))):
            raise Stop(Outcome("failed", (found.uid,), "the tag does not say what was written"))

    def _marks(self, book: Book, found: _Chip) -> tuple[str, ...]:
        """AFI and EAS written and read back; the DSFID as far as the chip takes it."""
        wanted = self._manner.security.wanted(self._manner.secured)
        refused = marks.write(self._session, found.uid, wanted)
        shown = marks.read(self._session, found.uid, self._manner.security)
        if shown != wanted:
            error = refused or (
                shown if isinstance(shown, DriverError) else Misbehaved(f"the tag shows {shown}")
            )
            raise Stop(Outcome("failed", (found.uid,), error.text))
        dsfid = DSFIDS[MODEL_NAMES[book.wanted.model.lower()]]
        if found.system.dsfid == dsfid:
            return ()
        refused = chip.write_dsfid(self._session, found.uid, dsfid)
        told = self._session.system(found.uid)
        kept = isinstance(told, DriverError) or told.dsfid != dsfid
        return (f"DSFID {dsfid:02X}: {refused.text if refused else 'not kept'}",) if kept else ()

    def _lock(self, layout: Layout, found: _Chip) -> None:
        """Lock what the layout locks, and see that it is locked."""
        uid = found.uid
        before = self._read(uid, found.system)
        open_still = {at: b"" for at, shut in enumerate(layout.locked) if shut and not before[at].locked}
        for first, blocks in _runs(open_still):
            self._unless(chip.lock_blocks(self._session, uid, first, len(blocks)), uid)
        after = self._read(uid, found.system)
        if any(shut and not after[at].locked for at, shut in enumerate(layout.locked)):
            raise Stop(Outcome("failed", (uid,), "the tag does not show its blocks locked"))


def _wrong(layout: Layout, found: _Chip) -> dict[int, bytes]:
    """Number of each block that has to be written → its octets.

    Behind the stream every open block becomes 0, and a locked one stays; but one octet must end the stream.
    """
    wanted = dict(enumerate(layout.blocks))
    empty = bytes(layout.block_octets)
    wrong: dict[int, bytes] = {}
    for number, block in enumerate(found.blocks):
        octets = wanted.get(number, empty)
        ends = number > len(wanted) or (number == len(wanted) and block.octets[:1] == b"\0")
        if block.octets == octets or (block.locked and ends):
            continue
        if block.locked:
            raise Stop(Outcome("refused", (found.uid,), f"block {number} is locked and says something else"))
        wrong[number] = octets
    return wrong


def _runs(blocks: dict[int, bytes]) -> list[tuple[int, list[bytes]]]:
    """Blocks that stand side by side, by the first of them."""
    apart = groupby(enumerate(sorted(blocks)), key=lambda pair: pair[1] - pair[0])
    runs = ([number for _, number in run] for _, run in apart)
    return [(run[0], [blocks[number] for number in run]) for run in runs]
