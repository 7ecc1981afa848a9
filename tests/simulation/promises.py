"""What must hold of everything together when it is quiet: one function a promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar, get_args

from central.circulation.owed.states import CONCERNED
from kiosk.errands.state import Errand
from kiosk.payments import VERBS
from kiosk.session.state import Phase
from tests.simulation.conduct import registrations_agree, service_agrees
from tests.simulation.kiosk import Machine
from tests.simulation.library import Deed
from tests.simulation.presence import NOBODY_OPENED, counts_agree, of_a_closed_room, persons_agree
from tests.simulation.records import (
    check_central,
    check_dates,
    check_set_aside,
    check_staff_list,
    check_tallies,
    conflicts,
    corrected_boots,
    heard,
    items_for_staff,
    orders,
    undone,
)
from tests.simulation.rulings import rulings_agree
from wire import facts
from wire.envelope import encode_fact
from wire.facts import kind_of
from wire.faults import number

if TYPE_CHECKING:  # the world makes its auditor, who asks these
    from tests.simulation.world import World

JOURNAL_DAMAGED = number("journal_damaged")
LIST_EXPIRED = number("list_expired")
MESSAGE_FORGED = number("message_forged")
DATED_MS = 60_000
"""So well a correction dates a fact: as long as the watermark that told central's time was under way."""
Asked = facts.LoanAsked | facts.ReturnAsked | facts.RegisterAsked
Made = facts.LoanMade | facts.ReturnMade
Settled = Made | facts.LoanRefused
"""What tells that it was done, of what was owed."""
End = (
    Settled
    | facts.LoanAbandoned
    | facts.ReturnRefused
    | facts.ReturnAbandoned
    | facts.ReaderRegistered
    | facts.RegisterRefused
    | facts.RegisterAbandoned
)
ErrandDone = facts.LoanRenewed | facts.HoldPlaced | facts.HoldCancelled
Paid = facts.PaymentSettled | facts.PaymentRefused
Answer = facts.OrderDone | facts.OrderRefused
ASKED: tuple[type[Asked], ...] = get_args(Asked)
ENDS: tuple[type[End], ...] = get_args(End)
ERRANDS: tuple[type[ErrandDone], ...] = get_args(ErrandDone)
PAID: tuple[type[Paid], ...] = get_args(Paid)
ANSWERS: tuple[type[Answer], ...] = get_args(Answer)
Told = TypeVar("Told", bound=facts.Fact)


# ---------------------------------------------------------------- promises about each kiosk
def _told(world: World, machine: Machine, *kinds: type[Told]) -> list[Told]:
    return world.auditor.chronicle.of(machine.name, *kinds)


def intents_end_once(world: World) -> Iterator[str]:
    """Each intent has at most one outcome; what has none is owed, and in the quiet nothing is."""
    for machine in world.machines:
        asked, run = Counter(fact.txn for fact in _told(world, machine, *ASKED)), machine.run
        ended = Counter(fact.txn for fact in _told(world, machine, *ENDS))
        doubled = [txn for txn, count in (asked + ended).items() if count > 2 or ended[txn] > 1]
        if doubled or ended - asked:
            yield f"{machine.name}: asked or ended twice, or never asked: {doubled} {ended - asked}"
        assert run is not None
        orphans = {txn for name, txn in world.auditor.orphans if name == machine.name}
        still = {intent.txn for intent in run.journal.intents()}
        owed = {debt.txn for debt in run.loop.kiosk.owed.debts}
        if still != (asked - ended).keys() - orphans or owed != still:
            yield f"{machine.name}: open {still}, without outcome {(asked - ended).keys()}, owed {owed}"
        if owed:
            yield f"{machine.name}: still owes {run.loop.kiosk.owed}"


