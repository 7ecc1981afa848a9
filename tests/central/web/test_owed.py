"""The staff's list: what it shows, what staff do, who may see a card."""

import re
from datetime import date

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from central.accounts.models import AuditEntry, Staff
from central.circulation.ledger.models import Reader, ReaderType
from central.circulation.owed import listing, settling, words
from central.circulation.owed.listing import PAGE, VIEWS
from central.circulation.owed.models import OwedTransaction
from central.circulation.owed.states import STATES
from central.clock_ms import now_ms
from central.facts.models import FactAside, Journal, StoredFact
from central.fleet.models import Order
from central.fleet.operations import retire
from tests.central.web.test_fleet import store, store_condition, text_of
from tests.central.web.test_language import CHINESE
from tests.central.web.world import DESK, JOURNAL, ROOM, enter, post, say, services
from wire.sealing import seal

TXN = "0a" * 8
PATH = f"/owed/{ROOM}/{TXN}"
CARD = "QY20260001"
DAY_MS = 86_400_000


def owed(app, number=0, *, device=ROOM, state="refused", **more):
    """One transaction, `number` days old."""
    sealed = seal(services(app).keys.sealing.public_key(), CARD, f"{number:016x}" if number else TXN)
    row = {
        "device_id": device,
        "txn": f"{number:016x}" if number else TXN,
        "journal": JOURNAL,
        "kind": "loan",
        "state": state,
        "handed_over": True,
        "branch_id": "ZHEN" if device == ROOM else "XIAN",
        "item": f"B{number:04}",
        "title": f"活着 {number}",
        "reader": "ab" * 16,
        "sealed": sealed,
        "decided_by": "rule",
        "due": "2026-12-01",
        "begun_ms": now_ms() - number * DAY_MS,
        "fault": 103 if state == "refused" else None,
        "forced": False,
        "settled_ms": None,
        "settled_by": "",
    }
    store(app, OwedTransaction(**{**row, **more}))


def row(app, txn=TXN):
    with services(app).reading() as session:
        return session.get(OwedTransaction, (ROOM, txn))


def audited(app):
    with services(app).reading() as session:
        query = select(AuditEntry.staff, AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id)
        return [tuple(entry) for entry in session.execute(query)]


def titles(html):
    return re.findall(r">借书 · (活着 \d+)</a>", html)


# ---------------------------------------------------------------- the list
def test_what_is_to_be_done_the_oldest_first_in_the_catalogues_words(app, manager):
    owed(app, 1)
    owed(app, 9, state="conflict")
    owed(app, 4, state="orphaned", device=DESK)
    owed(app, 7, state="granted")
    owed(app, 8, resolution="accepted")
    html = manager.get("/owed/").text
    assert titles(html) == ["活着 9", "活着 4", "活着 1"]
    shown = text_of(html)
    assert "读者证已停用 103" in shown
    assert "为这本书办理归还" in shown
    assert re.search(r'data-since="\d+"', html), "how long it has been owed"


def test_each_view_shows_what_it_says_and_counts_it(app, manager):
    states = dict(enumerate(STATES, 1))
    for number, state in states.items():
        owed(app, number, state=state, forced=state == "made")
    owed(app, 20, resolution="cancelled", note="书已找到")
    expected = {
        "work": ["refused", "conflict", "undone", "orphaned"],
        "waiting": ["owed", "granted", "taken"],
        "forced": ["made"],
        **{state: [state] for state in ("refused", "conflict", "undone", "orphaned", "made", "abandoned")},
    }
    for view, inside in expected.items():
        html = manager.get(f"/owed/?view={view}").text
        assert {int(title.split()[1]) for title in titles(html)} == {
            n for n, s in states.items() if s in inside
        }
        assert (
            f"<b>{len(inside)}</b>"
            in re.search(rf'<a class="chip[^>]*view={view}".*?</a>', html, re.DOTALL)[0]
        )
    assert set(expected) | {"resolved"} == set(VIEWS)
    assert "书已找到" in manager.get("/owed/?view=resolved").text


