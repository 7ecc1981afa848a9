"""A board as a door: literal frames, proofs, fire and exit, the heartbeat, and what it refuses to be."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from drivers.door.board.board import BoardDoor
from drivers.door.board.settings import BoardSettings, Heartbeat, Openings
from drivers.emulators.board import EmulatedBoardSettings
from drivers.emulators.board_door import EmulatedBoardDoor
from drivers.emulators.door import Totals
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import DeviceBack, DoorAnswered, DoorSensed
from drivers.modbus.points import Contact
from drivers.modbus.relays import Relay, Timer
from tests.drivers.stage import Stage
from tests.lines import EVERY, Answering, BadLine

FLASH_0 = Timer(function=5, address=0x0200)
FLASH_1 = Timer(function=5, address=0x0201)
TIMED = BoardSettings(
    port="-",
    release=Relay(0, timer=FLASH_0),
    heartbeat=Heartbeat(1, timer=FLASH_1),
    open=Contact(0, debounce_ms=0),
    exit=Contact(1, debounce_ms=0),
    fire=Contact(2, active="open", debounce_ms=0),
    powered=Contact(3, debounce_ms=0),
    moving_ms=1,
    idle_ms=1,
)
UNTIMED = msgspec.structs.replace(
    TIMED, release=Relay(0), heartbeat=Heartbeat(1), untimed=True, powered=None, bolted=Contact(3)
)
LOCKED = DoorSensed("door", open=False, released=False, exit_pressed=False, fire=False, openings=None)
FREE = replace(LOCKED, released=True)
RELEASED, SECURED = DoorAnswered("door", "release"), DoorAnswered("door", "secure")
HELD = DoorAnswered("door", "secure", Misuse("fire or exit holds the door released"))
STUCK = DoorAnswered(
    "door", "release", Misbehaved("release: the board took it, and relay or lock stand still")
)
NEW = Totals()
NO_BOUNCE = EmulatedBoardSettings(bounce_s=0.0)


class Site:
    """A stage with a door on a board, and its driver."""

    def __init__(self, settings=TIMED, board=NO_BOUNCE, totals=NEW):
        self.stage = Stage()
        self.world = EmulatedBoardDoor(settings, totals, clock=self.stage.clock, board=board)
        opened = self.stage.connect(self.world.board._slave.reply)
        self.door = BoardDoor("door", settings, opened, self.stage.clock)

    def play(self, script, *, fails=False):
        return self.stage.play(self.door, lambda _: script(), fails=fails)

    def wrote(self, text):
        """How often this request was sent, its address and CRC left out."""
        return sum(frame[1:-2] == bytes.fromhex(text) for frame in self.stage.written)


def test_a_visit():
    site = Site()

    def visit():
        yield LOCKED
        site.door.release(8000)
        yield RELEASED
        assert site.world.push()
        yield replace(FREE, open=True)
        site.world.close()
        yield FREE
        site.door.secure()
        yield SECURED

    told = site.play(visit)
    assert told[0] == DeviceBack("door", "Modbus board, unit 1")
    assert told[1:3] == [FREE, LOCKED]  # without power until the first heartbeat
    assert told[-2:] == [LOCKED, SECURED]
    assert site.wrote("05 0200 0050") == 1
    assert site.wrote("05 0000 0000") == 1


@pytest.mark.parametrize("busy", range(1, 8))
def test_a_release_waits_for_the_one_request_on_the_line(busy):
    """Whichever request of a round is on the line, a heartbeat's too, the release is the next one."""
    site = Site(msgspec.structs.replace(TIMED, heartbeat=Heartbeat(1, timer=FLASH_1, every_ms=100)))

    def arrives():
        yield LOCKED
        yield busy
        site.door.release(8000)
        asked = len(site.stage.written)
        yield RELEASED
        assert site.stage.written[asked][1:-2] == bytes.fromhex("05 0200 0050")

    site.play(arrives)


@pytest.mark.parametrize("busy", range(1, 8))
def test_an_order_is_proven_by_what_was_read_behind_it(busy):
    """That the door stood released before says nothing of it."""
    site = Site(msgspec.structs.replace(TIMED, heartbeat=Heartbeat(1, timer=FLASH_1, every_ms=100)))

    def again():
        yield LOCKED
        site.door.release(8000)
        yield RELEASED
        yield busy
        site.door.release(8000)
        asked = len(site.stage.written)
        yield RELEASED
        assert {1, 2} <= {frame[1] for frame in site.stage.written[asked + 1 :]}

    site.play(again)


def test_the_board_ends_a_release_that_nobody_ends():
    site = Site()

    def dies():
        yield LOCKED
        site.door.release(3000)
        yield RELEASED

    site.play(dies)
    site.stage.now += 2.5
    assert "order" in site.world.see().free
    site.stage.now += 0.6
    assert "order" not in site.world.see().free


