"""What a board's inputs and relays say of the door. Pure: images in, `now` is an argument.

released   by the first line that applies
powered is wired                    not powered
bolted, and the bolt is home        no
bolted, not home, the leaf shut     yes
otherwise                           release relay on, or fire, or exit, or heartbeat relay off
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.counter.modbus.totals import Total
from drivers.door.board.settings import BoardSettings
from drivers.modbus.points import Contact, Image, Settled


@dataclass(frozen=True, slots=True)
class Shown:
    """The door at one look."""

    open: bool
    exit: bool
    fire: bool
    powered: bool | None
    """None: not wired."""
    bolted: bool | None
    releasing: bool | None
    """The release relay is on; None: cannot be read back."""
    beating: bool | None
    """The heartbeat relay is on; None: there is none, or it cannot be read back."""
    openings: int | None
    """None: the board does not count."""

    @property
    def quiet(self) -> bool:
        """Neither fire nor exit: what gives the lock power may be written."""
        return not (self.fire or self.exit)

    @property
    def released(self) -> bool:
        """The lock has no power, or does not hold."""
        if self.powered is not None:
            return not self.powered
        if self.bolted:
            return False
        if self.bolted is False and not self.open:
            return True
        return bool(self.releasing) or not self.quiet or self.beating is False

    def obeys(self, *, released: bool) -> bool:
        """Whether relay and lock show that they did as told. Fire and exit hold it released all the same."""
        if self.releasing is not None and self.releasing != released:
            return False
        return not (released and (self.powered or (self.bolted and not self.open)))


class Senses:
    """The contacts without their bounces. Fire and exit are believed at once, their end is not."""

    def __init__(self, settings: BoardSettings, openings: Total | None) -> None:
        """`openings`: counted on from connection to connection, where the board counts."""
        self._settings = settings
        self._openings = openings
        self._settled: dict[str, Settled] = {}

    def show(self, image: Image, now: float) -> Shown:
        """The door as this look shows it."""
        settings = self._settings
        counter, beat = settings.openings, settings.heartbeat
        counted = self._openings.take(int(counter.value(image))).total if counter and self._openings else None
        return Shown(
            open=self._state("open", settings.open, image, now),
            exit=self._state("exit", settings.exit, image, now, at_once=True),
            fire=self._state("fire", settings.fire, image, now, at_once=True),
            powered=self._perhaps("powered", settings.powered, image, now),
            bolted=self._perhaps("bolted", settings.bolted, image, now),
            releasing=settings.release.shows(image),
            beating=beat.shows(image) if beat and beat.timer else None,
            openings=counted,
        )

    def _state(
        self, name: str, contact: Contact, image: Image, now: float, *, at_once: bool | None = None
    ) -> bool:
        settled = self._settled.setdefault(name, Settled(contact.debounce_ms, at_once))
        return settled.feed(contact.sense(image), now)

    def _perhaps(self, name: str, contact: Contact | None, image: Image, now: float) -> bool | None:
        return None if contact is None else self._state(name, contact, image, now)
