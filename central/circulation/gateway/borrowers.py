"""Who has what was lent through a gateway, kept where its amnesties need a reader whom the ILS does not name.

- One row an item among the gateway's transactions, under a subject of its own: the card sealed, the reader hashed.
- Kept until the item is lent again or comes back, KEPT_DAYS at most; only where the gateway forgives fees.
- May be out of date, since others lend and take back too: the ILS is asked before it is believed.
"""

from __future__ import annotations

from central.circulation.gateway import store
from central.circulation.gateway.means import Means, new_txn
from central.circulation.gateway.states import State
from central.circulation.gateway.store import DAY_MS, Transaction
from central.statements import Cursor
from wire.envelope import Malformed
from wire.facts import clip
from wire.sealing import seal, unseal

KEPT_DAYS = 180
"""A loan and its renewals; what comes back later was given up."""


def note(cursor: Cursor, means: Means, lent: Transaction, card: str) -> None:
    """Keep who has the item of a loan, in the caller's transaction."""
    forget(cursor, lent.gateway, lent.item)
    txn = new_txn()
    kept = lent._replace(
        txn=txn,
        subject=_subject(lent.item),
        digest=None,
        request=b"",
        reader=means.journal.pseudonym(card),
        sealed=seal(means.sealing.public_key(), card, txn),
        counted=False,
        state=State.ENDED,
        answer=None,
        ended_ms=means.now_ms() + KEPT_DAYS * DAY_MS,
    )
    store.add(cursor, kept)


def card_of(cursor: Cursor, means: Means, gateway: str, item: str) -> str:
    """The card to which an item was lent last; empty where nobody knows."""
    kept = store.latest(cursor, gateway, _subject(item))
    if kept is None:
        return ""
    try:
        return unseal(means.sealing, kept.sealed, kept.txn)
    except Malformed:
        return ""  # sealed to a key that central has no more


def forget(cursor: Cursor, gateway: str, item: str) -> None:
    """The item has come back."""
    store.drop_subject(cursor, gateway, _subject(item))


def _subject(item: str) -> str:
    return f"borrower {clip(item.strip(), 64)}"
