"""The page of a visit at the desk."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Counted, Words


class Visit(Struct, frozen=True, forbid_unknown_fields=True):
    """A reader, or books, at the desk."""

    greeting: Words
    """`{name}`: masked."""
    greeting_nameless: Words
    identifying: Words
    identifying_advice: Words
    open_advice: Words
    open_waiting: Words
    open_waiting_advice: Words
    lay_down: Words
    at_work: Words
    all_lent: Words
    all_settled: Words
    look: Words
    ending: Words
    ending_advice: Words
    lent: Counted
    returned: Counted
    on_pad: Counted
    still_there: Words
    still_there_advice: Words
    seconds: Words
    """Beside the number of seconds left."""
    more_time: Words
    done: Words
    dismiss: Words
    no_books: Words
    """Where the list of books will be."""
