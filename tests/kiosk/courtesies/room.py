"""A whole kiosk with a printer and a voice: what was printed and said is kept, the paper is ours to take away."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from drivers.errors import Gone
from drivers.events import DeviceBack, PaperSensed, Printed
from kiosk import reporting
from kiosk.courtesies.state import Courtesies
from kiosk.courtesy_effects import Print, Say
from kiosk.effects import AnyEffect
from kiosk.events import AnyEvent, Touched
from kiosk.fittings import Fitting, Fittings
from kiosk.screen.page import Page
from kiosk.screen.settings import Settings
from kiosk.screen.view import view
from kiosk.screen.words import texts
from tests.journeys import house
from wire.facts import AnyFact, kind_of

FITTED = Fittings({**house.DEVICES.by_name, "printer": Fitting("printer"), "voice": Fitting("voice")})
SETTINGS = Settings(
    host="127.0.0.1",
    port=0,
    languages=("zh-CN", "en"),
    title="石桥书屋",
    warn_ms=20_000,
    phone="0724-233",
    offers=frozenset({"print", "scan", "help", "survey"}),
)


class Hands(house.Hands):
    """A printer that answers at once, or says that it is out of paper and keeps the slip."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.printed: list[Print] = []
        self.said: list[str] = []
        self.waiting: list[str] = []
        self.paper = True

    def do(self, effect: AnyEffect) -> None:
        if isinstance(effect, Say):
            self.said.append(effect.prompt)
        super().do(effect)

    def _act(self, effect: AnyEffect) -> AnyEvent | None:
        match effect:
            case Print(job=job):
                self.printed.append(effect)
                if self.paper:
                    return Printed("printer", job)
                self.waiting.append(job)
                return PaperSensed("printer", "out")
        return super()._act(effect)


class Kiosk(house.Kiosk):
    hands_of = Hands
    hands: Hands

    def touch(self, action: str, about: str = "") -> None:
        self.happen(Touched(action, about))  # type: ignore[arg-type]  # one that is tried

    @property
    def held(self) -> Courtesies:
        return self.loop.kiosk.courtesies

    def page(self, place: str = "desk") -> Page:
        seen = reporting.snapshot(self.loop.kiosk, self.clock.now())
        return view(place, seen, texts("zh-CN"), SETTINGS)  # type: ignore[arg-type]  # one of two

    def speak(self, level: str) -> None:
        """The voice's level from now on."""
        object.__setattr__(self.rules, "desk", replace(self.rules.desk, voice=level))

    def recorded(self, *kinds: str) -> list[AnyFact]:
        """The facts of these kinds, in order."""
        return [fact for fact in self.facts() if kind_of(fact) in kinds]

    def give_up(self) -> None:
        """The printer gives up what waits for paper."""
        for job in self.hands.waiting:
            self.happen(Printed("printer", job, Gone("the paper is out")))
        self.hands.waiting.clear()


def kiosk(folder: Path) -> Kiosk:
    """Up, with all its devices."""
    made = Kiosk(folder, house.World(fittings=FITTED))
    made.boot_and_settle()
    made.happen(DeviceBack("printer", "printer"))
    made.happen(DeviceBack("voice", "voice"))
    return made
