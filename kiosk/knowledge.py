"""What the kiosk knows by itself, and decides by while the ILS is silent. Pure.

`Lists` are central's signed lists in force (`wire.lists`): who is denied, who is allowed, what is held, when
the room is open. Looking one reader up among 100,000 is a bisection; a list is never copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from msgspec import Struct

from kiosk.room.hours import Moment, moment
from kiosk.veiled import Veiled
from wire.admission import BANNED, STAFF, Admission, Role
from wire.hours import Hours
from wire.ids import ListName
from wire.lists import Body, Readers, entry, holds

EVERYBODY = Admission()


class InForce(Veiled, frozen=True):
    """One list that stands until the next of its name."""

    UNSEEN = frozenset({"body"})

    body: Body
    expires_ms: int
    """Since 1970 UTC, by central's clock."""


class Allowance(Struct, frozen=True):
    """What the allow list says of a reader."""

    type: str
    """The ILS's own name of the reader type, may be empty."""
    cap: int
    """Books on an offline loan at once; 0: the kiosk's own rule."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists in force, by name. `at_ms` is central's time as well as the kiosk knows it."""

    by_name: Mapping[ListName, InForce] = field(default_factory=dict)
    _last: list[Moment] = field(default_factory=list, init=False, repr=False, compare=False)
    """The moment that was asked about last: hours are reckoned when they change, not at each card."""

    def late(self, at_ms: int) -> frozenset[ListName]:
        """Lists past their expiry. All but `allow` stand nevertheless."""
        return frozenset(name for name, one in self.by_name.items() if at_ms >= one.expires_ms)

    def denies_reader(self, *cards: str) -> bool:
        """Whether one of a reader's numbers, as shown or as the ILS knows it, gets nothing, whatever the ILS says."""
        return any(True for card in set(cards) for _ in self._listed("deny", card))

    def denies_item(self, item: str) -> bool:
        """Whether this item goes to nobody, whatever the ILS says."""
        return self._has_item("deny", item)

    def holds_item(self, item: str) -> bool:
        """Whether this item is kept for somebody."""
        return self._has_item("hold", item)

    def knows_readers(self, at_ms: int) -> bool:
        """Whether an allow list stands that has not expired."""
        return "allow" in self.by_name and "allow" not in self.late(at_ms)

    def allows(self, card: str, at_ms: int) -> Allowance | None:
        """What the allow list grants this card; None where it is not on it, or where there is no list."""
        if not self.knows_readers(at_ms):
            return None
        return next((Allowance(group.type, group.cap) for group in self._listed("allow", card)), None)

    def moment(self, at_ms: int) -> Moment | None:
        """How the room stands at this moment; None where no hours are listed: readers are let in."""
        hours = self.hours
        if hours is None:
            return None
        if not (self._last and self._last[0].holds(at_ms)):
            self._last[:] = [moment(hours, at_ms)]
        return self._last[0]

    @property
    def admission(self) -> Admission:
        """Whom the room admits; everybody whose card is good, where nothing is listed."""
        return self._body("room").room or EVERYBODY

    def role(self, card: str, today: date) -> Role | None:
        """Whose card it is, where it is one of the house's own, to its last day."""
        kinds = {group.type for group in self._standing(card, today)}
        return next((role for role in STAFF if role in kinds), None)

    def banned(self, card: str, today: date) -> str | None:
        """Last day of this reader's ban from the room, empty where it has none; None: there is no ban."""
        return next((group.until for group in self._standing(card, today) if group.type == BANNED), None)

    @property
    def hours(self) -> Hours | None:
        """When the room admits readers; None where no hours are listed."""
        return self._body("hours").hours

    def _body(self, name: ListName) -> Body:
        found = self.by_name.get(name)
        return found.body if found else Body(name, 1)

    def _has_item(self, name: ListName, item: str) -> bool:
        body = self._body(name)
        return bool(body.items) and holds(body.items, entry(body.salt, "item", item))

    def _standing(self, card: str, today: date) -> Iterator[Readers]:
        """The groups of the list `room` that this card is in, but for those whose last day is over."""
        day = today.isoformat()
        return (group for group in self._listed("room", card) if not group.until or group.until >= day)

    def _listed(self, name: ListName, card: str) -> Iterator[Readers]:
        """The groups of a list that this reader is in."""
        body = self._body(name)
        wanted = entry(body.salt, "reader", card) if body.readers else b""
        return (group for group in body.readers if holds(group.keys, wanted))
