"""A desk to play with: the real table, a clock that is moved by hand, everything that it asked for."""

from __future__ import annotations

from typing import TypeVar

from drivers.errors import Gone
from drivers.events import (
    CardShown,
    DeviceBack,
    PadSettled,
    TagContent,
    TagGone,
    TagSeen,
    TagSensed,
    TagWritten,
)
from kiosk import config
from kiosk.clock import Now
from kiosk.effects import AnyEffect, AskItem, AskLoan, AskReader, AskReturn, Record, SenseTag, WriteTag
from kiosk.events import (
    AnyEvent,
    IlsSilent,
    Item,
    ItemAnswered,
    LoanAnswered,
    Reader,
    ReaderAnswered,
    ReturnAnswered,
    ServingChanged,
    Ticked,
)
from kiosk.knowledge import Lists
from kiosk.session import table
from kiosk.session.moves import deadline_ms
from kiosk.session.state import Line, Phase, Session
from kiosk.session.surroundings import Surroundings
from tests.kiosk.ruling import rule
from wire.facts import Fact, SessionClosed

LI = Reader("R0001", "a" * 32, "李明", "adult")
WANG = Reader("R0002", "b" * 32, "王芳", "adult")

E = TypeVar("E", bound=AnyEffect)


class Desk:
    def __init__(self) -> None:
        self.now = Now(1_790_000_000_000, 1_000_000)
        self.rules = config.Desk()
        self.session = Session(run="0badcafe", quiet_until_ms=self.now.mono_ms)
        self.effects: list[AnyEffect] = []
        self.known: tuple[Reader, ...] = ()
        """Readers whom the ILS has called good."""
        self.lists = Lists()
        self.more: dict[str, object] = {}
        """Other fields of the rule."""

    # ------------------------------------------------------------ what happens
    def happen(self, event: AnyEvent) -> list[AnyEffect]:
        self.session, effects = table.step(self.session, event, self.around)
        self.effects += effects
        return list(effects)

    def pass_s(self, seconds: float) -> None:
        """Time passes; the table is told whenever it asked to be."""
        end = self.now.mono_ms + int(seconds * 1000)
        while (due := deadline_ms(self.session, self.now, self.rules)) is not None and due <= end:
            self._at(max(due, self.now.mono_ms))
            before = self.session
            self.happen(Ticked())
            if self.session == before and due == deadline_ms(self.session, self.now, self.rules):
                break
        self._at(end)

    def _at(self, mono_ms: int) -> None:
        self.now = Now(self.now.wall_ms + mono_ms - self.now.mono_ms, mono_ms)

    def card(self, reader: Reader) -> None:
        self.happen(CardShown("scanner", reader.card, "card"))

    def know(self, reader: Reader) -> None:
        self.happen(ReaderAnswered(self.last(AskReader).ask, reader))

    def refuse_card(self, fault: int) -> None:
        self.happen(ReaderAnswered(self.last(AskReader).ask, None, fault))

    def greet(self, reader: Reader = LI) -> None:
        self.card(reader)
        self.know(reader)

    def lay(self, uid: str, item: str | None = None, part: int = 1, parts: int = 1) -> None:
        content = TagContent(item, parts=parts, part=part) if item else None
        self.happen(TagSeen("pad", uid, content))

    def lift(self, uid: str) -> None:
        self.happen(TagGone("pad", uid))

    def starts(self) -> None:
        """As after the program's start: the pad has not been heard of yet."""
        self.session = Session(Phase.OUT_OF_ORDER, serving=False, run=self.session.run)

    def lose_pad(self) -> None:
        """What the station makes of it."""
        self.happen(ServingChanged(serving=False))

    def find_pad(self) -> None:
        self.happen(DeviceBack("pad", "FEIG"))
        self.happen(ServingChanged(serving=True))

    def settle_pad(self) -> None:
        """It has told of all that lies there."""
        self.happen(PadSettled("pad"))

    def answer_item(self, *, on_loan: bool, title: str = "活着") -> None:
        ask = self.last(AskItem)
        self.happen(ItemAnswered(ask.ask, Item(ask.item, title, on_loan)))

    def answer_loan(self, fault: int | None = None) -> None:
        self.happen(LoanAnswered(self.last(AskLoan).txn, fault, "活着", "I247.57/123", "2026-12-22"))

    def answer_return(self, fault: int | None = None) -> None:
        self.happen(ReturnAnswered(self.last(AskReturn).txn, fault, "活着", "I247.57/123"))

    def ils_silent(self, txn: str = "", ask: int = 0) -> None:
        self.happen(IlsSilent(ask, txn))

    def tag_sensed(self, secured: bool | None) -> None:
        """The last tag that was asked says what it is."""
        self.happen(TagSensed("pad", self.last(SenseTag).uid, secured))

    def tag_written(self, *, ok: bool = True) -> None:
        self.written(self.last(WriteTag), ok=ok)

    def written(self, write: WriteTag, *, ok: bool = True) -> None:
        self.happen(TagWritten("pad", write.uid, write.secured, None if ok else Gone("no tag")))

    # ------------------------------------------------------------ what is asked of it
    @property
    def around(self) -> Surroundings:
        return Surroundings(
            self.now, self.rules, rule(self.now, known=self.known, lists=self.lists, **self.more)
        )

    def last(self, kind: type[E]) -> E:
        return [effect for effect in self.effects if isinstance(effect, kind)][-1]

    def asked(self, kind: type[E]) -> list[E]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def facts(self) -> list[Fact]:
        return [effect.fact for effect in self.effects if isinstance(effect, Record)]

    def kinds(self) -> list[str]:
        return [str(type(fact).__struct_config__.tag) for fact in self.facts()]

    def closed(self) -> SessionClosed:
        """The one session that was closed."""
        (fact,) = [fact for fact in self.facts() if isinstance(fact, SessionClosed)]
        return fact

    def line(self) -> Line:
        (line,) = self.session.lines
        return line
