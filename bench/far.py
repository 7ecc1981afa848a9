"""A server that is far away: a relay in a process of its own, which holds up every octet by half a round trip."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context

LOOPBACK = "127.0.0.1"
CHUNK_OCTETS = 65536


@contextmanager
def far(port: int, round_trip_ms: float) -> Iterator[int]:
    """The port by which the server at `port` is so far away. It need not be there yet."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        relay = get_context("fork").Process(target=_serve, args=(listener, port, round_trip_ms / 2000))
        relay.start()
        try:
            yield listener.getsockname()[1]
        finally:
            relay.terminate()
            relay.join()


def _serve(listener: socket.socket, port: int, delay_s: float) -> None:
    asyncio.run(_relay(listener, port, delay_s))


async def _relay(listener: socket.socket, port: int, delay_s: float) -> None:
    async def accept(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            answers, onward = await asyncio.open_connection(LOOPBACK, port)
            await asyncio.gather(_carry(near, onward, delay_s), _carry(answers, back, delay_s))
        back.close()

    server = await asyncio.start_server(accept, sock=listener)
    await server.serve_forever()


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay_s: float) -> None:
    """Each piece so much later than it came, however many are under way."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while octets := await source.read(CHUNK_OCTETS):
            loop.call_later(delay_s, sink.write, octets)
    loop.call_later(delay_s, sink.close)
