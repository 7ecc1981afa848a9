"""What stands beside the welcome, at literal moments."""

import pytest

from kiosk.screen import idle
from kiosk.screen.idle import slides
from kiosk.screen.words import LANGUAGES, texts
from wire.hours import Hours
from wire.idle import Announcement, Book, Idle

ZH, EN = texts("zh-CN"), texts("en")
SUNDAY_MS = 1_772_330_400_000
"""Sunday 2026-03-01, 10:00 in Shanghai."""
DAY_MS = 86_400_000
NEW, LIKED = Book("三体", "刘慈欣"), Book("万历十五年")
MORNING, LONG = (510, 720), (540, 1260)
HOURS = Hours(
    "Asia/Shanghai",
    ((MORNING,), (MORNING, (840, 1080)), (MORNING, (840, 1080)), (MORNING,), (), ((0, 1440),), (LONG,)),
    {"2026-03-01": ()},
)


def news(**more):
    return Idle(SUNDAY_MS, zone="Asia/Shanghai", **more)


def lines(first, last, now_ms=SUNDAY_MS, words=ZH):
    told = news(announcements=(Announcement("开馆", "Open", first, last),))
    return [slide.lines for slide in slides(told, None, now_ms, words)]


def test_without_anything_to_say_the_welcome_stands_alone():
    assert slides(None, None, SUNDAY_MS, ZH) == ()
    assert slides(news(), None, SUNDAY_MS, ZH) == ()


def test_announcements_come_first_then_new_books_liked_ones_and_hours():
    told = news(
        fresh=(NEW,), most=(LIKED,), announcements=(Announcement("开", "O", "2026-03-01", "2026-03-01"),)
    )
    found = slides(told, HOURS, SUNDAY_MS, ZH)
    assert [(slide.kind, slide.heading) for slide in found] == [
        ("news", "公告"), ("fresh", "新书上架"), ("most", "大家在借"), ("hours", "开放时间"),
    ]  # fmt: skip
    assert (found[1].books, found[2].books) == ((NEW,), (LIKED,))


def test_no_book_is_new_for_ever_though_nothing_is_heard():
    told = news(fresh=(NEW,), most=(LIKED,))
    assert slides(told, None, SUNDAY_MS + idle.BOOKS_DAYS * DAY_MS - 1, ZH)
    assert slides(told, None, SUNDAY_MS + idle.BOOKS_DAYS * DAY_MS, ZH) == ()


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2026-03-01", "2026-03-01", True),
        ("2026-02-01", "2026-02-28", False),
        ("2026-03-02", "2026-03-09", False),
    ],
)
def test_an_announcement_holds_from_day_to_day(first, last, shown):
    assert lines(first, last) == ([("开馆",)] if shown else [])


def test_the_day_is_the_branch_s_own_and_the_language_the_reader_s():
    seven_in_the_evening_ms = SUNDAY_MS + 9 * 3_600_000
    assert lines("2026-03-02", "2026-03-02", seven_in_the_evening_ms) == []
    midnight_ms = SUNDAY_MS + 14 * 3_600_000
    assert lines("2026-03-02", "2026-03-02", midnight_ms, EN) == [("Open",)]
    for language in LANGUAGES[2:]:
        assert lines("2026-03-02", "2026-03-02", midnight_ms, texts(language)) == [("开馆",)]


def test_hours_are_today_tomorrow_and_a_week_with_like_days_together():
    (slide,) = slides(None, HOURS, SUNDAY_MS, ZH)
    assert [(span.days, span.times) for span in slide.spans] == [
        ("今天", ("不开放",)),
        ("明天", ("08:30–12:00",)),
        ("周一", ("08:30–12:00",)),
        ("周二至周三", ("08:30–12:00", "14:00–18:00")),
        ("周四", ("08:30–12:00",)),
        ("周五", ("不开放",)),
        ("周六", ("全天开放",)),
        ("周日", ("09:00–21:00",)),
    ]
    assert [span.now for span in slide.spans].count(True) == 1


def test_a_zone_that_the_machine_does_not_know_is_read_as_utc():
    told = Idle(
        SUNDAY_MS,
        zone="Nowhere/Else",
        announcements=(Announcement("开馆", "Open", "2026-03-01", "2026-03-01"),),
    )
    assert [slide.lines for slide in slides(told, None, SUNDAY_MS, ZH)] == [("开馆",)]
