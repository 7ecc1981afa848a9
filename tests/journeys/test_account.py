"""A reader's own affairs at a whole kiosk: account, renewals, holds, PIN; silent library systems, lost power."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.errand_effects import AskAllRenewed, AskHold, AskRenewal, ErrandQuestion
from kiosk.errands.state import Entry, Errand, Extending, Panel
from kiosk.events import Touched, Typed
from tests.journeys.affairs import TAKES
from tests.journeys.house import NEIGHBOUR, READER, Kiosk, PowerCut, World
from wire import facts
from wire.faults import number

ILS_SILENT, RENEWAL_LIMIT = number("ils_silent"), number("renewal_limit")
TOLD = (facts.LoanRenewed, facts.HoldPlaced, facts.HoldCancelled, facts.PinReplaced)


def world() -> World:
    return World(takes=TAKES, lent={"B001": READER.card, "B002": READER.card, "B003": NEIGHBOUR.card})


def begun(folder: Path, at: World) -> Kiosk:
    folder.mkdir(exist_ok=True)
    kiosk = Kiosk(folder, at)
    kiosk.boot()
    return kiosk


def errand(kiosk: Kiosk) -> Errand:
    return kiosk.loop.kiosk.errand


def touch(kiosk: Kiosk, *touches: str) -> None:
    for one in touches:
        action, _, about = one.partition(" ")
        kiosk.happen(Touched(action, about))  # type: ignore[arg-type]  # one of the actions


def told(kiosk: Kiosk) -> list[str]:
    """The facts of errands, as kind and item."""
    found = [fact for fact in kiosk.facts() if isinstance(fact, TOLD)]
    return [f"{type(fact).__struct_config__.tag} {getattr(fact, 'item', '')}".strip() for fact in found]


def due(kiosk: Kiosk) -> dict[str, str]:
    account = errand(kiosk).account
    return {one.item: one.due for one in account.charges} if account else {}


def visit_number(kiosk: Kiosk) -> int:
    """As the page of this moment bears it."""
    session = kiosk.loop.kiosk.session
    assert session
    return session.visit


def visit(kiosk: Kiosk) -> None:
    """All that a reader can do besides books."""
    touch(kiosk, "hold B004")
    kiosk.card()
    touch(
        kiosk,
        "account",
        "renew B001",
        "renew_all",
        "hold B005",
        "cancel_hold B005",
        "cancel_hold B005",
        "pin",
    )
    for line in ("111111", "271828", "271828"):
        kiosk.happen(Typed("pin", line))
    touch(kiosk, "done")


def test_everything_that_a_reader_does_is_done_told_once_and_gone(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    visit(kiosk)
    affairs = kiosk.world.affairs
    assert affairs.renewed == {"B001": 1, "B002": 1}
    assert affairs.held == {"B004": READER.card}
    assert affairs.pins == {READER.card: "271828"}
    assert told(kiosk) == [
        "hold.placed B004", "loan.renewed B001", "loan.renewed B002", "hold.placed B005", "hold.cancelled B005",
        "pin.replaced",
    ]  # fmt: skip
    assert errand(kiosk) == Errand(ask=errand(kiosk).ask)
    lasts = repr([fact for fact in kiosk.facts() if isinstance(fact, TOLD)])
    assert READER.card not in lasts
    assert "271828" not in repr(kiosk.hands.effects)
    kiosk.power_off()


def test_the_account_says_why_one_was_not_renewed(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    kiosk.world.affairs.renewed["B002"] = 1
    kiosk.card()
    touch(kiosk, "account")
    assert due(kiosk) == {"B001": "2026-12-10", "B002": "2026-12-20"}
    touch(kiosk, "renew_all")
    assert due(kiosk) == {"B001": "2026-12-20", "B002": "2026-12-20"}
    found = errand(kiosk).renewals
    assert {item: one.step for item, one in found.items()} == {
        "B001": Extending.RENEWED,
        "B002": Extending.REFUSED,
    }
    assert found["B002"].fault == RENEWAL_LIMIT
    kiosk.power_off()


@pytest.mark.parametrize("hears", [True, False], ids=["its answers are lost", "it hears nothing"])
def test_what_cannot_be_asked_says_so_and_leaves_nothing_owed(tmp_path: Path, *, hears: bool):
    kiosk = begun(tmp_path, world())
    kiosk.card()
    touch(kiosk, "account")
    kiosk.world.silent, kiosk.world.deaf = hears, not hears
    touch(kiosk, "renew B001", "hold B004")
    assert errand(kiosk).renewals["B001"].fault == ILS_SILENT
    assert errand(kiosk).told
    assert errand(kiosk).told.fault == ILS_SILENT
    assert errand(kiosk).fault == ILS_SILENT, "nor is there an account to see"
    assert told(kiosk) == []
    kiosk.world.silent = kiosk.world.deaf = False
    touch(kiosk, "account")
    assert due(kiosk)["B001"] == ("2026-12-20" if hears else "2026-12-10"), "the library system's own word"
    assert kiosk.loop.kiosk.owed.debts == ()
    kiosk.power_off()


def test_a_renewal_whose_reader_has_gone_meanwhile_is_told(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    kiosk.card()
    touch(kiosk, "account")
    kiosk.hands.slow = True
    touch(kiosk, "renew B001", "done")
    kiosk.hands.slow = False
    assert errand(kiosk).panel is Panel.NOBODY
    while kiosk.hands.held:
        kiosk.happen(kiosk.hands.held.popleft())
    assert told(kiosk) == ["loan.renewed B001"]
    kiosk.power_off()


def test_a_book_on_the_pad_is_lent_while_the_account_is_asked(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    kiosk.card()
    touch(kiosk, "account")
    kiosk.lay("E5")
    assert errand(kiosk).panel is Panel.BOOKS
    assert kiosk.world.lent["B005"] == READER.card
    touch(kiosk, "account")
    assert "B005" in due(kiosk)
    kiosk.power_off()


def test_touches_keep_the_session_and_silence_ends_it(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    kiosk.card()
    touch(kiosk, "account")
    for _ in range(3):
        kiosk.pass_s(40)
        touch(kiosk, "account")
    assert errand(kiosk).panel is Panel.ACCOUNT
    kiosk.pass_s(45)
    assert errand(kiosk).panel is Panel.NOBODY
    kiosk.power_off()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_power_lost_at_any_question(tmp_path: Path, *, after: bool):
    """What the journal says of an errand the library system has done, once; what it says not is nobody's debt."""
    whole = begun(tmp_path / "whole", world())
    first = whole.hands.done
    visit(whole)
    effects = whole.hands.done - first
    whole.power_off()
    assert effects > 10
    for cut_at in range(1, effects + 1):
        folder = tmp_path / str(cut_at)
        kiosk = begun(folder, world())
        kiosk.hands.cut_at, kiosk.hands.cut_after = kiosk.hands.done + cut_at, after
        with pytest.raises(PowerCut):
            visit(kiosk)
        kiosk.power_off()
        at, kiosk = kiosk.world, begun(folder, kiosk.world)
        assert errand(kiosk).panel is Panel.NOBODY
        assert not any(isinstance(effect, ErrandQuestion) for effect in kiosk.hands.effects), (
            "nothing is repeated"
        )
        said = told(kiosk)
        assert len(said) == len(set(said))
        done = _done(at)
        assert {one for one in said if one.startswith("loan.renewed")} <= done, "never more than was done"
        assert len(done - set(said)) <= 2, (
            "never less than what was asked when the power went (65: two books)"
        )
        kiosk.card()
        touch(kiosk, "account")
        assert due(kiosk) == {
            item: at.affairs.due(item) for item, who in at.lent.items() if who == READER.card
        }
        kiosk.power_off()


