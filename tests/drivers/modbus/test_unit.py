"""Modbus RTU: literal frames against the specification, and every bad line."""

from __future__ import annotations

from itertools import count

import pytest

from drivers.door.registers import RegisterMap
from drivers.door.session import Contacts, Counters, DoorSession
from drivers.emulators.door import EmulatedDoor, Totals
from drivers.emulators.modbus_rtu import Slave, crc
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.line.shared import Bus, Port
from drivers.modbus.settings import ModbusTiming
from drivers.modbus.unit import ModbusUnit
from tests.lines import (
    CUT,
    DELAYED,
    DOUBLED,
    ECHOED_LATE,
    EVERY,
    LOSSLESS,
    OVERTAKEN,
    SILENT,
    Answering,
    BadLine,
)

TIMING = ModbusTiming(gap_s=0.0)


def framed(text):
    octets = bytes.fromhex(text)
    return octets + crc(octets)


def unit_with(*replies):
    """A unit that says these, one a request, and the line that keeps what was asked."""
    waiting = list(replies)
    line = Answering(lambda _: [waiting.pop(0)] if waiting else [])
    return ModbusUnit(line, 1, TIMING), line


def test_the_checksum_of_the_specification():
    assert framed("01 05 0000 FF00") == bytes.fromhex("010500 00FF008C3A")


@pytest.mark.parametrize(
    ("verb", "request_hex", "reply_hex", "value"),
    [
        (
            lambda u: u.read("discrete", 0, 5),
            "01 02 0000 0005",
            "01 02 01 13",
            [True, True, False, False, True],
        ),
        (lambda u: u.read("input", 0, 2), "01 04 0000 0002", "01 04 04 0001 0203", [1, 0x0203]),
        (lambda u: u.set_coil(0, on=True), "01 05 0000 FF00", "01 05 0000 FF00", None),
        (lambda u: u.set_coil(0, on=False), "01 05 0000 0000", "01 05 0000 0000", None),
        (lambda u: u.set_registers(3, [7]), "01 10 0003 0001 02 0007", "01 10 0003 0001", None),
    ],
)
def test_verbs_are_these_frames(verb, request_hex, reply_hex, value):
    unit, line = unit_with(framed(reply_hex))
    assert verb(unit) == value
    assert line.written == [framed(request_hex)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, Unsupported),
        (2, Unsupported),
        (3, Misuse),
        (4, Misbehaved),
        (7, Misbehaved),
        (10, Gone),
    ],
)
def test_exception_replies_say_whose_fault_it_is(code, kind):
    unit, line = unit_with(framed(f"01 82 {code:02X}"))
    with pytest.raises(kind) as caught:
        unit.read("discrete", 0, 5)
    assert caught.value.status == code
    assert len(line.written) == 1


@pytest.mark.parametrize(
    ("code", "kind"), [(6, Misbehaved), (11, Gone)], ids=["busy", "a gateway heard nothing"]
)
def test_what_may_be_otherwise_at_once_is_asked_again(code, kind):
    def asked(*replies, after_s=0.0):
        waiting, slept = [framed(reply) if reply else b"" for reply in replies], []
        clock = count(0.0, after_s).__next__
        unit = ModbusUnit(Answering(lambda _: [waiting.pop(0)]), 1, TIMING, clock, slept.append)
        return unit.read("discrete", 0, 5), slept

    exception = f"01 82 {code:02X}"
    assert asked(exception, exception, "01 02 01 13") == ([1, 1, 0, 0, 1], [TIMING.timeout_s] * 2)
    _, slept = asked(exception, exception, "01 02 01 13", after_s=TIMING.timeout_s / 8)
    assert max(slept) < TIMING.timeout_s, "a try that waits takes no longer than one that is not answered"
    for last in (exception, ""):
        with pytest.raises(kind) as caught:
            asked(exception, exception, last)
        assert caught.value.status == code


def test_silence_is_gone_after_three_tries():
    unit, line = unit_with()
    with pytest.raises(Gone):
        unit.read("discrete", 0, 5)
    assert len(line.written) == 3


def test_garbage_is_misbehaved_and_kept():
    unit, _ = unit_with(b"no Modbus", b"no Modbus", b"no Modbus")
    with pytest.raises(Misbehaved) as caught:
        unit.read("discrete", 0, 5)
    assert caught.value.frame == b"no Modbus"


@pytest.mark.parametrize(
    "stranger",
    [
        framed("02 02 01 1F"),  # another unit's
        framed("01 04 02 0001"),  # another function's
        framed("01 02 02 1F00"),  # another request's
        framed("01 02 01 1F")[:-1] + b"\0",  # a wrong checksum
        b"",
    ],
    ids=["unit", "function", "length", "checksum", "nothing"],
)
def test_a_reply_to_somebody_else_is_passed_over(stranger):
    unit, _ = unit_with(stranger, stranger + framed("01 02 01 13"))
    assert unit.read("discrete", 0, 5) == [True, True, False, False, True]


def test_an_echo_of_another_write_is_passed_over():
    unit, line = unit_with(framed("01 10 0003 0001"), framed("01 10 0000 0003"))
    unit.set_registers(0, [0, 8000, 1])
    assert len(line.written) == 2


