"""New versions of lists, where there is something new to say, and who is to be given which.

- A version is made once for all kiosks for which the list is the same.
- Staff's changes make a new one as soon as they are seen; what changes by itself in the ledger waits for
  PACE, so that a kiosk does not fetch 100,000 readers because one has registered.
- Each day there is a new one, with a new salt and a new expiry.
- A kiosk's version never goes down, also where it moves to another branch, or where central was restored from
  a backup and hears of a version that it has not given (of a day ahead at most).
- A list that never said anything is not made: an empty allow list would admit nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from central import db
from central.fleet import tree as branches
from central.lists.models import ListBody, ListEntry, ListHead, ListImport, ListMark
from central.lists.sources import Entries, Grant, Sources, read
from central.rooms.admission import composing as admission
from central.rooms.admission.models import RoomCard
from wire.ids import ListName
from wire.lists import NAMES, SALT_OCTETS, Body, Readers, encode, pack

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
RENEW_MS = DAY_MS
"""A version older than this is made anew, long before its expiry."""
PACE: Mapping[ListName, int] = {"deny": 0, "hours": 0, "room": 0, "hold": HOUR_MS, "allow": DAY_MS}
"""How old a version is at least before the ledger alone makes a new one."""
BELIEVED_MS = HOUR_MS
"""How old a version is at least before what a kiosk says that it has makes a new one: all have to fetch it."""
KEPT_MS = HOUR_MS
"""How long a body stays after it was replaced: somebody may still be fetching it."""

Scope = tuple[str, ...]


class Known(NamedTuple):
    """The newest version of a list for a scope."""

    version: int
    digest: str
    made_ms: int


@dataclass(frozen=True, slots=True)
class View:
    """All that a new version depends on, as one transaction saw it."""

    sources: Sources
    scopes: Mapping[tuple[str, ListName], Scope]
    """Of each kiosk in service and each list."""
    newest: Mapping[tuple[ListName, Scope], Known]
    given: Mapping[tuple[str, ListName], tuple[int, int]]
    """By kiosk and list: the version that it was given last, and the highest that it may have taken."""
    changed_ms: Mapping[str, int]
    """When staff last changed a list."""


@dataclass(slots=True)
class Plan:
    """What is to be written."""

    bodies: list[ListBody] = field(default_factory=list)
    heads: dict[tuple[str, ListName], int] = field(default_factory=dict)
    """New version by kiosk and list."""


def make(reading: db.Sessions, writing: db.Sessions, now_ms: int, life_ms: int) -> bool:
    """Make what is due; whether any kiosk is to be given another version than before."""
    with reading() as session:
        view = look(session, now_ms)
    made = plan(view, now_ms, life_ms)
    if made.heads:
        with writing.begin() as session:
            _write(session, made, view.given.keys(), now_ms)
            _forget(session, now_ms)
    return bool(made.heads)


def look(session: Session, now_ms: int) -> View:
    """Everything that counts, in the caller's transaction."""
    tree = branches.read(session)
    paths = {branch: [place.id for place in tree.path(branch)] for branch in tree.places}
    sources = read(session, tree, civil_today(tree, now_ms), now_ms)
    scopes = {
        (kiosk.id, name): sources.scope(name, paths[kiosk.branch])
        for kiosk in tree.kiosks.values()
        if not (kiosk.retired or kiosk.gateway)
        for name in NAMES
    }
    bodies = select(ListBody.name, ListBody.scope, ListBody.version, ListBody.digest, ListBody.made_ms)
    newest = {
        (list_name(name), tuple(scope.split())): Known(version, digest, made_ms)
        for name, scope, version, digest, made_ms in session.execute(bodies.order_by(ListBody.version))
    }
    given = {
        (head.device_id, list_name(head.name)): (
            head.version,
            max(head.version, _believed(head.taken, now_ms)),
        )
        for head in session.scalars(select(ListHead))
    }
    marks = {mark.name: mark.changed_ms for mark in session.scalars(select(ListMark))}
    return View(sources, scopes, newest, given, marks)


def _believed(taken: int, now_ms: int) -> int:
    """A version that a kiosk says it has: one of the far future would push all versions there."""
    return taken if taken < now_ms + DAY_MS else 0


def civil_today(tree: branches.Tree, now_ms: int) -> date:
    """The network's civil date: that of the top of its tree."""
    top = next(iter(tree.children(None)), None)
    return datetime.fromtimestamp(now_ms / 1000, top.zone if top else UTC).date()


def plan(view: View, now_ms: int, life_ms: int) -> Plan:
    """Which versions are to be made, and who is to be given another one. Pure but for the salts."""
    found = Plan()
    kiosks: dict[tuple[ListName, Scope], list[str]] = {}
    for (device, name), scope in view.scopes.items():
        if scope or (device, name) in view.given:
            kiosks.setdefault((name, scope), []).append(device)
    highest = {name: _highest(view, name) for name in NAMES}
    for (name, scope), devices in kiosks.items():
        given = [view.given.get((device, name), (0, 0)) for device in devices]
        said = _say(view.sources, name, scope)
        digest = sha256(said).hexdigest()
        known = view.newest.get((name, scope))
        if (
            known is None
            or known.version < max(_least(known, *one, now_ms) for one in given)
            or _is_due(view, name, known, digest, now_ms)
        ):
            highest[name] = version = max(now_ms, highest[name] + 1)
            found.bodies.append(_body(view.sources, name, scope, version, digest, now_ms, now_ms + life_ms))
        else:
            version = known.version
        found.heads |= {
            (device, name): version
            for device, (last, _) in zip(devices, given, strict=True)
            if last != version
        }
    return found


