"""Loans, returns and registrations that the ILS has not confirmed: asked, and then silence or a power cut. Pure.

Two kinds. A *plain* debt is a question whose end nobody knows; the reader was told to leave the book, or the
power went. A debt *by the rule* is a book that has changed hands (`loan.granted`, `return.taken`): it is never
given up but by the ILS's own refusal, or by staff.

When the ILS is there they are asked about one at a time, oldest first; of one book a later one never before
an earlier one has ended. First what became of the question (17, then 63 without a PIN):

    verdict     plain                            by the rule
    DONE        made (settled); refused, where       made (settled)
                it was theirs before (see below)
    NEVER       abandoned                        replayed
    UNCLEAR     owed; asked about again later    replayed: the ILS's own answer decides
    SILENT      owed; asked about again later    asked about again later

    a replay    yes, or "already yours" -> made      any other no -> refused, staff's list
                silence -> asked about again later

After a silence the ILS may still be at work on the question: nothing is concluded from it for `SILENCE_MS`.
What it did then has a time of its own: a later debt of the same book is told as later than that.
Nobody wrote the tag of a plain one that is found out late: a `tag.unchanged` goes with it, for staff and the gate.
A loan by the rule whose card is locked away is not replayed: it waits for the key of its card, or for staff. What happened
by the rule on a clock that was never set waits for central's time, or for staff.
Of a plain loan whose card went with a damaged page UNCLEAR is all that will ever be heard: it goes to staff, and so does
a registration whose number did.
A book that was on loan by its tag, and that the ILS has on the card of who asked for it, had been theirs before:
that is no second loan, it ends as at the desk (`already_yours`).

A registration is asked about by the identity card (85), and is plain: whoever waits for it sends it again.

The same book may be dealt with again meanwhile:

    owed (plain)          then                          so it
    loan                  lent at once                  was never made, the book was free    -> abandoned
    return                taken back at once            was never made, it was on loan       -> abandoned
    return                lent at once                  was made, the book had come back     -> made (settled)
    loan                  the same reader's already     was made                             -> made (settled)
    loan, return          owed again, or by the rule,   is given up for the later one, which
                          of the same reader            stands for both                      -> abandoned
    any other             any other                     stays owed, before the later one
"""

from __future__ import annotations

from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from kiosk.clock import RELEASE_MS, Now
from kiosk.debts import SILENCE_MS, Debt, ended, given_to_staff, told
from kiosk.effects import AnyEffect, AskReplay, AskSettle, ClearFault, RaiseFault, Record
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, LoanAnswered, ReturnAnswered, Settled, Verdict
from wire import facts
from wire.faults import number

ALREADY_YOURS = number("already_yours")
OWED_TOO_LONG = number("owed_too_long")
SECOND_MS = 1_000
"""SIP2's times are whole seconds, cut."""
AGAIN_MS = 30_000
"""Between two questions about what the ILS cannot tell."""
RESTS_MS = (500, 1_000, 2_000, 4_000, 8_000, 16_000, AGAIN_MS)
"""After silences in a row: the last one stays."""


class Owed(Struct, frozen=True):
    debts: tuple[Debt, ...] = ()
    """In the order in which they happened."""
    asking: str = ""
    """txn of the one that is being asked about."""
    replaying: bool = False
    """It is being replayed."""
    ils_up: bool = False
    silences: int = 0
    """Questions in a row that the ILS did not answer in time; more than RESTS_MS has are not counted."""
    rests_until_ms: int = 0
    """Nothing is asked before (monotonic)."""
    late: bool = False
    """The oldest one is owed for too long, and staff know."""

    def granted_to(self, reader: str) -> int:
        """Loans by the rule of one reader."""
        return sum(d.by_rule and d.kind == "loan" and d.reader == reader for d in self.debts)

    def last_by_rule(self, item: str) -> Debt | None:
        """The last time that this book (as a fact names it) changed hands by the rule."""
        mine = (d for d in reversed(self.debts) if d.by_rule and facts.clip(d.item) == item)
        return next(mine, None)


Stepped = tuple[Owed, tuple[AnyEffect, ...]]
AtOnce = facts.LoanMade | facts.LoanRenewed | facts.ReturnMade | facts.LoanRefused
"""What the ILS has just answered at the desk; a refusal only where the book was the reader's already."""


# ---------------------------------------------------------------- what is owed
def owe(owed: Owed, debt: Debt) -> Owed:
    """One more, unless it is known."""
    known = any(other.txn == debt.txn for other in owed.debts)
    return owed if known else replace(owed, debts=(*owed.debts, debt))


def overtaken(owed: Owed, since: AtOnce) -> Stepped:
    """What the ILS's answer at the desk tells of the plain ones of the same book. Its tags are the desk's matter."""
    effects: tuple[AnyEffect, ...] = ()
    for debt in owed.debts:
        verdict = _became(debt, since)
        if verdict:
            owed = _paid(owed, debt)
            effects += (Record(ended(debt, Settled(debt.txn, verdict))),)
    return owed, effects


