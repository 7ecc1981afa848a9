"""Library systems on real TCP, each with its own way of writing. Nothing here is written by our own encoder."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

DATE = "20260921    234007"
COMMON = {
    "17": "18010001{date}AB|AJ|",
    "23": "24              019{date}AOzhen|AAR1|AEWang|BLY|",
}
"""What a system says that has nothing of its own to say."""
NOBODY = {
    "17": "18010001{date}ABSHUWU-TRY-0|AJ|",
    "63": "64YYYY          019{date}" + "0000" * 6 + "AOzhen|AASHUWU-TRY-0|AE|BLN|",
}
STATUS = "98YYYNNN030003{date}2.00AOzhen|BXYYYYYYYYYYYNNNNN|"


@dataclass(frozen=True)
class System:
    """How one system writes, and what it says. In bodies `|` is its delimiter and `{date}` its date."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """By the identifier of a request, and for 17 and 63 by its first barcode too: `17 B1`."""
    hears: str = "\r\n"
    """Any of these ends what it reads."""
    end: str = "\r"
    charset: str = "utf-8"
    delimiter: str = "|"
    sums: str = "spec"
    """spec, dp2, constant, none."""
    sequence: str = ""
    """Its own; empty: the terminal's."""
    before: str = ""
    after: str = ""
    date: str = DATE
    wants_sums: bool = False
    """Silent without AY and AZ."""
    fears_sums: bool = False
    """Silent with them."""
    checks_sums: bool = False
    """96 for a wrong one."""
    greets: str = "always"
    """99 is answered always, after a login, never."""
    logs_in: bool = True
    takes: str = "secret"
    """The password."""
    repeats: bool = True
    """97 is answered."""
    closes: bool = False
    """After each answer."""
    hangs_up: bool = True
    """Closes where it does not answer; else it is silent, and whoever asks must wait."""

    # ------------------------------------------------------------ answering
    def answer(self, octets: bytes, line: dict[str, bytes]) -> bytes | None:
        """What it writes for one frame."""
        text = octets.decode(self.charset, "replace")
        trailer = re.search(r"(?:AY(\d))?AZ([0-9A-F]{4})\Z", text)
        if (self.wants_sums and not trailer) or (self.fears_sums and trailer):
            return None
        if text.startswith("97"):
            return line.get("last") if self.repeats else None
        if trailer and self.checks_sums and trailer[2] != _spec(octets[:-4]):
            return b"96AZFEF6" + self.end.encode()
        body = self._body(text, line)
        if body is None:
            return None
        line["last"] = self._sealed(body, trailer and trailer[1])
        return line["last"]

    def _body(self, text: str, line: dict[str, bytes]) -> str | None:
        identifier = text[:2]
        if identifier == "93":
            if not self.logs_in:
                return None
            good = f"CO{self.takes}{self.delimiter}" in text
            line["in"] = b"Y" if good else b""
            return "941" if good else "940AFwrong password|"
        signed = bool(line.get("in")) or not self.logs_in
        if identifier == "99":
            known = self.greets == "always" or (self.greets == "signed in" and signed)
            return self.answers.get("99", STATUS) if known else None
        if not signed:
            return "940"
        barcode = re.search(rf"(?:AB|AA)([^{re.escape(self.delimiter)}]*)", text[20:])
        named = barcode[1] if barcode else ""
        general = NOBODY if named == "SHUWU-TRY-0" else self.answers
        known = general.get(identifier, COMMON.get(identifier))
        return self.answers.get(f"{identifier} {named}", known)

    def _sealed(self, body: str, digit: str | None) -> bytes:
        text = body.replace("{date}", self.date).replace("|", self.delimiter)
        if not text.endswith(self.delimiter):
            text += self.before
        octets, number = text.encode(self.charset), self.sequence or digit
        if self.sums == "none" or number is None:
            return octets + self.end.encode()
        marked = octets + f"AY{number}AZ".encode()
        units = text.removesuffix(self.delimiter).encode("utf-16-be")
        total = {
            "spec": _spec(marked),
            "constant": "EDB7",
            "dp2": f"{-sum(256 * high + low for high, low in zip(units[::2], units[1::2], strict=True)) & 0xFFFF:04X}",
        }[self.sums]
        return marked + total.encode() + self.after.encode() + self.end.encode()


def _spec(octets: bytes) -> str:
    return f"{-sum(octets) & 0xFFFF:04X}"


# ---------------------------------------------------------------- listening
@contextmanager
def running(system: System) -> Iterator[int]:
    """The port of a system that serves one line after another."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=_listen, args=(listener, system))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)
        listener.close()


def _listen(listener: socket.socket, system: System) -> None:
    with suppress(OSError):
        while True:
            sock, _ = listener.accept()
            with sock, suppress(OSError):
                sock.settimeout(20)
                _serve(sock, system)


def _serve(sock: socket.socket, system: System) -> None:
    rest, line = b"", {}
    while octets := sock.recv(4096):
        rest += octets
        *found, rest = re.split(b"[" + system.hears.encode() + b"]", rest)
        for frame in filter(bytes.strip, found):
            answer = system.answer(frame, line)
            if answer is not None:
                sock.sendall(answer)
            if system.closes if answer is not None else system.hangs_up:
                return
