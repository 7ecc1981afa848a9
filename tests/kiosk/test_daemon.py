"""A whole kiosk with its threads and nobody at the other end of any line: how it starts, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk import __main__ as command
from kiosk.build import build
from kiosk.config import Config, load
from kiosk.daemon import Daemon
from kiosk.effects import EndProgram
from kiosk.events import StopAsked
from kiosk.journal import Journal
from kiosk.journal.schema import MARK, SCHEMA
from kiosk.loop import DISK_FAILED
from kiosk.station import CARD_KEY_LOCKED
from tests.kiosk.settings import DESK_AND_ROOM, written
from wire.envelope import decode_fact
from wire.facts import FaultRaised, KioskStarted, KioskStopped


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def path(tmp_path: Path, port: int):
    return written(tmp_path, DESK_AND_ROOM.replace("18080", str(port)))


@pytest.fixture
def handlers():
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def run(path: Path) -> Result:
    return CliRunner().invoke(command.main, ["--config", str(path)])


def told(config: Config) -> list[object]:
    journal = Journal.open(config.state / "journal.db", bytes(32))
    found = [decode_fact(row.fact) for row in journal.since(0, 100)]
    journal.close()
    return found


def asked_to_stop(monkeypatch: pytest.MonkeyPatch, event: StopAsked) -> None:
    """The real kiosk, with a stop on its queue before it runs."""

    def stopping(config: Config) -> Daemon:
        daemon = build(config)
        daemon.loop.queue.put(event)
        return daemon

    monkeypatch.setattr(command, "build", stopping)


def test_asked_to_stop_it_ends_with_its_facts_and_every_thread(path, handlers, monkeypatch):
    asked_to_stop(monkeypatch, StopAsked("asked"))
    assert run(path).exit_code == 0
    first, *_, last = told(load(path))
    assert isinstance(first, KioskStarted)
    assert last == KioskStopped("asked")


def test_told_to_restart_it_says_so_to_whoever_started_it(path, handlers, monkeypatch):
    asked_to_stop(monkeypatch, StopAsked("order"))
    assert run(path).exit_code == 75
    assert told(load(path))[-1] == KioskStopped("order")


def test_a_signal_during_the_start_is_a_stop(path, handlers):
    def terminate() -> None:
        while signal.getsignal(signal.SIGTERM) in {signal.SIG_DFL, signal.default_int_handler}:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=terminate)
    thread.start()
    assert run(path).exit_code == 0
    thread.join()
    assert told(load(path))[-1] == KioskStopped("asked")


def test_a_port_that_is_taken_is_said_and_nothing_is_written(path, port, handlers):
    with socket.create_server(("127.0.0.1", port)):
        result = run(path)
    assert result.exit_code == 69
    assert f"port {port} of the screen" in result.output
    assert told(load(path)) == []


def test_a_configuration_that_cannot_be_is_said(path):
    path.write_text(path.read_text().replace("[desk]", "[desk]\nidle = 1"))
    result = run(path)
    assert result.exit_code == 78
    assert "unknown field `idle` - at `$.desk`" in result.output


def test_a_secret_that_others_may_read_is_said(path):
    (path.parent / "password").chmod(0o644)
    result = run(path)
    assert result.exit_code == 78
    assert "others may read it" in result.output


def test_a_journal_of_a_newer_program_is_said(path):
    state = load(path).state
    state.mkdir(mode=0o700)
    with closing(sqlite3.connect(state / "journal.db")) as db:
        db.execute(f"PRAGMA application_id = {MARK + SCHEMA + 1}")
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    result = run(path)
    assert result.exit_code == 78
    assert f"schema {SCHEMA + 1}" in result.output


def test_a_card_key_that_the_tpm_keeps_back_is_a_fault_and_no_reason_to_stay_down(
    path, handlers, monkeypatch
):
    state = load(path).state
    state.mkdir(mode=0o700)
    (state / "cards.sealed").write_text("sealed on another board")
    asked_to_stop(monkeypatch, StopAsked("asked"))
    assert run(path).exit_code == 0
    raised = [fact.fault for fact in told(load(path)) if isinstance(fact, FaultRaised)]
    assert CARD_KEY_LOCKED in raised
    assert (state / "cards.sealed").read_text() == "sealed on another board"


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def heard(systemd: socket.socket) -> list[bytes]:
    words = []
    with suppress(BlockingIOError):
        while True:
            words.append(systemd.recv(64))
    return words


def test_the_system_hears_that_it_is_up_and_that_it_ends_though_no_device_answers(path, systemd, monkeypatch):
    daemon = build(load(path))
    daemon.loop.queue.put(StopAsked("asked"))
    before, run = [], daemon.loop.run

    def run_loop() -> EndProgram:
        before.extend(heard(systemd))
        return run()

    monkeypatch.setattr(daemon.loop, "run", run_loop)
    daemon.run()
    assert before == [b"READY=1"]
    assert heard(systemd) == [b"STOPPING=1"]


def test_the_system_hears_nothing_of_a_start_that_fails_and_of_no_clean_end_where_the_loop_falls(
    path, port, systemd, monkeypatch
):
    daemon = build(load(path))
    with socket.create_server(("127.0.0.1", port)), pytest.raises(OSError, match="in use"):
        daemon.run()
    assert heard(systemd) == []
    daemon = build(load(path))
    monkeypatch.setattr(daemon.loop, "run", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        daemon.run()
    assert heard(systemd) == [b"READY=1"]


def test_a_loop_that_falls_takes_every_thread_with_it(path, monkeypatch):
    daemon = build(load(path))

    def fall() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(daemon.loop, "run", fall)
    with pytest.raises(ZeroDivisionError):
        daemon.run()


def test_a_disk_that_does_not_take_the_start_makes_the_kiosk_broken_and_it_runs_on(path, monkeypatch):
    daemon = build(load(path))
    daemon.journal._db.execute("PRAGMA query_only = ON")
    loop, found = daemon.loop, []

    def run_loop() -> EndProgram:
        loop.turn(loop.queue.get(timeout=5))
        found.extend(number for number, _ in loop.kiosk.station.troubles)
        return EndProgram(restart=False)

    monkeypatch.setattr(loop, "run", run_loop)
    daemon.run()
    assert DISK_FAILED in found
    assert told(load(path)) == []
