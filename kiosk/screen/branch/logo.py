"""A branch's own logo: a PNG, or an SVG that draws and does nothing else.

An SVG is taken where every element and attribute of it is one that draws: no script, no style sheet, no
animation, no text of its own fonts, and nothing that is fetched from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from msgspec import Struct

from kiosk.config import ConfigError

MAX_OCTETS = 64 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
MAX_PIXELS = 1024
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "title", "desc"}
    | {"linearGradient", "radialGradient", "stop", "clipPath", "mask"}
)
HARMLESS = re.compile(r"(?i)(?!on|style$|href$)[a-z][a-z0-9:_-]*")
"""Names of attributes: none that runs anything, none that leads anywhere."""
OUTSIDE = re.compile(r"(?i)url\(\s*[\"']?\s*(?!#)|javascript:|data:")
"""A value that leads out of the file; `url(#gradient)` stays within it."""


class Logo(Struct, frozen=True):
    octets: bytes
    kind: str
    """Media type."""


def logo(path: Path | None) -> Logo | None:
    """The logo in a file; None where the branch has none.

    Raises:
        ConfigError: unreadable, too large, neither PNG nor SVG, or an SVG that does more than draw.
    """
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError as cause:
        raise _wrong(f"{path}: {cause.strerror}") from None
    if len(octets) > MAX_OCTETS:
        raise _wrong(f"{path} is larger than {MAX_OCTETS // 1024} KiB")
    if octets.startswith(PNG):
        return _png(octets)
    for why in _doubts(octets):
        raise _wrong(f"{path}: {why}")
    return Logo(octets, "image/svg+xml")


def _wrong(why: str) -> ConfigError:
    return ConfigError(f"{why} - at `$.screen.logo`")


def _png(octets: bytes) -> Logo:
    """Width and height stand behind the first chunk's head (PNG, 11.2.2)."""
    width, height = (int.from_bytes(octets[at : at + 4]) for at in (16, 20))
    if not (octets[12:16] == b"IHDR" and 0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS):
        raise _wrong(f"a PNG of {width} × {height}, {MAX_PIXELS} at most")
    return Logo(octets, "image/png")


def _doubts(octets: bytes) -> Iterator[str]:
    """Why this is no SVG that draws and does nothing else."""
    if b"<!" in octets.replace(b"<!--", b"") or b"<?xml-stylesheet" in octets:
        yield "neither a PNG nor a plain SVG"
        return
    try:
        root = ET.fromstring(octets)  # noqa: S314 - without a document type there are no entities
    except (ET.ParseError, ValueError) as cause:
        yield f"neither a PNG nor an SVG: {cause}"
        return
    if root.tag != f"{SVG}svg":
        yield f"the root is {root.tag}, not svg"
    for element in root.iter():
        name = str(element.tag).removeprefix(SVG)
        if name not in ELEMENTS:
            yield f"an element {name} is not taken"
        for attribute, value in element.attrib.items():
            if not HARMLESS.fullmatch(attribute) or OUTSIDE.search(value):
                yield f"an attribute {attribute} of {name} is not taken"
