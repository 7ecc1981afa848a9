"""ESC/POS printers as the configuration, the probe and the documents know them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import monotonic
from typing import Annotated, Literal

from msgspec import Meta

from drivers.device import Printer
from drivers.errors import DriverError, Gone, Misuse
from drivers.identity import recognised
from drivers.kit import Driver, Found, Settings
from drivers.line.file_line import USB, open_file
from drivers.line.line import Line, OpenLine
from drivers.line.serial_line import Parity, open_serial
from drivers.printer.escpos.messages import ASK_DONE
from drivers.printer.escpos.session import Answers, Session, Timing

NOTO = "/usr/share/fonts/truetype/noto"
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc#2",
    f"{NOTO}/NotoSansArabic-Regular.ttf",
    f"{NOTO}/NotoSansMongolian-Regular.ttf",
    f"{NOTO}/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)
"""Debian's fonts-noto-cjk (font 2 is simplified Chinese), fonts-noto-core, fonts-dejavu-core."""
BITS = 10
"""An octet on a serial line: start, 8 data, stop."""
PROBED_BAUDS = (115_200, 9600, 38_400, 19_200)
"""What printers are delivered with, the most common first."""
PROBE_S = 0.15


class EscposSettings(Settings, frozen=True):
    """A thermal printer that speaks ESC/POS."""

    port: str
    """`/dev/serial/by-id/…`, `usb:SERIAL`, `/dev/usb/lp0`, or `socket://ADDRESS:9100`."""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = 115_200
    """As the printer's self-test page says; a socket and `/dev/usb/lp0` ignore it."""
    parity: Parity = "N"
    paper: Literal["58", "80"] = "80"
    """Width of the roll in millimetres: 384 or 576 dots are printed."""
    answers: Answers = "all"
    """`all`: DLE EOT and GS r. `status`: DLE EOT alone. `none`: it is never asked anything."""
    cut: Literal["partial", "full", "none"] = "partial"
    """How a slip ends; `none` for a printer with a tear bar."""
    qr: Literal["printer", "picture"] = "printer"
    """Who draws QR codes."""
    fonts: tuple[str, ...] = FONTS
    """Files for what the printer's own letters lack, best first; `#2` chooses a font of a collection."""
    serial: Annotated[str, Meta(max_length=80)] = ""
    """As the printer tells it: another one is refused before it prints. Empty: any is good."""
    keep_s: Annotated[float, Meta(ge=10, le=86_400)] = 300.0
    """Seconds after which a slip that could not be printed is given up, lest it come out before another reader."""
    speed_mm_s: Annotated[float, Meta(ge=10, le=500)] = 60.0
    """Of the paper; used only with `answers = "status"`."""


def make(name: str, settings: EscposSettings) -> Printer:
    """The printer, untouched.

    Raises:
        Misuse: it is to say which one it is, and never to be asked.
    """
    from drivers.printer.escpos.codec import Codec  # Pillow and python-escpos only where there is a printer
    from drivers.printer.escpos.printer import EscposPrinter

    if settings.serial and settings.answers != "all":
        raise Misuse(f'serial = "{settings.serial}" can only be asked for with answers = "all"')
    codec = Codec(settings.paper, settings.fonts, settings.cut, native_qr=settings.qr == "printer")
    timing = Timing(
        octet_s=BITS / settings.baud if _is_serial(settings.port) else 0.0, speed_mm_s=settings.speed_mm_s
    )
    open_line = _opener(settings.port, settings.baud, settings.parity)
    return EscposPrinter(
        name, codec, open_line, settings.answers, timing, serial=settings.serial, keep_s=settings.keep_s
    )


def probe(port: str) -> Found | None:
    """Ask for the status at each common speed, then whether GS r is answered. Prints nothing."""
    for baud in PROBED_BAUDS if _is_serial(port) else PROBED_BAUDS[:1]:
        try:
            line = _opener(port, baud, "N")()
        except Gone:
            return None
        try:
            found = _asked(line, port, baud)
        except DriverError:
            found = None
        finally:
            line.close()
        if found:
            return found
    return None


def _asked(line: Line, port: str, baud: int) -> Found:
    session = Session(line, "all", Timing(PROBE_S), monotonic, tries=1)
    status = session.look()
    line.write(ASK_DONE)
    answers: Answers = "all" if session.hears_done(PROBE_S) else "status"
    name, serial = (session.name(), session.serial()) if answers == "all" else ("", "")
    settings: dict[str, object] = {"port": port}
    if _is_serial(port):
        settings["baud"] = baud
    if answers != "all" and not (status and status.trouble):
        settings["answers"] = answers
    if serial:
        settings["serial"] = serial
    warnings = (status.trouble,) if status and status.trouble else ()
    return Found("escpos", port, recognised(name or "ESC/POS printer", serial, ""), settings, warnings)


def _is_serial(port: str) -> bool:
    return not port.startswith("socket:") and not _is_usb(port)


def _is_usb(port: str) -> bool:
    """The kernel's printer driver, also behind a link of another name."""
    return port.startswith(USB) or Path(port).resolve().name.startswith("lp")


def _opener(port: str, baud: int, parity: Parity) -> OpenLine:
    return partial(open_file, port) if _is_usb(port) else partial(open_serial, port, baud, parity)


DRIVER = Driver("escpos", "printer", "Thermal printer that speaks ESC/POS", EscposSettings, make, probe)
