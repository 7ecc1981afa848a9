"""What becomes of the books of a session: asked about, lent, returned.

Pure functions of (session, event, surroundings), as in `moves`. A book's way while the ILS answers
(what the kiosk does alone stands in `offline`):

    laid -> INCOMPLETE -> CHECKING -> WAITING -> LENDING -> LENT -> CLEARED
                              |                     |-> REFUSED
                              +--> RETURNING -> RETURNED -> SECURED
                                        |-> REFUSED
    returned lately and not secured: MENDING first
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import TagSensed, TagWritten
from kiosk.effects import AskItem, AskLoan, AskReturn, Record
from kiosk.events import IlsSilent, ItemAnswered, LoanAnswered, Reader, ReturnAnswered
from kiosk.session import codes, offline, tags
from kiosk.session.state import Line, Phase, Session, Step
from kiosk.session.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

PARTS_MISSING = number("parts_missing")
ALREADY_YOURS = number("already_yours")
ILS_SILENT = number("ils_silent")
CANNOT_CHECK_CARD = number("cannot_check_card")
NOTHING_NEW = frozenset({Phase.ENDING, Phase.OUT_OF_ORDER})


# ---------------------------------------------------------------- asked
def begin(session: Session, line: Line, around: Surroundings) -> Stepped:
    """Deal with a book that lies there whole: lend it, keep it waiting, or ask what it is."""
    if not line.item:
        return session.keep(line), ()
    if not line.complete():
        return session.keep(waiting(line)), ()
    line = _anew(line)
    if session.phase is Phase.IDENTIFIED:
        return _lend(session, line, around)
    if session.phase is Phase.IDENTIFYING:
        return session.keep(waiting(line)), ()
    debt = around.rule.owes(line.item)
    if debt is not None:
        line = replace(line, title=line.title or debt.title, call_number=line.call_number or debt.call_number)
        if debt.kind == "loan":
            return _return(session, line, around, asks=False)
        return _in_stock(session, line, around)
    session = replace(session, ask=session.ask + 2)
    line = replace(line, step=Step.CHECKING, ask=session.ask)
    return session.keep(line), (AskItem(session.ask, line.item),)


def _anew(line: Line) -> Line:
    """Nothing has been done with the book yet."""
    fresh = tuple(replace(tag, changed=False, tries=0, sensing=False, in_stock=None) for tag in line.tags)
    return replace(line, tags=fresh, txn="", fault=None, asked=False, renewed=False, offline=False)


def waiting(line: Line) -> Line:
    """The book waits: whole for what comes next, else for its other parts."""
    if line.complete():
        return replace(line, step=Step.WAITING)
    return replace(line, step=Step.INCOMPLETE, fault=PARTS_MISSING)


def begin_waiting(session: Session, around: Surroundings) -> Stepped:
    """The card was answered: whatever waits on the pad is dealt with now."""
    effects: Effects = ()
    for line in session.lines:
        examined = bool(line.title) and session.reader is None
        if line.step is Step.WAITING and not examined:
            session, more = begin(session, line, around)
            effects += more
    return session, effects


def _lend(session: Session, line: Line, around: Surroundings, *, mended: bool = False) -> Stepped:
    """The intent first, then the question. Nobody is asked about what is denied, or decided by the rule."""
    reader, rule = session.reader, around.rule
    assert reader is not None, "only IDENTIFIED lends"
    if rule.wants_secured(line.item) and not mended:
        return _mend(session, line)
    session, txn = _new_txn(session)
    line = replace(line, txn=txn)
    asked = Record(facts.LoanAsked(txn, facts.clip(line.item), reader.pseudonym), card=reader.card)
    barred, debt = reader.bar or rule.bars(reader.card, line.item), rule.owes(line.item)
    if barred is not None:
        session, more = offline.leave(session, line, barred)
    elif debt is not None:
        session, more = offline.lend_after(session, line, debt, around)
    else:
        session = session.keep(replace(line, step=Step.LENDING, asked=True))
        more = (AskLoan(txn, reader.card, line.item),)
    return session, (asked, *more)


def _in_stock(session: Session, line: Line, around: Surroundings) -> Stepped:
    """A book that may be lent: now, or when a card is shown."""
    if session.phase is Phase.IDENTIFIED and line.complete():
        return _lend(session, line, around)
    if around.rule.wants_secured(line.item) and session.phase not in NOTHING_NEW:
        return _mend(session, line)
    return session.keep(waiting(line)), ()


def _mend(session: Session, line: Line) -> Stepped:
    """It came back and its tags do not say so yet; what was scanned shows no tag that could."""
    if not line.tags:
        return session.keep(replace(line, step=Step.REFUSED, fault=tags.CANNOT_LEND_NOW)), ()
    line, effects = tags.write(replace(line, step=Step.MENDING))
    return session.keep(line), effects


def _return(session: Session, line: Line, around: Surroundings, *, asks: bool) -> Stepped:
    """The intent first; then the ILS is asked, or the book is taken and the ILS hears of it later."""
    session, txn = _new_txn(session)
    line, item = replace(line, txn=txn), facts.clip(line.item)
    asked = Record(facts.ReturnAsked(txn, item))
    more: Effects
    closed = around.rule.turns_back()
    if closed is not None:
        session = session.keep(replace(line, step=Step.REFUSED, fault=closed))
        more = (Record(facts.ReturnRefused(txn, item, closed)),)
    elif asks:
        session, more = session.keep(replace(line, step=Step.RETURNING)), (AskReturn(txn, line.item),)
    else:
        session, more = offline.take(session, line)
    return session, (asked, *more)


def _new_txn(session: Session) -> tuple[Session, str]:
    ask = session.ask + 2
    return replace(session, ask=ask), f"{session.run}{ask % 2**32:08x}"


# ---------------------------------------------------------------- answered
def examine(session: Session, event: ItemAnswered, around: Surroundings) -> Stepped:
    """What the ILS says that it is: on loan, so it comes back; in stock, so it may be lent."""
    line = session.find(lambda line: line.step is Step.CHECKING and line.ask == event.ask)
    if line is None:
        return session, ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    if event.item is None:
        if not line.tags and event.fault == codes.ITEM_UNKNOWN:
            return codes.no_book(session, line, event.fault, around)
        return session.keep(replace(line, step=Step.REFUSED, fault=event.fault)), ()
    if not line.complete():
        return session.keep(waiting(line)), ()
    line = replace(line, title=event.item.title, call_number=event.item.call_number)
    if not line.tags and session.phase is Phase.IDENTIFIED:
        return _lend(session, line, around)
    if event.item.on_loan:
        return _return(session, line, around, asks=True)
    return _in_stock(session, line, around)


def forget(session: Session, event: ItemAnswered, _around: Surroundings) -> Stepped:
    """Nothing new is begun any more."""
    line = session.find(lambda line: line.step is Step.CHECKING and line.ask == event.ask)
    return (session if line is None else _put_off(session, line)), ()


def _put_off(session: Session, line: Line) -> Session:
    """A book that lies there whole is begun when the desk serves again; a code, perhaps of a card, is scanned again."""
    return session.keep(waiting(line)) if line.tags else session.drop(line)


def hand_over(session: Session, event: LoanAnswered, around: Surroundings) -> Stepped:
    """Lent: clear its tags, unless it is to stay. Already this reader's: clear them too, it may have failed before."""
    line = session.find(lambda line: line.step is Step.LENDING and line.txn == event.txn)
    reader = session.reader
    if line is None or reader is None:
        return session, ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    line = replace(
        line,
        title=event.title or line.title,
        call_number=event.call_number or line.call_number,
        due=event.due,
        fault=event.fault,
        lacks=event.missing,
    )
    item = facts.clip(line.item)
    if event.fault is not None:
        refused = Record(facts.LoanRefused(event.txn, item, reader.pseudonym, event.fault))
        if event.fault == ALREADY_YOURS:
            line, effects = tags.write(replace(line, step=Step.LENT))
            return session.keep(line), (refused, *effects)
        session = replace(session, refusals=session.refusals + 1)
        return session.keep(replace(line, step=Step.REFUSED)), (refused,)
    loans = session.loans if event.renewed else session.loans + 1
    step, told = (Step.READ_HERE, tags.READ_HERE_ONLY) if event.stays_secured else (Step.LENT, None)
    line, effects = tags.write(replace(line, step=step, fault=told, renewed=event.renewed))
    made = _renewed(line, event, reader) if event.renewed else _lent(line, event, reader)
    return replace(session, loans=loans).keep(line), (Record(made), *effects)


