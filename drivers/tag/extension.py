"""Extension blocks of ISO 28560-3 (DS/INF 163-8), behind the 34 octets of the basic block.

    +--------+-------+-------+-----+------------------------------+
    | length | id lo | id hi | xor | text 00 text 00 …            |      length counts the whole block; 0 ends
    +--------+-------+-------+-----+------------------------------+

The exclusive or of all its octets is 0. A block that breaks this ends the reading: nothing behind it
has a known beginning. One that the memory cuts short is not told. Id 1 begins with an octet for the medium.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import xor

from drivers.errors import Misuse

HEAD = 4
MAX_LENGTH = 255
NAMES = {1: "library extension", 2: "acquisition", 3: "supplement", 4: "title", 5: "ILL"}
TITLE = 4


@dataclass(frozen=True, slots=True)
class Extension:
    """One block."""

    id: int
    fields: tuple[str, ...]
    """UTF-8; the last without its NUL where the block ends there."""


def parse(octets: bytes) -> tuple[tuple[Extension, ...], tuple[str, ...]]:
    """The blocks up to the first that breaks the rules, and what was odd."""
    blocks: list[Extension] = []
    while octets and octets[0]:
        block = octets[: octets[0]]
        if len(block) < octets[0]:
            break  # only its beginning was read
        if len(block) < HEAD or reduce(xor, block):
            return tuple(blocks), (f"extension block {len(blocks) + 1} is broken",)
        fields = block[HEAD:].decode(errors="replace").removesuffix("\0").split("\0")
        blocks.append(Extension(int.from_bytes(block[1:3], "little"), tuple(fields)))
        octets = octets[len(block) :]
    return tuple(blocks), ()


def elements(blocks: Iterable[Extension]) -> dict[str, str]:
    """The blocks by their names; fields apart by ` / `."""
    return {NAMES.get(each.id, f"extension {each.id}"): " / ".join(each.fields) for each in blocks}


def encode(block: Extension) -> bytes:
    """The octets of one block.

    Raises:
        Misuse: longer than one octet can count, or half a character.
    """
    try:
        text = b"".join(field.encode() + b"\0" for field in block.fields)
    except UnicodeEncodeError:
        raise Misuse(f"no UTF-8: {block.fields!r}") from None
    if HEAD + len(text) > MAX_LENGTH:
        raise Misuse(f"an extension block of {HEAD + len(text)} octets")
    head = bytes([HEAD + len(text)]) + block.id.to_bytes(2, "little")
    return head + bytes([reduce(xor, head + text)]) + text