def loans_agree(world: World) -> Iterator[str]:
    """What a kiosk said at once the library system did once; what it did, a kiosk tells.

    What was owed and then happened again is told once: the later one stands for both. A loan that was done unheard,
    and whose book was back before the kiosk could ask what became of it, is done twice, and staff see the conflict. So is a
    return whose book another kiosk had lent by its rule before; staff see the loan that it has undone.
    """
    library = world.library
    ends = {fact.txn: fact for machine in world.machines for fact in _told(world, machine, *ENDS)}
    for txn, fact in ends.items():
        if isinstance(fact, Made) and not fact.settled and library.done[txn] != 1:
            yield f"{fact} was done {library.done[txn]} times"
    stand_for_two = {
        ("return" if isinstance(fact, facts.ReturnMade) else "loan", fact.item)
        for txn, fact in ends.items()
        if isinstance(fact, Settled) and fact.settled and library.done[txn] == 0
    }
    for at, deed in enumerate(library.deeds):
        if library.done[deed.txn] > 1 and not _was_over_between(world, deed):
            yield f"done {library.done[deed.txn]} times: {deed}"
        if _tells(ends.get(deed.txn)) or (deed.kind, deed.item) in stand_for_two:
            continue
        if not any(later.item == deed.item for later in library.deeds[at + 1 :]):  # undone since
            yield f"{deed} ended as {ends.get(deed.txn)}"


def errands_agree(world: World) -> Iterator[str]:
    """What a kiosk told of renewals and holds the library system did, once; in the quiet nothing is under way."""
    for machine in world.machines:
        told = _told(world, machine, *ERRANDS)
        if len(told) != len({fact.txn for fact in told}):
            yield f"{machine.name}: told the same errand twice"
        for fact in told:
            if world.library.done[fact.txn] != 1 and not (
                isinstance(fact, facts.LoanRenewed) and not fact.by_name
            ):
                yield f"{fact} was done {world.library.done[fact.txn]} times"
        assert machine.run is not None
        errand = machine.run.loop.kiosk.errand
        if errand != Errand(ask=errand.ask):
            yield f"{machine.name}: in the quiet somebody does {errand}"


def money_agrees(world: World) -> Iterator[str]:
    """Every fen that the provider has is booked by the library system, once, or stands on the staff's list.

    What is booked was paid, and as much; no kiosk holds money that it has not told, or tells an end twice.
    """
    till, library = world.central.till, world.library
    paid = {money.provider_id: money.amount_fen for money in till.shop.money}
    states, listed = till.settled(), till.for_staff()
    for number_, amount_fen in library.booked.items():
        if paid.get(number_) != amount_fen:
            yield f"booked {amount_fen} of {number_}, for which was paid {paid.get(number_)}"
    for number_ in paid:
        if number_ not in listed and (number_ not in library.booked or states.get(number_) != "settled"):
            yield f"{number_} is {states.get(number_)}, booked: {number_ in library.booked}"
    for machine in world.machines:
        ends = Counter(fact.txn for fact in _told(world, machine, *PAID))
        if any(count > 1 for count in ends.values()):
            yield f"{machine.name}: ended twice {ends}"
        assert machine.run is not None
        open_ = machine.run.loop.kiosk.payments.open
        if any(one.provider_id for one in open_) or {one.txn for one in open_} != {
            one.txn for one in machine.run.journal.payments()
        }:
            yield f"{machine.name}: in the quiet it holds {open_}"


def _was_over_between(world: World, twice: Deed) -> bool:
    """A library system that takes nothing afterwards was told in vain of what was over; staff see that until the
    book changes hands once more: the loan whose book is back, or the loan by the rule that the return has undone.
    """
    txns = [deed.txn for deed in world.library.deeds if deed.item == twice.item]
    if txns.count(twice.txn) != 2 or world.library.offline_ok:
        return False
    between = txns[txns.index(twice.txn) + 1]
    over = txns[-1] != twice.txn or twice.item in world.auditor.undated
    if twice.kind == "loan":
        return between != twice.txn and (over or twice.txn in conflicts(world.central))
    by_rule = {fact.txn for one in world.machines for fact in _told(world, one, facts.LoanGranted)}
    return between in by_rule and (over or between in undone(world.central))


def _tells(end: facts.AnyFact | None) -> bool:
    """The kiosk says that it was done; of a book that was on loan by its tag, that the reader has it; or that it
    cannot know, and staff see it.
    """
    if isinstance(end, facts.LoanAbandoned):
        return end.unclear
    return isinstance(end, Made) or (isinstance(end, facts.LoanRefused) and end.settled)


