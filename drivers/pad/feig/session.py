"""One conversation with a FEIG reader: verbs that ask, wait, and are sure whose answer they got.

- Every verb blocks until the reader has answered or `reply_timeout_s` has passed a few times.
- What the tag or the reader refuses is returned, as an error; what the line breaks is raised.
- Commands may be sent twice; all that are used here may be.

A reply names its command only coarsely (all tag commands are B0) and bears no number, so an answer
that comes late or twice could be taken for the next tag's. Three rules keep them apart:

1. Before a command the line has been quiet for PSST; what is heard meanwhile is thrown away.
2. After a time-out, or a reply that is no answer to its question, the reader is asked who it is
   (66). Replies come in order: behind that answer nothing old can follow. Only then is it asked again.
3. A reading equal to that of the tag before it is believed only when made again behind such a fence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from drivers.errors import DriverError, Gone, Misbehaved
from drivers.line.line import Line
from drivers.line.serial_line import Parity
from drivers.pad.feig.codec import ANY_ADDRESS, MAX_ADVANCED, NOT_YET, Decoder, Frame, FrameKind, encode
from drivers.pad.feig.fields import pack, unpack
from drivers.pad.feig.messages import (
    ISO15693,
    WITH_DATA,
    AskReaderInfo,
    AskSystemInformation,
    InventoryMode,
    ReadBlocks,
    ReaderInfo,
    Reply,
    Request,
    ResetRf,
    Status,
    SystemInformation,
    TakeInventory,
    WriteAfi,
    unpack_blocks,
    unpack_inventory,
)
from drivers.pad.presence import PresenceRule
from drivers.tag.iso15693 import uid_octets, uid_text
from drivers.tag.security import AfiValues

T = TypeVar("T")

PSST_S = 0.005
"""Pause between a reply and the next command, by the manual 5 ms."""
CHARACTER_S = 0.05
"""Octets of one frame are at most 12 ms apart by the manual; a USB bridge may add 16 ms twice."""
TRIES = 3
"""A command, and a fence, before the reader is given up."""
MAX_NOISE = 4
"""Broken candidates in one reply before it is given up."""
MAX_QUIET = 64
"""Pieces of noise before a command: a line that babbles on is no line to a reader."""
MAX_MORE = 32
"""Replies to one inventory: 255 tags, eight a reply."""
SHORT_BLOCKS = 8
"""The smallest tag in libraries has 8 blocks of 4 octets."""
UID_VALID = 4
"""Octets of the UID that every reader fills in its system information."""


@dataclass(frozen=True, slots=True)
class FeigSettings:
    """How one reader is reached and used. Defaults are the reader's own."""

    name: str
    url: str
    """A device path, or `socket://host:10001` for a reader with a LAN port."""
    baud: int = 38400
    parity: Parity = "E"
    frame: FrameKind = "advanced"
    address: int = ANY_ADDRESS
    fresh: Literal["presence", "reset", "plain"] = "presence"
    """How an inventory is made to report tags that were reported before: by the PRESC bit (MR102 and
    later); by an RF reset before each (older readers, which ignore that bit: a tag would be gone as
    soon as it was seen); by nothing (the reader's ONT bit is off)."""
    blocks: int = 9
    """Blocks to read of each tag: 36 octets hold the basic block of ISO 28560-3, and of ISO 28560-2
    the item number, the owner and the set."""
    afi: AfiValues = AfiValues()  # noqa: RUF009 - frozen
    poll_pause_ms: int = 25
    presence: PresenceRule = PresenceRule()  # noqa: RUF009 - frozen
    read_tries: int = 5
    """Readings of a tag, an inventory between them, before it counts as unreadable."""
    write_tries: int = 3
    reply_timeout_s: float = 1.0
    """30 tags take 0.4 s in the air and on the line; a reader that works answers within that."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an inventory found."""

    uids: tuple[str, ...]
    complete: bool
    """False where the reader reports trouble: there may be more tags."""


