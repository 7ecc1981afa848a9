"""What a reader takes along in writing: a session as a slip of paper, or as the text of a code to be scanned. Pure.

    branch                     large
    day and hour, name         the name masked to its first character; never a card number
    --------
    borrowed   title .... due
    renewed    title .... due
    returned   title
    paid       ¥ 2.50
    --------
    a line of the branch

Only what is done stands on it: a book that is still being asked about, or was refused, does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from drivers.slip import Columns, Rule, Slip
from drivers.slip import Line as Printed
from kiosk.courtesy_effects import Book, Receipt
from kiosk.errands.state import Errand, Extending
from kiosk.session.state import Line, Session, Step
from wire.faults import number

if TYPE_CHECKING:
    from kiosk.screen.words import Texts

LENT = frozenset({Step.LENT, Step.CLEARED, Step.READ_HERE})
RETURNED = frozenset({Step.RETURNED, Step.SECURED})
ALREADY_YOURS = number("already_yours")
MAX_BOOKS = 60
"""On a slip, of which a printer takes 200 parts."""
MAX_TITLE = 60
"""Characters of a title: the longest have a subtitle that nobody needs on a slip."""
MAX_CODE_OCTETS = 600
"""Of the code's text: a telephone still reads it off a small screen."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a branch writes on every slip."""

    title: str
    line: str = ""
    """At the foot: the telephone, the hours."""


def masked(name: str) -> str:
    """The first character alone: people stand behind the reader."""
    name = name.strip()
    return f"{name[0]}*" if name else ""


def receipt(session: Session, at_ms: int, renewed: Iterable[Book] = (), paid_fen: int = 0) -> Receipt:
    """What a session has come to so far.

    Args:
        session: with its lines as they are now.
        at_ms: wall clock.
        renewed: what the reader has renewed beside it.
        paid_fen: what the reader has paid, in 分.
    """
    lines = [line for line in session.lines if line.fault != ALREADY_YOURS]
    by_pad = [_book(line) for line in lines if line.renewed and line.step in LENT]
    return Receipt(
        at_ms,
        masked(session.reader.name) if session.reader else "",
        tuple(_book(line) for line in lines if line.step in LENT and not line.renewed),
        (*by_pad, *renewed),
        tuple(Book(_book(line).title) for line in lines if line.step in RETURNED),
        paid_fen,
    )


def renewed(errand: Errand) -> tuple[Book, ...]:
    """What the reader has renewed at the account's page."""
    items = {item for item, one in errand.renewals.items() if one.step is Extending.RENEWED}
    charges = errand.account.charges if errand.account else ()
    return tuple(Book((one.title or one.item)[:MAX_TITLE], one.due) for one in charges if one.item in items)


def _book(line: Line) -> Book:
    return Book((line.title or line.item)[:MAX_TITLE], line.due)


# ---------------------------------------------------------------- on paper
def slip(receipt: Receipt, texts: Texts, head: Letterhead) -> Slip:
    """The paper, in one language."""
    words = texts.receipt
    parts: list[Printed | Columns | Rule] = [Printed(head.title, "centre", large=True)]
    parts += [Printed(_when(receipt, texts), "centre")]
    if receipt.name:
        parts.append(Printed(words.reader.format(name=receipt.name), "centre"))
    parts.append(Rule())
    for heading, books in _groups(receipt, texts):
        parts.append(Printed(heading))
        for book in books[:MAX_BOOKS]:
            due = _day(book, texts)
            parts.append(Columns((book.title, due)) if due else Printed(book.title))
    if receipt.paid_fen:
        parts.append(Printed(words.paid.format(yuan=yuan(receipt.paid_fen))))
    parts.append(Rule())
    parts += [Printed(line, "centre") for line in (head.line, words.thanks) if line]
    return Slip(tuple(parts), texts.code)


# ---------------------------------------------------------------- in a code
def text(receipt: Receipt, texts: Texts, head: Letterhead) -> str:
    """The same as plain text for a telephone to read, at most `MAX_CODE_OCTETS` in UTF-8; titles go first."""
    for title_characters in (MAX_TITLE, 24, 12, 6, 0):
        found = "\n".join(_lines(receipt, texts, head, title_characters))
        if len(found.encode()) <= MAX_CODE_OCTETS:
            return found
    return found.encode()[:MAX_CODE_OCTETS].decode(errors="ignore")


def _lines(receipt: Receipt, texts: Texts, head: Letterhead, characters: int) -> Iterator[str]:
    yield f"{head.title} {_when(receipt, texts)}"
    for heading, books in _groups(receipt, texts):
        yield heading
        for book in books if characters else ():
            yield f"· {_cut(book.title, characters)} {_day(book, texts)}".rstrip()
    if receipt.paid_fen:
        yield texts.receipt.paid.format(yuan=yuan(receipt.paid_fen))
    if head.line:
        yield head.line


def _cut(title: str, characters: int) -> str:
    return title if len(title) <= characters else f"{title[: characters - 1]}…"


# ---------------------------------------------------------------- words
def _groups(receipt: Receipt, texts: Texts) -> list[tuple[str, tuple[Book, ...]]]:
    """Each kind of thing that was done, with its heading and number."""
    words = texts.receipt
    groups = (
        (words.lent, receipt.lent),
        (words.renewed, receipt.renewed),
        (words.returned, receipt.returned),
    )
    return [(heading.format(count=len(books)), books) for heading, books in groups if books]


def _when(receipt: Receipt, texts: Texts) -> str:
    """Day and hour where the machine stands."""
    now = datetime.fromtimestamp(receipt.at_ms / 1000, UTC).astimezone()
    return f"{texts.day(now.date().isoformat())} {now:%H:%M}"


def _day(book: Book, texts: Texts) -> str:
    """As short as the paper wants it."""
    return book.due[:10] if texts.day(book.due) else book.due


def yuan(fen: int) -> str:
    """`12.50` of 1250 fen."""
    return f"{fen // 100}.{fen % 100:02}"
