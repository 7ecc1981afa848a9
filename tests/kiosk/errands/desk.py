"""An errand to play with: the real table beside a session that is set by hand, and everything that it asked for."""

from __future__ import annotations

from typing import TypeVar

from kiosk import config
from kiosk.clock import Now
from kiosk.effects import AnyEffect, Record
from kiosk.errand_effects import AskAccount, AskCopy, AskHold, AskPinChange, AskRenewal
from kiosk.errand_events import (
    Account,
    AccountAnswered,
    Charge,
    CopyAnswered,
    Hold,
    HoldAnswered,
    PinChanged,
    RenewalAnswered,
)
from kiosk.errands import table
from kiosk.errands.state import Errand
from kiosk.errands.surroundings import Surroundings
from kiosk.events import Action, AnyEvent, Reader, Ticked, Touched, Typed
from kiosk.session.state import Phase, Session
from wire.facts import Fact

LI = Reader("R0001", "a" * 32, "李明", "adult")
WANG = Reader("R0002", "b" * 32, "王芳", "adult")
ALL = frozenset({"63", "17", "29", "65", "15", "81"})
ACCOUNT = Account((Charge("B001"), Charge("B002", overdue=True)), (Hold("活着", ready=True, item="B009"),))

E = TypeVar("E", bound=AnyEffect)


class Desk:
    def __init__(self) -> None:
        self.now = Now(1_790_000_000_000, 1_000_000)
        self.rules = config.Desk()
        self.session = Session(run="0badcafe")
        self.takes = ALL
        self.errand = Errand()
        self.effects: list[AnyEffect] = []

    def happen(self, event: AnyEvent) -> list[AnyEffect]:
        around = Surroundings(self.now, self.rules, self.session, self.takes)
        self.errand, effects = table.step(self.errand, event, around)
        self.effects += effects
        return list(effects)

    def greet(self, reader: Reader = LI) -> list[AnyEffect]:
        return self.turn(Phase.IDENTIFIED, reader)

    def turn(self, phase: Phase, reader: Reader | None = None, *stale: str) -> list[AnyEffect]:
        """The session is in this phase now."""
        self.session = Session(phase, reader, run="0badcafe", stale=frozenset(stale))
        return self.happen(Ticked())

    def leave(self) -> None:
        self.turn(Phase.IDLE)

    def touch(self, action: Action, about: str = "") -> list[AnyEffect]:
        return self.happen(Touched(action, about))

    def type(self, text: str) -> list[AnyEffect]:
        return self.happen(Typed("pin", text))

    def pass_s(self, seconds: float) -> None:
        ms = int(seconds * 1000)
        self.now = Now(self.now.wall_ms + ms, self.now.mono_ms + ms)
        self.happen(Ticked())

    # ------------------------------------------------------------ the library system
    def account(self, account: Account | None = ACCOUNT, fault: int | None = None) -> None:
        self.happen(AccountAnswered(self.last(AskAccount).ask, account, fault))

    def copies(self, due: str = "2026-12-20") -> None:
        """Every book that is asked about is told, until none is."""
        told = 0
        while len(asked := self.asked(AskCopy)) > told:
            told = len(asked)
            self.happen(CopyAnswered(asked[-1].ask, asked[-1].item, f"《{asked[-1].item}》", due))

    def renewal(self, fault: int | None = None) -> None:
        asked = self.last(AskRenewal)
        self.happen(RenewalAnswered(asked.txn, fault, due="" if fault else "2027-01-20"))

    def hold(self, fault: int | None = None) -> None:
        self.happen(HoldAnswered(self.last(AskHold).txn, fault, "活着", position=2, place="石桥"))

    def pin(self, fault: int | None = None) -> None:
        self.happen(PinChanged(self.last(AskPinChange).txn, fault))

    def change_pin(self, fault: int | None = None, old: str = "111111") -> None:
        """The three lines, and the answer."""
        for text in (old, "271828", "271828"):
            self.type(text)
        self.pin(fault)

    # ------------------------------------------------------------ what came of it
    def last(self, kind: type[E]) -> E:
        return self.asked(kind)[-1]

    def asked(self, kind: type[E]) -> list[E]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def facts(self) -> list[Fact]:
        return [effect.fact for effect in self.asked(Record)]
