"""Which scanner answers at a port: two makers' scanners tell their names, others are named by their USB cable.

    newland      7E 01 "0000@QRYPDN;" 03     02 01 "0000@QRYPDN" name 06 ";" 03
    honeywell    16 4D 0D "REVINF."          lines of text, one of them "Product Name: " name

Both are questions and change nothing. A scanner that is no USB-CDC device and of another maker says nothing unasked.
Sources: Newland's unified commands, Honeywell's menu commands.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from drivers.errors import DriverError
from drivers.identity import recognised
from drivers.kit import Found
from drivers.line.line import Line
from drivers.line.serial_line import open_serial
from drivers.line.usb import serial_of
from drivers.scanner.trigger import TriggerKind, newland

BAUDS = (9600, 115_200)
"""As Newland's and Honeywell's leave the maker; USB-CDC takes any."""
ANSWER_S = 0.4
"""Both answer within 0.1 s; the longer one's text takes 0.3 s at 9600 baud."""
MAX_HEARD = 1024
QUESTIONS: Sequence[tuple[TriggerKind, bytes, re.Pattern[bytes]]] = (
    (
        "newland",
        newland("QRYPDN", "@"),
        re.compile(rb"\x02\x01[0-9]{4}@QRYPDN(?P<name>[ -:<-~]{1,60})\x06;\x03"),
    ),
    ("honeywell", b"\x16M\rREVINF.", re.compile(rb"Product Name: (?P<name>[ -~]{1,60})[\r\n]")),
)
CABLE = re.compile(
    r"^usb-(?P<name>(Newland|Honeywell|Hand_Held_Products|Metrologic|Zebra|Symbol|Datalogic|Opticon)[^-]*)",
    re.IGNORECASE,
)
"""Links in /dev/serial/by-id of makers of scanners."""


def find(port: str) -> Found | None:
    """The scanner; None where nothing says that it is one. Ends within 2 s."""
    for baud in BAUDS[:1] if port.startswith("socket:") else BAUDS:
        with suppress(DriverError):
            line = open_serial(port, baud)
            try:
                for kind, question, answer in QUESTIONS:
                    if name := _ask(line, question, answer):
                        return _found(port, baud, f"{kind.capitalize()} {name}", _trigger(kind))
            finally:
                line.close()
    cable = CABLE.match(Path(port).name)
    if not cable:
        return None
    name = cable["name"].replace("_", " ")
    return _found(port, BAUDS[0], name, "named by its cable alone: show it a code with shuwu-probe test")


def _ask(line: Line, question: bytes, answer: re.Pattern[bytes]) -> str:
    """The name that it tells; empty where nobody does."""
    line.write(question)
    heard, until = b"", time.monotonic() + ANSWER_S
    while (left_s := until - time.monotonic()) > 0 and len(heard) < MAX_HEARD:
        heard += line.read(left_s)
        if told := answer.search(heard):
            return told["name"].decode("ascii").strip()
    return ""


def _trigger(kind: TriggerKind) -> str:
    return f'with trigger = "{kind}" it looks only when asked to: see docs/devices/scanner.md'


def _found(port: str, baud: int, name: str, warning: str) -> Found:
    settings: dict[str, object] = {"port": port}
    settings |= {} if port.startswith("socket:") else {"baud": baud}
    serial = serial_of(port)
    settings |= {"serial": serial} if serial else {}
    return Found("scanner", port, recognised(f"scanner, {name}", serial, ""), settings, (warning,))
