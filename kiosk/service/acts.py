"""What staff do by a touch: pages, tests, counters, the sign, the end of the program. Pure.

A touch is `service` with what it is about: a word of `MOVES`, `test:NAME` for a device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec.structs import replace

from drivers.errors import DriverError
from drivers.events import Printed, Spoken
from kiosk.courtesy_effects import Book, Print, Receipt, Say
from kiosk.effects import AnyEffect, EndProgram, Record, Remember
from kiosk.events import Touched
from kiosk.service import counting, moves, tags
from kiosk.service.state import Ending, Phase, Service, Tagging
from kiosk.service.surroundings import Stepped, Surroundings
from wire import service_facts as facts

PAGES: Mapping[str, Phase] = {
    "menu": Phase.MENU,
    "devices": Phase.DEVICES,
    "counters": Phase.COUNTERS,
    "tags": Phase.TAGS,
}
INSIDE: Mapping[str, Literal["one_more", "one_less", "nobody_inside"]] = {
    "one_more": "one_more",
    "one_less": "one_less",
    "nobody_inside": "nobody_inside",
}
"""How staff set right who is inside."""
SIGN = "service.sign"
"""Under which the sign is remembered."""
JOB = "service-test"
PROMPT = "welcome"
SAMPLE = (Book("《三体》ABC 123", "2030-12-31"),)
WELL = "ok"


def touch(service: Service, event: Touched, around: Surroundings) -> Stepped:
    """One button."""
    service = moves.longer(service, around)
    if event.action == "done":
        return moves.leave(service, "done")
    if event.action == "back":
        return _page(service, "menu", around)
    move = MOVES.get(event.about.partition(":")[0]) if event.action == "service" else None
    return move(service, event.about, around) if move else (service, ())


def _page(service: Service, about: str, _around: Surroundings) -> Stepped:
    return replace(service, phase=PAGES[about], sure=None, tagging=Tagging()), ()


def _put_off(service: Service, _about: str, _around: Surroundings) -> Stepped:
    return tags.put_off(service), ()


def _sign(service: Service, about: str, _around: Surroundings) -> Stepped:
    """Out of order until staff take the sign away, also across a restart."""
    on = about == "sign_on"
    done = facts.ServiceActed(service.staff, "sign_on" if on else "sign_off")
    return replace(service, sign=on), (Record(done), Remember(SIGN, "1" if on else None))


def _begin_anew(service: Service, about: str, around: Surroundings) -> Stepped:
    """The box was emptied, or the paper changed."""
    act: Literal["box_emptied", "paper_changed"] = (
        "box_emptied" if about == "box_emptied" else "paper_changed"
    )
    counts = counting.begun_anew(service.counts, act, around.now)
    done = Record(facts.ServiceActed(service.staff, act))
    return replace(service, counts=counts), (done, counting.kept(counts))


def _count(service: Service, about: str, _around: Surroundings) -> Stepped:
    """The room counts on from what staff say (`kiosk.room.corrections`)."""
    return service, (Record(facts.ServiceActed(service.staff, INSIDE[about])),)


def _end(service: Service, about: str, _around: Surroundings) -> Stepped:
    """The program ends with a second touch; who starts it again is the system's supervisor."""
    ending: Ending = "restart" if about == "restart" else "shutdown"
    if service.sure != ending:
        return replace(service, sure=ending), ()
    done = Record(facts.ServiceActed(service.staff, ending))
    service, gone = moves.leave(service, "done")
    return service, (done, *gone, EndProgram(restart=ending == "restart", why="asked"))


def _test(service: Service, about: str, around: Surroundings) -> Stepped:
    """A slip, or a sentence; other devices show that they work by what they tell."""
    device = about.partition(":")[2]
    effect = _own_test(device, around)
    if effect is None:
        return service, ()
    done = Record(facts.ServiceActed(service.staff, "device_tested", device))
    return replace(service, tested={**service.tested, device: ""}), (done, effect)


def _own_test(device: str, around: Surroundings) -> AnyEffect | None:
    if around.fittings.is_a(device, "printer"):
        return Print(JOB, Receipt(around.now.wall_ms, lent=SAMPLE), "")
    if around.fittings.is_a(device, "voice"):
        return Say(PROMPT, around.fittings.by_name[device].place, "")
    return None


MOVES: Mapping[str, Callable[[Service, str, Surroundings], Stepped]] = {
    **dict.fromkeys(PAGES, _page),
    "test": _test,
    "sign_on": _sign,
    "sign_off": _sign,
    "box_emptied": _begin_anew,
    "paper_changed": _begin_anew,
    **dict.fromkeys(INSIDE, _count),
    "restart": _end,
    "shutdown": _end,
    "put_off": _put_off,
}
"""What a touch is about → what it does."""


# ---------------------------------------------------------------- a device's own test
def printed(service: Service, event: Printed, _around: Surroundings) -> Stepped:
    if event.job != JOB:
        return service, ()
    return _ended(service, event.device, event.error), ()


def spoken(service: Service, event: Spoken, _around: Surroundings) -> Stepped:
    return _ended(service, event.device, event.error), ()


def _ended(service: Service, device: str, error: DriverError | None) -> Service:
    if device not in service.tested:
        return service
    return replace(service, tested={**service.tested, device: error.text if error else WELL})
