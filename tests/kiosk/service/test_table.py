"""Staff at the machine: the table is whole, and its walks through the whole kiosk."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivers.errors import Gone
from drivers.events import (
    CardShown,
    DeviceBack,
    DeviceLost,
    PadSettled,
    Printed,
    TagContent,
    TagEncoded,
    TagSeen,
)
from kiosk import config, core, reporting
from kiosk.clock import Now
from kiosk.core import Kiosk, Rules
from kiosk.courtesy_effects import Print
from kiosk.effects import AskReader, EndProgram, Record, Remember
from kiosk.events import IlsChanged, Reader, ReaderAnswered, Ticked, Touched, Typed
from kiosk.fittings import Fitting, Fittings
from kiosk.room.settings import Room as RoomSettings
from kiosk.service import attending, moves
from kiosk.service.state import ACTIVE, Phase
from kiosk.service.table import EVENTS, IGNORED, TABLE
from kiosk.service_effects import CheckPin, EncodeTag
from kiosk.service_events import PinChecked
from kiosk.session.state import Phase as Desk
from kiosk.session.state import Session
from kiosk.station import Station
from wire import facts
from wire.condition import Condition

CARD, STAFF = "staff card", "f" * 32
FITTED = Fittings(
    {
        "pad": Fitting("pad", required=True),
        "scanner": Fitting("card"),
        "door_scanner": Fitting("card", "door"),
        "printer": Fitting("printer"),
    }
)
RULES = Rules(
    config.Desk(),
    RoomSettings(),
    config.Offline(),
    lambda card: STAFF if card == CARD else card.encode().hex()[:32].ljust(32, "0"),
    staff=frozenset({STAFF}),
)


class Machine:
    """A kiosk with a desk, stepped by hand."""

    def __init__(self, service=None) -> None:
        self.now_ms = 1000
        session = Session(phase=Desk.OUT_OF_ORDER, serving=False, run="00000001")
        self.kiosk = Kiosk(Station(FITTED), session=session)
        if service:
            self.kiosk = replace(self.kiosk, service=service)
        for device in FITTED.by_name:
            self.tell(DeviceBack(device, "there"))
        self.tell(IlsChanged(up=True), PadSettled("pad"))

    def tell(self, *events):
        """What is to be done after them."""
        done = []
        for event in events:
            self.kiosk, effects = core.step(self.kiosk, event, Now(1_800_000_000_000, self.now_ms), RULES)
            done += effects
        return done

    def wait(self, seconds):
        self.now_ms += int(seconds * 1000)
        return self.tell(Ticked())

    def touch(self, about):
        return self.tell(Touched("service", about))

    def try_pin(self, *, right):
        (effect,) = [e for e in self.tell(Typed("service", "246813")) if isinstance(e, CheckPin)]
        return self.tell(PinChecked(effect.ask, right))

    def enter(self):
        self.tell(CardShown("scanner", CARD, "card"))
        return self.try_pin(right=True)

    @property
    def service(self):
        return self.kiosk.service

    @property
    def condition(self):
        return reporting.condition(self.kiosk, Condition(1, "boot")).state

    @property
    def desk(self):
        return self.kiosk.session.phase


def told(effects):
    return [effect.fact for effect in effects if isinstance(effect, Record)]


def remembered(effects):
    return {effect.name: effect.value for effect in effects if isinstance(effect, Remember)}


# ---------------------------------------------------------------- the table
@pytest.mark.parametrize("phase", Phase)
def test_each_event_is_a_row_or_is_ignored_for_a_reason(phase):
    assert TABLE[phase].keys() | IGNORED[phase].keys() == EVENTS
    assert not TABLE[phase].keys() & IGNORED[phase].keys()
    assert all(len(reason) > 10 for reason in IGNORED[phase].values())


# ---------------------------------------------------------------- who is let in
def test_a_staff_card_and_its_pin_open_the_service_and_nobody_is_asked():
    machine = Machine()
    assert machine.desk is Desk.IDLE
    asked = machine.tell(CardShown("scanner", CARD, "card"))
    assert not [effect for effect in asked if isinstance(effect, AskReader)]
    assert (machine.service.phase, machine.condition, machine.desk) == (
        Phase.PIN,
        "service",
        Desk.OUT_OF_ORDER,
    )
    assert facts.ServiceEntered(STAFF) in told(machine.try_pin(right=True))
    assert machine.service.phase is Phase.MENU
    assert facts.ServiceLeft(STAFF, "done") in told(machine.tell(Touched("done")))
    assert (machine.service.phase, machine.condition, machine.desk) == (Phase.OFF, "ready", Desk.IDLE)


def test_five_wrong_pins_bring_a_pause_that_grows_and_outlives_a_restart():
    machine = Machine()
    machine.tell(CardShown("scanner", CARD, "card"))
    for wrong in range(1, 6):
        effects = machine.try_pin(right=False)
        assert facts.ServiceRefused(STAFF, moves.PIN_WRONG, wrong) in told(effects)
    assert machine.service.until_ms - machine.now_ms == 60_000
    assert machine.tell(Typed("service", "246813")) == []
    later = Machine(attending.recall(remembered(effects).get, Now(0, 1000)))
    later.tell(CardShown("scanner", CARD, "card"))
    assert later.tell(Typed("service", "246813")) == []
    later.now_ms += 60_000
    later.tell(CardShown("scanner", CARD, "card"))
    assert facts.ServiceRefused(STAFF, moves.PIN_WRONG, 6) in told(later.try_pin(right=False))
    assert later.service.until_ms - later.now_ms == 120_000
    later.now_ms += 120_000
    later.tell(CardShown("scanner", CARD, "card"))
    assert remembered(later.try_pin(right=True)) == {moves.TRIES: None}


def test_a_card_without_its_pin_keeps_readers_away_for_half_a_minute_and_no_longer():
    machine = Machine()
    machine.tell(CardShown("scanner", CARD, "card"))
    machine.wait(moves.PIN_S)
    assert (machine.service.phase, machine.desk) == (Phase.OFF, Desk.IDLE)


def test_staff_who_come_in_end_whose_session_there_is_and_readers_cards_stay_theirs():
    machine = Machine()
    (asked,) = [e for e in machine.tell(CardShown("scanner", "R1", "card")) if isinstance(e, AskReader)]
    machine.tell(ReaderAnswered(asked.ask, Reader("R1", "0" * 32, "张晓雨", "成人")))
    assert machine.desk is Desk.IDENTIFIED
    closed = told(machine.tell(CardShown("scanner", CARD, "card")))
    assert [fact.why for fact in closed if isinstance(fact, facts.SessionClosed)] == ["done"]
    assert machine.kiosk.session.reader is None
    machine.try_pin(right=True)
    assert machine.tell(CardShown("scanner", "R1234567", "card")) == []
    assert machine.service.heard == {"scanner": "…4567"}


def test_a_staff_card_at_the_door_is_the_door_s():
    machine = Machine()
    machine.tell(CardShown("door_scanner", CARD, "card"))
    assert machine.service.phase is Phase.OFF


def test_nobody_is_let_in_by_typing_alone():
    machine = Machine()
    machine.tell(Typed("service", "246813"), PinChecked(0, right=True), Touched("service", "menu"))
    assert machine.service.phase is Phase.OFF


@pytest.mark.parametrize("phase", sorted(ACTIVE))
def test_silence_ends_it_everywhere(phase):
    machine = Machine()
    machine.enter()
    machine.touch(phase.value)
    assert machine.service.phase is phase
    assert facts.ServiceLeft(STAFF, "idle") in told(machine.wait(moves.IDLE_S))
    assert machine.desk is Desk.IDLE


# ---------------------------------------------------------------- what they do
def test_the_sign_stands_after_they_left_and_across_a_restart():
    machine = Machine()
    machine.enter()
    effects = machine.touch("sign_on")
    assert told(effects) == [facts.ServiceActed(STAFF, "sign_on")]
    machine.tell(Touched("done"))
    assert (machine.condition, machine.desk) == ("service", Desk.OUT_OF_ORDER)
    kept = remembered(effects)
    again = Machine(attending.recall(kept.get, Now(0, 1000)))
    again.kiosk, _ = core.step(again.kiosk, Ticked(), Now(0, 2000), RULES)
    assert again.service.sign
    again.enter()
    again.touch("sign_off")
    again.tell(Touched("done"))
    assert again.desk is Desk.IDLE


def test_the_program_ends_with_the_second_touch():
    machine = Machine()
    machine.enter()
    assert machine.touch("restart") == []
    assert machine.touch("shutdown") == []
    effects = machine.touch("shutdown")
    assert EndProgram(restart=False, why="asked") in effects
    assert facts.ServiceActed(STAFF, "shutdown") in told(effects)


def test_a_printer_prints_a_slip_of_its_own_and_says_how_it_went():
    machine = Machine()
    machine.enter()
    machine.touch("devices")
    assert machine.touch("test:pad") == machine.touch("test:nothing") == []
    (job,) = [effect.job for effect in machine.touch("test:printer") if isinstance(effect, Print)]
    machine.tell(Printed("printer", job, Gone("no paper")))
    assert machine.service.tested == {"printer": "no paper"}


def test_what_is_emptied_and_filled_is_counted_and_kept():
    machine = Machine()
    machine.tell(Printed("printer", "a slip"))
    assert machine.service.counts.slips == 1
    _, effects = attending.note(machine.kiosk, Ticked(), (Record(facts.ReturnMade("0" * 16, "B1")),))
    assert '"returns":1' in remembered(effects)["service.counts"]
    machine.enter()
    effects = machine.touch("paper_changed")
    assert (machine.service.counts.slips, machine.service.counts.paper_ms) == (0, 1_800_000_000_000)
    assert attending.recall(remembered(effects).get, Now(0, 0)).counts == machine.service.counts


def test_a_tag_is_written_for_the_number_that_was_scanned_until_it_is_right():
    machine = Machine()
    machine.enter()
    machine.touch("tags")
    assert machine.tell(CardShown("scanner", "B0001", "barcode")) == [EncodeTag("B0001")]
    assert machine.tell(CardShown("scanner", "B0002", "barcode")) == []  # the pad is at it
    machine.tell(TagEncoded("pad", "B0001", "other", "E0", "B7777"))
    assert machine.service.tagging.verdict == "other"
    assert machine.wait(0.4) == [EncodeTag("B0001")]
    effects = machine.tell(TagEncoded("pad", "B0001", "tagged", "E001"))
    assert told(effects) == [facts.TagEncoded("E001", "B0001", STAFF)]
    assert (machine.service.tagging.done, machine.service.tagging.item) == (1, "")


def test_why_a_device_was_lost_is_kept_when_it_is_back():
    machine = Machine()
    machine.tell(DeviceLost("scanner", Gone("no reply")), DeviceBack("scanner", "there"))
    assert machine.service.lost["scanner"].cause == "no reply"
    assert machine.condition == "ready"


def test_what_lies_on_the_pad_meanwhile_is_nobody_s():
    machine = Machine()
    machine.enter()
    machine.tell(TagSeen("pad", "E001", TagContent("B1")))
    assert machine.service.heard["pad"] == "B1"
    machine.tell(Touched("done"))
    assert (machine.desk, machine.kiosk.session.lines) == (Desk.IDLE, ())
