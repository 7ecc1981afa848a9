"""The page of the lists: who may see and change what, and what is kept of it."""

import re

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry, Staff
from central.clock_ms import now_ms
from central.lists import making
from central.lists.models import ListEntry, ListHead, ListMark
from central.web import language
from tests.central.web.world import DESK, ROOM, post, services

DENIAL = {"kind": "reader", "number": "320500001", "branch": "", "reason": "挂失", "until": ""}
WEEK = {f"day{n}": "08:30-12:00 14:00-18:00" for n in range(7)}
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def entries(app):
    with services(app).reading() as session:
        return session.scalars(select(ListEntry)).all()


def audited(app):
    with services(app).reading() as session:
        return [(e.staff, e.action, e.subject) for e in session.scalars(select(AuditEntry))]


def make(app, at_ms=None):
    making.make(services(app).reading, services(app).writing, at_ms or now_ms(), 7 * making.DAY_MS)


def test_a_manager_denies_a_card_and_lifts_it(app, manager):
    assert post(manager, "/lists/deny", **DENIAL).location == "/lists/#deny"
    text = manager.get("/lists/").text
    assert "320500001" in text
    assert "挂失" in text
    (entry,) = entries(app)
    assert (entry.staff, entry.branch_id, entry.until_on) == ("manager", None, None)
    post(manager, f"/lists/deny/{entry.id}/lift")
    assert entries(app) == []
    assert audited(app) == [
        ("manager", "denied", "reader …0001 * 挂失"),
        ("manager", "denial_lifted", "reader …0001 *"),
    ]
    with services(app).reading() as session:
        assert session.get(ListMark, "deny").changed_ms > 0


def test_an_item_is_denied_in_one_branch_until_a_day(app, manager):
    wish = {**DENIAL, "kind": "item", "branch": "ZHEN", "until": "2999-12-31"}
    post(manager, "/lists/deny", **wish)
    (entry,) = entries(app)
    assert (entry.branch_id, entry.until_on.isoformat()) == ("ZHEN", "2999-12-31")
    assert "2999年12月31日" in manager.get("/lists/").text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"number": " "}, "请输入读者证号"),
        ({"reason": ""}, "请写明原因"),
        ({"until": "2020-01-01"}, "截止日期须为今天或以后"),
        ({"until": "soon"}, "截止日期须为今天或以后"),
        ({"branch": "NOWHERE"}, "没有这个馆"),
        ({"kind": "person"}, "请输入读者证号"),
    ],
)
def test_what_cannot_be_denied_is_said(app, manager, changed, told):
    answer = post(manager, "/lists/deny", **{**DENIAL, **changed})
    assert answer.status_code == 422
    assert told in answer.text
    assert entries(app) == []


def test_what_is_refused_stays_as_typed(manager):
    wish = {**DENIAL, "kind": "item", "branch": "ZHEN", "until": "2020-01-01"}
    text = post(manager, "/lists/deny", **wish).text
    for typed in ("item", "ZHEN"):
        assert f'value="{typed}" selected' in text
    for typed in ("320500001", "挂失", "2020-01-01"):
        assert f'value="{typed}">' in text


def test_a_technician_sees_the_lists_and_no_whole_card_number_and_changes_nothing(app, manager, technician):
    post(manager, "/lists/deny", **DENIAL)
    page = technician.get("/lists/")
    assert page.status_code == 200
    assert "320500001" not in page.text
    assert "…0001" in page.text
    (entry,) = entries(app)
    for path in ("/lists/deny", f"/lists/deny/{entry.id}/lift", "/hours/ZHEN", "/holidays/"):
        assert post(technician, path, **DENIAL).status_code == 403, path
    assert technician.get("/hours/ZHEN").status_code == 403
    assert len(entries(app)) == 1


def test_nobody_else_sees_anything(nobody):
    assert nobody.get("/lists/").location.startswith("/sign-in")
    assert nobody.get("/hours/ZHEN").location.startswith("/sign-in")


def test_without_the_form_s_token_nothing_is_done(app, manager):
    assert manager.post("/lists/deny", data=DENIAL).status_code == 400
    assert entries(app) == []


def test_what_is_typed_is_shown_as_text(manager):
    post(manager, "/lists/deny", **{**DENIAL, "number": "<b>1</b>", "reason": "<script>"})
    text = manager.get("/lists/").text
    assert "<script>" not in text.replace("<script src", "")
    assert "&lt;b&gt;1&lt;/b&gt;" in text


def test_a_denial_that_is_gone_is_not_found(manager):
    assert post(manager, "/lists/deny/99/lift").status_code == 404


def test_kiosks_that_are_behind_stand_there_with_the_reason(app, manager):
    post(manager, "/lists/deny", **DENIAL)
    make(app)
    assert "设备正在下载新的名单" in manager.get("/lists/").text
    with services(app).writing.begin() as session:
        head = session.get(ListHead, (ROOM, "deny"))
        head.refused, head.why = head.version, "not the body that was signed"
        taken = session.get(ListHead, (DESK, "deny"))
        taken.taken = taken.version
    text = manager.get("/lists/").text
    assert "尚未更新的设备" in text
    assert "not the body that was signed" in text
    assert "1 / 3" in text
    with services(app).writing.begin() as session:
        for head in session.scalars(select(ListHead)):
            head.taken = head.version
    assert "各设备均已更新" in manager.get("/lists/").text


def test_a_kiosk_that_says_nothing_is_behind_after_five_minutes(app, manager):
    post(manager, "/lists/deny", **DENIAL)
    make(app, now_ms() - 6 * 60_000)
    assert manager.get("/lists/").text.count("尚无回报") == 3


@pytest.mark.parametrize("path", ["/lists/", "/hours/ZHEN"])
def test_an_english_page_is_english_throughout(app, admin, path):
    post(admin, "/lists/deny", **{**DENIAL, "reason": "lost"})
    post(admin, "/hours/XIAN", dates="", **WEEK)
    admin.get("/lists/")
    make(app)
    with services(app).writing.begin() as session:
        session.get(Staff, "admin").language = language.ENGLISH
    text = admin.get(path).text.replace(">中文<", "><")
    assert CHINESE.findall(text) == []
