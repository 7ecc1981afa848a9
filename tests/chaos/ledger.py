"""What the ledger has of each book, against facts, screens, the staff's list and tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from central.circulation.owed.states import FOR_STAFF, WAITING
from kiosk.secrets import pseudonym
from tests.chaos.evidence import Evidence, Findings, Key
from tests.chaos.world import Kiosk
from wire import facts
from wire.faults import number

ALREADY_YOURS = number("already_yours")


def loans_agree(seen: Evidence) -> None:
    """Each loan of the ledger is a fact of the kiosk that made it, and the reverse."""
    there = Counter((loan.lent_account, loan.item_barcode, loan.reader_card) for loan in seen.loans)
    made: Counter[Key] = Counter()
    settled: Counter[Key] = Counter()
    undone: Counter[Key] = Counter()
    cards = _cards(seen.world.kiosks)
    for device, fact in seen.told(facts.LoanMade):
        made[device, fact.item, cards[fact.reader]] += 1
        settled[device, fact.item, cards[fact.reader]] += fact.settled
    for device, fact in seen.told(facts.LoanAbandoned):
        undone[device, fact.item, cards[fact.reader]] += 1
    for device, fact in seen.told(facts.LoanRefused):  # the reader has it, by this loan or by one before it
        undone[device, fact.item, cards[fact.reader]] += fact.settled
    _infer(seen.found, "loans", there, made, settled, undone)


def returns_agree(seen: Evidence) -> None:
    """The same of returns."""
    there = Counter((loan.returned_account, loan.item_barcode) for loan in seen.loans if loan.returned_ms)
    made: Counter[Key] = Counter()
    settled: Counter[Key] = Counter()
    undone: Counter[Key] = Counter()
    for device, fact in seen.told(facts.ReturnMade):
        made[device, fact.item] += 1
        settled[device, fact.item] += fact.settled
    for device, fact in seen.told(facts.ReturnAbandoned):
        undone[device, fact.item] += 1
    _infer(seen.found, "returns", there, made, settled, undone)


def _infer(
    found: Findings,
    what: str,
    there: Counter[Key],
    made: Counter[Key],
    settled: Counter[Key],
    undone: Counter[Key],
) -> None:
    """Compare, but for what a kiosk could only infer because the book had changed hands meanwhile."""
    for key in there.keys() | made.keys():
        short = there[key] - made[key]
        guess = min(short, undone[key]) if short > 0 else -min(-short, settled[key])
        found.inferred += abs(guess)
        made[key] += guess
    found.compare(what, +there, +made)


def promises_kept(seen: Evidence) -> None:
    """What a reader was shown as lent or returned stands in the ledger, is owed, or is for staff."""
    have = Counter(("lent", loan.lent_account, loan.item_barcode, loan.reader_card) for loan in seen.loans)
    cards = _cards(seen.world.kiosks)
    for device, fact in seen.told(facts.LoanRefused):
        if fact.fault == ALREADY_YOURS or fact.granted:
            have["lent", device, fact.item, cards[fact.reader]] += 1
    for device, fact in [*seen.told(facts.ReturnMade), *seen.told(facts.ReturnRefused)]:
        have["returned", device, fact.item, ""] += isinstance(fact, facts.ReturnMade) or fact.taken
    for device, fact in _open(seen):
        kind = "lent" if isinstance(fact, facts.LoanAsked) else "returned"
        have[kind, device, fact.item, cards.get(getattr(fact, "reader", ""), "")] += 1
    shown = Counter((p.what, p.device, p.item, p.card) for p in seen.diary.promises if p.what != "yours")
    seen.found.compared["promises"] = shown.total()
    for key, count in (shown - have).items():
        seen.found.lost += count
        seen.found.wrong.append(f"shown and nowhere to be found: {' '.join(key)}")


def list_agrees(seen: Evidence) -> None:
    """What a kiosk still holds waits on the staff's list; what was refused too late is there for them to decide."""
    begun = (facts.LoanOwed, facts.LoanGranted, facts.ReturnOwed, facts.ReturnTaken)
    told = {(device, fact.txn) for kind in begun for device, fact in seen.told(kind)}
    held = {(device, fact.txn) for device, fact in _open(seen)} & told
    refused = {(d, f.txn) for d, f in seen.told(facts.LoanRefused) if f.granted}
    refused |= {(d, f.txn) for d, f in seen.told(facts.ReturnRefused) if f.taken}
    for what, wanted, states in (("waiting", held, WAITING), ("for staff", refused, FOR_STAFF)):
        listed = {name for name, state in seen.owed.items() if state in states}
        short = wanted - listed if what == "for staff" else wanted ^ listed
        seen.found.wrong += [
            f"{device}: {txn} {what}, listed as {seen.owed.get((device, txn))}" for device, txn in short
        ]
    seen.found.owed, seen.found.staff = len(held), len(refused)
    seen.found.offline = sum(1 for kind in begun[1::2] for _ in seen.told(kind))


def _open(seen: Evidence) -> Iterator[tuple[str, Any]]:
    """What was asked and has no end, as it was asked."""
    for journal in seen.journals:
        for fact in journal.facts:
            if isinstance(fact, facts.LoanAsked | facts.ReturnAsked) and fact.txn in journal.open:
                yield journal.device, fact


def _cards(kiosks: Sequence[Kiosk]) -> dict[str, str]:
    """Card by pseudonym, which each kiosk makes with a key of its own."""
    return {
        pseudonym((k.journal.parent / "pseudonyms.key").read_bytes(), reader.card): reader.card
        for k in kiosks
        for reader in k.place.readers
    }


def tags_agree(seen: Evidence) -> None:
    """A tag shows what its book is, or a fact tells staff that it does not, or that the book itself is unclear."""
    lent = {loan.item_barcode for loan in seen.loans if loan.returned_ms is None}
    told = {(fact.item, fact.secured) for _, fact in seen.told(facts.TagUnchanged)}
    pending = {fact.item for _, fact in _open(seen)}
    pending |= {fact.item for _, fact in seen.told(facts.LoanRefused) if fact.granted}
    pending |= {fact.item for _, fact in seen.told(facts.ReturnRefused) if fact.taken}
    tags = [(book["item"], book["secured"]) for room in seen.rooms.values() for book in room["books"]]
    tags += [(book.item.barcode, book.secured) for book in seen.diary.carried]
    seen.found.compared["tags"] = len(tags)
    for item, secured in tags:
        if secured is (item in lent) and (item, item not in lent) not in told and item not in pending:
            seen.found.wrong.append(
                f"tag of {item}: secured {secured}, lent {item in lent}, and nobody was told"
            )
