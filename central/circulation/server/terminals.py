"""Terminals of the SIP2 server: their accounts, and the answers kept for their retransmissions.

A terminal that loses the line after a transaction asks again, the same in all, on a new connection.
The transaction is executed once all the same: its answer is stored in the transaction that made it and
is given again, for as long as nothing else happened to the item and REPLAY_MS at most. Refusals changed
nothing, so they are not kept: asked again, they are decided again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Executable, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from central.circulation.ledger.lending import Desk
from central.circulation.server.models import SipAccount, SipAnswer
from central.fleet.models import Branch
from central.statements import Cursor, Prepared
from wire.sip2.declare import Message
from wire.sip2.messages import Checkin, Checkout

REPLAY_MS = 120_000
"""A terminal gives up after its retries (98: 3 s, 3 times) and a reconnect, within a minute. Longer would
harm those that send constant dates and sequence numbers: their next week's request says the same."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal that has signed in."""

    account: str
    branch: str
    """Id, which is also the institution and location code."""
    zone: str
    place: str
    """Name of the branch."""
    dialect: str

    def desk(self, now_ms: int) -> Desk:
        """Where and when its next transaction takes place."""
        return Desk(self.account, self.branch, self.zone, now_ms)


_ACCOUNT = Prepared(
    "username",
    statement=select(
        SipAccount.password_hash,
        SipAccount.username,
        Branch.id,
        Branch.zone,
        Branch.name_zh,
        SipAccount.dialect,
    )
    .join(Branch, Branch.id == SipAccount.branch_id)
    .where(SipAccount.username == bindparam("username"), SipAccount.active),
)


def find_account(cursor: Cursor, username: str) -> tuple[str | None, Terminal | None]:
    """Password hash and terminal of an account; both None where it is unknown or closed."""
    row = cursor.one(_ACCOUNT, username)
    return (None, None) if row is None else (row[0], Terminal(*row[1:]))


def digest(message: Message, sequence: int) -> str:
    """What a request is recognised by: all that it says, its sequence number among it, no password."""
    said = (message.layout.id, sequence, _without_secrets(message))
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _without_secrets(message: Message) -> Message:
    """A digest of a six-digit PIN would be the PIN to whoever reads the database."""
    if isinstance(message, Checkout):
        return replace(message, patron_password="", terminal_password="", extra=())
    return replace(message, terminal_password="", extra=()) if isinstance(message, Checkin) else message


_KEPT = Prepared(
    "barcode",
    statement=select(
        SipAnswer.account, SipAnswer.request_digest, SipAnswer.answered_ms, SipAnswer.answer
    ).where(SipAnswer.item_barcode == bindparam("barcode")),
)


def kept_answer(cursor: Cursor, desk: Desk, barcode: str, request_digest: str) -> bytes | None:
    """The answer that this request was given already. Ask under the lock of the item."""
    row = cursor.one(_KEPT, barcode)
    if row is None:
        return None
    account, known, answered_ms, answer = row
    same = (account, known) == (desk.account, request_digest)
    return bytes(answer) if same and answered_ms > desk.now_ms - REPLAY_MS else None


def _upsert(dialect: str) -> Executable:
    made = postgresql.insert(SipAnswer) if dialect == "postgresql" else sqlite.insert(SipAnswer)
    new = {name: made.excluded[name] for name in _ANSWER[1:]}
    return made.on_conflict_do_update(index_elements=_ANSWER[:1], set_=new)


_ANSWER = ("item_barcode", "account", "request_digest", "answered_ms", "answer")
_KEEP = Prepared(*_ANSWER, statement=_upsert)
_FORGET = Prepared(
    "barcode", statement=delete(SipAnswer).where(SipAnswer.item_barcode == bindparam("barcode"))
)
_SWEEP = Prepared(
    "until_ms", statement=delete(SipAnswer).where(SipAnswer.answered_ms <= bindparam("until_ms"))
)


def keep_answer(cursor: Cursor, desk: Desk, barcode: str, request_digest: str | None, answer: bytes) -> None:
    """Keep the answer to a transaction on an item, in place of whatever was kept for that item.

    `request_digest` is None for a request without a sequence number, which nobody can tell from a new one.
    """
    if request_digest is None:
        cursor.run(_FORGET, barcode)
    else:
        cursor.run(_KEEP, barcode, desk.account, request_digest, desk.now_ms, answer)


def forget_answers(cursor: Cursor, now_ms: int) -> None:
    """Drop those that nobody may be given any more."""
    cursor.run(_SWEEP, now_ms - REPLAY_MS)
