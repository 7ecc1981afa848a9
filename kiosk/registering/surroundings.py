"""What a move of a registration may know besides the registration itself, and what it gives back."""

from __future__ import annotations

from datetime import UTC, date, datetime

from msgspec import Struct

from drivers.events import CardShown
from kiosk import config
from kiosk.effects import AnyEffect
from kiosk.registering.state import Registering, age
from kiosk.rule import Rule
from kiosk.session.state import Phase, Session

READING = 3
"""Times the idle time for the terms: who reads does not touch."""


class SignIn(Struct, frozen=True):
    """The session gets this card, as if it were shown at this moment."""

    card: CardShown


class Surroundings(Struct, frozen=True):
    """The branch's settings, what the kiosk judges by, and the session, as it is after this event."""

    settings: config.Registration
    rule: Rule
    session: Session
    takes: frozenset[str]
    """Identifiers of the requests that the ILS answers."""

    @property
    def mono_ms(self) -> int:
        return self.rule.now.mono_ms

    @property
    def today(self) -> date:
        """Civil date here, by central's time as well as it is known."""
        time_ms = self.rule.memory.time_ms(self.rule.now)
        return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone().date()

    def possible(self) -> bool:
        """The ILS is there and takes registrations, the journal has room, and the date is known."""
        rule = self.rule
        return rule.ils_up and "81" in self.takes and rule.station.lending and rule.memory.clock_set(rule.now)

    def free(self) -> bool:
        """Nobody is signed in, or about to be."""
        return self.session.phase in {Phase.IDLE, Phase.OPEN}

    def is_child(self, born: date) -> bool:
        """Whether the branch wants a guardian beside somebody of this age."""
        return age(born, self.today) < self.settings.guardian_below

    def type_of(self, born: date) -> str:
        """The reader type by age; empty: the ILS chooses."""
        years = age(born, self.today)
        fitting = [kind for kind in self.settings.types if kind.from_age <= years]
        return max(fitting, key=lambda kind: kind.from_age).id if fitting else ""

    def is_owed(self, number: str) -> bool:
        """Whether a registration of theirs is unclear since before."""
        reader = self.rule.named(number)
        return any(debt.kind == "register" and debt.reader == reader for debt in self.rule.owed.debts)

    def idle_end_ms(self, times: int = 1) -> int:
        return self.mono_ms + int(self.settings.idle_s * 1000) * times


Effects = tuple[AnyEffect | SignIn, ...]
Stepped = tuple[Registering, Effects]
