"""What only the tagging of books asks of a chip: blocks written, locked, and its DSFID. Verbs over a session.

Each returns what the tag or the reader refuses, and raises Gone or Misbehaved where the reader cannot be
talked to. None of them says that the tag has it: only a reading does.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.errors import DriverError
from drivers.pad.feig.messages import LockBlocks, WriteBlocks, WriteDsfid, pack_plain
from drivers.pad.feig.session import Session
from drivers.tag.iso15693 import uid_octets


def write_blocks(session: Session, uid: str, first: int, blocks: Sequence[bytes]) -> DriverError | None:
    """Write blocks of one size from `first` on, in as many requests as the reader's buffer needs."""
    size = len(blocks[0])
    step = session.writable(size)
    for at in range(0, len(blocks), step):
        some = blocks[at : at + step]
        request = WriteBlocks(
            uid=uid_octets(uid), first=first + at, count=len(some), block_octets=size, blocks=pack_plain(some)
        )
        if refused := session.order(uid, request):
            return refused
    return None


def lock_blocks(session: Session, uid: str, first: int, count: int) -> DriverError | None:
    """Lock blocks for good."""
    return session.order(uid, LockBlocks(uid=uid_octets(uid), first=first, count=count))


def write_dsfid(session: Session, uid: str, dsfid: int) -> DriverError | None:
    """Write the octet that names the tag's data model."""
    return session.order(uid, WriteDsfid(uid=uid_octets(uid), dsfid=dsfid))
