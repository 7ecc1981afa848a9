"""A call for help: told as a fact and a fault, answered by orders, ended by either side."""

from __future__ import annotations

import json

import pytest

from drivers.events import CardShown
from kiosk.central_events import OrderArrived, UplinkChanged
from kiosk.events import StopAsked
from tests.kiosk.courtesies.room import Kiosk, kiosk
from wire import facts
from wire.faults import number
from wire.orders import Order

HELP_CALLED = number("help_called")


@pytest.fixture
def desk(tmp_path) -> Kiosk:
    return kiosk(tmp_path)


def stands(desk: Kiosk) -> list[tuple[str, str]]:
    """Calls that the condition tells central of: place and number."""
    found = desk.loop.kiosk.station.troubles.values()
    return [(trouble.device, trouble.cause) for trouble in found if trouble.fault == HELP_CALLED]


def order(desk: Kiosk, verb: str, text: str = "", call: int | None = None) -> list:
    """An order of the duty desk, for this call or another; its answer."""
    now = desk.clock.now()
    nth = 1 + len(desk.recorded("order.done", "order.refused"))
    held = desk.held.call.number if call is None and desk.held.call else call or 1
    given = Order(nth, verb, now.wall_ms, now.wall_ms + 120_000, boot=desk.clock.boot, call=held, text=text)
    desk.happen(OrderArrived(given))
    return desk.recorded("order.done", "order.refused")[-1:]


def test_a_call_tells_the_scene_and_no_person(desk: Kiosk):
    desk.world.refused["B001"] = number("limit_reached")
    desk.card()
    desk.lay("E1")
    assert desk.page().calls
    desk.touch("help", "desk")
    call = desk.held.call.number
    told = facts.HelpCalled(call, "desk", "identified", number("limit_reached"), books=1, stuck=1)
    assert desk.recorded("help.called") == [told]
    assert stands(desk) == [("desk", str(call))]
    page = desk.page()
    assert (page.help.heading, page.help.answers, page.help.phone) == (
        "正在呼叫工作人员，请稍候",
        (),
        "也可以拨打 0724-233",
    )
    assert (page.calls, page.scene, len(page.rows)) == (False, "identified", 1), "the books stay in sight"
    desk.touch("help", "desk")
    assert len(desk.recorded("help.called")) == 1


def test_text_goes_back_and_forth(desk: Kiosk):
    desk.touch("help", "desk")
    assert order(desk, "help.say", "请把书再放平一次") == [facts.OrderDone(1, "help.say")]
    page = desk.page()
    assert page.help.said == (("工作人员", "请把书再放平一次"),)
    assert [answer.about for answer in page.help.answers] == ["yes", "no", "waiting", "solved"]
    assert page.cue.attention
    desk.touch("answer", "solved")
    desk.touch("answer", "nonsense")
    call = desk.held.call.number
    assert desk.recorded("help.answered") == [facts.HelpAnswered(call, "solved")]
    assert desk.page().help.said[-1] == ("您", "解决了")
    assert "请把书" not in repr(desk.held)
    kept = desk.journal._db.execute("SELECT body FROM taken_order").fetchall()
    assert [json.loads(body).get("text", "") for (body,) in kept] == [""], (
        "what a person wrote is kept nowhere"
    )


def test_an_order_for_another_call_is_refused(desk: Kiosk):
    [refused] = order(desk, "help.say", "谁在那里？")
    assert (refused.verb, refused.fault) == ("help.say", number("order_not_possible"))
    desk.touch("help", "desk")
    [refused] = order(desk, "help.say", "您好", call=desk.held.call.number - 1)
    assert (refused.fault, desk.page().help.said) == (number("order_not_possible"), ())


@pytest.mark.parametrize(("why", "end"), [
    ("reader", lambda desk: desk.touch("end_help")),
    ("staff", lambda desk: order(desk, "help.end")),
    ("idle", lambda desk: desk.pass_s(181)),
    ("stopped", lambda desk: desk.happen(StopAsked("asked"))),
])  # fmt: skip
def test_each_end_is_told_once_and_ends_the_alarm(desk: Kiosk, why, end):
    desk.touch("help", "desk")
    call = desk.held.call.number
    end(desk)
    assert desk.recorded("help.ended") == [facts.HelpEnded(call, why)]
    assert stands(desk) == []
    desk.pass_s(11)
    assert (desk.held.call, desk.page().help) == (None, None)
    assert len(desk.recorded("help.ended")) == 1


def test_the_desk_s_last_word_stays_for_a_moment_and_one_may_call_again(desk: Kiosk):
    desk.touch("help", "desk")
    first = desk.held.call.number
    order(desk, "help.say", "马上到")
    order(desk, "help.end")
    assert (desk.page().help.said, desk.page().help.answers) == ((("工作人员", "马上到"),), ())
    desk.touch("end_help")
    desk.touch("help", "desk")
    assert desk.held.call.number > first


def test_what_the_last_reader_was_told_does_not_stay_for_the_next(desk: Kiosk):
    desk.card()
    desk.touch("help", "desk")
    order(desk, "help.say", "李女士，您好")
    desk.touch("done")
    desk.pass_s(6)
    assert desk.page().help.said, "they may wait, signed out, for the answer"
    desk.happen(CardShown("scanner", "R0002", "card"))
    assert (desk.page().help, desk.recorded("help.ended")[0].why) == (None, "reader")


@pytest.mark.parametrize("comes", ["book", "card while the last one is there"])
def test_however_the_next_one_begins(desk: Kiosk, comes: str):
    desk.card()
    desk.touch("help", "desk")
    order(desk, "help.say", "李女士，您好")
    desk.pass_s(6)
    if comes == "book":
        desk.touch("done")
        desk.card("R0001", "door_scanner")
        assert desk.page().help.said, "a card at the door is not at the desk"
        desk.lay("E1")
    else:
        desk.card("R0002")
    assert (desk.page().help, [ended.why for ended in desk.recorded("help.ended")]) == (None, ["reader"])


def test_a_caller_who_then_shows_a_card_goes_on_talking(desk: Kiosk):
    desk.touch("help", "desk")
    order(desk, "help.say", "请刷读者证")
    desk.card()
    assert desk.page().help.said


def test_the_door_s_screen_calls_for_itself(desk: Kiosk):
    assert desk.page("door").calls
    desk.touch("help", "door")
    [told] = desk.recorded("help.called")
    assert (told.place, told.scene, stands(desk)[0][0]) == ("door", "secured", "door")
    assert (desk.page("door").help is None, desk.page("desk").help) == (False, None)


def test_offline_the_telephone_is_shown_and_the_call_is_told_later(desk: Kiosk):
    desk.happen(UplinkChanged(broker=False, central=False))
    desk.touch("help", "desk")
    page = desk.page()
    assert (page.help.heading, page.help.phone) == ("暂时联系不上工作人员", "也可以拨打 0724-233")
    assert len(desk.recorded("help.called")) == 1
