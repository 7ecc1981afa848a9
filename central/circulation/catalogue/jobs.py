"""Imports on the pages: a file is looked at and, when somebody says so, kept, on a thread of its own.

- One at a time: SQLite has one writer, and two would not see each other's new titles.
- The file lies in a folder of central's state until its job ends or is given up; nobody else may read it.
- A job lives as long as this process. What a restart interrupts was not kept: one transaction holds it all.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Final, Literal, NamedTuple

import structlog

from central.accounts.operations import record
from central.circulation.catalogue import reading
from central.circulation.catalogue.charsets import CHOICES
from central.circulation.catalogue.columns import Kind
from central.circulation.catalogue.forms import Form
from central.circulation.catalogue.importing import WORK, Counts
from central.clock_ms import now_ms
from central.db import Sessions

State = Literal["reading", "ready", "wrong", "keeping", "kept", "failed"]
RUNNING: Final = frozenset({"reading", "keeping"})
MAX_JOBS: Final = 20
"""Remembered; the oldest that has ended goes."""

log = structlog.get_logger(__name__)


class Asked(NamedTuple):
    """What a person says of a file."""

    name: str
    kind: Kind
    branch: str | None
    """Of new lines that name none."""
    charset: str | None
    """One of `charsets.CHOICES`; None: to be recognised."""


@dataclass(slots=True)
class Job:
    """One file on its way. Its thread writes, pages read."""

    number: int
    name: str
    kind: Kind
    branch: str | None
    charset: str | None
    staff: str
    at_ms: int
    state: State = "reading"
    lines: int = 0
    """Read so far."""
    form: Form | None = None
    recognised: str = ""
    """Form and charset of the file."""
    first: list[str] = field(default_factory=list)
    """Its first lines, for a person to see that they can be read."""
    wrong: int = 0
    counts: Counts = field(default_factory=Counts)
    errors: list[reading.Wrong] = field(default_factory=list)
    notices: list[reading.Wrong] = field(default_factory=list)


class Jobs:
    """The imports of one process."""

    def __init__(self, folder: Path, reading: Sessions, writing: Sessions) -> None:
        """No job yet; what an earlier process left in the folder goes."""
        self._folder, self._reading, self._writing = folder, reading, writing
        self._jobs: dict[int, Job] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        shutil.rmtree(folder, ignore_errors=True)

    def all(self) -> list[Job]:
        """The newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.number)

    def find(self, number: int) -> Job | None:
        with self._lock:
            return self._jobs.get(number)

    def look(self, asked: Asked, octets: IO[bytes], staff: str) -> Job | None:
        """Begin to look at a file; None while another job runs."""
        with self._lock:
            if self._busy():
                return None
            job = Job(next(self._numbers), *asked, staff, now_ms())
            self._store(job, octets)
            self._jobs[job.number] = job
            self._forget()
            self._start(job, keep=False)
            return job

    def keep(self, job: Job) -> bool:
        """Begin to keep what was looked at; False where that cannot be."""
        with self._lock:
            if self._busy() or job.state != "ready":
                return False
            job.state = "keeping"
            self._start(job, keep=True)
            return True

    def drop(self, job: Job) -> bool:
        """Give a job up; False while it runs."""
        with self._lock:
            if job.state in RUNNING:
                return False
            self._jobs.pop(job.number, None)
            self._path(job).unlink(missing_ok=True)
            return True

    def close(self) -> None:
        """Wait for the job that runs."""
        thread = self._thread
        if thread is not None:
            thread.join()

    # ------------------------------------------------------------ under the lock
    def _busy(self) -> bool:
        return any(job.state in RUNNING for job in self._jobs.values())

    def _store(self, job: Job, octets: IO[bytes]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(job)
        path.touch(mode=0o600)
        with path.open("wb") as to:
            shutil.copyfileobj(octets, to)

    def _forget(self) -> None:
        ended = [job for job in self._jobs.values() if job.state not in RUNNING]
        for job in ended[: max(len(self._jobs) - MAX_JOBS, 0)]:
            del self._jobs[job.number]
            self._path(job).unlink(missing_ok=True)

    def _start(self, job: Job, *, keep: bool) -> None:
        self._thread = threading.Thread(target=self._run, args=(job, keep), name="import")
        self._thread.start()

    def _path(self, job: Job) -> Path:
        return self._folder / str(job.number)

    # ------------------------------------------------------------ on the job's thread
    def _run(self, job: Job, keep: bool) -> None:
        try:
            state = self._work(job, keep=keep)
        except Exception as cause:  # noqa: BLE001 - a job that never ends would keep all others away
            log.error("import.failed", kind=job.kind, cause=type(cause).__name__)  # noqa: TRY400 - it holds names
            state = "failed"
        if state not in {"ready", *RUNNING}:
            self._path(job).unlink(missing_ok=True)
        job.state = state

    def _work(self, job: Job, *, keep: bool) -> State:
        with self._path(job).open("rb") as octets:
            codec = CHOICES[job.charset] if job.charset else None
            file = reading.read(octets, job.name, job.kind, _progress(job), codec=codec)
        job.lines, job.form = len(file.lines), file.form
        job.recognised, job.first = file.recognised(), file.first()
        with self._writing.begin() if keep else self._reading() as session:
            work = WORK[job.kind](session, file, job.branch)
            job.counts = work.compare()
            job.wrong, job.errors, job.notices = file.wrong, file.in_order(), file.notices
            if file.wrong:
                return "wrong"
            if keep:
                work.keep()
                subject = f"{job.kind} {job.name} {job.counts.new} {job.counts.changed}"
                record(session, now_ms(), job.staff, "imported", subject)
        return "kept" if keep else "ready"


def _progress(job: Job) -> Callable[[int], None]:
    def tell(lines: int) -> None:
        job.lines = lines

    return tell