@pytest.mark.parametrize("settings", [TIMED, UNTIMED], ids=["timed", "untimed"])
def test_a_dead_controller_frees_the_door(settings):
    site = Site(settings)

    def dies():
        yield LOCKED

    site.play(dies)
    assert site.world.see().powered
    site.stage.now += 5.1
    assert site.world.see().free == ("silence",)
    assert site.world.push()


@pytest.mark.parametrize("danger", ["fire", "exit"])
def test_nothing_that_gives_power_is_written_against_fire_and_exit(danger):
    site = Site()

    def burns():
        yield LOCKED
        (site.world.trip_fire if danger == "fire" else site.world.press_exit)()
        yield replace(FREE, fire=danger == "fire", exit_pressed=danger == "exit")
        before = site.wrote("05 0201 0032")
        site.door.secure()
        yield HELD
        site.stage.now += 1.5  # a beat was due
        yield 10
        assert site.wrote("05 0201 0032") == before

    site.play(burns)
    assert site.wrote("05 0000 0000") == 0


def test_a_fire_outlasts_the_heartbeat_and_its_end_brings_the_lock_back():
    site = Site()

    def burns():
        yield LOCKED
        site.world.trip_fire()
        site.stage.now += 6
        yield 10
        assert set(site.world.see().free) == {"fire", "silence"}
        site.world.reset_fire()
        yield LOCKED

    site.play(burns)


@pytest.mark.parametrize(
    ("contact", "seen"),
    [
        ({"fire": Contact(2, active="open", debounce_ms=500)}, {"fire": True}),
        ({"exit": Contact(1, debounce_ms=500)}, {"exit_pressed": True}),
    ],
    ids=["fire", "exit"],
)
def test_a_danger_is_believed_at_once_and_its_end_is_not(contact, seen):
    site = Site(msgspec.structs.replace(TIMED, **contact))
    ((place,),) = (each.at for each in contact.values())

    def flickers():
        yield LOCKED
        site.world.board.flicker(place, 3)
        yield replace(LOCKED, **seen)
        since = site.stage.now
        yield LOCKED
        assert site.stage.now - since >= 0.5

    site.play(flickers)


def test_a_door_contact_that_flickers_opens_no_door():
    slow = msgspec.structs.replace(TIMED, open=Contact(0, debounce_ms=100))
    site = Site(slow)

    def flickers():
        yield LOCKED
        site.world.board.flicker(("discrete", 0), 8)
        yield 60

    assert not [each for each in site.play(flickers) if isinstance(each, DoorSensed) and each.open]


@pytest.mark.parametrize("settings", [TIMED, UNTIMED], ids=["supply sensed", "bolt sensed"])
def test_a_relay_that_is_stuck_is_found(settings):
    site = Site(settings)
    site.world.board.stick(settings.release, on=False)

    def stuck():
        yield LOCKED
        site.door.release(1000)
        yield STUCK

    site.play(stuck)


def test_a_board_that_was_restarted_gets_its_heartbeat_again():
    site = Site(board=replace(NO_BOUNCE, boot_s=0.0))

    def restarts():
        yield LOCKED
        site.world.board.restart()
        yield FREE
        since = site.stage.now
        yield LOCKED
        assert site.stage.now - since < 0.5  # and not after the second until the next heartbeat

    site.play(restarts)


def test_an_untimed_release_is_ended_here_and_one_found_running_at_once():
    site = Site(UNTIMED)

    def released():
        yield LOCKED
        site.door.release(2000)
        yield RELEASED
        site.stage.now += 1.8
        assert "order" in site.world.see().free
        since = site.stage.now
        yield LOCKED
        assert 0.1 <= site.stage.now - since <= 0.3
        site.door.release(60_000)
        yield RELEASED

    def found_running():
        yield LOCKED

    site.play(released)
    assert "order" in site.world.see().free
    site.stage.now += 3.0
    assert site.play(found_running)[1] == FREE


@pytest.mark.parametrize(
    ("release", "frame"),
    [
        (Relay(0, timer=FLASH_0), "05 0200 0050"),
        (Relay(0, timer=Timer(function=16, address=3, prefix=(4,))), "10 0003 0002 04 0004 0050"),
        (
            Relay(1, "holding", on=0x100, off=0x200, timer=Timer(6, 1, 1000, 0x600, longest=600)),
            "06 0001 0608",
        ),
    ],
    ids=["function 5", "function 16", "function 6"],
)
def test_boards_time_a_release_by_three_functions(release, frame):
    site = Site(msgspec.structs.replace(TIMED, release=release))

    def released():
        yield LOCKED
        site.door.release(8000)
        yield RELEASED

    site.play(released)
    assert site.wrote(frame) == 1
    site.stage.now += 8.1
    assert "order" not in site.world.see().free


