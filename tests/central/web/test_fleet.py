"""The technician's pages: what is wrong first, orders, what was refused."""

import re
import shlex
from html import unescape as html_unescape

import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from central.accounts.models import AuditEntry
from central.cli import cli
from central.clock_ms import now_ms
from central.facts.models import FactAside, FactGap, Journal, StoredFact
from central.fleet.models import Device, DeviceCondition, Order, RefusedMessage
from central.fleet.operations import WHY
from central.fleet.words import NOT_POSSIBLE
from tests.central.web.world import DESK, JOURNAL, NEW, ROOM, beat, post, say, services
from wire.condition import Condition, Reading, Trouble

DEVICE = f"/fleet/kiosk/{ROOM}"


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def problems(html):
    found = re.search(r'<ul class="problems">.*?</ul>', html, re.DOTALL)
    return [text_of(item) for item in re.findall(r"<li.*?</li>", found[0], re.DOTALL)] if found else []


def store(app, *rows):
    with services(app).writing.begin() as session:
        session.add_all(rows)


def store_condition(app, device, state):
    body = msgspec.to_builtins(Condition(1, state, boot="0123abcd"))
    store(app, DeviceCondition(device_id=device, session=1, state=state, since_ms=1, heard_ms=1, body=body))


# ---------------------------------------------------------------- the fleet
def test_the_worst_comes_first_and_the_oldest_of_it(app, technician):
    say(
        app, ROOM, "degraded", troubles=(Trouble(303, "pad", 5), Trouble(403, "door", 9), Trouble(101, "", 1))
    )
    say(app, DESK, "degraded", troubles=(Trouble(501, "", 8), Trouble(401, "pad", 2)))
    listed = problems(technician.get("/fleet/").text)
    assert [re.search(r"\b[1-9]\d\d\b", item)[0] for item in listed] == ["403", "401", "501", "303"]
    assert "镇 24 小时书屋" in listed[0]
    assert "立即检查" in listed[0], "what to do stands beside it"


def test_a_lost_kiosk_is_a_problem_and_one_that_was_stopped_a_smaller_one(app, technician):
    say(app, ROOM, "gone", why="will")
    say(app, DESK, "gone", why="stopped")
    say(app, NEW, "gone", why="restarting")
    listed = problems(technician.get("/fleet/").text)
    assert ["今天处理" in listed[0], "设备失联" in listed[0]] == [True, True]
    assert {"设备已停机" in listed[1], "设备已停机" in listed[2]} == {True, False}
    assert "正在重启" in listed[1] + listed[2]
    assert all("本周处理" in item for item in listed[1:])


def test_a_broken_kiosk_that_names_no_fault_is_a_problem_too(app, technician):
    say(app, ROOM, "broken")
    assert "设备停用" in problems(technician.get("/fleet/").text)[0]


def test_an_unknown_fault_is_shown_as_one(app, technician):
    say(app, ROOM, "degraded", troubles=(Trouble(888, "", 1),))
    assert "888" in problems(technician.get("/fleet/").text)[0]


def test_nothing_wrong_says_so(app, technician):
    for device in (ROOM, DESK, NEW):
        say(app, device, "ready")
    html = technician.get("/fleet/").text
    assert problems(html) == []
    assert "没有待处理的问题" in html


def test_every_state_is_an_icon_and_a_word(app, technician):
    say(app, ROOM, "service", occupancy=7)
    beat(app, ROOM, backlog=1_234)
    row = re.search(
        rf'<tbody sse-swap="device-{ROOM}">.*?</tbody>', technician.get("/fleet/").text, re.DOTALL
    )[0]
    assert "#service" in row
    assert all(word in text_of(row) for word in ("维护中", "镇 24 小时书屋", ROOM, " 7 ", "1,234", "刚刚"))


def test_a_registered_kiosk_that_never_spoke_is_listed(technician):
    assert technician.get("/fleet/").text.count("尚未连接") >= 3


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {ROOM, DESK, NEW}),
        ("branch=ZHEN", {ROOM, NEW}),
        ("branch=XIAN", {ROOM, DESK, NEW}),
        ("branch=nowhere", {ROOM, DESK, NEW}),
        ("state=ready", {ROOM}),
        ("state=never", {DESK, NEW}),
        ("state=nonsense", {ROOM, DESK, NEW}),
        ("text=24", {ROOM}),
        ("text=HALL", {DESK}),
        ("text=镇分馆", {ROOM, NEW}),
        ("text=nothing", set()),
        ("state=never&branch=ZHEN&text=desk", {NEW}),
    ],
)
def test_a_choice_shows_what_fits(app, technician, query, shown):
    say(app, ROOM, "ready")
    html = technician.get(f"/fleet/?{query}").text
    assert {device for device in (ROOM, DESK, NEW) if f'sse-swap="device-{device}"' in html} == shown
    assert ("没有符合条件的设备" in html) is (not shown)


