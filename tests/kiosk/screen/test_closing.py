"""What the screens of a room say of its hours."""

from __future__ import annotations

import pytest

from kiosk.screen.settings import Settings
from kiosk.screen.view import view
from kiosk.screen.words import texts
from tests.kiosk.screen.closing_states import CLOSING, SHUT

SCREEN = Settings("127.0.0.1", 0, ("zh-CN",), "石桥书屋", 20_000, desk_stops_ms=300_000)


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("minutes_left", "zh-CN", ("welcome", "放上图书即可还书，刷读者证即可借书", "", "还有 12 分钟闭馆")),
        ("desk_closing", "en", ("sign", "We are closing", "Nothing new begins here. Please get ready to leave; the door opens from inside.", "We close in 4 min")),
        ("desk_closed", "zh-CN", ("sign", "现在闭馆", "明天 10:00 开放", "")),
        ("desk_self_test", "en", ("sign", "The room tests its devices", "Open again: Today, 13:10", "")),
        ("last_entry", "zh-CN", ("sign", "已停止入馆", "还有 10 分钟闭馆", "")),
        ("door_closed", "en", ("sign", "We are closed", "National Day · Open again: Today, 10:00", "")),
        ("door_closed", "zh-CN", ("sign", "现在闭馆", "国庆节 · 今天 10:00 开放", "")),
        ("door_closed_xinjiang", "zh-CN", ("sign", "现在闭馆", "明天 10:00（当地 08:00） 开放", "")),
    ],
)  # fmt: skip
def test_the_hours_are_told(name, language, said):
    seen = SHUT.get(name) or CLOSING[name]
    place = "door" if name in SHUT else "desk"
    page = view(place, seen, texts(language), SCREEN)
    assert said == (page.layout, page.heading, page.advice, page.chip.words if page.chip else "")
