"""A bell wakes one thread, once for however many rings, and forgets none."""

from __future__ import annotations

from threading import Thread

from drivers.bell import Bell


def test_a_ring_ends_the_next_wait_and_is_used_up_by_it():
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.wait(0)
    assert not bell.wait(0)
    assert not bell.wait(-1)


def test_it_ends_a_wait_that_has_begun():
    bell = Bell()
    thread = Thread(target=bell.ring)
    thread.start()
    assert bell.wait(30)
    thread.join()
