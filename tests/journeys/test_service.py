"""Staff at the machine, and the power cut at each effect: after the restart journal, tags and screen agree.

| power lost                                  | on restart                                                        |
| ------------------------------------------- | ----------------------------------------------------------------- |
| while the PIN is looked at, or after        | nobody is inside; readers are served                              |
| `service.entered` on disk                   | `service.left` is told                                            |
| sign put up, or taken down                  | the fact and the sign are one transaction: both, or neither       |
| return box emptied                          | the same of the fact and the count                                |
| tag half written                            | that very tag goes on when its book is scanned again, no other    |
| tag whole, `tag.encoded` not on disk        | scanned again it is found right, and told once                    |

An effect is whatever the hands carry out, and each transaction of the journal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from drivers.events import TagEncoded
from kiosk import reporting
from kiosk.effects import AnyEffect
from kiosk.events import AnyEvent, Touched, Typed
from kiosk.screen.view import view
from kiosk.screen.words import texts
from kiosk.service.state import Phase
from kiosk.service_effects import CheckPin, EncodeTag
from kiosk.service_events import PinChecked
from tests.journeys.house import Hands, Kiosk, PowerCut, World, named
from tests.kiosk.screen.states import SETTINGS
from wire import facts

STAFF, PIN = "staff card", "482913"
NEW = ("B101", "B102")
"""Books whose tags are written, one after the other."""


@dataclass
class Workshop(World):
    """Blank tags, and what is on them."""

    blank: list[str] = field(default_factory=lambda: ["T1", "T2"])
    begun: dict[str, str] = field(default_factory=dict)
    """Book → its half-written tag, as the pad's own file has it."""
    tags: dict[str, str] = field(default_factory=dict)
    """Tag → the book that it says, whole and secured."""


class Tools(Hands):
    """A pad that writes tags in two halves; the power may go between them."""

    world: Workshop

    def at(self) -> None:
        """One effect more."""
        self.done += 1
        if self.done == self.cut_at:
            raise PowerCut

    def do(self, effect: AnyEffect) -> None:
        if not isinstance(effect, CheckPin | EncodeTag):
            super().do(effect)
            return
        self.at()
        answer = self._serve(effect)
        self.at()
        self.post(answer)

    def _serve(self, effect: CheckPin | EncodeTag) -> AnyEvent:
        if isinstance(effect, CheckPin):
            return PinChecked(effect.ask, effect.pin == PIN)
        world, item = self.world, effect.item
        whole = next((uid for uid, book in world.tags.items() if book == item), "")
        if not whole:
            uid = world.begun.setdefault(item, world.blank[len(world.tags)])
            self.at()
            world.tags[uid] = item
            whole = world.begun.pop(item)
        return TagEncoded("pad", item, "tagged", whole)


class Machine(Kiosk):
    """The kiosk of that workshop."""

    hands_of = Tools
    hands: Tools
    world: Workshop

    def __init__(self, folder: Path, world: Workshop) -> None:
        super().__init__(folder, world)
        self.rules = self.loop._rules = replace(self.rules, staff=frozenset({named(STAFF)}))
        append = self.journal.append

        def counted(*given: object) -> int:
            self.hands.at()
            seq = append(*given)  # type: ignore[arg-type] - handed on
            self.hands.at()
            return seq

        self.journal.append = counted  # type: ignore[method-assign] - the power goes there

    def touch(self, *about: str) -> None:
        for one in about:
            self.happen(Touched("done") if one == "done" else Touched("service", one))

    def enter(self) -> None:
        self.card(STAFF)
        self.happen(Typed("service", PIN))

    def tag(self, *items: str) -> None:
        self.touch("tags")
        for item in items:
            self.card(item)


def a_day_of_staff(kiosk: Machine) -> None:
    """In, the sign up, a box emptied, two books tagged, the sign down, out."""
    kiosk.enter()
    kiosk.touch("sign_on", "counters", "box_emptied")
    kiosk.tag(*NEW)
    kiosk.touch("menu", "sign_off", "done")


def agree(kiosk: Machine) -> None:
    """Nobody is inside, and journal, memory, tags and screen say the same."""
    told, service = kiosk.facts(), kiosk.loop.kiosk.service
    assert service.phase is Phase.OFF
    kinds = [kind for kind in kiosk.kinds() if kind in {"service.entered", "service.left"}]
    assert kinds == ["service.entered", "service.left"] * (len(kinds) // 2)
    acts = [fact.act for fact in told if isinstance(fact, facts.ServiceActed)]
    signs = [act for act in acts if act.startswith("sign")]
    assert service.sign is (signs[-1:] == ["sign_on"])
    assert (service.counts.box_ms > 0) is ("box_emptied" in acts)
    encoded = [(fact.uid, fact.item) for fact in told if isinstance(fact, facts.TagEncoded)]
    assert set(encoded) <= set(kiosk.world.tags.items())
    page = view("desk", reporting.snapshot(kiosk.loop.kiosk, kiosk.clock.now()), texts("zh-CN"), SETTINGS)
    assert page.scene == ("out_of_order" if service.sign else "idle")
    assert (texts("zh-CN").stopped.service in page.heading) is service.sign


def test_a_day_with_its_power_on(tmp_path: Path):
    kiosk = Machine(tmp_path, Workshop())
    kiosk.boot()
    a_day_of_staff(kiosk)
    agree(kiosk)
    assert kiosk.kinds().count("tag.encoded") == 2
    assert kiosk.world.tags == {"T1": "B101", "T2": "B102"}
    kiosk.power_off()


def test_power_cut_at_each_effect(tmp_path: Path):
    whole = Machine(tmp_path, Workshop())
    whole.boot()
    begun = whole.hands.done
    a_day_of_staff(whole)
    effects = whole.hands.done - begun
    whole.power_off()
    assert effects == 22
    for cut_at in range(1, effects + 1):
        folder = tmp_path / str(cut_at)
        folder.mkdir()
        kiosk = Machine(folder, Workshop())
        kiosk.boot()
        kiosk.hands.cut_at = kiosk.hands.done + cut_at
        with pytest.raises(PowerCut):
            a_day_of_staff(kiosk)
        kiosk.power_off()
        again = Machine(folder, kiosk.world)
        again.boot()
        agree(again)
        a_day_of_staff(again)
        agree(again)
        assert again.world.tags == {"T1": "B101", "T2": "B102"}
        told = [fact.item for fact in again.facts() if isinstance(fact, facts.TagEncoded)]
        assert sorted(set(told)) == list(NEW)
        again.power_off()


@pytest.mark.parametrize("guess", [1, 5])
def test_wrong_pins_are_counted_across_a_loss_of_power(tmp_path: Path, guess: int):
    kiosk = Machine(tmp_path, Workshop())
    kiosk.boot()
    kiosk.card(STAFF)
    for _ in range(guess):
        kiosk.happen(Typed("service", "000000"))
    assert kiosk.kinds().count("service.refused") == guess
    kiosk.power_off()
    again = Machine(tmp_path, kiosk.world)
    again.boot()
    again.enter()
    is_in = again.loop.kiosk.service.phase is Phase.MENU
    assert (again.loop.kiosk.service.wrong, is_in) == ((0, True) if guess < 5 else (5, False))
    again.power_off()
