"""What central holds of a reader under another name: sealed cards, pseudonyms, answers kept for a while.

an owed loan or return   holds the card sealed to central's key, and central's hash of the kiosk's hash
a payment at a kiosk     holds the same
its facts                hold the same
the gateway's facts      hold a hash that central can make of the card again
a kiosk's other facts    hold a hash by a key that never leaves the kiosk: whose they are is known by a loan of
the same item at the same time alone, while that loan has its card
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.circulation.gateway.journal import FactJournal
from central.circulation.gateway.models import GatewayReader, GatewaySite, GatewayTransaction
from central.circulation.ledger.models import Loan
from central.circulation.owed.models import OwedTransaction
from central.circulation.server.models import SipAnswer
from central.facts import redaction
from central.facts.models import FactAside, StoredFact
from central.facts.rows import pseudonym
from central.fleet.models import Device
from central.keys import Keys
from central.payments.models import DeskPayment
from wire.envelope import Malformed
from wire.facts import LoanGranted, LoanMade
from wire.sealing import unseal

SEALED_KINDS: Final = ("loan.owed", "loan.granted", "loan.refused", "payment.wanted")
"""Facts that carry a card."""
SAME_MS: Final = 120_000
"""A kiosk's clock and central's may differ by so much."""


class Alias(NamedTuple):
    """How a reader is called in the facts of one device."""

    device: str
    hash: str


class Opener:
    """Tells what was sealed for one card."""

    def __init__(self, keys: Keys, card: str) -> None:
        self._keys, self._card = keys, card

    def is_mine(self, sealed: str, txn: str) -> bool:
        """Whether this is the card that was sealed for the transaction; False for what nobody can open."""
        try:
            return bool(sealed) and unseal(self._keys.sealing, sealed, txn) == self._card
        except (Malformed, ValueError):
            return False

    def is_mine_within(self, body: str) -> bool:
        """The same of a fact's text."""
        try:
            fact = msgspec.json.decode(body)
            return self.is_mine(fact.get("sealed", ""), fact.get("txn", ""))
        except (msgspec.DecodeError, AttributeError, TypeError):
            return False


# ---------------------------------------------------------------- sealed cards
def owed(session: Session, opener: Opener) -> list[OwedTransaction]:
    """Owed transactions of this card."""
    sealed = select(OwedTransaction).where(OwedTransaction.sealed != "").order_by(OwedTransaction.begun_ms)
    return [one for one in session.scalars(sealed) if opener.is_mine(one.sealed, one.txn)]


def paid(session: Session, opener: Opener) -> list[DeskPayment]:
    """Payments of this card at kiosks."""
    sealed = select(DeskPayment).where(DeskPayment.sealed != "").order_by(DeskPayment.wanted_ms)
    return [one for one in session.scalars(sealed) if opener.is_mine(one.sealed, one.txn)]


def sealed_facts(session: Session, opener: Opener) -> list[StoredFact]:
    """Facts that carry this card, sealed."""
    query = select(StoredFact).where(StoredFact.kind.in_(SEALED_KINDS), StoredFact.body.like('%"sealed":"%'))
    return [fact for fact in session.scalars(query) if opener.is_mine_within(fact.body)]


def sealed_asides(session: Session, opener: Opener) -> list[FactAside]:
    """The same of what was kept aside."""
    query = select(FactAside).where(FactAside.body.like('%"sealed":"%'))
    return [aside for aside in session.scalars(query) if opener.is_mine_within(aside.body)]


# ---------------------------------------------------------------- pseudonyms
def gateway_name(keys: Keys, card: str) -> str:
    """How the gateways call a reader."""
    return FactJournal(keys.readers, lambda: 0).pseudonym(card)


def gateway_aliases(session: Session, keys: Keys, card: str) -> set[Alias]:
    """The same, as it stands in the facts of each gateway."""
    stored = pseudonym(keys.readers, gateway_name(keys, card))
    return {Alias(device, stored) for device in session.scalars(select(GatewaySite.device_id))}


def kiosk_aliases(session: Session, known: Iterable[OwedTransaction | DeskPayment], card: str) -> set[Alias]:
    """How kiosks call a reader, by what they owed or took and by the loans that still have the card."""
    aliases = {Alias(one.device_id, one.reader) for one in known if one.reader}
    return aliases | set(_by_loans(session, card))


def _by_loans(session: Session, card: str) -> Iterator[Alias]:
    for loan in session.scalars(select(Loan).where(Loan.reader_card == card)):
        query = select(StoredFact).where(
            StoredFact.device_id.in_(select(Device.id).where(Device.branch_id == loan.lent_branch_id)),
            StoredFact.at_ms.between(loan.lent_ms - SAME_MS, loan.lent_ms + SAME_MS),
            StoredFact.kind.in_(("loan.made", "loan.granted")),
        )
        for fact in session.scalars(query):
            known = redaction.read(fact.body)
            if isinstance(known, LoanMade | LoanGranted) and known.item == loan.item_barcode:
                yield Alias(fact.device_id, known.reader)


def facts(session: Session, aliases: Iterable[Alias]) -> list[StoredFact]:
    """Facts that name a reader so, in the order of their times."""
    found: dict[int, StoredFact] = {}
    for device, name in sorted(aliases):
        mine = StoredFact.body.like(f'%"reader":"{name}"%')
        for fact in session.scalars(select(StoredFact).where(StoredFact.device_id == device, mine)):
            found[fact.id] = fact
    return sorted(found.values(), key=lambda fact: (fact.at_ms, fact.id))


# ---------------------------------------------------------------- what is kept for a while
def gateway_rows(session: Session, keys: Keys, card: str) -> list[GatewayTransaction]:
    """What a gateway asked for this reader, or answered about them."""
    name = gateway_name(keys, card)
    own = (GatewayTransaction.reader == name) | GatewayTransaction.subject.endswith(f" {name}")
    query = select(GatewayTransaction).where(own | GatewayTransaction.answer.is_not(None))
    return [row for row in session.scalars(query) if _is_of(row, name, card)]


def _is_of(row: GatewayTransaction, name: str, card: str) -> bool:
    return row.reader == name or row.subject.endswith(f" {name}") or _says(row.answer, card)


def gateway_readers(session: Session, keys: Keys, card: str) -> list[GatewayReader]:
    """What a gateway remembers of this reader for its offline rule."""
    query = select(GatewayReader).where(GatewayReader.reader == gateway_name(keys, card))
    return list(session.scalars(query))


def answers(session: Session, card: str, name: str) -> list[SipAnswer]:
    """Answers to terminals that name the reader; they are kept for minutes."""
    return [
        one
        for one in session.scalars(select(SipAnswer))
        if one.subject.endswith(f" {card}") or _says(one.answer, card) or (name and _says(one.answer, name))
    ]


def _says(answer: bytes | None, word: str) -> bool:
    return answer is not None and word.encode() in answer
