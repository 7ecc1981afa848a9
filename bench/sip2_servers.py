"""Servers in processes of their own, for `bench.sip2`."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import resource
import socket
import sqlite3
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import event, update

from bench.sip2_sql import Statement, asked_of, questions
from bench.sip2_terminals import ACCOUNT, PASSWORD, SHUWU
from central import log
from central.circulation.server.listen import SipServer
from central.circulation.server.models import SipAccount
from central.circulation.server.process import spare_garbage_collection
from central.clock_ms import now_ms
from central.db import open_engine, open_sessions
from central.migrations import migrate
from deploy.demo import seed
from wire.sip2 import messages as m
from wire.sip2.codec import checksum, encode

OTHER_FILES = 256
BODIES = {
    b"99": b"98".ljust(87, b"."),
    b"63": b"64".ljust(134, b"."),
    b"17": b"18".ljust(104, b"."),
    b"11": b"12".ljust(114, b"."),
    b"09": b"10".ljust(91, b"."),
}
"""The bare server's answers, of as many octets as the ledger's to the terminals of this bench."""


@dataclass(frozen=True)
class Place:
    """Where a server is."""

    port: int
    process: int
    pipe: Connection

    def commits(self) -> int:
        """How often it has committed so far."""
        self.pipe.send("commits")
        return int(self.pipe.recv())

    def resident_mb(self) -> float:
        """What it holds in memory."""
        lines = Path(f"/proc/{self.process}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def processor_s(self) -> float:
        """What it has worked so far, in its own code and in the system's."""
        told = Path(f"/proc/{self.process}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


Serve = Callable[..., Coroutine[None, None, None]]


def prepare(url: str) -> None:
    """A database with the demo's stock, and an account with as many lines as it likes."""
    engine = open_engine(url)
    migrate(engine)
    with open_sessions(engine).begin() as session:
        seed.load(session, dict.fromkeys(("xian-desk", "shiqiao-room"), PASSWORD), now_ms())
        session.execute(update(SipAccount).where(SipAccount.username == ACCOUNT).values(max_connections=4096))
    engine.dispose()


@contextmanager
def running(serve: Serve, *arguments: object) -> Iterator[Place]:
    """A server for the length of a block."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_run, args=(serve, theirs, *arguments))
    process.start()
    try:
        assert process.pid is not None, "started"
        yield Place(ours.recv(), process.pid, ours)
    finally:
        ours.send("stop")
        process.join(30)


@contextmanager
def idle(port: int, wanted: int) -> Iterator[int]:
    """Terminals that have signed in and say nothing; how many."""
    _allow_files(wanted)
    login = encode(m.Login(login_user_id=ACCOUNT, login_password=PASSWORD), SHUWU, 0)
    with ExitStack() as lines:
        for _ in range(wanted):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), 30))
            line.sendall(login)
            answer = line.recv(64)
            assert answer.startswith(b"941"), answer
        yield wanted


def _run(serve: Serve, pipe: Connection, *arguments: object) -> None:
    log.configure(logging.WARNING)
    _allow_files(4096)
    asyncio.run(serve(pipe, *arguments))


async def ledger(pipe: Connection, url: str) -> None:
    """The server that is measured, as its process runs it."""
    engine = open_engine(url)
    commits = count()
    event.listen(engine, "commit", lambda _: next(commits))
    server = SipServer(engine)
    await server.start()
    spare_garbage_collection()
    pipe.send(server.port)
    while await asyncio.to_thread(pipe.recv) == "commits":
        pipe.send(next(commits))
    await server.stop()
    engine.dispose()


async def bare(pipe: Connection) -> None:
    """The peer: what any asyncio server of this protocol has to do, and nothing else."""
    await _serve_bare(pipe, _answer)


async def asking(pipe: Connection, url: str, terminals: int) -> None:
    """The same peer, which also runs the statements of each question, all of a loop's turn in one snapshot."""
    known, database = questions(url, terminals), _Database(url)

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        await _answer(reader, writer, lambda frame: database.ask(known[asked_of(frame)]))

    await _serve_bare(pipe, answer)


class _Database:
    """A connection that asks."""

    def __init__(self, url: str) -> None:
        self._cursor = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None).cursor()
        self._is_open = False

    def ask(self, statements: list[Statement]) -> None:
        if not self._is_open:
            self._is_open = True
            self._cursor.execute("BEGIN")
            asyncio.get_running_loop().call_soon(self._end)
        for sql, values in statements:
            self._cursor.execute(sql, values).fetchall()

    def _end(self) -> None:
        self._is_open = False
        self._cursor.execute("ROLLBACK")


async def _serve_bare(pipe: Connection, answer: Callable[[StreamReader, StreamWriter], Any]) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(pipe.recv)
    server.close()


def _nothing(_frame: bytes) -> None:
    """No database."""


async def _answer(
    reader: StreamReader, writer: StreamWriter, ask: Callable[[bytes], None] = _nothing
) -> None:
    """Find where each frame ends, check its sum, answer as much as the ledger does, numbered and summed."""
    with suppress(asyncio.IncompleteReadError):
        while frame := await reader.readuntil(b"\r"):
            summed, given, number = frame[:-5], frame[-5:-1], frame[-10:-5]
            assert checksum(summed) == given
            ask(frame)
            answer = BODIES[frame[:2]] + number
            writer.write(answer + checksum(answer) + b"\r")
            await writer.drain()
    writer.close()


def _allow_files(lines: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = lines + OTHER_FILES
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
    )