def test_an_empty_registry_says_how_to_begin(app, technician):
    with services(app).writing.begin() as session:
        session.execute(delete(Device))
    html = technician.get("/fleet/").text
    assert "还没有登记设备" in html
    command = html_unescape(re.search(r"<pre>shuwu-central (.*?)</pre>", html)[1])
    assert CliRunner().invoke(cli, [*shlex.split(command), "--help"]).exit_code == 0
    options = {name for option in cli.commands["device"].commands["add"].params for name in option.opts}
    assert set(re.findall(r"--[a-z-]+", command)) <= options


# ---------------------------------------------------------------- one device
def test_a_devices_page_tells_all_that_is_known(app, technician):
    store(
        app,
        Journal(
            device_id=ROOM, journal=JOURNAL, epoch=1, committed=4_711, forked=True, first_ms=1, last_ms=2
        ),
        RefusedMessage(
            device_id=ROOM, leaf="facts", why="malformed", count=3, first_ms=1, last_ms=2, sample="{broken"
        ),
        RefusedMessage(
            device_id=DESK, leaf="facts", why="oversize", count=3, first_ms=1, last_ms=2, sample="other"
        ),
    )
    say(app, ROOM, "ready", version="1.2.3", config="a1b2", devices={"pad": "FEIG fw 2.4"}, roles=("room",))
    readings = {"hall_temperature": Reading(21.5, "Cel"), "hall_smoke": Reading(1.0), "lamp": Reading(0.0)}
    beat(app, ROOM, backlog=17, ils_round_trip_ms=83.4, uptime_s=7_300, readings=readings)
    shown = text_of(technician.get(DEVICE).text)
    for word in ("1.2.3", "a1b2", "FEIG fw 2.4", "4,711", "17", "83 ms", "2 小时", "格式错误", "{broken"):
        assert word in shown, word
    assert "温度 hall_temperature 21.5 °C 烟感报警 hall_smoke 是 lamp 否" in " ".join(shown.split())
    assert "被两台机器写入" in shown
    assert "消息过大" not in shown


def test_facts_are_told_in_words_and_readers_are_not(app, technician):
    bodies = [
        {
            "kind": "loan.made",
            "txn": "a" * 16,
            "item": "B0001",
            "reader": "c0ffee" * 5 + "00",
            "title": "活着",
        },
        {
            "kind": "loan.refused",
            "txn": "a" * 16,
            "item": "B0002",
            "reader": "c0ffee" * 5 + "00",
            "fault": 202,
        },
        {"kind": "visit.entered", "persons": 2, "method": "counter"},
        {"kind": "seat.taken", "seat": 12},
    ]
    store(app, *(fact(n, body) for n, body in enumerate(bodies, 1)))
    shown = text_of(technician.get(f"{DEVICE}/facts").text)
    for word in ("借出", "活着", "B0001", "已被他人预约", "2 人 · 客流计数", "seat.taken"):
        assert word in shown, word
    assert "c0ffee" not in technician.get(DEVICE).text


def fact(seq, body):
    return StoredFact(
        device_id=ROOM,
        journal=JOURNAL,
        seq=seq,
        branch_id="ZHEN",
        kind=body["kind"],
        at_ms=seq,
        wall_ms=seq,
        mono_ms=seq,
        boot="0123abcd",
        clock_set=True,
        received_ms=seq,
        body=msgspec.json.encode(body).decode(),
    )


@pytest.mark.parametrize("body", [[1, 2], "text", None, {"kind": "loan.made", "title": ["a"]}])
def test_a_body_that_is_no_object_is_a_line_all_the_same(app, technician, body):
    stored = fact(1, {"kind": "unreadable"})
    stored.body = msgspec.json.encode(body).decode()
    store(app, stored)
    assert technician.get(DEVICE).status_code == 200


def test_a_fact_says_how_it_was_done(app, technician):
    made = {
        "kind": "loan.made",
        "txn": "a" * 16,
        "item": "B1",
        "granted": True,
        "forced": True,
        "by": "staff",
    }
    lists = {"kind": "list.taken", "list": "deny", "version": 3, "entries": 12}
    help_called = {"kind": "fault.raised", "fault": 775, "device": "desk", "cause": "1795378607"}
    lost = {"kind": "facts.lost", "count": 7, "why": "full"}
    store(app, fact(1, made), fact(2, lists), fact(3, lost), fact(4, help_called))
    say(app, ROOM, "degraded", troubles=(Trouble(775, "desk", 1, "1795378607"),))
    shown = text_of(technician.get(DEVICE).text)
    for told in (
        "借出 B1 · 离线借出的补登 · 未经借阅规则 · 工作人员了结",
        "名单生效 禁用名单 · 12 条",
        "记录丢失 日志已满 · 7 条",
        "发生故障 读者呼叫帮助 desk",
    ):
        assert told in shown
    assert "1795378607" not in shown


