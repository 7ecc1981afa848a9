"""What lies on the pad: books laid down, lifted, and laid down again.

Pure functions of (session, event, surroundings), as in `moves`. A tag is a book's by its number; a set of
several parts is one book.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import TagGone, TagSeen
from kiosk.session import books, tags
from kiosk.session.state import Line, Notice, Phase, Session, Step, Tag
from kiosk.session.surroundings import Stepped, Surroundings
from wire.faults import number

TAG_UNREADABLE = number("tag_unreadable")
LAST_LOOK_MS = 6000
"""How long the result of a return stays on the screen after the last book was lifted."""

FRESH_START = frozenset({Step.REFUSED, Step.SECURED, Step.OWED})
"""Lifted whole and laid down once more, a book at one of these steps is dealt with anew."""


def lay(session: Session, event: TagSeen, around: Surroundings) -> Stepped:
    """A tag came into the field: a new book, another tag of one, or one laid down again.

    At an idle desk whose room is closing it is nobody's: nothing begins there any more.
    """
    if event.uid in session.stale:
        return session, ()
    closing = around.rule.closes_desk() if session.phase is Phase.IDLE else None
    if closing is not None:
        until_ms = around.mono_ms + int(around.desk.notice_s * 1000)
        return set_aside(replace(session, notice=Notice(closing, until_ms)), event, around)
    session = replace(_reread(session, event), end_at_ms=around.idle_end_ms())
    if session.phase is Phase.IDLE:
        session = replace(session, phase=Phase.OPEN)
    known = _book(session, event)
    if known is None:
        return books.begin(session, _new_line(event), around)
    line, lifted = _with_tag(known, event), not known.present()
    if line.step is Step.INCOMPLETE or (lifted and line.step in FRESH_START):
        return books.begin(session, line, around)
    return _mend(session, line)


def set_aside(session: Session, event: TagSeen, _around: Surroundings) -> Stepped:
    """A book that comes while none is taken is nobody's until it is lifted; one of this session may be mended."""
    known = _book(session, event)
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
            lifted = books.waiting(lifted)
        if lifted.present() or not _leaves_no_trace(lifted):
            lines.append(lifted)
    session = replace(session, lines=tuple(lines))
    if session.phase is Phase.OPEN and not any(line.present() for line in lines):
        session = replace(session, end_at_ms=around.mono_ms + LAST_LOOK_MS)
    return session, ()


def _leaves_no_trace(line: Line) -> bool:
    """Nothing was done with the book: lifted now, its line goes with it."""
    if not line.tags:
        return False
    return line.step in {Step.INCOMPLETE, Step.CHECKING} or (line.step is Step.SENSING and not line.txn)


def _reread(session: Session, event: TagSeen) -> Session:
    """A tag that could not be read before, and can be now, is a new one."""
    unread = session.find(lambda line: not line.item and line.has(event.uid))
    return session.drop(unread) if unread and event.content else session


def _book(session: Session, event: TagSeen) -> Line | None:
    """Whose tag it is: the book's on which it was seen before, whatever it says now, else the one's whose number it bears."""
    known = session.find(lambda line: line.has(event.uid))
    if known is not None or event.content is None:
        return known
    item = event.content.item
    return session.find(lambda line: bool(line.item) and line.item == item)


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
        line = books.waiting(line)
    if line.step not in tags.DONE:
        return session.keep(line), ()
    line, effects = tags.write(line)
    return session.keep(line), effects
