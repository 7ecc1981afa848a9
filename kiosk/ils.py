"""One conversation with the ILS: questions in, exactly one event out for each.

- `ask` and `start` return at once; `post` is called on the worker and must not block (a queue's put).
- Every question is answered within `timeout_s` of its asking, queueing included, also when the line is down.
- A question that finds the line down makes one attempt at once; if that fails, the ILS is silent.
- A checkout or checkin goes out once; while time remains the very same message is repeated once.
  What was under way when the line broke is silent, never asked anew. Mere queries are asked anew.
- After a silence the line is closed and opened again: a late answer can never be taken for another's.
- Cards and passwords stand in no log and in no text of an error.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk import config
from kiosk.effects import AskItem, AskLoan, AskReader, AskReturn, AskSettle
from kiosk.events import KioskEvent

Question = AskReader | AskItem | AskLoan | AskReturn | AskSettle


class Ils:
    """A worker thread with one SIP2 connection, from `start` to `stop`."""

    def __init__(
        self,
        settings: config.Ils,
        timeout_s: float,
        location: str,
        post: Callable[[KioskEvent], None],
        pseudonym: Callable[[str], str],
    ) -> None:
        """A conversation, not yet open.

        Args:
            settings: where the ILS is and who we are there; its password file is read now.
            timeout_s: every question is answered within it.
            location: the terminal's location code (CP of the login, AP of a checkin).
            post: takes the answers, and IlsChanged when the line comes up or goes down.
            pseudonym: makes a reader's name in facts of a card number.

        Raises:
            ConfigError: the password file is missing or readable by others; no such dialect.
        """
        raise NotImplementedError(settings, timeout_s, location, post, pseudonym)

    def start(self) -> None:
        """Begin to connect. Started once."""
        raise NotImplementedError

    def ask(self, question: Question) -> None:
        """Ask. Answered by ReaderAnswered, ItemAnswered, LoanAnswered, ReturnAnswered, Settled or IlsSilent."""
        raise NotImplementedError(question)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Answer what is left as silent, close the line, join the thread; True when it has ended."""
        raise NotImplementedError(timeout_s)
