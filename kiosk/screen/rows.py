"""One book as a row of the page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from kiosk.screen.page import Icon, Page, Row, Tone
from kiosk.screen.words import Texts
from kiosk.session.state import Line, Phase, Step
from wire.faults import fault, number

TAG_NOT_CLEARED = number("tag_not_cleared")
ALREADY_YOURS = number("already_yours")

Known = Callable[[Sequence[str]], Mapping[str, str]]
"""Books → the pictures of those that have one here; returns at once."""


@dataclass(frozen=True, slots=True)
class Look:
    icon: Icon
    tone: Tone


LOOKS: dict[Step, Look] = {
    Step.INCOMPLETE: Look("parts", "calm"),
    Step.CHECKING: Look("work", "busy"),
    Step.SENSING: Look("work", "busy"),
    Step.MENDING: Look("work", "busy"),
    Step.WAITING: Look("card", "calm"),
    Step.LENDING: Look("work", "busy"),
    Step.LENT: Look("work", "busy"),
    Step.CLEARED: Look("check", "good"),
    Step.READ_HERE: Look("book", "warn"),
    Step.RETURNING: Look("work", "busy"),
    Step.RETURNED: Look("work", "busy"),
    Step.SECURED: Look("check", "good"),
    Step.REFUSED: Look("look", "warn"),
    Step.OWED: Look("clock", "warn"),
}

SETTLED = Look("check", "good")
BUSY = Look("work", "busy")
LAY_AGAIN = Look("again", "warn")
LEFT_OUT = Look("rest", "calm")


def row(line: Line, phase: Phase, texts: Texts) -> Row:
    """The row of one book."""
    state, look = _state(line, phase, texts)
    told = line.fault if line.step is not Step.INCOMPLETE else None
    return Row(
        key=line.item or line.tags[0].uid,
        title=_title(line, look, texts),
        named=bool(line.title),
        state=state,
        icon=look.icon,
        tone=look.tone,
        note=_note(line, texts) if told is None else fault(told).reader.of(texts.code),
        code="" if told is None else texts.shell.code.format(code=told),
        item=line.item if line.title else "",  # a number alone may be another library's
    )


def covered(page: Page, known: Known) -> Page:
    """The page with the covers that are here; the others are asked for meanwhile, where somebody asks."""
    items = [row.item for row in page.rows if row.item]
    here = known(items) if items else {}
    if not here:
        return page
    return replace(page, rows=tuple(replace(row, cover=here.get(row.item, "")) for row in page.rows))


def _lifted(line: Line) -> bool:
    """A tag was taken away before its security was written."""
    return any(not tag.present and not tag.changed for tag in line.tags)


def _state(line: Line, phase: Phase, texts: Texts) -> tuple[str, Look]:
    words = texts.rows
    match line.step:
        case Step.LENT if line.fault == TAG_NOT_CLEARED or _lifted(line):
            return words.lay_again, LAY_AGAIN
        case Step.RETURNED if line.fault is not None or _lifted(line):
            return _back(line, texts), SETTLED  # what is left to do is the staff's
        case Step.SECURED:
            return _back(line, texts), SETTLED
        case Step.CLEARED if line.fault == ALREADY_YOURS:
            return words.yours, SETTLED
        case Step.CLEARED if line.renewed:
            return words.renewed, SETTLED
        case Step.WAITING if phase is Phase.IDENTIFYING:
            return words.soon, BUSY
        case Step.WAITING if phase is not Phase.OPEN:
            return words.left_out, LEFT_OUT
    return words.steps[line.step], LOOKS[line.step]


def _back(line: Line, texts: Texts) -> str:
    """Returned; by the rule it is taken, and registered later."""
    return texts.rows.taken if line.offline else texts.rows.steps[Step.SECURED]


def _title(line: Line, look: Look, texts: Texts) -> str:
    if line.title:
        return line.title
    if not line.item:
        return texts.rows.unread
    if look.tone == "busy" or line.step is Step.INCOMPLETE:
        return texts.rows.reading
    return texts.rows.barcode.format(item=line.item)


def _note(line: Line, texts: Texts) -> str:
    words = texts.rows
    match line.step:
        case Step.LENT if _lifted(line):
            return words.lay_again_note
        case Step.INCOMPLETE:
            missing = ", ".join(str(part) for part in line.missing())
            return words.parts.format(missing=missing, parts=line.parts)
        case Step.LENT | Step.CLEARED:
            return _with_lacks(_due(line, texts), line, texts)
        case Step.SECURED:
            return _with_lacks(_where_to(line, texts), line, texts)
        case Step.RETURNED if _lifted(line):
            return _where_to(line, texts)
        case _:
            return ""


def _with_lacks(note: str, line: Line, texts: Texts) -> str:
    """And what else belongs to the set."""
    lacks = texts.rows.lacks.format(items=", ".join(line.lacks)) if line.lacks else ""
    return " · ".join(filter(None, (note, lacks)))


def _where_to(line: Line, texts: Texts) -> str:
    """Where whoever brought it is to put it."""
    words = texts.rows
    if line.offline:
        return words.return_box_offline
    if line.goes == "hold":
        return words.cabinet.format(door=line.sort_bin) if line.sort_bin else words.hold_shelf
    if line.sort_bin:
        return words.sort_bin.format(bin=line.sort_bin)
    return words.other_branch if line.goes == "elsewhere" else words.return_box


def _due(line: Line, texts: Texts) -> str:
    if not line.tags and line.step is Step.CLEARED:
        return texts.rows.no_tag
    if not line.due:
        return texts.rows.take_along
    words = texts.rows
    day = texts.day(line.due)
    if day is None:
        return words.due_unclear.format(date=line.due)
    return (words.due_offline if line.offline else words.due).format(date=day)
