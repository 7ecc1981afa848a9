"""What lending, holds and transits are to do, as plainly as it can be said: lists, no database.

One day a step at most; every book has the same rule. The verbs answer as `test_model` words the ledger's answers.
"""

from dataclasses import dataclass, field

HOMES = {"B1": "xian", "B2": "cun", "B3": "cun"}
TITLES = {"B1": 1, "B2": 1, "B3": 2}
LIMITS = {"R1": 2, "R2": 2, "SMALLDEBT": 2, "CHILD": 1}
HOLD_DAYS = 7


@dataclass
class Copy:
    barcode: str
    place: str
    borrower: str | None = None
    sent_to: str | None = None

    @property
    def title(self):
        return TITLES[self.barcode]


@dataclass(eq=False)
class Wait:
    """An open hold."""

    card: str
    title: int
    pickup: str
    copy: str | None = None
    ready_day: int | None = None


@dataclass
class Model:
    day: int = 0
    copies: dict[str, Copy] = field(
        default_factory=lambda: {barcode: Copy(barcode, home) for barcode, home in HOMES.items()}
    )
    waits: list[Wait] = field(default_factory=list)
    """Oldest first."""

    # ------------------------------------------------------------ verbs
    def lend(self, card, barcode, branch):
        copy = self.copies[barcode]
        if copy.borrower is not None:
            return "already_yours" if copy.borrower == card else "lent_to_other"
        if sum(other.borrower == card for other in self.copies.values()) >= LIMITS[card]:
            return "limit_reached"
        if self._is_kept_from(card, copy):
            return "on_hold"
        copy.borrower, copy.place, copy.sent_to = card, branch, None
        mine = self._own(card, copy.title)
        if mine is not None:
            self._drop(mine, keep=barcode)
        return "lent"

    def take_back(self, barcode, branch):
        copy = self.copies[barcode]
        was_lent, copy.borrower, copy.place = copy.borrower is not None, None, branch
        return (was_lent, *self._arrive(copy))

    def wait(self, card, title, pickup):
        if any(copy.borrower == card and copy.title == title for copy in self.copies.values()):
            return "already_yours"
        if self._own(card, title) is not None:
            return "already_held"
        self.waits.append(Wait(card, title, pickup))
        return "held"

    def give_up(self, card, title):
        mine = self._own(card, title)
        if mine is None:
            return "not_held"
        self._drop(mine)
        return "held"

    def move(self, card, title, pickup):
        mine = self._own(card, title)
        if mine is None:
            return "not_held"
        if pickup != mine.pickup:
            mine.pickup, mine.ready_day = pickup, None
            if mine.copy is not None:
                self._pass_on(self.copies[mine.copy])
        return "held"

    def sleep(self, days):
        """Days pass; at the end of them nobody keeps what was ready for too long."""
        self.day += days
        late = [w for w in self.waits if w.ready_day is not None and self.day > w.ready_day + HOLD_DAYS]
        for wait in sorted(late, key=lambda w: (w.title, self.waits.index(w))):
            if wait.ready_day is not None:
                self._drop(wait)
        return len(late)

    # ------------------------------------------------------------ the queue
    def _own(self, card, title):
        return next((w for w in self.waits if (w.card, w.title) == (card, title)), None)

    def _keeper(self, copy):
        return next((w for w in self.waits if w.copy == copy.barcode), None)

    def _waiting(self, title):
        return [w for w in self.waits if w.title == title and w.copy is None]

    def _is_kept_from(self, card, copy):
        keeper, mine = self._keeper(copy), self._own(card, copy.title)
        if keeper is not None:
            return keeper is not mine
        waiting = self._waiting(copy.title)
        before = waiting.index(mine) if mine in waiting else len(waiting)
        left = sum(
            other.title == copy.title and other.borrower is None and self._keeper(other) in (None, mine)
            for other in self.copies.values()
            if other is not copy
        )
        return before > left

    def _drop(self, wait, keep=None):
        """A hold is over; its copy goes on, where it is not the one that the reader has."""
        self.waits.remove(wait)
        if wait.copy is not None and wait.copy != keep:
            self._pass_on(self.copies[wait.copy])

    def _pass_on(self, copy):
        if copy.borrower is None and copy.sent_to is None:
            self._arrive(copy)

    def _arrive(self, copy):
        """(where it is wanted, where it is sent)"""
        copy.sent_to = None
        serve = self._keeper(copy) or next(iter(self._waiting(copy.title)), None)
        if serve is None:
            if copy.place != HOMES[copy.barcode]:
                copy.sent_to = HOMES[copy.barcode]
            return None, copy.sent_to
        serve.copy = copy.barcode
        if serve.pickup == copy.place:
            serve.ready_day = self.day if serve.ready_day is None else serve.ready_day
        else:
            serve.ready_day, copy.sent_to = None, serve.pickup
        return serve.pickup, copy.sent_to

    # ------------------------------------------------------------ what is seen
    def state(self):
        """Each copy: (borrower, place, where it is going, whose it is kept for)."""
        return {
            copy.barcode: (
                copy.borrower,
                copy.place,
                copy.sent_to,
                keeper.card if (keeper := self._keeper(copy)) else None,
            )
            for copy in self.copies.values()
        }
