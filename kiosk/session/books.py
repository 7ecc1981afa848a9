"""What one event does to the books of a session: laid, lifted, examined, lent, returned, written.

Pure functions of (session, event, surroundings), as in `moves`. A book's way:

    laid -> INCOMPLETE -> CHECKING -> WAITING -> LENDING -> LENT -> CLEARED
                              |                     |-> REFUSED, OWED
                              +--> RETURNING -> RETURNED -> SECURED
                                        |-> REFUSED, OWED
"""

from __future__ import annotations

from dataclasses import replace

from drivers.events import TagGone, TagSeen
from kiosk.effects import AskItem, AskLoan, AskReturn, Record
from kiosk.events import IlsSilent, ItemAnswered, LoanAnswered, ReturnAnswered
from kiosk.session import tags
from kiosk.session.state import IN_FLIGHT, Line, Phase, Session, Step, Tag
from kiosk.session.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

TAG_UNREADABLE = number("tag_unreadable")
PARTS_MISSING = number("parts_missing")
ALREADY_YOURS = number("already_yours")
ILS_SILENT = number("ils_silent")
CANNOT_LEND_NOW = number("cannot_lend_now")
CANNOT_RETURN_NOW = number("cannot_return_now")
LAST_LOOK_MS = 6000
"""How long the result of a return stays on the screen after the last book was lifted."""

FRESH_START = frozenset({Step.REFUSED, Step.SECURED})
"""Lifted whole and laid down once more, a book at one of these steps is dealt with anew."""
LEAVES_NO_TRACE = frozenset({Step.INCOMPLETE, Step.CHECKING})
"""Lifted at one of these steps, nothing was done with the book: its line goes with it."""


# ---------------------------------------------------------------- laid and lifted
def lay(session: Session, event: TagSeen, around: Surroundings) -> Stepped:
    """A tag came into the field: a new book, another tag of one, or one laid down again."""
    if event.uid in session.stale:
        return session, ()
    session = replace(_reread(session, event), end_at_ms=around.idle_end_ms())
    if session.phase is Phase.IDLE:
        session = replace(session, phase=Phase.OPEN)
    known = session.find(lambda line: _wears(line, event))
    if known is None:
        return begin(session, _new_line(event))
    line, lifted = _with_tag(known, event), not known.present()
    if line.step is Step.INCOMPLETE or (lifted and line.step in FRESH_START):
        return begin(session, line)
    return _mend(session, line)


def set_aside(session: Session, event: TagSeen, _around: Surroundings) -> Stepped:
    """A book that comes while none is taken is nobody's until it is lifted; one of this session may be mended."""
    known = session.find(lambda line: _wears(line, event))
    if known is None:
        return replace(session, stale=session.stale | {event.uid}), ()
    return _mend(session, _with_tag(known, event))


def lift(session: Session, event: TagGone, around: Surroundings) -> Stepped:
    """A tag left the field."""
    session = replace(session, stale=session.stale - {event.uid})
    lines: list[Line] = []
    for line in session.lines:
        lain = tuple(replace(t, present=False) if t.uid == event.uid else t for t in line.tags)
        lifted = replace(line, tags=lain)
        if lifted.step is Step.WAITING:
            lifted = _waiting(lifted)
        if lifted.present() or lifted.step not in LEAVES_NO_TRACE:
            lines.append(lifted)
    session = replace(session, lines=tuple(lines))
    if session.phase is Phase.OPEN and not any(line.present() for line in lines):
        session = replace(session, end_at_ms=around.mono_ms + LAST_LOOK_MS)
    return session, ()


def _reread(session: Session, event: TagSeen) -> Session:
    """A tag that could not be read before, and can be now, is a new one."""
    unread = session.find(lambda line: not line.item and line.has(event.uid))
    return session.drop(unread) if unread and event.content else session


def _wears(line: Line, event: TagSeen) -> bool:
    """The tag is this book's: it was seen on it before, or bears its number."""
    return line.has(event.uid) or bool(event.content and line.item and event.content.item == line.item)


def _with_tag(line: Line, event: TagSeen) -> Line:
    """The line with this tag present in it."""
    tag = next((tag for tag in line.tags if tag.uid == event.uid), None)
    if tag:
        return line.with_tag(replace(tag, present=True))
    assert event.content, "a tag joins a book by its number"
    tags = (*line.tags, Tag(event.uid, event.content.part))
    return replace(line, tags=tags, parts=max(line.parts, event.content.parts))


def _new_line(event: TagSeen) -> Line:
    content = event.content
    if content is None:
        return Line("", 1, (Tag(event.uid, 1),), Step.REFUSED, fault=TAG_UNREADABLE)
    return Line(content.item, max(content.parts, 1), (Tag(event.uid, content.part),), Step.INCOMPLETE)


def _mend(session: Session, line: Line) -> Stepped:
    """Nothing is asked; a tag that should have been written before is written now."""
    if line.step is Step.WAITING:
        line = _waiting(line)
    if line.step not in tags.DONE:
        return session.keep(line), ()
    line, effects = tags.write(line)
    return session.keep(line), effects


# ---------------------------------------------------------------- asked
def begin(session: Session, line: Line) -> Stepped:
    """Deal with a book that lies there whole: lend it, keep it waiting, or ask what it is."""
    if not line.item:
        return session.keep(line), ()
    if not line.complete():
        return session.keep(_waiting(line)), ()
    line = replace(line, fault=None, tags=tuple(replace(t, changed=False, tries=0) for t in line.tags))
    if session.phase is Phase.IDENTIFIED:
        return _lend(session, line)
    if session.phase is Phase.IDENTIFYING:
        return session.keep(_waiting(line)), ()
    session = replace(session, ask=session.ask + 2)
    return session.keep(replace(line, step=Step.CHECKING, ask=session.ask)), (
        AskItem(session.ask, line.item),
    )


