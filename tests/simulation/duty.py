"""Staff at the machine: in by card and PIN, what they do there, and out, or simply away.

A sign that is put up is taken down within the hour, whatever became of the power meanwhile: whoever put it up comes
back until it is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.events import CardShown
from kiosk.events import Typed
from kiosk.service.state import Phase, Service
from tests.simulation.people import Visit
from tests.simulation.pins import PIN
from tests.simulation.timeline import MINUTE, SECOND, Script, Verdict

WRONG = "482931"
ACTS = ("box_emptied", "box_emptied", "paper_changed", "sign_on", "nobody_inside", "restart")
"""What they came for, in the same proportion."""
TWICE = frozenset({"restart"})
"""A second touch does it."""


@dataclass(slots=True)
class Duty(Visit):
    """One of the staff; they have a key, where the door does not open."""

    calm: Callable[[], bool] = lambda: False
    """The day is over: whatever is to be done is done now."""

    def script(self) -> Verdict:
        """From the door to the door; True where it opened."""
        self.person.busy = True
        machine = self.room.machine
        inside = False
        if machine.room and self.chance.random() < 0.5:
            inside = yield from self._come_in()
        act = self.chance.choice(ACTS)
        yield from self._serve(act)
        if act == "sign_on":
            yield from self._take_down_the_sign()
        if inside:
            yield from self._go_out()
        self.person.busy = False
        return inside

    def _serve(self, act: str) -> Script:
        """In, one act, out; some walk away from the open machine."""
        machine = self.room.machine
        for _ in range(20):
            if not machine.desk_taken or self.chance.random() < 0.1:
                break
            yield 5 * SECOND
        yield from self._enter()
        if not self._is_inside():
            return
        for _ in range(2 if act in TWICE else 1):
            self._touch("service", act)
            yield self.chance.uniform(0.5, 10) * SECOND
        if self.chance.random() < 0.8:
            self._touch("done")

    def _enter(self) -> Script:
        self._show_card("scanner")
        for _ in range(3):
            yield self.chance.uniform(0.5, 8) * SECOND
            self._type(WRONG if self.chance.random() < 0.15 else PIN)
            yield SECOND
            if self._is_inside():
                return

    def _take_down_the_sign(self) -> Script:
        """A machine that has lost its disk forgets the sign until it is mended: they come back."""
        for _ in range(self.chance.randint(5, 40)):
            if self.calm():
                break
            yield MINUTE
        while True:
            yield from self._serve("sign_off")
            service = self._service()
            if service is not None and not service.sign and self.room.machine.disk.writable:
                return
            yield MINUTE

    # ------------------------------------------------------------ eyes and fingers
    def _service(self) -> Service | None:
        run = self.room.machine.run
        return run.loop.kiosk.service if run else None

    def _is_inside(self) -> bool:
        service = self._service()
        return service is not None and service.phase is Phase.MENU

    def _type(self, pin: str) -> None:
        run = self.room.machine.run
        if run is not None:
            run.post(Typed("service", pin))

    def _show_card(self, device: str) -> None:
        run = self.room.machine.run
        if run is not None and device not in self.room.machine.unplugged:
            run.post(CardShown(device, self.person.card, "card"))
