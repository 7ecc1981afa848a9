"""What is asked of the ILS on a reader's behalf, and the fact that its yes becomes.

The fact is told by the answer, not by who stands there: a reader may have gone by then.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.effects import Record
from kiosk.errand_events import AllRenewed, HoldAnswered, PinChanged, RenewalAnswered
from kiosk.errands.state import Doing, Errand, Kind
from kiosk.errands.surroundings import Effects, Stepped, Surroundings
from kiosk.events import Reader
from wire import facts

Answered = RenewalAnswered | AllRenewed | HoldAnswered | PinChanged


def begin(
    errand: Errand,
    reader: Reader,
    kind: Kind,
    around: Surroundings,
    item: str = "",
    title: str = "",
    due: str = "",
) -> tuple[Errand, str]:
    """The errand with this under way, and the `txn` to ask under."""
    ask, doing = errand.ask + 2, Doing(kind, reader.pseudonym, reader.type, item, title, due)
    txn = f"{around.session.run}{ask % 2**32:08x}"
    return replace(errand, ask=ask, under_way={**errand.under_way, txn: doing}), txn


def told(errand: Errand, event: Answered, _around: Surroundings) -> Stepped:
    """The answer is there: nothing is under way any more, and a yes is a fact."""
    doing = errand.under_way.get(event.txn)
    if doing is None:
        return errand, ()
    left = {txn: other for txn, other in errand.under_way.items() if txn != event.txn}
    errand = replace(errand, under_way=left)
    return errand, _facts(doing, event) if event.fault is None else ()


def _facts(doing: Doing, event: Answered) -> Effects:
    item = facts.clip(doing.item)
    match event:
        case RenewalAnswered(due=due) if due and due == doing.due:
            return ()  # a yes that changes nothing
        case RenewalAnswered():
            title, call_number = event.title or doing.title, event.call_number
            return (_renewed(doing, event.txn, item, title, call_number, event.due),)
        case AllRenewed():
            return tuple(_renewed(doing, event.txn, facts.clip(number)) for number in event.renewed)
        case HoldAnswered():
            kind = facts.HoldCancelled if doing.kind == "cancel_hold" else facts.HoldPlaced
            return (Record(kind(event.txn, item, doing.reader, facts.clip(event.title or doing.title))),)
        case PinChanged():
            return (Record(facts.PinReplaced(event.txn, doing.reader)),)


def _renewed(
    doing: Doing, txn: str, item: str, title: str = "", call_number: str = "", due: str = ""
) -> Record:
    return Record(
        facts.LoanRenewed(
            txn,
            item,
            doing.reader,
            facts.clip(doing.reader_type, 64),
            facts.clip(title),
            facts.clip(call_number, 64),
            facts.clip(due, 64),
            by_name=True,
        )
    )
