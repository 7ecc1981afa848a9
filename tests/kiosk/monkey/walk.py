"""One kiosk, one seed: steps, answers, time, and then nobody any more."""

from __future__ import annotations

from collections import deque
from random import Random

from kiosk import core
from kiosk.clock import Now
from kiosk.effects import AnyEffect, EndProgram, Record, Remember, TakeOrder
from kiosk.events import AnyEvent, StopAsked, Ticked
from kiosk.reporting import snapshot
from kiosk.screen.draw import Draw
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from tests.kiosk.monkey import shapes
from tests.kiosk.monkey.answers import Answers, How
from tests.kiosk.monkey.events import Events
from tests.kiosk.monkey.promises import Promises

WAITS_MS = (10, 500, 1500, 10_000, 30_000, 400_000)
AT_REST_MS = 620_000
"""Longer than anything at a desk may wait for a person: terms read in elder mode, and what follows."""
HOWS: tuple[How, ...] = ("well", "well", "well", "badly", "silence")
SAME_MOMENT = 12
"""Ticks after which a moment has nothing more to end."""


class Walk:
    def __init__(self, seed: int, name: str = "") -> None:
        self.chance = chance = Random(seed)
        self.shape = shapes.SHAPES[name or chance.choice(tuple(shapes.SHAPES))]
        self.rules = shapes.rules(self.shape, chance)
        self.kiosk = shapes.kiosk(self.shape, chance)
        self.now = Now(1_795_000_000_000, 1_000_000)
        self.last: deque[AnyEvent] = deque(maxlen=12)
        """What happened last: for who looks for the cause."""
        self._promptness = chance.choice((0.05, 0.2, 0.5))
        """How soon an answer comes, this time."""
        self._asked: deque[AnyEffect] = deque()
        self._answered: deque[AnyEvent] = deque(maxlen=50)
        self._events, self._answers = Events(self.shape, chance), Answers(chance)
        self._promises, self._hands = Promises(), shapes.hands(self.shape)
        self._settings = shapes.screen(self.shape, self.rules)
        self._draw = Draw(self._settings)

    def go(self, steps: int) -> None:
        """So many steps, and then the end of the program, or nobody any more."""
        for _ in range(steps):
            self._next()
        self.step(StopAsked("asked")) if self.chance.random() < 0.1 else self.rest()

    def rest(self) -> None:
        """Nobody does anything any more; what was asked is answered."""
        end_ms = self.now.mono_ms + AT_REST_MS
        while self.now.mono_ms < end_ms or self._asked:
            while self._asked:
                self.step(self._answers.to(self._asked.popleft(), self.chance.choice(("badly", "silence"))))
            if self.now.mono_ms < end_ms:
                self.pass_ms(20_000)
        self._promises.rest(self.kiosk)

    def _next(self) -> None:
        roll = self.chance.random()
        if self._asked and roll < self._promptness:
            self._answered.append(self._answers.to(self._asked.popleft(), self.chance.choice(HOWS)))
            self.step(self._answered[-1])
        elif self._answered and roll > 0.95:
            self.step(self.chance.choice(self._answered))  # once more, or too late
        elif roll > 0.89:
            self.pass_ms(self.chance.choice(WAITS_MS))
        else:
            self.step(self._events.next(self.kiosk, self.now.mono_ms))

    def pass_ms(self, ms: int) -> None:
        """Time passes; the tables are told whenever they asked to be, and each moment comes to an end."""
        end_ms, ticks = self.now.mono_ms + ms, 0
        while (due_ms := core.deadline_ms(self.kiosk, self.now, self.rules)) is not None and due_ms <= end_ms:
            ticks = 0 if due_ms > self.now.mono_ms else ticks + 1
            assert ticks < SAME_MOMENT, "it asks to be told for ever"
            self._at(max(due_ms, self.now.mono_ms))
            self.step(Ticked())
        self._at(end_ms)

    def _at(self, mono_ms: int) -> None:
        self.now = Now(self.now.wall_ms + mono_ms - self.now.mono_ms, mono_ms)

    def step(self, event: AnyEvent) -> None:
        """One event, and a look at everything."""
        before = self.kiosk
        self.last.append(event)
        self.kiosk, effects = core.step(before, event, self.now, self.rules)
        for effect in effects:
            self._promises.effect(effect)
            if not isinstance(effect, Record | Remember | TakeOrder | EndProgram):
                self._hands.do(effect)
                self._asked.append(effect)
        self._promises.step(before, self.kiosk)
        if self.chance.random() < 0.1:
            self._look()

    def _look(self) -> None:
        """Both screens, in one of their languages."""
        shown, language = snapshot(self.kiosk, self.now), self.chance.choice(LANGUAGES)
        for place in ("desk", "door"):
            page = view(place, shown, texts(language), self._settings)
            self._promises.page(page)
            if self.chance.random() < 0.1:
                assert self._draw.fragment(page)
