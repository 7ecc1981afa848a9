"""The desk's pages about readers."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.counter import place
from central.circulation.ledger.models import Hold, Loan, Payment, Reader, ReaderType, Terms, Waiver
from central.web import services as web_services
from tests.central.web.ledger import CARD, OTHER, stock
from tests.central.web.world import enter, post, services

ID_CARD = "11010519491231002X"


@pytest.fixture(autouse=True)
def ledger(app):
    stock(app)


@pytest.fixture
def librarian(app):
    return enter(app, "librarian")


def address(app, card=CARD):
    with app.test_request_context():
        return f"/readers/{place.token(card)}"


def one(app, query):
    with services(app).reading() as session:
        return session.scalars(query).one()


def test_a_reader_is_found_by_card_and_by_name(app, librarian):
    assert post(librarian, "/readers/", said=CARD).location == address(app)
    page = post(librarian, "/readers/", said="林")
    assert page.status_code == 200
    assert {"林书远", "林晓雨"} <= set(re.findall(r"林[书晓][远雨]", page.text))
    assert "没有符合的读者" in post(librarian, "/readers/", said="无此人").text


def test_no_card_number_stands_in_an_address(app, librarian):
    page = post(librarian, "/readers/", said="林").text
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert addresses
    assert not [address for address in addresses if CARD in address or OTHER in address]


@pytest.mark.parametrize("token", ["x", "R1", "a" * 300, "AAAA", "%00", "….."])
def test_a_token_that_nobody_made_leads_nowhere(librarian, token):
    assert librarian.get(f"/readers/{token}").status_code in {400, 404}


def test_the_page_of_a_reader(app, librarian):
    text = librarian.get(address(app)).text
    for said in ("林书远", "三体", "B1", "12.50", "2999年12月31日", "有效"):
        assert said in text, said


def test_a_reader_is_entered(app, librarian):
    with services(app).writing.begin() as session:
        session.add(
            Terms(
                version="2026",
                from_on=session.get(Reader, CARD).expires_on.replace(year=2020),
                text_zh="条款",
            )
        )
    form = {
        "name": "赵一",
        "type": "adult",
        "card": "N1",
        "id_card": ID_CARD,
        "pin": "482915",
        "phone": "13800000000",
    }
    refused = post(librarian, "/readers/new", **form)
    assert refused.status_code == 422
    assert "赵一" in refused.text
    assert ID_CARD not in refused.text
    assert "482915" not in refused.text
    assert post(librarian, "/readers/new", **form, terms="2026").location == address(app, "N1")
    made = one(app, select(Reader).where(Reader.card == "N1"))
    assert (made.id_last4, made.branch_id, made.terms_version) == ("002X", "XIAN", "2026")
    assert ID_CARD not in (made.id_digest or "")


def test_a_wrong_id_card_is_said(librarian):
    answer = post(librarian, "/readers/new", name="赵一", type="adult", id_card="110105194912310021")
    assert (answer.status_code, "身份证号不正确" in answer.text) == (422, True)


def test_a_child_needs_a_guardian(app, librarian):
    form = {"name": "小明", "type": "child", "card": "C1", "born": "2020-01-01"}
    assert post(librarian, "/readers/new", **form).status_code == 422
    with services(app).writing.begin() as session:
        session.get(Reader, OTHER).born_on = session.get(Reader, OTHER).expires_on.replace(year=1980)
    assert post(librarian, "/readers/new", **form, guardian=OTHER).status_code == 302


def test_particulars_change(app, librarian):
    form = {"name": "林远", "type": "adult", "expires": "2998-01-01", "phone": "139"}
    post(librarian, address(app) + "/change", **form)
    found = one(app, select(Reader).where(Reader.card == CARD))
    assert (found.name, found.phone, f"{found.expires_on}") == ("林远", "139", "2998-01-01")


def test_a_card_is_blocked_and_good_again(app, librarian):
    post(librarian, address(app) + "/block", kind="lost", why="电话挂失")
    assert "已挂失" in librarian.get(address(app)).text
    assert "已挂失" in post(librarian, "/readers/", said="林").text
    post(librarian, address(app) + "/block", kind="lift")
    assert not one(app, select(Reader).where(Reader.card == CARD)).blocked


def test_loans_are_renewed(app, librarian):
    before = one(app, select(Loan)).renewals
    post(librarian, address(app) + "/loans", barcode="B1")
    assert one(app, select(Loan)).renewals == before + 1
    assert "续借" in (post(librarian, address(app) + "/loans"), librarian.get(address(app)).text)[1]


def test_a_hold_is_placed_and_cancelled(app, librarian):
    post(librarian, address(app, OTHER) + "/holds", barcode="B1")
    assert "排队第 1 位" in librarian.get(address(app, OTHER)).text
    post(librarian, address(app, OTHER) + "/holds", title="1", cancel="yes")
    assert one(app, select(Hold)).cancelled_why == "staff"


def test_fees_are_paid_in_part_and_the_rest_waived_by_a_manager(app, librarian, manager):
    post(librarian, address(app) + "/pay", amount="10", method="wechat")
    assert one(app, select(Payment)).amount_fen == 1000
    assert post(librarian, address(app) + "/waive", fee="1", reason="雨天").status_code == 403
    fee = re.search(r'name="fee" value="(\d+)"', manager.get(address(app)).text)[1]
    post(manager, address(app) + "/waive", fee=fee, reason="雨天")
    assert one(app, select(Waiver)).amount_fen == 250
    assert "没有欠费" in manager.get(address(app)).text


@pytest.mark.parametrize("amount", ["0", "-1", "abc", "1.234", "99999999999", "NaN", ""])
def test_what_is_no_amount_is_said(app, librarian, amount):
    post(librarian, address(app) + "/pay", amount=amount, method="cash")
    assert "金额不正确" in librarian.get(address(app)).text


def test_more_than_is_owed_is_not_taken(app, librarian):
    post(librarian, address(app) + "/pay", amount="100", method="cash")
    with services(app).reading() as session:
        assert session.scalars(select(Payment)).all() == []


def test_a_fee_of_another_reader_is_not_waived_here(app, manager):
    fee = re.search(r'name="fee" value="(\d+)"', manager.get(address(app)).text)[1]
    assert post(manager, address(app, OTHER) + "/waive", fee=fee, reason="x").status_code == 404


def test_a_fee_is_charged_and_a_deposit_taken_and_kept_while_fees_are_open(app, librarian):
    here = address(app, OTHER)
    post(librarian, here + "/charge", kind="damage", amount="5", barcode="B2", note="封面")
    post(librarian, here + "/deposit", amount="100", method="cash")
    post(librarian, here + "/deposit", back="yes", method="cash")
    assert one(app, select(Reader).where(Reader.card == OTHER)).deposit_fen == 10000
    post(librarian, here + "/pay", amount="5", method="cash")
    post(librarian, here + "/deposit", back="yes", method="cash")
    assert one(app, select(Reader).where(Reader.card == OTHER)).deposit_fen == 0


def test_staff_work_at_the_branch_that_they_chose(app, librarian):
    post(librarian, "/readers/branch", branch="ZHEN")
    post(librarian, "/readers/new", name="赵一", type="adult", card="N1")
    assert one(app, select(Reader).where(Reader.card == "N1")).branch_id == "ZHEN"
    assert post(librarian, "/readers/branch", branch="NOWHERE").status_code == 400


def test_a_type_that_there_is_not_is_refused(app, librarian):
    answer = post(librarian, "/readers/new", name="赵一", type="nobody", card="N1")
    assert answer.status_code == 422
    assert one(app, select(ReaderType).where(ReaderType.id == "adult"))


def test_what_is_done_stands_in_the_audit(app, librarian):
    post(librarian, address(app) + "/block", kind="staff", why="占座")
    with services(app).reading() as session:
        assert ("librarian", "reader_blocked") in {
            (e.staff, e.action) for e in session.scalars(select(AuditEntry))
        }


def test_a_reader_is_shown_all_that_is_held_and_the_audit_says_so(app, librarian):
    answer = post(librarian, address(app) + "/export")
    assert answer.headers["Content-Disposition"] == "attachment; filename=reader.json"
    assert {"林书远", "B1"} <= {word for word in ("林书远", "B1", "pin_hash") if word in answer.text}
    with services(app).reading() as session:
        assert "reader_exported" in {entry.action for entry in session.scalars(select(AuditEntry))}


def test_old_loans_are_kept_for_who_wants_them(app, librarian):
    post(librarian, address(app) + "/history", wish="keep")
    assert one(app, select(Reader).where(Reader.card == CARD)).keeps_history
    post(librarian, address(app) + "/history", wish="forget")
    assert not one(app, select(Reader).where(Reader.card == CARD)).keeps_history


def test_a_reader_is_forgotten_by_a_manager_and_not_while_anything_is_open(app, manager):
    assert post(manager, address(app) + "/erase").location == address(app)
    assert one(app, select(Reader).where(Reader.card == CARD))
    assert post(manager, address(app, OTHER) + "/erase").location == "/readers/"
    with services(app).reading() as session:
        assert session.get(Reader, OTHER) is None


def test_a_block_whose_last_day_is_over_is_none(app, librarian):
    with services(app).writing.begin() as session:
        reader = session.get(Reader, CARD)
        reader.blocked, reader.blocked_why, reader.blocked_until = True, "staff", date(2020, 1, 1)
    text = librarian.get(address(app)).text
    assert ("已停用" in text, "2020年" in text) == (False, False)


@pytest.mark.parametrize("path", ["/readers/", "/loans/", "/rules/", "/amnesties/"])
def test_without_any_branch_the_pages_say_so(app, manager, monkeypatch, path):
    monkeypatch.setattr(web_services, "TREE_S", 1e9)
    services(app).tree().places.clear()
    answer = manager.get(path)
    assert answer.status_code == 409
    assert "还没有馆" in answer.text


@pytest.mark.parametrize("wrong", [{"guardian": "NOBODY"}, {"expires": "soon"}])
def test_particulars_that_are_refused_stay_as_typed(app, librarian, wrong):
    form = {"name": "林书远二", "type": "adult", "expires": "2999-12-31", "remark": "长备注", **wrong}
    answer = post(librarian, f"{address(app)}/change", **form)
    assert answer.status_code == 422
    assert all(f'value="{said}"' in answer.text for said in form.values())
    assert one(app, select(Reader).where(Reader.card == CARD)).name == "林书远"