class Babbling:
    """A line that never falls silent."""

    def __init__(self):
        self.written = []

    def write(self, octets):
        self.written.append(octets)

    def read(self, timeout_s):
        return b"babble"


def test_a_line_that_babbles_on_does_not_hold_a_request_up():
    line = Babbling()
    with pytest.raises(Misbehaved):
        ModbusUnit(line, 1, TIMING, clock=count(0.0, 0.01).__next__).read("discrete", 0, 5)
    assert len(line.written) == 3


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_a_session_comes_to_the_same_end_over_every_line(bad):
    door = EmulatedDoor(totals=Totals(openings=41, entered=0xFFFF_FFFF, left=7), clock=lambda: 0.0)
    slave = Slave(1, door, 115200)
    session = DoorSession(
        ModbusUnit(BadLine(Answering(lambda frame: [slave.reply(frame)]), bad, seed=3), 1, TIMING),
        RegisterMap(),
    )
    for _ in range(10):
        session.beat()
        assert session.contacts() == Contacts(open=False, bolted=True, exit=False, fire=False, powered=True)
        session.release(8000)
        assert session.contacts().powered is False
        assert session.counters() == Counters(41, 0xFFFF_FFFF, 7, 0x0102)
        session.secure()


def test_behind_another_device_on_the_line_its_silence_is_kept():
    bus, pauses = Bus(Port("-"), lambda _: Answering(lambda _: [framed("01 02 01 13")])), []
    mine, other = bus.open(), bus.open()
    unit = ModbusUnit(mine, 1, ModbusTiming(gap_s=0.002), clock=lambda: 7.0, sleep=pauses.append)
    unit._quiet_since = 0.0
    with mine:
        pass
    unit.read("discrete", 0, 5)
    assert pauses == []
    unit._quiet_since = 0.0
    with other:
        pass
    unit.read("discrete", 0, 5)
    assert pauses == [pytest.approx(0.002)]


# ---------------------------------------------------------------- Modbus TCP
def tcp_unit(*replies):
    """The same with Modbus TCP: replies as text, `tt` for the transaction that was asked."""
    waiting = list(replies)

    def answer(frame):
        text = waiting.pop(0) if waiting else ""
        return [bytes.fromhex(text.replace("tt", frame[:2].hex()))] if text else []

    line = Answering(answer)
    return ModbusUnit(line, 1, TIMING, sleep=lambda _: None, framing="tcp"), line


def test_over_tcp_the_same_verbs_are_these_frames():
    unit, line = tcp_unit("tt 0000 0004 01 02 01 13", "tt 0000 0006 01 05 0000 FF00")
    assert unit.read("discrete", 0, 5) == [True, True, False, False, True]
    unit.set_coil(0, on=True)
    assert [frame.hex(" ") for frame in line.written] == [
        "00 01 00 00 00 06 01 02 00 00 00 05",
        "00 02 00 00 00 06 01 05 00 00 ff 00",
    ]


@pytest.mark.parametrize(
    "stranger",
    ["FFFF 0000 0004 01 02 01 1F", "tt 0000 0004 02 02 01 1F", "tt 0001 0004 01 02 01 1F", "tt 0000 00FF 01"],
    ids=["transaction", "unit", "protocol", "length"],
)
def test_over_tcp_what_answers_something_else_is_passed_over(stranger):
    unit, line = tcp_unit(stranger, "tt 0000 0004 01 02 01 13")
    assert unit.read("discrete", 0, 5) == [True, True, False, False, True]
    assert len(line.written) == 2


def test_over_tcp_the_reply_before_is_no_answer_when_it_comes_once_more():
    first = "0001 0000 0004 01 02 01 13"
    unit, line = tcp_unit(first, first, "tt 0000 0004 01 02 01 1F")
    assert list(unit.read("discrete", 0, 5)) == [1, 1, 0, 0, 1]
    assert list(unit.read("discrete", 0, 5)) == [1, 1, 1, 1, 1]
    assert len(line.written) == 3


def test_a_gateway_tells_of_the_unit_behind_it():
    unit, _ = tcp_unit("tt 0000 0003 01 82 0B")
    with pytest.raises(Gone, match="behind the gateway"):
        unit.read("discrete", 0, 5)


@pytest.mark.parametrize("bad", [*LOSSLESS, CUT, SILENT, DELAYED, OVERTAKEN, ECHOED_LATE, DOUBLED], ids=str)
def test_over_tcp_a_late_reply_is_never_taken_for_the_next_one(bad):
    """Reads of one shape, which RTU cannot tell apart: here each has its number."""
    slave = Slave(1, EmulatedDoor(totals=Totals(openings=41), clock=lambda: 0.0), 115200, "tcp")
    line = BadLine(Answering(lambda frame: [slave.reply(frame)]), bad, seed=3)
    unit = ModbusUnit(line, 1, TIMING, framing="tcp")
    for _ in range(6):
        assert [unit.read("input", at, 2)[1] for at in (0, 2, 4)] == [41, 0, 0]
