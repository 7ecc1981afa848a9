"""What the database last knew of every device, brought to the hub of live pages at the start.

- At once where the database answers. Where it is away the pages come up without, and say that it is; it is
  asked again every AGAIN_S on a thread of its own until it has answered, or `stop`.
- What the hub has heard since stands: the broker retains the newest condition of each device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from central.live import Hub, Stored

AGAIN_S = 2.0

log = structlog.get_logger(__name__)


class Filling:
    """Brings it once."""

    def __init__(self, hub: Hub, known: Callable[[], Sequence[Stored]]) -> None:
        """Not yet begun; `known` asks the database."""
        self._hub = hub
        self._known = known
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin; returns at once where the database is away."""
        if not self._done():
            self._thread = Thread(target=self._try_again, name="filling")
            self._thread.start()

    def stop(self) -> None:
        """Give up what has not come."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _try_again(self) -> None:
        while not self._stopping.wait(AGAIN_S) and not self._done():
            pass

    def _done(self) -> bool:
        try:
            self._hub.fill(self._known())
        except SQLAlchemyError as cause:
            log.warning("no conditions from the database", cause=type(cause).__name__)
            return False
        return True
