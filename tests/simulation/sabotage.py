"""Known mistakes, planted one at a time: what proves that the promises are really looked at.

`python -m tests.simulation --sabotage NAME` lives through seeds with one of them until a promise breaks, with
`all` in the place of a name with each. `tests/simulation/test_sabotage.py` wants those found that show soon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, NamedTuple
from unittest.mock import patch

from msgspec import structs

from central.circulation.owed import store
from central.facts.rows import take
from central.ingest import absorb, clocks
from central.ingest.journals import Locked
from kiosk import core, ils_register, recovery
from kiosk.effects import AskLoan, AskReplay, Record, SecureDoor
from kiosk.events import Settled, Verdict
from kiosk.knowledge import Lists
from kiosk.lists import standing
from kiosk.loop import Loop
from kiosk.owed import Owed
from kiosk.payments import Payments
from kiosk.room import admission, counting, egress
from tests.simulation import terminal
from tests.simulation.disk import WatchedJournal
from tests.simulation.fate import Fate, Fault
from tests.simulation.faults import (
    OWN,
    SHARED,
    bad_air,
    bad_weather,
    broker_wiped,
    central_restored,
    clock_unset,
    library_away,
    library_moody,
    lists_tampered,
    power_cut,
    program_killed,
)
from tests.simulation.kiosk import Machine
from tests.simulation.program import TremblingHands
from tests.simulation.quiet import QUIET, board_replaced
from tests.simulation.uplink import HandDriven
from wire.facts import LoanRefused, ReturnRefused, TagUnchanged
from wire.orders import Watermark

EVERYTHING = Fate(OWN, SHARED, QUIET)
"""What goes wrong in a world of `make simulate`."""
FALLS = Fate((Fault(1, power_cut), Fault(1, program_killed)), own_a_day=20)
FALLS_ON_DUTY = replace(FALLS, duties_a_day=20)


class Sabotage(NamedTuple):
    """One mistake."""

    what: str
    plant: Callable[[], AbstractContextManager[object]]
    fate: Fate = EVERYTHING
    """What goes wrong besides, so that it shows."""
    rare: bool = False
    """It takes many days to show."""


def _instead(owner: object, name: str, make: Callable[[Any], Any]) -> Callable[[], Any]:
    """Puts `make(the real thing)` in the place of `owner.name`."""

    def plant() -> Any:
        real = getattr(owner, name)
        return patch.object(owner, name, wraps(real)(make(real)) if callable(real) else make(real))

    return plant


# ---------------------------------------------------------------- the kiosk
def _puback(publish: Any) -> Any:
    def with_puback(uplink: HandDriven, link: Any) -> None:
        publish(uplink, link)
        cursor, journal = uplink._lanes.last.cursor, uplink._journal
        journal.acked(Watermark(journal.id, max(journal.epoch, 1), cursor.sent, 0))
        cursor.acked = cursor.sent

    return with_puback


def _asks_first(carry_out: Any) -> Any:
    def ask_then_write(loop: Loop, effects: tuple[Any, ...], now: Any) -> None:
        asked = [effect for effect in effects if isinstance(effect, AskLoan)]
        for effect in asked:
            loop._hands.do(effect)
        carry_out(loop, tuple(effect for effect in effects if effect not in asked), now)

    return ask_then_write


def _clears_first(do: Any) -> Any:
    def clear_then_ask(hands: TremblingHands, effect: Any) -> None:
        if isinstance(effect, AskLoan) and hands.run is not None:
            for tag in hands.run.machine.plate.there.values():
                if tag.item == effect.item:
                    tag.secured = False
        do(hands, effect)

    return clear_then_ask


def _tells_as_new(step: Any) -> Any:
    def with_the_wrong_time(kiosk: Any, event: Any, now: Any, rules: Any) -> Any:
        kiosk, effects = step(kiosk, event, now, rules)
        at_ms = kiosk.memory.time_ms(now)
        return kiosk, tuple(
            structs.replace(e, at_ms=at_ms) if isinstance(e, AskReplay) else e for e in effects
        )

    return with_the_wrong_time


def _untold(carry_out: Any) -> Any:
    def without(loop: Loop, effects: tuple[Any, ...], now: Any) -> None:
        told = (e for e in effects if not (isinstance(e, Record) and isinstance(e.fact, TagUnchanged)))
        carry_out(loop, tuple(told), now)

    return without


def _passed_for_now(next_session: Any) -> Any:
    return lambda journal, after=0: max(next_session(journal), after + 1)


@contextmanager
def _lying_disk() -> Iterator[None]:
    """A commit returns, and what it wrote is still in a cache when the power goes."""
    write, fall = WatchedJournal._write, Machine.fall

    def remembered(journal: WatchedJournal, work: Any) -> Any:
        disk = journal.disk
        assert disk is not None
        before = disk.read()
        done = write(journal, work)
        disk.before_last = before  # type: ignore[attr-defined]  # of this mistake alone
        return done

    def forgetful(machine: Machine, why: str) -> None:
        fall(machine, why)
        before = getattr(machine.disk, "before_last", None)
        if before is not None:
            machine.disk.leave(*before)

    with patch.object(WatchedJournal, "_write", remembered), patch.object(Machine, "fall", forgetful):
        yield


def _denies_nobody(_denies: Any) -> Any:
    return lambda _lists, _number: False


def _never(settle: Any) -> Any:
    def whatever_it_says(question: Any, *around: Any) -> Any:
        yield from settle(question, *around)
        return Settled(question.txn, Verdict.NEVER)

    return whatever_it_says


def _forgets_versions(announced: Any) -> Any:
    return lambda lists, event, now: announced(structs.replace(lists, highest={}), event, now)


# ---------------------------------------------------------------- central
@contextmanager
def _counts_twice() -> Iterator[None]:
    """What comes again is not stored again, and yet counted again."""
    replayed: list[Any] = []
    take_one, date_facts = absorb._take, clocks.date_facts

    def taking(connection: Any, journal: Locked, batch: Any, now_ms: int, key: bytes, asides: Any) -> Any:
        again = min(journal.committed - batch.first + 1, len(batch.facts))
        replayed.extend((journal.place, take(row, now_ms, key)) for row in batch.facts[: max(again, 0)])
        return take_one(connection, journal, batch, now_ms, key, asides)

    def dating(*args: Any) -> Any:
        moved = date_facts(*args)
        for place, one in replayed:
            moved.sums.count(place, one.fact, one.at_ms)
        replayed.clear()
        return moved

    with patch.object(absorb, "_take", taking), patch.object(absorb, "date_facts", dating):
        yield


def _unlisted(take: Any) -> Any:
    def without_refusals(connection: Any, told: Any) -> None:
        take(connection, [one for one in told if not isinstance(one.fact, LoanRefused | ReturnRefused)])

    return without_refusals


SABOTAGES: dict[str, Sabotage] = {
    "puback": Sabotage(
        "the watermark moves when the broker has a batch", _instead(HandDriven, "_publish", _puback)
    ),
    "ask-first": Sabotage(
        "the library system is asked before the intent is on disk",
        _instead(Loop, "_carry_out", _asks_first),
    ),
    "clear-first": Sabotage(
        "a tag is cleared when a loan is asked, not when it is made",
        _instead(TremblingHands, "do", _clears_first),
    ),
    "tag-untold": Sabotage(
        "nobody is told of a tag that stayed as it was",
        _instead(Loop, "_carry_out", _untold),
        Fate((Fault(1, bad_air),), own_a_day=12),
    ),
    "lying-disk": Sabotage(
        "the last commit is lost with the power",
        _lying_disk,
        FALLS,
        rare=True,
    ),
    "no-recovery": Sabotage(
        "a start does not look for intents without outcome",
        _instead(recovery, "debts", lambda _: lambda _intents, _now: Owed()),
        FALLS,
    ),
    "money-forgotten": Sabotage(
        "a start does not look for money that was taken and not booked",
        _instead(recovery, "payments", lambda _: lambda _begun, _now: Payments()),
        FALLS,
        rare=True,
    ),
    "orders-forgotten": Sabotage(
        "an order that comes again is carried out again",
        _instead(WatchedJournal, "order_taken", lambda _: lambda _journal, _number: False),
        Fate(shared=(Fault(1, bad_weather),), shared_a_day=24),
        rare=True,
    ),
    "sessions-forgotten": Sabotage(
        "a session number that was another board's is passed, and not beyond the next start",
        _instead(WatchedJournal, "next_session", _passed_for_now),
        replace(
            FALLS, own_a_day=6, shared=(Fault(1, broker_wiped),), shared_a_day=24, quiet=(board_replaced,)
        ),
        rare=True,
    ),
    "crossings-forgotten": Sabotage(
        "who passes while a kiosk has no power is not counted",
        _instead(counting, "recall", lambda _: lambda kiosk, _remembered: kiosk),
        FALLS,
    ),
    "deny-ignored": Sabotage(
        "who stands on the deny list comes in", _instead(Lists, "denies_reader", _denies_nobody)
    ),
    "ban-ignored": Sabotage(
        "who is banned from a room comes in",
        _instead(Lists, "banned", lambda _: lambda _lists, _card, _today: None),
    ),
    "at-any-hour": Sabotage(
        "readers come in while the room is shut",
        _instead(admission, "shut", lambda _: lambda *_: None),
        rare=True,
    ),
    "rolled-back": Sabotage(
        "an older version of a list takes the place of a newer one",
        _instead(standing, "_announced", _forgets_versions),
        Fate(shared=(Fault(1, lists_tampered),), shared_a_day=12),
    ),
    "registered-blindly": Sabotage(
        "after a silence somebody is registered again, and nobody looks whether they are a reader",
        _instead(ils_register, "settle", _never),
        Fate(shared=(Fault(1, library_moody),), shared_a_day=24),
        rare=True,
    ),
    "staff-stay": Sabotage(
        "a start does not tell that staff have gone",
        _instead(recovery, "staff_gone", lambda _: lambda _tail: []),
        FALLS_ON_DUTY,
    ),
    "locked-in": Sabotage(
        "the door is secured when it is shut, whatever fire contact and exit button say",
        _instead(egress, "secure_early", lambda _: lambda _contacts: (SecureDoor(),)),
    ),
    "sent-twice": Sabotage(
        "a loan is asked again, though the library system does not know a copy",
        _instead(terminal, "CHANGING", lambda _: ()),
        Fate(shared=(Fault(1, library_moody),), shared_a_day=12),
    ),
    "told-as-new": Sabotage(
        "what was lent or taken by the rule is told as if it happened now",
        _instead(core, "step", _tells_as_new),
        Fate(shared=(Fault(1, library_away),), shared_a_day=12),
    ),
    "counted-twice": Sabotage("tallies count what is sent again", _counts_twice),
    "list-forgotten": Sabotage(
        "what was lent or taken by the rule and is refused afterwards stands in no list",
        _instead(store, "take", _unlisted),
        Fate(shared=(Fault(1, library_away),), shared_a_day=12),
    ),
    "undated": Sabotage(
        "what came before a clock was set stays where it was",
        _instead(clocks, "_move", lambda _: lambda *_args: None),
        Fate((Fault(1, clock_unset),), own_a_day=6),
    ),
    "one-epoch": Sabotage(
        "a central restored from its backup mints no epoch",
        _instead(Locked, "answer_epoch", lambda _: lambda *_args, **_named: None),
        Fate(shared=(Fault(1, central_restored),), shared_a_day=6),
    ),
}
"""By the name that the command line takes."""
