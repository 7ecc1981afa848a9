"""A server that is told to stop under load, and its successor: every request is executed once and answered."""

import asyncio
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from central import keys
from central.circulation.ledger.models import Loan
from central.db import open_sessions
from tests.central.circulation.line import PATIENCE_S, Line, sealed
from tests.central.circulation.server.test_serve import PROGRAM

PAIRS = (("R1", "B1"), ("R1", "B4"), ("R2", "B3"), ("R2", "B5"))
ROUNDS = 40
"""Loans of each terminal, as many returns; the server is told to stop after a third of them."""


@dataclass
class Terminal:
    """Lends and returns one book again and again; asks again after a reconnect what was not answered."""

    card: str
    barcode: str
    port: int
    enough: asyncio.Event
    answers: list[bytes] = field(default_factory=list)
    reconnects: int = 0

    async def run(self):
        while len(self.answers) < 2 * ROUNDS:
            with suppress(ConnectionError, OSError):
                await self._talk()
            self.reconnects += 1
            await asyncio.sleep(0.02)

    async def _talk(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        line = Line(reader, writer)
        try:
            if not (await line.ask(sealed("9300CNxian-desk|COterminal secret|", 0))).endswith(b"\r"):
                return
            while len(self.answers) < 2 * ROUNDS:
                answer = await line.ask(self._request(len(self.answers)))
                if not answer.endswith(b"\r"):
                    return  # cut off: the same request once more, on the next line
                self.answers.append(answer)
                if len(self.answers) > ROUNDS:
                    self.enough.set()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _request(self, number):
        at = f"20260301    10{number // 60:02}{number % 60:02}"
        if number % 2:
            return sealed(f"09N{at}{at}AP|AOxian|AB{self.barcode}|AC|", number % 10)
        return sealed(f"11NN{at}{' ' * 18}AOxian|AA{self.card}|AB{self.barcode}|AC|", number % 10)


@pytest.fixture
def serve(library, tmp_path):
    """Starts the server as a process, again and again on the same port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keys.make(tmp_path / "state")
    config = tmp_path / "central.toml"
    url = library.url.render_as_string(hide_password=False)
    config.write_text(f'state = "state"\ndatabase = "{url}"\n[sip2]\nport = {port}\n')
    started = []

    def start():
        started.append(
            subprocess.Popen([sys.executable, "-c", PROGRAM, str(config)], stdout=subprocess.DEVNULL)
        )
        return started[-1]

    yield port, start
    for process in started:
        process.kill()
        process.wait(20)


def test_no_answer_is_lost_and_nothing_done_twice(library, serve):
    port, start = serve

    async def load():
        enough = asyncio.Event()
        terminals = [Terminal(card, barcode, port, enough) for card, barcode in PAIRS]
        running = asyncio.gather(*[terminal.run() for terminal in terminals])
        first = start()
        await asyncio.wait_for(enough.wait(), 2 * PATIENCE_S)
        first.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(first.wait, 20) == 0
        start()
        await asyncio.wait_for(running, 3 * PATIENCE_S)
        return terminals

    terminals = asyncio.run(load())

    for terminal in terminals:
        assert terminal.reconnects > 1
        assert {answer[:3] for answer in terminal.answers} == {b"121", b"101"}
    with open_sessions(library, readonly=True).begin() as session:
        loans = dict(
            tuple(row)
            for row in session.execute(select(Loan.item_barcode, func.count()).group_by(Loan.item_barcode))
        )
    assert loans == {barcode: ROUNDS for _, barcode in PAIRS}
