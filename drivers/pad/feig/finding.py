"""Whether a FEIG reader answers at a port, and at which baud rate, parity and frame kind.

Asks each combination once what is there (66), which every reader answers and which changes nothing; and
the reader that answers, which one it is.
"""

from __future__ import annotations

import time

from drivers.errors import Gone, Misbehaved
from drivers.identity import recognised
from drivers.kit import Found
from drivers.line.serial_line import Parity, open_serial
from drivers.pad.feig import reader
from drivers.pad.feig.codec import FrameKind
from drivers.pad.feig.conversation import Conversation
from drivers.pad.feig.fields import unpack
from drivers.pad.feig.messages import AskReaderInfo, ReaderInfo
from drivers.pad.feig.reader import Family
from drivers.pad.feig.settings import FeigSettings, with_port
from drivers.pad.feig.status import Status

LINES: tuple[tuple[int, Parity], ...] = (
    (38400, "E"),
    (115200, "E"),
    (9600, "E"),
    (19200, "E"),
    (57600, "E"),
    (38400, "N"),
)
"""The usual one first."""
FRAMES: tuple[FrameKind, ...] = ("advanced", "standard")
LONGEST_S = 2.5
"""A device that babbles is not listened to for longer."""
ANSWER_S = 0.15
"""A reader says who it is within 12 ms; at 9600 baud the two frames take 40."""


def find(driver: str, port: str, families: tuple[Family, ...] = tuple(Family)) -> Found | None:
    """The reader at a port; None where none answers, or one of another family."""
    url = with_port(port)
    lines = LINES[:1] if url.startswith("socket:") else LINES
    give_up_s = time.monotonic() + LONGEST_S
    for baud, parity in lines:
        for frame in FRAMES:
            settings = FeigSettings(driver, url, baud, parity, frame, reply_timeout_s=ANSWER_S)
            if time.monotonic() > give_up_s:
                return None
            if told := _ask(settings):
                return _found(driver, settings, *told) if reader.family(told[0]) in families else None
    return None


def _ask(settings: FeigSettings) -> tuple[ReaderInfo, str] | None:
    """What the reader is, and its serial number."""
    try:
        line = open_serial(settings.url, settings.baud, settings.parity)
        try:
            talk = Conversation(line, settings, time.monotonic)
            reply = talk.ask(AskReaderInfo())
            return (unpack(ReaderInfo, reply.data), talk.serial()) if reply.status == Status.OK else None
        finally:
            line.close()
    except (Gone, Misbehaved):
        return None


def _found(driver: str, settings: FeigSettings, info: ReaderInfo, serial: str) -> Found:
    told: dict[str, object] = {"port": settings.url, "frame": settings.frame}
    if not settings.url.startswith("socket:"):
        told |= {"baud": settings.baud, "parity": settings.parity}
    if info.software_type in reader.WITHOUT_PRESENCE:
        told["fresh"] = "reset"
    if serial:
        told["serial"] = serial
    refusal = reader.refusal(info, few=False)
    warnings = (refusal.text,) if refusal else ()
    return Found(driver, settings.url, recognised(reader.identity(info), serial, ""), told, warnings)
