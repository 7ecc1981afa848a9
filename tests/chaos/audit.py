"""What readers saw and rigs counted against ledger, facts and tallies, to the last one, when all is quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from central.config import Mqtt
from central.facts.models import FactAside
from central.fleet.models import RefusedMessage
from central.keys import load
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyShare
from central.reports.rebuild import rebuild
from kiosk.secrets import pseudonym
from tests.chaos import records
from tests.chaos.diary import Diary
from tests.chaos.records import Journalled
from tests.chaos.world import Kiosk, World
from wire import facts, topics
from wire.faults import number

ALREADY_YOURS = number("already_yours")
TALLIES = (TallyHour, TallyDay, TallyMonth, TallyShare)
SERVING = frozenset({"ready", "degraded"})

Key = tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """Figures of the audit, and what does not hold."""

    facts: int = 0
    compared: Counter[str] = field(default_factory=Counter)
    """What was counted on both sides."""
    lost: int = 0
    doubled: int = 0
    inferred: int = 0
    """Settled by a book's state alone, and somebody else's deed: told, not counted as lost or doubled."""
    owed: int = 0
    wrong: list[str] = field(default_factory=list)

    def compare(self, what: str, wanted: Mapping[Key, int], found: Mapping[Key, int]) -> None:
        """Counts that must be equal: what is missing is lost, what is too much is doubled."""
        self.compared[what] += sum(wanted.values())
        for key in sorted(wanted.keys() | found.keys()):
            short = wanted.get(key, 0) - found.get(key, 0)
            self.lost += max(short, 0)
            self.doubled += max(-short, 0)
            if short:
                self.wrong.append(
                    f"{what} {' '.join(key)}: {wanted.get(key, 0)} were, {found.get(key, 0)} are told"
                )


@dataclass(slots=True)
class Evidence:
    """All that was read."""

    world: World
    diary: Diary
    journals: Sequence[Journalled]
    rooms: Mapping[str, dict[str, Any]]
    """State of each rig, by device."""
    loans: Sequence[Any]
    found: Findings

    def told(self, kind: type[facts.Fact]) -> Iterator[tuple[str, Any]]:
        """Facts of one kind, with their devices."""
        for journal in self.journals:
            for fact in journal.facts:
                if isinstance(fact, kind):
                    yield journal.device, fact


def audit(world: World, diary: Diary) -> Findings:
    """Look at everything; the world is quiet and its readers have gone."""
    keys, engine, found = load(world.folder / "central"), world.engine(), Findings()
    journals = [records.journal(k.journal, k.place.device, keys.readers) for k in world.kiosks]
    crowd = [records.journal(world.folder / f"{name}.db", name, keys.readers) for name in world.crowd]
    with engine.connect() as connection:
        _facts_agree(found, records.stored(connection), [*journals, *crowd])
        _nothing_aside(found, connection)
        loans = records.loans(connection, world.started_ms)
    rooms = {k.place.device: k.within(k.rig.state) for k in world.kiosks}
    seen = Evidence(world, diary, journals, rooms, loans, found)
    for check in (_doors_agree, _loans_agree, _returns_agree, _promises_kept, _tags_agree, _conditions_back):
        check(seen)
    _tallies_agree(found, engine)
    engine.dispose()
    return found


# ---------------------------------------------------------------- facts
def _facts_agree(found: Findings, stored: dict[Key, list[Any]], journals: Sequence[Journalled]) -> None:
    """Each journal is at central, every fact of it, once, as it was written, in order."""
    for journal in journals:
        there = stored.pop((journal.device, journal.id), [])
        wanted, have = Counter(journal.entries), Counter(there)
        lost, doubled = (wanted - have).total(), (have - wanted).total()
        found.facts += len(journal.entries)
        found.lost, found.doubled = found.lost + lost, found.doubled + doubled
        in_order = [entry.seq for entry in there] == list(range(1, len(there) + 1))
        if lost or doubled or not in_order or journal.watermark != len(there):
            found.wrong.append(
                f"{journal.device}: {lost} facts lost, {doubled} doubled or changed, in order: {in_order}, "
                f"watermark {journal.watermark} of {len(journal.entries)}"
            )
    for (device, name), there in stored.items():
        found.doubled += len(there)
        found.wrong.append(f"{device}: {len(there)} facts of a journal {name} that nobody has")


def _nothing_aside(found: Findings, connection: Connection) -> None:
    """Nothing that our own kiosks said was refused, or kept aside."""
    for table in (RefusedMessage.__table__, FactAside.__table__):
        found.wrong += [f"{table.name}: {row}" for row in connection.execute(select(table))]


def _tallies_agree(found: Findings, engine: Engine) -> None:
    """A recount of the facts changes no figure."""

    def counted() -> Counter[Key]:
        with engine.connect() as connection:
            rows = [(model, row) for model in TALLIES for row in connection.execute(select(model.__table__))]
        return Counter({(model.__tablename__, *map(str, row[:-1])): row[-1] for model, row in rows})

    before, today = counted(), date.today()  # noqa: DTZ011 - the months around it are recounted
    rebuild(engine, today - timedelta(days=3), today + timedelta(days=1))
    found.compare("tallies", counted(), before)


# ---------------------------------------------------------------- what the rigs counted
def _doors_agree(seen: Evidence) -> None:
    """Each opening that the unit counted is a fact, once; so is each person."""
    openings: Counter[Key] = Counter()
    persons: Counter[Key] = Counter()
    for device, fact in seen.told(facts.DoorOpened):
        openings[device, str(fact.openings)] += 1
    for kind, way in ((facts.VisitEntered, "entered"), (facts.VisitLeft, "left")):
        for device, fact in seen.told(kind):
            persons[device, way] += fact.persons
    doors = {device: room["door"] for device, room in seen.rooms.items() if room["door"]}
    wanted = {(d, str(n)): 1 for d, door in doors.items() for n in range(1, door["openings"] + 1)}
    seen.found.compare("door openings", wanted, openings)
    wanted = {(d, way): door[way] for d, door in doors.items() for way in ("entered", "left")}
    seen.found.compare("persons", wanted, persons)


def _tags_agree(seen: Evidence) -> None:
    """A tag shows what its book is, or a fact tells staff that it does not."""
    lent = {loan.item_barcode for loan in seen.loans if loan.returned_ms is None}
    told = {(fact.item, fact.secured) for _, fact in seen.told(facts.TagUnchanged)}
    tags = [(book["item"], book["secured"]) for room in seen.rooms.values() for book in room["books"]]
    tags += [(book.item.barcode, book.secured) for book in seen.diary.carried]
    seen.found.compared["tags"] = len(tags)
    for item, secured in tags:
        if secured is (item in lent) and (item, item not in lent) not in told:
            seen.found.wrong.append(
                f"tag of {item}: secured {secured}, lent {item in lent}, and nobody was told"
            )


# ---------------------------------------------------------------- what the ledger has
def _loans_agree(seen: Evidence) -> None:
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
    _infer(seen.found, "loans", there, made, settled, undone)


def _returns_agree(seen: Evidence) -> None:
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


def _promises_kept(seen: Evidence) -> None:
    """What a reader was shown as lent or returned stands in the ledger, or is owed."""
    have = Counter(("lent", loan.lent_account, loan.item_barcode, loan.reader_card) for loan in seen.loans)
    have += Counter(
        ("returned", loan.returned_account, loan.item_barcode, "") for loan in seen.loans if loan.returned_ms
    )
    cards = _cards(seen.world.kiosks)
    for device, fact in seen.told(facts.LoanRefused):
        if fact.fault == ALREADY_YOURS:
            have["lent", device, fact.item, cards[fact.reader]] += 1
    for device, fact in seen.told(facts.ReturnMade):
        have["returned", device, fact.item, ""] += 1
    for journal in seen.journals:
        for txn, fact in _owed(journal).items():
            kind = "lent" if isinstance(fact, facts.LoanAsked) else "returned"
            have[kind, journal.device, fact.item, cards.get(getattr(fact, "reader", ""), "")] += 1
            seen.found.owed += 1
            assert txn
    shown = Counter((p.what, p.device, p.item, p.card) for p in seen.diary.promises if p.what != "yours")
    seen.found.compared["promises"] = shown.total()
    for key, count in (shown - have).items():
        seen.found.lost += count
        seen.found.wrong.append(f"shown and nowhere to be found: {' '.join(key)}")


def _owed(journal: Journalled) -> dict[str, Any]:
    """What was asked and has no end."""
    asked = (facts.LoanAsked, facts.ReturnAsked)
    return {f.txn: f for f in journal.facts if isinstance(f, asked) and f.txn in journal.open}


def _cards(kiosks: Sequence[Kiosk]) -> dict[str, str]:
    """Card by pseudonym, which each kiosk makes with a key of its own."""
    return {
        pseudonym((k.journal.parent / "pseudonyms.key").read_bytes(), reader.card): reader.card
        for k in kiosks
        for reader in k.place.readers
    }


# ---------------------------------------------------------------- what the broker keeps
def _conditions_back(seen: Evidence) -> None:
    """Condition and watermark of each kiosk are retained, also after the broker's data were deleted."""
    pki = seen.world.folder / "pki"
    settings = Mqtt(
        "127.0.0.1", seen.world.broker.port, pki / "ca.crt", pki / "central.crt", pki / "central.key"
    )
    kept = records.retained(settings)
    for journal in seen.journals:
        said = kept.get(topics.topic(journal.device, topics.CONDITION), b"{}")
        state = msgspec.json.decode(said, type=dict).get("state")
        seen.found.compared["conditions"] += 1
        if state not in SERVING or topics.topic(journal.device, topics.WATERMARK) not in kept:
            seen.found.wrong.append(f"{journal.device}: the broker keeps {said.decode()}")
