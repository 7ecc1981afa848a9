"""How a host makes a scanner look, and what scanners answer to that. Pure.

               look                                stop                    answers
    honeywell  16 54 0D                            16 55 0D                none
    newland    7E 01 0000 # SCNTRG1 ; 03           7E 01 0000 # SCNTRG0 ; 03
                                                   02 01 0000 # SCNTRG1 06 ; 03    06 done, 15 cannot, 05 no such thing
    oem        02 82 03 83                         none                    06 done, 15 cannot

Newland's settings are told by `@` in the place of `#`. An answer has no end of line: it would stand before the next
payload, and is taken out of the stream. One that is cut takes the payload behind it with it.
Sources: Honeywell's serial commands; Newland's unified commands; an OEM engine's manual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

TriggerKind = Literal["none", "honeywell", "newland", "oem"]

ACK = 0x06
ENDS = re.compile(rb"[\r\n]")
MAX_ANSWER = 80
"""Octets; the longest command of ours, answered, has under 40."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One maker's way."""

    look: bytes
    stop: bytes = b""
    """Empty: it stops by itself."""
    answer: re.Pattern[bytes] | None = None
    """What it answers; the group `done` is 06 where it obeyed. None: nothing."""
    begins: bytes = b""
    """How an answer of several octets begins."""


def newland(command: str, mark: Literal["@", "#"]) -> bytes:
    """A unified command: `@` keeps a setting, `#` is for now."""
    return b"\x7e\x010000" + f"{mark}{command};".encode("ascii") + b"\x03"


TRIGGERS: Mapping[TriggerKind, Trigger] = {
    "honeywell": Trigger(look=b"\x16T\r", stop=b"\x16U\r"),
    "newland": Trigger(
        look=newland("SCNTRG1", "#"),
        stop=newland("SCNTRG0", "#"),
        answer=re.compile(rb"\x02\x01[0-9]{4}[@#][^\x00-\x1f;]{1,60}(?P<done>[\x05\x06\x15]);\x03"),
        begins=b"\x02\x01",
    ),
    "oem": Trigger(look=bytes.fromhex("02 82 03 83"), answer=re.compile(rb"(?P<done>[\x06\x15])")),
}


class Ear:
    """Takes a trigger's answers out of what a scanner sends."""

    def __init__(self, trigger: Trigger | None) -> None:
        self._trigger = trigger
        self._held = b""
        """An answer that has begun."""

    def feed(self, octets: bytes) -> tuple[bytes, list[bool]]:
        """What is payload of it, and each answer in it: whether the scanner obeyed."""
        if not self._trigger or not self._trigger.answer:
            return octets, []
        octets = self._held + octets
        answers = [found["done"] == bytes((ACK,)) for found in self._trigger.answer.finditer(octets)]
        payload, self._held = self._hold(self._trigger.answer.sub(b"", octets), self._trigger.begins)
        return payload, answers

    def _hold(self, octets: bytes, begins: bytes) -> tuple[bytes, bytes]:
        """Keep back the beginning of an answer; drop one that a payload has run into."""
        payload, begun, rest = octets.partition(begins) if begins else (octets, b"", b"")
        if not begun:
            cut = len(begins) > 1 and octets.endswith(begins[:1])
            return (octets[:-1], octets[-1:]) if cut else (octets, b"")
        if ended := ENDS.search(rest):
            return payload + rest[ended.end() :], b""
        return payload, begun + rest[:MAX_ANSWER]