def inferred(world: World) -> dict[str, int]:
    """What was settled by the book's state alone, and wrongly: the book had changed hands meanwhile."""
    done = world.library.done
    told = [fact for machine in world.machines for fact in world.auditor.chronicle.facts(machine.name)]
    made = [fact for fact in told if isinstance(fact, Made) and fact.settled]
    dropped = [fact for fact in told if isinstance(fact, facts.LoanAbandoned | facts.ReturnAbandoned)]
    return {
        "lent by the rule": sum(isinstance(fact, facts.LoanGranted) for fact in told),
        "taken by the rule": sum(isinstance(fact, facts.ReturnTaken) for fact in told),
        "left to staff": sum(_is_for_staff(fact) for fact in told),
        "told with no block": sum(isinstance(fact, Made) and fact.forced for fact in told),
        "facts compared": len(told),
        "settled": len(made) + len(dropped),
        "settled as made by somebody else's deed": sum(done[fact.txn] != 1 for fact in made),
        "settled as never made, undone since": sum(done[fact.txn] > 0 for fact in dropped),
    }


def staff_list_agrees(world: World) -> Iterator[str]:
    """What a kiosk decided by itself, and what came of it, stands in the list for staff."""
    told = {machine.name: _told(world, machine, *CONCERNED) for machine in world.machines}
    held = world.auditor.holdings.transactions
    yield from check_staff_list(world.central, held, told, world.auditor.orphans)
    came_back = {deed.item for deed in world.library.deeds if deed.kind == "return"}
    lent = {
        fact.txn: fact.item for machine in world.machines for fact in _told(world, machine, facts.LoanMade)
    }
    for txn in undone(world.central):
        if lent.get(txn) not in came_back:
            yield f"{txn} is undone for staff, but its book did not come back"


def _is_for_staff(fact: facts.AnyFact) -> bool:
    """The book has changed hands, and the library system will not have it so."""
    match fact:
        case facts.LoanRefused(granted=True) | facts.ReturnRefused(taken=True):
            return True
    return False


def tags_agree(world: World) -> Iterator[str]:
    """A tag that does not show what its book is has a fact for staff, or the book stands in their list, or what would list
    it is gone with both copies, a damaged page and a central restored to before it.
    """
    told = (_told(world, machine, facts.TagUnchanged) for machine in world.machines)
    unchanged = {(fact.item, fact.secured) for fact in chain.from_iterable(told)}
    for_staff = items_for_staff(world.central) | world.auditor.undated | _unlisted(world)
    for book in world.books:
        lent = book.item in world.library.lent
        for tag in book.tags:
            known = book.item in for_staff or (book.item, not lent) in unchanged
            if tag.secured is lent and not known:
                yield f"{tag} of a book that is {'lent' if lent else 'not lent'}, and nobody was told"


def _unlisted(world: World) -> set[str]:
    """Books of facts for the staff's list that central does not hold: `central_agrees` looks whether it may."""
    held = world.auditor.holdings.transactions
    return {
        fact.item
        for machine in world.machines
        for fact in _told(world, machine, facts.LoanRefused, facts.ReturnRefused)
        if _is_for_staff(fact) and not held[machine.name, fact.txn, kind_of(fact)]
    }


def lists_agree(world: World) -> Iterator[str]:
    """In the quiet each kiosk has each list as central gave it last, and knows which of them have expired."""
    desk = world.central.lists
    for machine in world.machines:
        assert machine.run is not None
        standing = machine.run.loop.kiosk.lists
        assert standing is not None
        has = {name: desk.in_force(standing.lists, name) for name in standing.lists.by_name}
        if has != desk.newest:
            yield f"{machine.name}: has {has.keys()}, not as {desk.newest.keys()} were given"
        late = {name for name, said in desk.newest.items() if said.expires_ms <= world.timeline.wall_ms}
        if standing.late != late:
            yield f"{machine.name}: takes {standing.late} for expired, not {late}"


def rest(world: World) -> Iterator[str]:
    """Nobody there: the desk is idle, the door known, nothing is wrong but what staff must see."""
    for machine in world.machines:
        assert machine.run is not None
        kiosk = machine.run.loop.kiosk
        if kiosk.session is None or kiosk.session.phase is not Phase.IDLE or kiosk.session.lines:
            yield f"{machine.name}: the desk rests in {kiosk.session}"
        known = {JOURNAL_DAMAGED} if machine.damaged else set()
        known |= {LIST_EXPIRED, MESSAGE_FORGED}  # `lists_agree` looks which; a forged one is told for an hour
        known |= of_a_closed_room(kiosk.room) if kiosk.room else set()
        if {fault for fault, device in kiosk.station.troubles if (fault, device) != NOBODY_OPENED} - known:
            yield f"{machine.name}: {kiosk.station.state}, {kiosk.station.troubles}"


