"""One slip, whatever happens to it: out once and whole, or said why not."""

from __future__ import annotations

import pytest

from drivers.emulators.escpos import EmulatedPrinterSettings, Severed
from drivers.errors import DriverError, Gone, Misbehaved, Misuse, Unsupported
from drivers.events import DeviceBack, PaperSensed, Printed
from drivers.printer.escpos.codec import Codec
from drivers.printer.escpos.driver import DRIVER
from drivers.printer.escpos.printer import BEGINNINGS, WAITING, EscposPrinter
from drivers.printer.escpos.session import Timing
from drivers.slip import Line, Slip
from tests.drivers.printer.world import FIRST, LAST, SLIP, World
from tests.lines import BYTEWISE, EVERY, LOSSLESS, WHOLE, Answering

DONE = Printed("printer", "1")
ENOUGH, LOW, OUT = (PaperSensed("printer", paper) for paper in ("enough", "low", "out"))
NAMED = "Shuwu P80, serial number 0001"
BACK = DeviceBack("printer", NAMED)


def test_a_slip_is_printed():
    world = World()
    world.driver.print("1", SLIP)
    assert world.run(5) == [BACK, ENOUGH, DONE]
    [slip] = world.slips
    assert (slip[0], slip[-2:], len(slip)) == (FIRST, ["https://room.example/r/1", LAST], 23)


def test_slips_in_their_order():
    world = World()
    for job in ("1", "2", "3"):
        world.driver.print(job, Slip((Line(job),)))
    assert [event.job for event in world.run(5)[2:]] == ["1", "2", "3"]
    assert world.slips == [["1"], ["2"], ["3"]]
    assert world.printer.paper.count(Severed()) == 3


@pytest.mark.parametrize("bad", [WHOLE, BYTEWISE], ids=str)
def test_another_printer_is_refused_before_it_prints_also_where_it_could_not_say_so_at_first(bad):
    """Without paper it answers no question in turn."""
    world = World(EmulatedPrinterSettings(paper_mm=0), bad=bad, serial="0002")
    world.driver.print("1", SLIP)
    world.at(2.9, lambda: world.printer.load(5000))
    back, out, enough, refused, *_ = world.run(6)
    assert (back, out, enough) == (DeviceBack("printer", "ESC/POS printer"), OUT, ENOUGH)
    assert refused == Misbehaved(f"{NAMED}: it is another one, 0002 is configured")
    assert world.slips == []


@pytest.mark.parametrize("paper_mm", [0, 5000])
def test_the_wanted_printer_prints(paper_mm):
    world = World(EmulatedPrinterSettings(paper_mm=paper_mm), serial="0001")
    world.driver.print("1", SLIP)
    world.at(2.9, lambda: world.printer.load(5000))
    assert world.run(9)[-1] == DONE
    assert len(world.slips) == 1


def test_a_printer_that_is_never_asked_cannot_be_told_apart():
    with pytest.raises(Misuse, match="can only be asked for with answers"):
        DRIVER.make("printer", DRIVER.settings(port="socket://h:1", answers="status", serial="0001"))


class Told(list):
    """Events, and how many slips were out when each came."""

    def __init__(self, world):
        super().__init__()
        self._world = world
        self.out = []

    def append(self, event):
        super().append(event)
        if isinstance(event, Printed):
            self.out.append(self._world.printer.paper.count(Severed()))


def test_a_slow_printer_is_asked_again_and_no_answer_counts_for_the_next_slip():
    world = World(EmulatedPrinterSettings(speed_mm_s=15), bad=BYTEWISE)
    world.events = Told(world)
    for job in ("1", "2", "3"):
        world.driver.print(job, SLIP)
    world.run(60)
    assert world.events.out == [1, 2, 3]


def test_over_a_slow_line_the_status_waits_for_what_was_sent_before():
    world = World(octet_s=10 / 9600)
    world.driver.print("1", Slip((*SLIP.parts, Line("𠮷"), Line("𠮷"), Line("谢谢"))))
    assert world.run(30) == [BACK, ENOUGH, DONE]
    assert world.slips[0][-1] == LAST


@pytest.mark.parametrize("answers", ["status", "none"])
def test_a_printer_that_says_less(answers):
    world = World(EmulatedPrinterSettings(answers=answers), answers)
    world.driver.print("1", SLIP)
    events = world.run(10)
    assert events == [events[0], *([ENOUGH] if answers == "status" else []), DONE]
    assert len(world.slips) == 1


