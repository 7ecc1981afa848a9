"""The pump: lost once, back by itself, no order unanswered, no thread left."""

from __future__ import annotations

from queue import Queue
from threading import Event

import pytest

from drivers.errors import Gone, Misbehaved, Misuse
from drivers.events import DeviceBack, DeviceLost, TagWritten
from drivers.pump import BackOff, Pump

AT_ONCE = BackOff(first_s=0.0, cap_s=0.0)


class Scripted:
    """A device whose lives are given: each is a function of (post, stop)."""

    name = "pad"

    def __init__(self, *lives):
        self.lives = list(lives)
        self.inbox = []

    def run(self, post, stop):
        life = self.lives.pop(0) if self.lives else idle
        life(post, stop)

    def abandon(self, post):
        while self.inbox:
            post(TagWritten("pad", self.inbox.pop(), secured=False, error=Gone("lost")))


def idle(_post, stop):
    stop.wait(30)


def fail(cause):
    def life(_post, _stop):
        raise cause

    return life


def back_then(cause):
    def life(post, _stop):
        post(DeviceBack("pad", "one"))
        raise cause

    return life


def back_and_stay(post, stop):
    post(DeviceBack("pad", "one"))
    stop.wait(30)


def pumped(device, count, backoff=AT_ONCE):
    """The first `count` events, then a clean stop; the events after them must be none."""
    events = Queue()
    pump = Pump(device, events.put, backoff=backoff, jitter=lambda: 0.0)
    pump.start()
    seen = [events.get(timeout=10) for _ in range(count)]
    assert pump.stop()
    assert events.empty()
    return seen


def test_lost_once_with_the_first_cause_then_back():
    device = Scripted(fail(Gone("first")), fail(Misbehaved("second")), fail(Gone("third")), back_and_stay)
    assert pumped(device, 2) == [DeviceLost("pad", Gone("first")), DeviceBack("pad", "one")]


def test_each_life_that_came_back_is_lost_anew():
    device = Scripted(back_then(Gone("a")), fail(Gone("b")), back_then(Gone("c")), back_and_stay)
    assert pumped(device, 5) == [
        DeviceBack("pad", "one"),
        DeviceLost("pad", Gone("a")),
        DeviceBack("pad", "one"),
        DeviceLost("pad", Gone("c")),
        DeviceBack("pad", "one"),
    ]


def test_a_bug_in_the_driver_is_our_misuse_and_not_the_end():
    device = Scripted(fail(ZeroDivisionError("oops")), back_and_stay)
    lost, back = pumped(device, 2)
    assert lost == DeviceLost("pad", Misuse("pad: ZeroDivisionError: oops"))
    assert isinstance(lost.cause.__cause__, ZeroDivisionError)
    assert back == DeviceBack("pad", "one")


def test_a_driver_that_ends_by_itself_is_lost():
    device = Scripted(lambda _post, _stop: None, back_and_stay)
    assert pumped(device, 2)[0] == DeviceLost("pad", Gone("pad: ended by itself"))


def test_orders_are_answered_when_the_device_is_lost_and_while_it_is():
    device = Scripted(fail(Gone("x")))
    device.inbox = ["E1"]
    events = Queue()
    pump = Pump(device, events.put, backoff=BackOff(first_s=30, cap_s=30), jitter=lambda: 1.0)
    pump.start()
    assert events.get(timeout=10) == DeviceLost("pad", Gone("x"))
    assert events.get(timeout=10).uid == "E1"
    device.inbox.append("E2")
    assert events.get(timeout=10).uid == "E2"
    assert pump.stop()


def test_orders_left_at_stop_are_answered():
    running = Event()

    def life(_post, stop):
        running.set()
        stop.wait(30)

    device = Scripted(life)
    events = Queue()
    pump = Pump(device, events.put)
    pump.start()
    assert running.wait(10)
    device.inbox.append("E3")
    assert pump.stop()
    assert events.get_nowait().uid == "E3"


@pytest.mark.parametrize(
    ("attempt", "jitter", "wait_s"),
    [
        (1, 0.0, 0.125),
        (1, 1.0, 0.25),
        (2, 1.0, 0.5),
        (3, 0.0, 0.5),
        (6, 1.0, 8.0),
        (7, 1.0, 10.0),
        (9999, 1.0, 10.0),
    ],
)
def test_waits_double_up_to_the_cap(attempt, jitter, wait_s):
    assert BackOff().wait_s(attempt, jitter) == wait_s
