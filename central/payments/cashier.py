"""What central does for payments: codes for wishes, a look for money, the word to the kiosk. One at a time.

- A wish gets its code at once, or none: what comes later than `code_s` nobody waits for any more.
- The provider is asked outside of any transaction; what it said is written in one, after a second look at the row.
- The same may be done twice (two workers for a moment, a crash between provider and database): references and
  numbers are the same again, and are known.
- All that a reference may have brought is looked for until a day after its code, soon and then seldom.
- Money is written down before anything is done with it. A kiosk hears of it by an order that is given again until
  its facts say that it has it; one that does not know the payment leaves it to staff.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import ValidationError, convert
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from central.db import open_sessions
from central.fleet.operations import NotPossible, give_order, order_payload
from central.mqtt import BrokerAway, Message
from central.payments.due import (
    MADE,
    Due,
    Key,
    Told,
    answered,
    due,
    last_told,
    looked_at,
    orphan,
    put_off,
    standing,
    untold,
)
from central.payments.money import write_down
from central.payments.provider import Away, Declined, Money, Provider
from central.payments.states import WITHOUT_MONEY
from central.statements import Cursor
from wire.faults import number
from wire.orders import Code

STAFF: Final = "payments"
"""Who gives the orders, in place of a user name."""
UNKNOWN: Final = number("payment_unknown")
Pace = tuple[tuple[int, int], ...]
PACE: Final[Pace] = ((120_000, 2_000), (3_600_000, 30_000), (26 * 3_600_000, 1_800_000))
"""(so long after the code's time, asked so often), in ms. Longer than a kiosk keeps what it wanted (24 h)."""
SOON_MS: Final = 500
"""Until a provider is asked again for a code that a reader waits for."""
AGAIN_MS: Final = 60_000
"""Between two orders about the same money."""

log = structlog.get_logger(__name__)


class Cashier:
    """See the contract at the module's head."""

    def __init__(
        self,
        engine: Engine,
        provider: Provider,
        signing: Ed25519PrivateKey,
        publish: Callable[[Message], object],
        code_ms: int,
        pace: Pace = PACE,
    ) -> None:
        self._engine = engine
        self._readonly = engine.execution_options(readonly=True)
        self._writing = open_sessions(engine)
        self._provider = provider
        self._signing = signing
        self._publish = publish
        self._code_ms = code_ms
        self._pace = pace

    def tick(self, now_ms: int) -> None:
        """Do what is due."""
        with self._readonly.connect() as connection:
            payments = due(Cursor(connection), now_ms)
        for payment in payments:
            try:
                self._deal_with(payment, now_ms)
            except Away:
                log.warning("the payment provider does not answer")
                self._put_off(payment, self._again_ms(payment, now_ms))
                break  # nor would it for the next one
            except SQLAlchemyError:
                raise
            except Exception as cause:  # noqa: BLE001 - a plug-in's; its traceback may hold a secret
                log.error("a payment was not dealt with", cause=type(cause).__name__)  # noqa: TRY400 - the same
                is_over = next_look_ms(payment.expires_ms, now_ms, self._pace) is None
                self._put_off(payment, None if is_over else now_ms + AGAIN_MS)
        with self._readonly.connect() as connection:
            keys = untold(Cursor(connection), now_ms)
        for key in keys:
            self._tell(key, now_ms)

    # ------------------------------------------------------------ the provider
    def _deal_with(self, payment: Due, now_ms: int) -> None:
        if payment.state == "wanted" and now_ms < payment.wanted_ms + self._code_ms:
            self._offer(payment, now_ms)
            return
        if payment.state in WITHOUT_MONEY and payment.dropped and payment.code:
            self._provider.cancel(payment.reference)
        found = self._provider.status(payment.reference)
        with self._engine.begin() as connection:
            cursor = Cursor(connection)
            for money in found:
                write_down(cursor, money, now_ms)
            looked_at(cursor, payment.key, partial(next_look_ms, now_ms=now_ms, pace=self._pace))

    def _again_ms(self, payment: Due, now_ms: int) -> int:
        """When one is asked about again that was not answered: that nobody answers for a day ends nothing."""
        if payment.state == "wanted":
            return now_ms + SOON_MS
        return next_look_ms(payment.expires_ms, now_ms, self._pace) or now_ms + self._pace[-1][1]

    def _put_off(self, payment: Due, look_ms: int | None) -> None:
        """It keeps no other from its turn."""
        with self._engine.begin() as connection:
            put_off(Cursor(connection), payment.key, look_ms)

    def _offer(self, payment: Due, now_ms: int) -> None:
        expires_ms = now_ms + self._code_ms
        code = self._code(payment, expires_ms)
        with self._writing.begin() as session:
            cursor = Cursor(session.connection())
            row = standing(cursor, payment.key)
            if row.state != "wanted":  # dropped meanwhile: cancelled at the next look
                answered(cursor, payment.key, row.state, row.dropped, code, expires_ms, now_ms)
                return
            state, dropped = ("offered", "") if code else ("dropped", "no_code")
            answered(cursor, payment.key, state, dropped, code, expires_ms, now_ms)
            message = self._order(session, payment.key, "payment.show", now_ms, {"code": code}, expires_ms)
        self._send(message)

    def _code(self, payment: Due, expires_ms: int) -> str:
        """Empty: there is none, or none that an order carries."""
        try:
            code = self._provider.create(payment.amount_fen, payment.reference, expires_ms)
            return convert(code, Code)
        except (Declined, ValidationError) as cause:
            why = "no order carries it" if isinstance(cause, ValidationError) else str(cause.args[0])[:100]
            log.warning("no code", reference=payment.reference, why=why)
            return ""

    # ------------------------------------------------------------ the kiosk
    def _tell(self, key: Key, now_ms: int) -> None:
        """Say again that there is money, where nothing is under way to say it."""
        with self._readonly.connect() as connection:
            if _is_under_way(last_told(Cursor(connection), key), now_ms):
                return
        message = None
        with self._writing.begin() as session:
            cursor = Cursor(session.connection())
            row, told = standing(cursor, key), last_told(cursor, key)
            if row.state != "paid" or _is_under_way(told, now_ms):
                return
            if told is None or told.fault != UNKNOWN:
                more = {"provider_id": row.provider_id, "amount_fen": row.amount_fen}
                message = self._order(session, key, MADE, now_ms, more)
            if message is None:
                orphan(cursor, key)
        self._send(message)

    def _order(
        self,
        session: Session,
        key: Key,
        verb: str,
        now_ms: int,
        more: dict[str, object],
        deadline_ms: int | None = None,
    ) -> Message | None:
        """On record; None where the kiosk is no more."""
        try:
            order = give_order(
                session, key.device_id, verb, STAFF, now_ms, txn=key.txn, more=more, deadline_ms=deadline_ms
            )
        except NotPossible as cause:
            log.warning("no order", device=key.device_id, why=cause.args[0])
            return None
        return Message(*order_payload(self._signing, order))

    def _send(self, message: Message | None) -> None:
        """After the commit. Where the broker is away the ingest says it again."""
        if message is not None:
            try:
                self._publish(message)
            except BrokerAway:
                log.debug("broker away", topic=message.topic)


def receive(session: Session, money: Money, now_ms: int) -> bool:
    """`write_down`, for who has a session."""
    return write_down(Cursor(session.connection()), money, now_ms)


def next_look_ms(expires_ms: int, now_ms: int, pace: Pace = PACE) -> int | None:
    """When the provider is asked about a payment again; None: never more."""
    since_ms = now_ms - expires_ms
    return next((now_ms + often_ms for until_ms, often_ms in pace if since_ms < until_ms), None)


def _is_under_way(order: Told | None, now_ms: int) -> bool:
    """The kiosk has it on disk, or will hear of it yet, or has just refused it for a while."""
    if order is None or order.fault == UNKNOWN:
        return False
    if order.state == "pending" and order.deadline_ms >= now_ms:
        return True
    return order.state == "done" or now_ms < order.issued_ms + AGAIN_MS
