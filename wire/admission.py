"""Whom a 24-hour room lets in: what the list `room` says, and the words that facts use for it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire.fact import Count, Name

Role = Literal["reader", "staff", "cleaner", "emergency"]
"""Whose card it was. All but readers come in at any hour, into a full room too, and are no visits."""
STAFF: tuple[Role, ...] = ("staff", "cleaner", "emergency")
BANNED = "banned"
"""The type of a group of readers of the list `room` who may not come in."""
Mark = Literal["shared", "inside", "unchecked"]
"""What was odd about an entry that was granted all the same:

- `shared`: the same card had just let somebody in: two persons, one card.
- `inside`: the same card came in and cannot have gone out: nobody has since, or it was not shown on the way out.
- `unchecked`: the room asks for something that nobody could tell at that moment.
"""
Pin = Literal["no", "online", "always"]
"""no: the card alone opens; online: the PIN too, while the library system can check it; always: nobody comes in
without it, also while the library system is silent."""
Age = Annotated[int, Meta(ge=0, le=120)]
Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
"""ISO 8601."""
TermsVersion = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z._-]{0,32}\Z")]
Companions = Annotated[int, Meta(ge=0, le=9)]
"""A key each on the door's screen."""


class Limit(Struct, frozen=True):
    """How many persons may be inside from one day to another, both included."""

    first: Day
    last: Day
    persons: Count


class Admission(Struct, frozen=True, omit_defaults=True):
    """The body of the list `room`. Its defaults ask for nothing: every good card opens.

    Cards of staff, and readers who are banned, are the list's readers: groups whose type is a `Role` or BANNED.
    """

    types: tuple[Name, ...] = ()
    """Reader types that may come in, as the ILS names them; empty: all."""
    min_age: Age = 0
    """Full years."""
    max_age: Age = 120
    max_fees_fen: Count | None = None
    """Who owes more stays out; None: debts keep nobody out."""
    terms: TermsVersion = ""
    """The oldest version of the terms that is still accepted; empty: none need be."""
    terms_after: tuple[TermsVersion, ...] = ()
    """Versions that were issued later, and are accepted as well."""
    companions: Companions = 0
    """How many may come along with one card; 0: nobody is asked."""
    pin: Pin = "no"
    persons: Count = 0
    """How many may be inside; 0: as many as the room's own maximum."""
    limits: tuple[Limit, ...] = ()
    """Days with a limit of their own; the strictest of a day holds."""

    def limit(self, on: date) -> int | None:
        """How many may be inside on a civil day; None: the list sets no limit."""
        day = on.isoformat()
        dated = (one.persons for one in self.limits if one.first <= day <= one.last)
        return min((*dated, self.persons) if self.persons else dated, default=None)
