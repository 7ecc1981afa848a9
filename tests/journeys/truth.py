"""What must be true when everything has come to rest: the journal, the ILS and the tags agree."""

from __future__ import annotations

from collections import Counter

from tests.journeys.house import READERS, Kiosk
from wire import facts

CARDS = {reader.pseudonym: card for card, reader in READERS.items()}


def assert_settled(kiosk: Kiosk, before: dict[str, str]) -> None:
    """Every intent has one outcome, and the outcomes are what the ILS has."""
    told = kiosk.facts()
    intents = [fact.txn for fact in told if isinstance(fact, facts.LoanAsked | facts.ReturnAsked)]
    ends = (
        facts.LoanMade, facts.LoanRefused, facts.LoanAbandoned,
        facts.ReturnMade, facts.ReturnRefused, facts.ReturnAbandoned,
    )  # fmt: skip
    outcomes = Counter(fact.txn for fact in told if isinstance(fact, ends))
    assert outcomes == Counter(intents)
    assert not kiosk.journal.intents()
    lent = dict(before)
    for fact in told:
        if isinstance(fact, facts.LoanMade):
            lent[fact.item] = CARDS[fact.reader]
        elif isinstance(fact, facts.ReturnMade):
            lent.pop(fact.item, None)
    assert lent == kiosk.world.lent


def assert_tags_told(kiosk: Kiosk) -> None:
    """A tag that says other than its book's state has a fact for staff."""
    unchanged = {fact.item for fact in kiosk.facts() if isinstance(fact, facts.TagUnchanged)}
    for uid, book in kiosk.world.books.items():
        if kiosk.world.secured[uid] == (book.item in kiosk.world.lent):
            assert book.item in unchanged, book.item
