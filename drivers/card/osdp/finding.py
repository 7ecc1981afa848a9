"""Which OSDP readers answer at a port, at which baud rate and address. The question ID in the clear alone.

All readers answer to one common address, several at once, which says nothing of their own; where anything is heard
each usual address is asked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from drivers.card.osdp.frames import EVERYBODY, identity_in, reply_in, who
from drivers.card.osdp.messages import Identity
from drivers.errors import DriverError
from drivers.kit import Found
from drivers.line.line import Line
from drivers.line.serial_line import open_serial

BAUDS = (9600, 115_200, 19_200, 38_400, 57_600, 230_400)
"""The rate that every reader knows first."""
KNOCKS = (EVERYBODY, 0, 1)
"""Not every reader answers to the common address."""
USUAL = range(8)
"""Addresses: readers leave the maker with 0 or 1, and are counted up on a bus."""
ANSWER_S, READER_S = 0.12, 0.06
"""Question and answer take 32 ms at 9600 baud, and a reader up to 60 ms in between."""
MAX_HEARD = 256
MAX_DRAINS = 8
"""A line that babbles on is not waited for."""
LONGEST_S = 2.8
CHARACTER_BITS, TURN_OCTETS = 10, 31


def find(port: str) -> Found | None:
    """The readers of a bus; None where none answers. Ends within 3 s."""
    give_up = time.monotonic() + LONGEST_S
    for baud in BAUDS[:1] if port.startswith("socket:") else BAUDS:
        with suppress(DriverError):
            line = open_serial(port, baud)
            try:
                if found := _look(line, port, baud, give_up):
                    return found
            finally:
                line.close()
    return None


def _look(line: Line, port: str, baud: int, give_up: float) -> Found | None:
    heard = next((heard for address in KNOCKS if (heard := _ask(line, address, ANSWER_S))), b"")
    slowest_s = ANSWER_S if baud == BAUDS[0] else TURN_OCTETS * CHARACTER_BITS / baud + READER_S
    readers: list[tuple[int, Identity]] = []
    for address in USUAL:
        if heard and time.monotonic() + slowest_s < give_up:
            said = identity_in(reply_in(_ask(line, address, slowest_s), address))
            readers += [(address, said)] if said else []
    anybody = readers[0][1] if readers else identity_in(reply_in(heard, EVERYBODY))
    return _found(port, baud, anybody, readers) if anybody else None


def _ask(line: Line, address: int, patience_s: float) -> bytes:
    """What comes, up to a whole reply."""
    for _ in range(MAX_DRAINS):
        if not line.read(0.0):
            break
    line.write(who(address))
    heard, until = b"", time.monotonic() + patience_s
    while (left_s := until - time.monotonic()) > 0 and len(heard) < MAX_HEARD:
        heard += line.read(left_s)
        if reply_in(heard, address):
            break
    return heard


def _found(port: str, baud: int, anybody: Identity, readers: Sequence[tuple[int, Identity]]) -> Found:
    warnings = ["make the site's key first, and give it to a new reader: docs/devices/osdp.md"]
    if baud == BAUDS[0] and not port.startswith("socket:"):
        warnings.append("at 9600 baud a card is told after up to 112 ms: set the reader to 19200 or more")
    if not readers:
        warnings.append(f"its address is none of 0 to {USUAL[-1]}: look it up at the reader")
    for address, identity in readers[1:]:
        warnings.append(
            f"address {address}, serial {identity.serial:08X}: a table of its own at the same port"
        )
    address, identity = readers[0] if readers else (0, anybody)
    settings: dict[str, object] = {"place": "door", "port": port}
    settings |= {} if port.startswith("socket:") else {"baud": baud}
    settings |= {"address": address, "serial": f"{identity.serial:08X}", "key_file": "osdp.key"}
    return Found("osdp", port, str(identity), settings, tuple(warnings))
