"""A TCP line with bad weather: a proxy that delays, stalls, cuts, forgets or trickles on demand.

    DELAY      each piece comes late
    STALL      nothing comes through until it is over; then everything does
    TRICKLE    octet by octet
    CUT        every connection is reset, and so is each new one until it is over
    HALF_OPEN  the server's end is gone and the client is not told: what it says falls into nothing. New
               connections are good. When it is over the client is reset, as by a host that knows of nothing

- All proxies of a run share one thread with an event loop; `weather` and `clear` may be called from any.
- A proxy listens before its server does: who connects meanwhile is reset.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from enum import StrEnum

OCTETS = 4096
DELAY_S = 0.3
TRICKLE_S = 0.001
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: on, at once."""

Address = tuple[str, int]


class Weather(StrEnum):
    FINE = "fine"
    DELAY = "delay"
    STALL = "stall"
    TRICKLE = "trickle"
    CUT = "cut"
    HALF_OPEN = "half-open"


BAD = tuple(one for one in Weather if one is not Weather.FINE)


class Line:
    """One connection through the proxy: both ends."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.forgotten = False

    def reset(self) -> None:
        for end in (self.client, self.server):
            _reset(end)

    def forget(self) -> None:
        self.forgotten = True
        _reset(self.server)


class Proxy:
    """One line of the network, from its clients to its server."""

    def __init__(self, name: str, listener: socket.socket, server: Address) -> None:
        self.name = name
        self.port: int = listener.getsockname()[1]
        self.weather = Weather.FINE
        self._listener = listener
        self._to = server
        self._lines: set[Line] = set()
        self._calm = asyncio.Event()
        self._calm.set()

    async def serve(self) -> None:
        """Until cancelled."""
        server = await asyncio.start_server(self._accept, sock=self._listener)
        async with server:
            await server.serve_forever()

    def turn(self, weather: Weather) -> None:
        """On the loop's thread."""
        was, self.weather = self.weather, weather
        self._calm.clear() if weather is Weather.STALL else self._calm.set()
        for line in list(self._lines):
            if weather is Weather.CUT or (was is Weather.HALF_OPEN and line.forgotten):
                line.reset()
            elif weather is Weather.HALF_OPEN:
                line.forget()

    async def _accept(self, hear: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            if self.weather is Weather.CUT:
                raise ConnectionResetError
            answer, server = await asyncio.open_connection(*self._to)
        except OSError:
            _reset(client)
            return
        line = Line(client, server)
        self._lines.add(line)
        try:
            await asyncio.gather(self._carry(line, hear, server), self._carry(line, answer, client))
        finally:
            line.reset()
            self._lines.discard(line)

    async def _carry(self, line: Line, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """One direction, to its end; the end of one is the end of both, unless it is not told."""
        with suppress(OSError):
            while octets := await source.read(OCTETS):
                await self._pass(line, octets, sink)
        if sink is line.client and line.forgotten:
            return
        with suppress(OSError):
            await self._calm.wait()
            sink.close()

    async def _pass(self, line: Line, octets: bytes, sink: asyncio.StreamWriter) -> None:
        await self._calm.wait()
        if line.forgotten:
            return
        if self.weather is Weather.DELAY:
            await asyncio.sleep(DELAY_S)
        if self.weather is Weather.TRICKLE:
            for octet in octets:
                sink.write(bytes([octet]))
                await sink.drain()
                await asyncio.sleep(TRICKLE_S)
        else:
            sink.write(octets)
            await sink.drain()


class Proxies:
    """All lines of a run and the thread that they live on. Use as a context."""

    def __init__(self) -> None:
        self.lines: dict[str, Proxy] = {}
        self._loop = asyncio.new_event_loop()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._thread.start()

    def open(self, name: str, server: Address, host: str = "127.0.0.1") -> Proxy:
        """A new line to `server`, on a port of its own."""
        listener = socket.create_server((host, 0))
        proxy = self.lines[name] = Proxy(name, listener, server)

        def begin() -> None:
            self._tasks.append(self._loop.create_task(proxy.serve()))

        self._loop.call_soon_threadsafe(begin)
        return proxy

    def turn(self, name: str, weather: Weather) -> None:
        """From now on the line is so."""
        self._loop.call_soon_threadsafe(self.lines[name].turn, weather)

    def clear(self) -> None:
        """Fine weather everywhere."""
        for name in self.lines:
            self.turn(name, Weather.FINE)

    def close(self) -> None:
        async def stop() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _reset(end: asyncio.StreamWriter) -> None:
    sock = end.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    transport = end.transport
    if not transport.is_closing():
        transport.abort()
