"""What a serial scanner sends, taken apart. Pure: bytes in, payloads out, `now` is an argument.

    payload octets (UTF-8)   CR | LF | CR LF
    `]Q1` 2110004711          0D

A payload ends with CR or LF; the LF of a CR LF ends an empty payload, which is nothing. Scanners send
no checksum and no length, so that only time tells a cut payload from the next one: what falls silent
for `gap_s` before its end is dropped with all up to that end, since a tail alone would be another
reader's number. For the same reason octets that are not UTF-8 spoil the payload. Control characters
are dropped where they stand (STX, ETX, the NUL of a scanner that wakes up).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.errors import Misbehaved

Medium = Literal["card", "barcode", "qr"]

MAX_PAYLOAD = 512
"""Octets. A SIP2 patron identifier is at most 255; a signed dynamic QR code is under 200."""

EVIDENCE_OCTETS = 32
NO_RULE = "fits no rule"

STRANGE = 5
"""Spoiled payloads in a row that make another device, or another baud rate, more likely than bad luck."""
ENDLESS = 8 * MAX_PAYLOAD
"""Octets without an end of line that do, …"""
PAUSES = 3
"""… or pauses without one: so many cards were shown to a scanner that sends no suffix."""

_ENDS = b"\r\n"
_CONTROLS = bytes(range(0x20)) + b"\x7f"


class MediumRule(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to recognise the medium: by a prefix, which alone decides, or by length."""

    medium: Medium
    """`card`, `barcode` or `qr`."""
    prefix: str = ""
    """The payload starts with it."""
    cut: Annotated[int, Meta(ge=0, le=MAX_PAYLOAD)] = 0
    """Leading characters that are the scanner's own and no part of the number."""
    min_length: Annotated[int, Meta(ge=1, le=MAX_PAYLOAD)] = 1
    """Characters after the cut."""
    max_length: Annotated[int, Meta(ge=1, le=MAX_PAYLOAD)] = MAX_PAYLOAD
    """Characters after the cut."""

    def __post_init__(self) -> None:
        if self.min_length > self.max_length:
            raise ValueError("min_length must not be above max_length")

    def fits(self, text: str) -> bool:
        """Whether the length is right."""
        return self.min_length <= len(text) - self.cut <= self.max_length


AIM_RULES = (
    MediumRule("qr", prefix="]Q", cut=3),
    MediumRule("qr", prefix="]d", cut=3),
    MediumRule("barcode", prefix="]", cut=3),
    MediumRule("card"),
)
"""AIM symbology identifiers, `]`, a letter and a digit (ISO/IEC 15424): Q is QR code, d Data Matrix.
A scanner of cards and codes sends them when it is set to; what has none is a card."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One text as it was shown, and what it was shown on. No repr tells it: it may be a person's number."""

    text: str = field(repr=False)
    medium: Medium


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Octets that were dropped, of which no repr tells."""

    why: str
    octets: bytes = field(repr=False)
    """At most the first EVIDENCE_OCTETS of them."""


class ScanCodec:
    """Feed it what arrived; it answers with the payloads that are complete.

    Args:
        rules: how the medium is recognised. The first whose prefix the payload has decides; one
            without a prefix is passed over where the length does not fit.
        gap_s: silence within a payload after which its beginning is worthless.
        debounce_s: the same payload, or the same that is none, again within this time of its last reading is the
            same showing.
    """

    def __init__(self, rules: tuple[MediumRule, ...], gap_s: float, debounce_s: float) -> None:
        self._rules = rules
        self._gap_s = gap_s
        self._debounce_s = debounce_s
        self._partial = bytearray()
        self._spoilt = ""
        self._heard_at = 0.0
        self.pauses = 0
        """Payloads that have begun, each after a silence, since the last end of line."""
        self._last: dict[type[Payload | Spoiled], tuple[Payload | Spoiled, float]] = {}
        """The last of each, and when."""

    def feed(self, octets: bytes, now: float) -> list[Payload | Spoiled]:
        """Take what arrived at `now` (seconds of any steady clock); empty octets let time pass."""
        if self._partial and now - self._heard_at > self._gap_s:
            self._spoilt = f"silent for more than {self._gap_s:g} s before its end"
            self.pauses += bool(octets)
        if octets:
            self._heard_at = now
        found: list[Payload | Spoiled] = []
        for octet in octets:
            if octet in _ENDS:
                found.extend(self._end(now))
            elif octet not in _CONTROLS:
                self._take(octet)
        return found

    def _take(self, octet: int) -> None:
        if len(self._partial) < MAX_PAYLOAD:
            self._partial.append(octet)
        else:
            self._spoilt = f"longer than {MAX_PAYLOAD} octets"

    def _end(self, now: float) -> list[Payload | Spoiled]:
        octets, spoilt = bytes(self._partial), self._spoilt
        self._partial.clear()
        self._spoilt = ""
        self.pauses = 0
        if not octets:
            return []
        verdict = Spoiled(spoilt, octets[:EVIDENCE_OCTETS]) if spoilt else self._judge(octets)
        return [] if self._is_doubled(verdict, now) else [verdict]

    def _judge(self, octets: bytes) -> Payload | Spoiled:
        try:
            text = "".join(c for c in octets.decode() if c.isprintable()).strip()
        except UnicodeDecodeError:
            return Spoiled("not UTF-8", octets[:EVIDENCE_OCTETS])
        for rule in self._rules:
            if text.startswith(rule.prefix):
                if rule.fits(text):
                    return Payload(text[rule.cut :], rule.medium)
                if rule.prefix:
                    break
        return Spoiled(NO_RULE, octets[:EVIDENCE_OCTETS])

    def _is_doubled(self, verdict: Payload | Spoiled, now: float) -> bool:
        last, at = self._last.get(type(verdict), (None, 0.0))
        self._last[type(verdict)] = verdict, now
        return verdict == last and now - at <= self._debounce_s


class Suspicion:
    """Whether what comes is a scanner's at all. A text that fits no rule is one's; what is no text is not."""

    def __init__(self) -> None:
        self._strange = 0
        self._unended = 0

    def note(self, octets: bytes, found: list[Payload | Spoiled], pauses: int = 0) -> None:
        """What came, what was found in it, and how often it has paused since its last end of line.

        Raises:
            Misbehaved: too much of it is no text.
        """
        ended = max(octets.rfind(end) for end in _ENDS)
        self._unended = len(octets) - ended - 1 if ended >= 0 else self._unended + len(octets)
        for each in found:
            strange = isinstance(each, Spoiled) and each.why != NO_RULE
            self._strange = self._strange + 1 if strange else 0
        if self._strange >= STRANGE:
            raise Misbehaved(
                "what comes is no scanner's text: another device on this port, or another baud rate?"
            )
        if self._unended > ENDLESS or pauses >= PAUSES:
            raise Misbehaved(
                "what comes has no end of line: a scanner without its suffix (CR), another device on this port,"
                " or another baud rate?"
            )
