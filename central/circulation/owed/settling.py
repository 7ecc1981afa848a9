"""What staff do with an owed transaction: accept, cancel, settle at the kiosk, give it up, see whose it is.

- Each verb takes the session of its caller's transaction, locks the row and audits itself; the caller commits.
- Accepting and cancelling change no book record: they say what staff have done in the library system.
- A card is unsealed for one look, with a reason, and is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.operations import record
from central.circulation.ledger.models import Reader
from central.circulation.owed.listing import orders, subject
from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import FOR_STAFF, WAITING
from central.fleet.models import Device, DeviceCondition, Order
from central.fleet.operations import give_order
from wire.envelope import Malformed
from wire.sealing import unseal

Resolution = Literal["accepted", "cancelled"]
RESOLUTIONS = frozenset(get_args(Resolution))
MAX_NOTE = 500


class Unsettled(ValueError):  # noqa: N818 - an answer to who asked
    """Nothing was done; `args[0]` says why in a word: see WHY."""


WHY = frozenset(
    {
        "unknown_transaction",
        "not_for_staff",
        "resolved_already",
        "not_waiting",
        "still_there",
        "pending_already",
        "reason_missing",
        "no_card",
        "card_unreadable",
    }
)


class Actor(NamedTuple):
    """Who does it, from where, when."""

    staff: str
    address: str
    now_ms: int


class Holder(NamedTuple):
    """Whose transaction it is."""

    card: str
    name: str
    """Of a reader of our own ledger; empty for any other."""


def resolve(
    session: Session, device: str, txn: str, resolution: Resolution, note: str, actor: Actor
) -> OwedTransaction:
    """Say what staff have done about a transaction that nothing else will settle.

    Raises:
        Unsettled: `unknown_transaction`, `not_for_staff` or `resolved_already`.
    """
    owed = _locked(session, device, txn)
    if owed.state not in FOR_STAFF:
        raise Unsettled("not_for_staff")
    if owed.resolution:
        raise Unsettled("resolved_already")
    owed.resolution, owed.note = resolution, note[:MAX_NOTE]
    owed.resolved_by, owed.resolved_ms = actor.staff, actor.now_ms
    _audit(session, owed, f"owed_{resolution}", note, actor)
    return owed


def settle(session: Session, device: str, txn: str, verdict: Literal["done", "never"], actor: Actor) -> Order:
    """Order the kiosk to end what the ILS cannot tell; it ends when the kiosk answers.

    Raises:
        Unsettled: `unknown_transaction`, `not_waiting` or `pending_already`.
        NotPossible: see `central.fleet.operations.give_order`.
    """
    owed = _locked(session, device, txn)
    if owed.state not in WAITING:
        raise Unsettled("not_waiting")
    if any(order.state == "pending" and order.deadline_ms >= actor.now_ms for order in orders(session, owed)):
        raise Unsettled("pending_already")
    order = give_order(session, device, "debt.settle", actor.staff, actor.now_ms, txn=txn, verdict=verdict)
    _audit(session, owed, "owed_settled", verdict, actor)
    return order


def was_refused(given: Sequence[Order]) -> bool:
    """The machine would not end it: it is asking about it just now, or does not hold it any more.

    Args:
        given: as `central.circulation.owed.listing.orders` finds them.
    """
    return bool(given) and given[0].state == "refused"


def give_up(session: Session, device: str, txn: str, actor: Actor) -> OwedTransaction:
    """The machine that held it will not come back, or refuses to settle it: it is for staff from now on. Should the
    machine tell its end all the same, that counts.

    Raises:
        Unsettled: `unknown_transaction`, `not_waiting`, or `still_there`: the machine is connected, in service, and
            was not heard to refuse.
    """
    owed = _locked(session, device, txn)
    if owed.state not in WAITING:
        raise Unsettled("not_waiting")
    condition = session.get(DeviceCondition, device)
    retired = session.scalar(select(Device.retired_on).where(Device.id == device)) is not None
    there = condition is not None and condition.state != "gone" and not retired
    if there and not was_refused(orders(session, owed)):
        raise Unsettled("still_there")
    owed.state = "orphaned"
    _audit(session, owed, "owed_given_up", "", actor)
    return owed


def contact(
    session: Session, device: str, txn: str, reason: str, key: X25519PrivateKey, actor: Actor
) -> Holder:
    """Unseal the card, once, for somebody who says why.

    Raises:
        Unsettled: `unknown_transaction`, `reason_missing`, `no_card` or `card_unreadable`.
    """
    owed = _locked(session, device, txn)
    if not reason:
        raise Unsettled("reason_missing")
    if not owed.sealed:
        raise Unsettled("no_card")
    try:
        card = unseal(key, owed.sealed, txn)
    except Malformed:
        raise Unsettled("card_unreadable") from None
    owed.contacted_by, owed.contacted_ms = actor.staff, actor.now_ms
    _audit(session, owed, "owed_card_seen", reason, actor)
    reader = session.get(Reader, card)
    return Holder(card, reader.name if reader else "")


def _locked(session: Session, device: str, txn: str) -> OwedTransaction:
    query = select(OwedTransaction).where(OwedTransaction.device_id == device, OwedTransaction.txn == txn)
    owed = session.scalars(query.with_for_update()).one_or_none()
    if owed is None:
        raise Unsettled("unknown_transaction")
    return owed


def _audit(session: Session, owed: OwedTransaction, action: str, about: str, actor: Actor) -> None:
    named = f"{subject(owed.device_id, owed.txn)} {about}".rstrip()
    record(session, actor.now_ms, actor.staff, action, named, actor.address)
