"""A picture of black and white dots. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DOTS = 8 * 1000
"""Highest picture: a metre of paper at 8 dots a millimetre."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Rows of dots, eight to an octet, the most significant bit at the left; 1 is black."""

    width: int
    """Dots, a multiple of eight."""
    height: int
    octets: bytes

    def __post_init__(self) -> None:
        if self.width % 8 or len(self.octets) != self.width // 8 * self.height:
            raise ValueError(f"{len(self.octets)} octets for {self.width} × {self.height} dots")

    @property
    def stride(self) -> int:
        """Octets in a row."""
        return self.width // 8

    def cut(self, rows: int) -> list[Raster]:
        """The same in pieces of at most so many rows."""
        step = rows * self.stride
        pieces = (self.octets[at : at + step] for at in range(0, len(self.octets), step))
        return [Raster(self.width, len(piece) // self.stride, piece) for piece in pieces]


def bar(width: int, thick: int, margin: int) -> Raster:
    """A black bar across the paper with white above and below it, all in dots."""
    white, black = bytes(width // 8), b"\xff" * (width // 8)
    return Raster(width, thick + 2 * margin, white * margin + black * thick + white * margin)
