"""A transaction that comes twice is executed once: the answers that are kept, and for whom.

A terminal that loses the line after a transaction asks again, the same in all, on a new connection. The
answer is stored in the transaction that made it and is given again to the same request of the same account,

- for REPLAY_MS at most: a terminal that sends constant dates and sequence numbers says the same next week;
- until the world moves on: one answer is kept a subject (`SUBJECTS`), so that the next transaction on the
  item, by whomever, takes its place, and the request is executed anew;
- where the request can be told from a new one: numbered (AY), with a right checksum.

Refusals changed nothing and are not kept: asked again, they are decided again. Queries always run.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import cache
from operator import attrgetter

import msgspec
from sqlalchemy import Executable, String, bindparam, delete, func, select

from central.circulation.ledger.desk import Desk
from central.circulation.ledger.id_card import SHAPE
from central.circulation.server.models import SipAnswer
from central.statements import Cursor, Prepared, insert_into
from wire.sip2 import messages as m
from wire.sip2.conversation import Request
from wire.sip2.declare import Message

REPLAY_MS = 120_000
"""A terminal gives up after its retries (98: 3 s, 3 times) and a reconnect, within a minute."""

SUBJECTS: dict[type[Message], tuple[str, str]] = {
    m.Checkout: ("item", "item_identifier"),
    m.Checkin: ("item", "item_identifier"),
    m.Renew: ("item", "item_identifier"),
    m.ItemStatusUpdate: ("tag", "item_identifier"),
    m.RenewAll: ("loans", "patron_identifier"),
    m.Hold: ("hold", "patron_identifier"),
    m.FeePaid: ("fee", "patron_identifier"),
    m.BlockPatron: ("card", "patron_identifier"),
    m.PatronEnable: ("card", "patron_identifier"),
    m.Register: ("reader", "patron_identifier"),
    m.ChangePin: ("reader", "patron_identifier"),
    m.ItemFieldUpdate: ("field", "item_identifier"),
}
"""What a transaction is about: a word, and the field that names it. Those with the same word undo each other."""

_SECRETS = frozenset({"patron_password", "terminal_password", "new_password", "id_card_xo"})
_MAX_NAME = 64


def subject(message: Message, id_key: bytes = b"") -> str:
    """What this transaction is about; the number of an ID card stands there as a hash by `id_key`."""
    word, field = SUBJECTS[type(message)]
    name: str = getattr(message, field).strip()
    if SHAPE.fullmatch(name.upper()):
        name = hmac.digest(id_key, name.upper().encode(), "sha256").hex()
    return f"{word} {name[:_MAX_NAME]}"


def digest(request: Request) -> str | None:
    """What a repeated request is recognised by: all that it says and its sequence number, but no secret.

    None where it cannot be told from a new one. A digest of a six-digit PIN would be the PIN to whoever
    reads the database, so PINs, passwords and the number of the ID card are left out.
    """
    if request.sequence is None or request.checksum != "good":
        return None
    number = request.message.layout.id
    said = (number, request.sequence, _open_values(number)(request.message))
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


@cache
def _open_values(number: str) -> Callable[[Message], object]:
    """What gives the values of a message that are no secret."""
    return attrgetter(*sorted(m.MESSAGES[number].layout.names - _SECRETS))


def take_turn(cursor: Cursor, about: str) -> None:
    """Make a subject ours alone until the transaction ends: a copy of the request waits for its answer.

    Taken before any row is locked.
    """
    if not cursor.has_one_writer:
        cursor.one(_TURN, about)


def kept_answer(cursor: Cursor, desk: Desk, about: str, request_digest: str) -> bytes | None:
    """The answer that this request was given already. Ask in its subject's turn."""
    row = cursor.one(_KEPT, about)
    if row is None:
        return None
    account, known, answered_ms, answer = row
    same = (account, known) == (desk.account, request_digest)
    return bytes(answer) if same and answered_ms > desk.now_ms - REPLAY_MS else None


def keep_answer(cursor: Cursor, desk: Desk, about: str, request_digest: str | None, answer: bytes) -> None:
    """Keep the answer to a transaction, in place of whatever was kept for its subject.

    `request_digest` is None for a request that nobody can tell from a new one.
    """
    if request_digest is None:
        cursor.run(_FORGET, about)
    else:
        cursor.run(_KEEP, about, desk.account, request_digest, desk.now_ms, answer)


def forget_answers(cursor: Cursor, now_ms: int) -> None:
    """Drop those that nobody may be given any more."""
    cursor.run(_SWEEP, now_ms - REPLAY_MS)


# ---------------------------------------------------------------- statements
def _upsert(dialect: str) -> Executable:
    made = insert_into(SipAnswer, dialect)
    new = {name: made.excluded[name] for name in _ANSWER[1:]}
    return made.on_conflict_do_update(index_elements=_ANSWER[:1], set_=new)


_ANSWER = ("subject", "account", "request_digest", "answered_ms", "answer")
_TURN = Prepared(
    "about",
    statement=select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("about", type_=String), 0))),
)
_KEPT = Prepared(
    "about",
    statement=select(
        SipAnswer.account, SipAnswer.request_digest, SipAnswer.answered_ms, SipAnswer.answer
    ).where(SipAnswer.subject == bindparam("about")),
)
_KEEP = Prepared(*_ANSWER, statement=_upsert)
_FORGET = Prepared("about", statement=delete(SipAnswer).where(SipAnswer.subject == bindparam("about")))
_SWEEP = Prepared(
    "until_ms", statement=delete(SipAnswer).where(SipAnswer.answered_ms <= bindparam("until_ms"))
)
