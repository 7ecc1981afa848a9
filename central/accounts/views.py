"""Signing in and out, one's own account, and for administrators the accounts of others."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from central.accounts.models import AuditEntry, Staff
from central.accounts.operations import (
    MIN_PASSWORD,
    Role,
    Unfit,
    add_staff,
    authenticate,
    hash_password,
    record,
    set_active,
    set_role,
)
from central.clock_ms import now_ms
from central.guesses import Guess, network
from central.web import paging
from central.web.access import HOME, Person, is_local, person
from central.web.language import LANGUAGES, words
from central.web.services import services
from wire.faults import Words

accounts_pages = Blueprint("accounts", __name__)
PAGE = 100
MAX_FIELD = 100

ROLES: dict[Role, Words] = {
    Role.TECHNICIAN: Words("技术员", "Technician"),
    Role.LIBRARIAN: Words("馆员", "Librarian"),
    Role.MANAGER: Words("馆长", "Manager"),
    Role.ADMIN: Words("管理员", "Administrator"),
}

UNFIT: dict[str, Words] = {
    "password_short": Words(
        f"密码至少 {MIN_PASSWORD} 个字符。", f"A password has at least {MIN_PASSWORD} characters."
    ),
    "old_password": Words("原密码不正确。", "The old password is not right."),
    "passwords_differ": Words("两次输入的新密码不一致。", "The two new passwords differ."),
    "password_is_name": Words("密码不能与用户名相同。", "The password may not be the user name."),
    "username_form": Words(
        "用户名以小写字母或数字开头，只含小写字母、数字和 . _ -。",
        "A user name begins with a small letter or digit and has small letters, digits and . _ - only.",
    ),
    "username_taken": Words("该用户名已被使用。", "This user name is taken."),
    "last_admin": Words(
        "这是最后一个管理员账户，不能停用，也不能更改角色。", "This is the last administrator and stays."
    ),
}
"""Why a change of an account is refused (`central.accounts.operations.Unfit`)."""

ACTIONS: dict[str, Words] = {
    "signed_in": Words("登录", "Signed in"),
    "sign_in_failed": Words("登录失败", "Sign-in failed"),
    "signed_out": Words("退出", "Signed out"),
    "password_changed": Words("修改密码", "Password changed"),
    "password_renewed": Words("重设他人密码", "Password of somebody else renewed"),
    "ordered": Words("下达指令", "Order given"),
    "alarm_acknowledged": Words("确认报警", "Alarm acknowledged"),
    "alarm_closed": Words("报警结案", "Alarm closed"),
    "duty_changed": Words("修改值班表", "Duty list changed"),
    "camera_set": Words("设置录像地址", "Address of recordings set"),
    "announced": Words("发布屏幕公告", "Announced on screens"),
    "announcement_ended": Words("撤下屏幕公告", "Took an announcement down"),
    "denied": Words("列入禁用名单", "Denied"),
    "denial_lifted": Words("移出禁用名单", "Denial lifted"),
    "hours_set": Words("设置开放时间", "Hours set"),
    "hours_cleared": Words("取消开放时间", "Hours given up"),
    "holidays_entered": Words("录入节假日", "Holidays entered"),
    "holidays_removed": Words("移除录入的节假日", "Holidays taken away"),
    "admission_set": Words("设置准入规则", "Admission set"),
    "admission_cleared": Words("取消准入规则", "Admission given up"),
    "room_card_added": Words("登记书屋工作卡", "Card of staff added"),
    "room_card_removed": Words("注销书屋工作卡", "Card of staff taken off"),
    "banned": Words("暂停进入书屋", "Banned from a room"),
    "ban_lifted": Words("恢复进入书屋", "Ban lifted"),
    "list_imported": Words("导入名单", "List imported"),
    "title_changed": Words("修改书目", "Title changed"),
    "item_entered": Words("录入馆藏", "Item entered"),
    "item_changed": Words("修改馆藏", "Item changed"),
    "rule_changed": Words("修改借阅规则", "Lending rule changed"),
    "reader_type_changed": Words("修改读者类型", "Type of reader changed"),
    "branch_rule_set": Words("修改各馆规定", "Rule of a branch changed"),
    "lockers_fitted": Words("增加取书柜门", "Doors of a cabinet fitted"),
    "lockers_taken_away": Words("停用取书柜门", "Doors of a cabinet taken away"),
    "closure_entered": Words("设置闭馆", "Closure entered"),
    "closure_changed": Words("修改闭馆", "Closure changed"),
    "closure_removed": Words("取消闭馆", "Closure taken away"),
    "imported": Words("导入馆藏或读者", "Items or readers imported"),
    "exported": Words("导出馆藏或读者", "Items or readers exported"),
    "device_retired": Words("设备退役", "Kiosk retired"),
    "owed_accepted": Words("离线借还已补录", "Owed transaction accepted"),
    "owed_cancelled": Words("离线借还已作废", "Owed transaction cancelled"),
    "owed_settled": Words("下令了结离线借还", "Settling ordered"),
    "owed_given_up": Words("离线借还转人工", "Owed transaction given up by its machine"),
    "owed_card_seen": Words("查看读者证号", "Card number seen"),
    "reader_registered": Words("读者办证", "Reader registered"),
    "reader_changed": Words("修改读者资料", "Reader changed"),
    "reader_pin_changed": Words("读者修改密码", "Reader's PIN changed"),
    "reader_blocked": Words("停用读者证", "Card blocked"),
    "reader_enabled": Words("恢复读者证", "Card enabled"),
    "reader_exported": Words("导出读者资料", "Reader's data exported"),
    "reader_erased": Words("删除读者资料", "Reader's data erased"),
    "history_forgotten": Words("清除借阅历史", "Old loans forgotten"),
    "terms_published": Words("发布读者须知", "Terms published"),
    "fee_charged": Words("登记费用", "Fee charged"),
    "fee_waived": Words("减免费用", "Fee waived"),
    "fee_refunded": Words("退还费用", "Fee refunded"),
    "fees_forgiven": Words("批量减免逾期费", "Overdue fees forgiven"),
    "payment_booked": Words("终端缴费已补录", "Kiosk payment booked by hand"),
    "payment_righted": Words("退款后又入账的已更正", "Kiosk payment given back and booked, put right"),
    "payment_refunded": Words("终端缴费已退款", "Kiosk payment given back"),
    "payments_reconciled": Words("与收款方对账", "Payments reconciled"),
    "deposit_returned": Words("退还押金", "Deposit returned"),
    "fee_waived_at_ils": Words("在图书馆系统减免逾期费", "Overdue fee forgiven at the library system"),
    "fee_not_waived_at_ils": Words(
        "图书馆系统未接受减免", "Overdue fee not forgiven: the library system did not take it"
    ),
    "amnesty_begun": Words("开始免逾期费", "Amnesty begun"),
    "amnesty_ended": Words("结束免逾期费", "Amnesty ended"),
    "item_declared_lost": Words("登记图书遗失", "Item declared lost"),
    "staff_added": Words("添加人员", "Account added"),
    "staff_changed": Words("修改姓名或角色", "Name or role changed"),
    "staff_closed": Words("停用账户", "Account closed"),
    "staff_opened": Words("启用账户", "Account opened"),
}
"""What stands in the audit."""


def init_app(app: Flask) -> None:
    app.register_blueprint(accounts_pages)
    app.jinja_env.globals.update(ROLES=ROLES, LANGUAGES=LANGUAGES)


def _field(name: str) -> str:
    return request.form.get(name, "").strip()[:MAX_FIELD]


def _note(db: Session, who: str, action: str, subject: str = "") -> None:
    record(db, now_ms(), who, action, subject, request.remote_addr or "")


# ---------------------------------------------------------------- in and out
@accounts_pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Answer | str | tuple[str, int]:
    """Name and password. Whoever is unknown, closed or wrong gets the same answer after the same time.

    Who guesses at one name waits, from wherever; not who has signed in from the same network before.
    """
    if current_user.is_authenticated:
        return redirect(url_for(HOME[person().role]))
    if request.method == "GET":
        return render_template("accounts/sign_in.html", username="")
    username, guesses = _field("username"), services().guesses
    who = Guess(f"staff {username}", f"network {network(request.remote_addr or '')}")
    with services().checks, services().reading() as db:
        if not guesses.are_heard(who):
            abort(HTTPStatus.TOO_MANY_REQUESTS)
        staff = authenticate(db, username, request.form.get("password", ""))
        (guesses.fitted if staff else guesses.missed)(who)
    with services().writing.begin() as db:
        _note(db, username, "signed_in" if staff else "sign_in_failed")
    if staff is None:
        return render_template("accounts/sign_in.html", username=username, failed=True), 401
    _begin_session(Person(staff))
    target = request.args.get("next", "")
    return redirect(target if is_local(target) else url_for(HOME[Role(staff.role)]))


def _begin_session(who: Person) -> None:
    """A session that holds nothing from before the sign-in but the language."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    if language:
        session["language"] = language
    login_user(who)


