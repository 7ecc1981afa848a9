"""Terminals of the SIP2 server: their accounts, and the answers kept for their retransmissions.

A terminal that loses the line after a transaction asks again, in the same octets, on a new connection.
The transaction is executed once all the same: its answer is stored in the transaction that made it and
is given again, for as long as nothing else happened to the item and REPLAY_MS at most. Refusals changed
nothing, so they are not kept: asked again, they are decided again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from central.circulation.models import SipAccount, SipAnswer
from central.circulation.operations import Desk
from central.fleet.models import Branch

REPLAY_MS = 120_000
"""A terminal gives up after its retries (98: 3 s, 3 times) and a reconnect, within a minute. Longer would
harm those that send constant dates and sequence numbers: their next week's request has the same octets."""


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


def find_account(session: Session, username: str) -> tuple[str | None, Terminal | None]:
    """Password hash and terminal of an account; both None where it is unknown or closed."""
    account = session.get(SipAccount, username)
    if account is None or not account.active:
        return None, None
    branch = session.get_one(Branch, account.branch_id)
    terminal = Terminal(username, branch.id, branch.zone, branch.name_zh, account.dialect)
    return account.password_hash, terminal


def digest(request: bytes) -> str:
    """What a request is recognised by: its octets, sequence number and checksum among them, no password."""
    return hashlib.sha256(request).hexdigest()


def kept_answer(session: Session, desk: Desk, request_digest: str) -> bytes | None:
    """The answer that this request was given already. Ask under the lock of the item."""
    kept = select(SipAnswer.answer).where(
        SipAnswer.account == desk.account,
        SipAnswer.request_digest == request_digest,
        SipAnswer.answered_ms > desk.now_ms - REPLAY_MS,
    )
    return session.scalar(kept)


def keep_answer(
    session: Session, desk: Desk, barcode: str, request_digest: str | None, answer: bytes
) -> None:
    """Keep the answer to a transaction on an item, in place of whatever was kept for that item.

    `request_digest` is None for a request without a sequence number, which nobody can tell from a new one.
    """
    session.execute(delete(SipAnswer).where(SipAnswer.item_barcode == barcode))
    if request_digest is None:
        return
    session.add(
        SipAnswer(
            account=desk.account,
            request_digest=request_digest,
            item_barcode=barcode,
            answered_ms=desk.now_ms,
            answer=answer,
        )
    )


def forget_answers(session: Session, now_ms: int) -> None:
    """Drop those that nobody may be given any more."""
    session.execute(delete(SipAnswer).where(SipAnswer.answered_ms <= now_ms - REPLAY_MS))
