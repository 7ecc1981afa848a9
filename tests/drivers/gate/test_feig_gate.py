"""The gate: one alarm for each passage of a secured tag, over every bad line."""

from __future__ import annotations

from itertools import count
from threading import Event

import pytest

from drivers.emulators.air import EmulatedTag
from drivers.errors import Gone, Unsupported
from drivers.events import DeviceBack, DeviceLost, GateAlarmed
from drivers.gate.feig_gate import FeigGate
from drivers.pad.feig.codec import Frame, encode
from drivers.tag.security import AfiValues, Security
from tests.drivers.pad.pile import Pile, book, content, lines, reader, settings, told
from tests.lines import EVERY, LOSSLESS, WHOLE

GATE = settings(name="gate")
INVENTORIES = 20
"""How long each scene lasts: long enough to be asked again after a spoiled answer."""


def alarms(scenes, bad=WHOLE, seed=0, config=GATE, answer=None, *, filtered=False):
    """Who stands in the gate, scene by scene; what it posts about them."""
    pile, stop, inventories = Pile(), Event(), count()
    reading = reader(pile)
    answer = answer(reading) if answer else reading.answer

    def directed(octets):
        if octets[5:6] == b"\x01":
            scene = next(inventories) // INVENTORIES
            pile.here = scenes[min(scene, len(scenes) - 1)]
            if scene == len(scenes):
                stop.set()
        return answer(octets)

    events = told(
        FeigGate(config, lines(directed, bad, seed), filtered=filtered), lambda _event, _stop: None, stop
    )
    return [event for event in events if not isinstance(event, DeviceBack | DeviceLost)]


def lent(number):
    tag = book(number)
    tag.afi = 0xC2
    return tag


def alarm(number):
    return GateAlarmed("gate", book(number).uid, content(number))


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_secured_books_alarm_once_a_passage_and_lent_ones_never(bad):
    scenes = [[book(1), lent(2)], [lent(2)], [book(1), lent(3)], []]
    for seed in range(3):
        posted = alarms(scenes, bad, seed)
        assert [each.uid for each in posted] == [book(1).uid] * 2
        allowed = [alarm(1)] if bad in LOSSLESS else [alarm(1), GateAlarmed("gate", book(1).uid, None)]
        assert all(each in allowed for each in posted)


def test_a_book_lent_while_it_stands_there_does_not_alarm_again():
    tag = book(1)
    assert alarms([[tag]] * 3) == [alarm(1)]


def test_a_secured_tag_without_library_content_alarms_by_its_uid():
    assert alarms([[EmulatedTag(book(1).uid)]]) == [GateAlarmed("gate", book(1).uid, None)]


def test_the_values_of_the_library_decide():
    config = settings(name="gate", security=Security(afi=AfiValues(in_stock=0xC2, lent=0x07)))
    assert alarms([[book(1), lent(2)]], config=config) == [alarm(2)]


def refusing(control, times):
    """A reader that finds no transponder for the first commands of one kind."""
    left = iter(range(times))

    def around(reading):
        def answer(octets):
            refused = octets[5:6] == bytes([control]) and next(left, None) is not None
            return [encode(Frame(0, 0xB0, b"\x01"))] if refused else reading.answer(octets)

        return answer

    return around


def test_an_alarm_does_not_wait_for_a_second_reading():
    assert alarms([[book(1)]], answer=refusing(0x23, 1)) == [GateAlarmed("gate", book(1).uid, None)]


def test_a_tag_that_does_not_tell_its_afi_is_asked_again():
    assert alarms([[book(1)]], answer=refusing(0x2B, 5)) == [alarm(1)]


def test_all_are_asked_before_any_is_read():
    asked = []

    def noting(reading):
        def answer(octets):
            asked.append(octets[5])
            return reading.answer(octets)

        return answer

    alarms([[book(1), lent(2), book(3)]], answer=noting)
    assert asked[2:8] == [0x01, 0x2B, 0x2B, 0x2B, 0x23, 0x23]


def test_a_reader_that_filters_by_itself_is_not_asked_again():
    asked = []

    def noting(reading):
        def answer(octets):
            asked.append(octets[5])
            return reading.answer(octets)

        return answer

    assert alarms([[book(1)]], answer=noting, filtered=True) == [alarm(1)]
    assert 0x2B not in asked


