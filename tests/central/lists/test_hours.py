"""Opening hours as people write them."""

import pytest

from central.lists.hours import Overlap, Written, parse_dates, parse_day, write_dates, write_day


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("08:30-12:00", ((510, 720),)),
        ("8:30-12:00 14:00-24:00", ((510, 720), (840, 1440))),
        ("08：30—12：00，14:00～18:00", ((510, 720), (840, 1080))),
        ("0:00至24:00", ((0, 1440),)),
        ("08:00-12:00 12:00-13:00", ((480, 720), (720, 780))),
        ("", ()),
        (" 闭馆 ", ()),
        ("Closed", ()),
    ],
)
def test_a_day(text, intervals):
    assert parse_day(text) == Written(intervals)


@pytest.mark.parametrize(
    "text",
    ["8-12", "08:00-08:00", "12:00-08:00", "08:00-12:00 11:00-13:00", "08:00-24:01", "25:00-26:00", "open",
     "08:00-12:00 and more", " ".join(["00:00-00:01"] * 9), "08:60-12:00"],
)  # fmt: skip
def test_what_is_not_understood(text):
    with pytest.raises(ValueError):
        parse_day(text)


def test_days_that_differ():
    text = "2026-10-02 10:00-16:00\n\n2026-10-01 闭馆\n2026-10-03"
    found = parse_dates(text)
    assert found == {
        "2026-10-01": Written(()),
        "2026-10-02": Written(((600, 960),)),
        "2026-10-03": Written(()),
    }
    assert write_dates(found) == "2026-10-01\n2026-10-02 10:00-16:00\n2026-10-03"


@pytest.mark.parametrize("text", ["2026-13-01", "10-01 closed", "2026-10-01 8-9"])
def test_days_that_are_none(text):
    with pytest.raises(ValueError):
        parse_dates(text)


def test_more_days_than_a_year_has_are_refused():
    with pytest.raises(ValueError):
        parse_dates("\n".join(f"{year}-01-{day:02}" for year in range(2026, 2046) for day in range(1, 29)))


def test_what_is_written_is_read_again():
    day = ((0, 60), (510, 720), (840, 1440))
    assert parse_day(write_day(day)).day == day
    assert write_day(()) == ""


def test_times_with_staff_are_marked_and_a_day_says_why():
    text = "2026-10-01 10:00-12:00 12:00-16:00* # 国庆节 | National Day"
    found = parse_dates(text)["2026-10-01"]
    assert found == Written(((600, 720), (720, 960)), ((720, 960),), "国庆节", "National Day")
    assert write_dates({"2026-10-01": found}) == text
    assert parse_day("08:30-17:30有人 17:30-22:00").staffed == ((510, 1050),)


@pytest.mark.parametrize("text", ["08:00-12:00 11:00-13:00", "14:00-18:00 08:00-12:00"])
def test_times_that_overlap_are_named(text):
    with pytest.raises(Overlap) as refused:
        parse_day(text)
    assert [refused.value.one, refused.value.other] == text.split()
