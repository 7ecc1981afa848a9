"""What staff do with money that nothing else will settle: book it here, or say what they have done about it.

- Each verb takes the session of its caller's transaction, locks the row and audits itself; the caller commits.
- What was given back and then booked by a kiosk after all is put right by a person: no machine takes money back.
- Booking is done in the built-in ledger under the provider's number, by which a kiosk that comes back and tells the
  same is known again: nobody is ever charged twice. The card is unsealed for that alone, and shown to nobody.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.operations import record
from central.circulation.ledger import payments as cash_book
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Refused
from central.payments.models import DeskPayment, ProviderPayment
from central.payments.states import FOR_STAFF
from central.statements import Cursor
from wire.envelope import Malformed
from wire.sealing import unseal

Resolution = Literal["booked", "refunded", "righted"]
RESOLUTIONS = frozenset({"booked", "refunded", "righted"})
"""`righted` is for a contradiction (`DeskPayment.contradicts`), the others for everything else."""
MAX_NOTE = 500


class Unsettled(ValueError):  # noqa: N818 - an answer to who asked
    """Nothing was done; `args[0]` says why in a word: see `central.payments.words.NOT_POSSIBLE`."""


class Actor(NamedTuple):
    """Who does it, from where, when."""

    staff: str
    address: str
    now_ms: int


def resolve(
    session: Session, device: str, txn: str, resolution: Resolution, note: str, actor: Actor
) -> DeskPayment:
    """Say what staff have done about a payment.

    Raises:
        Unsettled: `unknown_payment`, `not_for_staff` or `resolved_already`.
    """
    row = _for_staff(session, device, txn, contradicts=resolution == "righted")
    _close(session, row, resolution, note, actor)
    return row


def resolve_money(
    session: Session, provider_id: str, resolution: Resolution, note: str, actor: Actor
) -> ProviderPayment:
    """The same of money that settles no payment.

    Raises:
        Unsettled: `unknown_payment`, `not_for_staff` or `resolved_already`.
    """
    query = select(ProviderPayment).where(ProviderPayment.provider_id == provider_id)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise Unsettled("unknown_payment")
    if row.use == "payment" or resolution == "righted":
        raise Unsettled("not_for_staff")
    if row.resolution:
        raise Unsettled("resolved_already")
    _close(session, row, resolution, note, actor)
    return row


def book(
    session: Session, device: str, txn: str, zone: str, key: X25519PrivateKey, actor: Actor
) -> DeskPayment:
    """Book it in the built-in ledger, in place of the kiosk.

    Raises:
        Unsettled: as `resolve`; `not_ours`: nobody of this card is in the ledger; `not_booked`: the ledger refuses it.
    """
    row = _for_staff(session, device, txn)
    try:
        card = unseal(key, row.sealed, txn) if row.sealed else ""
    except Malformed:
        card = ""
    desk = Desk(actor.staff, row.branch_id, zone, actor.now_ms)
    fee = int(row.fee) if row.fee.isascii() and row.fee.isdigit() else None
    outcome = cash_book.pay(
        Cursor(session.connection()),
        desk,
        card,
        row.amount_fen,
        method="card",
        provider_id=row.provider_id,
        fee_id=fee,
    )
    if isinstance(outcome, Refused):
        raise Unsettled("not_ours" if outcome.fault == "card_unknown" else "not_booked")
    _close(session, row, "booked", "", actor)
    return row


def _for_staff(session: Session, device: str, txn: str, *, contradicts: bool = False) -> DeskPayment:
    query = select(DeskPayment).filter_by(device_id=device, txn=txn)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise Unsettled("unknown_payment")
    if row.contradicts is not contradicts or not (contradicts or row.state in FOR_STAFF):
        raise Unsettled("not_for_staff")
    if row.resolution and not contradicts:
        raise Unsettled("resolved_already")
    return row


def _close(
    session: Session, row: DeskPayment | ProviderPayment, resolution: Resolution, note: str, actor: Actor
) -> None:
    row.resolution, row.note = resolution, note[:MAX_NOTE]
    row.resolved_by, row.resolved_ms = actor.staff, actor.now_ms
    about = f"{row.provider_id} {row.amount_fen} {note}".rstrip()
    record(session, actor.now_ms, actor.staff, f"payment_{resolution}", about[:200], actor.address)