@pytest.mark.parametrize("answers", ["all", "status"])
def test_paper_runs_out_in_the_middle(answers):
    world = World(EmulatedPrinterSettings(paper_mm=60, answers=answers), answers)
    world.driver.print("1", SLIP)
    before = []
    world.at(4.9, lambda: before.extend(world.slips[0]))
    world.at(5, lambda: world.printer.load(5000))
    assert world.run(20)[1:] == [LOW, OUT, ENOUGH, DONE]
    torn, whole = world.slips
    assert torn == before == whole[: len(torn)]
    assert 0 < len(torn) < 23
    assert len(whole) == 23


def test_the_cover_is_opened_in_the_middle():
    world = World()
    world.driver.print("1", SLIP)
    world.at(0.2, lambda: world.printer.put_cover(open=True))
    world.at(4, lambda: world.printer.put_cover(open=False))
    assert world.run(10) == [BACK, ENOUGH, PaperSensed("printer", "enough", cover_open=True), ENOUGH, DONE]
    assert [len(slip) == 23 for slip in world.slips] == [False, True]


def test_a_printer_without_paper_waits_with_the_slip():
    world = World(EmulatedPrinterSettings(paper_mm=0))
    world.driver.print("1", SLIP)
    world.at(60, lambda: world.printer.load(5000))
    events = world.run(70)
    assert events[1:] == [OUT, ENOUGH, DONE]
    assert len(world.slips) == 1


def test_a_slip_that_comes_too_late_is_not_printed_before_another_reader():
    world = World(EmulatedPrinterSettings(paper_mm=0), keep_s=60)
    world.driver.print("1", SLIP)
    world.at(61, lambda: world.printer.load(5000))
    assert world.run(70)[2:] == [
        Printed("printer", "1", Gone("not printed within 60 s: the paper is out")),
        ENOUGH,
    ]
    assert world.slips == []


def test_a_jammed_knife_is_a_loss_until_it_is_mended():
    world = World()
    world.driver.print("1", SLIP)
    world.printer.jam()
    world.at(5, world.printer.mend)
    events = world.run(20)
    lost = world.of(DriverError)
    assert set(lost) == {Misbehaved("the cutter is jammed")}
    assert events == [BACK, ENOUGH, *lost, BACK, ENOUGH, DONE]
    assert len(world.slips[-1]) == 23


def test_a_slip_that_never_ends_is_given_up():
    world = World()
    world.driver.print("1", SLIP)
    for second in (0.3, 2.9, 5.9):
        world.at(second, lambda: world.printer.put_cover(open=True))
        world.at(second + 1.8, lambda: world.printer.put_cover(open=False))
    world.run(10)
    [answer] = world.of(Printed)
    assert answer.error == Misbehaved(f"begun {BEGINNINGS} times, never finished: the cover is open")


@pytest.mark.parametrize("octets", [*range(0, 60, 3), *range(60, 1250, 59)])
def test_a_cable_pulled_at_any_octet(octets):
    world = World()
    world.octets_left = octets
    world.driver.print("1", SLIP)
    world.at(1, world.replug)
    world.run(6)
    assert world.of(Printed) == [DONE]
    assert len(world.slips) <= 2
    assert len(world.slips[-1]) == 23


@pytest.mark.parametrize("heard", range(1, 38, 2))
def test_a_cable_pulled_within_any_answer(heard):
    world = World()
    world.said_left = heard
    world.driver.print("1", SLIP)
    world.at(1, world.replug)
    world.run(6)
    assert world.of(Printed) == [DONE]
    assert {type(error) for error in world.of(DriverError)} == {Gone}
    assert len(world.slips[-1]) == 23


@pytest.mark.parametrize("name", ["M" * 5000, "\x01" * 100, ""])
def test_a_name_that_never_ends_is_none_and_slips_are_printed(name):
    world = World(EmulatedPrinterSettings(names=(name, "P80", "0001")))
    world.driver.print("1", SLIP)
    assert world.run(5) == [DeviceBack("printer", "P80, serial number 0001"), ENOUGH, DONE]


