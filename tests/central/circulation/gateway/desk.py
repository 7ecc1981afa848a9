"""Terminals before a gateway in this process: requests in, answers out, over real sockets to an ILS."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select

from central.circulation.gateway import settling
from central.circulation.gateway import upstream as upstreams
from central.circulation.gateway.models import GatewayTransaction
from central.circulation.gateway.routing import Gateways
from central.circulation.owed.models import OwedTransaction
from central.circulation.server.terminals import Terminal
from central.config import Gateway
from central.db import open_sessions
from central.facts.models import StoredFact
from central.keys import Keys
from central.reports.models import TallyDay
from tests.central.circulation.gateway.ils import listening
from tests.central.circulation.world import NOW_MS
from wire.envelope import decode_fact
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message
from wire.sip2.dialect import load

KEYS = Keys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate(), b"k" * 32, b"w" * 32)
SHUWU = load("shuwu")
MACHINE = Terminal("maker-1", "cun", "Asia/Shanghai", "石桥书屋", SHUWU, kind="machine")
OTHER = Terminal("maker-2", "cun", "Asia/Shanghai", "石桥书屋", SHUWU, kind="machine")
KIOSK = Terminal("cun-room", "cun", "Asia/Shanghai", "石桥书屋", SHUWU)
AT = datetime(2026, 3, 1, 10)  # noqa: DTZ001 - SIP2's dates are local


class Clock:
    """Central's clock, to be turned."""

    def __init__(self):
        self.ms = NOW_MS

    def __call__(self):
        return self.ms


class Desk:
    """A running gateway for the county and all below it, and how to ask it."""

    def __init__(self, gateways, engine, clock):
        self.gateways, self.engine, self.clock = gateways, engine, clock
        self._sequence = 0

    def request(self, message, number=None):
        self._sequence = (self._sequence + 1) % 10 if number is None else number
        return Request(message, self._sequence, "good")

    async def ask(self, message, terminal=MACHINE, *, number=None):
        found = self.gateways.route(terminal).answer(terminal, self.request(message, number))
        return found if isinstance(found, Message) else await found

    async def until_up(self, up=True):
        await until(lambda: self.upstream.is_up is up and (not up or self.upstream.status))

    @property
    def upstream(self):
        return self.gateways._running["county"].upstream

    async def crash(self, *asking):
        """As if the process ended here: no answer, nothing more is written."""
        tasks = [*asking, *self.gateways._running["county"].front._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def until_settled(self):
        await until(lambda: not waiting(self.engine))


@asynccontextmanager
async def gateway(engine, port, clock=None, **settings):
    clock = clock or Clock()
    given = {"timeout_s": 1.0, **settings}
    one = Gateway(name="county", host="127.0.0.1", port=port, branches=("xian",), **given)
    gateways = Gateways([one], engine, KEYS, clock, "清源县图书馆")
    gateways.start()
    try:
        yield Desk(gateways, engine, clock)
    finally:
        await gateways.stop()


def serve(engine, conversation, script=None, **settings):
    """Run `conversation(desk, ils)` with an ILS that follows a script."""

    async def within():
        async with (
            asyncio.timeout(30),
            listening(script) as ils,
            gateway(engine, ils.port, **settings) as desk,
        ):
            await desk.until_up()
            return await conversation(desk, ils)

    return asyncio.run(within())


async def until(true):
    async with asyncio.timeout(15):
        while not true():  # noqa: ASYNC110 - what the other end of a socket does rings no bell
            await asyncio.sleep(0.01)


def hurry(monkeypatch):
    """Watches and workers that look often."""
    monkeypatch.setattr(upstreams, "WATCH_S", 0.02)
    monkeypatch.setattr(upstreams, "REOPEN_S", 0.05)
    monkeypatch.setattr(settling, "LOOK_S", 0.05)


# ---------------------------------------------------------------- requests
def checkout(item="B1", card="R1", **more):
    return m.Checkout(transaction_date=AT, patron_identifier=card, item_identifier=item, **more)


def checkin(item="B1", **more):
    return m.Checkin(transaction_date=AT, return_date=AT, item_identifier=item, **more)


def reader(card="R1", **more):
    return m.PatronInformation(transaction_date=AT, patron_identifier=card, **more)


# ---------------------------------------------------------------- what stands in the database
def facts(engine):
    """Facts of the branch's machines, in order."""
    with open_sessions(engine, readonly=True)() as session:
        rows = session.scalars(select(StoredFact).where(StoredFact.device_id == "gateway-cun"))
        return [decode_fact(row.body.encode()) for row in sorted(rows, key=lambda row: row.id)]


def kinds(engine):
    return [str(type(fact).__struct_config__.tag) for fact in facts(engine)]


def tallies(engine):
    with open_sessions(engine, readonly=True)() as session:
        return dict(
            session.execute(select(TallyDay.measure, TallyDay.count).where(TallyDay.branch_id == "cun")).all()
        )


def waiting(engine):
    with open_sessions(engine, readonly=True)() as session:
        return session.scalars(select(GatewayTransaction).where(GatewayTransaction.state != "ended")).all()


def owed(engine):
    with open_sessions(engine, readonly=True)() as session:
        return {row.item: row.state for row in session.scalars(select(OwedTransaction))}
