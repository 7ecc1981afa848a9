"""The security of the tags that a session's books wear: written after the loan or return, read back, retried.

Pure functions, as in `moves` and `books`. A loan whose tag could not be cleared stays a loan.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import TagWritten
from kiosk.effects import Record, WriteTag
from kiosk.session.state import Line, Session, Step, Tag
from kiosk.session.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

TAG_NOT_CLEARED = number("tag_not_cleared")
TAG_NOT_SECURED = number("tag_not_secured")
ALREADY_YOURS = number("already_yours")
CANNOT_LEND_NOW = number("cannot_lend_now")
READ_HERE_ONLY = number("read_here_only")

LENT = frozenset({Step.LENT, Step.CLEARED})
RETURNED = frozenset({Step.RETURNED, Step.SECURED})
HERE = RETURNED | {Step.MENDING, Step.READ_HERE}
"""The book's tags are to be secured."""
DONE = LENT | RETURNED | {Step.READ_HERE}
"""The ILS has it: whatever tag of such a book lies on the pad is to be as its step says."""
STAYS = frozenset({Step.MENDING, Step.READ_HERE})
"""Steps that no writing of a tag changes."""
TOLD = frozenset({ALREADY_YOURS, READ_HERE_ONLY})
"""Faults that the reader is told whatever becomes of the tag."""


def written(session: Session, event: TagWritten, around: Surroundings) -> Stepped:
    """A tag's security was written and read back, or was not."""
    line = session.find(lambda line: any(t.uid == event.uid and t.writing for t in line.tags))
    if line is None:
        return session, ()
    tag = next(t for t in line.tags if t.uid == event.uid)
    if line.step is Step.REFUSED:  # another tag of its set could not be mended
        return session.keep(line.with_tag(replace(tag, writing=False))), ()
    if event.secured is not (line.step in HERE):
        return session, ()
    if event.error is None:
        return _changed(session, line, event)
    tag = replace(tag, writing=False, tries=tag.tries + 1)
    if tag.present and tag.tries < around.desk.tag_tries:
        return session.keep(line.with_tag(replace(tag, writing=True))), (WriteTag(tag.uid, event.secured),)
    if line.step is Step.MENDING:
        return session.keep(replace(line.with_tag(tag), step=Step.REFUSED, fault=CANNOT_LEND_NOW)), ()
    fault = TAG_NOT_SECURED if event.secured else TAG_NOT_CLEARED
    failed = replace(line.with_tag(tag), fault=fault if line.step is not Step.READ_HERE else line.fault)
    return session.keep(failed), (_unchanged(line, tag, fault),)


def _changed(session: Session, line: Line, event: TagWritten) -> Stepped:
    """One is as it should be. Told when all of them are: a cut between the two parts of a set is found."""
    tag = next(t for t in line.tags if t.uid == event.uid)
    line = line.with_tag(replace(tag, writing=False, changed=True))
    if not all(t.changed for t in line.tags):
        return session.keep(line), ()
    fault = line.fault if line.fault in TOLD else None
    if line.step not in STAYS:
        line = replace(line, step=Step.SECURED if event.secured else Step.CLEARED, fault=fault)
    item = facts.clip(line.item)
    return session.keep(line), tuple(Record(facts.TagChanged(t.uid, item, event.secured)) for t in line.tags)


def write(line: Line) -> tuple[Line, Effects]:
    """Write what is there and not yet as it should be. A tag that was lifted meanwhile waits for its return.

    Args:
        line: at one of the steps in `DONE`, or MENDING.
    """
    secured = line.step in HERE
    if not line.tags:
        return _untagged(line, secured=secured)
    due = [tag for tag in line.tags if tag.present and not tag.changed and not tag.writing]
    if due and line.step not in STAYS:
        fault = line.fault if line.fault in TOLD else None
        line = replace(line, step=Step.RETURNED if secured else Step.LENT, fault=fault)
    for tag in due:
        line = line.with_tag(replace(tag, writing=True, tries=0))
    if line.step is not Step.READ_HERE and any(not tag.present and not tag.changed for tag in line.tags):
        line = replace(line, fault=TAG_NOT_SECURED if secured else TAG_NOT_CLEARED)
    return line, tuple(WriteTag(tag.uid, secured) for tag in due)


def _untagged(line: Line, *, secured: bool) -> tuple[Line, Effects]:
    """What was scanned is done as soon as the ILS has it; its tag, where it has one, is told of as not written."""
    if line.step not in {Step.LENT, Step.RETURNED}:
        return line, ()
    fault = TAG_NOT_SECURED if secured else TAG_NOT_CLEARED
    untold = Record(facts.TagUnchanged("", facts.clip(line.item), secured, fault))
    kept = line.fault if line.fault in TOLD else None
    return replace(line, step=Step.SECURED if secured else Step.CLEARED, fault=kept), (untold,)


def unfinished(session: Session) -> Effects:
    """At the session's end: a fact for each tag that waits to be written, and was not told of yet."""
    return tuple(
        _unchanged(line, tag, TAG_NOT_SECURED if line.step in HERE else TAG_NOT_CLEARED)
        for line in session.lines
        if line.step in {Step.LENT, Step.RETURNED, Step.READ_HERE}
        for tag in line.tags
        if not tag.changed and (tag.writing or tag.tries == 0)
    )


def _unchanged(line: Line, tag: Tag, fault: int) -> Record:
    return Record(facts.TagUnchanged(tag.uid, facts.clip(line.item), fault == TAG_NOT_SECURED, fault))
