"""How one FEIG reader is reached and used: what pad, gate and tools have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.line.serial_line import Parity
from drivers.pad.feig.codec import ANY_ADDRESS, FrameKind
from drivers.pad.presence import PresenceRule
from drivers.tag.security import Security

Fresh = Literal["presence", "reset", "plain"]
LAN_PORT = 10001
"""Of every FEIG reader with a network port."""


@dataclass(frozen=True, slots=True)
class FeigSettings:
    """One reader. Defaults are the reader's own."""

    name: str
    url: str
    """A device path, or `socket://host:10001` for a reader with a LAN port."""
    baud: int = 38400
    parity: Parity = "E"
    frame: FrameKind = "advanced"
    address: int = ANY_ADDRESS
    serial: str = ""
    """Its device id, 8 hexadecimal digits: another reader is refused. Empty: any is good."""
    fresh: Fresh = "presence"
    """How an inventory is made to report tags that were reported before: by the PRESC bit (MR102 and
    later); by an RF reset before each (older readers ignore that bit; those that are known to do so get
    the reset unasked); by nothing (the reader's ONT bit is off)."""
    antennas: tuple[int, ...] = ()
    """Outputs of a reader with several antennas, asked one after the other; none: the reader's own one."""
    few: bool = False
    """A reader that lists at most four tags is good enough."""
    blocks: int = 9
    """Blocks to read of each tag: 36 octets hold the basic block of ISO 28560-3, and of ISO 28560-2
    the item number, the owner and the set."""
    security: Security = Security()  # noqa: RUF009 - frozen
    poll_pause_ms: int = 25
    idle_pause_ms: int = 60
    """The same while nothing lies there: a look costs a processor the same whatever it finds."""
    presence: PresenceRule = PresenceRule()  # noqa: RUF009 - frozen
    read_tries: int = 5
    """Readings of a tag, an inventory between them, before it counts as unreadable."""
    write_tries: int = 3
    reply_timeout_s: float = 1.0
    """30 tags take 0.4 s in the air and on the line; a reader that works answers within that."""


def with_port(url: str) -> str:
    """The address of a LAN reader with its port; anything else as it is."""
    if not url.startswith("socket://") or ":" in url.removeprefix("socket://").rpartition("]")[2]:
        return url
    return f"{url.rstrip('/')}:{LAN_PORT}"
