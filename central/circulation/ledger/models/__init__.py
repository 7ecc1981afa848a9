"""Tables of the built-in ledger: readers, the catalogue, loans, rules and money."""

from __future__ import annotations

from central.circulation.ledger.models.catalogue import Collection, Item, ItemSet, Title
from central.circulation.ledger.models.loans import Hold, Loan, Locker, Transit
from central.circulation.ledger.models.money import Amnesty, Fee, Payment, PaymentShare, Waiver
from central.circulation.ledger.models.readers import Reader, ReaderType, Terms
from central.circulation.ledger.models.rules import BranchRule, Closure, LendingRule

__all__ = [
    "Amnesty",
    "BranchRule",
    "Closure",
    "Collection",
    "Fee",
    "Hold",
    "Item",
    "ItemSet",
    "LendingRule",
    "Loan",
    "Locker",
    "Payment",
    "PaymentShare",
    "Reader",
    "ReaderType",
    "Terms",
    "Title",
    "Transit",
    "Waiver",
]
