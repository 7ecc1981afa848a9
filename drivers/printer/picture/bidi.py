"""Which way each piece of a line runs: the Unicode Bidirectional Algorithm (UAX #9), its implicit part. Pure.

    rule   what it settles
    P3     the line's own direction is given: it is the slip's language, not its first letter
    W1-W7  marks take their base's class; digits beside letters; separators inside numbers
    N0     a pair of brackets runs as the line does where that direction is inside, else as what is before it
    N1-N2  spaces and punctuation between two runs of one direction join them, else follow the line
    I1-I2  levels: even runs to the right, odd ones to the left
    L1-L2  trailing spaces follow the line; then runs of higher levels are turned over

Left out, since slips are our own short lines: explicit embeddings and isolates, which count as nothing.
Characters inside a run stay in logical order; who draws a run from right to left mirrors its brackets (L4).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

BRACKETS = dict(zip("([{（［｛《〈「『【〔", ")]}）］｝》〉」』】〕", strict=True))
"""Opening and closing, of those in BidiBrackets.txt that slips hold."""
MAX_NESTED = 63
"""UAX #9, BD16."""

_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_IGNORED = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"})


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of the line in one direction."""

    start: int
    end: int
    rtl: bool


def visual(text: str, *, rtl: bool) -> list[Run]:
    """The runs of a line from left to right as they are seen.

    Args:
        text: one line in logical order.
        rtl: the line itself runs from right to left.
    """
    levels = _levels(text, int(rtl))
    runs = _split(levels)
    for level in range(max(levels, default=0), 0, -1):
        runs = _turned(runs, level)
    return [Run(start, end, rtl=bool(depth & 1)) for start, end, depth in runs]


def _levels(text: str, base: int) -> list[int]:
    edge = "R" if base else "L"
    levels = [base + _STEPS[base][kind] for kind in _resolved(text, edge)]
    for at in range(len(text) - 1, -1, -1):
        if not text[at].isspace():
            break
        levels[at] = base
    return levels


_STEPS = ({"L": 0, "R": 1, "EN": 2, "AN": 2}, {"R": 0, "L": 1, "EN": 1, "AN": 1})
"""I1 and I2: by the parity of the line's level."""


def _resolved(text: str, edge: str) -> list[str]:
    """Each character as `L`, `R`, `EN` or `AN`."""
    kinds = _strong_context([unicodedata.bidirectional(character) or "L" for character in text], edge)
    kinds = _numbers(kinds)
    previous = edge
    for at, kind in enumerate(kinds):  # W7
        if kind in ("L", "R"):
            previous = kind
        elif kind == "EN" and previous == "L":
            kinds[at] = "L"
    for opening, closing in _pairs(text, kinds):
        _settle_pair(kinds, opening, closing, edge)
    return _neutrals(kinds, edge)


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """BD16: where brackets open and close, in the order of their opening."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for at, character in enumerate(text):
        if kinds[at] != "ON":
            continue
        if character in BRACKETS:
            if len(waiting) == MAX_NESTED:
                break
            waiting.append((BRACKETS[character], at))
        elif (
            depth := next((i for i, (end, _) in enumerate(reversed(waiting)) if end == character), None)
        ) is not None:
            pairs.append((waiting[-1 - depth][1], at))
            del waiting[-1 - depth :]
    return sorted(pairs)


def _settle_pair(kinds: list[str], opening: int, closing: int, edge: str) -> None:
    """N0: nothing strong inside leaves the pair to N1."""
    inside = {_side(kind) for kind in kinds[opening + 1 : closing] if kind not in _NEUTRAL}
    if edge in inside:
        side = edge
    elif inside:
        side = next((_side(kind) for kind in reversed(kinds[:opening]) if kind not in _NEUTRAL), edge)
    else:
        return
    kinds[opening] = kinds[closing] = side


def _strong_context(classes: list[str], edge: str) -> list[str]:
    """W1 marks, W2 digits after Arabic letters, W3 those letters themselves."""
    kinds: list[str] = []
    strong = before = edge
    for kind in classes:
        now = before if kind == "NSM" or kind in _IGNORED else kind
        if now in ("L", "R", "AL"):
            strong = now
        if now == "EN" and strong == "AL":
            now = "AN"
        kinds.append("R" if now == "AL" else now)
        before = now
    return kinds


def _numbers(kinds: list[str]) -> list[str]:
    """W4 one separator inside a number, W5 signs beside one, W6 the rest are punctuation."""
    for at in range(1, len(kinds) - 1):
        left, kind, right = kinds[at - 1 : at + 2]
        if left == right and ((kind in ("ES", "CS") and left == "EN") or (kind == "CS" and left == "AN")):
            kinds[at] = left
    for order in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        near = ""
        for at in order:
            if kinds[at] == "ET" and near == "EN":
                kinds[at] = "EN"
            near = kinds[at]
    return ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]


def _neutrals(kinds: list[str], edge: str) -> list[str]:
    """N1 and N2; numbers count as `R` for what stands beside them."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > at:
            left = _side(kinds[at - 1]) if at else edge
            right = _side(kinds[end]) if end < len(kinds) else edge
            kinds[at:end] = [left if left == right else edge] * (end - at)
        at = end + 1
    return kinds


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _split(levels: list[int]) -> list[tuple[int, int, int]]:
    """(start, end, level) of each stretch of one level."""
    runs: list[tuple[int, int, int]] = []
    for at, level in enumerate(levels):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], at + 1, level)
        else:
            runs.append((at, at + 1, level))
    return runs


def _turned(runs: list[tuple[int, int, int]], level: int) -> list[tuple[int, int, int]]:
    """L2: every stretch of runs at this level or above, turned over."""
    turned: list[tuple[int, int, int]] = []
    stretch: list[tuple[int, int, int]] = []
    for run in runs:
        if run[2] >= level:
            stretch.insert(0, run)
        else:
            turned += [*stretch, run]
            stretch = []
    return turned + stretch