def conditions_agree(world: World) -> Iterator[str]:
    """Central knows each kiosk by its present boot and connection: orders name the one, and the other tells old from new."""
    known = heard(world.central)
    for machine in world.machines:
        assert machine.run is not None
        present = machine.run.uplink.session, machine.clock.boot
        if known.get(machine.name) != present:
            yield f"{machine.name}: is {present}, central holds {known.get(machine.name)}"


def orders_once(world: World) -> Iterator[str]:
    """No order is carried out twice; central has each answer; what was ordered in the quiet was done."""
    for (name, given, _), count in world.auditor.released.items():
        if count > 1:
            yield f"{name}: order {given} released the door {count} times"
    answers = {
        (machine.name, fact.order): fact
        for machine in world.machines
        for fact in _told(world, machine, *ANSWERS)
    }
    boots = {machine.name: machine.clock.boot for machine in world.machines}
    for name, given, verb, state, issued_ms, boot in orders(world.central):
        answer = answers.get((name, given))
        lost = state == "expired" and answer is not None and not _is_held(world, name, answer)
        if state not in _states(answer) and not lost:
            yield f"{name}: order {given} is {state}, the kiosk said {answer}"
        if issued_ms > world.quiet_since_ms and state != "done" and verb not in VERBS:
            meant = f"for boot {boot}, this is {boots[name]}"
            yield f"{name}: order {given} was given in the quiet {meant}, is {state}: {answer}"


def _is_held(world: World, device: str, fact: facts.AnyFact) -> bool:
    """False of one that a damaged page took along before central had it: `central_agrees` looks whether it may."""
    body, holdings = encode_fact(fact).decode(), world.auditor.holdings
    journals = world.auditor.chronicle.journals(device)
    return any(one.body == body for journal in journals for one in holdings.of(device, journal))


def _states(answer: facts.AnyFact | None) -> set[str]:
    """What an order with this answer may be at central."""
    if answer is None:
        return {"pending", "expired"}
    return {"done"} if isinstance(answer, facts.OrderDone) else {"refused"}


def central_agrees(world: World) -> Iterator[str]:
    """Facts at central are the facts journalled, in order, once; tallies are their recount."""
    chronicle, holdings = world.auditor.chronicle, world.auditor.holdings
    for machine in world.machines:
        assert machine.run is not None
        journal = machine.run.journal
        for name, earlier in chronicle.earlier(machine.name, journal).items():
            held, beside = holdings.of(machine.name, name), chronicle.beside.get(name, set())
            yield from check_set_aside(world.central, machine.name, name, held, earlier, beside)
        held = holdings.of(machine.name, journal.id)
        wanted, known = chronicle.wanted(journal.id), holdings.known(machine.name, journal.id)
        yield from check_central(world.central, machine.name, journal, held, wanted, known)
    yield from check_tallies(world.central, holdings, chronicle.beside)


def dates_agree(world: World) -> Iterator[str]:
    """Every fact of a boot whose clock was corrected is dated when it happened.

    What stands as it did when it was looked at is right, as long as no other boot was corrected since.
    """
    holdings, looked_at = world.auditor.holdings, world.auditor.dated
    for machine in world.machines:
        name, corrected = machine.name, corrected_boots(world.central, machine.name)
        begun = {boot: at_ms for boot, at_ms in machine.clock.begun.items() if boot in corrected}
        is_known, looked_at[name] = looked_at.get(name) == begun, begun
        held = (
            holdings.new(name, journal) if is_known else holdings.of(name, journal)
            for journal in world.auditor.chronicle.journals(name)
        )
        yield from islice(check_dates(name, chain.from_iterable(held), begun, DATED_MS), 5)


PROMISES: dict[str, Callable[[World], Iterator[str]]] = {
    check.__name__.replace("_", " "): check
    for check in (
        central_agrees,
        dates_agree,
        intents_end_once,
        loans_agree,
        errands_agree,
        registrations_agree,
        service_agrees,
        money_agrees,
        staff_list_agrees,
        tags_agree,
        counts_agree,
        persons_agree,
        conditions_agree,
        orders_once,
        lists_agree,
        rulings_agree,
        rest,
    )
}
