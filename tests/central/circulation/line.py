"""A terminal's end of the line: octets, no codec of ours; and a server to talk to for the length of one talk."""

import asyncio
from contextlib import asynccontextmanager, suppress

from sqlalchemy import func, select

from central.circulation.ledger.models import Loan
from central.circulation.server.listen import SipServer
from central.db import open_sessions
from tests.central.circulation.world import NOW_MS

PATIENCE_S = 20

NOW = "20260301    100000"
STATUS = b"9900802.00"
ACS_STATUS = f"98YYYYYY030003{NOW}2.00AO|AM清源县图书馆|BXYYYYYYYYYYYYYYYY|".encode()
CHECKOUT = f"11NN{NOW}{' ' * 18}AOxian|AAR1|ABB1|AC|"
LENT = f"121NNY{NOW}AOxian|AAR1|ABB1|AJ三体|AH20260331    235959|CK001|CSI247.55/1|"
ASK_AGAIN = b"96AZFEF6\r"


def sealed(text, number):
    """The frame of a text with its sequence number and checksum, summed here."""
    marked = text.encode() + b"AY%dAZ" % number
    return marked + b"%04X\r" % (-sum(marked) & 0xFFFF)


def signing_in(number=0, *, user="xian-desk", password="terminal secret"):
    return sealed(f"9300CN{user}|CO{password}|CPanywhere|", number)


class Line:
    """Octets out, frames in."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    async def send(self, octets):
        self._writer.write(octets)
        with suppress(ConnectionError):  # the server has closed
            await self._writer.drain()

    async def hear(self):
        """The next frame with its CR; what there is of it where the server closes."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self._reader.readuntil(b"\r")
            except asyncio.IncompleteReadError as end:
                return end.partial
            except ConnectionResetError:
                return b""

    @property
    def ended(self):
        """The server has closed, as far as we know."""
        return self._reader.at_eof() or self._reader.exception() is not None

    async def ask(self, octets):
        await self.send(octets)
        return await self.hear()

    async def sign_in(self):
        assert await self.ask(signing_in()) == b"941AY0AZFDFD\r"

    def cut(self):
        """Break the line off: no goodbye, nothing more is taken."""
        self._writer.transport.abort()


@asynccontextmanager
async def dial(server, **tls):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, **tls)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):  # the line was cut
            await writer.wait_closed()


def talk(engine, conversation, **options):
    """Run `conversation(server)` against a running server, which is stopped afterwards."""

    async def run():
        server = SipServer(engine, library="清源县图书馆", now_ms=lambda: NOW_MS, **options)
        await server.start()
        try:
            async with asyncio.timeout(60):
                return await conversation(server)
        finally:
            await server.stop()

    return asyncio.run(run())


def open_loans(engine):
    with open_sessions(engine, readonly=True).begin() as session:
        return session.scalar(select(func.count()).select_from(Loan).where(Loan.returned_ms.is_(None)))
