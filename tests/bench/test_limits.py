"""The limits against numbers worked out by hand from ISO 15693 and the frames' layouts."""

from __future__ import annotations

import pytest

from bench import limits

BAUD = 38400
INTENT_MS, ASK_MS = 1.0, 6.0


def test_a_line_carries_so_many_octets():
    assert limits.line_ms(384, 38400, 10) == pytest.approx(100.0)


def test_a_reading_is_pause_air_and_line():
    """A request of 14 octets and an answer of 39 in the air; frames of 19 and 55 octets on the line."""
    air = (0.07552 + 14 * 0.30208 + 0.03776) + 0.3209 + (39 * 0.30208 + 0.30208) + 0.3091
    assert limits.read_ms(BAUD) == pytest.approx(5 + air + 74 * 11 / 38.4, abs=0.001)


def test_a_change_is_a_write_and_a_reading_back():
    """13 and 3 octets in the air and 4.6 ms in the chip; 12 and 17; frames of 18, 8, 17 and 21 octets."""
    written = (0.11328 + 13 * 0.30208) + 0.3209 + (3 * 0.30208 + 0.30208) + 0.3091 + 4.6
    shown = (0.11328 + 12 * 0.30208) + 0.3209 + (17 * 0.30208 + 0.30208) + 0.3091
    assert limits.change_ms(BAUD) == pytest.approx(10 + written + shown + 64 * 11 / 38.4, abs=0.001)


def test_an_empty_field_is_sixteen_silent_slots():
    air = 0.11328 + 5 * 0.30208 + 15 * 0.03776 + 16 * 0.4743
    assert limits.mean_inventory_ms(0) == pytest.approx(air, abs=0.001)
    assert limits.poll_ms(0, BAUD, air) == pytest.approx(5 + air + 17 * 11 / 38.4, abs=0.001)


def test_a_tag_more_is_a_slot_more():
    assert limits.mean_inventory_ms(1) - limits.mean_inventory_ms(0) == pytest.approx(
        0.3209 + 13 * 0.30208 + 0.3091 - 0.4743, abs=0.001
    )


def test_a_pile_is_one_inventory_and_a_reading_a_book():
    air = limits.mean_inventory_ms(10)
    seen = limits.poll_ms(10, BAUD, air) + 10 * limits.read_ms(BAUD)
    assert limits.seen_ms(10, BAUD) == pytest.approx(seen)


def test_a_pile_waits_half_a_cycle_of_the_empty_pad():
    """60 ms of pause, of which the last 5 are the next inventory's own."""
    cycle = 55 + limits.poll_ms(0, BAUD, limits.mean_inventory_ms(0))
    assert limits.laid_ms(3, BAUD) == pytest.approx(cycle / 2 - 5 + limits.seen_ms(3, BAUD))


def test_one_book_goes_its_way_step_by_step():
    way = limits.laid_ms(1, BAUD) + INTENT_MS + ASK_MS + limits.change_ms(BAUD)
    assert limits.cleared_ms(1, BAUD, INTENT_MS, ASK_MS) == pytest.approx(way)


def test_behind_a_quick_ils_a_pile_waits_for_the_pad():
    pad = limits.laid_ms(5, BAUD) + 5 * limits.change_ms(BAUD)
    assert limits.cleared_ms(5, BAUD, INTENT_MS, ASK_MS) == pytest.approx(pad)


def test_behind_a_slow_ils_a_pile_waits_for_the_questions():
    first = limits.laid_ms(5, BAUD) - 4 * limits.read_ms(BAUD)
    way = first + INTENT_MS + 5 * 400.0 + limits.change_ms(BAUD)
    assert limits.cleared_ms(5, BAUD, INTENT_MS, 400.0) == pytest.approx(way)


def test_a_card_is_looked_for_and_sent():
    assert limits.scanned_ms("8800000001", 9600) == pytest.approx(10 + 11 * 10 / 9.6)


def test_a_release_is_one_frame():
    """Limit and command, three registers: 15 octets of 11 bits."""
    assert limits.released_ms(115200) == pytest.approx(15 * 11 / 115.2)
