"""Any octets to the judge of dynamic codes and to the scanner's ear."""

from __future__ import annotations

from contextlib import suppress

from drivers.card.code.dynamic import Judge, Life, make
from drivers.card.code.plug import Verified
from drivers.errors import Misbehaved
from drivers.scanner.codec import AIM_RULES, ScanCodec, Suspicion
from drivers.scanner.trigger import TRIGGERS, Ear

KEY = bytes(32)
NOW = 1_763_800_000
CODE = make(KEY, "2110004711", NOW, bytes(9))
SEEDS = (
    CODE.encode(),
    f"]Q1{CODE}\r".encode(),
    b"\x02\x010000#SCNTRG1\x06;\x03",
    b"]C09787530679326\r\n2110004711\r",
)
_JUDGE = Judge(Life(), NOW - 3600)
_EARS = tuple((Ear(trigger), ScanCodec(AIM_RULES, 0.5, 1.5)) for trigger in (None, *TRIGGERS.values()))
"""One line a trigger for all inputs: what one leaves behind is the beginning of the next."""


def feed(octets: bytes) -> None:
    """As a text that was scanned, and as what comes on each line. No input but the one code is anybody's."""
    text = octets.decode("utf-8", errors="replace")
    verdict = _JUDGE.judge([KEY], text, NOW)
    assert not isinstance(verdict, Verified) or text == CODE
    for ear, codec in _EARS:
        payload, _ = ear.feed(octets)
        with suppress(Misbehaved):
            Suspicion().note(payload, codec.feed(payload, 0.0))
