"""The pages of payments: what is to be done, sums, booking in place of a kiosk, the provider's books and its word."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import delete, func, select

from central.accounts.models import AuditEntry
from central.app import create_app, disconnect
from central.circulation.ledger.models import Fee, Payment, Reader, ReaderType
from central.clock_ms import now_ms
from central.fleet.models import Branch, Device
from central.payments import words
from central.payments.listing import VIEWS
from central.payments.models import DeskPayment, ProviderPayment
from central.payments.provider import Money
from central.payments.states import STATES, USES, after, reference
from central.web.language import HOME_ZONE
from tests.central.payments.world import Shop
from tests.central.web.test_fleet import store, text_of
from tests.central.web.world import DESK, JOURNAL, ROOM, enter, post, services
from wire.sealing import seal

TXN = "0a" * 8
CARD = "QY20260001"


@pytest.fixture
def shop(monkeypatch):
    made = Shop()
    monkeypatch.setattr("central.payments.provider.load", lambda _config: made)
    return made


@pytest.fixture
def app(config, shop):
    app = create_app(config)
    yield app
    disconnect(app)


def payment(app, number=0, *, device=ROOM, state="orphaned", fen=1250, **more):
    """One payment, `number` days old."""
    txn, at_ms = f"{number:016x}" if number else TXN, now_ms() - number * 86_400_000
    row = {
        "device_id": device, "txn": txn, "journal": JOURNAL, "branch_id": "ZHEN" if device == ROOM else "XIAN",
        "state": state, "reference": reference(device, txn), "reader": "ab" * 16,
        "sealed": seal(services(app).keys.sealing.public_key(), CARD, txn), "amount_fen": fen, "fee": "",
        "wanted_ms": at_ms, "dropped": "left" if state == "dropped" else "", "settled_ms": None,
        "fault": 130 if state == "refused" else None, "code": "", "expires_ms": at_ms, "look_ms": None,
        "provider_id": f"42{txn}" if state not in {"wanted", "offered", "dropped", "lapsed"} else "",
        "paid_ms": at_ms if state not in {"wanted", "offered", "dropped", "lapsed"} else None,
        "resolution": "", "resolved_by": "", "resolved_ms": None, "note": "",
    }  # fmt: skip
    store(app, DeskPayment(**{**row, **more}))


def money(app, provider_id, use="surplus", fen=1250):
    row = {"reference": "x", "amount_fen": fen, "paid_ms": now_ms(), "heard_ms": now_ms(), "use": use}
    blank = {"resolution": "", "resolved_by": "", "resolved_ms": None, "note": ""}
    store(app, ProviderPayment(provider_id=provider_id, **row, **blank))


def owes(app, fen=1250):
    store(app, ReaderType(id="adult", name_zh="成人", name_en="Adult"))
    store(
        app,
        Reader(
            card=CARD,
            name="李明",
            type_id="adult",
            branch_id="ZHEN",
            expires_on=date(2099, 1, 1),
            fees_fen=fen,
        ),
    )
    fee = {"kind": "overdue", "amount_fen": fen, "open_fen": fen, "branch_id": "ZHEN", "at_ms": 1}
    store(app, Fee(reader_card=CARD, **fee))


def row(app):
    with services(app).reading() as session:
        return session.get(DeskPayment, (ROOM, TXN))


def test_every_state_use_and_view_has_its_words():
    assert words.STATES.keys() == set(STATES)
    assert words.USES.keys() == set(USES)
    assert words.VIEWS.keys() == VIEWS.keys()


def test_what_is_to_be_done_is_shown_and_counted_everywhere(app, manager):
    payment(app, 9, state="refused")
    payment(app, 2, device=DESK)
    payment(app, 1, state="settled")
    money(app, "S1")
    shown = text_of(manager.get("/payments/").text)
    assert "缴费超过应缴 130" in shown
    assert "同一笔缴费付了两次" in shown
    assert "缴费 3" in shown, "in the navigation"
    assert "3 笔读者款项等您处理" in text_of(manager.get("/owed/").text)
    assert CARD not in manager.get("/payments/?view=all").text


def test_a_period_s_money_by_day_and_branch(app, manager):
    for number, state, fen in (
        (1, "settled", 300),
        (2, "settled", 1200),
        (3, "taken", 50),
        (4, "dropped", 999),
    ):
        payment(app, number, state=state, fen=fen)
    payment(app, 5, state="settled", fen=77, device=DESK)
    shown = text_of(manager.get("/payments/?view=all").text)
    assert "合计 4 16.27 0.50" in shown
    assert "合计 3 15.50 0.50" in text_of(manager.get("/payments/?view=all&branch=ZHEN").text)
    first = datetime.now(HOME_ZONE).date() - timedelta(days=1)
    assert "合计 1 3.00" in text_of(manager.get(f"/payments/?view=all&from={first}").text)
    table = manager.get("/payments/payments.csv?view=all")
    assert table.text.startswith("\ufeff")
    assert len(table.text.splitlines()) == 6
    assert CARD not in table.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_show_nothing(app, manager, day):
    for page in ("", "payments.csv", "reconciliation"):
        assert manager.get(f"/payments/{page}?view=all&to={day}").status_code == 200


def test_a_network_without_a_branch_has_the_page(app, manager):
    with services(app).writing.begin() as session:
        session.execute(delete(Device))
        session.execute(delete(Branch))
    assert "无需处理" in manager.get("/payments/").text


def test_central_books_in_place_of_a_kiosk_that_is_no_more_and_only_once(app, manager):
    owes(app)
    payment(app)
    for _ in range(2):
        post(manager, "/payments/book", device=ROOM, txn=TXN)
    assert (row(app).resolution, row(app).resolved_by) == ("booked", "manager")
    with services(app).reading() as session:
        assert session.scalars(select(Payment.provider_id)).all() == [f"42{TXN}"]
        assert session.get(Reader, CARD).fees_fen == 0
        assert session.scalar(select(func.count()).where(AuditEntry.action == "payment_booked")) == 1


@pytest.mark.parametrize(("fen", "told"), [(None, "不在本中心的账本里"), (100, "账本没有接受")])
def test_what_the_ledger_does_not_take_stays_on_the_list(app, manager, fen, told):
    if fen:
        owes(app, fen)
    payment(app)
    post(manager, "/payments/book", device=ROOM, txn=TXN)
    assert told in manager.get("/payments/").text
    assert row(app).resolution == ""


def test_staff_say_what_they_have_done(app, manager):
    payment(app)
    money(app, "S1", "unknown")
    post(manager, "/payments/resolution", device=ROOM, txn=TXN, resolution="refunded", note="柜台退")
    post(manager, "/payments/resolution", money="S1", resolution="refunded")
    assert (row(app).resolution, row(app).note) == ("refunded", "柜台退")
    assert "无需处理" in manager.get("/payments/").text
    post(manager, "/payments/resolution", device=ROOM, txn=TXN, resolution="booked")
    assert "已经处理过了" in manager.get("/payments/").text
    assert row(app).resolution == "refunded"


def test_money_that_was_given_back_and_is_booked_then_waits_until_it_is_put_right(app, manager):
    payment(app)
    post(manager, "/payments/resolution", device=ROOM, txn=TXN, resolution="righted")
    assert row(app).resolution == "", "nothing contradicts yet"
    post(manager, "/payments/resolution", device=ROOM, txn=TXN, resolution="refunded")
    with services(app).writing.begin() as session:
        session.get(DeskPayment, (ROOM, TXN)).state = after("orphaned", "settled")
    shown = text_of(manager.get("/payments/").text)
    assert ("已退款又入账" in shown, "缴费 1" in shown) == (True, True)
    for wrong in ("booked", "refunded"):
        post(manager, "/payments/resolution", device=ROOM, txn=TXN, resolution=wrong)
    assert row(app).contradicts
    post(manager, "/payments/resolution", device=ROOM, txn=TXN, resolution="righted", note="已冲正")
    assert (row(app).contradicts, row(app).note) == (False, "已冲正")
    assert "无需处理" in manager.get("/payments/").text


def test_the_provider_s_books_beside_ours(app, shop, manager):
    payment(app, state="paid", provider_id="", paid_ms=None)
    money(app, "HERE", "payment")
    money(app, "BOTH", "payment", 300)
    money(app, "DIFFERS", "payment", 300)
    shop.pay("BOTH", 300, at_ms=now_ms())
    shop.pay("DIFFERS", 301, at_ms=now_ms())
    shop.pay("THERE", 1250, reference(ROOM, TXN), at_ms=now_ms())
    shop.pay("STRANGE", 0, at_ms=now_ms())
    html = manager.get("/payments/reconciliation").text
    shown = text_of(html)
    assert "两边一致 1 笔，共 3.00 元" in shown
    assert re.search("收款方有，本系统没有.*THERE.*本系统有，收款方没有.*HERE.*金额不符.*DIFFERS", shown)
    post(manager, "/payments/reconciliation")
    assert row(app).provider_id == "THERE"
    assert "1 笔数据有误" in text_of(manager.get("/payments/").text)
    shop.away = True
    assert "收款方没有应答" in manager.get("/payments/reconciliation").text
    shop.listing = lambda *_: 1 / 0
    assert "收款方没有应答" in manager.get("/payments/reconciliation").text
    post(manager, "/payments/reconciliation")
    assert "收款方没有应答" in manager.get("/payments/").text


def test_the_provider_s_word_needs_its_signature_and_no_sign_in(app, nobody):
    payment(app, state="offered")
    told = msgspec.json.encode(Money("4200001", reference(ROOM, TXN), 1250, now_ms()))
    assert nobody.post("/payments/notify", data=told).status_code == 403
    for strange in (
        Money("x y", "r", 1, 1),
        Money("1", "r", 0, 1),
        Money("1", "r" * 65, 1, 1),
        Money("1", "r", 1, 2**70),
    ):
        answer = nobody.post(
            "/payments/notify", data=msgspec.json.encode(strange), headers={"X-Sign": "ours"}
        )
        assert answer.status_code == 403
    for nonsense in (b"x", b"\xff" * 1000):
        assert nobody.post("/payments/notify", data=nonsense, headers={"X-Sign": "ours"}).status_code == 403
    for _ in range(2):
        assert nobody.post("/payments/notify", data=told, headers={"X-Sign": "ours"}).status_code == 204
    assert (row(app).state, row(app).provider_id) == ("paid", "4200001")


def test_a_librarian_resolves_and_a_technician_looks(app):
    payment(app)
    technician = enter(app, "technician")
    assert "<button>在中心入账" not in technician.get("/payments/").text
    assert post(technician, "/payments/book", device=ROOM, txn=TXN).status_code == 403
    assert "<button>在中心入账" in enter(app, "librarian").get("/payments/").text
