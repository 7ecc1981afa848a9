"""What a visit waits for besides the devices, measured alone: the ILS and the disk. Times in milliseconds."""

from __future__ import annotations

import socket
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from kiosk.clock import SystemClock, stamp
from kiosk.effects import Record
from kiosk.journal import Journal
from wire.facts import ExitPressed
from wire.sip2 import messages as m
from wire.sip2.codec import encode
from wire.sip2.declare import Message
from wire.sip2.dialect import load

SHUWU = load("shuwu")
REFUSED = {b"940", b"120", b"100", b"96A"}


class Terminal:
    """A SIP2 terminal on a connection of its own, one question at a time."""

    def __init__(self, port: int, account: str, password: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sequence = 0
        self._now = datetime.now()  # noqa: DTZ005 - SIP2's dates are local
        self.ask(m.Login(login_user_id=account, login_password=password))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def identify_ms(self, card: str) -> float:
        """A 63, until its answer is in."""
        return self.ask(m.PatronInformation(transaction_date=self._moment(), patron_identifier=card))

    def lend_ms(self, card: str, book: str) -> float:
        """An 11, until its answer is in; the book is returned behind it."""
        at = self._moment()
        took_ms = self.ask(m.Checkout(transaction_date=at, patron_identifier=card, item_identifier=book))
        self.ask(m.Checkin(transaction_date=at, return_date=at, item_identifier=book))
        return took_ms

    def ask(self, question: Message) -> float:
        """Any question."""
        frame = encode(question, SHUWU, self._sequence)
        self._sequence = (self._sequence + 1) % 10
        begun = time.monotonic()
        self._socket.sendall(frame)
        answer = b""
        while not answer.endswith(b"\r"):
            part = self._socket.recv(4096)
            assert part, "the server hung up"
            answer += part
        took_ms = (time.monotonic() - begun) * 1000
        assert answer[:3] not in REFUSED, answer
        return took_ms

    def _moment(self) -> datetime:
        """No two questions alike: the server would give the answer to the first again."""
        self._now += timedelta(seconds=1)
        return self._now


def intents_ms(folder: Path, runs: int) -> list[float]:
    """One fact to a journal's disk, so many times."""
    clock = SystemClock()
    journal = Journal.open(folder / "bench.db", bytes(32))
    took_ms = []
    for _ in range(runs):
        begun = time.monotonic()
        journal.append([Record(ExitPressed())], stamp(clock, clock.now()))
        took_ms.append((time.monotonic() - begun) * 1000)
    journal.close()
    return took_ms
