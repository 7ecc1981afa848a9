"""Pictures, QR codes and the cut as octets: the one file that knows python-escpos.

Its text is not used: it prints Chinese punctuation as `?` and sends characters that no head holds. Importing
it sets up the root logger and leaves a folder behind; both are undone here.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from drivers.errors import Unsupported
from drivers.printer.picture.raster import Raster

Cut = Literal["partial", "full", "none"]

MIN_MODULE = 3
"""Dots to a module of a QR code that a phone still reads."""


def _import_library() -> type[Any]:
    before = list(logging.root.handlers)
    from escpos import capabilities, escpos  # type: ignore[import-untyped] # it ships no types

    Path(capabilities.pickle_path).unlink(missing_ok=True)
    with suppress(OSError):  # the environment may name another folder, with others' files in it
        Path(capabilities.pickle_dir).rmdir()
    logging.root.handlers[:] = before
    library: type[Any] = escpos.Escpos
    return library


class Commands:
    """Makes commands for paper of a width.

    Args:
        dots: width of the paper's printed part.
    """

    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._library = _collecting(_import_library(), dots)

    def _taken(self) -> bytes:
        octets: bytes = self._library.taken()
        return octets

    def picture(self, raster: Raster) -> bytes:
        """One picture in one command."""
        turned = bytes(octet ^ 0xFF for octet in _harmless(raster.octets))
        self._library.image(
            Image.frombytes("1", (raster.width, raster.height), turned), fragment_height=raster.height
        )
        return self._taken()

    def qr(self, text: str, dot: int) -> bytes:
        """A QR code that the printer draws itself, centred; `dot` dots to a module."""
        self._library.set(align="center")
        self._library.qr(text, size=dot, native=True)
        self._library.set(align="left")
        return self._taken()

    def qr_picture(self, text: str, dot: int) -> Raster:
        """The same as a picture.

        Raises:
            Unsupported: it is wider than the paper.
        """
        import qrcode  # type: ignore[import-untyped] # python-escpos brings it; it ships no types

        code = qrcode.QRCode(border=2)
        code.add_data(text)
        code.make()
        code.box_size = min(dot, self._dots // (code.modules_count + 4))
        if code.box_size < MIN_MODULE:
            raise Unsupported(f"a QR code of {len(text)} characters is wider than the paper")
        picture = code.make_image().get_image().convert("1")
        page = Image.new("1", (self._dots, picture.height), 255)
        page.paste(picture, ((self._dots - picture.width) // 2, 0))
        return Raster(self._dots, page.height, bytes(octet ^ 0xFF for octet in page.tobytes()))

    def cut(self, how: Cut) -> bytes:
        """Feed the slip past the knife and cut; `none` feeds it past the tear bar."""
        if how == "none":
            self._library.print_and_feed(6)
        else:
            self._library.cut(mode="PART" if how == "partial" else "FULL")
        return self._taken()


def _collecting(library: type[Any], dots: int) -> Any:
    """A printer of the library that keeps what it would send."""

    class Collecting(library):  # type: ignore[misc] # a base without types
        def __init__(self) -> None:
            self._taken = bytearray()
            super().__init__()
            self.profile.profile_data = {
                **self.profile.profile_data,
                "media": {"width": {"pixels": dots}},
            }

        def _raw(self, msg: bytes) -> None:
            self._taken += msg

        def taken(self) -> bytes:
            octets = bytes(self._taken)
            self._taken.clear()
            return octets

    return Collecting()


def _harmless(dots: bytes) -> bytes:
    """Rows without DLE EOT, DLE ENQ or DLE DC4: a printer obeys those even inside a picture. One dot more."""
    for second in b"\x04\x05\x14":
        dots = dots.replace(bytes((0x10, second)), bytes((0x18, second)))
    return dots