def _done(at: World) -> set[str]:
    """What the library system has renewed and keeps, in the words of the facts."""
    held = {f"hold.placed {item}" for item in at.affairs.held}
    return {f"loan.renewed {item}" for item in at.affairs.renewed} | held


def test_nobody_is_asked_for_a_reader_who_is_not_there(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    touch(kiosk, "account", "renew B001", "renew_all", "cancel_hold B004", "pin")
    asked = (AskRenewal, AskAllRenewed, AskHold)
    assert not any(isinstance(effect, asked) for effect in kiosk.hands.effects)
    kiosk.power_off()


def test_a_touch_on_the_last_readers_page_is_not_the_next_ones(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    kiosk.card()
    assert not {READER.card, READER.name} & set(re.findall(r"\w+", repr(kiosk.loop.kiosk))), "told in no log"
    before = visit_number(kiosk)
    kiosk.pass_s(10)
    kiosk.card(NEIGHBOUR.card)
    touch(kiosk, "account", "pin")
    for late in (
        Touched("done", visit=before),
        Touched("renew_all", visit=0),
        Typed("pin", "111111", before),
    ):
        kiosk.happen(late)
    found = errand(kiosk)
    assert (found.reader, found.panel) == (NEIGHBOUR, Panel.PIN)
    assert found.pin
    assert found.pin.entry is Entry.OLD
    kiosk.happen(Touched("help", "desk", before))
    assert kiosk.loop.kiosk.courtesies.call, "who calls is heard"
    kiosk.happen(Touched("done", visit=visit_number(kiosk)))
    assert errand(kiosk).reader is None
    kiosk.power_off()


def test_wrong_pins_are_counted_across_a_restart(tmp_path: Path):
    kiosk = begun(tmp_path, world())
    kiosk.card()
    touch(kiosk, "account", "pin")
    for line in ("999999", "271828", "271828") * 5:
        kiosk.happen(Typed("pin", line))
    kiosk.power_off()
    kiosk = begun(tmp_path, kiosk.world)
    kiosk.card()
    touch(kiosk, "account", "pin")
    assert (pin := errand(kiosk).pin)
    assert pin.entry is Entry.PAUSED
    kiosk.pass_s(40)
    touch(kiosk, "more_time")
    kiosk.pass_s(20)
    for line in ("111111", "271828", "271828"):
        kiosk.happen(Typed("pin", line))
    assert kiosk.world.affairs.pins == {READER.card: "271828"}
    assert kiosk.journal.recall_all("pin:") == {}, "a right one ends the counting"
    kiosk.power_off()
