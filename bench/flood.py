"""Many kiosks come back at once, each with a day of facts; a few quiet ones tell something new each second.

Real parts: a mosquitto as it is by default, `shuwu-central ingest`, every kiosk's own journal and uplink,
threads included. The kiosks share a few processes, the quiet ones have one of their own, and the journals lie in
memory, since a thousand kiosks have a thousand disks; central's database lies on this machine's disk. All are
connected before central is there, so that its first word lets them all send at once.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Engine, func, select

from bench import day
from bench.broker import broker
from central import config as central_config
from central import keys
from central.db import open_engine, open_sessions
from central.facts.models import FactAside, StoredFact
from central.fleet import operations as fleet
from central.migrations import migrate
from central.reports.models import TallyDay
from kiosk.central_events import UplinkChanged, WatermarkMoved
from kiosk.clock import SystemClock
from kiosk.config import Mqtt
from kiosk.events import KioskEvent
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from wire import signing

QUIET = 20
A_PROCESS = 125
"""Kiosks that share one: six descriptors each, and paho waits by select(2), which knows 1,024."""
PATIENCE_S = 400.0
MEMORY = Path("/dev/shm")
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Run:
    """What one flood came to."""

    facts: int
    """Told by all kiosks, the quiet ones among them."""
    took_s: float
    """From central's first word to the watermark of the last backlog."""
    delays_ms: Sequence[float]
    """Of the quiet kiosks' facts, from just before the disk to the watermark, while the flood went on."""
    lost: int
    doubled: int
    misplaced: int
    """Facts that are not the one that their kiosk told at this place."""


def flood(folder: Path, database: str, devices: int) -> Run:
    """One whole run.

    Args:
        folder: for configuration and keys.
        database: URL of an empty database.
        devices: kiosks with a day to tell.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    full = [f"kiosk-{number:04}" for number in range(devices)]
    quiet = [f"quiet-{number:02}" for number in range(QUIET)]
    first_ms = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS - DAY_MS
    engine = open_engine(database)
    with broker(folder) as port, tempfile.TemporaryDirectory(dir=_memory()) as journals:
        config = _central(folder, database, port, engine, full + quiet)
        public = signing.public_text(keys.load(folder / "central").signing.public_key())
        lines = Lines(Path(journals), port, public)
        with _kiosks(lines, full, first_ms) as groups, _process(_tell, lines, quiet) as talkers:
            for pipe in (*groups, talkers):
                assert pipe.poll(PATIENCE_S)
                pipe.recv()
            with _ingest(config):
                began_s = talkers.recv()
                ended_s = max(pipe.recv() for pipe in groups)
                talkers.send("the flood is over")
                delays_ms = talkers.recv()
    run = _audit(engine, full, quiet, first_ms, len(delays_ms))
    engine.dispose()
    return Run(devices * day.FACTS + len(delays_ms), ended_s - began_s, delays_ms, run[0], run[1], run[2])


# ---------------------------------------------------------------- the kiosks
@dataclass(frozen=True, slots=True)
class Lines:
    """Where the kiosks of a run keep their journals, and whom they talk to."""

    folder: Path
    port: int
    public: str

    def kiosk(self, name: str) -> Kiosk:
        return Kiosk(self, name, signing.public_key(self.public))


class Kiosk:
    """A kiosk's journal and uplink, and when it heard what."""

    def __init__(self, lines: Lines, name: str, central: Ed25519PublicKey) -> None:
        self.name = name
        self.clock = SystemClock()
        self.journal = Journal.open(lines.folder / f"{name}.db", bytes(32))
        self.uplink = Uplink(Mqtt(port=lines.port), name, self.journal, central, self.clock, self._hear)
        self.connected = Event()
        self.central_s: float | None = None
        """Monotonic: central was first there."""
        self.marks: list[tuple[int, float]] = []
        """Watermarks, and when they had come."""
        self._lock = Lock()

    def _hear(self, event: KioskEvent) -> None:
        now = time.monotonic()
        match event:
            case UplinkChanged(broker=True, central=central):
                self.connected.set()
                self.central_s = self.central_s or (now if central else None)
            case WatermarkMoved(seq=seq):
                with self._lock:
                    self.marks.append((seq, now))

    def held(self, seq: int) -> float | None:
        """When central held this fact."""
        with self._lock:
            return next((at for mark, at in self.marks if mark >= seq), None)


def _keep(pipe: Connection, lines: Lines, names: Sequence[str], first_ms: int) -> None:
    """Kiosks with a day to tell: says when all are connected, then when the last of them is done.

    Real ones have processors of their own: these give way to central, and do not fight for their one
    interpreter every 5 ms.
    """
    os.nice(10)
    sys.setswitchinterval(0.1)
    kiosks = [lines.kiosk(name) for name in names]
    for kiosk in kiosks:
        day.write(kiosk.journal, first_ms)
        kiosk.uplink.start()
    assert all(kiosk.connected.wait(PATIENCE_S) for kiosk in kiosks)
    pipe.send("connected")
    pipe.send(_wait_until_held((kiosk, day.FACTS) for kiosk in kiosks))
    pipe.recv()


