"""A branch's own colours: two tokens, proven to be readable. Pure.

Contrast is that of WCAG 2.2 (relative luminance of sRGB); 4.5 : 1 for words, 3 : 1 for lines and marks (AA).
"""

from __future__ import annotations

from kiosk.config import Colours, ConfigError

CARD, WHITE, INK, SOFT = "#fffdf9", "#ffffff", "#2a2119", "#63574a"
"""Of the house's style sheet: what words stand on, and their own colours."""
WORDS, MARKS = 4.5, 3.0
USUAL = Colours()
KNEE = 0.04045
"""Below it sRGB is linear (IEC 61966-2-1)."""

Pair = tuple[str, str, str, float]
"""What it is about; two colours; the contrast that it needs."""


def css(colours: Colours) -> str:
    """The style sheet of these colours; empty where they are the house's.

    Raises:
        ConfigError: two colours that meet cannot be told apart well enough.
    """
    for key, pairs in (("ground", _of_ground(colours)), ("accent", _of_accent(colours))):
        for what, one, other, least in pairs:
            if (found := contrast(one, other)) < least:
                told = f"{what}: {one} on {other} has a contrast of {found:.1f}, {least} is the least"
                raise ConfigError(f"{told} - at `$.screen.colours.{key}`")
    if colours == USUAL:
        return ""
    return f":root {{ --seal: {colours.accent}; --paper: {colours.ground}; }}\n"


def _of_accent(colours: Colours) -> tuple[Pair, ...]:
    return (
        ("the mark beside the title", WHITE, colours.accent, WORDS),
        ("words in the accent", colours.accent, CARD, WORDS),
        ("the frame of what has the focus", colours.accent, colours.ground, MARKS),
    )


def _of_ground(colours: Colours) -> tuple[Pair, ...]:
    return ("words", INK, colours.ground, WORDS), ("quiet words", SOFT, colours.ground, WORDS)


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white) of two colours `#rrggbb`."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= KNEE else ((part + 0.055) / 1.055) ** 2.4