def _waiting(line: Line) -> Line:
    """The book waits: whole for what comes next, else for its other parts."""
    if line.complete():
        return replace(line, step=Step.WAITING)
    return replace(line, step=Step.INCOMPLETE, fault=PARTS_MISSING)


def begin_waiting(session: Session) -> Stepped:
    """The card was answered: whatever waits on the pad is dealt with now."""
    effects: Effects = ()
    for line in session.lines:
        examined = bool(line.title) and session.reader is None
        if line.step is Step.WAITING and not examined:
            session, more = begin(session, line)
            effects += more
    return session, effects


def _lend(session: Session, line: Line) -> Stepped:
    """The intent first, then the question."""
    reader = session.reader
    assert reader is not None, "only IDENTIFIED lends"
    session, txn = _new_txn(session)
    session = session.keep(replace(line, step=Step.LENDING, txn=txn))
    asked = facts.LoanAsked(txn, facts.clip(line.item), reader.pseudonym)
    return session, (Record(asked, card=reader.card), AskLoan(txn, reader.card, line.item))


def _return(session: Session, line: Line) -> Stepped:
    session, txn = _new_txn(session)
    session = session.keep(replace(line, step=Step.RETURNING, txn=txn))
    return session, (Record(facts.ReturnAsked(txn, facts.clip(line.item))), AskReturn(txn, line.item))


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
        return session.keep(replace(line, step=Step.REFUSED, fault=event.fault)), ()
    if not line.complete():
        return session.keep(_waiting(line)), ()
    line = replace(line, title=event.item.title, call_number=event.item.call_number)
    if event.item.on_loan:
        return _return(session, line)
    if session.phase is Phase.IDENTIFIED:
        return _lend(session, line)
    return session.keep(_waiting(line)), ()


def forget(session: Session, event: ItemAnswered, _around: Surroundings) -> Stepped:
    """Nothing new is begun any more; a book that lies there whole is begun when the desk serves again."""
    line = session.find(lambda line: line.step is Step.CHECKING and line.ask == event.ask)
    return (session if line is None else session.keep(_waiting(line))), ()


def hand_over(session: Session, event: LoanAnswered, around: Surroundings) -> Stepped:
    """Lent: clear its tags. Already this reader's: clear them too, it may have failed the last time."""
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
    )
    item = facts.clip(line.item)
    if event.fault is not None:
        refused = Record(facts.LoanRefused(event.txn, item, reader.pseudonym, event.fault))
        if event.fault == ALREADY_YOURS:
            line, effects = tags.write(replace(line, step=Step.LENT))
            return session.keep(line), (refused, *effects)
        session = replace(session, refusals=session.refusals + 1)
        return session.keep(replace(line, step=Step.REFUSED)), (refused,)
    made = facts.LoanMade(
        event.txn,
        item,
        reader.pseudonym,
        facts.clip(reader.type, 64),
        facts.clip(line.title),
        facts.clip(line.call_number, 64),
        facts.clip(line.due, 64),
    )
    line, effects = tags.write(replace(line, step=Step.LENT))
    return replace(session, loans=session.loans + 1).keep(line), (Record(made), *effects)


def take_back(session: Session, event: ReturnAnswered, around: Surroundings) -> Stepped:
    """Taken back: secure its tags."""
    line = session.find(lambda line: line.step is Step.RETURNING and line.txn == event.txn)
    if line is None:
        return session, ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    title, call_number = event.title or line.title, event.call_number or line.call_number
    line = replace(line, title=title, call_number=call_number, fault=event.fault)
    item = facts.clip(line.item)
    if event.fault is not None:
        refused = Record(facts.ReturnRefused(event.txn, item, event.fault))
        return session.keep(replace(line, step=Step.REFUSED)), (refused,)
    made = facts.ReturnMade(
        event.txn, item, facts.clip(title), facts.clip(call_number, 64), facts.clip(event.home, 64)
    )
    line, effects = tags.write(replace(line, step=Step.RETURNED))
    return replace(session, returns=session.returns + 1).keep(line), (Record(made), *effects)


def owe(session: Session, event: IlsSilent, around: Surroundings) -> Stepped:
    """No answer in time: whether it was done is found out later, and the reader is told what to do."""
    line, reader = session.find(lambda line: _asked(line) == (event.ask, event.txn)), session.reader
    if line is None:
        return session, ()
    session = replace(session, end_at_ms=around.idle_end_ms())
    item = facts.clip(line.item)
    if line.step is Step.CHECKING:
        return session.keep(replace(line, step=Step.REFUSED, fault=ILS_SILENT)), ()
    if line.step is Step.RETURNING:
        session = session.keep(replace(line, step=Step.OWED, fault=CANNOT_RETURN_NOW))
        return session, (Record(facts.ReturnOwed(event.txn, item)),)
    assert reader is not None, "no session ends before its loans are answered"
    session = session.keep(replace(line, step=Step.OWED, fault=CANNOT_LEND_NOW))
    return session, (Record(facts.LoanOwed(event.txn, item, reader.pseudonym), card=reader.card),)


def _asked(line: Line) -> tuple[int, str] | None:
    """The question about this book that is under way: number, or transaction."""
    if line.step is Step.CHECKING:
        return line.ask, ""
    return (0, line.txn) if line.step in IN_FLIGHT else None
