"""The TPM keeps the key of the cards back for a time: lending goes on, and what is owed waits for its key."""

from __future__ import annotations

from pathlib import Path

from kiosk.central_events import OrderArrived
from kiosk.effects import AskLoan
from kiosk.events import IlsChanged
from kiosk.journal import Journal
from tests.journeys.house import KEY, READER, SETTLES_S, Kiosk, World
from tests.journeys.test_offline import come_back, fall_silent, last, leave, silent_kiosk, told
from tests.journeys.truth import assert_settled
from wire import facts
from wire.faults import number
from wire.orders import Order

CLEAR = bytes(range(32, 64))
LOCKED = number("card_key_locked")


def without_its_key(kiosk: Kiosk, folder: Path) -> Kiosk:
    """The next start, at which the TPM says nothing."""
    kiosk.power_off()
    kiosk.world.keys, kiosk.world.locked = (CLEAR,), "the TPM does not answer"
    kiosk = Kiosk(folder, kiosk.world)
    kiosk.boot()
    return kiosk


def with_its_key(kiosk: Kiosk, folder: Path) -> Kiosk:
    """The next start, at which it answers again."""
    kiosk.power_off()
    kiosk.world.keys, kiosk.world.locked = (KEY, CLEAR), ""
    kiosk = Kiosk(folder, kiosk.world)
    kiosk.boot_and_settle()
    return kiosk


def test_what_was_lent_by_the_rule_waits_for_its_key_and_lending_goes_on(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(), READER.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk = without_its_key(kiosk, tmp_path)
    causes = {fault.fault: fault.cause for fault in told(kiosk, facts.FaultRaised)}
    assert causes[LOCKED] == "the TPM does not answer"
    come_back(kiosk)
    assert kiosk.world.replayed == [], "nobody knows whose loan it is"
    assert [intent.locked for intent in kiosk.journal.intents()] == [True]
    fall_silent(kiosk)
    kiosk.card()
    kiosk.lay("E2")
    assert last(kiosk, facts.LoanGranted).item == "B002"
    leave(kiosk)
    kiosk = with_its_key(kiosk, tmp_path)
    come_back(kiosk)
    assert [(replay.item, replay.card) for replay in kiosk.world.replayed] == [
        ("B001", READER.card),
        ("B002", READER.card),
    ]
    assert_settled(kiosk, {})
    assert LOCKED not in {fault for fault, _ in kiosk.loop.kiosk.station.troubles}
    kiosk.power_off()


def test_a_question_whose_card_is_locked_away_is_settled_when_its_key_is_back(tmp_path: Path):
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.card()
    kiosk.hands.mute_to = (AskLoan,)  # it is lent, and nobody says so
    kiosk.world.unreadable.add("E1")
    kiosk.lay("E1")
    leave(kiosk)
    kiosk = without_its_key(kiosk, tmp_path)
    kiosk.pass_s(SETTLES_S)
    assert told(kiosk, facts.LoanMade) == []
    kiosk = with_its_key(kiosk, tmp_path)
    assert_settled(kiosk, {})
    assert len(told(kiosk, facts.LoanMade)) == 1
    kiosk.power_off()


def test_staff_may_end_what_no_key_will_ever_read_again(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(), READER.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk = without_its_key(kiosk, tmp_path)
    kiosk.happen(IlsChanged(up=False))
    now = kiosk.world.wall_ms
    txn = last(kiosk, facts.LoanGranted).txn
    kiosk.happen(OrderArrived(Order(1, "debt.settle", now, now + 60_000, txn=txn, verdict="done")))
    assert last(kiosk, facts.LoanMade).by == "staff"
    assert not kiosk.journal.intents()
    kiosk.power_off()


def test_a_damaged_journal_keeps_what_only_the_other_key_reads(tmp_path: Path):
    kiosk = silent_kiosk(tmp_path, World(), READER.card)
    kiosk.card()
    kiosk.lay("E1")
    leave(kiosk)
    kiosk.power_off()
    with (tmp_path / "journal.db").open("r+b") as file:
        octets = file.read()
        at = octets.rfind(b"kiosk.started") // 4096
        assert at > 0
        file.seek(at * 4096)
        file.write(b"\xa5" * 4096)
    Journal.open(tmp_path / "journal.db", CLEAR).close()
    kiosk.world.deaf = False
    kiosk = with_its_key(kiosk, tmp_path)
    assert kiosk.journal.damaged
    come_back(kiosk)
    assert [(replay.item, replay.card) for replay in kiosk.world.replayed] == [("B001", READER.card)]
    kiosk.power_off()
