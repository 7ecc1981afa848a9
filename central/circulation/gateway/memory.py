"""Readers whom an ILS called good lately, as its answers pass by. What is remembered is a keyed hash.

- Good: a 64 or 24 that knows the card and bars nothing, a 12 that lends. Bad: a 64 or 24 that bars; forgotten.
- Written at most once in REFRESH_MS for each reader, beside the answer and not before it: what is lost with a
  crash is heard again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial

import structlog

from central.circulation.gateway import store
from central.circulation.gateway.means import Means
from wire.sip2 import messages as m
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect

REFRESH_MS = 6 * 3_600_000
"""Four times a day for who comes daily; the rule counts in days."""
MAX_KEPT = 50_000
"""Readers whose last writing is kept in mind, some 5 MiB."""
MAX_TYPE = 64

log = structlog.get_logger(__name__)


class Memory:
    """The readers of one gateway."""

    def __init__(self, gateway: str, dialect: Dialect, means: Means) -> None:
        self._gateway = gateway
        self._dialect = dialect
        self._means = means
        self._written: OrderedDict[str, tuple[bool, int]] = OrderedDict()
        """By reader: what was written last, and when."""

    def learn(self, answer: Message, request: Message) -> None:
        """Take from an answer what it says of its reader."""
        pin: str = getattr(request, "patron_password", "")
        match answer:
            case m.PatronInformationResponse():
                good = self._is_good(answer, pin) and (answer.valid_patron or bool(answer.personal_name))
                self._note(answer.patron_identifier, good, answer.reader_type)
            case m.PatronStatusResponse() if answer.valid_patron is not None:
                self._note(answer.patron_identifier, self._is_good(answer, pin) and answer.valid_patron, "")
            case m.CheckoutResponse(ok=True):
                self._note(answer.patron_identifier, good=True, kind="")

    def _is_good(self, answer: m.PatronInformationResponse | m.PatronStatusResponse, pin: str) -> bool:
        """Some say that the PIN is wrong where none was given (dp2, FOLIO)."""
        refused = answer.fault is not None or (bool(pin) and answer.valid_patron_password is False)
        return not refused and not self._dialect.bars(answer.patron_status)

    def _note(self, card: str, good: bool, kind: str) -> None:
        now_ms = self._means.now_ms()
        reader = self._means.journal.pseudonym(card.strip())
        was_good, at_ms = self._written.get(reader, (False, 0))
        if was_good == good and 0 <= now_ms - at_ms < REFRESH_MS:
            return
        self._written[reader] = (good, now_ms)
        self._written.move_to_end(reader)
        if len(self._written) > MAX_KEPT:
            self._written.popitem(last=False)
        if good:
            work = partial(
                store.remember, gateway=self._gateway, reader=reader, kind=kind[:MAX_TYPE], now_ms=now_ms
            )
        else:
            work = partial(store.forget, gateway=self._gateway, reader=reader)
        self._means.database.change(work).add_done_callback(partial(self._told, reader))

    def _told(self, reader: str, done: asyncio.Future[None]) -> None:
        if not done.cancelled() and (cause := done.exception()) is not None:
            self._written.pop(reader, None)
            log.warning("gateway.not_remembered", cause=type(cause).__name__)