@pytest.mark.parametrize("limit_ms", [0, 600_001])
def test_an_impossible_limit_is_misuse(limit_ms):
    site = Site()

    def asked():
        yield LOCKED
        site.door.release(limit_ms)
        yield DoorAnswered

    assert isinstance(site.play(asked)[-1].error, Misuse)


def test_openings_of_16_bits_are_counted_on():
    site = Site(msgspec.structs.replace(TIMED, openings=Openings(0)), totals=Totals(openings=0xFFFF))

    def opens():
        yield replace(LOCKED, openings=0xFFFF)
        site.world.force()
        yield replace(LOCKED, open=True, openings=0x10000)

    site.play(opens)
    site.world.close()
    assert site.play(lambda: iter([DoorSensed]))[-1].openings == 0x10000, "after a lost line, too"


@pytest.mark.parametrize("breaks_after", range(1, 12))
def test_an_order_is_answered_wherever_the_cable_is_pulled(breaks_after):
    site = Site()
    site.play(lambda: iter([LOCKED]))
    lines = []

    def opened():
        lines.append(Answering(site.world_says, break_after=breaks_after))
        return lines[-1]

    site.world_says = lambda frame: [site.world.board._slave.reply(frame)]
    site.door._open_line = opened
    site.door.secure()
    told = site.play(lambda: iter([999]), fails=True)
    site.door.abandon(told.append)
    assert sum(isinstance(each, DoorAnswered) for each in told) == 1


def test_openings_are_the_board_s_own_where_it_counts():
    settings = msgspec.structs.replace(TIMED, openings=Openings(0, kind="u32", words="low first"))
    site = Site(settings)

    def opens():
        yield replace(LOCKED, openings=0)
        site.world.force()
        yield replace(LOCKED, open=True, openings=1)

    site.play(opens)


def test_another_map_and_a_silent_board_are_named():
    site = Site()
    opened = site.stage.connect(site.world.board._slave.reply)
    mistaken = msgspec.structs.replace(TIMED, bolted=Contact(9))
    site.door = BoardDoor("door", mistaken, opened, site.stage.clock)
    assert site.play(lambda: iter([LOCKED]), fails=True) == [
        Unsupported("the unit answers: illegal address: another register map", status=2)
    ]
    other = Site(msgspec.structs.replace(TIMED, unit=2))
    other.stage.connect(site.world.board._slave.reply)
    (error,) = other.play(lambda: iter([LOCKED]), fails=True)
    assert isinstance(error, Gone)


WRONG = {
    "handle": {"lock": "fail-secure"},
    "untimed = true": {"release": Relay(0)},
    "heartbeat relay": {"release": Relay(0), "untimed": True, "heartbeat": None},
    "has a timer": {"untimed": True},
    "same relay": {"heartbeat": Heartbeat(0, timer=FLASH_0)},
    "obeys": {"release": Relay(0, timer=FLASH_0, read_back=False), "powered": None},
    "every_ms": {"heartbeat": Heartbeat(1, timer=FLASH_1, hold_ms=2000)},
    "max_release_ms": {"release": Relay(0, timer=Timer(6, 0, longest=50))},
    "hold_ms is": {"heartbeat": Heartbeat(1, timer=Timer(5, 1, longest=20))},
}


@pytest.mark.parametrize("words", WRONG)
def test_what_no_lock_may_hang_on_is_refused(words):
    with pytest.raises(Misuse, match=words):
        BoardDoor("door", msgspec.structs.replace(TIMED, **WRONG[words]), lambda: Answering(lambda _: []))


def test_a_fail_secure_lock_with_a_handle_is_taken():
    BoardDoor("door", msgspec.structs.replace(TIMED, lock="fail-secure", handle=True), lambda: None)


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_a_visit_over_every_line(bad):
    site = Site()
    opened = site.door._open_line
    site.door._open_line = lambda: BadLine(opened(), bad, seed=5, every=7)

    def visit():
        yield DeviceBack
        site.door.release(8000)
        yield DoorAnswered
        site.door.secure()
        yield DoorAnswered

    answers = [each for each in site.play(visit) if isinstance(each, DoorAnswered)]
    assert answers == [RELEASED, SECURED]


@pytest.mark.parametrize("count", range(1, 60))
def test_unplugged_at_any_octet_every_order_is_answered_and_it_comes_back(count):
    site = Site()
    reply = site.world.board._slave.reply
    site.door._open_line = site.stage.cut(reply, after=count)
    site.door.release(1000)
    told = site.play(lambda: iter([3000]), fails=True)
    assert isinstance(told[-1], Gone)
    site.door.abandon(told.append)
    assert len([each for each in told if isinstance(each, DoorAnswered)]) == 1
    site.door._open_line = site.stage.connect(reply)
    assert isinstance(site.play(lambda: iter([DeviceBack]))[0], DeviceBack)
