"""Asks central's catalogue for whoever stands at the screen.

- `ask` blocks its caller for ASK_S at most; it is called on the screen's own threads, never on the loop.
- Nothing is kept and nothing is logged of what was asked.
- A kiosk without a line to central has no catalogue; nothing else depends on it.
"""

from __future__ import annotations

from http import HTTPStatus
from threading import BoundedSemaphore

import msgspec

from kiosk.config import Central
from kiosk.https import Missed, line, path, within
from wire import catalogue
from wire.catalogue import MAX_ANSWER_OCTETS, Answer, Question
from wire.envelope import Malformed

ASK_S = 4.0
"""Somebody waits; after this they are told to try again."""
AT_ONCE = 2
"""Two screens; what a browser that hangs asks over and over is refused."""


class Catalogue:
    """The catalogue of one kiosk. Safe to share among threads."""

    def __init__(self, settings: Central) -> None:
        self._settings = settings
        self._free = BoundedSemaphore(AT_ONCE)

    def ask(self, said: str) -> Answer:
        """What fits, the best first.

        Raises:
            Missed: central does not answer, or not with an answer.
        """
        if not self._free.acquire(blocking=False):
            raise Missed("busy")
        try:
            return self._ask(msgspec.json.encode(Question(said)))
        except Malformed as cause:
            raise Missed(f"no answer: {cause}") from None
        finally:
            self._free.release()

    def _ask(self, octets: bytes) -> Answer:
        connection = line(self._settings, ASK_S)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        with within(connection, ASK_S):
            connection.request("POST", path(self._settings, catalogue.PATH), octets, headers)
            with connection.getresponse() as response:
                if response.status != HTTPStatus.OK:
                    raise Missed(f"the server answers {response.status}")
                return catalogue.answer(response.read(MAX_ANSWER_OCTETS + 1))
