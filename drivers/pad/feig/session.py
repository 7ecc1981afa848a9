"""What one asks of a FEIG reader and of the tags above it: verbs over one conversation.

- Every verb blocks until the reader has answered or `reply_timeout_s` has passed a few times.
- What the tag or the reader refuses is returned, as an error; what the line breaks is raised.
- Tags are addressed by their UID alone: no verb can reach another one.

Rule 3 of the conversation: a reading equal to that of the tag before it is believed only when made
again behind a fence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from drivers.errors import DriverError, Misbehaved
from drivers.line.line import Line
from drivers.pad.feig import reader
from drivers.pad.feig.conversation import Conversation
from drivers.pad.feig.fields import unpack
from drivers.pad.feig.messages import (
    ISO15693,
    Addressed,
    Addressing,
    AskEas,
    AskEasAlarm,
    AskSystemInformation,
    Block,
    InventoryMode,
    ReadBlocks,
    ReaderInfo,
    ResetEas,
    ResetRf,
    SetEas,
    SwitchAntenna,
    SystemInformation,
    TakeInventory,
    WriteAfi,
    unpack_blocks,
    unpack_inventory,
)
from drivers.pad.feig.settings import FeigSettings
from drivers.pad.feig.status import WITH_DATA, Reply, Status
from drivers.tag.iso15693 import uid_octets, uid_text
from drivers.tag.layout import BLOCK_OCTETS
from drivers.tag.security import Shown

T = TypeVar("T")

MAX_MORE = 32
"""Replies to one inventory: 255 tags, eight a reply."""
SHORT_BLOCKS = 8
"""The smallest tag in libraries has 8 blocks of 4 octets."""
UID_VALID = 4
"""Octets of the UID that every reader fills in its system information."""
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
            Misbehaved: something else than a FEIG reader does; the text says what it looks like.
            Unsupported: a reader that is no good for books.
        """
        self._info = self._talk.introduce()
        if refusal := reader.refusal(self._info, few=self._settings.few):
            raise refusal
        return reader.identity(self._info)

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

    # ------------------------------------------------------------ one tag
    def read(self, uid: str, blocks: int) -> bytes | DriverError:
        """The first blocks of a tag's memory in the tag's own order; fewer where the tag has fewer.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        read = self.read_blocks(uid, 0, blocks)
        if isinstance(read, DriverError) and _beyond(read) and blocks > SHORT_BLOCKS:
            read = self.read_blocks(uid, 0, SHORT_BLOCKS)
        return read if isinstance(read, DriverError) else b"".join(block.octets for block in read)

    def read_blocks(
        self, uid: str, first: int, count: int, *, locks: bool = False
    ) -> tuple[Block, ...] | DriverError:
        """Blocks of a tag, in as many readings as the reader's buffer needs.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        told = self._talk.steadily(lambda: self._blocks(uid, first, count, locks=locks))
        before, same = self._last
        if not isinstance(told, DriverError) and told == same and uid != before:
            self._talk.identify()
            told = self._talk.steadily(lambda: self._blocks(uid, first, count, locks=locks))
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

    def mark(self, uid: str, wanted: Shown) -> DriverError | None:
        """Write AFI and EAS of a tag, each where it is wanted. Only `marks` tells what it shows then.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        refused: DriverError | None = None
        if wanted.afi is not None:
            refused = self.order(uid, WriteAfi(uid=uid_octets(uid), afi=wanted.afi))
        if wanted.eas is not None:
            switch = SetEas if wanted.eas else ResetEas
            refused = self.order(uid, switch(uid=uid_octets(uid))) or refused
        return refused

    def marks(self, uid: str) -> Shown | DriverError:
        """What a tag shows now of the marks that the library uses.

        Silence is how a tag says that its EAS is off: its system information, asked for behind that,
        proves that it was there to say it.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        security = self._settings.security
        eas = self.eas(uid) if security.by_eas else None
        if isinstance(eas, DriverError):
            return eas
        told = self.system(uid)
        if isinstance(told, DriverError):
            return told
        return Shown(told.afi if security.by_afi else None, eas)

    def eas(self, uid: str) -> bool | DriverError:
        """Whether a tag's EAS bit is on; False also where the tag is gone.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        return self._talk.steadily(lambda: self._eas(uid))

    def order(self, uid: str, request: Addressed) -> DriverError | None:
        """Send one tag a command that changes it, of which only the status comes back.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        reply = self._talk.steadily(lambda: self._to(uid, request))
        if isinstance(reply, DriverError):
            return reply
        return None if reply.status == Status.OK else reply.refusal()

    def writable(self, block_octets: int) -> int:
        """Blocks that one request can carry."""
        return reader.writable(self._info, self._settings.frame, block_octets)

    # ------------------------------------------------------------ one attempt each
    def _inventory(self, antenna: int | None) -> Found:
        self._switch(antenna)
        if self._settings.fresh == "reset":
            self._talk.ask(ResetRf())
        mode = InventoryMode.PRESENCE if self._settings.fresh == "presence" else InventoryMode.NEW
        uids: list[str] = []
        for _ in range(MAX_MORE):
            reply = self._talk.ask(TakeInventory(mode=mode))
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
            mode = InventoryMode.MORE
        raise Misbehaved(f"an inventory of more than {MAX_MORE} replies")

    def _blocks(self, uid: str, first: int, count: int, *, locks: bool) -> tuple[Block, ...] | DriverError:
        step = reader.readable(self._info, self._settings.frame, BLOCK_OCTETS)
        mode = Addressing.ADDRESSED | Addressing.WITH_SECURITY * locks
        blocks: list[Block] = []
        for at in range(first, first + count, step):
            some = min(step, first + count - at)
            reply = self._to(uid, ReadBlocks(mode=mode, uid=uid_octets(uid), first=at, count=some))
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

    def _eas(self, uid: str) -> bool | DriverError:
        reply = self._to(uid, AskEas(uid=uid_octets(uid)))
        return _yes_or_no(reply)

    def _eas_alarm(self, antenna: int | None) -> bool | DriverError:
        self._switch(antenna)
        return _yes_or_no(self._talk.ask(AskEasAlarm()))

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


def _yes_or_no(reply: Reply) -> bool | DriverError:
    """An EAS alarm: status 00 there is one, 01 nobody answered."""
    if reply.status == Status.NO_TRANSPONDER:
        return False
    return True if reply.status == Status.OK else reply.refusal()


def _beyond(error: DriverError) -> bool:
    """Whether the tag has fewer blocks than were asked for."""
    return Reply(error.status or 0, error.frame).beyond_memory
