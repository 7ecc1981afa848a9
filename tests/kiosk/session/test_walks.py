"""Anything at the desk, in any order: books come and go, cards, silences, a pad that breaks.

The walk drives the real table against a small town of its own: an ILS that keeps its loans, a pad whose
driver remembers what lies there, two readers. What is promised is looked at after every step, and
at the end everything must come to rest.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from hypothesis.stateful import rule as action

from drivers.errors import Gone
from drivers.events import TagContent, TagGone, TagSeen, TagSensed, TagWritten
from kiosk import recovery
from kiosk.debts import debt_of
from kiosk.effects import AnyEffect, AskItem, AskLoan, AskReader, AskReturn, Record, SenseTag, WriteTag
from kiosk.events import (
    AnyEvent,
    IlsSilent,
    Item,
    ItemAnswered,
    LoanAnswered,
    ReaderAnswered,
    ReturnAnswered,
    StopAsked,
    Ticked,
    Touched,
)
from kiosk.memory import Memory, meet, note
from kiosk.owed import Owed, owe
from kiosk.session.moves import deadline_ms
from kiosk.session.state import Phase, Session, Step
from kiosk.session.surroundings import Surroundings
from tests.kiosk.ruling import rule
from tests.kiosk.session.desk import LI, WANG, Desk
from wire import facts
from wire.faults import number

TAGS: dict[str, TagContent | None] = {
    "E1": TagContent("B001"),
    "E2": TagContent("B002"),
    "E3": TagContent("B002"),  # a second tag of the same book
    "E4": TagContent("B003", parts=2, part=1),
    "E5": TagContent("B003", parts=2, part=2),
    "E6": None,
}
READERS = {reader.card: reader for reader in (LI, WANG)}
ENDS = (facts.LoanMade, facts.LoanRefused, facts.ReturnMade, facts.ReturnRefused)
OWED = (facts.LoanOwed, facts.LoanGranted, facts.ReturnTaken)
TRANSACTIONS = (AskLoan, AskReturn)


class Town(Desk):
    """The desk with what stands around it, and the promises that each step must keep."""

    def __init__(self) -> None:
        super().__init__()
        self.on_pad: list[str] = []
        self.lying: list[str] = []
        """What the pad's driver has told of."""
        self.pad = True
        self.asked_ils: deque[AskReader | AskItem | AskLoan | AskReturn] = deque()
        self.writes: deque[WriteTag | SenseTag] = deque()
        self.secured = {uid: uid not in {"E1", "E2", "E3", "E4", "E5"} for uid in TAGS}
        self.memory = Memory()
        self.owed = Owed()
        self.lent: dict[str, str] = {"B001": LI.card, "B002": "R0009", "B003": WANG.card}
        """item → card, as the ILS has it."""
        self.txns: dict[str, AskLoan | AskReturn] = {}
        self.intents: dict[str, facts.LoanAsked | facts.ReturnAsked] = {}
        self.ended: dict[str, facts.Fact] = {}
        self.last_event: AnyEvent = Ticked()

    @property
    def around(self) -> Surroundings:
        judged = rule(self.now, lists=self.lists, memory=self.memory, owed=self.owed)
        return Surroundings(self.now, self.rules, judged)

    def happen(self, event: AnyEvent) -> list[AnyEffect]:
        if isinstance(event, ReaderAnswered) and event.reader:
            self.memory, _ = meet(self.memory, event.reader, self.now, known_days=30)
        effects = super().happen(event)
        self.memory, _ = note(self.memory, effects)
        self.last_event = event
        recorded: dict[str, tuple[facts.Fact, str]] = {}
        for effect in effects:
            if isinstance(effect, Record):
                self._look_at(effect.fact)
                debt = debt_of(effect, self.now)
                self.owed = owe(self.owed, debt) if debt else self.owed
                if isinstance(effect.fact, facts.LoanAsked | facts.ReturnAsked):
                    recorded[effect.fact.txn] = effect.fact, effect.card
                    self.intents[effect.fact.txn] = effect.fact
            elif isinstance(effect, WriteTag | SenseTag):
                if isinstance(effect, WriteTag):
                    self._may_write(effect)
                self.writes.append(effect)
            else:
                assert isinstance(effect, AskReader | AskItem | AskLoan | AskReturn), effect
                if isinstance(effect, TRANSACTIONS):
                    self._was_intended(effect, recorded)
                self.asked_ils.append(effect)
        return effects

    # ------------------------------------------------------------ the promises
    def _was_intended(self, ask: AskLoan | AskReturn, recorded: dict[str, tuple[facts.Fact, str]]) -> None:
        """The intent stands before the question, for the reader who stands there, of a book that lies there whole."""
        fact, card = recorded[ask.txn]
        assert ask.txn not in self.txns
        self.txns[ask.txn] = ask
        if isinstance(ask, AskLoan):
            assert self.session.reader
            assert card == ask.card == self.session.reader.card
            assert fact == facts.LoanAsked(ask.txn, ask.item, READERS[ask.card].pseudonym)
        else:
            assert fact == facts.ReturnAsked(ask.txn, ask.item)
        line = self.session.find(lambda line: line.txn == ask.txn)
        assert line
        assert line.complete()

    def _look_at(self, fact: facts.Fact) -> None:
        """One outcome to an intent, none after it was owed, and a loan is whose card it was asked for."""
        if isinstance(fact, (*ENDS, *OWED)):
            assert fact.txn not in self.ended
            self.ended[fact.txn] = fact
            asked = self.intents[fact.txn]
            assert asked.item == fact.item
            assert fact.txn in self.txns or not isinstance(fact, facts.LoanMade | facts.LoanOwed)
            if isinstance(asked, facts.LoanAsked):
                assert isinstance(
                    fact, facts.LoanMade | facts.LoanRefused | facts.LoanOwed | facts.LoanGranted
                )
                assert fact.reader == asked.reader
        if isinstance(fact, facts.LoanGranted):
            worn = [uid for uid, content in TAGS.items() if content and content.item == fact.item]
            assert all(self.secured[uid] for uid in worn if uid in self.on_pad), "only what is in stock"
            assert sum(d.by_rule and d.kind == "loan" for d in self.owed.debts) < 2 * 5

    def _may_write(self, write: WriteTag) -> None:
        """Cleared for a loan that was made, granted or is the reader's already; secured for a return."""
        line = self.session.find(lambda line: line.has(write.uid))
        assert line
        if line.step is Step.MENDING:
            assert write.secured
            assert self.memory.wishes[line.item]
            return
        end = self.ended[line.txn]
        yours = isinstance(end, facts.LoanRefused) and end.fault == number("already_yours")
        came_back = isinstance(end, facts.ReturnMade | facts.ReturnTaken)
        assert came_back if write.secured else isinstance(end, facts.LoanMade | facts.LoanGranted) or yours

    # ------------------------------------------------------------ the ILS and the pad
    def answer_ils(self, mood: str) -> None:
        """The oldest question is answered; `mood`: ok, refused, silent (and done), deaf (and not done)."""
        ask = self.asked_ils.popleft()
        match ask:
            case AskReader() | AskItem() if mood in {"silent", "deaf"}:
                self.happen(IlsSilent(ask=ask.ask))
            case AskReader(ask=n, card=card):
                refused = mood == "refused"
                self.happen(ReaderAnswered(n, None if refused else READERS[card], 103 if refused else None))
            case AskItem(ask=n, item=item):
                known = None if mood == "refused" else Item(item, "活着", item in self.lent)
                self.happen(ItemAnswered(n, known, None if known else number("item_unknown")))
            case AskLoan() | AskReturn():
                fault = self._circulate(ask, mood)
                answer = LoanAnswered if isinstance(ask, AskLoan) else ReturnAnswered
                silent = mood in {"silent", "deaf"}
                self.happen(IlsSilent(txn=ask.txn) if silent else answer(ask.txn, fault))

    def _circulate(self, ask: AskLoan | AskReturn, mood: str) -> int | None:
        if isinstance(ask, AskLoan) and ask.item in self.lent:
            return number("already_yours" if self.lent[ask.item] == ask.card else "lent_to_other")
        if mood == "refused":
            return number("loan_not_allowed")
        if mood != "deaf" and isinstance(ask, AskLoan):
            self.lent[ask.item] = ask.card
        elif mood != "deaf":
            self.lent.pop(ask.item, None)
        return None

    def answer_pad(self, *, ok: bool) -> None:
        write = self.writes.popleft()
        ok = ok and self.pad and write.uid in self.on_pad
        if isinstance(write, SenseTag):
            said = self.secured[write.uid] if ok else None
            self.happen(TagSensed("pad", write.uid, said, None if ok else Gone("no answer")))
            return
        self.secured[write.uid] = write.secured if ok else self.secured[write.uid]
        self.happen(TagWritten("pad", write.uid, write.secured, None if ok else Gone("no answer")))

    def poll(self) -> None:
        """What the driver can tell of, it tells."""
        for uid in [uid for uid in self.lying if self.pad and uid not in self.on_pad]:
            self.lying.remove(uid)
            self.happen(TagGone("pad", uid))
        for uid in [uid for uid in self.on_pad if self.pad and uid not in self.lying]:
            self.lying.append(uid)
            self.happen(TagSeen("pad", uid, TAGS[uid]))

    def set_pad(self, *, there: bool) -> None:
        self.pad = there
        if there:
            self.find_pad()
            self.poll()
        else:
            self.lose_pad()
            for _ in range(len(self.writes)):
                self.answer_pad(ok=False)

    def settle(self) -> None:
        """The ILS has heard of everything that is owed."""
        for debt in self.owed.debts:
            if debt.by_rule and debt.kind == "loan":
                self.lent[debt.item] = next(r.card for r in READERS.values() if r.pseudonym == debt.reader)
            elif debt.by_rule:
                self.lent.pop(debt.item, None)
        self.owed = Owed()


