"""Readers who visit, and what they do with their hands. Each is a script that yields waits.

They do as the screen says, mostly: what is shown as lent goes with them, the rest stays. Some do not wait,
some leave books on the pad, some push in, some take a book that was not lent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from drivers.events import ID_CARD, CardRefused, CardShown
from kiosk.errands.paying import Paying, PayStep
from kiosk.events import Action, Touched, Typed
from kiosk.room.admission_state import Question
from kiosk.session.state import Line, Phase, Step
from tests.simulation.kiosk import Machine
from tests.simulation.pad import Tag
from tests.simulation.rules import PIN
from tests.simulation.timeline import MINUTE, SECOND, Script, Timeline, Verdict

ID_NUMBER = "id of {}"
"""What a reader's identity card says, by the library card."""
NONE, USUAL, MANY = (0,), (0, 0, 1, 1, 1, 2, 3), (2, 3, 4)
"""How many books readers want."""
PAYS = 0.1
"""Of those who stand there: so many pay what they owe."""
LOOKS = 0.15
"""Of those who borrowed: so many look at their account."""
LOOKS_MS = 1000
"""Between two looks at the screen."""
GOES_ALONG = frozenset({Step.LENT, Step.CLEARED})
NO = frozenset({Step.REFUSED, Step.OWED})
AT_REST = frozenset(
    {Step.LENT, Step.CLEARED, Step.SECURED, Step.RETURNED, Step.REFUSED, Step.OWED, Step.WAITING}
)


@dataclass(slots=True, eq=False)
class Book:
    """One item with its tags; it lies on a shelf, or somebody has it."""

    item: str
    tags: tuple[Tag, ...]


@dataclass(slots=True, eq=False)
class Person:
    card: str
    books: list[Book] = field(default_factory=list)
    """In the bag, lent or not."""
    busy: bool = False


@dataclass(slots=True, eq=False)
class Room:
    """A place with a kiosk and shelves."""

    machine: Machine
    shelf: list[Book] = field(default_factory=list)
    guests: int = 0
    """Who visit now, or stand before its door."""


