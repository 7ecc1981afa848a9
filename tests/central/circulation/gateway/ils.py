"""An ILS with manners of its own: it hears frames, and a script says what it does with each.

A script is a function of a message and how many came before it on this connection; it gives octets, a list of
octets with pauses (seconds) between, `CLOSE`, `None` for silence, or a message that is answered as it should be.
"""

import asyncio
from contextlib import asynccontextmanager

from wire.sip2 import messages as m
from wire.sip2.codec import decode, encode
from wire.sip2.codes import Supported
from wire.sip2.declare import Message
from wire.sip2.dialect import load

GENERIC = load("generic")
CLOSE = object()
ANY = frozenset(Supported)


def status(*, online=True, offline_ok=True):
    return m.AcsStatus(
        online_status=online,
        checkin_ok=True,
        checkout_ok=True,
        acs_renewal_policy=True,
        offline_ok=offline_ok,
        timeout_period=30,
        retries_allowed=3,
        date_time_sync=None,
        institution_id="ILS",
        supported_messages=ANY,
    )


def polite(message):
    """What an ILS without any memory says."""
    match message:
        case m.Login():
            return m.LoginResponse(ok=True)
        case m.ScStatus():
            return status()
        case m.ItemInformation():
            return m.ItemInformationResponse(
                circulation_status="03",
                transaction_date=None,
                item_identifier=message.item_identifier,
                title_identifier="三体",
            )
        case m.PatronInformation():
            return m.PatronInformationResponse(
                patron_status=frozenset(),
                transaction_date=None,
                patron_identifier=message.patron_identifier,
                personal_name="林书远",
                charged_items_count=0,
                valid_patron=True,
                reader_type="adult",
            )
        case m.Checkout():
            return m.CheckoutResponse(
                ok=True,
                desensitize=True,
                transaction_date=None,
                patron_identifier=message.patron_identifier,
                item_identifier=message.item_identifier,
                title_identifier="三体",
                due_date="2026-03-31",
                call_number="I247.55/1",
            )
        case m.Checkin():
            return m.CheckinResponse(
                ok=True, resensitize=True, transaction_date=None, item_identifier=message.item_identifier
            )
    raise AssertionError(message)


class Ils:
    """Listens on a free port; `heard` is what came, in order."""

    def __init__(self, script=None, dialect=GENERIC):
        self._script = script or (lambda message, _: polite(message))
        self.dialect = dialect
        self.heard = []
        self.lines = 0
        """Connections so far."""
        self.open = 0
        self._stopped = False
        self._writers = set()
        self._tasks = set()

    async def start(self, port=0):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self):
        self._stopped = True
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*list(self._tasks), return_exceptions=True)

    async def _serve(self, reader, writer):
        if self._stopped:  # it was let in a moment before the end
            writer.transport.abort()
            return
        self._writers.add(writer)
        self._tasks.add(asyncio.current_task())
        self.lines += 1
        self.open += 1
        try:
            await self._listen(reader, writer)
        except OSError:
            pass
        finally:
            self.open -= 1
            writer.close()
            self._writers.discard(writer)
            self._tasks.discard(asyncio.current_task())

    async def _listen(self, reader, writer):
        count = 0
        while octets := await reader.read(4096):
            for frame in octets.split(b"\r"):
                if frame.strip():
                    read = decode(frame, self.dialect)
                    self.heard.append(read.message)
                    said = self._script(read.message, count)
                    count += 1
                    if not await self._say(writer, said, read.sequence):
                        return

    async def _say(self, writer, said, sequence):
        for part in said if isinstance(said, list) else [said]:
            if part is CLOSE:
                return False
            if isinstance(part, float):
                await asyncio.sleep(part)
            elif isinstance(part, Message):
                writer.write(encode(part, self.dialect, sequence))
            elif part is not None:
                writer.write(part)
        await writer.drain()
        return True

    def of(self, kind):
        return [message for message in self.heard if isinstance(message, kind)]


@asynccontextmanager
async def listening(script=None, dialect=GENERIC, port=0):
    ils = Ils(script, dialect)
    await ils.start(port)
    try:
        yield ils
    finally:
        await ils.stop()
