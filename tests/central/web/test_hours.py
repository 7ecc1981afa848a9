"""The pages of opening hours: what is kept, what it becomes for kiosks, and who is told of a closure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.ledger.models import Closure
from central.idle import operations as idle
from central.idle.models import Announcement
from central.lists.models import BranchHours, ListMark
from central.rooms.hours import operations, views
from tests.central.web.test_lists import WEEK
from tests.central.web.world import post, services
from wire.hours import Hours, Pause, Reason

TODAY = date.today()  # noqa: DTZ011 - any day near today will do
FILE = """set = "national"
year = 2027
zh = "全国法定节假日"
en = "National holidays"
[[holidays]]
zh = "元旦"
en = "New Year"
first = 2027-01-01
last = 2027-01-03
"""


def rows(app, model):
    with services(app).reading() as session:
        return session.scalars(select(model)).all()


def composed(app, branch: str) -> Hours:
    with services(app).reading() as session:
        return operations.preview(session, services(app).tree(), branch, TODAY)


def test_hours_are_kept_and_hold_below(app, manager):
    assert "尚未设置开放时间" in manager.get("/hours/").text
    kept = post(manager, "/hours/XIAN", **{**WEEK, "dates": "2026-10-01\n2026-10-02 10:00-16:00"})
    assert kept.location == "/hours/XIAN"
    assert "<div>08:30-12:00</div><div>14:00-18:00</div>" in manager.get("/hours/").text
    below = manager.get("/hours/ZHEN").text
    assert "本馆目前沿用县总馆的时间" in below
    assert 'value="08:30-12:00 14:00-18:00"' in below
    assert "2026-10-01\n2026-10-02 10:00-16:00" in manager.get("/hours/XIAN").text
    assert 'name="clear"' in post(manager, "/hours/XIAN", **{**WEEK, "dates": "soon"}).text
    post(manager, "/hours/XIAN", clear="yes")
    assert rows(app, BranchHours) == []
    assert [row.action for row in rows(app, AuditEntry)] == ["hours_set", "hours_cleared"]


def test_all_that_a_room_keeps_comes_back_on_the_form(app, manager):
    said = {
        **dict.fromkeys(WEEK, "00:00-24:00"),
        "day0": "08:30-17:30* 17:30-22:00",
        "dates": "2026-12-31 10:00-16:00* # 年终盘点 | Stocktaking",
        "cleaning": "03:00-03:30",
        "self_test": "12:00-12:05",
        "last_entry_min": "15",
        "shown_min": "-120",
        "holiday.national": "10:00-16:00",
        "holiday.xinjiang": "闭馆",
        "work_as": "5",
    }
    post(manager, "/hours/ZHEN", **said)
    text = manager.get("/hours/ZHEN").text
    for value in ("08:30-17:30* 17:30-22:00", "03:00-03:30", "12:00-12:05", "-120", "10:00-16:00", "闭馆"):
        assert f'value="{value}"' in text
    assert said["dates"] in text
    assert "有人值守 08:30-17:30" in text
    hours = composed(app, "ZHEN")
    assert (hours.last_entry_min, hours.shown_min, hours.staffed[0]) == (15, -120, ((510, 1050),))
    assert hours.pauses == (Pause("cleaning", 180, 210), Pause("self_test", 720, 725))
    assert hours.week[1] == ((0, 180), (210, 720), (725, 1440))


MISUNDERSTOOD = {
    ("day3", "8 to 12"): "时间写作",
    ("day3", "08:00-12:00 11:00-13:00"): "星期四：08:00-12:00 与 11:00-13:00 重叠或次序颠倒",
    ("dates", "2026-10-01 08:00-12:00 11:00-13:00"): "例外日期：08:00-12:00 与 11:00-13:00 重叠",
    ("dates", "tomorrow"): "例外日期每行一个",
    ("cleaning", "three"): "清洁和自检时间写作",
    ("holiday.national", "usual"): "节假日时间写作",
    ("last_entry_min", "300"): "分钟数超出范围",
}


def test_hours_that_are_not_understood_stay_on_the_form(app, manager):
    for (name, typed), told in MISUNDERSTOOD.items():
        answer = post(manager, "/hours/ZHEN", **{**WEEK, "dates": "", name: typed})
        assert answer.status_code == 422
        assert told in answer.text
        assert typed in answer.text
    assert rows(app, BranchHours) == []


def test_hours_that_somebody_else_has_just_kept_are_not_written_over(app, manager):
    post(manager, "/hours/XIAN", **WEEK, seen="0")
    theirs = {**WEEK, "day0": "10:00-11:00", "seen": "0"}
    answer = post(manager, "/hours/XIAN", **theirs)
    assert answer.status_code == 409
    assert "刚才有人保存了这个馆的设置" in answer.text
    assert 'value="10:00-11:00"' in answer.text
    (row,) = rows(app, BranchHours)
    assert f'name="seen" value="{row.at_ms}"' in answer.text
    assert post(manager, "/hours/XIAN", **{**theirs, "seen": row.at_ms}).status_code == 302


def test_a_mistake_does_not_hide_that_somebody_else_was_faster(app, manager):
    """The page that names the mistake would else bear the mark of theirs, and the next one be written over it."""
    post(manager, "/hours/XIAN", **WEEK, seen="0")
    assert post(manager, "/hours/XIAN", **{**WEEK, "day0": "half past", "seen": "0"}).status_code == 409
    post(manager, "/admission/XIAN", min_age="14", seen="0")
    assert post(manager, "/admission/XIAN", min_age="young", seen="0").status_code == 409


def test_the_branch_is_chosen_on_the_page(manager):
    assert manager.get("/hours?branch=ZHEN").location == "/hours/ZHEN"
    assert manager.get("/hours?branch=NOWHERE").status_code == 404
    assert manager.get("/hours/NOWHERE").status_code == 404


def test_a_closure_shuts_the_rooms_below_is_announced_and_may_be_taken_back(app, manager):
    first, last = TODAY + timedelta(days=3), TODAY + timedelta(days=5)
    wish = {"first": first.isoformat(), "last": last.isoformat(), "reason": "改造", "reason_en": "Rebuilding"}
    post(manager, "/hours/XIAN/close", announce="yes", **wish)
    hours = composed(app, "ZHEN")
    assert hours.dates[first.isoformat()] == hours.dates[last.isoformat()] == ()
    assert hours.reasons[first.isoformat()] == Reason("closure", "改造", "Rebuilding")
    (told,) = rows(app, Announcement)
    assert (told.until_on, told.text_zh) == (last, f"改造：{first:%m-%d} 至 {last:%m-%d} 闭馆")
    assert [mark.name for mark in rows(app, ListMark)] == ["hours"]
    assert "改造" in manager.get("/hours/XIAN").text
    (closure,) = rows(app, Closure)
    post(manager, f"/hours/closures/{closure.id}/reopen", branch="XIAN")
    assert rows(app, Closure) == []
    assert rows(app, Announcement) == [], "what is open again is not announced as shut"
    assert post(manager, "/hours/closures/99/reopen", branch="XIAN").status_code == 404


def test_a_closure_needs_its_days_and_a_reason(app, manager):
    first = TODAY + timedelta(days=3)
    wish = {"first": first.isoformat(), "last": first.isoformat(), "reason": "改造"}
    for changed in ({"reason": ""}, {"first": ""}, {"last": "2020-01-01"}):
        typed = {**wish, **changed}
        answer = post(manager, "/hours/XIAN/close", **typed)
        assert answer.status_code == 422
        assert all(f'value="{value}"' in answer.text for value in typed.values() if value)
    assert rows(app, Closure) == []


def test_a_closure_of_which_the_rooms_hear_nothing_is_none(app, manager, monkeypatch):
    """Its days and the shutting of the rooms are one transaction: loans are not moved for rooms that stay open."""
    day = (TODAY + timedelta(days=3)).isoformat()

    def fail(*_):
        raise RuntimeError("the power went")

    monkeypatch.setattr(operations, "shut_rooms", fail)
    assert post(manager, "/hours/XIAN/close", first=day, last=day, reason="盘点").status_code == 500
    assert rows(app, Closure) == []


def test_a_closure_of_one_day_stands_though_it_cannot_be_announced(app, manager, monkeypatch):
    day = TODAY + timedelta(days=3)
    wish = {"first": day.isoformat(), "last": day.isoformat(), "reason": "盘点", "announce": "yes"}
    post(manager, "/hours/XIAN/close", **wish)
    assert [told.text_zh for told in rows(app, Announcement)] == [f"盘点：{day:%m-%d} 闭馆"]
    monkeypatch.setattr(idle, "MAX_STANDING", 1)
    post(manager, "/hours/XIAN/close", **{**wish, "reason": "培训"})
    assert "公告太多" in manager.get("/hours/XIAN").text
    assert [closure.reason for closure in rows(app, Closure)] == ["盘点", "培训"]


def test_the_holidays_of_a_year_are_entered(app, manager):
    assert "国庆节" in manager.get("/holidays/").text
    assert post(manager, "/holidays/", text=FILE).location == "/holidays/"
    assert "2027 · 全国法定节假日" in manager.get("/holidays/").text
    post(manager, "/holidays/", text=FILE.replace("national", "natinal"))
    assert 'name="holiday.natinal"' in manager.get("/hours/ZHEN").text
    post(manager, "/holidays/natinal/2027/remove")
    assert 'name="holiday.natinal"' not in manager.get("/hours/ZHEN").text
    assert post(manager, "/holidays/national/2026/remove").status_code == 404, "what is shipped stays"
    wrong = post(manager, "/holidays/", text=FILE.replace("2027-01-03", "2026-12-01"))
    assert wrong.status_code == 422
    assert "元旦: from 2027-01-01 to 2026-12-01" in wrong.text


def test_a_year_without_its_file_is_told_where_its_holidays_are_kept(app, manager, monkeypatch):
    monkeypatch.setattr(views, "now_ms", lambda: int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1000)
    pages = ("/hours/", "/hours/XIAN", "/hours/ZHEN", "/holidays/")
    warned = "全国法定节假日：没有 2027 年的文件"
    assert not any(warned in manager.get(page).text for page in pages)
    post(manager, "/hours/XIAN", **{**WEEK, "holiday.national": "10:00-16:00"})
    assert all(warned in manager.get(page).text for page in pages)
    assert '开放时间 <b class="count">1' in manager.get("/fleet/").text
    post(manager, "/holidays/", text=FILE)
    assert not any(warned in manager.get(page).text for page in pages)
