"""What readers saw and rigs counted against ledger, facts and tallies, to the last one, when all is quiet."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from central.circulation.owed.models import OwedTransaction
from central.config import Mqtt
from central.facts.models import FactAside
from central.fleet.models import RefusedMessage
from central.keys import load
from central.reports.models import TallyDay, TallyHour, TallyMonth, TallyPeak, TallyShare
from central.reports.rebuild import rebuild
from tests.chaos import ledger, records
from tests.chaos.diary import Diary
from tests.chaos.evidence import Evidence, Findings, Key
from tests.chaos.peace import look
from tests.chaos.records import Journalled
from tests.chaos.world import World
from wire import facts, topics

ITEM = re.compile(r"\bQY\d+\b")
TALLIES = (TallyHour, TallyDay, TallyMonth, TallyShare, TallyPeak)
SERVING = frozenset({"ready", "degraded"})
LOOKS = 20
LOOK_S = 0.5


def audit(world: World, diary: Diary) -> Findings:
    """Look at everything; the world is quiet and its readers have gone."""
    keys, engine, found = load(world.folder / "central"), world.engine(), Findings()
    crowd = [records.journal(world.folder / f"{name}.db", name, keys.readers) for name in world.crowd]
    with engine.connect() as connection:
        journals, stored = _of_one_moment(world, connection, keys.readers)
        _facts_agree(found, stored, [*journals, *crowd])
        _nothing_aside(found, connection)
        loans = records.loans(connection, world.started_ms)
        listed = connection.execute(
            select(OwedTransaction.device_id, OwedTransaction.txn, OwedTransaction.state)
        ).all()
    rooms = {k.place.device: k.within(k.rig.state) for k in world.kiosks}
    owed = {(device, txn): state for device, txn, state in listed}
    seen = Evidence(world, diary, journals, rooms, loans, owed, found)
    for check in CHECKS:
        check(seen)
    _tallies_agree(found, engine)
    engine.dispose()
    suspects = set(ITEM.findall(" ".join(found.wrong)))
    found.stories = {item: [*seen.story(item)] for item in sorted(suspects)}
    return found


# ---------------------------------------------------------------- facts
def _of_one_moment(
    world: World, connection: Connection, readers_key: bytes
) -> tuple[list[Journalled], dict[Key, list[Any]]]:
    """Journals and what central has of them. A kiosk may have something to tell in between: then both once more."""
    for _ in range(LOOKS):
        journals = [records.journal(k.journal, k.place.device, readers_key) for k in world.kiosks]
        stored = records.stored(connection)
        if all(
            look(k.journal)[:2] == (len(j.entries),) * 2 for k, j in zip(world.kiosks, journals, strict=True)
        ):
            break
        time.sleep(LOOK_S)
    return journals, stored


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
    ways = ((facts.VisitEntered, "entered"), (facts.EntryApart, "entered"), (facts.VisitLeft, "left"))
    for kind, way in ways:
        for device, fact in seen.told(kind):
            if fact.method == "counter":
                persons[device, way] += fact.persons
    doors = {device: room["door"] for device, room in seen.rooms.items() if room["door"]}
    wanted = {(d, str(n)): 1 for d, door in doors.items() for n in range(1, door["openings"] + 1)}
    seen.found.compare("door openings", wanted, openings)
    wanted = {(d, way): door[way] for d, door in doors.items() for way in ("entered", "left")}
    seen.found.compare("persons", wanted, persons)


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


CHECKS = (
    _doors_agree,
    ledger.loans_agree,
    ledger.returns_agree,
    ledger.promises_kept,
    ledger.list_agrees,
    ledger.tags_agree,
    _conditions_back,
)
