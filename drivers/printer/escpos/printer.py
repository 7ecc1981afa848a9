"""A thermal printer that speaks ESC/POS, on a line.

- A slip that paper, cover, knife or cable interrupted is printed again whole, from its first line, once all is well;
  `Printed` is posted once. What a slip left half printed is cut off before it.
- A slip is given up `keep_s` seconds after it was asked for, or when it was begun `BEGINNINGS` times: it is about one reader, and
  must not come out before another. At most `WAITING` wait.
- Slips outlive a lost line; `abandon` gives them up only when they are too old, or when the driver was stopped.
- Whether the last octets were printed when a line breaks nobody knows: such a slip is printed twice, never lost.
- With `serial` nothing is printed before the printer has said that it is this one, which it does not without paper.
- `PaperSensed` comes at connect and at each change. A jammed knife is the device's loss (`Misbehaved`) until mended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event

from drivers.device import Post
from drivers.errors import DriverError, Gone, Misbehaved, Misuse
from drivers.events import DeviceBack, PaperSensed, Printed
from drivers.identity import recognised
from drivers.line.line import OpenLine
from drivers.printer.escpos.codec import Codec, Encoded
from drivers.printer.escpos.messages import Status
from drivers.printer.escpos.session import LOOK_S, Answers, Session, Stopped, Timing
from drivers.slip import Slip

WAITING = 8
"""Slips that wait at once; a desk makes one a minute."""
BEGINNINGS = 3
"""A slip that failed so often wastes paper."""
POLL_S = 0.25
"""How long one read waits while there is nothing to do."""
IDLE_S = 2.0
"""Between two looks at paper and cover while nothing prints."""
IDENTITY = {
    "all": "ESC/POS printer",
    "status": "ESC/POS printer without GS r",
    "none": "ESC/POS printer that says nothing of itself",
}


@dataclass(slots=True)
class _Job:
    """One slip on its way."""

    job: str
    slip: Slip
    asked_at: float
    encoded: Encoded | None = None
    beginnings: int = 0


class EscposPrinter:
    """A `drivers.device.Printer`."""

    def __init__(
        self,
        name: str,
        codec: Codec,
        open_line: OpenLine,
        answers: Answers,
        timing: Timing,
        *,
        serial: str = "",
        keep_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._codec = codec
        self._open_line = open_line
        self._answers = answers
        self._timing = timing
        self._serial = serial
        self._keep_s = keep_s
        self._clock = clock
        self._asked: SimpleQueue[tuple[str, Slip, float]] = SimpleQueue()
        self._jobs: list[_Job] = []
        self._stop: Event | None = None
        self._recognised = False
        """The printer at this line has said that it is the wanted one."""
        self._torn = False
        """A slip stands half printed on the paper."""
        self._unfinished = False
        """The line broke while a command was on it."""
        self._told: Status | None = None
        self._trouble = "it was not begun"
        """Why slips wait."""

    def print(self, job: str, slip: Slip) -> None:
        """Print one slip; answered by one `Printed`. From any thread."""
        self._asked.put((job, slip, self._clock()))

    def run(self, post: Post, stop: Event) -> None:
        """Print what is asked for until `stop` is set.

        Raises:
            Gone: the line cannot be opened, broke, or the printer is silent.
            Misbehaved: another device answers, or another printer; or a person must mend the printer.
            Unsupported: the printer does not say which one it is, and that matters.
        """
        self._stop = stop
        self._recognised = False
        self._told = None
        line = self._open_line()
        try:
            session = Session(line, self._answers, self._timing, self._clock)
            self._meet(session)
            post(DeviceBack(self.name, self._recognise(session)))
            self._tell(session.known, post)
            self._serve(session, line.read, post, stop)
        except DriverError as cause:
            self._trouble = cause.text
            raise
        finally:
            line.close()

    def abandon(self, post: Post) -> None:
        """Give up slips that are too old, all of them once the driver was stopped. In the thread of `run`."""
        self._take(post)
        self._weed(post)
        if self._stop is None or self._stop.is_set():
            for job in self._jobs:
                post(Printed(self.name, job.job, Gone(f"stopped before it was printed: {self._trouble}")))
            self._jobs.clear()

    # ------------------------------------------------------------ one life
    def _meet(self, session: Session) -> None:
        """See that a printer is there and fit; end what a broken line left, mend once what can be mended."""
        status = session.look()
        if self._unfinished:
            session.mend()
            session.fill()
            self._unfinished = False
        if status is not None and status.broken:
            session.mend()
            self._unless_broken(session.look())

    def _recognise(self, session: Session) -> str:
        """What the printer is called. One in trouble cannot say, and is asked again before it prints."""
        named = session.name() or IDENTITY[self._answers]
        self._recognised = session.talks or not self._serial
        return recognised(named, session.serial(), self._serial) if self._recognised else named

    def _serve(self, session: Session, read: Callable[[float], bytes], post: Post, stop: Event) -> None:
        looked = self._clock()
        while not stop.is_set():
            self._take(post)
            self._weed(post)
            status = session.known
            if self._jobs and (status is None or not status.trouble):
                if not self._recognised:
                    self._recognise(session)
                self._print(self._jobs[0], session, post, stop)
                looked = self._clock()
                continue
            read(POLL_S)
            if self._clock() - looked >= (LOOK_S if self._jobs else IDLE_S):
                looked = self._clock()
                self._sense(session, post)

    def _sense(self, session: Session, post: Post) -> None:
        status = session.look()
        self._tell(status, post)
        self._unless_broken(status)

    @staticmethod
    def _unless_broken(status: Status | None) -> None:
        if status is not None and status.broken:
            raise Misbehaved(status.trouble)

    def _tell(self, status: Status | None, post: Post) -> None:
        """`PaperSensed` where something about it changed."""
        if status is None:
            return
        told = self._told
        if told is None or (told.paper, told.cover_open) != (status.paper, status.cover_open):
            post(PaperSensed(self.name, status.paper, status.cover_open))
        self._told = status
        self._trouble = status.trouble or self._trouble

    # ------------------------------------------------------------ slips
    def _take(self, post: Post) -> None:
        """What was asked for into the line of those that wait."""
        while True:
            try:
                job, slip, asked_at = self._asked.get_nowait()
            except Empty:
                return
            if len(self._jobs) < WAITING:
                self._jobs.append(_Job(job, slip, asked_at))
            else:
                post(Printed(self.name, job, Misuse(f"{WAITING} slips already wait")))

    def _weed(self, post: Post) -> None:
        """Give up slips that came too late or failed too often."""
        now = self._clock()
        for job in list(self._jobs):
            if now - job.asked_at > self._keep_s:
                error: DriverError = Gone(f"not printed within {self._keep_s:g} s: {self._trouble}")
            elif job.beginnings >= BEGINNINGS:
                error = Misbehaved(f"begun {job.beginnings} times, never finished: {self._trouble}")
            else:
                continue
            self._jobs.remove(job)
            post(Printed(self.name, job.job, error))

    def _print(self, job: _Job, session: Session, post: Post, stop: Event) -> None:
        """One slip from its first line; it stays in the line of those that wait until it is out."""
        try:
            job.encoded = job.encoded or self._codec.encode(job.slip)
        except DriverError as error:
            self._jobs.remove(job)
            post(Printed(self.name, job.job, error))
            return
        job.beginnings += 1
        try:
            if self._begin(session, job.encoded, post, stop):
                self._jobs.remove(job)
                post(Printed(self.name, job.job, missing=job.encoded.missing))
        except Stopped as stopped:
            self._unfinished = False
            session.mend()  # it must not go on with the old slip the moment the paper is in
            self._tell(stopped.status, post)
            self._unless_broken(stopped.status)

    def _begin(self, session: Session, encoded: Encoded, post: Post, stop: Event) -> bool:
        """Send the slip piece by piece; False where the driver was stopped on the way."""
        if self._torn:
            session.mend()
            for _ in session.send(self._codec.severing()):
                pass
        self._torn = True
        for piece in encoded.pieces:
            self._unfinished = True
            for status in session.send(piece):
                self._tell(status, post)
                if stop.is_set():
                    return False
            self._unfinished = False
        self._torn = False
        return True