@dataclass(slots=True)
class Visit:
    """One reader in one room, from the door to the door."""

    timeline: Timeline
    chance: Random
    room: Room
    person: Person
    hurry: bool = False
    wishes: Sequence[int] = USUAL
    """So many books they borrow: one of these. Who wishes for none brings none back."""
    pay: Callable[[str], None] = lambda _code: None
    """A telephone reads this code."""
    company: int = 0
    """Who come along."""

    def script(self) -> Verdict:
        """From the door to the door; True where it opened."""
        self.person.busy = True
        inside = True
        if self.room.machine.room:
            inside = yield from self._come_in()
        if inside:
            yield self.chance.uniform(5, 200) * SECOND
            yield from self._use_the_desk()
            yield self.chance.uniform(5, 120) * SECOND
            if self.room.machine.room:
                yield from self._go_out()
        self.person.busy = False
        return inside

    # ------------------------------------------------------------ the door
    def _come_in(self) -> Verdict:
        machine = self.room.machine
        for _ in range(1 if self.hurry else 2):
            self._show_card("door_scanner")
            for _ in range(6):
                yield 500
                if machine.lock.released:
                    yield from self._walk(inwards=True)
                    return True
                if question := self._question():
                    yield self.chance.uniform(1, 5) * SECOND
                    self._answer(question)
            yield self.chance.uniform(2, 8) * SECOND
        return False

    def _question(self) -> Question | None:
        """What the door's screen asks."""
        run = self.room.machine.run
        room = run.loop.kiosk.room if run else None
        return room.admission.question if room else None

    def _answer(self, question: Question) -> None:
        """Some mistype, some bring more than may come."""
        run = self.room.machine.run
        if run is None:
            return
        if question.wants == "pin":
            run.post(Typed("door_pin", PIN if self.chance.random() < 0.9 else "000000"))
        else:
            self.company = self.chance.choice((0, 0, 1, 1, 2))
            run.post(Touched("companions", str(self.company)))

    def _go_out(self) -> Script:
        self.room.machine.lock.press_exit()
        yield self.chance.uniform(300, 2000)
        yield from self._walk(inwards=False)

    def _walk(self, *, inwards: bool) -> Script:
        lock = self.room.machine.lock
        if not lock.push():
            return
        yield self.chance.uniform(300, 1500)
        for _ in range(self.company + (2 if self.chance.random() < 0.03 else 1)):
            lock.pass_by(inwards=inwards)
        yield self.chance.uniform(35, 60) * SECOND if self.chance.random() < 0.01 else 2 * SECOND
        lock.shut()

    # ------------------------------------------------------------ the desk
    def _use_the_desk(self) -> Script:
        machine = self.room.machine
        for _ in range(60):
            if not machine.desk_taken or self.chance.random() < 0.002:
                break
            yield 5 * SECOND
        else:
            return
        machine.desk_taken = True
        if any(self.wishes):
            yield from self._give_back()
        yield from self._borrow()
        machine.desk_taken = False

    def _give_back(self) -> Script:
        count = min(len(self.person.books), self.chance.choice((0, 1, 1, 1, 2)))
        chosen = self.chance.sample(self.person.books, count)
        if not chosen:
            return
        if self.chance.random() < 0.04:
            self._show_card("scanner")  # by mistake: now the machine thinks that they are to be lent
            yield 2 * SECOND
        for book in chosen:
            yield from self._lay(book)
        yield from self._watch(chosen)
        for book in chosen:
            self.person.books.remove(book)
            if self._shown(book, GOES_ALONG):
                self._take(book)
            else:
                self._leave(book)
        yield self.chance.uniform(1, 9) * SECOND

    def _borrow(self) -> Script:
        count = min(len(self.room.shelf), self.chance.choice(self.wishes))
        chosen = self.chance.sample(self.room.shelf, count)
        for book in chosen:
            self.room.shelf.remove(book)
        card_first = self.chance.random() < 0.75
        if card_first:
            self._show_card("scanner")
            yield self.chance.uniform(0.3, 4) * SECOND
        for book in chosen:
            yield from self._lay(book)
        if not card_first:
            self._show_card("scanner")
        yield from self._watch(chosen)
        yield from self._try_again(chosen)
        for book in chosen:
            keeps = self._shown(book, GOES_ALONG) or self.chance.random() < 0.01
            if keeps and self._present(book):
                self._take(book)
            else:
                self._leave(book)
        if self.chance.random() < LOOKS:
            yield from self._look_at_the_account()
        if self.chance.random() < PAYS:
            yield from self._pay_what_is_owed()
        yield from self._leave_the_desk()

    def _look_at_the_account(self) -> Script:
        """Renew one or all, have a title kept, or let go of it again; some leave in the middle of it."""
        self._touch("account")
        yield self.chance.uniform(0.3, 4) * SECOND
        run, wanted = self.room.machine.run, ""
        if self.room.shelf:
            wanted = self.chance.choice(self.room.shelf).item
        account = run.loop.kiosk.errand.account if run else None
        mine = [charge.item for charge in account.charges] if account else []
        if mine:
            self._touch("renew", self.chance.choice(mine))
        if mine and self.chance.random() < 0.3:
            self._touch("renew_all")
        yield self.chance.uniform(0.0, 2) * SECOND
        if wanted and self.chance.random() < 0.5:
            self._touch("hold", wanted)
            yield self.chance.uniform(0.0, 2) * SECOND
        for hold in account.holds if account else ():
            self._touch("cancel_hold", hold.item)
            self._touch("cancel_hold", hold.item)

    def _pay_what_is_owed(self) -> Script:
        """By telephone: at once, late, twice, or not after all. Some go before they see what becomes of it."""
        self._touch("fees")
        yield self.chance.uniform(1, 4) * SECOND
        self._touch("pay")
        for _ in range(25):
            yield LOOKS_MS
            paying = self._paying()
            if paying is None or paying.step is not PayStep.ASKING:
                break
        paying, luck = self._paying(), self.chance.random()
        if paying is None or not paying.code or luck < 0.15:
            return
        for _ in range(2 if self.chance.random() < 0.08 else 1):
            wait_ms = (
                self.chance.uniform(3, 60) * SECOND if luck < 0.8 else self.chance.uniform(2, 40) * MINUTE
            )
            self.timeline.after(wait_ms, partial(self.pay, paying.code))
        yield self.chance.choice((1, 20, 90)) * SECOND

    def _paying(self) -> Paying | None:
        run = self.room.machine.run
        return run.loop.kiosk.errand.paying if run else None

    def _try_again(self, books: list[Book]) -> Script:
        """Some do not take no for an answer: again from the beginning, as the same reader."""
        refused = [book for book in books if self._shown(book, NO)]
        if not refused or self.chance.random() < 0.6:
            return
        self._touch("done")
        for book in refused:
            self._lift(book)
        yield self.chance.uniform(0.5, 5) * SECOND
        self._show_card("scanner")
        yield self.chance.uniform(0.3, 4) * SECOND
        for book in refused:
            yield from self._lay(book)
        yield from self._watch(refused)

    def _leave_the_desk(self) -> Script:
        yield self.chance.uniform(0.2, 3) * SECOND
        luck = self.chance.random()
        if luck < 0.6:
            self._touch("done")
        elif luck < 0.65:
            self._show_card("scanner")
            yield 2 * SECOND
        elif luck < 0.7:
            self._touch("more_time")

    def _lay(self, book: Book) -> Script:
        for tag in book.tags:
            self.room.machine.plate.lay(tag)
            yield self.chance.uniform(150, 900)

    def _lift(self, book: Book) -> None:
        for tag in book.tags:
            self.room.machine.plate.lift(tag)

    def _watch(self, books: list[Book]) -> Script:
        """Wait until the screen has done with them, or one's patience is at its end."""
        patience_ms = self.chance.choice((0.5, 8, 15, 15, 60)) * SECOND
        if self.hurry:
            patience_ms = 300
        while patience_ms > 0:
            wait_ms = min(LOOKS_MS, patience_ms)
            yield wait_ms
            patience_ms -= wait_ms
            if all(self._shown(book, AT_REST) for book in books):
                break

    def _take(self, book: Book) -> None:
        """Into the bag."""
        self._lift(book)
        self.person.books.append(book)

    def _leave(self, book: Book) -> None:
        """Back to a shelf; some forget it on the pad, and whoever comes next puts it away."""
        forgets = self.chance.random() < 0.05
        wait_ms = self.chance.uniform(2, 20) * MINUTE if forgets else 0

        def put_away() -> None:
            self._lift(book)
            self.room.shelf.append(book)

        self.timeline.after(wait_ms, put_away)

    # ------------------------------------------------------------ eyes and fingers
    def _shown(self, book: Book, steps: frozenset[Step]) -> bool:
        line = self._line(book)
        return line is not None and line.step in steps

    def _line(self, book: Book) -> Line | None:
        run = self.room.machine.run
        session = run.loop.kiosk.session if run else None
        if session is None or session.phase is Phase.OUT_OF_ORDER:
            return None
        return session.find(lambda line: line.item == book.item)

    def _present(self, book: Book) -> bool:
        return any(tag.uid in self.room.machine.plate.there for tag in book.tags)

    def _show_card(self, device: str) -> None:
        run = self.room.machine.run
        if run is None or device in self.room.machine.unplugged:
            return
        if self.chance.random() < 0.03:
            run.post(CardRefused(device, "qr", "expired"))
        number, medium = self.person.card, "card"
        if self.chance.random() < 0.1:
            number, medium = ID_NUMBER.format(number), ID_CARD
        run.post(CardShown(device, number, medium))

    def _touch(self, action: Action, about: str = "") -> None:
        run = self.room.machine.run
        if run is not None:
            run.post(Touched(action, about))
