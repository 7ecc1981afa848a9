"""People who become readers at the desk, by their identity card: alone, as a child with a guardian, in vain, twice.

They do what the page says, at their own pace; some walk away in the middle. Who was told nothing, or no, comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from drivers.events import IdCard, IdCardShown
from kiosk.events import Typed
from kiosk.registering.state import Phase
from tests.simulation.people import ID_NUMBER, Visit
from tests.simulation.rules import PIN
from tests.simulation.timeline import MINUTE, SECOND, Script, Verdict

ADULT, CHILD = date(1990, 1, 1), date(2018, 1, 1)
"""When they were born."""
PHONE, WEAK = "13800138000", "111111"
STAYS = 0.97
"""At each page."""
LOOKS = 60
"""At the page, until even the most patient have gone."""
GIVES_UP = 0.1
"""At each look while it is being found out."""


def _identity(number: str, born: date) -> IdCard:
    return IdCard("赵小满", 2, "01", born, "某街 1 号", number, "某局", date(2020, 1, 1), None)


@dataclass(slots=True, eq=False)
class Newcomer:
    """Somebody who wants to be a reader."""

    card: IdCard
    guardian: IdCard | None = None

    @classmethod
    def make(cls, number: int, guardian: str) -> Newcomer:
        """One in five is a child, whom the reader with this card goes along with."""
        text = "110105{:%Y%m%d}" + f"{number:04d}"
        if number % 5:
            return cls(_identity(text.format(ADULT), ADULT))
        return cls(_identity(text.format(CHILD), CHILD), _identity(ID_NUMBER.format(guardian), ADULT))


@dataclass(slots=True)
class Joining(Visit):
    """One attempt, by somebody who is inside already."""

    newcomer: Newcomer = field(kw_only=True)

    def script(self) -> Verdict:
        """True where the page said that they are a reader."""
        machine = self.room.machine
        if machine.desk_taken:
            yield MINUTE
        if machine.desk_taken:
            return False
        machine.desk_taken = True
        joined = yield from self._register()
        machine.desk_taken = False
        return joined

    def _register(self) -> Verdict:
        if self.chance.random() < 0.5:
            self._touch("register")
        else:
            self._lay_card(self.newcomer.card)
        for _ in range(LOOKS):
            yield self.chance.uniform(0.8, 4) * SECOND
            page = self._page()
            if page in JOINED:
                yield from self._go_on()
                return True
            leaves = self.chance.random() > (1 - GIVES_UP if page is Phase.UNSURE else STAYS)
            if page in {Phase.IDLE, Phase.FAILED} or (leaves and page is not Phase.ENTERING):
                self._touch("done")
                return False
            if deed := DEEDS.get(page):
                deed(self)
        return False

    def _go_on(self) -> Script:
        """Most want to borrow at once, and find that they come another day."""
        if self.chance.random() < 0.7:
            self._touch("go_on")
            yield self.chance.uniform(0.5, 4) * SECOND
        self._touch("done")

    # ------------------------------------------------------------ eyes and fingers
    def _page(self) -> Phase:
        run = self.room.machine.run
        registering = run.loop.kiosk.registering if run else None
        return registering.phase if registering else Phase.IDLE

    def _lay_card(self, card: IdCard) -> None:
        run = self.room.machine.run
        if run is not None and "id_card" not in self.room.machine.unplugged:
            run.post(IdCardShown("id_card", card))

    def _lay_own(self) -> None:
        self._lay_card(self.newcomer.card)

    def _lay_guardians(self) -> None:
        self._lay_card(self.newcomer.guardian or self.newcomer.card)

    def _type(self, purpose: str, text: str) -> None:
        run = self.room.machine.run
        if run is not None:
            run.post(Typed(purpose, text))  # type: ignore[arg-type]  # one of two

    def _type_pin(self) -> None:
        self._type("pin", WEAK if self.chance.random() < 0.1 else PIN)

    def _type_phone(self) -> None:
        self._type("phone", PHONE)


JOINED = frozenset({Phase.DONE, Phase.KNOWN})
"""Pages that say of somebody that they are a reader."""
DEEDS: Mapping[Phase, Callable[[Joining], None]] = {
    Phase.OFFERED: lambda one: one._touch("register"),
    Phase.AWAITING: Joining._lay_own,
    Phase.GUARDIAN: Joining._lay_guardians,
    Phase.TERMS: lambda one: one._touch("agree"),
    Phase.PHONE: Joining._type_phone,
    Phase.PIN: Joining._type_pin,
    Phase.PIN_AGAIN: Joining._type_pin,
}
"""What a page asks for. On the others one waits."""
