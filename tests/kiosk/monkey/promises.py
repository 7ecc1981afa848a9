"""What must be so at every kiosk: after each effect, after each step, and when all has come to rest."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from kiosk.ease import ALL_NOBODYS
from kiosk.effects import AnyEffect, AskLoan, AskReturn, ClearFault, RaiseFault, Record
from kiosk.receipt import masked
from kiosk.registering.state import Phase as Registering
from kiosk.screen.page import Page
from kiosk.service.state import Phase as Service
from kiosk.session.state import Phase, Step
from kiosk.whole import Kiosk
from tests.kiosk.monkey.events import PHONE, PINS
from tests.kiosk.monkey.shapes import CARD, NAME, SECRET
from wire import facts
from wire.envelope import decode_fact, encode_fact
from wire.faults import number

ASKED = (facts.LoanAsked, facts.ReturnAsked, facts.RegisterAsked)
FIRST = (
    *(facts.LoanMade, facts.LoanRefused, facts.LoanRenewed, facts.LoanOwed, facts.LoanGranted),
    *(facts.ReturnMade, facts.ReturnRefused, facts.ReturnOwed, facts.ReturnTaken),
    *(facts.ReaderRegistered, facts.RegisterRefused, facts.RegisterOwed),
)
"""What may come of an intent; what is owed has another end later."""
THEIRS = (facts.LoanMade, facts.LoanGranted, facts.LoanRenewed)
SAYS_LENT = {Step.LENT, Step.CLEARED, Step.READ_HERE}
PAIRS = (
    (facts.SessionOpened, facts.SessionClosed),
    (facts.HelpCalled, facts.HelpEnded),
    (facts.ServiceEntered, facts.ServiceLeft),
)
KEPT = ("owed", "payments", "lists", "errand.under_way", "errand.wish", "courtesies.call", "room")
"""Where somebody's card, title or name outlives their visit: until an answer is in, a wish lapses or a call is over."""


class Promises:
    def __init__(self) -> None:
        self.told: Counter[type] = Counter()
        self._open: dict[str, facts.Fact] = {}
        """Intents without any outcome."""
        self._intents: set[str] = set()
        self._lent: set[str] = set()

    def effect(self, effect: AnyEffect) -> None:
        """An intent stands before its question, and a fact is what central reads."""
        assert not isinstance(effect, RaiseFault | ClearFault), "the station makes facts of wishes"
        if isinstance(effect, AskLoan | AskReturn):
            assert effect.txn in self._intents, "asked without an intent"
        if isinstance(effect, Record):
            self._fact(effect.fact)

    def _fact(self, fact: facts.Fact) -> None:
        octets = encode_fact(fact)
        assert decode_fact(octets) == fact
        shown = msgspec.json.decode(octets)
        texts = {key: value for key, value in shown.items() if key not in {"txn", "title", "call_number"}}
        assert not _secret(str(texts)), f"a fact tells who: {fact}"
        self.told[type(fact)] += 1
        if isinstance(fact, ASKED):
            assert fact.txn not in self._intents, "one name, two questions"
            self._intents.add(fact.txn)
            self._open[fact.txn] = fact
        elif isinstance(fact, FIRST):
            self._open.pop(fact.txn, None)
        if isinstance(fact, THEIRS) or (
            isinstance(fact, facts.LoanRefused) and fact.fault == number("already_yours")
        ):
            self._lent.add(fact.txn)

    def step(self, before: Kiosk, kiosk: Kiosk) -> None:
        """Nothing is called lent that is not, nobody waits without an end, and who has gone has left nothing."""
        session, service, registering = kiosk.session, kiosk.service, kiosk.registering
        assert service.phase in {Service.OFF, Service.CHECKING} or service.end_at_ms is not None
        if registering and registering.phase not in {
            *(Registering.IDLE, Registering.ENTERING, Registering.LOOKING_UP)
        }:
            assert registering.end_at_ms is not None, registering.phase
        if session is None or before.session is None:
            return
        assert session.phase not in {Phase.OPEN, Phase.IDENTIFIED} or session.end_at_ms is not None
        assert all(line.txn in self._lent for line in session.lines if line.step in SAYS_LENT)
        worn = [tag.uid for line in session.lines for tag in line.tags]
        assert len(worn) == len(set(worn)), "one tag, two books"
        if session.phase is Phase.IDLE and before.session.phase is not Phase.IDLE:
            self.nobody(kiosk)

    def page(self, page: Page) -> None:
        """Each number of a fault has its words, and nobody's number or name is told to all."""
        assert not page.code or (page.heading and page.advice), page
        for row in (*page.rows, *(row for section in page.sections for row in section.rows)):
            assert not row.code or row.note, row
        assert all(button.words for button in page.buttons), page
        assert not any(name in page.said for name in (NAME, masked(NAME))), page.said
        unnamed = replace(page, help=None, rows=tuple(replace(row, key="") for row in page.rows))
        shown = str(msgspec.to_builtins(unnamed))
        assert CARD not in shown, page
        assert page.layout != "welcome" or SECRET not in shown, page

    def nobody(self, kiosk: Kiosk) -> None:
        """Whoever was at the desk: their card, name, titles, telephone and PIN are not here any more."""
        staffs = kiosk.service.phase is not Service.OFF
        registers = kiosk.registering is not None and kiosk.registering.phase is not Registering.IDLE
        apart = (*KEPT, *["service"] * staffs, *["registering"] * registers)
        for path, text in _texts(kiosk, ""):
            assert path.startswith(apart) or not _secret(text), path

    def rest(self, kiosk: Kiosk) -> None:
        """Time alone has ended everything."""
        session = kiosk.session
        if session is not None:
            at_rest = Phase.IDLE if kiosk.station.serving else Phase.OUT_OF_ORDER
            assert (session.phase, session.reader, session.lines, session.card) == (at_rest, None, (), "")
        assert kiosk.registering is None or kiosk.registering.phase is Registering.IDLE
        assert kiosk.service.phase is Service.OFF
        assert (kiosk.courtesies.call, kiosk.courtesies.parting.until_ms) == (None, None)
        assert kiosk.eases == ALL_NOBODYS
        assert not kiosk.errand.under_way
        assert not self._open, "intents without an outcome"
        assert all(self.told[begun] == self.told[ended] for begun, ended in PAIRS), self.told
        self.nobody(kiosk)


def _secret(text: str) -> bool:
    return SECRET in text or any(typed in text for typed in (PHONE, *PINS))


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a value, and where it stands."""
    if isinstance(value, str):
        yield path.removeprefix("."), value
    elif isinstance(value, Mapping):
        yield from _texts((*value, *value.values()), path)
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _texts(one, path)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name), f"{path}.{name}")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name), f"{path}.{field.name}")
