"""A gateway's process killed between the library system's yes and the terminal's answer: one loan, counted once."""

import asyncio
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

from sqlalchemy import select, update

from central import keys
from central.circulation.server.models import SipAccount
from central.db import open_sessions
from central.reports.models import TallyDay
from tests.central.circulation.gateway.desk import kinds, until
from tests.central.circulation.gateway.ils import listening
from tests.central.circulation.gateway.test_offline import Library
from tests.central.circulation.line import NOW, Line, sealed, signing_in
from wire.sip2 import messages as m

CHECKOUT = sealed(f"11NN{NOW}{' ' * 18}AOcun|AAR1|ABB1|AC|", 1)


class Slow(Library):
    """It lends at once and says so a while later."""

    def __call__(self, message, number):
        said = super().__call__(message, number)
        return [0.5, said] if isinstance(message, m.Checkout) else said


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def central(config):
    process = subprocess.Popen(
        [sys.executable, "-m", "central", "sip2", "--config", str(config)], stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


async def connected(port):
    async with asyncio.timeout(30):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            line = Line(reader, writer)
            if await line.ask(signing_in(user="cun-room")) == b"941AY0AZFDFD\r":
                return line
            line.cut()


def test_a_loan_is_made_once_and_counted_once(embedded, tmp_path):
    keys.make(tmp_path)
    with open_sessions(embedded).begin() as session:
        session.execute(
            update(SipAccount)
            .where(SipAccount.username == "cun-room")
            .values(kind="machine", dialect="generic")
        )
    port, ils = free_port(), Slow()

    async def scenario():
        async with asyncio.timeout(90), listening(ils) as heard:
            config = tmp_path / "central.toml"
            config.write_text(
                f'state = "."\ndatabase = "{embedded.url}"\n[sip2]\nport = {port}\n'
                f'[[gateway]]\nname = "county"\nhost = "127.0.0.1"\nport = {heard.port}\nbranches = ["xian"]\n',
                encoding="utf-8",
            )
            with central(config) as process:
                line = await connected(port)
                await line.send(CHECKOUT)
                await until(lambda: ils.on_loan)
                process.send_signal(signal.SIGKILL)
                assert await line.hear() == b""
                line.cut()
            with central(config):
                line = await connected(port)
                assert (await line.ask(CHECKOUT)).startswith(b"121")
                assert (await line.ask(CHECKOUT)).startswith(b"121")
                line.cut()
            assert len(heard.of(m.Checkout)) == 1

    asyncio.run(scenario())
    assert kinds(embedded) == ["loan.made"]
    with open_sessions(embedded, readonly=True)() as session:
        counted = session.execute(select(TallyDay.measure, TallyDay.count)).all()
        assert dict(counted) == {"loans": 1}
