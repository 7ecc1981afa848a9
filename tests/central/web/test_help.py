"""The duty desk: who calls, what the screen shows there, what is said there and back."""

import json
from typing import get_args

import msgspec
import pytest
from sqlalchemy import select

from central.clock_ms import now_ms
from central.config import Help
from central.facts.models import StoredFact
from central.fleet.models import DeviceCondition, Order
from central.help import words
from central.help.talk import HELP_CALLED
from kiosk.room.state import Phase as DoorPhase
from kiosk.session.state import Phase
from tests.central.web.world import DESK, JOURNAL, ROOM, post, say, services
from wire.condition import Condition, Trouble
from wire.faults import fault
from wire.help_facts import Answer, End

PAGE = f"/help/kiosk/{ROOM}"
BOOT = "0123abcd"
CALL = 1_790_000


def calling(app, device=ROOM, place="desk", state="degraded", call=CALL):
    """A kiosk says that somebody calls."""
    trouble = Trouble(HELP_CALLED, place, now_ms(), str(call))
    say(app, device, state, troubles=(trouble,), boot=BOOT)
    body = msgspec.to_builtins(Condition(1, state, boot=BOOT))
    row = DeviceCondition(device_id=device, session=1, state=state, since_ms=1, heard_ms=1, body=body)
    with services(app).writing.begin() as session:
        session.merge(row)


def tell(app, *facts):
    """Facts of the room, in order."""
    with services(app).writing.begin() as session:
        for seq, fact in enumerate(facts, 1):
            now = now_ms() + seq
            session.add(
                StoredFact(
                    device_id=ROOM, journal=JOURNAL, seq=seq, branch_id="ZHEN", kind=fact["kind"], at_ms=now,
                    wall_ms=now, mono_ms=seq, boot=BOOT, clock_set=True, received_ms=now, body=json.dumps(fact),
                )
            )  # fmt: skip


CALLED = {
    "kind": "help.called", "call": CALL, "place": "desk", "scene": "identified", "fault": 301, "books": 3, "stuck": 1,
}  # fmt: skip


def orders(app):
    with services(app).reading() as session:
        return [(one.verb, one.boot, one.more) for one in session.scalars(select(Order).order_by(Order.id))]


@pytest.mark.parametrize("state", ["ready", "degraded", "broken"])
def test_whoever_calls_is_on_every_page_and_on_the_list(app, manager, state):
    assert "目前没有读者求助" in manager.get("/help/").text
    calling(app, place="door", state=state)
    html = manager.get("/help/").text
    assert "镇 24 小时书屋" in html
    assert "门外" in html
    assert '<b class="count">1<' in manager.get("/report").text, "beside the page's name, wherever one is"


def test_a_kiosk_that_is_gone_calls_no_more(app, manager):
    calling(app)
    say(app, ROOM, "gone", session=2, why="will")
    assert "目前没有读者求助" in manager.get("/help/").text


def test_the_conversation_in_its_order(app, manager):
    calling(app)
    tell(app, CALLED, {"kind": "help.answered", "call": CALL, "answer": "solved"})
    post(manager, f"{PAGE}/say", PAGE, call=str(CALL), text="<b>您好</b>")
    html = manager.get(f"{PAGE}/talk").text
    assert "已登录，正在借还" in html
    assert fault(301).title.zh in html, "what the reader was told"
    assert "1 本没有办成" in html
    assert "解决了" in html
    assert "&lt;b&gt;您好&lt;/b&gt;" in html
    assert orders(app) == [("help.say", BOOT, {"call": CALL, "text": "<b>您好</b>"})]


def test_what_only_bears_the_name_of_a_call_is_none(app, manager):
    tell(app, CALLED, {"kind": "help.answered"}, {"kind": "help.ended", "why": []}, CALLED | {"call": [1]})
    html = manager.get(PAGE).text
    assert "已登录，正在借还" in html
    assert "三分钟无人应答" not in html


def test_an_end_is_told_and_a_call_of_before_is_no_longer_shown(app, manager):
    tell(app, CALLED, {"kind": "help.ended", "call": CALL, "why": "idle"})
    html = manager.get(f"{PAGE}/talk").text
    assert "三分钟无人应答" in html
    calling(app, call=CALL + 1)
    assert "已登录" not in manager.get(f"{PAGE}/talk").text, "its facts are still on their way"


def test_a_line_break_is_one_character(app, manager):
    calling(app)
    post(manager, f"{PAGE}/say", PAGE, call=str(CALL), text="长" * 99 + "\r\n" + "长" * 100)
    assert [more["text"] for _, _, more in orders(app)] == ["长" * 99 + "\n" + "长" * 100]


def test_what_cannot_be_said(app, manager):
    calling(app)
    assert post(manager, f"{PAGE}/say", PAGE, call=str(CALL), text="长" * 201).status_code == 400
    assert post(manager, f"{PAGE}/say", PAGE, call=str(CALL), text="  ").status_code == 302
    assert post(manager, f"{PAGE}/say", PAGE, call=str(2**32), text="好").status_code == 400
    assert post(manager, f"{PAGE}/say", PAGE, call="-1", text="好").status_code == 400
    assert manager.get("/help/kiosk/nobody").status_code == 404
    assert orders(app) == []
    post(manager, f"{PAGE}/end", PAGE, call=str(CALL))
    assert orders(app) == [("help.end", BOOT, {"call": CALL})]
    assert post(manager, f"/help/kiosk/{DESK}/end", PAGE, call="x").status_code == 302


def test_a_voice_is_an_address_of_the_library_s_own(app, manager):
    assert "语音接通" not in manager.get(PAGE).text
    told = Help(voice="sip:{device}@pbx.example?call={call}")
    msgspec.structs.force_setattr(services(app).config, "help", told)
    calling(app)
    assert f'href="sip:{ROOM}@pbx.example?call={CALL}"' in manager.get(PAGE).text
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"voice": "javascript:alert(1)"}, Help)


def test_every_scene_answer_and_end_has_words():
    assert {phase.value for phase in (*Phase, *DoorPhase)} <= words.SCENES.keys()
    assert set(get_args(Answer)) == words.ANSWERS.keys()
    assert set(get_args(End)) == words.ENDS.keys()