@accounts_pages.post("/sign-out")
def sign_out() -> Answer:
    """End the session."""
    with services().writing.begin() as db:
        _note(db, person().username, "signed_out")
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@accounts_pages.post("/language")
def choose_language() -> Answer:
    """Change the language of the session, and of the account where somebody is signed in."""
    language = _field("language")
    if language not in LANGUAGES:
        abort(400)
    session["language"] = language
    if current_user.is_authenticated:
        with services().writing.begin() as db:
            _staff_or_404(db, person().username).language = language
    back = _field("back")
    return redirect(back if is_local(back) else url_for("home"))


# ---------------------------------------------------------------- one's own account
@accounts_pages.get("/account")
def account() -> str:
    """Name, role, language; a form for the password."""
    return render_template("accounts/account.html", min_password=MIN_PASSWORD)


@accounts_pages.post("/account/password")
def change_password() -> Answer | tuple[str, int]:
    """A new password for oneself; the old one is asked for. Every other session ends."""
    try:
        password_hash = _new_hash(person().username)
    except Unfit as refusal:
        flash(words(UNFIT[refusal.args[0]]), "bad")
        if refusal.args[0] == "old_password":
            return account(), 401
        return redirect(url_for("accounts.account"))
    with services().writing.begin() as db:
        staff = _staff_or_404(db, person().username)
        staff.password_hash = password_hash
        _note(db, staff.username, "password_changed")
    _begin_session(Person(staff))
    flash(gettext("Your password is changed. Other sessions have ended."), "good")
    return redirect(url_for("accounts.account"))


