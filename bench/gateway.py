"""What a gateway adds to a terminal's wait: `python -m bench.gateway [--json]`.

A terminal asks a library system directly and through a gateway, message by message in turn. The library system is
the SIP2 server of the ledger, the gateway another one before it; both, and the terminal, are a process each,
every commit on the disk. The terminal is another maker's machine: the question of each loan and return is on the disk
before it is asked, its answer with facts and tallies soon after, with the next question where there is one.

A wait is the difference of two percentiles of round trips, that through the gateway less the direct one. Its own
processor time is told beside it, since that does not depend on what else the machine does.
`--seconds` is how long each load runs.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import update

from bench.report import Figure, figure, run_main
from bench.sip2_servers import Place, ledger, prepare, running
from bench.sip2_terminals import ACCOUNT, AT, LOANS, PASSWORD, QUERIES, REFUSED, SHUWU, Round, reader_and_book
from central import keys
from central.circulation.gateway.routing import Gateways
from central.circulation.server.listen import SipServer
from central.circulation.server.models import SipAccount
from central.clock_ms import now_ms
from central.config import Gateway
from central.db import open_engine, open_sessions
from wire.sip2 import messages as m
from wire.sip2.codec import encode

RUNS = 5
LINES = 2
"""One to the library system, one to the gateway."""
GOAL_MS = 3.0
TOP = "qingyuan"
"""The demo's county: the gateway's branch, with all below it."""


class Trips(NamedTuple):
    """Round trips of one load, ms."""

    median: float
    p95: float
    messages: int


def measure(seconds: int = 3) -> list[Figure]:
    """Median and 95th percentile of what is added, for questions and for loans and returns."""
    with tempfile.TemporaryDirectory(prefix="shuwu-bench-") as name:
        folder = Path(name)
        urls = [f"sqlite:///{folder / one}" for one in ("ils.db", "central.db")]
        for url in urls:
            prepare(url)
        _make_machine(urls[1])
        keys.make(folder / "state")
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        (folder / "password").chmod(0o600)
        with (
            running(ledger, urls[0]) as ils,
            running(_gateway, urls[1], str(folder), str(ils.port)) as gateway,
        ):
            return [
                *_figures("63 17", QUERIES, ils, gateway, seconds),
                *_figures("11 09 of another maker's machine", LOANS, ils, gateway, seconds),
            ]


def _figures(what: str, kind: Round, ils: Place, gateway: Place, seconds: int) -> list[Figure]:
    pairs, used = [], []
    for _ in range(RUNS):
        before = _processor_ms(gateway)
        pairs.append(_load((ils.port, gateway.port), kind, seconds))
        used.append((_processor_ms(gateway) - before) / pairs[-1][1].messages)
    added = [through.p95 - direct.p95 for direct, through in pairs]
    return [
        figure(f"{what}: direct, median", "ms", [direct.median for direct, _ in pairs]),
        figure(f"{what}: added, median", "ms", [through.median - direct.median for direct, through in pairs]),
        figure(f"{what}: added, 95 of 100", "ms", added, ("goal", GOAL_MS)),
        figure(f"{what}: the gateway's processor time", "ms", used),
    ]


def _processor_ms(place: Place) -> float:
    """What a process has used so far, user and system."""
    fields = Path(f"/proc/{place.process}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")


# ---------------------------------------------------------------- the terminal
def _load(ports: tuple[int, int], kind: Round, seconds: float) -> tuple[Trips, Trips]:
    """One question at a time, at both in turn, so that both meet the same load of the machine."""
    lines = [_Line(port, kind, number) for number, port in enumerate(ports)]
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for line in lines:
            line.step()
    return lines[0].end(), lines[1].end()


class _Line:
    """A terminal with a reader and a book of its own; a book that was lent comes back."""

    def __init__(self, port: int, kind: Round, number: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._frames = _frames(kind, number)
        self._trips: list[float] = []
        self._ask(encode(m.Login(login_user_id=ACCOUNT, login_password=PASSWORD), SHUWU, 0))

    def step(self) -> None:
        """The next round of messages."""
        for frame in next(self._frames):
            begun = time.perf_counter()
            self._ask(frame)
            self._trips.append((time.perf_counter() - begun) * 1000)

    def end(self) -> Trips:
        self._socket.close()
        trips = sorted(self._trips)
        return Trips(trips[len(trips) // 2], trips[int(0.95 * len(trips))], len(trips))

    def _ask(self, frame: bytes) -> None:
        self._socket.sendall(frame)
        answer = b""
        while not answer.endswith(b"\r"):
            answer += self._socket.recv(16 * 1024)
        if answer[:3] in REFUSED or b"|AF" in answer:  # AF: refused, or answered by the rule
            raise RuntimeError(f"not done: {answer!r}")


def _frames(kind: Round, number: int) -> Iterator[list[bytes]]:
    """Rounds that never say the same twice, without 99, which a gateway answers by itself.

    A pile of two books is lent, then it comes back: nobody brings a book in the millisecond after it was lent.
    """
    (card, first), (_, second) = reader_and_book(number), reader_and_book(number + LINES)
    for passed_s in count():
        at = AT + timedelta(seconds=passed_s)
        asked = chain.from_iterable(zip(*[kind(card, book, at) for book in (first, second)], strict=True))
        yield [encode(one, SHUWU, n) for n, one in enumerate(asked) if not isinstance(one, m.ScStatus)]


# ---------------------------------------------------------------- the gateway
def _make_machine(url: str) -> None:
    engine = open_engine(url)
    with open_sessions(engine).begin() as session:
        session.execute(update(SipAccount).where(SipAccount.username == ACCOUNT).values(kind="machine"))
    engine.dispose()


async def _gateway(pipe: Connection, url: str, folder: str, port: str) -> None:
    engine = open_engine(url)
    one = Gateway(
        name="ils",
        host="127.0.0.1",
        port=int(port),
        branches=(TOP,),
        dialect="shuwu",
        username=ACCOUNT,
        password_file=Path(folder) / "password",
    )
    gateways = Gateways([one], engine, keys.load(Path(folder) / "state"), now_ms)
    server = SipServer(engine, route=gateways.route)
    await server.start()
    gateways.start()
    gc.freeze()
    pipe.send(server.port)
    await asyncio.to_thread(pipe.recv)
    await server.stop()
    await gateways.stop()
    engine.dispose()


if __name__ == "__main__":
    run_main("gateway", measure)
