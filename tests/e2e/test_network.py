"""A reader, a technician and a manager before the real network, each with the pages that they have."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt import publish
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, select

from central.circulation.ledger.models import Loan
from central.facts.models import Journal, StoredFact
from deploy.demo.network import DESK, ROOM24, WELCOME, Network
from deploy.demo.seed.collection import collection
from deploy.demo.visit import Places, figures, until
from deploy.demo.web import Rig
from tests.e2e.desk import database, sign_in, vacate
from wire import topics
from wire.faults import fault, number
from wire.orders import Order, Watermark
from wire.signing import seal

pytestmark = pytest.mark.xdist_group("network")

ENDS = ("made", "refused", "abandoned")
SOON_MS = 20_000
READER = next(r for r in collection().readers if r.type == "teacher" and r.state == "good" and not r.fees_fen)


@pytest.fixture
def at(running: Network) -> Iterator[Places]:
    with running.places() as places:
        yield places


def lay_by_hand(page: Page, uid: str) -> None:
    """Drag a book from wherever it stands onto the pad, as a person would with a mouse."""
    page.locator(f"[data-uid='{uid}']").drag_to(page.locator("[data-zone=pad]").first)


def come_in(at: Places, persons: int) -> None:
    """Somebody inside presses the exit button and lets others in."""
    at.room.do("/door/exit")
    at.room.do("/door/push")
    at.room.do("/walk", direction="in", persons=persons)
    at.room.do("/door/close")


def books_on_the_shelf(rig: Rig, count: int) -> list[dict[str, str]]:
    return [book for book in rig.state()["books"] if book["place"] == "shelf"][:count]


def test_books_dragged_on_the_rig_are_lent_on_the_screen_and_stand_in_the_report(
    running: Network, at: Places, page: Page
):
    before = figures(at.console)["loans"]
    books = books_on_the_shelf(at.desk, 2)
    screen = page.context.new_page()
    screen.goto(running.screen(DESK))
    at.desk.do(f"/cards/{READER.card}/tap", device="scanner")
    expect(screen.get_by_text(f"{READER.name[0]}*")).to_be_visible()
    page.goto(running.rig(DESK))
    for book in books:
        lay_by_hand(page, book["uid"])
    for book in books:
        expect(screen.get_by_text(book["title"])).to_be_visible()
    until(
        "both cleared", lambda: not any(b["secured"] for b in at.desk.state()["books"] if b["place"] == "pad")
    )
    until("two loans more", lambda: figures(at.console)["loans"] == before + 2)
    sign_in(page, running, "manager")
    page.goto(running.url("web") + "/report")
    expect(page.get_by_text("清源县图书馆").first).to_be_visible()
    at.desk.do("/pile", **{"from": "pad", "to": "bag"})


def test_while_the_library_system_is_silent_a_known_reader_borrows_and_the_ledger_hears_of_it_later(
    running: Network, at: Places, page: Page
):
    before = figures(at.console)["loans"]
    (book,) = books_on_the_shelf(at.desk, 1)
    vacate(at)
    page.goto(running.screen(DESK))
    ledger = running.family.children["sip2"].process
    ledger.send_signal(signal.SIGSTOP)
    try:
        at.desk.do(f"/cards/{READER.card}/tap", device="scanner")
        until("the reader known without it", lambda: at.desk_screen.shows("离线借还"))
        at.desk.do(f"/books/{book['uid']}/place", place="pad")
        expect(page.get_by_text("前归还，联网后登记").first).to_be_visible(timeout=20_000)
        until("the tag cleared", lambda: not _on_pad(at.desk)[book["uid"]])
        until("one loan more", lambda: figures(at.console)["loans"] == before + 1)
        lent_ms = time.time_ns() // 1_000_000
    finally:
        ledger.send_signal(signal.SIGCONT)
    at.desk_screen.touch("done")
    at.desk.do("/pile", **{"from": "pad", "to": "bag"})
    sign_in(page, running, "technician")
    page.goto(running.url("web") + "/owed/?view=waiting")
    expect(page.locator("main")).to_contain_text(book["item"])
    until("asked what became of the question", lambda: not _open_intents(running))
    until("journal, ledger and tallies agreed", lambda: _agreed(running, at))
    assert abs(_lent_ms(running, book["item"]) - lent_ms) < SOON_MS


def test_a_technician_sees_a_cable_pulled_and_put_back_without_reloading(
    running: Network, at: Places, page: Page
):
    sign_in(page, running, "technician")
    page.goto(running.url("web") + "/fleet/")
    lost = fault(number("pad_lost")).title.zh
    expect(page.get_by_text(lost)).to_have_count(0)
    at.desk.do("/devices/pad/plug", plugged=False)
    expect(page.get_by_text(lost).first).to_be_visible(timeout=15_000)
    at.desk.do("/devices/pad/plug", plugged=True)
    expect(page.get_by_text(lost)).to_have_count(0, timeout=20_000)


def test_smoke_in_a_room_is_an_alarm_at_central_while_it_lasts(running: Network, at: Places, page: Page):
    sign_in(page, running, "technician")
    page.goto(running.url("web") + "/fleet/")
    smoke = fault(number("smoke_sensed")).title.zh
    expect(page.get_by_text(smoke)).to_have_count(0)
    at.room.do("/points/smoke", active=True)
    expect(page.get_by_text(smoke).first).to_be_visible(timeout=15_000)
    at.room.do("/points/smoke", active=False)
    expect(page.get_by_text(smoke)).to_have_count(0, timeout=20_000)


def test_an_order_from_the_devices_page_releases_the_door(running: Network, at: Places, page: Page):
    sign_in(page, running, "technician")
    page.goto(f"{running.url('web')}/fleet/kiosk/{ROOM24.device}")
    until("the lock held", lambda: at.room.state()["door"]["locked"])
    page.locator("[popovertarget=confirm-release]").first.click()
    page.locator("#confirm-release button.primary").click()
    until("the lock released", lambda: not at.room.state()["door"]["locked"])
    expect(page.locator("#orders")).to_contain_text("已执行", timeout=10_000)
    until("locked again by the unit's own limit", lambda: at.room.state()["door"]["locked"])


def test_killed_in_the_middle_of_a_loan_nothing_is_lost_and_nothing_doubled(running: Network, at: Places):
    kiosk = running.family.children[f"{DESK.device} kiosk"]
    for wait_s in (0.05, 0.12, 0.2, 0.4):
        at.desk.do(f"/cards/{READER.card}/tap", device="scanner")
        (book,) = books_on_the_shelf(at.desk, 1)
        at.desk.do(f"/books/{book['uid']}/place", place="pad")
        time.sleep(wait_s)
        os.kill(kiosk.process.pid, signal.SIGKILL)
        kiosk.process.wait()
        running.family.start(f"{DESK.device} kiosk", *kiosk.command)
        kiosk = running.family.children[f"{DESK.device} kiosk"]
        until("the kiosk back", lambda: at.desk_screen.shows(WELCOME))
        at.desk.do("/pile", **{"from": "pad", "to": "bag"})
    until("journal, ledger and tallies agreed", lambda: _agreed(running, at))


def test_the_broker_gone_and_back_every_fact_arrives_once(running: Network, at: Places):
    before = figures(at.console)["visits"]
    broker = running.family.children["broker"]
    broker.process.kill()
    broker.process.wait()
    come_in(at, persons=2)
    running.family.start("broker", *broker.command)
    until("two visits more", lambda: figures(at.console)["visits"] == before + 2)
    until("journal, ledger and tallies agreed", lambda: _agreed(running, at))


def test_what_is_forged_or_malformed_is_refused_and_shown_and_the_rest_goes_on(
    running: Network, at: Places, page: Page
):
    stranger = Ed25519PrivateKey.generate()
    room, now_ms = ROOM24.device, time.time_ns() // 1_000_000
    order = Order(4_000_000, "door.release", now_ms, now_ms + 15_000)
    mark = Watermark("0" * 32, now_ms, 1, now_ms)
    forged = {
        topics.topic(room, leaf): seal(stranger, topics.topic(room, leaf), what)
        for leaf, what in ((topics.ORDERS, order), (topics.WATERMARK, mark))
    }
    until("the lock held", lambda: at.room.state()["door"]["locked"])
    malformed = {topics.topic(room, topics.FACTS): b'{"schema": 1, "facts": "no"}'}
    # The demo's broker may lose what somebody sends last before they go: here one of two that are forged.
    sent = [{"topic": name, "payload": payload, "qos": 1} for name, payload in (malformed | forged).items()]
    publish.multiple(sent, port=running.ports["broker"])
    sign_in(page, running, "technician")
    page.goto(running.url("web") + "/fleet/")
    expect(page.get_by_text(fault(number("message_forged")).title.zh).first).to_be_visible(timeout=15_000)
    page.goto(running.url("web") + "/fleet/refused")
    expect(page.locator(f"main a[href$='/kiosk/{room}']").first).to_be_visible()
    assert at.room.state()["door"]["locked"]
    before = figures(at.console)["visits"]
    come_in(at, persons=1)
    until("one visit more", lambda: figures(at.console)["visits"] == before + 1)


def _on_pad(rig: Rig) -> dict[str, bool]:
    """Of the books on the pad, whether each is secured."""
    return {book["uid"]: bool(book["secured"]) for book in rig.state()["books"] if book["place"] == "pad"}


def _open_intents(running: Network) -> int:
    """Loans and returns whose end the kiosks have not told."""
    kinds = _facts(running)
    asked = kinds["loan.asked"] + kinds["return.asked"]
    return asked - sum(kinds[f"{what}.{end}"] for what in ("loan", "return") for end in ENDS)


def _lent_ms(running: Network, item: str) -> int:
    """When the ledger says that the item went out."""
    with _snapshot(running) as connection:
        query = select(Loan.lent_ms).where(Loan.item_barcode == item, Loan.returned_ms.is_(None))
        (lent_ms,) = connection.scalars(query)
    return lent_ms


def _facts(running: Network) -> Counter[str]:
    with _snapshot(running) as connection:
        return Counter(connection.scalars(select(StoredFact.kind)))


@contextmanager
def _snapshot(running: Network) -> Iterator[Connection]:
    """Central's database as it stood at one instant: each commit is seen whole or not at all."""
    with database(running) as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection


def _agreed(running: Network, at: Places) -> bool:
    """Loans in the ledger since the start = loans in the facts = loans in the report; every intent has its outcome."""
    with _snapshot(running) as connection:
        rows = connection.execute(select(StoredFact.device_id, StoredFact.journal, StoredFact.seq)).all()
        kinds = Counter(connection.scalars(select(StoredFact.kind)))
        committed = connection.scalars(select(Journal.committed)).all()
        lent = connection.scalars(select(Loan.id).where(Loan.lent_ms > running.started_ms)).all()
    assert len(rows) == len(set(rows)), "no fact is stored twice"
    assert sum(committed) == len(rows), "no gap below a watermark"
    ended = kinds["loan.made"] + kinds["loan.refused"] + kinds["loan.abandoned"]
    report = figures(at.console)["loans"]
    return ended == kinds["loan.asked"] and kinds["loan.made"] == len(lent) == report
