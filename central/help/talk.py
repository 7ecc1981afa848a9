"""A call for help as the duty desk sees it: out of the kiosk's condition, its facts, and the orders that answer it.

- That a call goes on is told by the fault `help_called` in the condition, whose cause is the call's number.
- What the reader has touched stands in facts, what the desk has said in orders; no table of its own.
- Nobody is named: a fact knows a scene and a number, and a reader answers by buttons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.facts import redaction
from central.facts.models import StoredFact
from central.fleet.models import Order
from central.fleet.tree import Kiosk, Place, Tree
from central.help import words
from central.live import Hub
from wire.condition import Condition
from wire.faults import Words, fault, number
from wire.help_facts import HelpAnswered, HelpCalled, HelpEnded
from wire.orders import HELP_VERBS

HELP_CALLED = number("help_called")
KINDS = ("help.called", "help.answered", "help.ended")
LOOK_BACK_MS = 6 * 3600 * 1000
"""A call lasts minutes; one that stands for longer is looked for in the kiosk's facts."""
MAX_FACTS = 400
MAX_ORDERS = 50


class Open(NamedTuple):
    """A call that goes on."""

    kiosk: Kiosk
    place: Place
    number: int
    at_door: bool
    since_ms: int


class Line(NamedTuple):
    at_ms: int
    staff: str
    """User name of who said it; empty: the reader."""
    text: Words
    state: str = ""
    """Of an order: `pending`, `done`, `refused` or `expired`."""


class Talk(NamedTuple):
    """What is known of one call."""

    number: int
    scene: Words
    fault: Words | None
    books: int
    stuck: int
    lines: list[Line]
    ended: Words | None


def calls(tree: Tree, hub: Hub) -> list[Open]:
    """Every call that goes on, the oldest first."""
    found = []
    for kiosk in tree.kiosks.values():
        condition = hub.seen(kiosk.id).condition
        if condition is not None and condition.state != "gone":
            found += [Open(kiosk, tree.place(kiosk.id), *call) for call in _standing(condition)]
    return sorted(found, key=lambda call: call.since_ms)


def _standing(condition: Condition) -> Iterator[tuple[int, bool, int]]:
    for trouble in condition.troubles:
        if trouble.fault == HELP_CALLED and trouble.cause.isascii() and trouble.cause.isdigit():
            yield int(trouble.cause), trouble.device == "door", trouble.since_ms


def read(session: Session, device: str, now_ms: int) -> Talk | None:
    """The last call of a kiosk; None: there was none lately."""
    told = _facts(session, device, now_ms)
    begin = next((at for at in range(len(told) - 1, -1, -1) if isinstance(told[at].fact, HelpCalled)), None)
    if begin is None:
        return None
    called, rest = told[begin].fact, told[begin + 1 :]
    assert isinstance(called, HelpCalled), "it was looked for"
    lines = [*_answers(rest, called.call), *_said(session, device, called.call, now_ms)]
    ended = next((one.fact.why for one in rest if isinstance(one.fact, HelpEnded)), None)
    return Talk(
        called.call,
        words.called(words.SCENES, called.scene),
        fault(called.fault).title if called.fault else None,
        called.books,
        called.stuck,
        sorted(lines, key=lambda line: line.at_ms),
        words.called(words.ENDS, ended) if ended else None,
    )


class _Told(NamedTuple):
    at_ms: int
    fact: HelpCalled | HelpAnswered | HelpEnded


def _facts(session: Session, device: str, now_ms: int) -> list[_Told]:
    """What the kiosk has told of calls lately, in order."""
    newest = (
        select(StoredFact.at_ms, StoredFact.body)
        .where(
            StoredFact.device_id == device,
            StoredFact.at_ms >= now_ms - LOOK_BACK_MS,
            StoredFact.kind.in_(KINDS),
        )
        .order_by(StoredFact.at_ms.desc(), StoredFact.seq.desc())
        .limit(MAX_FACTS)
    )
    known = ((at_ms, redaction.read(body)) for at_ms, body in reversed(session.execute(newest).all()))
    return [
        _Told(at_ms, fact) for at_ms, fact in known if isinstance(fact, HelpCalled | HelpAnswered | HelpEnded)
    ]


def _answers(told: Iterable[_Told], call: int) -> Iterator[Line]:
    for at_ms, fact in told:
        if isinstance(fact, HelpAnswered) and fact.call == call:
            yield Line(at_ms, "", words.called(words.ANSWERS, fact.answer))


def _said(session: Session, device: str, call: int, now_ms: int) -> Iterator[Line]:
    """What the desk has said, and whether it was shown."""
    newest = (
        select(Order)
        .where(Order.device_id == device, Order.verb.in_(HELP_VERBS))
        .order_by(Order.number.desc())
        .limit(MAX_ORDERS)
    )
    for order in session.scalars(newest):
        more = order.more or {}
        text = str(more.get("text", ""))
        if more.get("call") == call and text:
            late = order.state == "pending" and order.deadline_ms < now_ms
            yield Line(order.issued_ms, order.staff, Words(text, text), "expired" if late else order.state)
