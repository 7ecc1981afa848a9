"""What one asks of a FEIG reader and of the tags above it: verbs over one conversation.

- Every verb blocks until the reader has answered or `reply_timeout_s` has passed a few times.
- What the tag or the reader refuses is returned, as an error; what the line breaks is raised.
- Tags are addressed by their UID alone: no verb can reach another one.

Rule 3 of the conversation: a reading equal to that of the tag before it is believed only when made
again behind a fence. What is answered by a status alone, as an EAS bit is, is asked behind one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from drivers.errors import DriverError, Misbehaved
from drivers.identity import recognised
from drivers.line.line import Line
from drivers.pad.feig import reader
from drivers.pad.feig.conversation import Conversation
from drivers.pad.feig.fields import unpack
from drivers.pad.feig.messages import (
    ISO15693,
    Addressed,
    Addressing,
    AskEasAlarm,
    AskSystemInformation,
    Block,
    InventoryMode,
    ReadBlocks,
    ReaderInfo,
    ResetRf,
    SwitchAntenna,
    SystemInformation,
    TakeInventory,
    unpack_blocks,
    unpack_inventory,
)
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.feig.status import WITH_DATA, Reply, Status
from drivers.tag.iso15693 import uid_octets, uid_text
from drivers.tag.layout import BLOCK_OCTETS

T = TypeVar("T")

MAX_MORE = 32
"""Replies to one inventory: 255 tags, eight a reply."""
MOST_BLOCKS = 256
"""Of a chip; its answer counts them in one octet."""
UID_VALID = 4
"""Octets of the UID that every reader fills in its system information."""
AGAIN, ONLY_NEW = TakeInventory(mode=InventoryMode.PRESENCE), TakeInventory(mode=InventoryMode.NEW)
"""Asked over and over, and so made once."""
UNKNOWN_READER = ReaderInfo(0, 0, 0, 0, 0, 0, 0)
"""Before it has told who it is: buffers of one standard frame."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an inventory found."""

    uids: tuple[str, ...]
    complete: bool
    """False where the reader reports trouble: there may be more tags."""


