"""Rules, types of readers, closures and terms on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Answer

from central.accounts.operations import record
from central.circulation.counter import place
from central.circulation.counter.form import Form, Wrong
from central.circulation.counter.readers import reader_types
from central.circulation.ledger import calendar, terms
from central.circulation.ledger.models import Closure, LendingRule, ReaderType
from central.clock_ms import now_ms
from central.web.access import person
from central.web.services import services
from wire.faults import Words

rules_pages = Blueprint("rules", __name__, url_prefix="/rules")

NUMBERS: Final[Mapping[str, tuple[Words, int]]] = {
    "max_loans": (Words("册数", "Items"), 1000),
    "days": (Words("借期（天）", "Days"), 400),
    "max_renewals": (Words("续借次数", "Renewals"), 100),
    "renew_days": (Words("续借天数（0 同借期）", "Days of a renewal (0: as a loan)"), 400),
    "grace_days": (Words("宽限（天）", "Days of grace"), 400),
}
"""Field of a rule → its name and the largest number that makes sense."""
MONEY: Final[Mapping[str, Words]] = {
    "fine_fen": Words("逾期费（元/天）", "Fine a day, yuan"),
    "max_fine_fen": Words("逾期费上限（元，0 为书价）", "Largest fine, yuan (0: the price)"),
    "max_fees_fen": Words("欠费上限（元）", "Largest debt, yuan"),
}
TYPE_NUMBERS: Final[Mapping[str, tuple[Words, int]]] = {
    "max_loans": (Words("总册数", "Items in all"), 10_000),
    "max_overdue": (Words("逾期册数上限", "Overdue items at most"), 1000),
    "max_holds": (Words("预约数", "Holds"), 1000),
    "card_months": (Words("证有效期（月）", "Card good for, months"), 1200),
    "guardian_below": (Words("须有监护人的年龄（岁以下）", "Guardian needed below the age of"), 100),
}
"""Of a type of reader; an empty one of OPTIONAL does not bind."""
OPTIONAL: Final = frozenset({"max_loans", "max_overdue", "guardian_below"})


MAX_CLOSURES: Final = 500
"""On the page, the newest: those of past years are no longer of use there."""
Refusal = tuple[str, int]
"""The page with what was typed, and 422."""


@rules_pages.get("/")
def rules() -> str:
    """All of them."""
    return _page("", {})


def _refused(form: str, why: str) -> Refusal:
    """The page again, one of its forms as it was typed."""
    flash(why, "bad")
    return _page(form, request.form), 422


def _page(form: str, said: Mapping[str, str]) -> str:
    desk = place.desk()
    with services().reading() as session:
        found = session.scalars(
            select(LendingRule).order_by(
                LendingRule.branch_id, LendingRule.reader_type_id, LendingRule.item_type
            )
        ).all()
        closures = session.scalars(
            select(Closure).order_by(Closure.first_on.desc()).limit(MAX_CLOSURES)
        ).all()
    with place.reading() as cursor:
        agreed, accepted = terms.in_force(cursor, desk.today), terms.acceptances(cursor)
    return render_template(
        "counter/rules.html",
        rules=found,
        closures=closures,
        types={kind.id: kind for kind in reader_types()},
        numbers=NUMBERS,
        money=MONEY,
        type_numbers=TYPE_NUMBERS,
        today=desk.today,
        terms=agreed,
        accepted=accepted,
        typed=lambda name: said if name == form else {},
    )


# ---------------------------------------------------------------- lending
@rules_pages.post("/")
def set_rule() -> Answer | Refusal:
    """Enter a rule, or change the one of the same type, item type and branch; or take it away."""
    form = Form(request.form)
    reader_type, item_type, branch = (
        form.text("type", 16),
        form.text("item_type", 16),
        place.named(form.text("branch", 32)) or "",
    )
    if reader_type not in {kind.id for kind in reader_types()} or not item_type:
        abort(400)
    try:
        values = _numbers(form, NUMBERS) | {name: form.fen(name) for name in MONEY}
    except Wrong as wrong:
        return _refused("rule", wrong.told)
    with services().writing.begin() as session:
        found = session.get(LendingRule, (reader_type, item_type, branch))
        if form.text("remove", 4):
            if found is not None:
                session.delete(found)
        else:
            overdue = bool(form.text("renew_overdue", 4))
            session.merge(
                LendingRule(
                    reader_type_id=reader_type,
                    item_type=item_type,
                    branch_id=branch,
                    renew_overdue=overdue,
                    **values,
                )
            )
        subject = f"{reader_type} {item_type} {branch or '*'}"
        record(session, now_ms(), person().username, "rule_changed", subject)
    flash(gettext("Done."), "good")
    return redirect(url_for("rules.rules"))


@rules_pages.post("/types")
def set_type() -> Answer | Refusal:
    """Enter a type of reader, or change one."""
    try:
        kind = _kind(Form(request.form))
    except Wrong as wrong:
        return _refused("type", wrong.told)
    with services().writing.begin() as session:
        record(session, now_ms(), person().username, "reader_type_changed", kind.id)
        session.merge(kind)
    flash(gettext("Done."), "good")
    return redirect(url_for("rules.rules", _anchor="types"))


def _kind(form: Form) -> ReaderType:
    number, name_zh, name_en = form.text("id", 16), form.text("name_zh", 40), form.text("name_en", 40)
    if not number.isascii() or not number.replace("-", "").isalnum() or not name_zh or not name_en:
        raise Wrong(gettext("A type needs an id of letters and digits, and a name in both languages."))
    return ReaderType(
        id=number,
        name_zh=name_zh,
        name_en=name_en,
        institution=bool(form.text("institution", 4)),
        self_service=bool(form.text("self_service", 4)),
        deposit_fen=form.fen("deposit_fen"),
        **_numbers(form, TYPE_NUMBERS),
    )


def _numbers(form: Form, fields: Mapping[str, tuple[Words, int]]) -> dict[str, int | None]:
    values: dict[str, int | None] = {}
    for name, (_, largest) in fields.items():
        number = form.number(name)
        if number is None and name not in OPTIONAL:
            number = 0
        if number is not None and number > largest:
            raise Wrong(gettext("%(number)s is too much.", number=number))
        values[name] = number
    return values


# ---------------------------------------------------------------- closures
@rules_pages.post("/closures")
def close() -> Answer | Refusal:
    """Enter a closure; what falls due on its days moves on."""
    try:
        branch, days, reason = _closure(Form(request.form))
    except Wrong as wrong:
        return _refused("closure", wrong.told)
    with place.changing() as cursor:
        moved = calendar.close(cursor, place.desk(), branch, days, reason)
        place.note(cursor, "closure_entered", f"{branch or '*'} {days[0]}…{days[1]} {reason}")
    told = gettext(
        "%(loans)s due dates and %(holds)s kept books moved.", loans=moved.loans, holds=moved.holds
    )
    flash(told, "good")
    return redirect(url_for("rules.rules", _anchor="closures"))


def _closure(form: Form) -> tuple[str | None, calendar.Days, str]:
    branch, reason, days = place.named(form.text("branch", 32)), form.text("reason", 100), _days(form)
    if not reason:
        raise Wrong(gettext("Say why."))
    return branch, days, reason


@rules_pages.post("/closures/<int(max=2147483647):number>")
def change_closure(number: int) -> Answer:
    """Give a closure other days, or take it away."""
    form = Form(request.form)
    with services().reading() as session:
        if session.scalar(select(func.count()).where(Closure.id == number)) == 0:
            abort(404)
    if form.text("remove", 4):
        with place.changing() as cursor:
            calendar.remove(cursor, number)
            place.note(cursor, "closure_removed", f"#{number}")
        flash(gettext("Done."), "good")
        return redirect(url_for("rules.rules", _anchor="closures"))
    try:
        days = _days(form)
        with place.changing() as cursor:
            calendar.change(cursor, place.desk(), number, days)
            place.note(cursor, "closure_changed", f"#{number} {days[0]}…{days[1]}")
    except Wrong as wrong:
        flash(wrong.told, "bad")
    else:
        flash(gettext("Done."), "good")
    return redirect(url_for("rules.rules", _anchor="closures"))


def _days(form: Form) -> tuple[date, date]:
    first, last = form.day("first"), form.day("last")
    if first is None or last is None or not calendar.is_closure(first, last):
        raise Wrong(
            gettext("It needs a first day, and a last day that is not before it, at most a year later.")
        )
    return first, last


# ---------------------------------------------------------------- terms
@rules_pages.post("/terms")
def publish() -> Answer | Refusal:
    """Publish a version of the terms; it binds from its day on."""
    try:
        text = _terms(Form(request.form))
    except Wrong as wrong:
        return _refused("terms", wrong.told)
    with place.changing() as cursor:
        done = terms.publish(cursor, place.desk(), text)
    if not done:
        return _refused("terms", gettext("There is a version of that name already."))
    flash(gettext("Done."), "good")
    return redirect(url_for("rules.rules", _anchor="terms"))


def _terms(form: Form) -> terms.Text:
    version, first = form.text("version", 16), form.day("from")
    zh, en = (request.form.get(name, "").strip() for name in ("zh", "en"))
    if not version or not zh or first is None:
        raise Wrong(gettext("Terms need a version, a day and a Chinese text."))
    return terms.Text(version, first, zh, en)