class Walk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.town.starts()
        self.town.set_pad(there=True)
        self.town.settle_pad()

    @action(uid=st.sampled_from(sorted(TAGS)))
    def move_a_book(self, uid: str) -> None:
        (self.town.on_pad.remove if uid in self.town.on_pad else self.town.on_pad.append)(uid)
        self.town.poll()

    @action(reader=st.sampled_from([LI, WANG]))
    def show_a_card(self, reader: Any) -> None:
        self.town.card(reader)

    @action(action=st.sampled_from(["done", "more_time", "dismiss"]))
    def touch(self, action: Any) -> None:
        self.town.happen(Touched(action))

    @precondition(lambda self: self.town.asked_ils)
    @action(mood=st.sampled_from(["ok", "ok", "ok", "refused", "silent", "deaf"]))
    def answer_ils(self, mood: str) -> None:
        self.town.answer_ils(mood)

    @precondition(lambda self: self.town.writes)
    @action(ok=st.booleans())
    def answer_pad(self, ok: bool) -> None:
        self.town.answer_pad(ok=ok)

    @action()
    def settle(self) -> None:
        self.town.settle()

    @action()
    def break_or_mend_the_pad(self) -> None:
        self.town.set_pad(there=not self.town.pad)

    @precondition(lambda self: self.town.pad)
    @action()
    def the_pad_settles(self) -> None:
        self.town.settle_pad()

    @action(seconds=st.sampled_from([1, 7, 26, 46]))
    def wait(self, seconds: int) -> None:
        self.town.pass_s(seconds)

    @action()
    def say_it_again(self) -> None:
        """An ILS or a driver that stutters; a card that is shown twice means something."""
        if isinstance(self.town.last_event, LoanAnswered | ReturnAnswered | ItemAnswered | ReaderAnswered):
            self.town.happen(self.town.last_event)

    @action()
    def silence_at_the_door(self) -> None:
        self.town.happen(IlsSilent(ask=7))

    @invariant()
    def promises_hold(self) -> None:
        town, session = self.town, self.town.session
        town.happen(Ticked())
        due = deadline_ms(town.session, town.around.now, town.around.desk)
        assert due is None or due > town.now.mono_ms, "the loop would spin"
        assert not {tag.uid for line in session.lines for tag in line.tags} & session.stale
        items = [line.item for line in session.lines if line.item]
        assert len(items) == len(set(items)), "every book is one line"
        assert (session.phase is Phase.OUT_OF_ORDER) is (
            not town.pad or town.now.mono_ms < session.quiet_until_ms
        )
        if session.phase is Phase.IDLE:
            known = session.reader, session.card, session.lines, session.why, session.end_at_ms
            assert known == (None, "", (), "", None)

    def teardown(self) -> None:
        """With answers and time enough, everything is at rest, and a stop finds nothing to close."""
        town = self.town
        for _ in range(2):
            if not town.pad:
                town.set_pad(there=True)
            while town.asked_ils or town.writes:
                town.answer_ils("ok") if town.asked_ils else town.answer_pad(ok=True)
            town.pass_s(200)
        assert town.session.phase is Phase.IDLE
        assert town.session == Session(
            stale=frozenset(town.on_pad),
            quiet_until_ms=town.session.quiet_until_ms,
            run=town.session.run,
            ask=town.session.ask,
            card_ask=town.session.card_ask,
        )
        assert town.ended.keys() == town.intents.keys()
        assert [kind for kind in town.kinds() if kind.startswith("session.")] == [
            "session.opened",
            "session.closed",
        ] * town.kinds().count("session.opened")
        assert recovery.untold_tags(town.facts()) == [], "a tag that staff would never hear of"
        assert town.happen(StopAsked("asked")) == []


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None, derandomize=True, database=None
)
