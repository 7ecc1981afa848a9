"""Tags that could not be written when they should have been: written when their book is next seen. Pure.

A book of the session is the session's matter. One that lies on the pad and belongs to nobody (it lay there at a
start, or came while the desk was ending or out of order) is repaired here, in or out of a session:

    seen -> the ILS is asked about it -> it is still as the wish has it -> written -> told (`tag.changed`)
                    |                              |
          silent: asked again when          it is not: left alone
          the line is back

A book may have been lent or returned elsewhere since. So the tag is written only when the ILS has just said
that it is on loan (cleared) or in stock (secured).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from drivers.events import DeviceLost, TagGone, TagSeen, TagWritten
from kiosk.effects import AnyEffect, AskItem, Record, WriteTag
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, ItemAnswered
from wire import facts


class Repair(Struct, frozen=True):
    """One book that lies there."""

    item: str
    """As a fact names it."""
    number: str
    """As the ILS knows it."""
    secured: bool
    """How its tags should be."""
    parts: int
    ask: int = 0
    """Number of the question that is under way; 0: none."""
    confirmed: bool = False
    """The ILS has said that they should."""
    tags: Mapping[str, bool] = {}
    """uid → whether it is written."""


class Repairs(Struct, frozen=True):
    under_way: tuple[Repair, ...] = ()
    ask: int = 0
    """Number of the last question; negative here, positive at desk and door."""


Stepped = tuple[Repairs, tuple[AnyEffect, ...]]
EVENTS: frozenset[type[AnyEvent]] = frozenset(
    {
        TagSeen,
        TagGone,
        TagWritten,
        ItemAnswered,
        IlsSilent,
        IlsChanged,
        DeviceLost,
    }
)
"""Other events change no repair."""


def step(repairs: Repairs, event: AnyEvent, wishes: Mapping[str, bool], nobodys: frozenset[str]) -> Stepped:
    """The repairs after `event`.

    Args:
        repairs: those before it.
        event: what happened.
        wishes: item → how its tags should be, where they could not be written so.
        nobodys: uids on the pad that belong to no session.
    """
    match event:
        case TagSeen(uid=uid, content=content) if uid in nobodys and content:
            return _seen(repairs, event, wishes)
        case TagGone(uid=uid):
            return _without_tag(repairs, uid), ()
        case ItemAnswered() if event.ask < 0:
            return _answered(repairs, event)
        case IlsSilent(ask=ask) if ask < 0 and repairs.under_way:
            return _each(repairs, lambda one: replace(one, ask=0) if one.ask == ask else one), ()
        case IlsChanged(up=True) if repairs.under_way:
            return _ask_all(repairs)
        case TagWritten():
            return _written(repairs, event)
        case DeviceLost(device="pad") if repairs.under_way:
            return replace(repairs, under_way=()), ()
    return repairs, ()


def _seen(repairs: Repairs, event: TagSeen, wishes: Mapping[str, bool]) -> Stepped:
    assert event.content is not None, "the caller looked"
    number, parts = event.content.item, max(event.content.parts, 1)
    item = facts.clip(number)
    if item not in wishes:
        return repairs, ()
    known = next((one for one in repairs.under_way if one.item == item), None)
    if known is None:
        new = Repair(item, number, wishes[item], parts, tags={event.uid: False})
        return _ask_all(replace(repairs, under_way=(*repairs.under_way, new)))
    grown = replace(known, tags={**known.tags, event.uid: False})
    repairs = _each(repairs, lambda one: grown if one is known else one)
    return (repairs, (WriteTag(event.uid, known.secured),)) if known.confirmed else _ask_all(repairs)


def _ask_all(repairs: Repairs) -> Stepped:
    """Ask about each one that has something to write and was not asked about."""
    asked: list[Repair] = []
    effects: tuple[AnyEffect, ...] = ()
    for one in repairs.under_way:
        if one.ask or one.confirmed or all(one.tags.values()):
            asked.append(one)
            continue
        repairs = replace(repairs, ask=repairs.ask - 1)
        asked.append(replace(one, ask=repairs.ask))
        effects += (AskItem(repairs.ask, one.number),)
    return replace(repairs, under_way=tuple(asked)), effects


def _answered(repairs: Repairs, event: ItemAnswered) -> Stepped:
    known = next((one for one in repairs.under_way if one.ask == event.ask), None)
    if known is None:
        return repairs, ()
    if event.item is None or event.item.on_loan is known.secured:
        return replace(repairs, under_way=tuple(one for one in repairs.under_way if one is not known)), ()
    sure = replace(known, ask=0, confirmed=True)
    writes = tuple(WriteTag(uid, known.secured) for uid in known.tags)
    return _each(repairs, lambda one: sure if one is known else one), writes


def _written(repairs: Repairs, event: TagWritten) -> Stepped:
    """Told when all parts are as they should be."""
    known = next((one for one in repairs.under_way if one.confirmed and event.uid in one.tags), None)
    if known is None or event.secured is not known.secured:
        return repairs, ()
    if event.error is not None:
        return _without_tag(repairs, event.uid), ()
    done = replace(known, tags={**known.tags, event.uid: True})
    if sum(done.tags.values()) < done.parts:
        return _each(repairs, lambda one: done if one is known else one), ()
    left = tuple(one for one in repairs.under_way if one is not known)
    told = tuple(Record(facts.TagChanged(uid, done.item, done.secured)) for uid in done.tags)
    return replace(repairs, under_way=left), told


def _without_tag(repairs: Repairs, uid: str) -> Repairs:
    """A tag that left, or cannot be written: tried when it is next seen. One that is written stays so.

    What the ILS said is not believed any longer than the book lies there.
    """
    if not any(uid in one.tags for one in repairs.under_way):
        return repairs

    def without(one: Repair) -> Repair:
        if uid not in one.tags:
            return one
        kept = {other: done for other, done in one.tags.items() if done or other != uid}
        return replace(one, tags=kept, confirmed=False)

    kept = _each(repairs, without)
    return replace(kept, under_way=tuple(one for one in kept.under_way if one.tags))


def _each(repairs: Repairs, change: Callable[[Repair], Repair]) -> Repairs:
    return replace(repairs, under_way=tuple(change(one) for one in repairs.under_way))