def _least(known: Known, given: int, top: int, now_ms: int) -> int:
    """The version below which a kiosk's may not be: what it was given, and, not at once, what it has taken."""
    return top if now_ms - known.made_ms >= BELIEVED_MS else given


def _is_due(view: View, name: ListName, known: Known, digest: str, now_ms: int) -> bool:
    age_ms = now_ms - known.made_ms
    if age_ms >= RENEW_MS or age_ms < 0:
        return True
    by_staff = view.changed_ms.get(name, 0) >= known.made_ms
    return digest != known.digest and (by_staff or age_ms >= PACE[name])


def _highest(view: View, name: ListName) -> int:
    made = (known.version for (of, _), known in view.newest.items() if of == name)
    taken = (top for (_, of), (_, top) in view.given.items() if of == name)
    return max([0, *made, *taken])


def _say(sources: Sources, name: ListName, scope: Scope) -> bytes:
    """What a list says, in one form: the same octets where it says the same."""
    if name == "hours":
        return msgspec.json.encode([sources.hours[branch] for branch in scope])
    if name == "room":
        return admission.digest([sources.rooms[branch] for branch in scope if branch in sources.rooms])
    return msgspec.json.encode(sorted(sources.of(name, scope).items()))


def _body(
    sources: Sources, name: ListName, scope: Scope, version: int, digest: str, now_ms: int, expires_ms: int
) -> ListBody:
    """One version. Its salt is new, so that two versions cannot be compared by whoever sees both."""
    body = compose(sources, name, scope, version, secrets.token_bytes(SALT_OCTETS))
    octets = encode(body)
    return ListBody(
        name=name,
        version=version,
        scope=" ".join(scope),
        digest=digest,
        sha256=sha256(octets).hexdigest(),
        octets=octets,
        size=len(octets),
        entries=body.entries(),
        made_ms=now_ms,
        expires_ms=expires_ms,
    )


def compose(sources: Sources, name: ListName, scope: Scope, version: int, salt: bytes) -> Body:
    """A body as kiosks read it."""
    if name == "hours":
        return Body(name, version, hours=sources.hours[scope[0]] if scope else None)
    if name == "room":
        said = [sources.rooms[branch] for branch in scope if branch in sources.rooms]
        return admission.compose(said, version, salt)
    entries = sources.of(name, scope)
    readers = tuple(
        Readers(pack(salt, "reader", cards), *grant) for grant, cards in sorted(_by_grant(entries).items())
    )
    items = pack(salt, "item", (one.number for one in entries if one.kind == "item"))
    return Body(name, version, salt, readers, items)


def _by_grant(entries: Entries) -> dict[Grant, list[str]]:
    groups: dict[Grant, list[str]] = {}
    for (kind, number), grant in entries.items():
        if kind == "reader":
            groups.setdefault(grant, []).append(number)
    return groups


def _write(session: Session, made: Plan, known: Collection[tuple[str, str]], now_ms: int) -> None:
    """In few statements: on SQLite nobody else writes meanwhile."""
    session.add_all(made.bodies)
    rows = [
        {"device_id": device, "name": name, "version": version, "given_ms": now_ms}
        for (device, name), version in sorted(made.heads.items())
    ]
    old = [row for row in rows if (row["device_id"], row["name"]) in known]
    new = [row for row in rows if (row["device_id"], row["name"]) not in known]
    if old:
        session.execute(update(ListHead), old)
    if new:
        session.execute(insert(ListHead), new)


def _forget(session: Session, now_ms: int) -> None:
    """What nobody needs any more: bodies that no kiosk is given, numbers that are past their end."""
    session.flush()
    kept = {(name, version) for name, version in session.execute(select(ListHead.name, ListHead.version))}
    old = select(ListBody.name, ListBody.version).where(ListBody.made_ms < now_ms - KEPT_MS)
    gone = [(name, version) for name, version in session.execute(old) if (name, version) not in kept]
    for name, version in gone:
        session.execute(delete(ListBody).where(ListBody.name == name, ListBody.version == version))
    session.execute(delete(ListImport).where(ListImport.until_ms <= now_ms))
    yesterday = datetime.fromtimestamp(now_ms / 1000, UTC).date() - timedelta(days=1)
    session.execute(delete(ListEntry).where(ListEntry.until_on < yesterday))
    session.execute(delete(RoomCard).where(RoomCard.until_on < yesterday))


def list_name(text: str) -> ListName:
    """A list's name as a column gives it."""
    return next(name for name in NAMES if name == text)
