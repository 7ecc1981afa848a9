"""Somebody becomes a reader at a whole kiosk: as it should go, and with power or line lost at every point of it.

| lost after                         | test                                                          |
| ---------------------------------- | ------------------------------------------------------------- |
| registration (81) unanswered       | `test_an_answer_that_is_lost_…`, `test_an_81_that_never_…`     |
| power, at each effect              | `test_power_cut_at_each_effect_of_a_registration`             |
| power, and the ILS cannot tell yet | `test_what_cannot_be_told_stays_on_the_staff_s_list`          |
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kiosk.central_events import OrderArrived
from kiosk.events import IlsChanged, StopAsked, Touched
from kiosk.register_effects import AskRegistration
from kiosk.registering.state import Phase
from kiosk.session.state import Phase as SessionPhase
from tests.journeys.house import READER, SETTLES_S, PowerCut, named
from tests.journeys.newcomers import CHILD, NEWCOMER, PHONE, PIN, Desk, Town
from tests.kiosk.fitted import DESK, without
from wire import facts
from wire.faults import number
from wire.orders import Order

ENDS = (facts.ReaderRegistered, facts.RegisterRefused, facts.RegisterAbandoned)
WORDS = (NEWCOMER.number, NEWCOMER.name, NEWCOMER.address, CHILD.number, CHILD.name, PHONE, PIN)


@pytest.fixture
def kiosk(tmp_path: Path):
    kiosk = Desk(tmp_path, Town())
    kiosk.boot()
    yield kiosk
    kiosk.power_off()
    assert_no_trace(kiosk, tmp_path)


def assert_no_trace(kiosk: Desk, folder: Path) -> None:
    """Nothing of an identity card, no telephone number and no PIN: on the disk, in a fact, in a repr."""
    kept = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    told = repr(kiosk.loop.kiosk) + repr(kiosk.hands.effects)
    for word in WORDS:
        assert word.encode() not in kept
        assert word not in told


def assert_agrees(kiosk: Desk) -> None:
    """Every intent has one end, and those that say yes are what the ILS has."""
    told = kiosk.facts()
    asked = [fact.txn for fact in told if isinstance(fact, facts.RegisterAsked)]
    assert Counter(fact.txn for fact in told if isinstance(fact, ENDS)) == Counter(asked)
    made = [fact for fact in told if isinstance(fact, facts.ReaderRegistered)]
    assert len(made) == len(kiosk.world.registered)
    assert not kiosk.journal.intents()


# ---------------------------------------------------------------- as it should go
def test_a_newcomer_registers_and_borrows(kiosk: Desk):
    kiosk.register()
    assert kiosk.page == "done"
    assert kiosk.world.registered == {NEWCOMER.number: "N1"}
    assert facts.ReaderRegistered(kiosk.world.applied[0].txn, "id_card", "adult") in kiosk.facts()
    kiosk.happen(Touched("go_on"))
    kiosk.lay("E1")
    assert kiosk.world.lent == {"B001": "N1"}
    assert kiosk.page == "idle"
    assert_agrees(kiosk)


def test_a_newcomer_who_shows_an_identity_card_first_is_offered_a_registration(kiosk: Desk):
    kiosk.show()
    assert kiosk.page == "offered"
    kiosk.happen(Touched("register"))
    kiosk.fill_in()
    kiosk.show()
    assert kiosk.loop.kiosk.session.reader.card == "N1", "laid down again to borrow"
    assert_agrees(kiosk)


def test_a_machine_outside_the_door_that_has_no_pad_registers_readers(tmp_path: Path):
    outside = Desk(tmp_path, Town(fittings=without(DESK, "pad")))
    outside.boot()
    outside.show()
    assert outside.page == "offered"
    outside.happen(Touched("register"))
    outside.fill_in()
    assert outside.world.registered == {NEWCOMER.number: "N1"}
    outside.power_off()


def test_whoever_is_offered_a_registration_is_who_was_asked_about(kiosk: Desk):
    kiosk.hands.slow = True
    kiosk.show(NEWCOMER)
    kiosk.show(CHILD)
    kiosk.hands.slow = False
    kiosk.happen(kiosk.hands.held.popleft())
    assert kiosk.page == "offered"
    assert kiosk.loop.kiosk.registering.bearer == NEWCOMER


def test_who_is_a_reader_already_is_signed_in(kiosk: Desk):
    kiosk.world.registered[NEWCOMER.number] = "N1"
    kiosk.happen(Touched("register"))
    kiosk.show()
    assert kiosk.page == "known"
    kiosk.pass_s(4)
    assert kiosk.loop.kiosk.session.reader.card == "N1"
    assert not [kind for kind in kiosk.kinds() if kind.startswith("register")]


def test_a_child_with_a_guardian(kiosk: Desk):
    kiosk.world.registered[NEWCOMER.number] = "N1"
    kiosk.happen(Touched("register"))
    kiosk.show(CHILD)
    assert kiosk.page == "guardian"
    kiosk.show(NEWCOMER)
    kiosk.fill_in()
    assert kiosk.page == "done"
    assert kiosk.world.applied[0].application.guardian == "N1"


def test_books_that_are_laid_down_meanwhile_are_returned_and_wait(kiosk: Desk):
    kiosk.world.lent["B004"] = "R0009"
    kiosk.world.secured["E4"] = False
    kiosk.happen(Touched("register"))
    kiosk.lay("E4")
    kiosk.lay("E1")
    assert "B004" not in kiosk.world.lent
    assert kiosk.page == "awaiting", "the page stays"
    kiosk.show()
    kiosk.fill_in()
    kiosk.happen(Touched("go_on"))
    assert kiosk.world.lent == {"B001": "N1"}, "what waited is lent to the new reader"


def test_a_reader_s_card_ends_it(kiosk: Desk):
    kiosk.happen(Touched("register"))
    kiosk.show()
    kiosk.card()
    assert kiosk.page == "idle"
    assert kiosk.loop.kiosk.session.reader == READER
    kiosk.happen(Touched("done"))
    assert kiosk.loop.kiosk.session.phase is SessionPhase.IDLE


def test_a_kiosk_that_breaks_down_keeps_nobody(kiosk: Desk):
    kiosk.happen(Touched("register"))
    kiosk.show()
    kiosk.world.full = True
    kiosk.fill_in()
    assert kiosk.world.applied == [], "the intent is not on the disk"
    registering = kiosk.loop.kiosk.registering
    assert registering
    assert (registering.phase, registering.bearer, registering.pin) == (Phase.IDLE, None, "")
    kiosk.world.full = False


def test_at_the_door_nobody_registers(kiosk: Desk):
    kiosk.happen(Touched("register"))
    kiosk.card(device="door_scanner")
    assert kiosk.page == "awaiting"
    assert kiosk.world.releases == 1


# ---------------------------------------------------------------- lines
def test_an_answer_that_is_lost_is_found_out_by_the_identity_card(kiosk: Desk):
    kiosk.hands.mute_to = (AskRegistration,)
    kiosk.register()
    assert kiosk.page == "unsure"
    assert kiosk.kinds()[-1] == "register.owed"
    kiosk.pass_s(SETTLES_S)
    assert kiosk.page == "done"
    assert len(kiosk.world.applied) == 1
    assert_agrees(kiosk)


def test_an_81_that_never_came_is_sent_again_after_it_was_looked_up(kiosk: Desk):
    kiosk.hands.deaf_to = (AskRegistration,)
    kiosk.register()
    kiosk.hands.deaf_to = ()
    kiosk.pass_s(SETTLES_S)
    assert kiosk.page == "done"
    assert [type(fact) for fact in kiosk.facts() if isinstance(fact, ENDS)] == [
        facts.RegisterAbandoned,
        facts.ReaderRegistered,
    ]
    assert_agrees(kiosk)


def test_what_cannot_be_told_stays_on_the_staff_s_list(kiosk: Desk):
    kiosk.happen(Touched("register"))
    kiosk.show()
    kiosk.world.silent = True
    kiosk.fill_in()
    kiosk.happen(IlsChanged(up=False))
    kiosk.pass_s(31)
    assert kiosk.loop.kiosk.registering.fault == number("register_unclear")
    (intent,) = kiosk.journal.intents()
    assert (intent.kind, intent.owed, intent.reader) == ("register", True, named(NEWCOMER.number))
    kiosk.happen(Touched("done"))
    kiosk.world.silent = False
    kiosk.happen(IlsChanged(up=True, takes=kiosk.world.takes))
    kiosk.pass_s(SETTLES_S)
    assert [fact.settled for fact in kiosk.facts() if isinstance(fact, facts.ReaderRegistered)] == [True]
    assert_agrees(kiosk)


def test_staff_end_what_the_ils_cannot_tell(kiosk: Desk):
    kiosk.world.deaf = False
    kiosk.happen(Touched("register"))
    kiosk.show()
    kiosk.world.deaf = True
    kiosk.fill_in()
    kiosk.happen(IlsChanged(up=False))
    (intent,) = kiosk.journal.intents()
    wall_ms = kiosk.world.wall_ms
    order = Order(7, "debt.settle", wall_ms, wall_ms + 60_000, txn=intent.txn, verdict="never")
    kiosk.happen(OrderArrived(order))
    assert facts.RegisterAbandoned(intent.txn, named(NEWCOMER.number), "staff") in kiosk.facts()
    assert not kiosk.journal.intents()


# ---------------------------------------------------------------- power
@pytest.mark.parametrize("silence", [False, True], ids=["answering", "silent at the 81"])
@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_power_cut_at_each_effect_of_a_registration(tmp_path: Path, after: bool, silence: bool):
    """Whatever was done is found out at the next start; nobody registers twice; the next one begins anew."""
    cut_at = 0
    while True:
        cut_at += 1
        folder = tmp_path / str(cut_at)
        folder.mkdir()
        kiosk = Desk(folder, Town())
        kiosk.boot()
        kiosk.hands.mute_to = (AskRegistration,) if silence else ()
        kiosk.hands.cut_at, kiosk.hands.cut_after = kiosk.hands.done + cut_at, after
        try:
            kiosk.register()
            kiosk.pass_s(SETTLES_S)
            kiosk.happen(Touched("go_on"))
        except PowerCut:
            kiosk.power_off()
        else:
            kiosk.happen(StopAsked("asked"))
            kiosk.power_off()
            break
        assert_no_trace(kiosk, folder)
        kiosk = Desk(folder, kiosk.world)
        kiosk.boot_and_settle()
        assert kiosk.page == "idle"
        assert_agrees(kiosk)
        kiosk.register()
        assert kiosk.page in {"known", "done"}
        assert len(kiosk.world.applied) == 1
        assert_agrees(kiosk)
        kiosk.power_off()
    assert cut_at == (5 if silence else 4), "a lookup, an 81, what became of it, who signs in"


def test_whose_number_is_locked_away_waits_for_its_key(tmp_path: Path):
    kiosk = Desk(tmp_path, Town())
    kiosk.boot()
    kiosk.hands.cut_at, kiosk.hands.cut_after = 2, True
    with pytest.raises(PowerCut):
        kiosk.register()
    kiosk.power_off()
    world, keys = kiosk.world, kiosk.world.keys
    world.keys, world.locked = (bytes(32),), "no answer"
    kiosk = Desk(tmp_path, world)
    kiosk.boot_and_settle()
    assert kiosk.kinds()[-1] != "reader.registered"
    kiosk.power_off()
    world.keys, world.locked = keys, ""
    kiosk = Desk(tmp_path, world)
    kiosk.boot_and_settle()
    assert kiosk.kinds()[-1] == "reader.registered"
    assert_agrees(kiosk)
    kiosk.power_off()
