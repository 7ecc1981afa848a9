"""The desk's pages about titles, items, loans, amnesties and rules."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from central.accounts.models import AuditEntry
from central.circulation.counter import loans, rules
from central.circulation.ledger.models import (
    Amnesty,
    Closure,
    Fee,
    Item,
    LendingRule,
    Loan,
    ReaderType,
    Terms,
    Title,
    Transit,
)
from tests.central.web.ledger import CARD, stock
from tests.central.web.world import enter, post, services

ITEM = {"barcode": "N1", "title": "边城", "author": "", "price": "23.5", "home": "镇分馆"}
RULE = {
    "type": "child",
    "item_type": "book",
    "branch": "ZHEN",
    "max_loans": "3",
    "days": "20",
    "fine_fen": "0.1",
}


@pytest.fixture(autouse=True)
def ledger(app):
    stock(app)


@pytest.fixture
def librarian(app):
    return enter(app, "librarian")


def one(app, query):
    with services(app).reading() as session:
        return session.scalars(query).one()


def all_of(app, model):
    with services(app).reading() as session:
        return session.scalars(select(model)).all()


# ---------------------------------------------------------------- titles and items
@pytest.mark.parametrize("said", ["三体", "st", "ST"])
def test_a_title_is_found(librarian, said):
    assert "三体" in librarian.get("/titles/", query_string={"q": said}).text


def test_a_barcode_leads_to_its_item(librarian):
    assert librarian.get("/titles/?q=B1").location == "/titles/item?barcode=B1"
    text = librarian.get("/titles/item?barcode=B1").text
    assert "已借出" in text
    assert CARD in text


def test_what_there_is_not_is_not_found(librarian):
    assert "没有符合的书目" in librarian.get("/titles/?q=nothing").text
    assert librarian.get("/titles/item?barcode=nothing").status_code == 404
    assert librarian.get("/titles/99").status_code == 404


def test_a_title_is_changed_and_found_by_its_new_words(app, librarian):
    assert "三体" in librarian.get("/titles/1").text
    post(librarian, "/titles/1", title="三体Ⅱ", author="刘慈欣", isbn="978-7-229-03093-3")
    found = one(app, select(Title).where(Title.id == 1))
    assert (found.title, found.isbn) == ("三体Ⅱ", "9787229030933")
    assert "三体Ⅱ" in librarian.get("/titles/?q=刘慈欣").text


def test_a_title_without_a_title_is_refused_and_what_was_typed_stays(app, librarian):
    answer = post(librarian, "/titles/1", title="", author="某人")
    assert (answer.status_code, "某人" in answer.text) == (422, True)
    assert one(app, select(Title).where(Title.id == 1)).title == "三体"


def test_a_control_number_belongs_to_one_title(app, librarian):
    assert post(librarian, "/titles/1", title="三体", control_number="C1").status_code == 302
    answer = post(librarian, "/titles/2", title="边城", control_number="C1")
    assert answer.status_code == 422
    assert "此控制号属于另一种书" in answer.text


def test_an_item_is_entered_under_the_title_that_is_known(app, librarian):
    assert post(librarian, "/titles/new", **ITEM).location == "/titles/item?barcode=N1"
    made = one(app, select(Item).where(Item.barcode == "N1"))
    assert (made.title_id, made.price_fen, made.home_branch_id) == (2, 2350, "ZHEN")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"barcode": "B1"}, "此条码已有图书"),
        ({"barcode": "a b"}, "空格"),
        ({"price": "x"}, "不是金额"),
        ({"home": "无"}, "没有这个馆"),
    ],
)
def test_an_item_that_cannot_be_is_refused(app, librarian, changed, told):
    answer = post(librarian, "/titles/new", **{**ITEM, **changed})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert len(all_of(app, Item)) == 3


def test_an_item_is_changed_and_emptied(app, librarian):
    post(librarian, "/titles/item", barcode="B2", shelf="A-3", price="10", status="reference")
    made = one(app, select(Item).where(Item.barcode == "B2"))
    assert (made.shelf, made.price_fen, made.status) == ("A-3", 1000, "reference")
    post(librarian, "/titles/item", barcode="B2", shelf="", price="", status="available")
    made = one(app, select(Item).where(Item.barcode == "B2"))
    assert (made.shelf, made.price_fen, made.status) == ("", None, "available")


def test_a_lost_item_costs_its_reader_the_price(app, librarian):
    post(librarian, "/titles/item", barcode="B1", price="30")
    post(librarian, "/titles/item/lost", barcode="B1", processing="5")
    assert one(app, select(Fee).where(Fee.kind == "lost")).amount_fen == 3500
    assert "已丢失" in librarian.get("/titles/item?barcode=B1").text


# ---------------------------------------------------------------- loans
@pytest.mark.parametrize("view", ["overdue", "open", "shelf", "coming", "leaving", "late", "nonsense"])
def test_each_view_of_the_loans_opens(librarian, view):
    assert librarian.get(f"/loans/?view={view}").status_code == 200


def test_an_overdue_loan_is_shown_with_its_reader(app, librarian):
    assert "林书远" not in librarian.get("/loans/").text
    with services(app).writing.begin() as session:
        session.execute(update(Loan).values(due_on=date(2020, 1, 1)))
    assert "林书远" in librarian.get("/loans/").text


# ---------------------------------------------------------------- amnesties
def amnesty(**changed):
    first = date.today()  # noqa: DTZ011 - a form's date
    form = {
        "first": f"{first}",
        "last": f"{first + timedelta(days=7)}",
        "percent": "100",
        "reason": "世界读书日",
    }
    return {**form, **changed}


def test_a_manager_begins_an_amnesty_and_forgives_what_is_owed_already(app, manager):
    with services(app).writing.begin() as session:
        session.execute(update(Fee).values(kind="overdue"))
    post(manager, "/amnesties/", **amnesty())
    assert "12.50" in manager.get("/amnesties/").text
    number = one(app, select(Amnesty)).id
    post(manager, f"/amnesties/{number}/forgive")
    assert one(app, select(Fee)).open_fen == 0
    post(manager, f"/amnesties/{number}/end")
    assert one(app, select(Amnesty)).ended_ms is not None
    assert post(manager, f"/amnesties/{number}/end").status_code == 404


@pytest.mark.parametrize(
    "changed", [{"reason": ""}, {"percent": "0"}, {"percent": "101"}, {"last": "2000-01-01"}, {"first": "x"}]
)
def test_an_amnesty_that_cannot_be_is_refused(app, manager, changed):
    form = amnesty(**changed)
    answer = post(manager, "/amnesties/", **form)
    assert answer.status_code == 422
    assert all(f'value="{form[name]}"' in answer.text for name in ("first", "last", "percent", "reason"))
    assert all_of(app, Amnesty) == []


def test_a_librarian_sees_amnesties_and_begins_none(librarian):
    assert librarian.get("/amnesties/").status_code == 200
    assert post(librarian, "/amnesties/", **amnesty()).status_code == 403


# ---------------------------------------------------------------- rules
def test_a_rule_of_a_branch_is_entered_changed_and_taken_away(app, manager):
    post(manager, "/rules/", **RULE)
    key = ("child", "book", "ZHEN")
    with services(app).reading() as session:
        assert (session.get(LendingRule, key).max_loans, session.get(LendingRule, key).fine_fen) == (3, 10)
    post(manager, "/rules/", **{**RULE, "max_loans": "4", "renew_overdue": "yes"})
    with services(app).reading() as session:
        assert (session.get(LendingRule, key).max_loans, session.get(LendingRule, key).renew_overdue) == (
            4,
            True,
        )
    assert "镇分馆" in manager.get("/rules/").text
    post(manager, "/rules/", **RULE, remove="yes")
    with services(app).reading() as session:
        assert session.get(LendingRule, key) is None


@pytest.mark.parametrize(
    "changed", [{"type": "nobody"}, {"branch": "NOWHERE"}, {"item_type": ""}, {"days": "x"}]
)
def test_a_rule_that_cannot_be_is_refused(manager, changed):
    assert post(manager, "/rules/", **{**RULE, **changed}).status_code == 400


def test_a_type_of_reader_is_entered(app, manager):
    form = {"id": "school", "name_zh": "学校", "name_en": "School", "institution": "yes", "max_loans": "500"}
    post(manager, "/rules/types", **form, deposit_fen="100")
    made = one(app, select(ReaderType).where(ReaderType.id == "school"))
    assert (made.institution, made.self_service, made.max_loans, made.max_overdue) == (True, False, 500, None)
    assert made.deposit_fen == 10000
    post(manager, "/rules/types", id="学校", name_zh="学校", name_en="School")
    assert len(all_of(app, ReaderType)) == 3


def test_a_closure_moves_what_falls_due_on_it_and_is_taken_away(app, manager):
    due = one(app, select(Loan)).due_on
    post(manager, "/rules/closures", first=f"{due}", last=f"{due + timedelta(days=2)}", reason="盘点")
    assert one(app, select(Loan)).due_on == due + timedelta(days=3)
    post(manager, f"/rules/closures/{one(app, select(Closure)).id}", remove="yes")
    assert all_of(app, Closure) == []
    with services(app).reading() as session:
        actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["closure_entered", "closure_removed"]


@pytest.mark.parametrize(
    "changed", [{"reason": ""}, {"last": "2000-01-01"}, {"first": ""}, {"last": "9999-12-31"}]
)
def test_a_closure_that_cannot_be_is_refused(app, manager, changed):
    post(
        manager,
        "/rules/closures",
        **{"first": "2026-10-01", "last": "2026-10-07", "reason": "国庆", **changed},
    )
    assert all_of(app, Closure) == []


def test_terms_are_published_once(app, manager):
    form = {"version": "2026", "from": "2026-01-01", "zh": "条款", "en": "Terms"}
    post(manager, "/rules/terms", **form)
    post(manager, "/rules/terms", **{**form, "zh": "别的"})
    assert one(app, select(Terms)).text_zh == "条款"
    assert "2026" in manager.get("/rules/").text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/rules/", {**RULE, "fine_fen": "ten", "item_type": "vinyl"}),
        ("/rules/types", {"id": "学校", "name_zh": "学校读者", "name_en": "Schools"}),
        ("/rules/closures", {"first": "2026-10-01", "last": "2026-09-01", "reason": "国庆"}),
        ("/rules/terms", {"version": "2026", "from": "", "zh": "长长的条款", "en": "Long terms"}),
    ],
)
def test_a_refused_form_keeps_what_was_typed(manager, address, form):
    answer = post(manager, address, **form)
    assert answer.status_code == 422
    for name, said in form.items():
        if name not in {"type", "branch"}:
            assert said in answer.text


def test_a_text_of_terms_is_not_lost_for_its_name(manager):
    form = {"version": "2026", "from": "2026-01-01", "zh": "条款", "en": "Terms"}
    post(manager, "/rules/terms", **form)
    assert "别的条款" in post(manager, "/rules/terms", **{**form, "zh": "别的条款"}).text


def test_of_many_closures_the_newest_are_shown(app, manager, monkeypatch):
    monkeypatch.setattr(rules, "MAX_CLOSURES", 2)
    with services(app).writing.begin() as session:
        for year in (2026, 2024, 2025):
            day = date(year, 10, 1)
            session.add(Closure(first_on=day, last_on=day, reason=f"国庆{year}", staff="x", at_ms=0))
    page = manager.get("/rules/").text
    assert ("国庆2026" in page, "国庆2025" in page, "国庆2024" in page) == (True, True, False)


def test_an_amnesty_is_withdrawn_before_it_begins(app, manager):
    later = date.today() + timedelta(days=3)  # noqa: DTZ011 - a form's date
    post(manager, "/amnesties/", **amnesty(first=f"{later}"))
    assert f"/amnesties/{one(app, select(Amnesty)).id}/end" in manager.get("/amnesties/").text


def test_what_is_under_way_goes_on_on_the_next_page(app, librarian, monkeypatch):
    monkeypatch.setattr(loans, "PAGE", 1)
    with services(app).writing.begin() as session:
        for barcode in ("B2", "B3"):
            session.add(
                Transit(
                    item_barcode=barcode, from_branch_id="ZHEN", to_branch_id="ZHEN", why="home", sent_ms=1
                )
            )
    first, second = (librarian.get(f"/loans/?view=late&skip={skip}").text for skip in (0, 1))
    assert ("skip=1" in first, "skip=2" in second) == (True, False)
    assert ("<code>B2</code>" in first) != ("<code>B2</code>" in second)


def test_a_status_that_was_chosen_stays_chosen_where_the_form_is_refused(librarian):
    answer = post(librarian, "/titles/item", barcode="B2", home="ZHEN", status="repair", price="x")
    assert answer.status_code == 422
    assert '<option value="repair" selected>' in answer.text