def test_the_count_beside_the_navigation_reads_what_is_open_alone(app):
    """It stands on every page, and what is resolved is kept for years."""
    ran = []
    event.listen(services(app).engine, "before_cursor_execute", lambda *heard: ran.append(heard[2:4]))
    with services(app).reading() as session:
        listing.work(session)
        sql, values = ran[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    assert "COVERING INDEX ix_owed_transaction_work" in str(plan)


def test_a_branch_and_a_kiosk_are_chosen(app, manager):
    owed(app, 1)
    owed(app, 2, device=DESK)
    assert titles(manager.get("/owed/?branch=XIAN").text) == ["活着 2", "活着 1"]
    assert titles(manager.get("/owed/?branch=ZHEN").text) == ["活着 1"]
    assert titles(manager.get(f"/owed/?device={DESK}").text) == ["活着 2"]
    assert titles(manager.get("/owed/?view=none&branch=none&device=none&skip=-3").text) == [
        "活着 2",
        "活着 1",
    ]


def test_a_long_list_has_pages_without_a_gap(app, manager):
    for number in range(1, PAGE + 12):
        owed(app, number)
    first = manager.get("/owed/")
    more = re.search(r'href="(/owed/\?[^"]*skip=50[^"]*)"', first.text)[1].replace("&amp;", "&")
    seen = titles(first.text) + titles(manager.get(more).text)
    assert seen == [f"活着 {number}" for number in range(PAGE + 11, 0, -1)]


def test_the_navigation_counts_what_is_to_be_done(app, technician):
    assert 'class="count"' not in technician.get("/account").text
    for number in (1, 2):
        owed(app, number)
    owed(app, 3, state="granted")
    assert '<b class="count">2<span class="unseen"> 待办</span></b>' in technician.get("/account").text


def test_a_page_does_not_fail_for_want_of_the_count(app, technician, monkeypatch):
    def fail(_session):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(listing, "work", fail)
    assert technician.get("/account").status_code == 200


def test_an_empty_list_says_so(manager):
    assert "无需处理" in manager.get("/owed/").text
    assert '<p class="panel empty">没有。</p>' in manager.get("/owed/?view=forced").text


# ---------------------------------------------------------------- one transaction
def test_a_page_says_everything(app, manager):
    begun_ms = now_ms() - 3_600_000
    owed(app, begun_ms=begun_ms, settled_ms=begun_ms + 60_000)
    for seq, kind in enumerate(("loan.granted", "loan.refused"), 1):
        store(
            app,
            StoredFact(
                device_id=ROOM,
                journal=JOURNAL,
                seq=seq,
                branch_id="ZHEN",
                kind=kind,
                at_ms=begun_ms,
                wall_ms=1,
                mono_ms=1,
                boot="0123abcd",
                clock_set=True,
                received_ms=1,
                body=f'{{"kind":"{kind}","txn":"{TXN}","item":"B0000","reader":"{"ab" * 16}"}}',
            ),
        )
    shown = text_of(manager.get(PATH).text)
    for told in (
        "系统不予补登",
        "读者证已停用",
        "2026-12-01",
        "在读者手中",
        "终端规则放行",
        "离线借出",
        "未予借出",
        TXN,
    ):
        assert told in shown, told
    assert "ab" * 16 not in shown


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_page(app, manager, state):
    owed(app, state=state)
    shown = text_of(manager.get(PATH).text)
    assert words.STATES[state].advice.zh in shown
    assert ("作废" in shown) is (state not in {"made", "abandoned"})


def test_a_registration_has_no_book(app, manager):
    owed(app, kind="register", state="owed", item="", title="", sealed="", handed_over=False)
    page = manager.get(PATH).text
    assert "Registration" in page or "办证" in page
    assert "Where the book is" not in page
    assert "书在哪里" not in page
    assert manager.get("/owed/?view=waiting").status_code == 200


def test_what_is_not_there_is_not_found(manager):
    assert manager.get(PATH).status_code == 404
    assert post(manager, f"{PATH}/resolution", resolution="accepted").status_code == 404
    assert post(manager, f"{PATH}/verdict", verdict="done").status_code == 404
    assert post(manager, f"{PATH}/card", reason="通知").status_code == 404


@pytest.mark.parametrize(("resolution", "words"), [("accepted", "已补录"), ("cancelled", "已作废")])
def test_staff_deal_with_it_once(app, technician, resolution, words):
    owed(app)
    assert (
        post(technician, f"{PATH}/resolution", resolution=resolution, note=" 书在架上 ").location == "/owed/"
    )
    done = row(app)
    assert (done.resolution, done.note, done.resolved_by) == (resolution, "书在架上", "technician")
    assert (done.state, done.fault) == ("refused", 103), "what happened stays"
    assert audited(app) == [("technician", f"owed_{resolution}", f"{ROOM} {TXN} 书在架上")]
    assert titles(technician.get("/owed/").text) == []
    shown = text_of(technician.get(PATH).text)
    assert words in shown
    assert "书在架上" in shown
    post(technician, f"{PATH}/resolution", resolution="cancelled")
    assert row(app).resolution == resolution
    assert "这笔已经处理过了" in technician.get(PATH).text


@pytest.mark.parametrize("state", ["granted", "made"])
def test_what_is_not_for_staff_is_not_dealt_with(app, technician, state):
    owed(app, state=state)
    post(technician, f"{PATH}/resolution", resolution="accepted")
    assert row(app).resolution == ""
    assert "现在不需要人工处理" in technician.get(PATH).text


def test_a_form_that_says_nothing_is_refused(app, technician):
    owed(app, state="granted")
    assert post(technician, f"{PATH}/resolution", resolution="burnt").status_code == 400
    assert post(technician, f"{PATH}/verdict", verdict="").status_code == 400


# ---------------------------------------------------------------- settling at the kiosk
def orders(app):
    with services(app).reading() as session:
        return [(o.verb, o.txn, o.verdict, o.state, o.staff) for o in session.scalars(select(Order))]


@pytest.mark.parametrize("verdict", ["done", "never"])
def test_the_kiosk_is_told_how_it_ends_once(app, technician, verdict):
    owed(app, state="owed")
    assert post(technician, f"{PATH}/verdict", verdict=verdict).location == PATH
    assert orders(app) == [("debt.settle", TXN, verdict, "pending", "technician")]
    assert audited(app) == [("technician", "owed_settled", f"{ROOM} {TXN} {verdict}")]
    html = technician.get(PATH).text
    assert "等待终端答复" in html
    assert 'name="verdict"' not in html
    post(technician, f"{PATH}/verdict", verdict=verdict)
    assert len(orders(app)) == 1
    assert row(app).state == "owed", "until the kiosk's fact says otherwise"


def test_an_order_that_was_refused_is_shown_and_may_be_given_again(app, technician):
    owed(app, state="granted")
    post(technician, f"{PATH}/verdict", verdict="done")
    with services(app).writing.begin() as session:
        session.execute(update(Order).values(state="refused", fault=902))
    html = technician.get(PATH).text
    assert "被拒绝" in html
    assert 'name="verdict"' in html


def test_what_a_machine_that_is_there_refuses_to_settle_is_taken_over(app, technician):
    owed(app, state="taken")
    say(app, ROOM, "ready")
    store_condition(app, ROOM, "ready")
    post(technician, f"{PATH}/verdict", verdict="done")
    with services(app).writing.begin() as session:
        session.execute(update(Order).values(state="refused", fault=902))
    assert "终端已不再持有，转人工" in technician.get(PATH).text
    post(technician, f"{PATH}/orphan")
    assert row(app).state == "orphaned"


def test_what_the_kiosk_no_longer_holds_is_not_settled_there(app, technician):
    owed(app, state="refused")
    post(technician, f"{PATH}/verdict", verdict="done")
    assert orders(app) == []


def test_what_a_lost_machine_holds_is_taken_over(app, technician):
    owed(app, state="granted")
    say(app, ROOM, "gone", why="will")
    assert "终端不再恢复，转人工" in technician.get(PATH).text
    post(technician, f"{PATH}/orphan")
    assert row(app).state == "orphaned"
    assert audited(app) == [("technician", "owed_given_up", f"{ROOM} {TXN}")]
    post(technician, f"{PATH}/resolution", resolution="cancelled")
    assert row(app).resolution == "cancelled"


@pytest.mark.parametrize("state", ["ready", "broken"])
def test_what_a_machine_holds_that_is_there_is_left_to_it(app, technician, state):
    owed(app, state="granted")
    say(app, ROOM, state)
    store_condition(app, ROOM, state)
    assert "终端不再恢复，转人工" not in technician.get(PATH).text
    post(technician, f"{PATH}/orphan")
    assert row(app).state == "granted"
    assert "终端仍在线" in technician.get(PATH).text


def test_what_a_retired_machine_holds_is_taken_over_though_it_still_talks(app, technician):
    owed(app, state="granted")
    say(app, ROOM, "ready")
    store_condition(app, ROOM, "ready")
    with services(app).writing.begin() as session:
        retire(session, ROOM, date(2026, 9, 21))
    assert "终端不再恢复，转人工" in technician.get(PATH).text
    post(technician, f"{PATH}/verdict", verdict="done")
    assert "设备已退役" in technician.get(PATH).text
    post(technician, f"{PATH}/orphan")
    assert row(app).state == "orphaned"


# ---------------------------------------------------------------- the card
def test_a_card_is_shown_once_to_who_says_why(app, manager):
    store(app, ReaderType(id="adult", name_zh="成人", name_en="Adult"))
    store(
        app, Reader(card=CARD, name="林书远", type_id="adult", branch_id="ZHEN", expires_on=date(2030, 1, 1))
    )
    owed(app)
    answer = post(manager, f"{PATH}/card", reason="通知读者来馆")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert CARD in answer.text
    assert "林书远" in answer.text
    assert audited(app) == [("manager", "owed_card_seen", f"{ROOM} {TXN} 通知读者来馆")]
    assert row(app).contacted_by == "manager"
    later = manager.get(PATH).text
    assert CARD not in later
    assert "通知读者来馆" in later


def test_a_card_needs_a_reason(app, manager):
    owed(app)
    assert post(manager, f"{PATH}/card", reason="  ").status_code == 302
    assert "请写明" in manager.get(PATH).text
    assert audited(app) == []


def test_a_technician_sees_no_card(app, technician):
    owed(app)
    assert post(technician, f"{PATH}/card", reason="好奇").status_code == 403
    assert "查看证号</span>" not in technician.get(PATH).text
    assert audited(app) == []


@pytest.mark.parametrize(
    ("sealed", "told"), [("", "终端没有封存证号"), ("c2VhbGVk", "证号无法解封")], ids=["none", "foreign"]
)
def test_a_card_that_cannot_be_read_is_said_to_be_so(app, manager, sealed, told):
    owed(app, sealed=sealed)
    post(manager, f"{PATH}/card", reason="通知")
    assert told in manager.get(PATH).text
    assert audited(app) == []


def test_every_refusal_has_its_words():
    assert set(words.NOT_POSSIBLE) == settling.WHY
    assert set(words.STATES) == set(STATES)
    assert set(words.VIEWS) == set(VIEWS)
    assert set(words.RESOLUTIONS) == settling.RESOLUTIONS


# ---------------------------------------------------------------- the device's page
def test_the_device_page_says_what_it_holds(app, technician):
    owed(app, 1)
    owed(app, 3, state="granted")
    shown = text_of(technician.get(f"/fleet/kiosk/{ROOM}").text)
    assert "有 1 笔离线借还需要人工处理。" in shown
    assert "另有 1 笔由终端核实中。" in shown


def test_a_forked_journal_shows_both_machines_and_renews_one(app, technician):
    boots = ("11111111", "22222222")
    store(
        app,
        Journal(device_id=ROOM, journal=JOURNAL, epoch=1, committed=1, forked=True, first_ms=1, last_ms=2),
        FactAside(
            device_id=ROOM,
            journal=JOURNAL,
            seq=1,
            why="journal forked",
            body="{}",
            received_ms=2,
            boot=boots[1],
        ),
        StoredFact(
            device_id=ROOM,
            journal=JOURNAL,
            seq=1,
            branch_id="ZHEN",
            kind="exit.pressed",
            at_ms=1,
            wall_ms=1,
            mono_ms=1,
            boot=boots[0],
            clock_set=True,
            received_ms=1,
            body='{"kind":"exit.pressed"}',
        ),
    )
    say(app, ROOM, "broken", boot=boots[1])
    html = technician.get(f"/fleet/kiosk/{ROOM}").text
    forked = re.search(r'<section class="panel tone-bad" id="forked">.*?</section>', html, re.DOTALL)[0]
    assert re.findall(r"<code>(\w+)</code>", forked) == list(boots)
    assert text_of(forked).count("当前连接的是这台") == 1
    post(technician, f"/fleet/kiosk/{ROOM}/orders", verb="journal.renew", boot=boots[0])
    with services(app).reading() as session:
        assert [(o.verb, o.boot, o.state) for o in session.scalars(select(Order))] == [
            ("journal.renew", boots[0], "pending")
        ]


@pytest.mark.parametrize(
    ("verb", "why"), [("journal.renew", "指令缺少对象"), ("debt.settle", "没有这种指令")]
)
def test_an_order_without_what_it_is_about_is_not_given(app, verb, why):
    technician = enter(app, "technician")
    post(technician, f"/fleet/kiosk/{ROOM}/orders", verb=verb)
    assert orders(app) == []
    assert why in technician.get("/account").text


@pytest.mark.parametrize("state", STATES)
def test_an_english_page_is_english_throughout(app, admin, state):
    with services(app).writing.begin() as session:
        session.get(Staff, "admin").language = "en"
    owed(app, state=state, title="To Live", forced=True, note="none", settled_ms=now_ms(), settled_by="staff")
    for view in VIEWS:
        pages = [admin.get(PATH).text, admin.get(f"/owed/?view={view}").text]
        assert [CHINESE.findall(page.replace(">中文<", "><")) for page in pages] == [[], []]