def test_facts_are_paged_without_a_gap(app, technician):
    store(app, *(fact(seq, {"kind": "exit.pressed"}) for seq in range(1, 121)))
    seen, path = [], f"{DEVICE}/facts"
    while path:
        html = technician.get(path).text
        seen += [int(seq) for seq in re.findall(r'<td class="num quiet">(\d+)</td>', html)]
        older = re.search(r'href="([^"]+before=\d+)"', html)
        path = older[1] if older else None
    assert seen == list(range(120, 0, -1))


# ---------------------------------------------------------------- orders
def orders(app):
    with services(app).reading() as session:
        return [(o.device_id, o.verb, o.state, o.staff) for o in session.scalars(select(Order))]


def test_the_door_is_released_only_where_there_is_one_and_it_hears(app, technician):
    services(app).hub.attach(lambda: True)
    button = r'<button[^>]*class="primary" popovertarget="confirm-release"[^>]*>'
    say(app, DESK, "ready", roles=("desk",))
    assert not re.search(button, technician.get(f"/fleet/kiosk/{DESK}").text)
    say(app, ROOM, "ready", roles=("desk", "room"))
    assert "disabled" not in re.search(button, technician.get(DEVICE).text)[0]
    say(app, ROOM, "gone", roles=("room",))
    assert "disabled" in re.search(button, technician.get(DEVICE).text)[0]


def test_an_order_is_on_record_with_who_gave_it(app, technician):
    store_condition(app, ROOM, "ready")
    answer = post(technician, f"{DEVICE}/orders", verb="door.release")
    assert answer.location == f"{DEVICE}#orders"
    assert orders(app) == [(ROOM, "door.release", "pending", "technician")]
    with services(app).reading() as session:
        (entry,) = session.scalars(select(AuditEntry))
    assert (entry.staff, entry.action) == ("technician", "ordered")
    assert entry.subject.startswith(f"{ROOM} door.release ")


def test_whoever_has_looked_sets_how_many_are_inside(app, technician):
    store_condition(app, ROOM, "ready")
    post(technician, f"{DEVICE}/orders", verb="room.count", persons="4")
    with services(app).reading() as session:
        (given,) = session.scalars(select(Order))
    assert (given.verb, given.more) == ("room.count", {"persons": 4})
    post(technician, f"{DEVICE}/orders", verb="room.count", persons="many")
    assert NOT_POSSIBLE["incomplete"].zh in technician.get(DEVICE).text
    say(app, ROOM, "ready", occupancy=7, capacity=30)
    assert "校正室内人数" in technician.get(DEVICE).text
    assert "最多 30" in technician.get(DEVICE).text


def test_without_a_broker_whoever_gave_the_order_is_told(app, technician):
    store_condition(app, ROOM, "ready")
    post(technician, f"{DEVICE}/orders", verb="door.release")
    assert "设备无法及时收到此指令" in technician.get(DEVICE).text
    post(technician, f"{DEVICE}/orders", verb="kiosk.restart")
    assert "恢复后设备会收到指令" in technician.get(DEVICE).text


@pytest.mark.parametrize(("verb", "why"), [("door.release", "not_ready"), ("door.melt", "unknown_verb")])
def test_an_order_that_is_not_possible_is_not_given(app, technician, verb, why):
    post(technician, f"{DEVICE}/orders", verb=verb)
    assert NOT_POSSIBLE[why].zh in technician.get(DEVICE).text
    assert orders(app) == []


def test_every_reason_has_words():
    assert set(NOT_POSSIBLE) <= WHY
    assert {"unknown_device", "unknown_verb", "not_ready"} <= set(NOT_POSSIBLE)


def test_orders_show_what_became_of_them(app, technician):
    def order(number, state, **more):
        return Order(
            device_id=ROOM,
            number=number,
            verb="door.release",
            issued_ms=1,
            deadline_ms=more.pop("deadline_ms", 2),
            staff="wang",
            state=state,
            **more,
        )

    future = 9_999_999_999_999
    store(
        app,
        order(1, "done", answered_ms=2),
        order(2, "refused", fault=901),
        order(3, "expired"),
        order(4, "pending"),
        order(5, "pending", deadline_ms=future),
    )
    html = technician.get(f"{DEVICE}/records").text
    states = [
        text_of(cell).strip() for cell in re.findall(r'<td data-title="状态">.*?</td>', html, re.DOTALL)
    ]
    assert [state.split()[0] for state in states] == ["等待执行", "已过期", "已过期", "被拒绝", "已执行"]
    assert "过期" in states[3] or "迟" in states[3], "the fault's words"
    assert "every 5s" in html, "while something is pending the page looks again"


