"""Text as a QR code: one SVG path. The screen's one place that knows the library."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct


class Drawn(Struct, frozen=True):
    """A code without its quiet zone."""

    modules: int
    """Its side."""
    path: str
    """SVG path data, a unit a module: one run of black at a time."""


@lru_cache(maxsize=4)
def drawn(text: str) -> Drawn:
    """The code of a text, with the least correction: a screen has no creases.

    Raises:
        ValueError: the text is longer than any code holds (2953 octets).
    """
    import qrcode  # type: ignore[import-untyped] # it ships no types; read when the first code is shown

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    return Drawn(len(rows), "".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: list[bool]) -> str:
    found, x = [], 0
    while x < len(row):
        end = x
        while end < len(row) and row[end]:
            end += 1
        if end > x:
            found.append(f"M{x} {y}h{end - x}v1h{x - end}z")
        x = end + 1
    return "".join(found)