def _new_hash(username: str) -> str:
    """Hash of the new password in the form, once the old one is right and both copies agree."""
    with services().checks, services().reading() as db:
        if authenticate(db, username, request.form.get("old", "")) is None:
            raise Unfit("old_password")
        if request.form.get("new", "") != request.form.get("again", ""):
            raise Unfit("passwords_differ")
        return hash_password(username, request.form.get("new", ""))


# ---------------------------------------------------------------- accounts of others
def _staff_or_404(db: Session, username: str) -> Staff:
    return db.get(Staff, username) or abort(404)


@accounts_pages.get("/staff")
def staff() -> str:
    """Everybody who may sign in, and a form for one more."""
    return _everybody({})


def _everybody(typed: Mapping[str, str]) -> str:
    with services().reading() as db:
        everybody = db.scalars(select(Staff).order_by(Staff.active.desc(), Staff.username)).all()
    return render_template("accounts/staff.html", everybody=everybody, typed=typed, min_password=MIN_PASSWORD)


@accounts_pages.post("/staff")
def add() -> Answer | tuple[str, int]:
    """One more account. What is refused stays as typed but for the password."""
    username, name = _field("username"), _field("name")
    role = _field("role")
    if role not in set(Role):
        abort(400)
    try:
        with services().checks:
            password_hash = hash_password(username, request.form.get("password", ""))
        with services().writing.begin() as db:
            add_staff(db, username, name or username, password_hash, Role(role))
            _note(db, person().username, "staff_added", f"{username} {role}")
    except Unfit as refusal:
        flash(words(UNFIT[refusal.args[0]]), "bad")
        return _everybody(request.form), 422
    flash(gettext("%(name)s can sign in now.", name=username), "good")
    return redirect(url_for("accounts.staff"))


@accounts_pages.post("/staff/<username>/password")
def renew_password(username: str) -> Answer:
    """A new password for somebody who has forgotten theirs; their sessions end. One's own is changed with the old one."""
    if username == person().username:
        abort(403)
    try:
        with services().checks:
            password_hash = hash_password(username, request.form.get("password", ""))
    except Unfit as refusal:
        flash(words(UNFIT[refusal.args[0]]), "bad")
        return redirect(url_for("accounts.staff"))
    with services().writing.begin() as db:
        _staff_or_404(db, username).password_hash = password_hash
        _note(db, person().username, "password_renewed", username)
    flash(gettext("%(name)s signs in with the new password from now on.", name=username), "good")
    return redirect(url_for("accounts.staff"))


@accounts_pages.post("/staff/<username>/role")
def change(username: str) -> Answer:
    """Another full name or role for somebody. Nobody changes their own."""
    name, role = _field("name"), _field("role")
    if role not in set(Role):
        abort(400)
    if username == person().username:
        abort(403)
    try:
        with services().writing.begin() as db:
            staff = _staff_or_404(db, username)
            set_role(db, staff, Role(role))
            staff.name = name or username
            _note(db, person().username, "staff_changed", f"{username} {role}")
    except Unfit as refusal:
        flash(words(UNFIT[refusal.args[0]]), "bad")
    return redirect(url_for("accounts.staff"))


@accounts_pages.post("/staff/<username>/active")
def activate(username: str) -> Answer:
    """Close an account, or open it again. Nobody closes their own."""
    active = _field("active") == "yes"
    if username == person().username:
        abort(403)
    try:
        with services().writing.begin() as db:
            set_active(db, _staff_or_404(db, username), active=active)
            _note(db, person().username, "staff_opened" if active else "staff_closed", username)
    except Unfit as refusal:
        flash(words(UNFIT[refusal.args[0]]), "bad")
    return redirect(url_for("accounts.staff"))


@accounts_pages.get("/audit")
def audit() -> str:
    """Who did what, the last first."""
    before = paging.before()
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    with services().reading() as db:
        entries = db.scalars(query).all()
    older = entries[-1].id if len(entries) == PAGE else None
    return render_template(
        "accounts/audit.html", entries=entries, actions=ACTIONS, older=older, newest=before is None
    )
