"""What an SDT reader is asked and answers. Pure.

    20 01    find a card        9F found            80 none
    20 02    select it          90, 8 octets        81 it is gone
    30 01    read it            90, two lengths, text, photo                41 it cannot be read
    12 FF    the SAM's number   90, 16 octets

A reply does not name its request: SW3 and the length tell them apart. After a reading the card must leave the field before it is found again.
Sources: 居民身份证验证安全控制模块接口技术规范 (GA 467), as quoted by readers' manuals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from drivers.card.sdt.codec import LONGEST, Frame
from drivers.card.sdt.layout import TEXT_OCTETS
from drivers.errors import Misbehaved

STATUS_OCTETS = 3
LENGTHS_OCTETS = 4
"""Of the text and of the photo, before both."""
KEPT_OCTETS = STATUS_OCTETS + LENGTHS_OCTETS + TEXT_OCTETS
"""All that is kept of a reply: no octet of the photo."""
SAM_OCTETS = 16
SERIAL_OCTETS = 8


class Request(Enum):
    """CMD and PARA."""

    FIND = bytes.fromhex("20 01")
    SELECT = bytes.fromhex("20 02")
    READ = bytes.fromhex("30 01")
    SAM_NUMBER = bytes.fromhex("12 FF")


class Status(IntEnum):
    """SW3; SW1 and SW2 are 0."""

    BAD_CHECK = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_ALLOWED = 0x23
    CARD_NOT_PROVEN = 0x31
    SAM_NOT_PROVEN = 0x32
    TEXT_NOT_PROVEN = 0x33
    UNKNOWN_CARD = 0x40
    NOT_READ = 0x41
    NO_RANDOM = 0x47
    SAM_FAILS = 0x60
    SAM_NOT_LICENSED = 0x66
    NO_CARD = 0x80
    NOT_SELECTED = 0x81
    OK = 0x90
    EMPTY = 0x91
    FOUND = 0x9F


RETRIED = frozenset({Status.BAD_CHECK, Status.BAD_LENGTH, Status.BAD_COMMAND})
"""The request was hurt on the line."""
BROKEN = frozenset({Status.SAM_FAILS, Status.SAM_NOT_LICENSED, Status.NOT_ALLOWED})
"""The reader needs its maker."""

ANSWERS: Mapping[Request, Mapping[Status, range]] = {
    Request.FIND: {Status.FOUND: range(9), Status.NO_CARD: range(1)},
    Request.SELECT: {Status.OK: range(SERIAL_OCTETS, SERIAL_OCTETS + 1), Status.NOT_SELECTED: range(1)},
    Request.READ: {
        Status.OK: range(LENGTHS_OCTETS + TEXT_OCTETS, LONGEST),
        Status.NOT_READ: range(1),
        Status.EMPTY: range(1),
    },
    Request.SAM_NUMBER: {Status.OK: range(SAM_OCTETS, SAM_OCTETS + 1)},
}
"""What answers each request: the status, and how many octets may come with it. Any other status without data
answers all of them: a refusal."""
NAMED = frozenset(status for answers in ANSWERS.values() for status in answers)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, taken apart."""

    status: int
    """SW3: one of `Status`, or another."""
    data: bytes = field(repr=False)
    """The first octets of what came with it."""
    length: int
    """How many came with it."""

    def answers(self, request: Request) -> bool:
        """Whether this can be the answer to it, and not to an older one."""
        if self.status in NAMED:
            return self.length in ANSWERS[request].get(Status(self.status), ())
        return not self.length


def reply(frame: Frame) -> Reply:
    """The reply in a frame.

    Raises:
        Misbehaved: too short for a status, or another one than SDT readers have.
    """
    if frame.length < STATUS_OCTETS or frame.body[:2] != b"\0\0":
        raise Misbehaved("a reply without a status")
    return Reply(frame.body[2], frame.body[STATUS_OCTETS:], frame.length - STATUS_OCTETS)


def text_of(told: Reply) -> bytes:
    """The text in the answer to READ.

    Raises:
        Misbehaved: a text of another length than cards have.
    """
    length = int.from_bytes(told.data[:2])
    if length != TEXT_OCTETS:
        raise Misbehaved(f"a text of {length} octets")
    return told.data[LENGTHS_OCTETS : LENGTHS_OCTETS + TEXT_OCTETS]


def sam_number(told: Reply) -> str:
    """The module's number as it is printed: `05.01-20080626-0000101529-2119862553`."""
    kind, version, made, serial, check = (
        int.from_bytes(told.data[at:end], "little") for at, end in ((0, 2), (2, 4), (4, 8), (8, 12), (12, 16))
    )
    return f"{kind:02}.{version:02}-{made:08}-{serial:010}-{check:010}"
