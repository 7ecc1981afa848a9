"""One's own account, and those of others."""

import re

from sqlalchemy import select

from central.accounts.models import AuditEntry, Staff
from central.accounts.operations import WHY
from central.accounts.views import ACTIONS, UNFIT
from central.web.security import LIMITS
from tests.central.web.world import PASSWORD, enter, post, services

NEW = "a sentence of my own"


def staff(app, username):
    with services(app).reading() as session:
        return session.get(Staff, username)


def actions(app):
    with services(app).reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def change(client, old=PASSWORD, new=NEW, again=NEW):
    answer = post(client, "/account/password", old=old, new=new, again=again)
    return answer.text + client.get("/account").text


def test_a_new_password_keeps_this_session_and_ends_the_others(app, technician):
    other = enter(app, "technician")
    assert "密码已修改" in change(technician)
    assert technician.get("/fleet/").status_code == 200
    assert other.get("/fleet/").status_code == 302
    assert actions(app) == ["password_changed"]


def test_a_password_is_changed_by_its_owner_alone(app, technician):
    before = staff(app, "technician").password_hash
    assert "原密码不正确" in change(technician, old="guessed")
    assert "不一致" in change(technician, again=NEW + "!")
    assert "至少 10 个字符" in change(technician, new="short", again="short")
    assert "不能与用户名相同" in change(technician, new="TECHNICIAN", again="TECHNICIAN")
    assert staff(app, "technician").password_hash == before


def test_guesses_at_the_old_password_are_counted_as_those_at_the_door(technician):
    assert post(technician, "/account/password", old="guessed").status_code == 401
    assert LIMITS["accounts.change_password"] == LIMITS["accounts.sign_in"]


def test_an_administrator_adds_an_account(app, admin):
    answer = post(admin, "/staff", username="xiaoli", name="小李", role="manager", password=NEW)
    assert answer.location == "/staff"
    assert "xiaoli 现在可以登录" in admin.get("/staff").text
    assert staff(app, "xiaoli").role == "manager"
    assert enter(app, "xiaoli").get("/report").status_code == 200
    assert actions(app) == ["staff_added"]


def test_an_account_that_does_not_fit_is_not_added(app, admin):
    for username, role, password in (
        ("Xiao Li", "manager", NEW),
        ("technician", "manager", NEW),
        ("xiaoli", "manager", "short"),
        ("xiaoli", "emperor", NEW),
    ):
        post(admin, "/staff", username=username, name="x", role=role, password=password)
    assert staff(app, "xiaoli") is None
    assert staff(app, "technician").role == "technician"
    assert actions(app) == []


def test_an_account_that_is_refused_stays_as_typed(admin):
    answer = post(admin, "/staff", username="xiaoli", name="小李", role="manager", password="short")
    assert answer.status_code == 422
    assert all(
        typed in answer.text for typed in ('value="xiaoli"', 'value="小李"', 'value="manager" selected')
    )
    assert "short" not in answer.text


def test_a_forgotten_password_is_renewed_by_an_administrator(app, admin, technician):
    text = admin.get("/staff").text
    asked = re.findall(r'popovertarget="(password-\w+)">', text)
    assert asked == re.findall(r'id="(password-\w+)" class', text)
    assert "password-admin" not in asked
    assert post(admin, "/staff/technician/password", password="short").location == "/staff"
    assert technician.get("/fleet/").status_code == 200
    post(admin, "/staff/technician/password", password=NEW)
    assert technician.get("/fleet/").status_code == 302
    sign_in = post(enter(app, None), "/sign-in", "/sign-in", username="technician", password=NEW)
    assert sign_in.location == "/fleet/"
    assert post(admin, "/staff/admin/password", password=NEW).status_code == 403
    assert post(admin, "/staff/stranger/password", password=NEW).status_code == 404
    assert actions(app) == ["password_renewed", "signed_in"]


def test_a_role_is_changed_by_an_administrator_and_holds_at_once(app, admin, technician):
    assert technician.get("/report").status_code == 403
    post(admin, "/staff/technician/role", name="王馆长", role="manager")
    assert technician.get("/report").status_code == 200
    assert staff(app, "technician").name == "王馆长"
    assert actions(app) == ["staff_changed"]


def test_nobody_changes_their_own_role_or_gives_one_that_is_none(app, admin):
    assert post(admin, "/staff/admin/role", name="x", role="technician").status_code == 403
    assert post(admin, "/staff/technician/role", name="x", role="owner").status_code == 400
    assert post(admin, "/staff/nobody/role", name="x", role="admin").status_code == 404
    assert actions(app) == []


def test_an_account_is_closed_and_opened_again(app, admin, technician):
    post(admin, "/staff/technician/active", active="no")
    assert technician.get("/fleet/").status_code == 302
    post(admin, "/staff/technician/active", active="yes")
    assert technician.get("/fleet/").status_code == 200
    assert actions(app) == ["staff_closed", "staff_opened"]


def test_nobody_closes_their_own_account(app, admin):
    assert post(admin, "/staff/admin/active", active="no").status_code == 403
    assert staff(app, "admin").active


def test_whom_nobody_knows_cannot_be_closed(admin):
    assert post(admin, "/staff/stranger/active", active="no").status_code == 404


def test_the_staff_page_lists_everybody(admin):
    text = admin.get("/staff").text
    assert all(name in text for name in ("technician", "manager", "admin", "gone", "已停用", "馆长"))


def test_the_audit_is_paged_and_worded(app, admin):
    with services(app).writing.begin() as session:
        for n in range(101):
            session.add(
                AuditEntry(at_ms=n, staff="technician", action="ordered", subject=f"<b>{n}</b>", address="")
            )
    first = admin.get("/audit").text
    assert "下达指令" in first
    assert "&lt;b&gt;100&lt;/b&gt;" in first
    assert "&lt;b&gt;0&lt;/b&gt;" not in first
    assert "&lt;b&gt;0&lt;/b&gt;" in admin.get("/audit?before=2").text


def test_every_reason_and_every_action_has_words():
    assert set(UNFIT) == WHY
    assert {"signed_in", "sign_in_failed", "ordered"} <= set(ACTIONS)
