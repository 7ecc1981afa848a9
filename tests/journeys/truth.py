"""What must be true when everything has come to rest: the journal, the ILS and the tags agree."""

from __future__ import annotations

from collections import Counter

from tests.journeys.house import READERS, Kiosk
from wire import facts

CARDS = {reader.pseudonym: card for card, reader in READERS.items()}
ENDS = (
    facts.LoanMade, facts.LoanRefused, facts.LoanAbandoned,
    facts.ReturnMade, facts.ReturnRefused, facts.ReturnAbandoned,
)  # fmt: skip


def assert_settled(kiosk: Kiosk, before: dict[str, str]) -> None:
    """Every intent has one outcome, and the outcomes are what the ILS has."""
    told = kiosk.facts()
    intents = [fact.txn for fact in told if isinstance(fact, facts.LoanAsked | facts.ReturnAsked)]
    outcomes = Counter(fact.txn for fact in told if isinstance(fact, ENDS))
    assert outcomes == Counter(intents)
    assert not kiosk.journal.intents()
    lent = dict(before)
    for fact in told:
        if isinstance(fact, facts.LoanMade):
            lent[fact.item] = CARDS[fact.reader]
        elif isinstance(fact, facts.ReturnMade):
            lent.pop(fact.item, None)
    assert lent == kiosk.world.lent
    assert_heard(kiosk)


def assert_heard(kiosk: Kiosk) -> None:
    """What changed hands by the rule is in the ILS, once, or was refused and told; nothing is told twice."""
    told = kiosk.facts()
    ends = {fact.txn: fact for fact in told if isinstance(fact, ENDS)}
    for fact in told:
        match fact:
            case facts.LoanGranted(txn=txn):
                end = ends[txn]
                assert isinstance(end, facts.LoanMade | facts.LoanRefused)
                assert end.granted
                assert fact.sealed
                assert isinstance(end, facts.LoanMade) or end.sealed
            case facts.ReturnTaken(txn=txn):
                end = ends[txn]
                assert isinstance(end, facts.ReturnMade | facts.ReturnRefused)
                assert end.taken
            case facts.LoanMade(granted=True, txn=txn):
                assert any(isinstance(f, facts.LoanGranted) and f.txn == txn for f in told)
    stubborn = {fact.item for fact in told if isinstance(fact, facts.TagUnchanged)}
    made = Counter(
        (fact.item, CARDS[fact.reader])
        for fact in told
        if isinstance(fact, facts.LoanMade)
        and (fact.granted or not fact.settled)
        and fact.item not in stubborn
    )
    did = Counter((item, card) for kind, item, card in kiosk.world.done if kind == "loan")
    assert not made - did, "a loan that the ILS made less often than it was told"


def assert_tags_told(kiosk: Kiosk) -> None:
    """A tag that says other than its book's state has a fact for staff."""
    known = {
        fact.item
        for fact in kiosk.facts()
        if isinstance(fact, facts.TagUnchanged)
        or (isinstance(fact, facts.LoanRefused) and fact.granted)
        or (isinstance(fact, facts.ReturnRefused) and fact.taken)
    }
    for uid, book in kiosk.world.books.items():
        if kiosk.world.secured[uid] == (book.item in kiosk.world.lent):
            assert book.item in known, book.item
