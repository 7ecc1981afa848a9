"""Anything that can happen to a whole kiosk, in any order, with the power cut at any moment.

The real loop, core and journal against the house's ILS and pad. When the walk is over everything is
mended, the kiosk starts once more, and journal, ILS and tags must agree.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.central_events import OrderArrived
from kiosk.clock import RELEASE_MS
from kiosk.events import IlsChanged, StopAsked, Touched
from kiosk.session.state import Phase
from tests.journeys.house import BOOKS, READERS, Kiosk, PowerCut, World
from tests.journeys.truth import assert_settled, assert_tags_told
from tests.kiosk.ruling import body, lists
from wire import facts
from wire.faults import number
from wire.orders import Order

BOOK = st.sampled_from(sorted(BOOKS))
BEFORE = {"B002": "R0009", "B006": "R0002"}
LISTS = lists(body("hold", items=("B005",)), body("deny", readers=("R0403",)))


class Walk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.world = World(lent=dict(BEFORE), lists=LISTS, refused={"B004": number("limit_reached")})
        for uid, book in BOOKS.items():
            self.world.secured[uid] = book.item not in BEFORE
        self.orders = 0
        self.start()

    def start(self) -> None:
        self.world.full = False
        self.kiosk = Kiosk(Path(self.folder.name), self.world)
        self.kiosk.boot()

    def happen(self, what: Any, *arguments: Any) -> None:
        """Something happens; where the power goes in it, the kiosk starts again."""
        try:
            what(*arguments)
        except PowerCut:
            self.kiosk.power_off()
            self.start()

    # ------------------------------------------------------------ people
    @rule(card=st.sampled_from([*READERS, "R0403", "R0404"]))
    def show_a_card(self, card: str) -> None:
        self.happen(self.kiosk.card, card)

    @rule(uid=BOOK)
    def move_a_book(self, uid: str) -> None:
        self.happen(self.kiosk.lift if uid in self.world.on_pad else self.kiosk.lay, uid)

    @rule(card=st.sampled_from([*READERS]), uids=st.sets(BOOK, min_size=1, max_size=3))
    def come_for_books(self, card: str, uids: set[str]) -> None:
        """The card, and books that were not there."""
        self.happen(self.kiosk.card, card)
        for uid in sorted(uids - set(self.world.on_pad)):
            self.happen(self.kiosk.lay, uid)

    @rule(uids=st.sets(BOOK, min_size=1, max_size=3))
    def bring_books_back(self, uids: set[str]) -> None:
        """Nobody shows a card."""
        self.go()
        for uid in sorted(uids):
            self.happen(self.kiosk.lay, uid)

    @rule()
    def go(self) -> None:
        self.happen(self.kiosk.happen, Touched("done"))
        self.happen(self.kiosk.lift_all)
        self.happen(self.kiosk.pass_s, 7)

    @rule(seconds=st.sampled_from([1, 7, 46, 120]))
    def wait(self, seconds: int) -> None:
        self.happen(self.kiosk.pass_s, seconds)

    # ------------------------------------------------------------ the ILS
    @rule(mood=st.sampled_from(["well", "well", "silent", "deaf", "late", "slow"]))
    def turn_the_ils(self, mood: str) -> None:
        self.world.silent, self.world.deaf = mood == "silent", mood == "deaf"
        self.world.late = mood == "late"
        self.kiosk.hands.slow = mood == "slow"
        while self.kiosk.hands.held and mood != "slow":
            self.bring_an_answer()

    @rule(
        mood=st.sampled_from(["silent", "deaf", "late"]),
        card=st.sampled_from([*READERS, ""]),
        uids=st.lists(BOOK, min_size=1, max_size=3, unique=True),
        back=st.booleans(),
    )
    def go_on_in_silence(self, mood: str, card: str, uids: list[str], back: bool) -> None:
        """The line is down; somebody borrows, or brings back; perhaps the line comes back at once."""
        self.go()
        self.turn_the_ils(mood)
        self.turn_the_line_to_the_ils(up=False)
        if card:
            self.happen(self.kiosk.card, card)
        for uid in uids:
            self.happen(self.kiosk.lay, uid)
        self.go()
        if back:
            self.turn_the_ils("well")
            self.turn_the_line_to_the_ils(up=True)

    @rule(uid=BOOK)
    def confuse_the_ils(self, uid: str) -> None:
        """It tells contradictory things of a book, or not any more; it takes no-block, or not any more."""
        self.world.unclear ^= {BOOKS[uid].item}
        self.world.no_block = not self.world.no_block

    @rule(up=st.booleans())
    def turn_the_line_to_the_ils(self, up: bool) -> None:
        self.happen(self.kiosk.happen, IlsChanged(up=up))

    @precondition(lambda self: self.kiosk.hands.held)
    @rule()
    def bring_an_answer(self) -> None:
        self.happen(self.kiosk.happen, self.kiosk.hands.held.popleft())

    # ------------------------------------------------------------ what breaks
    @rule(
        what=st.sampled_from(["pad", "pad", "disk", "power", "stop", "clock"]), uid=BOOK, n=st.integers(1, 4)
    )
    def break_something(self, what: str, uid: str, n: int) -> None:
        match what:
            case "pad":
                self.happen(self.kiosk.lose_pad if self.world.pad else self.kiosk.find_pad)
                self.world.unwritable ^= {uid}
            case "disk":
                self.world.full = True
            case "power":
                self.kiosk.hands.cut_at = self.kiosk.hands.done + n
                self.kiosk.hands.cut_after = n % 2 == 0
            case "stop":
                self.kiosk.happen(StopAsked("asked"))
                self.kiosk.power_off()
                self.start()
            case "clock":  # when the ILS is at rest
                self.world.at_work = [(0, doing) for _, doing in self.world.at_work]
                self.kiosk.hands.finish()
                self.world.wall_ms += (n - 2) * 3_600_000

    @rule()
    def order_a_release(self) -> None:
        self.orders += 1
        now = self.world.wall_ms
        order = Order(self.orders, "door.release", now, now + 15_000)
        self.happen(self.kiosk.happen, OrderArrived(order))
        self.happen(self.kiosk.happen, OrderArrived(order))

    # ------------------------------------------------------------ what is promised
    @invariant()
    def time_never_stands_still(self) -> None:
        self.happen(self.kiosk.pass_s, 0.001)
        due = self.kiosk.deadline_ms()
        assert due is None or due > self.world.mono_ms, "the loop would spin"

    def teardown(self) -> None:
        world = self.world
        world.silent = world.deaf = world.late = False
        world.unwritable.clear()
        world.unclear.clear()
        world.wall_ms = max(
            world.wall_ms, RELEASE_MS
        )  # what was by a clock that is not set is not told before
        self.kiosk.power_off()
        world.pad = True
        self.start()
        self.kiosk.pass_s(120)
        kiosk = self.kiosk
        assert kiosk.loop.kiosk.session
        assert kiosk.loop.kiosk.session.phase is Phase.IDLE
        assert (kiosk.loop.kiosk.owed.debts, kiosk.loop.kiosk.owed.asking) == ((), "")
        assert_settled(kiosk, BEFORE)
        assert_tags_told(kiosk)
        answered = Counter(
            f.order for f in kiosk.facts() if isinstance(f, facts.OrderDone | facts.OrderRefused)
        )
        assert not answered or max(answered.values()) == 1
        assert not kiosk.journal.orders_unanswered()
        kiosk.power_off()
        self.folder.cleanup()


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, derandomize=True, database=None
)
