"""Which facts go next: windows, resends and watermarks, over simulated time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.cursor import MAX_BATCHES, Cursor, Taken, judge
from wire.orders import Watermark

JOURNAL = "5f" * 16


def mark(seq, epoch=1):
    return Watermark(JOURNAL, epoch, seq, 0)


def opened(acked=0, head=100, jitter=0.0):
    """A cursor that has been open for long enough to send as much as it may."""
    cursor = Cursor(acked, head, lambda: jitter)
    cursor.open()
    cursor.window = MAX_BATCHES
    return cursor


def send(cursor, count, now_ms):
    """Hand over one batch of `count` facts; its first seq, None where there is no leave."""
    first = cursor.next(now_ms)
    if first is not None:
        cursor.sent_to(min(first + count - 1, cursor.head), now_ms)
    return first


def test_batches_follow_each_other_up_to_the_window():
    cursor = opened(acked=10)
    assert [send(cursor, 10, 0) for _ in range(MAX_BATCHES + 1)] == [10, 20, 30, 40, None]
    cursor.took(Taken.MOVED, mark(19), 5)
    assert [send(cursor, 10, 5) for _ in range(2)] == [50, None]


def test_a_backlog_is_sent_one_batch_at_a_time_until_central_is_found_to_be_quick():
    cursor = Cursor(0, 1000, lambda: 0.0)
    cursor.open()
    sent = []
    for moment in range(0, 60, 10):
        while (first := send(cursor, 10, moment)) is not None:
            sent.append((moment, first))
        cursor.took(Taken.MOVED, mark(cursor.sent), moment + 5)
    assert [sum(at == moment for at, _ in sent) for moment in range(0, 60, 10)] == [1, 2, 4, 4, 4, 4]


@pytest.mark.parametrize(("took_ms", "window"), [(1_000, 4), (1_001, 2)])
def test_a_slow_watermark_halves_what_may_be_under_way(took_ms, window):
    cursor = opened()
    send(cursor, 10, 0)
    cursor.took(Taken.MOVED, mark(10), took_ms)
    assert cursor.window == window


def test_a_central_that_stays_slow_gets_one_batch_at_a_time():
    cursor = opened()
    for moment in range(0, 20_000, 2_000):
        send(cursor, 1, moment)
        cursor.took(Taken.MOVED, mark(cursor.sent), moment + 1_500)
    assert cursor.window == 1


@pytest.mark.parametrize("begin", [Cursor.open, lambda cursor: cursor.next(10_000)])
def test_a_new_line_and_silence_begin_with_one_batch_again(begin):
    cursor = opened()
    send(cursor, 10, 0)
    begin(cursor)
    assert cursor.window == 1


def test_after_opening_the_last_fact_that_central_took_goes_first():
    cursor = opened(acked=100)
    assert send(cursor, 10, 0) == 100
    assert send(cursor, 10, 0) is None
    assert send(cursor, 10, 10_000) == 100, "asked again until central has answered"
    cursor.took(Taken.SAME, mark(100), 10_001)
    assert (cursor.next(99_999), cursor.wait_ms(99_999)) == (None, None)
    cursor.head = 101
    assert send(cursor, 10, 99_999) == 101


def test_a_central_that_has_forgotten_is_sent_everything_though_nothing_is_new():
    cursor = opened(acked=100)
    send(cursor, 10, 0)
    cursor.took(Taken.REWOUND, mark(40, epoch=2), 1)
    assert send(cursor, 10, 1) == 41


@pytest.mark.parametrize("taken", [Taken.SAME, Taken.MOVED])
def test_what_the_broker_retained_is_no_answer_to_the_question(taken):
    cursor = opened(acked=90)
    send(cursor, 1, 0)
    cursor.took(taken, mark(90 + 10 * (taken is Taken.MOVED)), 1, fresh=False)
    again = 10_000 if taken is Taken.SAME else 1
    assert cursor.next(again) == (90 if taken is Taken.SAME else 100)


def test_the_first_fact_of_all_is_asked_about_by_nothing():
    assert opened(acked=0, head=0).next(0) is None
    assert opened(acked=1, head=1).next(0) == 1


def test_nothing_goes_beyond_the_head_until_it_rises():
    cursor = opened(head=3)
    assert [send(cursor, 3, 0), send(cursor, 1, 0)] == [1, None]
    cursor.head = 4
    assert send(cursor, 1, 0) == 4


def test_nothing_goes_while_held_and_all_again_when_opened():
    cursor = Cursor(0, 100, lambda: 0.0)
    assert cursor.next(0) is None
    assert cursor.wait_ms(0) is None
    cursor.open()
    assert send(cursor, 10, 0) == 1
    cursor.hold()
    assert cursor.next(99_999) is None
    assert cursor.wait_ms(99_999) is None
    cursor.open()
    assert cursor.next(99_999) == 1


@pytest.mark.parametrize(
    ("jitter", "waits"),
    [
        (0.0, [10_000, 20_000, 40_000, 60_000, 60_000]),
        (1.0, [12_500, 25_000, 50_000, 75_000, 75_000]),
    ],
)
def test_without_a_watermark_all_is_sent_again_ever_later(jitter, waits):
    cursor, now = opened(acked=7, jitter=jitter), 1_000
    assert send(cursor, 5, now) == 7
    assert send(cursor, 5, now + 3) == 12
    for wait in waits:
        assert cursor.wait_ms(now) == wait
        assert cursor.next(now + wait - 1) in {None, 17}
        now += wait
        assert cursor.wait_ms(now) == 0
        assert send(cursor, 5, now) == 7


def test_progress_starts_the_wait_anew():
    cursor = opened()
    send(cursor, 10, 0)
    send(cursor, 10, 0)
    assert send(cursor, 10, 10_000) == 1, "sent again; the next wait is 20 s"
    cursor.window = MAX_BATCHES
    send(cursor, 10, 10_000)
    cursor.took(Taken.MOVED, mark(10), 12_000)
    assert cursor.wait_ms(12_000) == 10_000
    assert cursor.next(21_999) == 21
    assert cursor.next(22_000) == 11


def test_the_timer_runs_from_the_oldest_batch():
    cursor = opened()
    send(cursor, 10, 0)
    send(cursor, 10, 9_000)
    assert cursor.next(10_000) == 1


def test_a_watermark_inside_a_batch_leaves_the_batch_under_way():
    cursor = opened()
    for _ in range(MAX_BATCHES):
        send(cursor, 10, 0)
    cursor.took(Taken.MOVED, mark(15), 1)
    assert send(cursor, 10, 1) == 41
    assert cursor.next(1) is None


def test_a_watermark_above_what_was_sent_again_is_not_sent_twice():
    cursor = opened()
    send(cursor, 10, 0)
    send(cursor, 10, 0)
    send(cursor, 10, 10_000)
    cursor.took(Taken.MOVED, mark(20), 10_001)
    assert cursor.next(10_001) == 21


@pytest.mark.parametrize("seq", [0, 15, 60])
def test_a_later_epoch_is_sent_from_as_it_stands(seq):
    cursor = opened(acked=20)
    for _ in range(MAX_BATCHES):
        send(cursor, 10, 0)
    cursor.took(Taken.REWOUND, mark(seq, epoch=2), 1)
    assert cursor.next(1) == seq + 1


@pytest.mark.parametrize("taken", [Taken.LOWER, Taken.EARLIER, Taken.ABOVE_HEAD, Taken.OTHER_JOURNAL])
def test_no_other_watermark_moves_anything(taken):
    cursor = opened(acked=20)
    send(cursor, 10, 0)
    cursor.took(taken, mark(25), 5_000)
    assert (cursor.acked, cursor.next(9_999), cursor.next(10_000)) == (20, 30, 20)


class Central:
    """Takes batches as ingest does: keyed by seq, a gap mints an epoch, the watermark follows the commit."""

    def __init__(self):
        self.rows, self.epoch = set(), 1

    def absorb(self, first, last):
        committed = len(self.rows)
        if first > committed + 1:
            self.epoch += 1
        else:
            self.rows |= set(range(first, last + 1))
        return mark(len(self.rows), self.epoch)

    def forget(self, seq):
        """Restored from a backup: it knows of nothing since, and of no epoch either."""
        self.rows = {row for row in self.rows if row <= seq}


class Line:
    """A kiosk's cursor and central, and a line between them that may lose either way."""

    def __init__(self):
        self.central, self.cursor, self.now, self.epoch = Central(), Cursor(0, 0, lambda: 0.5), 0, 0
        self.cursor.open()

    def tick(self, size):
        self.now += size * 200
        self.exchange()

    def write(self, size):
        self.cursor.head += size

    def lose_batch(self, _size):
        self.exchange(batch_arrives=False)

    def lose_mark(self, _size):
        self.exchange(mark_arrives=False)

    def cut(self, _size):
        self.cursor.hold()
        self.cursor.open()

    def restore(self, size):
        self.central.forget(size)
        self.cut(size)

    def exchange(self, *, batch_arrives=True, mark_arrives=True):
        first = send(self.cursor, 10, self.now) if self.cursor.next(self.now) else None
        if first is None or not batch_arrives:
            return
        said = self.central.absorb(first, min(first + 9, self.cursor.head))
        if mark_arrives:
            taken = judge(said, JOURNAL, self.epoch, self.cursor.acked, self.cursor.head)
            self.epoch = max(self.epoch, said.epoch)
            self.cursor.took(taken, said, self.now)


STEPS = [Line.tick, Line.write, Line.lose_batch, Line.lose_mark, Line.cut, Line.restore]


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 90)), max_size=60))
def test_whatever_is_lost_every_fact_arrives(steps):
    """Batches and watermarks are lost, lines cut, central restored; then the line is good for a while."""
    line = Line()
    for step, size in steps:
        step(line, size)
    for _ in range(line.cursor.head + 10):
        line.now += 75_000
        line.exchange()
    assert line.central.rows == set(range(1, line.cursor.head + 1))
    assert line.cursor.acked == line.cursor.head
