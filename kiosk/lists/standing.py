"""Which lists stand, which are late, and what is told of them. Pure.

| event                                     | what is done                                                    |
| ----------------------------------------- | --------------------------------------------------------------- |
| announced: the version in force           | nothing; an earlier refusal of this list is over                |
| announced: below a version ever in force  | refused: `list.refused` and fault 506, at most once an hour     |
| announced: any other                      | fetched                                                         |
| changed: above every version before       | `list.taken`; the version is remembered for good                |
| missed                                    | `list.refused` once a version, fault 506 until one is taken     |
| time: past its expiry                     | fault 505; the allow list is then as if it were not there       |

Nobody rolls a list back: versions only rise. Who owns the broker can send old heads as fast as it likes, and
fills no journal by it. Faults bear the list's name where others bear a device's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from kiosk.central_events import ListAnnounced, ListMissed, ListsChanged
from kiosk.clock import Now
from kiosk.effects import AnyEffect, ClearFault, FetchList, RaiseFault, Record, Remember
from kiosk.events import AnyEvent
from kiosk.knowledge import Lists
from wire.facts import ListRefused, ListTaken, clip
from wire.faults import number
from wire.ids import ListName
from wire.lists import NAMES

LIST_EXPIRED = number("list_expired")
LIST_REFUSED = number("list_refused")
OLDER = "older than one that was in force"
TELL_OLDER_MS = 3_600_000
NEVER_MS = 2**62
"""By any clock."""


class Standing(Struct, frozen=True):
    """The lists of one kiosk."""

    lists: Lists = Lists()
    highest: Mapping[ListName, int] = {}
    """The highest version that was ever in force, also where its file is gone."""
    told: Mapping[ListName, int] = {}
    """Lists that are refused now, and the version whose refusal was told last."""
    quiet_until_ms: int = 0
    """Monotonic: until then no older version is told."""
    late: frozenset[ListName] = frozenset()
    from_ms: int = 0
    until_ms: int = 0
    """From the one to before the other, by central's clock, these are the late ones."""


HEARD = frozenset({ListAnnounced, ListsChanged, ListMissed})
Stepped = tuple[Standing, tuple[AnyEffect, ...]]


def recall(remembered: Callable[[str], str | None]) -> Standing:
    """What a start knows: no list yet, and how high each one was."""
    found = {name: remembered(_memory(name)) or "" for name in NAMES}
    return Standing(highest={name: int(version) for name, version in found.items() if version.isdecimal()})


def concerns(standing: Standing, event: AnyEvent, time_ms: int) -> bool:
    """Whether a step can change anything: it is about a list, or some are late or no longer."""
    return type(event) in HEARD or not standing.from_ms <= time_ms < standing.until_ms


def step(standing: Standing, event: AnyEvent, now: Now, *, time_ms: int) -> Stepped:
    """The lists after `event`.

    Args:
        standing: the lists before it.
        event: what happened.
        now: when.
        time_ms: central's time since 1970, as well as it is known.
    """
    effects: tuple[AnyEffect, ...] = ()
    match event:
        case ListAnnounced():
            standing, effects = _announced(standing, event, now)
        case ListsChanged(lists=lists):
            standing, effects = _changed(standing, lists)
        case ListMissed(name=name, version=version, why=why):
            standing, effects = _refuse(standing, name, version, why)
    standing, more = _judge_expiry(standing, time_ms)
    return standing, effects + more


def deadline_ms(standing: Standing, now: Now, *, time_ms: int) -> int | None:
    """When the next list expires (monotonic), where central's time is `time_ms`; None: none will."""
    return now.mono_ms + standing.until_ms - time_ms if 0 < standing.until_ms < NEVER_MS else None


def _announced(standing: Standing, event: ListAnnounced, now: Now) -> Stepped:
    head = event.head
    stands = standing.lists.by_name.get(head.name)
    if head.version < standing.highest.get(head.name, 0):
        if now.mono_ms < standing.quiet_until_ms:
            return standing, ()
        standing = replace(standing, quiet_until_ms=now.mono_ms + TELL_OLDER_MS)
        return _refuse(standing, head.name, head.version, OLDER)
    if stands is not None and stands.body.version == head.version:
        return _accept(standing, head.name)
    return standing, (FetchList(head, event.signed),)


def _changed(standing: Standing, lists: Lists) -> Stepped:
    standing = replace(standing, lists=lists, until_ms=0)
    effects: tuple[AnyEffect, ...] = ()
    for name, one in lists.by_name.items():
        version = one.body.version
        standing, more = _accept(standing, name)
        effects += more
        if version > standing.highest.get(name, 0):
            standing = replace(standing, highest={**standing.highest, name: version})
            taken = ListTaken(name, version, one.body.entries())
            effects += (Record(taken), Remember(_memory(name), str(version)))
    return standing, effects


def _accept(standing: Standing, name: ListName) -> Stepped:
    """The right version of this list stands: what was refused of it does not matter any more."""
    if name not in standing.told:
        return standing, ()
    told = {other: version for other, version in standing.told.items() if other != name}
    return replace(standing, told=told), (ClearFault(LIST_REFUSED, name),)


def _refuse(standing: Standing, name: ListName, version: int, why: str) -> Stepped:
    if standing.told.get(name) == version:
        return standing, ()
    why = clip(why)
    standing = replace(standing, told={**standing.told, name: version})
    return standing, (Record(ListRefused(name, version, why)), RaiseFault(LIST_REFUSED, name, why))


def _judge_expiry(standing: Standing, time_ms: int) -> Stepped:
    if standing.from_ms <= time_ms < standing.until_ms:
        return standing, ()
    late, expiries = standing.lists.late(time_ms), [one.expires_ms for one in standing.lists.by_name.values()]
    from_ms = max((ms for ms in expiries if ms <= time_ms), default=0)
    until_ms = min((ms for ms in expiries if ms > time_ms), default=NEVER_MS)
    raised = tuple(RaiseFault(LIST_EXPIRED, name) for name in sorted(late - standing.late))
    cleared = tuple(ClearFault(LIST_EXPIRED, name) for name in sorted(standing.late - late))
    return replace(standing, late=late, from_ms=from_ms, until_ms=until_ms), (*raised, *cleared)


def _memory(name: ListName) -> str:
    return f"list.{name}"
