"""One reader's visit through the real stack: every act is one that a person could do on the rigs' pages.

In at the 24-hour room, five books on the pad, out through the gate; one book returned at another branch.
Each step waits for what a person would see, and says how long that took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from deploy.demo import configs
from deploy.demo.seed.collection import SeedItem, Visit
from deploy.demo.web import Console, Rig, Screen
from wire.faults import fault, number

PATIENCE_S = 20.0
LOOK_S = 0.005
"""Between two looks at what is waited for: the resolution of the times."""
GATE_SETTLES_S = 1.0
"""An alarm would have been raised by then."""


class DidNotHappen(RuntimeError):  # noqa: N818 - what the demo has to say
    """A step of the visit; the text says what was waited for in vain."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    ms: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where the visit goes."""

    room: Rig
    room_screen: Screen
    desk: Rig
    desk_screen: Screen
    console: Console


def until(what: str, seen: Callable[[], Any]) -> Any:
    """What `seen` returns once that is true.

    Raises:
        DidNotHappen: not within PATIENCE_S.
    """
    give_up = time.monotonic() + PATIENCE_S
    while not (found := seen()):
        if time.monotonic() > give_up:
            raise DidNotHappen(what)
        time.sleep(LOOK_S)
    return found


def play(visit: Visit, at: Places) -> Iterator[Step]:
    """The visit, step by step.

    Raises:
        DidNotHappen: see there.
    """
    scenes: tuple[tuple[str, Callable[[Visit, Places], None]], ...] = (
        ("card at the door → lock released", _at_the_door),
        ("door pushed, walked in → counted at central", _walks_in),
        ("card at the desk → greeted by name", _greeted),
        ("five books on the pad → four lent and cleared, one refused with its reason", _borrows),
        ("“print a slip” → the session is closed, the screen forgets the reader, the slip is out", _done),
        ("exit button → lock released by the unit itself", _presses_exit),
        ("out with four books → the gate is silent", _leaves),
        ("one book at another branch → returned and secured", _returns),
        ("visit, loans and return → in the manager's figures", _counted),
    )
    for name, scene in scenes:
        began = time.monotonic()
        try:
            scene(visit, at)
        except OSError as cause:
            raise DidNotHappen(f"{name}: {cause}") from cause
        yield Step(name, round((time.monotonic() - began) * 1000, 1))


def figures(console: Console) -> dict[str, int]:
    """Visits, loans and returns that the manager's page shows for this month."""
    counted = console.report(period="month")["figures"]
    return {name: counted[name]["total"] for name in ("visits", "loans", "returns")}


# ---------------------------------------------------------------- scenes
def _at_the_door(visit: Visit, at: Places) -> None:
    at.room.do(f"/cards/{visit.reader.card}/tap", device="door_scanner")
    until("the lock released", lambda: not at.room.state()["door"]["locked"])


def _walks_in(_visit: Visit, at: Places) -> None:
    before = figures(at.console)["visits"]
    at.room.do("/door/push")
    at.room.do("/walk", direction="in", persons=1)
    at.room.do("/door/close")
    until("one visit more at central", lambda: figures(at.console)["visits"] == before + 1)


def _greeted(visit: Visit, at: Places) -> None:
    at.room.do(f"/cards/{visit.reader.card}/tap", device="scanner")
    surname = visit.reader.name[0]
    until("the reader's name on the screen", lambda: at.room_screen.shows(f"{surname}*"))


def _borrows(visit: Visit, at: Places) -> None:
    for item in visit.laid_down:
        at.room.do(f"/books/{item.uid}/place", place="pad")
    until("four tags cleared", lambda: all(not _secured(at.room, item) for item in visit.lent))
    reason = fault(number("on_hold")).reader.zh
    until(f"the reason on the screen: {reason}", lambda: at.room_screen.shows(reason))
    if not _secured(at.room, visit.refused):
        raise DidNotHappen("the refused book stays secured")


def _done(visit: Visit, at: Places) -> None:
    at.room_screen.touch("print")
    until("the welcome", lambda: not at.room_screen.shows(f"{visit.reader.name[0]}*"))
    title = visit.lent[0].title.title[:4]
    until("the slip", lambda: any(title in line for line in at.room.state()["printer"]["text"]))


def _presses_exit(visit: Visit, at: Places) -> None:
    for item in visit.lent:
        at.room.do(f"/books/{item.uid}/place", place="bag")
    at.room.do(f"/books/{visit.refused.uid}/place", place="shelf")
    at.room.do("/door/exit")
    until("the lock released", lambda: not at.room.state()["door"]["locked"])


def _leaves(_visit: Visit, at: Places) -> None:
    at.room.do("/door/push")
    at.room.do("/walk", direction="out", persons=1)
    at.room.do("/door/close")
    until("the gate free again", lambda: not at.room.state()["people"]["passing"])
    time.sleep(GATE_SETTLES_S)
    if _alarmed(at):
        raise DidNotHappen("the gate stays silent")


def _returns(visit: Visit, at: Places) -> None:
    at.room.remove(visit.returned.uid)
    at.desk.do("/books", **configs.book(visit.returned, secured=False, place="pad"))
    until("the tag secured", lambda: _secured(at.desk, visit.returned))


def _counted(visit: Visit, at: Places) -> None:
    want = {"visits": 1, "loans": len(visit.lent), "returns": 1}
    until(f"{want} in the report", lambda: figures(at.console) == want)


# ---------------------------------------------------------------- what one sees
def _secured(rig: Rig, item: SeedItem) -> bool:
    books = {book["uid"]: book for book in rig.state()["books"]}
    return bool(books[item.uid]["secured"])


def _alarmed(at: Places) -> bool:
    """Whether the room's own screen calls the reader back."""
    return at.room_screen.shows(fault(number("gate_alarm")).reader.zh)