@pytest.mark.parametrize("forgets", [True, False])
def test_a_cable_pulled_inside_a_picture(forgets):
    """The printer still waits for the picture's rest; the next slip's first lines must not become dots."""
    world = World(EmulatedPrinterSettings(forgets=forgets))
    world.octets_left = 1000
    world.driver.print("1", Slip((Line("谢"), Line("𠮷", large=True), Line("谢"))))
    world.at(1, world.replug)
    world.run(6)
    assert world.of(Printed) == [DONE]
    assert world.slips[-1] == ["谢", "谢"]


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_over_a_bad_line(bad):
    """Paper runs out in the middle, and every third answer is spoiled: the slip comes out whole, and is told once."""
    for seed in (1, 2) if bad in LOSSLESS else range(3):
        world = World(EmulatedPrinterSettings(paper_mm=60), bad=bad, seed=seed)
        world.driver.print("1", SLIP)
        world.at(4, lambda world=world: world.printer.load(5000))
        events = world.run(40)
        assert world.of(Printed) == [DONE]
        assert len(world.slips[-1]) == 23
        assert len([slip for slip in world.slips if len(slip) == 23]) == 1
        if bad in LOSSLESS:
            assert events == [BACK, LOW, OUT, ENOUGH, DONE]


def test_at_most_so_many_wait_and_each_is_answered():
    world = World(EmulatedPrinterSettings(paper_mm=0))
    for job in range(WAITING + 2):
        world.driver.print(str(job), SLIP)
    world.run(1)
    answers = world.of(Printed)
    assert [answer.job for answer in answers] == ["8", "9", *map(str, range(WAITING))]
    assert {type(answer.error) for answer in answers[:2]} == {Misuse}
    assert {str(answer.error) for answer in answers[2:]} == {
        "stopped before it was printed: the paper is out"
    }


def test_what_cannot_be_drawn_is_answered_and_the_next_is_printed():
    world = World()
    world.driver._codec = Codec("80", ("/nowhere.ttf",))
    world.driver.print("1", Slip((Line("𠮷"),)))
    world.driver.print("2", Slip((Line("三体\U0010fffd"),)))
    world.driver.print("3", Slip((Line("三体"),)))
    world.run(3)
    errors = [answer.error for answer in world.of(Printed)]
    assert [type(error) for error in errors] == [Unsupported, Unsupported, type(None)]
    assert world.slips == [["三体"]]


def test_a_missing_character_is_named_although_the_slip_is_out():
    world = World()
    world.driver.print("1", Slip((Line("三体\U0010fffd"),)))
    world.run(3)
    assert world.of(Printed) == [Printed("printer", "1", missing=("\U0010fffd",))]
    assert world.slips == [["三体〓"]]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ([], Gone("the printer does not answer DLE EOT")),
        ([b"\x0d\x00\x00\xff"], Misbehaved("what answers is no ESC/POS printer", frame=b"\x0d\x00\x00\xff")),
        ([b"\x12"], Misbehaved("what answers is no ESC/POS printer", frame=b"\x12")),
        ([b"\x12" * 5000], Misbehaved("what answers is no ESC/POS printer", frame=b"\x12" * 32)),
    ],
)
def test_another_device_on_the_port(answer, error):
    now = [0.0]

    def clock():
        now[0] += 0.01
        return now[0]

    line = Answering(lambda _: answer)
    driver = EscposPrinter("printer", Codec("80", ()), lambda: line, "all", Timing(), clock=clock)
    with pytest.raises(type(error)) as raised:
        driver.run(pytest.fail, World().stop)
    assert raised.value == error
    assert line.closed


class Endless:
    """A peer that never stops talking."""

    def __init__(self, octets, tick):
        self._octets, self._tick = octets, tick

    def read(self, timeout_s):
        self._tick(0.01)
        return self._octets

    def write(self, octets):
        pass

    def close(self):
        pass


@pytest.mark.parametrize("octets", [b"\x12" * 4096, b"\xff" * 4096, b"\x00" * 4096])
def test_endless_data(octets):
    world = World()
    driver = EscposPrinter(
        "printer",
        Codec("80", ()),
        lambda: Endless(octets, world.pass_time),
        "all",
        Timing(),
        clock=lambda: world.now,
    )
    with pytest.raises(Misbehaved, match="no ESC/POS printer"):
        driver.run(pytest.fail, world.stop)
    assert world.now < 3


def test_orders_before_the_first_line_and_after_the_last_are_answered():
    world = World()
    events = []
    world.driver.print("1", SLIP)
    world.driver.abandon(events.append)  # a pump that was stopped before it ran
    assert [event.job for event in events] == ["1"]
    assert isinstance(events[0].error, Gone)
