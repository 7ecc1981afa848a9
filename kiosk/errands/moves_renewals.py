"""Renewals: one book, or all. Pure functions of (errand, event, surroundings).

    renew        QUEUED -> ASKING (29) -> RENEWED, or REFUSED with its reason
    renew_all    65 where the ILS has it: the answer says which; those that were not are asked about by 29,
                 which alone says why. Without 65: 29 for each, one after the other.

An account that has changed is asked for anew only when it is opened: a renewal writes its date into the line.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.errand_effects import AskAllRenewed, AskRenewal
from kiosk.errand_events import AllRenewed, Charge, RenewalAnswered
from kiosk.errands import asking
from kiosk.errands.moves_account import read_next
from kiosk.errands.state import Errand, Extending, Renewal
from kiosk.errands.surroundings import Stepped, Surroundings
from kiosk.events import Touched

PENDING = frozenset({Extending.QUEUED, Extending.ASKING})


def renew(errand: Errand, event: Touched, around: Surroundings) -> Stepped:
    """One book for longer."""
    known = errand.renewals.get(event.about)
    if not _charge(errand, event.about) or (known and known.step in PENDING):
        return errand, ()
    return _ask_next(_with(errand, Renewal(event.about, Extending.QUEUED)), around)


def renew_all(errand: Errand, _event: Touched, around: Surroundings) -> Stepped:
    """All that is on the card."""
    reader, account = errand.reader, errand.account
    if reader is None or account is None or any(one.step in PENDING for one in errand.renewals.values()):
        return errand, ()
    items = [charge.item for charge in account.charges if charge.item]
    if "65" not in around.takes:
        queued = {item: Renewal(item, Extending.QUEUED) for item in items}
        return _ask_next(replace(errand, renewals=queued), around)
    errand, txn = asking.begin(errand, reader, "all", around)
    asked = {item: Renewal(item, Extending.ASKING, txn) for item in items}
    return replace(errand, renewals=asked), (AskAllRenewed(txn, reader.card),)


def renewed(errand: Errand, event: RenewalAnswered, around: Surroundings) -> Stepped:
    """Renewed, or not and why; the next one that waits is asked about."""
    errand, effects = asking.told(errand, event, around)
    one = next((one for one in errand.renewals.values() if one.txn == event.txn), None)
    if one is None:
        return errand, effects
    step = Extending.RENEWED if event.fault is None else Extending.REFUSED
    errand = _with(errand, replace(one, step=step, fault=event.fault))
    if event.fault is None:
        errand = _kept_longer(errand, one.item, event)
    errand, more = _ask_next(errand, around)
    return errand, effects + more


def all_renewed(errand: Errand, event: AllRenewed, around: Surroundings) -> Stepped:
    """Which were, and which were not: the former have new dates, the latter a reason."""
    errand, effects = asking.told(errand, event, around)
    asked = {item: one for item, one in errand.renewals.items() if one.txn == event.txn}
    if not asked:
        return errand, effects
    after = {item: _after(one, event) for item, one in asked.items()}
    done = tuple(item for item, one in after.items() if one.step is Extending.RENEWED)
    unread = (*errand.unread, *(item for item in done if item not in errand.unread))
    errand = replace(errand, renewals={**errand.renewals, **after}, unread=unread)
    errand, more = _ask_next(errand, around)
    errand, most = read_next(errand, around) if not errand.copy_ask else (errand, ())
    return errand, (*effects, *more, *most)


def _after(one: Renewal, event: AllRenewed) -> Renewal:
    if event.fault is not None:
        return replace(one, step=Extending.REFUSED, fault=event.fault)
    return replace(one, step=Extending.RENEWED if one.item in event.renewed else Extending.QUEUED, txn="")


def _ask_next(errand: Errand, around: Surroundings) -> Stepped:
    """One at a time: each has its own time to be answered in."""
    waiting = [one for one in errand.renewals.values() if one.step is Extending.QUEUED]
    under_way = any(one.step is Extending.ASKING for one in errand.renewals.values())
    reader = errand.reader
    if under_way or not waiting or reader is None:
        return errand, ()
    one, charge = waiting[0], _charge(errand, waiting[0].item)
    title, due = (charge.title, charge.due) if charge else ("", "")
    errand, txn = asking.begin(errand, reader, "renewal", around, one.item, title, due)
    errand = _with(errand, replace(one, step=Extending.ASKING, txn=txn))
    return errand, (AskRenewal(txn, reader.card, one.item),)


def _charge(errand: Errand, item: str) -> Charge | None:
    return errand.find(lambda charge: bool(item) and charge.item == item)


def _with(errand: Errand, one: Renewal) -> Errand:
    return replace(errand, renewals={**errand.renewals, one.item: one})


def _kept_longer(errand: Errand, item: str, event: RenewalAnswered) -> Errand:
    """The line shows the new date."""
    if errand.account is None:
        return errand
    charges = tuple(
        replace(one, title=one.title or event.title, due=event.due or one.due, overdue=False)
        if one.item == item
        else one
        for one in errand.account.charges
    )
    return replace(errand, account=replace(errand.account, charges=charges))