def _tell(pipe: Connection, lines: Lines, names: Sequence[str]) -> None:
    """Quiet kiosks: each tells one fact a second while the flood goes on; says how long each took."""
    kiosks = [lines.kiosk(name) for name in names]
    for kiosk in kiosks:
        kiosk.uplink.start()
    assert all(kiosk.connected.wait(PATIENCE_S) for kiosk in kiosks)
    pipe.send("connected")
    while (began_s := min((k.central_s for k in kiosks if k.central_s), default=None)) is None:
        time.sleep(0.01)
    pipe.send(began_s)
    told: list[tuple[Kiosk, int, float]] = []
    while not pipe.poll():
        for kiosk in kiosks:
            time.sleep(1 / len(kiosks))
            told.append((kiosk, len(told) // len(kiosks) + 1, time.monotonic()))
            day.tell_visit(kiosk.journal, kiosk.clock)
            kiosk.uplink.kick()
    _wait_until_held((kiosk, seq) for kiosk, seq, _ in told)
    pipe.send([((kiosk.held(seq) or 0.0) - at) * 1000 for kiosk, seq, at in told])
    pipe.recv()


def _wait_until_held(facts: Iterable[tuple[Kiosk, int]]) -> float:
    """When central held the last of these facts."""
    waiting, last_s, give_up = list(facts), 0.0, time.monotonic() + PATIENCE_S
    while waiting:
        assert time.monotonic() < give_up, (
            f"not held: {[(k.name, seq, k.journal.watermark) for k, seq in waiting]}"
        )
        time.sleep(0.05)
        held = [kiosk.held(seq) for kiosk, seq in waiting]
        last_s = max([last_s, *(at for at in held if at is not None)])
        waiting = [one for one, at in zip(waiting, held, strict=True) if at is None]
    return last_s


@contextmanager
def _kiosks(lines: Lines, names: Sequence[str], first_ms: int) -> Iterator[list[Connection]]:
    if not names:
        yield []
        return
    with (
        _process(_keep, lines, names[:A_PROCESS], first_ms) as first,
        _kiosks(lines, names[A_PROCESS:], first_ms) as rest,
    ):
        yield [first, *rest]


@contextmanager
def _process(target: object, *arguments: object) -> Iterator[Connection]:
    """A process of its own and a pipe to it; killed at the end of the block, as kiosks are."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=target, args=(theirs, *arguments))  # type: ignore[arg-type]  # any function
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _memory() -> Path | None:
    return MEMORY if MEMORY.is_dir() else None


# ---------------------------------------------------------------- central
def _central(folder: Path, database: str, port: int, engine: Engine, names: Sequence[str]) -> Path:
    """Keys, tables, the devices; the path of `central.toml`."""
    path = folder / "central.toml"
    path.write_text(
        f'state = "central"\ndatabase = "{database}"\n\n[mqtt]\nport = {port}\n', encoding="utf-8"
    )
    keys.make(central_config.load(path).state)
    migrate(engine)
    with open_sessions(engine).begin() as session:
        fleet.found(session, "xian", None, "county", "县馆", "County", "Asia/Shanghai")
        for name in names:
            fleet.enrol(session, name, "xian", name, name, "room24")
    return path


@contextmanager
def _ingest(config: Path) -> Iterator[None]:
    with (config.parent / "ingest.log").open("ab") as out:
        command = [sys.executable, "-m", "central", "ingest", "--config", str(config)]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


# ---------------------------------------------------------------- the audit
def _audit(
    engine: Engine, full: Sequence[str], quiet: Sequence[str], first_ms: int, told: int
) -> tuple[int, int, int]:
    """Facts lost, doubled, out of their place: by the rows in the order of their arrival, and by the tallies."""
    wanted = list(zip(range(1, day.FACTS + 1), day.KINDS * day.VISITS, day.times_ms(first_ms), strict=True))
    lost = doubled = misplaced = 0
    with engine.connect() as connection:
        for name in full:
            row = StoredFact
            found = connection.execute(
                select(row.seq, row.kind, row.wall_ms).where(row.device_id == name).order_by(row.id)
            ).all()
            distinct = {each.seq for each in found}
            lost += len(wanted) - len(distinct)
            doubled += len(found) - len(distinct)
            misplaced += sum(tuple(each) != want for each, want in zip(found, wanted, strict=False))
        live = connection.execute(
            select(StoredFact.seq).where(StoredFact.device_id.in_(quiet)).order_by(StoredFact.id)
        ).scalars()
        lost += told - len(list(live))
        misplaced += connection.scalar(select(func.count()).select_from(FactAside)) or 0
        tally = select(func.sum(TallyDay.count)).where(TallyDay.measure == "visits")
        visits = connection.scalar(tally) or 0
    doubled += abs(visits - len(full) * day.VISITS - told)
    return lost, doubled, misplaced