def _became(debt: Debt, since: AtOnce) -> Verdict | None:
    """None: that does not tell."""
    if debt.by_rule or facts.clip(debt.item) != since.item:
        return None
    match debt.kind, since:
        case ("loan", facts.LoanMade()) | ("return", facts.ReturnMade()):
            return Verdict.NEVER
        case ("return", facts.LoanMade()):
            return Verdict.DONE
        case ("loan", facts.LoanRefused(reader=debt.reader) | facts.LoanRenewed(reader=debt.reader)):
            return Verdict.DONE
    return None


def end_by_staff(owed: Owed, txn: str, *, done: bool) -> Stepped | None:
    """Staff know what the ILS cannot tell. None: nothing of this name is owed, or it is being asked about now."""
    debt = next((debt for debt in owed.debts if debt.txn == txn and txn != owed.asking), None)
    if debt is None:
        return None
    outcome = ended(debt, Settled(txn, Verdict.DONE if done else Verdict.NEVER), by="staff")
    return _paid(owed, debt), told(debt, outcome)


# ---------------------------------------------------------------- asked about
def step(owed: Owed, event: AnyEvent, now: Now, *, time_ms: int, alarm_ms: int) -> Stepped:
    """What is owed after `event`.

    Args:
        owed: what was owed before it.
        event: what happened.
        now: when.
        time_ms: central's time since 1970, as well as it is known.
        alarm_ms: staff are told of what is owed for longer.
    """
    effects: tuple[AnyEffect, ...] = ()
    match event:
        case IlsChanged(up=up):
            owed = replace(owed, ils_up=up)
        case Settled() if event.txn == owed.asking and not owed.replaying:
            owed, effects = _settle(owed, event, now, time_ms)
        case LoanAnswered() | ReturnAnswered() if owed.replaying and event.txn == owed.asking:
            owed, effects = _replayed(owed, event)
        case IlsSilent() if owed.replaying and event.txn == owed.asking:
            owed, effects = _silent(owed, _find(owed, event.txn), now)
    if not owed.debts and not owed.late:
        return owed, effects
    owed, given_up = _give_up(owed)
    owed, alarm = _alarm(owed, now, alarm_ms)
    owed, asked = _next(owed, now)
    return owed, (*effects, *given_up, *alarm, *asked)


def deadline_ms(owed: Owed, alarm_ms: int) -> int | None:
    """When time itself will next change what is owed (monotonic); None: never."""
    if not owed.debts:
        return None
    moments = [debt.since_ms + alarm_ms for debt in owed.debts] if not owed.late else []
    if owed.ils_up and not owed.asking:
        moments += [max(debt.not_before_ms, owed.rests_until_ms) for debt in _foremost(owed)]
    return min(moments, default=None)


def _foremost(owed: Owed) -> list[Debt]:
    """The oldest one of each book, and of each person who registers. Without their number nobody can be asked for."""
    first: dict[str, Debt] = {}
    for debt in owed.debts:
        if debt.kind != "register" or debt.card:
            first.setdefault(debt.item or debt.reader, debt)
    return list(first.values())


def _next(owed: Owed, now: Now) -> Stepped:
    if owed.asking or not owed.ils_up or now.mono_ms < owed.rests_until_ms:
        return owed, ()
    for debt in _foremost(owed):
        if debt.not_before_ms <= now.mono_ms:
            asked = AskSettle(debt.txn, debt.kind, debt.item, debt.card)
            return replace(owed, asking=debt.txn, replaying=False), (asked,)
    return owed, ()


def _settle(owed: Owed, event: Settled, now: Now, time_ms: int) -> Stepped:
    debt = _find(owed, event.txn)
    if event.verdict is Verdict.SILENT:
        return _silent(owed, debt, now)
    owed = replace(owed, silences=0)
    if debt.by_rule and debt.locked:
        return _later(owed, debt, now.mono_ms + AGAIN_MS)
    if debt.by_rule and event.verdict is not Verdict.DONE:
        if _undated(debt, time_ms):
            return _later(owed, debt, now.mono_ms + AGAIN_MS)
        assert debt.kind != "register", "no kiosk registers by its own rule"
        at_ms = _happened_ms(debt, time_ms - now.mono_ms)
        asked = AskReplay(debt.txn, debt.kind, debt.item, debt.card, at_ms, debt.due)
        return replace(owed, replaying=True), (asked,)
    if event.verdict is Verdict.UNCLEAR and debt.nameless:
        return _paid(owed, debt), (Record(given_to_staff(debt)),)
    if event.verdict is Verdict.UNCLEAR:
        return _later(owed, debt, now.mono_ms + AGAIN_MS)
    paid = _paid(owed, debt)
    if event.verdict is Verdict.DONE:
        paid = _after(paid, debt.item, now.mono_ms + SECOND_MS)
    return paid, told(debt, ended(debt, event))


