import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.reports.chart import BOTTOM, FEW, MAX_TICKS, TOP, draw, tick_step
from central.reports.sums import Sum

sums = st.integers(0, 10**9).flatmap(lambda total: st.integers(0, total).map(lambda rooms: Sum(total, rooms)))


@given(st.lists(sums, min_size=1, max_size=31))
def test_bars_stand_on_the_base_within_the_chart_and_side_by_side(values):
    chart = draw([(str(n), value) for n, value in enumerate(values)])
    for bar in chart.bars:
        assert TOP <= bar.top <= bar.rooms_top <= BOTTOM
        assert 0 <= bar.x < bar.middle < bar.x + bar.width <= 100
    for left, right in zip(chart.bars, chart.bars[1:], strict=False):
        assert left.x + left.width < right.x
    assert sum(bar.major for bar in chart.bars) <= FEW


@given(st.integers(0, 10**12))
def test_ticks_are_round_and_few_and_hold_the_largest(largest):
    step = tick_step(largest)
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert step * MAX_TICKS >= largest
    chart = draw([("a", Sum(largest, 0))])
    assert [tick.value for tick in chart.ticks] == list(range(0, chart.ticks[-1].value + 1, step))
    assert chart.ticks[-1].value >= largest
    assert len(chart.ticks) <= MAX_TICKS + 1


def test_heights_are_in_proportion():
    half, whole = draw([("a", Sum(50, 25)), ("b", Sum(100, 0))]).bars
    assert BOTTOM - half.top == pytest.approx((BOTTOM - whole.top) / 2, abs=0.1)
    assert BOTTOM - half.rooms_top == pytest.approx((BOTTOM - half.top) / 2, abs=0.1)


def test_a_chart_of_nothing_is_a_base_line():
    chart = draw([("1", Sum()), ("2", Sum())])
    assert [tick.value for tick in chart.ticks] == [0, 1]
    assert {bar.top for bar in chart.bars} == {BOTTOM}
    assert draw([]).bars == []
