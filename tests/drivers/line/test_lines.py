"""The bad lines are as bad as they say."""

from __future__ import annotations

from random import Random

import pytest

from drivers.errors import Gone
from tests.lines import (
    DELAYED,
    ECHOED_LATE,
    EVERY,
    FLIPPED,
    HELD,
    LOSSLESS,
    OVERTAKEN,
    SILENCE,
    WHOLE,
    Answering,
    BadLine,
)

REPLY = bytes(range(1, 41))


def echoed(octets):
    return [octets]


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_what_is_lossless_keeps_every_octet_and_what_spoils_does_not(bad):
    pieces = [bad.spoil(REPLY, Random(seed)) for seed in range(20)]
    kept = [
        HELD not in each and SILENCE not in each and b"".join(piece for piece in each) == REPLY
        for each in pieces
    ]
    assert all(kept) if bad in LOSSLESS else not any(kept)


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_the_same_seed_spoils_the_same_way(bad):
    assert bad.spoil(REPLY, Random(7)) == bad.spoil(REPLY, Random(7))


def reads(line, count):
    return [line.read(0.0) for _ in range(count)]


def test_a_delayed_reply_comes_at_the_second_read():
    line = BadLine(Answering(echoed), DELAYED, every=1)
    line.write(b"A")
    assert reads(line, 3) == [SILENCE, b"A", SILENCE]


def test_an_overtaken_reply_comes_after_the_next_command_and_before_its_reply():
    line = BadLine(Answering(echoed), OVERTAKEN, every=1)
    line.write(b"A")
    assert reads(line, 3) == [SILENCE] * 3
    line.write(b"B")
    assert reads(line, 3) == [b"A", SILENCE, SILENCE]
    line.write(b"C")
    assert reads(line, 2) == [b"B", SILENCE]


def test_a_late_echo_comes_after_the_next_command():
    line = BadLine(Answering(echoed), ECHOED_LATE, every=1)
    line.write(b"A")
    assert reads(line, 2) == [b"A", SILENCE]
    line.write(b"B")
    assert reads(line, 3) == [b"A", b"B", SILENCE]


def spoiled(line, count):
    """Which of so many replies were not whole."""
    hurt = []
    for at in range(1, count + 1):
        line.write(REPLY)
        if line.read(0.0) != REPLY:
            hurt.append(at)
        reads(line, 3)
    return hurt


def test_each_third_reply_is_spoiled_or_as_many_at_random():
    assert spoiled(BadLine(Answering(echoed), FLIPPED), 9) == [3, 6, 9]
    scattered = spoiled(BadLine(Answering(echoed), FLIPPED, scattered=True), 300)
    assert 70 < len(scattered) < 130
    assert any(at % 3 for at in scattered)


def test_an_answering_line_breaks_when_told_and_when_closed():
    line = Answering(echoed, break_after=1)
    line.write(b"A")
    assert line.read(0.0) == b"A"
    with pytest.raises(Gone):
        line.write(b"B")
    other = BadLine(Answering(echoed), WHOLE)
    other.close()
    with pytest.raises(Gone):
        other.read(0.0)


def test_a_line_says_what_came_unasked():
    line = Answering(echoed)
    line.say(b"card")
    assert reads(line, 2) == [b"card", SILENCE]