def _lent(line: Line, event: LoanAnswered, reader: Reader) -> facts.LoanMade:
    return facts.LoanMade(*_told(line, event, reader), read_here=event.stays_secured)


def _renewed(line: Line, event: LoanAnswered, reader: Reader) -> facts.LoanRenewed:
    """The book was theirs, and the ILS took the question for a renewal."""
    return facts.LoanRenewed(*_told(line, event, reader))


def _told(line: Line, event: LoanAnswered, reader: Reader) -> tuple[str, str, str, str, str, str, str]:
    """What `loan.made` and `loan.renewed` begin with."""
    return (
        event.txn,
        facts.clip(line.item),
        reader.pseudonym,
        facts.clip(reader.type, 64),
        facts.clip(line.title),
        facts.clip(line.call_number, 64),
        facts.clip(line.due, 64),
    )


def take_back(session: Session, event: ReturnAnswered, around: Surroundings) -> Stepped:
    """Taken back: secure its tags."""
    line = session.find(lambda line: line.step is Step.RETURNING and line.txn == event.txn)
    if line is None:
        return session, ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    title, call_number = event.title or line.title, event.call_number or line.call_number
    line = replace(
        line,
        title=title,
        call_number=call_number,
        fault=event.fault,
        lacks=event.missing,
        goes=event.goes,
        sort_bin=event.sort_bin,
    )
    item = facts.clip(line.item)
    if event.fault is not None:
        refused = Record(facts.ReturnRefused(event.txn, item, event.fault))
        return session.keep(replace(line, step=Step.REFUSED)), (refused,)
    made = facts.ReturnMade(
        event.txn, item, facts.clip(title), facts.clip(call_number, 64), facts.clip(event.home, 64)
    )
    line, effects = tags.write(replace(line, step=Step.RETURNED))
    return replace(session, returns=session.returns + 1).keep(line), (Record(made), *effects)


