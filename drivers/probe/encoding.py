"""One tag written by a pad that runs: the writer of whole shelves, for a single book."""

from __future__ import annotations

from pathlib import Path

from drivers.events import TagContent
from drivers.pad.feig.session import Session
from drivers.probe.tag_encode import Wanted
from drivers.probe.tag_list import Book
from drivers.probe.tag_progress import Progress
from drivers.probe.tag_writer import Manner, Outcome, Writer
from drivers.tag import iso28560_2
from drivers.tag.security import Security


def attempt(session: Session, content: TagContent, progress: Path, security: Security) -> Outcome:
    """Tag the one tag that lies there as this book, secured as in stock.

    A tag that another book wears stays that book's: `progress` knows those that were written here, the tag itself
    the others.

    Raises:
        Gone, Misbehaved: the reader cannot be talked to.
        Misuse: the progress file cannot be read or written.
    """
    usage = None if content.usage is None else f"{content.usage:02X}"
    wanted = Wanted(
        item=content.item,
        owner=content.owner,
        model=content.model or iso28560_2.MODEL,
        parts=content.parts if content.parts > 1 else None,
        part=content.part if content.parts > 1 else None,
        usage=usage,
    )
    known = Progress(progress)
    book = Book(0, wanted, "")
    return Writer(session, known, Manner(security), {book.key, *known.done}).attempt(book)
