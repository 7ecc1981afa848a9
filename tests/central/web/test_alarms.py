"""The pages of alarms: what is open, one of them with its life, the figures, the duty list, a drill."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.clock_ms import now_ms
from central.fleet.models import Order
from central.ingest.absorb import absorb
from central.rooms.alarms import duty
from central.rooms.alarms.models import Alarm
from tests.central.ingest.world import batch
from tests.central.web.world import ROOM, post, services
from wire import facts
from wire.faults import number

FORCED = facts.FaultRaised(number("door_forced"), "door")
CALLED = facts.FaultRaised(number("help_called"), "desk", "1790000")
BOOK = (
    facts.GateAlarmed("E1", "B0001234"),
    facts.GateNamed("E1", "B0001234", "<三体>", "in"),
)


def tell(app, *of, ago_ms=0):
    now = now_ms()
    with services(app).engine.begin() as connection:
        absorb(connection, ROOM, batch(1, of, wall_ms=now - ago_ms - 1000), now, b"k" * 32)


def only(app):
    with services(app).reading() as session:
        return session.scalars(select(Alarm)).one()


def test_an_alarm_from_its_ring_to_its_cause(app, technician, manager):
    with services(app).writing.begin() as session:
        duty.add_turn(session, None, "王师傅", "0827 2231")
        duty.set_camera(session, ROOM, "https://nvr.example/?t={time}")
    assert "没有未处理的报警" in technician.get("/alarms/").text
    tell(app, FORCED)
    text = technician.get("/alarms/list").text
    assert "门被强行打开" in text
    assert 'href="tel:08272231"' in text
    assert re.search(r'href="https://nvr\.example/\?t=20\d\d-[0-9T:-]+Z"', text)
    assert re.search(r'报警 *<b class="count">1<', technician.get("/help/").text)
    assert post(technician, "/alarms/1/acknowledge").location == "/alarms/1"
    assert post(manager, "/alarms/1/close", finding="").status_code == 422
    assert "先看现场" in post(manager, "/alarms/1/close", finding="wrong", note="先看现场").text
    assert post(manager, "/alarms/1/close", finding="real", note="已修").location == "/alarms/"
    text = technician.get("/alarms/1").text
    assert text.index("technician") < text.index("manager") < text.index("情况属实")
    assert "情况属实，已处置 1" in technician.get("/alarms/history").text
    with services(app).reading() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["alarm_acknowledged", "alarm_closed"]


def test_a_book_is_named_and_nothing_in_its_title_is_markup(app, technician):
    tell(app, *BOOK)
    for page in ("/alarms/", "/alarms/1", "/alarms/history"):
        assert "&lt;三体&gt;" in technician.get(page).text
    assert "在馆，未借出" in technician.get("/alarms/1").text


def test_a_call_for_help_is_one_alarm_and_answering_it_acknowledges_it(app, technician):
    tell(app, CALLED)
    text = technician.get("/alarms/").text
    assert f"/help/kiosk/{ROOM}" in text
    assert "/alarms/1/acknowledge" not in text
    assert not re.search(r'报警 *<b class="count">', text), "it is counted where it is answered"
    post(technician, f"/help/kiosk/{ROOM}/say", text="您好", call="1790000")
    assert (only(app).state, only(app).acknowledged_by) == ("acknowledged", "technician")


def test_filters_and_odd_addresses(app, technician):
    tell(app, FORCED, ago_ms=3_600_000)
    assert "门被强行打开" not in technician.get("/alarms/").text, "it came late"
    for asked, found in (
        ("branch=ZHEN&group=door", True),
        ("group=fire", False),
        ("device=nobody&branch=nowhere&group=x&from=x&to=9999-12-31&skip=-3", True),
        (f"device={ROOM}&from=2026-01-01&to=2026-01-02", False),
    ):
        text = technician.get(f"/alarms/history?{asked}").text
        assert ("/alarms/1" in text) is found, asked
    assert technician.get("/alarms/99999999999").status_code == 404
    assert technician.get("/alarms/2").status_code == 404


@pytest.mark.parametrize(("name", "telephone"), [("", "0827"), ("王", "call me"), ("x" * 65, "0827")])
def test_a_line_of_the_duty_list_has_a_name_and_a_number(app, manager, name, telephone):
    answer = post(manager, "/alarms/duty/turns", name=name, telephone=telephone)
    assert answer.status_code == 422
    assert "请写明值班人和电话" in answer.text
    assert f'name="name" value="{name}"' in answer.text
    assert f'value="{telephone}"' in answer.text


def test_the_duty_list_is_kept_and_a_drill_is_an_order(app, manager):
    post(manager, "/alarms/duty/turns", branch="ZHEN", name="王", telephone="0827")
    post(manager, "/alarms/duty/cameras", device=ROOM, template="https://nvr/{until}")
    text = manager.get("/alarms/duty").text
    assert "https://nvr/{until}" in text
    assert 'aria-current="page">报警' in text
    assert "镇 24 小时书屋 · 镇分馆" in text, "rooms of one name are told apart"
    assert 'value="nvr"' in post(manager, "/alarms/duty/cameras", device=ROOM, template="nvr").text
    post(manager, "/alarms/duty/cameras", device=ROOM, template="")
    assert "https://nvr/{until}" not in manager.get("/alarms/duty").text
    post(manager, "/alarms/duty/turns/1/remove")
    assert "没有值班表" in manager.get("/alarms/duty").text
    post(manager, "/alarms/duty/drills", device=ROOM, drill="fire")
    assert post(manager, "/alarms/duty/drills", device=ROOM, drill="war").status_code == 400
    with services(app).reading() as session:
        (order,) = session.scalars(select(Order))
    assert (order.verb, order.more) == ("room.drill", {"drill": "fire"})