def _undated(debt: Debt, time_ms: int) -> bool:
    """Neither our clock nor central has told yet what time it is: nobody could say when that was."""
    return debt.wall_ms is None and time_ms < RELEASE_MS


def _happened_ms(debt: Debt, ahead_ms: int) -> int:
    """Since 1970 UTC; `ahead_ms` is central's wall clock less our monotonic one."""
    at_ms = debt.since_ms + ahead_ms if debt.wall_ms is None else debt.wall_ms
    return max(at_ms, 0) if debt.after_ms is None else max(at_ms, debt.after_ms + ahead_ms)


def _replayed(owed: Owed, event: LoanAnswered | ReturnAnswered) -> Stepped:
    """The ILS's own answer decides."""
    debt = _find(owed, event.txn)
    item, fault = facts.clip(debt.item), event.fault
    if fault is None or (fault == ALREADY_YOURS and debt.kind == "loan"):
        done = Settled(debt.txn, Verdict.DONE, event.title, event.call_number)
        home = event.home if isinstance(event, ReturnAnswered) else ""
        outcome = ended(debt, done, forced=event.forced, home=home)
    elif debt.kind == "loan":
        outcome = facts.LoanRefused(debt.txn, item, debt.reader, fault, granted=True)
    else:
        outcome = facts.ReturnRefused(debt.txn, item, fault, taken=True)
    return _paid(replace(owed, silences=0), debt), (Record(outcome, card=debt.card),)


def _silent(owed: Owed, debt: Debt, now: Now) -> Stepped:
    """An ILS that is too slow for one question is given longer and longer before the next, whatever that is about."""
    silences = min(owed.silences + 1, len(RESTS_MS))
    owed = replace(owed, silences=silences, rests_until_ms=now.mono_ms + RESTS_MS[silences - 1])
    return _later(owed, debt, now.mono_ms + SILENCE_MS)


def _later(owed: Owed, debt: Debt, at_ms: int) -> Stepped:
    """It stays owed, and is told to be so where it was not."""
    waiting = replace(debt, told=True, not_before_ms=at_ms)
    debts = tuple(waiting if other is debt else other for other in owed.debts)
    owed = replace(owed, debts=debts, asking="", replaying=False)
    if debt.told:
        return owed, ()
    item = facts.clip(debt.item)
    if debt.kind == "register":
        return owed, (Record(facts.RegisterOwed(debt.txn, debt.reader), card=debt.card),)
    if debt.kind == "loan":
        again = facts.LoanOwed(debt.txn, item, debt.reader, was_lent=debt.was_lent)
        return owed, (Record(again, card=debt.card),)
    return owed, (Record(facts.ReturnOwed(debt.txn, item)),)


def _give_up(owed: Owed) -> Stepped:
    """Those that a later one stands for, and registrations of which nobody can ask."""
    last = {_deed(debt): debt for debt in owed.debts}
    effects: tuple[AnyEffect, ...] = ()
    for debt in owed.debts:
        if not debt.by_rule and last[_deed(debt)] is not debt:
            effects += (Record(ended(debt, Settled(debt.txn, Verdict.NEVER))),)
        elif debt.kind == "register" and debt.nameless:
            effects += (Record(given_to_staff(debt)),)
        else:
            continue
        owed = _paid(owed, debt)
    return owed, effects


def _alarm(owed: Owed, now: Now, alarm_ms: int) -> Stepped:
    late = any(now.mono_ms >= debt.since_ms + alarm_ms for debt in owed.debts)
    if late is owed.late:
        return owed, ()
    alarm = RaiseFault(OWED_TOO_LONG) if late else ClearFault(OWED_TOO_LONG)
    return replace(owed, late=late), (alarm,)


def _deed(debt: Debt) -> tuple[str, str, str]:
    """What was done. The last of several that are the same tells of all: the ILS did it once, or not yet."""
    return debt.kind, debt.item, debt.reader


def _after(owed: Owed, item: str, at_ms: int) -> Owed:
    """What else happened to this book is told as later than what the ILS has done by itself, perhaps just now.

    In its order, a second apart: a return stands for the whole second that it names.
    """
    later = count(at_ms, SECOND_MS)
    debts = tuple(replace(debt, after_ms=next(later)) if debt.item == item else debt for debt in owed.debts)
    return replace(owed, debts=debts)


def _find(owed: Owed, txn: str) -> Debt:
    return next(debt for debt in owed.debts if debt.txn == txn)


def _paid(owed: Owed, debt: Debt) -> Owed:
    """Without this debt; whatever is still answered about it, nobody waits for."""
    left = replace(owed, debts=tuple(d for d in owed.debts if d is not debt))
    return replace(left, asking="", replaying=False) if owed.asking == debt.txn else left
