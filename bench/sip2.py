"""The SIP2 server of the ledger under eight terminals: `python -m bench.sip2 [--json]`.

Each terminal signs in and then asks 99, 63, 17, 11, 09 in turn, one question at a time, a reader and a
book of its own, the ledger a fresh SQLite file with every commit on the disk. The reference is a bare
asyncio server in the same run, the same frames, which checks the checksum and sends the frame back: no
Python server that reads lines can be faster than that by much. Server and terminals are a process each.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import tempfile
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path

from bench.report import Figure, figure, run_main
from central import log
from central.circulation.server.listen import SipServer
from central.clock_ms import now_ms
from central.db import open_engine, open_sessions
from central.migrations import migrate
from deploy.demo import seed
from wire.sip2 import messages as m
from wire.sip2.codec import checksum, encode
from wire.sip2.declare import Message
from wire.sip2.dialect import load

TERMINALS = 8
RUNS = 3
SECONDS = 4.0
ACCOUNT, PASSWORD = "xian-desk", "bench"
SHUWU = load("shuwu")


def measure() -> list[Figure]:
    """Messages a second of all terminals together, and the round trip that one of them sees."""
    with _running(_echo) as port:
        bare = [_load(port, sign_in=False) for _ in range(RUNS)]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'central.db'}"
        _prepare(url)
        with _running(_ledger, url) as port:
            served = [_load(port, sign_in=True) for _ in range(RUNS)]
    limit = ("bare asyncio echo with checksums", sorted(rate for rate, _ in bare)[RUNS // 2])
    return [
        figure("mixed 99 63 17 11 09, 8 terminals", "messages/s", [rate for rate, _ in served], limit),
        figure("round trip, median of all", "ms", [round_trip for _, round_trip in served]),
    ]


# ---------------------------------------------------------------- terminals
def _load(port: int, *, sign_in: bool) -> tuple[float, float]:
    """Messages a second, and the median round trip in ms."""

    async def all_terminals() -> list[float]:
        lines = [_terminal(port, number, sign_in) for number in range(TERMINALS)]
        return [trip for trips in await asyncio.gather(*lines) for trip in trips]

    trips = sorted(asyncio.run(all_terminals()))
    return len(trips) / SECONDS, trips[len(trips) // 2] * 1000


async def _terminal(port: int, number: int, sign_in: bool) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if sign_in:
        await _ask(reader, writer, encode(m.Login(login_user_id=ACCOUNT, login_password=PASSWORD), SHUWU, 0))
    trips: list[float] = []
    until = time.perf_counter() + SECONDS
    frames = _frames(number)
    while time.perf_counter() < until:
        for frame in frames:
            begun = time.perf_counter()
            await _ask(reader, writer, frame)
            trips.append(time.perf_counter() - begun)
    writer.close()
    await writer.wait_closed()
    return trips


async def _ask(reader: StreamReader, writer: StreamWriter, frame: bytes) -> None:
    writer.write(frame)
    answer = await reader.readuntil(b"\r")
    assert answer[:3] not in {b"120", b"100", b"940", b"96A"}, answer


def _frames(number: int) -> list[bytes]:
    """Two rounds of five messages, so that the sequence numbers run through their ten."""
    stock = seed.collection()
    books = [item.barcode for item in stock.items if item.home == "liuhe" and item.title.kind == "book"]
    cards = [reader.card for reader in stock.readers if reader.type == "teacher"]
    book, who = books[number], cards[number % len(cards)]
    at = datetime(2026, 3, 1, 10)  # noqa: DTZ001 - SIP2's dates are local
    round_of_five: list[Message] = [
        m.ScStatus(),
        m.PatronInformation(transaction_date=at, patron_identifier=who, summary=frozenset({2})),
        m.ItemInformation(transaction_date=at, item_identifier=book),
        m.Checkout(transaction_date=at, patron_identifier=who, item_identifier=book),
        m.Checkin(transaction_date=at, return_date=at, item_identifier=book),
    ]
    return [encode(one, SHUWU, n) for n, one in enumerate(islice(cycle(round_of_five), 10))]


# ---------------------------------------------------------------- servers
def _prepare(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    with open_sessions(engine).begin() as session:
        seed.load(session, {"xian-desk": PASSWORD, "shiqiao-room": PASSWORD}, now_ms())
    engine.dispose()


@contextmanager
def _running(server: Callable[..., Coroutine[None, None, None]], *arguments: str) -> Iterator[int]:
    """A server in a process of its own; its port."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_run, args=(server, theirs, *arguments))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join(30)


def _run(server: Callable[..., Coroutine[None, None, None]], pipe: Connection, *arguments: str) -> None:
    log.configure(logging.WARNING)
    asyncio.run(server(pipe, *arguments))


async def _until_told(pipe: Connection) -> None:
    await asyncio.to_thread(pipe.recv)


async def _ledger(pipe: Connection, url: str) -> None:
    server = SipServer(open_engine(url))
    await server.start()
    pipe.send(server.port)
    await _until_told(pipe)
    await server.stop()


async def _echo(pipe: Connection) -> None:
    server = await asyncio.start_server(_send_back, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await _until_told(pipe)
    server.close()


async def _send_back(reader: StreamReader, writer: StreamWriter) -> None:
    while frame := await reader.read(16 * 1024):
        summed, given = frame[:-5], frame[-5:-1]
        assert checksum(summed) == given
        writer.write(frame)
        await writer.drain()
    writer.close()


if __name__ == "__main__":
    run_main("sip2", measure)
