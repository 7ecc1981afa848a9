"""One port, several devices: opened once, turns in order, broken for all, open again for all."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from drivers.errors import Gone, Misuse
from drivers.line import shared
from drivers.line.shared import Bus, Port, Queue
from tests.lines import Answering

PORT = Port("/dev/ttyBUS", 9600)


class Opener:
    """Counts how often the port was really opened."""

    def __init__(self):
        self.lines = []

    def __call__(self, port):
        assert port == PORT
        self.lines.append(Answering(lambda octets: [octets]))
        return self.lines[-1]


@pytest.fixture
def opener():
    return Opener()


@pytest.fixture
def bus(opener):
    return Bus(PORT, opener)


def test_a_port_is_opened_once_and_closed_by_the_last(bus, opener):
    one, two = bus.open(), bus.open()
    one.close()
    assert not opener.lines[0].closed
    two.close()
    assert opener.lines[0].closed
    bus.open()
    assert len(opener.lines) == 2


def test_what_broke_for_one_is_gone_for_all_until_each_opened_it_anew(bus, opener):
    one, two = bus.open(), bus.open()
    opener.lines[0].closed = True
    with pytest.raises(Gone):
        one.write(b"?")
    again = bus.open()
    with pytest.raises(Gone, match="while another device used it"):
        two.read(0)
    two.close()
    one.close()
    again.write(b"!")
    assert again.read(0) == b"!"
    assert len(opener.lines) == 2


def test_it_is_told_whether_another_has_spoken_in_between(bus):
    one, two = bus.open(), bus.open()
    said = []
    for speaker in (one, one, two, one):
        with speaker as undisturbed:
            said.append(undisturbed)
    assert said == [False, True, False, False]


def test_two_may_not_have_one_seat(bus):
    first = bus.open("OSDP address 3")
    bus.open("OSDP address 4")
    with pytest.raises(Misuse, match="OSDP address 3 at /dev/ttyBUS"):
        bus.open("OSDP address 3")
    first.close()
    bus.open("OSDP address 3")


def test_turns_are_granted_in_the_order_of_asking():
    queue, order, started = Queue(), [], Event()
    queue.acquire()
    threads = []

    def speak(name):
        started.set()
        queue.acquire()
        order.append(name)
        queue.release()

    for n in range(4):
        started.clear()
        thread = Thread(target=speak, args=(n,))
        thread.start()
        threads.append(thread)
        started.wait(5)
        while len(queue._waiting) != n + 1:  # until it stands in the queue
            pass
    queue.release()
    for thread in threads:
        thread.join(5)
    assert order == [0, 1, 2, 3]


def test_who_shares_a_port_wants_it_alike():
    mine = shared.bus(PORT)
    assert shared.bus(Port("/dev/ttyBUS", 9600)) is mine
    with pytest.raises(Misuse, match="115200 baud, parity N here, 9600 baud"):
        shared.bus(Port("/dev/ttyBUS", 115200))
    del mine
    assert shared.bus(Port("/dev/ttyBUS", 115200)).port.baud == 115200
