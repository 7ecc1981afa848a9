"""`python -m tests.central.circulation.server.fuzz`: nonsense by the million, to both ends of SIP2.

The server is the real one, with a ledger and sockets; the client is the conversation, fed with answers. What
is sent are messages that were seen in the wild and messages about the small library, cut, doubled, swapped
and noised. A run fails where something raises, hangs, keeps a line or a task, or grows.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import structlog
from sqlalchemy import Engine

from central.circulation.server.connection import Limits
from central.circulation.server.listen import SipServer
from central.db import open_engine
from central.migrations import migrate
from tests.central.circulation.line import NOW, sealed, signing_in
from tests.central.circulation.world import CUN, ITEMS, NOW_MS, READERS, XIAN, fill
from tests.wire.sip2.vectors import VECTORS
from wire.sip2.conversation import Client
from wire.sip2.dialect import load, names
from wire.sip2.messages import Checkout, ItemInformation, PatronInformation, ScStatus
from wire.sip2.states import ClientState

LINES = 8
BURST = 50
"""Messages of a line before it asks whether anybody is there."""
PATIENCE_S = 30
GROWTH_MB = 64.0
"""What a run may grow after its first tenth: caches fill, and the allocator keeps what it has."""
PARTS = 10
SILENCE = 0.02
WAITING = frozenset({ClientState.AWAITING, ClientState.REPEATING})
FAILURES = frozenset({"sip2.failed", "sip2.not_swept"})
"""What the log says where the server itself is at fault."""
BLANK = " " * 18

_TEMPLATES = (
    "9900802.00",
    "23019{now}AOxian|AA{card}|AC|AD{pin}|",
    "63019{now}{summary}AOxian|AA{card}|BP1|BQ2|",
    "35{now}AO|AA{card}|",
    "17{now}AO|AB{item}|",
    "19{now}AO|AB{item}|CHshelf 7|",
    "11{yn}{yn}{now}{blank}AO|AA{card}|AB{item}|AC|",
    "09{yn}{now}{now}AP|AO|AB{item}|AC|BI{yn}|",
    "29{yn}{yn}{now}{blank}AO|AA{card}|AB{item}|",
    "65{now}AO|AA{card}|",
    "15+{now}AO|AA{card}|AB{item}|",
    "15-{now}AO|AA{card}|AB{item}|",
    "37{now}0400CNYBV1.00|AO|AA{card}|BKpaid-{item}|",
    "01N{now}AO|AL|AA{card}|AC|",
    "25{now}AO|AA{card}|",
    "81YN{now}{blank}AO|AA{card}|AE{item}|XTadult|XK11|",
    "85{now}AO|AA{card}|",
    "91{now}AO|AA{card}|XK0|",
)
_SPLINTERS = (
    b"|",
    b"\r",
    b"\n",
    b"\0",
    b"AY",
    b"AZ0000",
    b"AA",
    b"\x81",
    b"2026",
    b"\xff\xfb\x01",
    b"97\r",
    b"9" * 300,
)


def messages(dice: Random, count: int) -> Iterator[bytes]:
    """So many pieces of a stream: whole messages, and what becomes of them on a bad line."""
    wild = [vector.octets for vector in VECTORS.values()]
    for number in range(count):
        octets = dice.choice(wild) if dice.random() < 0.3 else _sensible(dice, number)
        yield octets if dice.random() < 0.5 else _spoilt(dice, octets)


def _sensible(dice: Random, number: int) -> bytes:
    text = dice.choice(_TEMPLATES).format(
        now=NOW,
        blank=BLANK,
        card=dice.choice(READERS)[0],
        item=dice.choice(ITEMS)[0],
        pin=dice.choice(("", "135790", "135791")),
        yn=dice.choice("YN"),
        summary="".join(dice.choice(" Y") for _ in range(10)),
    )
    return sealed(text, number % 10) if dice.random() < 0.7 else text.encode() + b"\r"


def _spoilt(dice: Random, whole: bytes) -> bytes:
    octets = bytearray(whole)
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(octets) + 1)
        match dice.randrange(5):
            case 0:
                octets[at:at] = dice.randbytes(dice.randint(1, 6))
            case 1:
                del octets[at : at + dice.randint(1, 9)]
            case 2:
                octets[at : at + 1] = dice.randbytes(1)
            case 3:
                octets[at:at] = octets[max(0, at - 8) : at]
            case _:
                octets[at:at] = dice.choice(_SPLINTERS)
    return bytes(octets)


# ---------------------------------------------------------------- the server
async def fuzz_server(engine: Engine, dice: Random, count: int) -> int:
    """Send it all; how many answers came. The server must be there, and empty, at the end."""
    server = SipServer(engine, now_ms=lambda: NOW_MS, limits=Limits(idle_s=PATIENCE_S))
    await server.start()
    before = set(asyncio.all_tasks())
    try:
        answers = await asyncio.gather(
            *[_terminal(server, Random(dice.random()), count // LINES) for _ in range(LINES)]
        )
        await server._until_empty(PATIENCE_S)
        assert not server._lines, "lines are left"
        assert set(asyncio.all_tasks()) <= before, "tasks are left"
        assert not server._signed, "accounts are left"
    finally:
        await server.stop()
    return sum(answers)


async def _terminal(server: SipServer, dice: Random, count: int) -> int:
    """One line after another, as each is closed, or has had enough."""
    answers, pieces = 0, messages(dice, count)
    left = count
    while left > 0:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with suppress(ConnectionError):
            if dice.random() < 0.9:
                writer.write(signing_in(user=dice.choice((XIAN, CUN)).account))
            for _ in range(dice.randint(1, 4)):
                burst = b"".join(piece for _, piece in zip(range(BURST), pieces, strict=False))
                left -= BURST
                answers += await _ask(reader, writer, burst, left)
                if reader.at_eof():
                    break
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return answers


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, burst: bytes, number: int) -> int:
    """How many answers came, until the one to the question that ends the burst, or until the server hung up."""
    name, answers = f"END{number}", 0
    writer.write(burst + f"\r17{NOW}AO|AB{name}|\r".encode())
    async with asyncio.timeout(PATIENCE_S):
        await writer.drain()
        while True:
            try:
                frame = await reader.readuntil(b"\r")
            except asyncio.IncompleteReadError:
                return answers
            answers += 1
            if f"AB{name}|".encode() in frame:
                return answers


# ---------------------------------------------------------------- the client
def fuzz_client(dice: Random, count: int) -> int:
    """Feed answers to conversations in every dialect; how many ended."""
    dialects = [load(name) for name in names()]
    questions = (
        ScStatus(),
        ItemInformation(transaction_date=None, item_identifier="B1"),
        PatronInformation(transaction_date=None, patron_identifier="R1"),
        Checkout(transaction_date=None, patron_identifier="R1", item_identifier="B1"),
    )
    ended, client = 0, Client(dialects[0])
    for piece in messages(dice, count):
        if client.state is ClientState.IDLE:
            client.send(dice.choice(questions))
        elif client.state in WAITING and dice.random() < SILENCE:
            client.silent()
        client.receive(piece)
        if client.state is ClientState.CLOSED:
            ended, client = ended + 1, Client(dice.choice(dialects))
    return ended


# ---------------------------------------------------------------- a long run
def main() -> int:
    """Both sides, in ten parts, the first of which may fill caches."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000, help="to each side")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    asked = parser.parse_args()
    _say(f"seed {asked.seed}, {asked.messages} messages a side")
    part = asked.messages // PARTS
    with tempfile.TemporaryDirectory(prefix="shuwu-fuzz-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'central.db'}")
        migrate(engine)
        fill(engine)
        first_mb = 0.0
        for number in range(PARTS):
            begun, dice = time.monotonic(), Random(f"{asked.seed} {number}")
            with _unfailing():
                answers = asyncio.run(fuzz_server(engine, dice, part))
            ended = fuzz_client(dice, part)
            first_mb = first_mb or resident_mb()
            grown_mb, took_s = resident_mb() - first_mb, time.monotonic() - begun
            _say(
                f"{number + 1:2}/{PARTS}: {answers} answers, {ended} ends, {grown_mb:+.1f} MB, {took_s:.0f} s"
            )
            assert grown_mb < GROWTH_MB, "it grows"
        engine.dispose()
    return 0


def resident_mb() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


@contextmanager
def _unfailing() -> Iterator[None]:
    """Without a log of what is ignored and closed; what failed in the server fails the run."""
    failed: list[MutableMapping[str, Any]] = []

    def keep_failures(_logger: object, _name: str, event: MutableMapping[str, Any]) -> None:
        if event["event"] in FAILURES:
            failed.append(event)
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    structlog.configure(processors=[keep_failures])
    try:
        yield
    finally:
        structlog.configure(processors=processors)
    assert not failed, failed[0]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