# ---------------------------------------------------------------- not answered
def silent(session: Session, event: IlsSilent, around: Surroundings) -> Stepped:
    """No answer in time: the kiosk goes on by its own rule."""
    line = session.find(lambda line: _asked(line) == (event.ask, event.txn))
    if line is None:
        return session, ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    if line.step is Step.RETURNING:
        return offline.take(session, line)
    if line.step is Step.LENDING:
        return offline.consider(session, line, around)
    if session.phase in NOTHING_NEW:
        return _put_off(session, line), ()
    if not line.tags:
        return codes.no_book(session, line, CANNOT_CHECK_CARD, around)
    return offline.sense(session, line)


def _asked(line: Line) -> tuple[int, str] | None:
    """The question to the ILS about this book that is under way: number, or transaction."""
    if line.step is Step.CHECKING:
        return line.ask, ""
    return (0, line.txn) if line.step in {Step.LENDING, Step.RETURNING} else None


# ---------------------------------------------------------------- the tags' answers
def sensed(session: Session, event: TagSensed, around: Surroundings) -> Stepped:
    """A tag has said whether its book is in stock."""
    line = session.find(lambda line: any(t.uid == event.uid and t.sensing for t in line.tags))
    if line is None:
        return session, ()
    tag = next(t for t in line.tags if t.uid == event.uid)
    line = line.with_tag(replace(tag, sensing=False, in_stock=event.secured))
    if any(t.sensing for t in line.tags):
        return session.keep(line), ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    if line.txn:
        return offline.lend(session, line, around)
    if session.phase in NOTHING_NEW:
        return session.keep(waiting(line)), ()
    if any(t.in_stock is False for t in line.tags):
        return _return(session, line, around, asks=False)
    if all(t.in_stock for t in line.tags):
        return _in_stock(session, line, around)
    return session.keep(replace(line, step=Step.REFUSED, fault=ILS_SILENT)), ()


def written(session: Session, event: TagWritten, around: Surroundings) -> Stepped:
    """A tag's security was written and read back, or was not. A book that is mended goes on from there."""
    session, effects = tags.written(session, event, around)
    line = session.find(lambda line: line.step is Step.MENDING and all(tag.changed for tag in line.tags))
    if line is None:
        return session, effects
    line = _anew(line)
    if session.phase is Phase.IDENTIFIED and line.complete():
        session, more = _lend(session, line, around, mended=True)
        return session, effects + more
    return session.keep(waiting(line)), effects