class Session:
    """The verbs. Belongs to one thread and one open line."""

    def __init__(self, line: Line, settings: FeigSettings, clock: Callable[[], float]) -> None:
        self._line = line
        self._settings = settings
        self._clock = clock
        self._heard_s = clock()
        self._decoder = Decoder(shortest_body=1)
        self._last: tuple[str, bytes | DriverError] = ("", b"")

    # ------------------------------------------------------------ verbs
    def identify(self) -> ReaderInfo:
        """Who the reader is; and a fence: no reply to an earlier command can follow.

        Raises:
            Gone, Misbehaved: it does not say.
        """
        for _ in range(TRIES - 1):
            try:
                return self._identify()
            except (Gone, Misbehaved):
                continue
        return self._identify()

    def inventory(self) -> Found:
        """All tags in the field.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        found = self._steadily(self._inventory)
        if isinstance(found, DriverError):
            raise found
        return found

    def read(self, uid: str, blocks: int) -> bytes | DriverError:
        """The first blocks of a tag's memory in the tag's own order; fewer where the tag has fewer.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        memory = self._steadily(lambda: self._read(uid, blocks))
        before, same = self._last
        if isinstance(memory, bytes) and memory == same and uid != before:
            self.identify()
            memory = self._steadily(lambda: self._read(uid, blocks))
        self._last = (uid, memory)
        return memory

    def write_afi(self, uid: str, afi: int) -> DriverError | None:
        """Write the AFI of a tag. Only `afi` tells whether it is there.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        return self._steadily(lambda: self._write_afi(uid, afi))

    def afi(self, uid: str) -> int | DriverError:
        """The AFI that a tag has now.

        Raises:
            Gone, Misbehaved: the reader cannot be talked to.
        """
        return self._steadily(lambda: self._afi(uid))

    # ------------------------------------------------------------ one attempt each
    def _identify(self) -> ReaderInfo:
        reply = self._ask(AskReaderInfo())
        if reply.status != Status.OK:
            raise reply.refusal()
        return unpack(ReaderInfo, reply.data)

    def _inventory(self) -> Found:
        if self._settings.fresh == "reset":
            self._ask(ResetRf())
        mode = InventoryMode.PRESENCE if self._settings.fresh == "presence" else InventoryMode.NEW
        uids: list[str] = []
        for _ in range(MAX_MORE):
            reply = self._ask(TakeInventory(mode=mode))
            if reply.status == Status.NO_TRANSPONDER:
                return Found(tuple(uids), complete=True)
            if reply.status not in WITH_DATA:
                raise reply.refusal()
            if (
                reply.status == Status.ISO15693_ERROR and len(reply.data) == 1
            ):  # the tag's error, and no data sets
                return Found(tuple(uids), complete=False)
            sets = unpack_inventory(reply.data)
            uids += [uid_text(each.uid) for each in sets if each.transponder == ISO15693]
            if reply.status != Status.MORE_DATA:
                return Found(tuple(uids), complete=reply.status == Status.OK)
            mode = InventoryMode.MORE
        raise Misbehaved(f"an inventory of more than {MAX_MORE} replies")

    def _read(self, uid: str, blocks: int) -> bytes | DriverError:
        reply = self._ask(ReadBlocks(uid=uid_octets(uid), first=0, count=blocks))
        if reply.beyond_memory and blocks > SHORT_BLOCKS:
            return self._read(uid, SHORT_BLOCKS)
        if reply.status != Status.OK:
            return reply.refusal()
        return b"".join(unpack_blocks(reply.data, blocks))

    def _write_afi(self, uid: str, afi: int) -> DriverError | None:
        reply = self._ask(WriteAfi(uid=uid_octets(uid), afi=afi))
        return None if reply.status == Status.OK else reply.refusal()

    def _afi(self, uid: str) -> int | DriverError:
        reply = self._ask(AskSystemInformation(uid=uid_octets(uid)))
        if reply.status != Status.OK:
            return reply.refusal()
        told = unpack(SystemInformation, reply.data)
        if told.uid[-UID_VALID:] != uid_octets(uid)[-UID_VALID:]:
            raise Misbehaved(f"system information of {uid_text(told.uid)}, {uid} was asked", frame=reply.data)
        return told.afi

    # ------------------------------------------------------------ asking
    def _steadily(self, attempt: Callable[[], T]) -> T | DriverError:
        """The attempt's outcome, tried again behind a fence; the last error where none succeeds."""
        error: DriverError = Gone("never tried")
        for _ in range(TRIES):
            try:
                return attempt()
            except (Gone, Misbehaved) as cause:
                error = cause
                self.identify()
        return error

    def _ask(self, request: Request) -> Reply:
        frame = encode(Frame(self._settings.address, request.command, pack(request), self._settings.frame))
        self._quiet()
        self._line.write(frame)
        reply = self._hear(request.command)
        return Reply(reply.body[0], reply.body[1:])

    def _quiet(self) -> None:
        """Return once nothing has come for PSST."""
        self._decoder.clear()
        left_s = max(0.0, PSST_S - (self._clock() - self._heard_s))
        for _ in range(MAX_QUIET):
            if not self._line.read(left_s):
                return
            left_s = PSST_S
        raise Misbehaved("the line is never quiet")

    def _hear(self, command: int) -> Frame:
        """The reply to a command; replies to others are old and passed over."""
        noise = heard = 0
        while heard <= 2 * MAX_ADVANCED and noise <= MAX_NOISE:
            frame = self._decoder.next()
            if frame is NOT_YET:
                begun = self._decoder.waiting
                octets = self._line.read(CHARACTER_S if begun else self._settings.reply_timeout_s)
                if octets:
                    self._heard_s = self._clock()
                    heard += len(octets)
                    self._decoder.feed(octets)
                    continue
                if not begun:
                    raise Gone("no answer")
                noise += 1
                frame = self._decoder.silence()
            if isinstance(frame, Frame) and frame.command == command:
                return frame
        raise Misbehaved("noise instead of an answer")