class Session:
    """The verbs. Belongs to one thread and one open line."""

    def __init__(self, line: Line, settings: FeigSettings, clock: Callable[[], float]) -> None:
        self._talk = Conversation(line, settings, clock)
        self._settings = settings
        self._info = UNKNOWN_READER
        self._fresh = settings.fresh
        self._last: tuple[str, tuple[Block, ...] | DriverError] = ("", ())
        self._antenna: int | None = None
        """The output that is on; None where that is not certain."""
        self._above: dict[str, int | None] = {}
        """UID → antenna by which the last inventory found it."""

    # ------------------------------------------------------------ the reader
    def introduce(self) -> str:
        """Who the reader is, in words.

        Raises:
            Gone: nothing answers.
            Misbehaved: something else than a FEIG reader does, or another reader than is configured; the text says which.
            Unsupported: a reader that is no good for books, or does not say which one it is though that matters.
        """
        self._info = self._talk.introduce()
        if refusal := reader.refusal(self._info, few=self._settings.few):
            raise refusal
        if self._info.software_type in reader.WITHOUT_PRESENCE and self._fresh == "presence":
            self._fresh = "reset"
        return recognised(reader.identity(self._info), self._talk.serial(), self._settings.serial)

    def inventory(self) -> Found:
        """All tags above all antennas.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        above: dict[str, int | None] = {}
        complete = True
        for antenna in self._settings.antennas or (None,):
            found = self._must(partial(self._inventory, antenna))
            complete = complete and found.complete
            above.update(dict.fromkeys(found.uids, antenna))
        self._above = above
        return Found(tuple(above), complete)

    def eas_alarm(self) -> bool:
        """Whether any tag in the field has its EAS bit on.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
            Unsupported: it does not know the command.
        """
        antennas = self._settings.antennas or (None,)
        return any(self._must(partial(self._eas_alarm, antenna)) for antenna in antennas)

    def fence(self) -> None:
        """No reply to an earlier command can follow.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        self._talk.identify()

    # ------------------------------------------------------------ one tag
    def read(self, uid: str, blocks: int) -> bytes | DriverError:
        """The first blocks of a tag's memory in the tag's own order; fewer where the tag has fewer.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        read = self.read_blocks(uid, 0, blocks)
        if isinstance(read, DriverError) and (fewer := self._blocks_of(uid)) < blocks:
            read = self.read_blocks(uid, 0, fewer)
        return read if isinstance(read, DriverError) else b"".join(block.octets for block in read)

    def read_blocks(
        self, uid: str, first: int, count: int, *, block_octets: int = BLOCK_OCTETS, locks: bool = False
    ) -> tuple[Block, ...] | DriverError:
        """Blocks of a tag, in as many readings as the reader's buffer needs.

        Args:
            uid: of the tag.
            first: number of the first block.
            count: how many.
            block_octets: of the chip.
            locks: ask for the lock of each block too; not every chip tells.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        mode = Addressing.ADDRESSED | Addressing.WITH_SECURITY * locks
        step = reader.readable(self._info, self._settings.frame, block_octets)
        attempt = partial(self._blocks, uid, range(first, first + count, step), first + count, mode)
        told = self._talk.steadily(attempt)
        before, same = self._last
        if not isinstance(told, DriverError) and told == same and uid != before:
            self._talk.identify()
            told = self._talk.steadily(attempt)
        self._last = (uid, told)
        return told

    def system(self, uid: str) -> SystemInformation | DriverError:
        """What a tag says of itself.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        return self._talk.steadily(lambda: self._system(uid))

    def afi(self, uid: str) -> int | DriverError:
        """The AFI that a tag has now.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        told = self.system(uid)
        return told if isinstance(told, DriverError) else told.afi

    def ask(self, uid: str, request: Addressed) -> Reply | DriverError:
        """Send one tag a command, by the antenna above which it was found.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        return self._talk.steadily(lambda: self._to(uid, request))

    def order(self, uid: str, request: Addressed) -> DriverError | None:
        """Send one tag a command that changes it, of which only the status comes back.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        reply = self.ask(uid, request)
        if isinstance(reply, DriverError):
            return reply
        return None if reply.status == Status.OK else reply.refusal()

    def writable(self, block_octets: int) -> int:
        """Blocks that one request can carry."""
        return reader.writable(self._info, self._settings.frame, block_octets)

    # ------------------------------------------------------------ one attempt each
    def _inventory(self, antenna: int | None) -> Found:
        if self._fresh == "reset":
            self._talk.ask(ResetRf())
            self._antenna = None  # a reset may put another one on
        self._switch(antenna)
        request = AGAIN if self._fresh == "presence" else ONLY_NEW
        uids: list[str] = []
        for _ in range(MAX_MORE):
            reply = self._talk.ask(request)
            if reply.status == Status.NO_TRANSPONDER:
                return Found(tuple(uids), complete=True)
            if reply.status not in WITH_DATA:
                raise reply.refusal()
            if (
                reply.status == Status.ISO15693_ERROR and len(reply.data) == 1
            ):  # the tag's error, no data sets
                return Found(tuple(uids), complete=False)
            sets = unpack_inventory(reply.data)
            uids += [uid_text(each.uid) for each in sets if each.transponder == ISO15693]
            if reply.status != Status.MORE_DATA:
                return Found(tuple(uids), complete=reply.status == Status.OK)
            request = TakeInventory(mode=InventoryMode.MORE)
        raise Misbehaved(f"an inventory of more than {MAX_MORE} replies")

    def _blocks(self, uid: str, firsts: range, end: int, mode: int) -> tuple[Block, ...] | DriverError:
        blocks: list[Block] = []
        for first in firsts:
            some = min(firsts.step, end - first)
            reply = self._to(uid, ReadBlocks(mode=mode, uid=uid_octets(uid), first=first, count=some))
            if reply.status != Status.OK:
                return reply.refusal()
            blocks += unpack_blocks(reply.data, some)
        return tuple(blocks)

    def _system(self, uid: str) -> SystemInformation | DriverError:
        reply = self._to(uid, AskSystemInformation(uid=uid_octets(uid)))
        if reply.status != Status.OK:
            return reply.refusal()
        told = unpack(SystemInformation, reply.data)
        if told.uid[-UID_VALID:] != uid_octets(uid)[-UID_VALID:]:
            raise Misbehaved(f"system information of {uid_text(told.uid)}, {uid} was asked", frame=reply.data)
        return told

    def _blocks_of(self, uid: str) -> int:
        """Blocks of a tag; MOST_BLOCKS where it does not say. Asked beyond its end, some chips answer an error of
        their own, some nothing, some fewer blocks.
        """
        told = self.system(uid)
        return MOST_BLOCKS if isinstance(told, DriverError) or not told.blocks else told.blocks + 1

    def _eas_alarm(self, antenna: int | None) -> bool | DriverError:
        self._switch(antenna)
        return yes_or_no(self._talk.ask(AskEasAlarm()))

    # ------------------------------------------------------------ parts
    def _must(self, attempt: Callable[[], T | DriverError]) -> T:
        """The attempt's outcome, where there is nobody to refuse but the reader."""
        told = self._talk.steadily(attempt)
        if isinstance(told, DriverError):
            raise told
        return told

    def _to(self, uid: str, request: Addressed) -> Reply:
        """A command to one tag, by the antenna above which it was found."""
        self._switch(self._above.get(uid))
        return self._talk.ask(request)

    def _switch(self, antenna: int | None) -> None:
        """Put one antenna on, where it is not on already."""
        if antenna is None or antenna == self._antenna:
            return
        self._antenna = None
        reply = self._talk.ask(SwitchAntenna(antenna))
        if reply.status != Status.OK:
            raise reply.refusal()
        self._antenna = antenna


def yes_or_no(reply: Reply) -> bool | DriverError:
    """The reply to an EAS alarm: status 00 there is one, 01 nobody answered."""
    if reply.status == Status.NO_TRANSPONDER:
        return False
    return True if reply.status == Status.OK else reply.refusal()
