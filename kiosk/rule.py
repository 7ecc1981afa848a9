"""The kiosk's own rule: what it decides of readers, books and the door while the ILS is silent. Pure.

| the card                                                  | it is                                              |
| --------------------------------------------------------- | -------------------------------------------------- |
| is on the deny list                                       | refused (`card_blocked`), also where the ILS says yes |
| is on an allow list that has not expired                  | good, decided by the list                          |
| is of a reader whom the ILS called good within known_days | good, decided by the rule; at the desk only where the ILS barred nothing |
| is any other                                              | not to be judged (`cannot_check_card`)             |

| the book                                                  | it is not lent, because                            |
| --------------------------------------------------------- | -------------------------------------------------- |
| is on the deny list                                       | `loan_not_allowed`, also where the ILS says yes    |
| is asked for where nothing is lent offline, or by a reader who is not good, or before the clock was ever set | `cannot_lend_now` |
| is on the hold list                                       | `on_hold`                                          |
| would be one more than the reader's cap                   | `offline_limit_reached`                            |
| is asked for where the ILS takes no loans from this terminal, as it said last | `loans_closed`, also while it answers |
| wears a tag that reads as lent                            | `on_loan_already` (`kiosk.session.offline`)        |
| wears a tag that does not say                             | `cannot_lend_now` (there too)                      |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct

from kiosk import config
from kiosk.clock import Now
from kiosk.debts import Debt
from kiosk.effects import Place
from kiosk.events import Reader
from kiosk.knowledge import Lists
from kiosk.memory import Memory
from kiosk.owed import Owed
from kiosk.room.hours import MINUTE_MS, Moment, State, civil_minute
from kiosk.station import Station
from wire.facts import DecidedBy, clip
from wire.faults import number

CARD_BLOCKED = number("card_blocked")
CANNOT_CHECK_CARD = number("cannot_check_card")
LOAN_NOT_ALLOWED = number("loan_not_allowed")
ON_HOLD = number("on_hold")
OFFLINE_LIMIT_REACHED = number("offline_limit_reached")
CANNOT_LEND_NOW = number("cannot_lend_now")
JOURNAL_FULL = number("journal_full")
LOANS_CLOSED = number("loans_closed")
RETURNS_CLOSED = number("returns_closed")
CLOSING_NOW = number("closing_now")
SHUT = {
    State.CLOSED: number("closed_now"),
    State.CLEANING: number("room_cleaned"),
    State.SELF_TEST: number("room_tests_itself"),
}
"""Why a room by itself serves nobody."""


class Vouched(Struct, frozen=True):
    """What the kiosk itself says of a card. Exactly one of `reader` and `fault` is set."""

    reader: Reader | None
    fault: int | None = None
    by: DecidedBy = "rule"
    cap: int = 0
    """Offline loans at once; 0: as the configuration says."""


class Rule(Struct, frozen=True):
    """All that the kiosk judges by, at one moment."""

    now: Now
    offline: config.Offline
    named: Callable[[str], str]
    """The pseudonym of a card."""
    lists: Lists
    memory: Memory
    owed: Owed
    station: Station
    """Whether the ILS answers, what it takes, and whether the journal has room."""
    desk_stops_ms: int | None = None
    """So long before the room closes its desk begins nothing new; None: the desk stands in no room with hours."""

    @property
    def ils_up(self) -> bool:
        return self.station.ils_up

    # ------------------------------------------------------------ readers
    def vouch(self, card: str, place: Place) -> Vouched:
        """Whether this reader is good, as far as the kiosk knows."""
        if self.lists.denies_reader(card):
            return Vouched(None, CARD_BLOCKED)
        pseudonym = self.named(card)
        allowed = self.lists.allows(card, self.memory.time_ms(self.now))
        if allowed:
            return Vouched(Reader(card, pseudonym, "", allowed.type), by="list", cap=allowed.cap)
        known = self.memory.knows(pseudonym, self.now, self.offline.known_days)
        if known and (known.borrows or place == "door"):
            return Vouched(Reader(card, pseudonym, "", known.type, borrows=known.borrows))
        return Vouched(None, CANNOT_CHECK_CARD)

    def moment(self) -> Moment | None:
        """How the room stands by its hours; None: it has none, or the clock was never set, which shuts nobody out."""
        if not self.memory.clock_set(self.now):
            return None
        return self.lists.moment(self.memory.time_ms(self.now))

    def today(self) -> date:
        """The room's civil day; the machine's own where no hours name a zone."""
        hours, at_ms = self.lists.hours, self.memory.time_ms(self.now)
        if hours is not None:
            return civil_minute(hours.zone, at_ms // MINUTE_MS).date()
        return date.fromtimestamp(at_ms // 1000)  # noqa: DTZ012 - the machine's own zone is meant

    def closes_desk(self) -> int | None:
        """Why nobody begins anything at the desk at this hour; None: they may."""
        if self.desk_stops_ms is None or (moment := self.moment()) is None:
            return None
        if moment.state in SHUT:
            return SHUT[moment.state]
        left_ms = moment.closes_ms - self.memory.time_ms(self.now) if moment.closes_ms else None
        return CLOSING_NOW if left_ms is not None and left_ms <= self.desk_stops_ms else None

    # ------------------------------------------------------------ books
    def bars(self, card: str, item: str) -> int | None:
        """Why this loan is not even asked for: the journal is full, the ILS takes none, reader or book are denied."""
        if not self.station.lending:
            return JOURNAL_FULL
        if not self.station.loans:
            return LOANS_CLOSED
        if self.lists.denies_reader(card):
            return CARD_BLOCKED
        return LOAN_NOT_ALLOWED if self.lists.denies_item(item) else None

    def withholds(self, card: str, item: str) -> int | None:
        """Why this book is not lent to this reader while the ILS is silent; None: it is."""
        vouched = self.vouch(card, "desk")
        barred = self.bars(card, item)
        if barred is not None:
            return barred
        if not self.offline.lend or vouched.reader is None or not self.memory.clock_set(self.now):
            return CANNOT_LEND_NOW
        if self.lists.holds_item(item):
            return ON_HOLD
        granted = self.owed.granted_to(vouched.reader.pseudonym)
        return OFFLINE_LIMIT_REACHED if granted >= (vouched.cap or self.offline.cap) else None

    def turns_back(self) -> int | None:
        """Why no book is taken back: it would be left here, and stay on its reader's card."""
        return None if self.station.returns else RETURNS_CLOSED

    def due(self) -> str:
        """ISO 8601 date until whose end a loan of today runs, in local time."""
        return (self.today() + timedelta(days=self.offline.loan_days)).isoformat()

    def owes(self, item: str) -> Debt | None:
        """The last change of hands of this book that the ILS has not heard of."""
        return self.owed.last_by_rule(clip(item))

    def wants_secured(self, item: str) -> bool:
        """Its return was made and its tag still reads as lent: not to be lent on before that is mended."""
        return self.memory.wishes.get(clip(item), False)

    def wants_cleared(self, item: str) -> bool:
        """Its loan was made and its tag still reads as secured: it is on loan, whatever the tag says."""
        return not self.memory.wishes.get(clip(item), True)
