"""How whoever stands at a screen wants to be served: in which language, and what makes it easier. Pure.

A choice is made by touch, or comes with the reader's type (`screen.reader_types`). It is made for one place, holds until
whoever made it has gone, and is forgotten after `CHOICE_MS` at a screen that serves nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from kiosk import config
from kiosk.clock import Now
from kiosk.courtesies.state import Courtesies
from kiosk.effects import Place
from kiosk.events import AnyEvent, LanguageChosen, Mode, ModeSwitched
from kiosk.registering.state import Registering
from kiosk.room.settings import Room as RoomSettings
from kiosk.room.state import Phase as RoomPhase
from kiosk.room.state import Room
from kiosk.session.state import Phase, Session

PLACES: tuple[Place, ...] = get_args(Place)
CHOICE_MS = 60_000
"""Somebody who chose and walked on without showing a card."""
SLOWER = 2
"""In elder mode all that ends by itself takes this many times longer."""
SEEN = frozenset({"idle_s", "warn_s", "notice_s", "refuse_s", "answer_s"})
"""Settings that say how long readers may take."""
CHOICES = frozenset({LanguageChosen, ModeSwitched})
"""While nobody has chosen anything, and nobody comes or goes at the desk, other events change nothing."""

ReaderTypes = Mapping[str, tuple[Mode, ...]]
"""Name of a reader type, as the library system has it → what is switched on for its readers."""


class Serving(Protocol):
    """Whom the kiosk serves; the kiosk itself, or a snapshot of it."""

    @property
    def session(self) -> Session | None: ...

    @property
    def room(self) -> Room | None: ...

    @property
    def courtesies(self) -> Courtesies: ...

    @property
    def registering(self) -> Registering | None: ...


class Ease(Struct, frozen=True):
    """What was chosen at one place."""

    language: str = ""
    """BCP 47; empty: the branch's first."""
    modes: frozenset[Mode] = frozenset()
    chosen_ms: int = 0
    """Monotonic."""

    @property
    def pace(self) -> int:
        """How many times longer than usual everything waits."""
        return SLOWER if "elder" in self.modes else 1


NOBODYS = Ease()


class Eases(Struct, frozen=True):
    """The choices at each place."""

    desk: Ease = NOBODYS
    door: Ease = NOBODYS

    def at(self, place: Place) -> Ease:
        return self.desk if place == "desk" else self.door


ALL_NOBODYS = Eases()


def step(
    eases: Eases, event: AnyEvent, before: Serving, after: Serving, now: Now, types: ReaderTypes
) -> Eases:
    """The choices after `event`, which has led from `before` to `after`; themselves where nothing is new."""
    desk = _at("desk", eases.desk, event, before, after, now)
    door = _at("door", eases.door, event, before, after, now)
    if wanted := _by_card(before.session, after.session, types):
        desk = replace(desk, modes=desk.modes | wanted)
    if desk is eases.desk and door is eases.door:
        return eases
    return Eases(desk, door)


def deadline_ms(eases: Eases, kiosk: Serving) -> int | None:
    """When a choice is forgotten; None: there is none, or its maker is being served."""
    if eases == ALL_NOBODYS:
        return None
    idle = [eases.at(place) for place in PLACES if not engaged(place, kiosk)]
    return min((_forgotten_ms(ease) for ease in idle if ease != NOBODYS), default=None)


def _at(place: Place, ease: Ease, event: AnyEvent, before: Serving, after: Serving, now: Now) -> Ease:
    if ease != NOBODYS and left(place, before, after):
        ease = NOBODYS
    match event:
        case LanguageChosen(place=where, language=language) if where == place:
            return replace(ease, language=language, chosen_ms=now.mono_ms)
        case ModeSwitched(place=where, mode=mode, on=on) if where == place:
            modes = ease.modes | {mode} if on else ease.modes - {mode}
            return replace(ease, modes=modes, chosen_ms=now.mono_ms)
    if ease != NOBODYS and not engaged(place, after) and now.mono_ms >= _forgotten_ms(ease):
        return NOBODYS
    return ease


def _forgotten_ms(ease: Ease) -> int:
    return ease.chosen_ms + CHOICE_MS * ease.pace


def _by_card(before: Session | None, after: Session | None, types: ReaderTypes) -> frozenset[Mode]:
    """What the type of the reader who has just been welcomed switches on."""
    if after is None or after.reader is None or (before and before.reader == after.reader):
        return frozenset()
    return frozenset(types.get(after.reader.type, ()))


Settings = TypeVar("Settings", config.Desk, RoomSettings, config.Registration)


def at_pace(settings: Settings, ease: Ease) -> Settings:
    """The times that readers see, at the pace of whoever is there."""
    if ease is NOBODYS or ease.pace == 1:
        return settings
    names = SEEN.intersection(settings.__struct_fields__)
    return replace(settings, **{name: getattr(settings, name) * ease.pace for name in names})


# ---------------------------------------------------------------- who is there
def standing(place: Place, kiosk: Serving) -> tuple[Session | None, Room | None]:
    """Whose screen stands at `place`: the desk's or the door's. A kiosk with one role shows it on either."""
    if kiosk.room is None or (place == "desk" and kiosk.session is not None):
        return kiosk.session, None
    return None, kiosk.room


def engaged(place: Place, kiosk: Serving) -> bool:
    """Somebody is being served at `place`, told goodbye, or waits for help."""
    call = kiosk.courtesies.call
    if _says_goodbye(place, kiosk) or (call is not None and call.place == place):
        return True
    session, room = standing(place, kiosk)
    if session is not None:
        if kiosk.registering and kiosk.registering.has_desk:
            return True
        return session.phase not in {Phase.IDLE, Phase.OUT_OF_ORDER}
    return room is not None and (
        room.phase in {RoomPhase.ASKING, RoomPhase.QUESTIONED} or room.notice is not None
    )


def left(place: Place, before: Serving, after: Serving) -> bool:
    """Between these two whoever was served at `place` went away, or somebody else came."""
    if _says_goodbye(place, after):
        return False
    if _says_goodbye(place, before):
        return True
    if not engaged(place, before):
        return False
    if not engaged(place, after):
        return True
    was, now = standing(place, before)[0], standing(place, after)[0]
    if was is None or now is None:
        return False
    ended = was.phase is Phase.ENDING and now.phase is not Phase.ENDING
    return ended or (was.reader is not None and was.reader != now.reader)


def _says_goodbye(place: Place, kiosk: Serving) -> bool:
    """The desk's last reader is still told goodbye."""
    return standing(place, kiosk)[0] is not None and kiosk.courtesies.parting.until_ms is not None