# ---------------------------------------------------------------- EAS
EAS = settings(name="gate", security=Security("eas"))
BOTH = settings(name="gate", security=Security("both"))
ALARM = b"\xb1\x04\xa5\x00"
"""Any EAS bit in the field?"""


def eas(number, on=True, afi=0xC2):
    tag = book(number)
    tag.afi, tag.eas = afi, on
    return tag


def heard(scenes, config=EAS, answer=None, bad=WHOLE, seed=0):
    """The same with the EAS alarm as the clock of the scenes."""
    pile, stop, polls = Pile(), Event(), count()
    reading = reader(pile)
    answer = answer(reading) if answer else reading.answer

    def directed(octets):
        if ALARM in octets:
            scene = next(polls) // INVENTORIES
            pile.here = scenes[min(scene, len(scenes) - 1)]
            if scene == len(scenes):
                stop.set()
        return answer(octets)

    events = told(FeigGate(config, lines(directed, bad, seed)), lambda _event, _stop: None, stop)
    return [event for event in events if not isinstance(event, DeviceBack | DeviceLost)]


@pytest.mark.parametrize("config", [EAS, BOTH])
def test_an_eas_alarm_names_the_book_once_a_passage(config):
    scenes = [[], [eas(1), eas(2, on=False)], [], [eas(1)], []]
    assert heard(scenes, config) == [alarm(1), alarm(1)]


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_an_eas_alarm_is_told_once_over_every_line(bad):
    for seed in range(3):
        (posted,) = heard([[], [eas(1), eas(2, on=False)], []], bad=bad, seed=seed)
        assert posted in {alarm(1), GateAlarmed("gate", book(1).uid, None), GateAlarmed("gate", "", None)}


def test_both_marks_of_one_book_are_one_alarm():
    assert heard([[eas(1, afi=0x07), eas(2, on=False, afi=0x07)], []], BOTH) == [alarm(1), alarm(2)]


def test_an_alarm_that_nobody_admits_is_told_without_a_name():
    def shy(reading):
        def answer(octets):
            own = octets[4:8] == b"\xb1\x04\xa5\x01"
            return [encode(Frame(0, 0xB1, b"\x01"))] if own else reading.answer(octets)

        return answer

    assert heard([[eas(1)], [], [eas(1)]], answer=shy) == [GateAlarmed("gate", "", None)] * 2


def test_an_idle_eas_gate_costs_one_command_a_poll():
    asked = []

    def noting(reading):
        def answer(octets):
            asked.append(octets[4:8].hex())
            return reading.answer(octets)

        return answer

    assert heard([[eas(1, on=False)], []], answer=noting) == []
    assert set(asked[2:]) == {"b104a500"}


def test_a_reader_without_the_command_says_so():
    def old(reading):
        def answer(octets):
            return [encode(Frame(0, 0xB1, b"\x80"))] if ALARM in octets else reading.answer(octets)

        return answer

    gate = FeigGate(EAS, lines(old(reader(Pile()))))
    events = told(gate, lambda event, stop: isinstance(event, DeviceLost) and stop.set())
    assert events[-1] == DeviceLost("gate", Unsupported("unknown command", status=0x80))


def test_a_gate_that_does_not_answer_is_lost():
    gate = FeigGate(GATE, lines(lambda _: []))
    events = told(gate, lambda _event, stop: stop.set())
    assert events == [DeviceLost("gate", Gone("no answer"))]


# ---------------------------------------------------------------- at rest
class Pauses(Event):
    """A stop that notes how long it is waited for, and lets people pass meanwhile."""

    def __init__(self, pile):
        super().__init__()
        self.noted = []
        self._pile = pile

    def wait(self, timeout=None):
        self.noted.append(timeout)
        match len(self.noted):
            case 3:
                self._pile.here = [eas(1)]
            case 6:
                self._pile.here = []
            case 10:
                self.set()
        return self.is_set()


@pytest.mark.parametrize("security", [Security("afi"), Security("eas")])
def test_it_looks_seldom_while_nothing_is_there_and_often_from_the_first_look_on(security):
    config = settings(name="gate", security=security, poll_pause_ms=25, idle_pause_ms=60)
    pile = Pile()
    stop = Pauses(pile)
    told(FeigGate(config, lines(reader(pile).answer)), lambda _event, _stop: None, stop)
    assert stop.noted == [0.06] * 3 + [0.025] * 4 + [0.06] * 3
