"""What kiosks decided of readers and books, against the lists that were in force there at that moment: by their facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, get_args

from tests.simulation.kiosk import Machine
from tests.simulation.lists import NOTHING_SAID, Said
from tests.simulation.program import TERMS
from tests.simulation.rules import ADULT, STAFF, Traits, bars
from wire import facts
from wire.admission import Admission
from wire.faults import number

if TYPE_CHECKING:  # the world makes its auditor, who asks these
    from tests.simulation.world import World

Lists = Mapping[str, Said]
"""By name, what the lists in force say."""
BANNED_HERE = number("banned_here")
BARS: Mapping[int, Callable[[Admission, Traits], bool]] = {
    number("category_not_admitted"): lambda asked, who: bars(Admission(types=asked.types), who),
    number("too_young"): lambda asked, who: who.age < asked.min_age,
    number("too_old"): lambda asked, who: who.age > asked.max_age,
    number("room_terms_wanted"): lambda asked, who: bars(Admission(terms=asked.terms), who),
    number("debts_too_high"): lambda asked, _who: asked.max_fees_fen is not None,
}
"""Why a room refuses a good card → whether the list `room` says so."""
RULED = facts.EntryGranted | facts.LoanGranted | facts.EntryRefused
CONCERNED: tuple[type[facts.Fact], ...] = (facts.KioskStarted, facts.ListTaken, *get_args(RULED))


def rulings_agree(world: World) -> Iterator[str]:
    """Whom a list in force denies or bans gets nothing by it, nor is a book lent by the kiosk's rule that is kept for somebody;
    only who is allowed comes in by a list, and only staff as staff. Whom the library system calls good comes in where
    the room's rules in force admit them, and whom the room refuses they do not.
    """
    traits = {TERMS.pseudonym(card): told for card, told in world.library.traits.items()}
    for machine in world.machines:
        for fact, said in islice(_against(world, machine, traits), 5):
            yield f"{machine.name}: {fact}, against {said}"


def _against(world: World, machine: Machine, traits: Mapping[str, Traits]) -> Iterator[tuple[RULED, Lists]]:
    """What was decided, and the lists against which it was."""
    said: dict[str, Said] = {}
    present = ""
    for fact in world.auditor.chronicle.of(machine.name, *CONCERNED):
        match fact:
            case facts.KioskStarted(journal=journal, before=before):
                if journal != present and before is None:  # another board, which has no lists yet
                    said.clear()
                present = journal
            case facts.ListTaken(list=name, version=version):
                said[name] = world.central.lists.said[name, version]
            case facts.EntryGranted() | facts.LoanGranted():
                if not _may(said, fact, traits.get(fact.reader, ADULT)):
                    yield fact, dict(said)
            case facts.EntryRefused(reader=str() as reader):
                if not _may_not(said, fact, traits.get(reader, ADULT)):
                    yield fact, dict(said)


def _may(said: Lists, fact: facts.EntryGranted | facts.LoanGranted, who: Traits) -> bool:
    denied, held = said.get("deny", NOTHING_SAID), said.get("hold", NOTHING_SAID)
    if fact.reader in _pseudonyms(denied.readers):
        return False
    if isinstance(fact, facts.LoanGranted):
        return fact.item not in denied.items | held.items and _is_listed(said, fact)
    room = said.get("room")
    if fact.role != "reader":
        return room is not None and fact.reader in _pseudonyms(frozenset(STAFF))
    if room is not None and fact.reader in _pseudonyms(room.readers):
        return False
    barred = room is not None and fact.decided_by == "ils" and bars(room.asked, who)
    return not barred and _is_listed(said, fact)


def _is_listed(said: Lists, fact: facts.EntryGranted | facts.LoanGranted) -> bool:
    """Where the allow list decided, the reader is on it."""
    return fact.decided_by != "list" or fact.reader in _pseudonyms(said.get("allow", NOTHING_SAID).readers)


def _may_not(said: Lists, fact: facts.EntryRefused, who: Traits) -> bool:
    room = said.get("room", NOTHING_SAID)
    if fact.fault == BANNED_HERE:
        return fact.reader in _pseudonyms(room.readers)
    barred = BARS.get(fact.fault)
    return barred is None or barred(room.asked, who)


@lru_cache
def _pseudonyms(cards: frozenset[str]) -> frozenset[str]:
    return frozenset(map(TERMS.pseudonym, cards))