def test_the_page_stops_looking_when_nothing_is_pending(app, technician):
    assert "every 5s" not in technician.get(f"{DEVICE}/records").text


# ---------------------------------------------------------------- what was refused
def test_what_was_refused_is_shown_with_its_cause(app, technician):
    store(
        app,
        RefusedMessage(
            device_id="stranger-1",
            leaf="condition",
            why="unknown device",
            count=1_284,
            first_ms=1,
            last_ms=3,
            sample="<img src=x>",
        ),
        RefusedMessage(
            device_id=ROOM, leaf="facts", why="something new", count=1, first_ms=1, last_ms=2, sample=""
        ),
        FactAside(
            device_id=ROOM,
            journal=JOURNAL,
            seq=9,
            why="unknown kind seat.taken",
            body='{"seat": 1}',
            received_ms=1,
        ),
        Journal(device_id=DESK, journal=JOURNAL, epoch=1, committed=1, forked=True, first_ms=1, last_ms=2),
    )
    html = technician.get("/fleet/refused").text
    shown = text_of(html)
    for word in (
        "设备未登记",
        "1,284",
        "stranger-1",
        "未登记",
        "something new",
        "未知类型 seat.taken",
        JOURNAL,
    ):
        assert word in shown, word
    assert "<img" not in html
    assert shown.index("stranger-1") < shown.index("something new"), "the last first"


def test_the_fleet_points_at_what_was_refused_lately(app, technician):
    store(
        app,
        RefusedMessage(
            device_id="a", leaf="facts", why="x", count=1, first_ms=1, last_ms=now_ms(), sample=""
        ),
        RefusedMessage(device_id="b", leaf="facts", why="x", count=1, first_ms=1, last_ms=1, sample=""),
        Journal(device_id=DESK, journal=JOURNAL, epoch=1, committed=1, forked=True, first_ms=1, last_ms=2),
    )
    html = technician.get("/fleet/").text
    assert "最近 24 小时有 1 类消息被拒收" in html
    assert "有 1 个日志被两台机器同时写入" in html


def test_what_never_came_and_who_shares_a_name_is_shown(app, technician):
    hour_ms, newer = 3_600_000, "6e" * 16
    fact = {"journal": JOURNAL, "seq": 9, "branch_id": "XIAN", "kind": "exit.pressed", "boot": "01234567"}
    times = {"at_ms": 2 + hour_ms, "wall_ms": 1, "mono_ms": 1, "received_ms": 1}
    store(
        app,
        FactGap(device_id=ROOM, journal=JOURNAL, first=1_001, last=2_002, found_ms=now_ms()),
        FactGap(device_id=DESK, journal=JOURNAL, first=3_003, last=4_004, found_ms=1),
        Journal(device_id=DESK, journal=JOURNAL, epoch=1, committed=9, forked=False, first_ms=0, last_ms=9),
        Journal(device_id=DESK, journal=newer, epoch=1, committed=9, forked=False, first_ms=1, last_ms=9),
        StoredFact(device_id=DESK, clock_set=True, body='{"kind":"exit.pressed"}', **fact, **times),
    )
    fleet = technician.get("/fleet/").text
    assert "最近 24 小时发现 1 处终端记录缺失" in fleet
    assert "有 1 台终端与另一台机器同名" in fleet
    refused = text_of(technician.get("/fleet/refused").text)
    for word in ("缺失的记录", "1,001", "2,002", "4,004", "被两台机器共用的名称", JOURNAL):
        assert word in refused, word
    room = text_of(technician.get(DEVICE).text)
    assert "1,001" in room
    assert "3,003" not in room
    desk = text_of(technician.get(f"/fleet/kiosk/{DESK}").text)
    assert desk.count("仍在写入：另有一台机器同名") == 1


def test_refused_messages_are_paged(app, technician):
    store(
        app,
        *(
            RefusedMessage(
                device_id=f"d-{n:03}", leaf="facts", why="x", count=1, first_ms=1, last_ms=n, sample=""
            )
            for n in range(60)
        ),
    )
    first, second = technician.get("/fleet/refused").text, technician.get("/fleet/refused?skip=50").text
    names = re.findall(r"d-\d{3}", first) + re.findall(r"d-\d{3}", second)
    assert names == [f"d-{n:03}" for n in reversed(range(60))]


def test_nothing_refused_says_so(technician):
    assert "没有被拒收的消息" in technician.get("/fleet/refused").text
