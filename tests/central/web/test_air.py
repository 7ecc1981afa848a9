"""The pages of what rooms are like inside."""

from __future__ import annotations

import pytest

from central.clock_ms import now_ms
from central.facts.models import StoredFact
from central.rooms.air import chart
from central.rooms.air.reading import Told
from tests.central.web.world import DESK, JOURNAL, ROOM, beat, enter, services
from wire.condition import Reading
from wire.envelope import encode_fact
from wire.facts import RoomDisinfected, RoomMeasured, kind_of

HOUR_MS = 3_600_000
FACTS = (
    (1, RoomMeasured("hall_temperature", "Cel", 21.5, 20.0, 23.5)),
    (2, RoomMeasured("hall_temperature", "Cel", 19.0, 18.5, 21.5)),
    (3, RoomDisinfected("uv_cabinet", 42, complete=False)),
    (4, RoomMeasured("hall_temperature", "Cel", 1e308, -1e308, 1e308)),
    (400, RoomMeasured("hall_temperature", "Cel", 38.0, 37.0, 39.0)),
)
"""Hours ago, and what was told."""


@pytest.fixture
def told(app):
    with services(app).writing.begin() as session:
        for seq, (hours, fact) in enumerate(FACTS, 1):
            at_ms = now_ms() - hours * HOUR_MS
            session.add(
                StoredFact(
                    device_id=ROOM, journal=JOURNAL, seq=seq, branch_id="ZHEN", kind=kind_of(fact), at_ms=at_ms,
                    wall_ms=at_ms, mono_ms=seq, boot="0c1d2e3f", clock_set=True, received_ms=at_ms,
                    body=encode_fact(fact).decode(),
                )
            )  # fmt: skip
    return app


def test_a_room_over_days_shows_its_extremes_and_what_was_disinfected(told):
    page = enter(told, "librarian").get(f"/air/{ROOM}").text
    assert "hall_temperature" in page
    assert "最低 18.5 · 最高 23.5 °C" in " ".join(page.split())
    assert "uv_cabinet" in page
    assert "未完成" in page
    assert "最高 39" not in page
    month = enter(told, "librarian").get(f"/air/{ROOM}?days=30").text
    assert "最高 39 °C" in " ".join(month.split())


def test_a_room_that_measures_nothing_says_so(told):
    assert "这段时间没有读数" in enter(told, "technician").get(f"/air/{DESK}").text
    assert enter(told, "technician").get("/air/nowhere").status_code == 404


def test_all_rooms_show_what_they_measure_now(told):
    beat(told, ROOM, readings={"hall_temperature": Reading(21.5, "Cel"), "smoke": Reading(0.0)})
    page = enter(told, "manager").get("/air/").text
    assert "镇 24 小时书屋" in page
    assert "镇分馆</span></th>" in page, "rooms of one name are told apart"
    assert "镇 24 小时书屋" in enter(told, "manager").get("/air/?branch=ZHEN").text
    beat(told, DESK, readings={"hall_lux": Reading(320, "lx")})
    assert "大厅借还机" not in enter(told, "manager").get("/air/?branch=ZHEN").text
    assert "<b>21.5</b> °C" in page
    assert "smoke" not in page
    assert "大厅借还机" not in page


def test_a_scale_is_round_and_covers_everything():
    assert chart.scale(18.5, 23.5) == [18.0, 20.0, 22.0, 24.0]
    assert chart.scale(21.0, 21.0) == [21.0, 21.2]
    for low, high in ((0.0, 0.0), (-12.3, 4.0), (3.0, 61.0), (120.0, 90_000.0)):
        ticks = chart.scale(low, high)
        assert ticks[0] <= low <= high <= ticks[-1]
        assert 2 <= len(ticks) <= chart.MAX_TICKS + 2


def test_a_chart_leaves_a_gap_where_nothing_was_told():
    day = 24 * HOUR_MS
    told = [Told(0, 20.0, 19.0, 21.0), Told(10, 22.0, 18.0, 22.0), Told(day // 2, 20.0, 20.0, 20.0)]
    drawn = chart.draw(told, 0, day)
    assert [(step.x, step.low, step.high, step.value) for step in drawn.steps] == [
        (0.0, 18.0, 22.0, 22.0),
        (50.0, 20.0, 20.0, 20.0),
    ]
    assert all(chart.TOP <= step.top <= chart.BOTTOM for step in drawn.steps)
