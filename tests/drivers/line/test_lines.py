"""The bad lines are as bad as they say."""

from __future__ import annotations

from random import Random

import pytest

from drivers.errors import Gone
from tests.lines import (
    DELAYED,
    ECHOED_LATE,
    EVERY,
    HELD,
    LOSSLESS,
    OVERTAKEN,
    SILENCE,
    SPOILING,
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


def test_about_one_reply_in_every_is_spoiled():
    for bad in SPOILING:
        line, whole = BadLine(Answering(echoed), bad, seed=3, every=4), 0
        for _ in range(400):
            line.write(REPLY)
            whole += line.read(0.0) == REPLY
            reads(line, 3)
        assert 200 < whole <= 400


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
