"""What a dialect makes of the values in a message, beyond how they are framed. Pure.

understand   a message that was read: the peer's values to the standard's, its words to its flags
word         a message that is to be written: the other way round, without what this peer is not told
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from wire.sip2.dates import reworded
from wire.sip2.declare import Layout, Message
from wire.sip2.dialect import Dialect

M = TypeVar("M", bound=Message)

ITEM_LISTS = frozenset({"AS", "AT", "AU", "BU", "CD", "BM", "BN"})
"""Lists of items. Not AV and AF: those are texts, with commas of their own."""
JUDGED = ("ok", "payment_accepted")
"""The flags that the words of AF may outweigh; a message has one of them at most."""
UNWORDED = frozenset({"94"})
"""Answers without AF in the specification: nobody looks for a word there."""


def concerns(layout: Layout, dialect: Dialect) -> bool:
    """Whether a dialect has anything to say about the values of a message. If not, nothing here need be asked."""
    names = layout.names
    return bool(
        (not dialect.faults and "fault" in names)
        or layout.id in dialect.values
        or layout.id in dialect.hide
        or ("due_date" in names and (dialect.due_dates or dialect.due_date_form))
        or (dialect.nb_due_date_always and "nb_due_date" in names)
        or dialect.list_separator
        or dialect.ok_by_text.yes
        or dialect.ok_by_text.no
    )


# ---------------------------------------------------------------- reading
def understand(values: dict[str, Any], layout: Layout, dialect: Dialect) -> None:
    """Put the standard's values for the peer's, in place."""
    if not dialect.faults:
        values.pop("fault", None)
    for name, meant in dialect.values.get(layout.id, {}).items():
        if name in values:
            values[name] = meant.get(values[name], values[name])
    if dialect.due_dates and "due_date" in values:
        values["due_date"] = reworded(values["due_date"], "", dialect.due_dates)
    if dialect.list_separator:
        _split_lists(values, layout, dialect.list_separator)
    _judge(values, dialect)


def _split_lists(values: dict[str, Any], layout: Layout, separator: str) -> None:
    for field in layout.variable:
        if field.code in ITEM_LISTS and field.name in values:
            items = separator.join(values[field.name]).split(separator)
            values[field.name] = tuple(item.strip() for item in items if item.strip())


def _judge(values: dict[str, Any], dialect: Dialect) -> None:
    """Let the words of AF outweigh the flag, where the dialect says so."""
    words = dialect.ok_by_text
    said = "".join(values.get("screen_message", ()))
    name = next((name for name in JUDGED if name in values), None)
    if name is None or not said:
        return
    if any(word in said for word in words.no):
        values[name] = False
    elif any(word in said for word in words.yes):
        values[name] = True


# ---------------------------------------------------------------- writing
def word(message: M, dialect: Dialect) -> M:
    """The message in the peer's values."""
    changes = dict(_changes(message, dialect))
    return message.but(**changes) if changes else message


def _changes(message: Message, dialect: Dialect) -> Iterator[tuple[str, Any]]:
    layout = message.layout
    if not dialect.faults and getattr(message, "fault", None) is not None:
        yield "fault", None
    for name, meant in dialect.values.get(layout.id, {}).items():
        value = getattr(message, name)
        yield name, next((theirs for theirs, standard in meant.items() if standard == value), value)
    if dialect.due_date_form and getattr(message, "due_date", ""):
        yield "due_date", reworded(getattr(message, "due_date", ""), dialect.due_date_form, dialect.due_dates)
    if dialect.nb_due_date_always and getattr(message, "nb_due_date", ...) is None:
        yield "nb_due_date", getattr(message, "transaction_date", None)
    if said := _worded(message, dialect):
        yield "screen_message", said
    for code in dialect.hide.get(layout.id, ()):
        if (field := layout.by_code.get(code)) is not None:
            yield field.name, field.form.absent if field.always else field.default


def _worded(message: Message, dialect: Dialect) -> tuple[str, ...]:
    """AF with the word for yes before all else, where the peer looks for it and it was done; empty: as it is."""
    done = any(getattr(message, name, None) is True for name in JUDGED) and message.layout.id not in UNWORDED
    said: tuple[str, ...] = getattr(message, "screen_message", ())
    words = dialect.ok_by_text.yes
    if not (done and words) or any(word in text for word in words for text in said):
        return ()
    return (" ".join((words[0], *said)),)
