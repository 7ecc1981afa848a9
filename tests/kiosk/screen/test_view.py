"""What each situation says, word for word."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from kiosk.clock import Now
from kiosk.events import Reader
from kiosk.fittings import Fitting, Fittings
from kiosk.receipt import masked
from kiosk.room import state as room
from kiosk.room.state import Room
from kiosk.screen.page import Button, Chip, Countdown, Cue, Notice, Page
from kiosk.screen.view import view
from kiosk.screen.words import texts
from kiosk.session.state import Phase, Session, Step
from tests.kiosk.fitted import ROOM
from tests.kiosk.screen.states import (
    DESK,
    DOOR,
    SETTINGS,
    ZHANG,
    book,
    desk,
    snapshot,
)
from wire.condition import Trouble
from wire.faults import fault, number

ZH = texts("zh-CN")
AT_THE_DOOR = Chip("离线核验：请照常刷证", "cloud", "calm")
BY_ITSELF = Chip("离线借还：照常办理，联网后登记", "cloud", "calm")
RETURNS_ONLY = Chip("离线还书：照常还书，暂不能借书", "cloud", "calm")
OFFLINE = Chip("本机正常，请继续。", "cloud", "calm")


def desk_page(name: str) -> Page:
    return view("desk", DESK[name], ZH, SETTINGS)


def door_page(name: str) -> Page:
    return view("door", DOOR[name], ZH, SETTINGS)


# fmt: off
DESK_SAYS = {
    "idle": ("idle", "welcome", "calm", "放上图书即可还书，刷读者证即可借书", "", "", ()),
    "idle_ils_away": ("idle", "welcome", "calm", "放上图书即可还书，刷读者证即可借书", "", "", ()),
    "idle_offline": ("idle", "welcome", "calm", "放上图书即可还书，刷读者证即可借书", "", "", ()),
    "idle_refused": ("idle", "sign", "warn", "刷证没有成功", "您的读者证已过期，请到服务台延期。", "", ("dismiss",)),
    "idle_our_fault": ("idle", "sign", "warn", "刷证没有成功", "这是我们的问题：暂时无法核验您的证，请稍后再刷。", "", ("dismiss",)),
    "idle_gate_alarm": ("idle", "sign", "warn", "请留步", "有书还没有办理借阅，请回到机器前。", "", ()),
    "open_checking": ("open", "visit", "busy", "正在办理，请先别拿开", "还有书可以接着放；借书请刷读者证", "1本已看到", ("done",)),
    "open_returning": ("open", "visit", "busy", "正在办理，请先别拿开", "还有书可以接着放；借书请刷读者证", "2本已还", ("done",)),
    "open_waiting": ("open", "visit", "calm", "请刷读者证，把书借走", "不借的书，拿开就好", "1本已还", ("done",)),
    "open_done": ("open", "visit", "good", "办好了，谢谢", "还有书可以接着放；借书请刷读者证", "2本已还", ("done",)),
    "open_troubled": ("open", "visit", "warn", "有书需要您看一下", "还有书可以接着放；借书请刷读者证", "1本已还", ("done",)),
    "identifying": ("identifying", "visit", "busy", "正在核验读者证", "很快就好，请稍候", "", ()),
    "identifying_books": ("identifying", "visit", "busy", "正在核验读者证", "很快就好，请稍候", "2本已看到", ()),
    "identified": ("identified", "visit", "calm", "张*，您好", "请把要借的书放上来", "", ("done",)),
    "identified_first": ("identified", "visit", "busy", "张*，您好", "正在办理，请先别拿开", "1本已看到", ("done",)),
    "identified_lending": ("identified", "visit", "busy", "张*，您好", "正在办理，请先别拿开", "3本已借", ("done",)),
    "identified_lent": ("identified", "visit", "good", "张*，您好", "办好了，书可以带走", "4本已借", ("done",)),
    "identified_covers": ("identified", "visit", "warn", "张*，您好", "有书需要您看一下", "4本已借", ("done",)),
    "identified_mixed": ("identified", "visit", "warn", "张*，您好", "有书需要您看一下", "4本已借", ("done",)),
    "identified_both": ("identified", "visit", "good", "张*，您好", "办好了，书可以带走", "3本已借 1本已还", ("done",)),
    "identified_troubled": ("identified", "visit", "warn", "张*，您好", "有书需要您看一下", "2本已借", ("done",)),
    "identified_offline": ("identified", "visit", "busy", "您好", "正在办理，请先别拿开", "2本已借", ("done",)),
    "open_offline": ("open", "visit", "busy", "正在办理，请先别拿开", "还有书可以接着放；借书请刷读者证", "3本已还", ("done",)),
    "identified_set": ("identified", "visit", "warn", "张*，您好", "有书需要您看一下", "1本已借", ("done",)),
    "identified_forty": ("identified", "visit", "good", "张*，您好", "办好了，书可以带走", "40本已借", ("done",)),
    "identified_hostile": ("identified", "visit", "good", "<*，您好", "办好了，书可以带走", "2本已借", ("done",)),
    "still_there": ("still_there", "visit", "warn", "您还在吗？", "时间到了会自动退出，已办好的都算数", "4本已借", ("more_time", "done")),
    "still_there_open": ("still_there", "visit", "warn", "您还在吗？", "时间到了会自动退出，已办好的都算数", "1本已看到", ("more_time", "done")),
    "ending": ("ending", "visit", "busy", "马上就好", "最后几本正在办理，请先别拿开", "3本已借", ()),
    "out_of_order": ("out_of_order", "sign", "warn", "暂停服务", "感应台正在恢复，请稍候或到其他机器办理。", "", ()),
    "out_of_order_midway": ("out_of_order", "visit", "warn", "暂停服务", "感应台正在恢复，请稍候或到其他机器办理。", "2本已借", ()),
    "starting": ("out_of_order", "sign", "busy", "正在启动，请稍候", "设备正在准备", "", ()),
    "service": ("out_of_order", "sign", "calm", "正在维护", "很快回来，谢谢等候", "", ()),
    "desk_fire": ("fire", "sign", "alarm", "请立即离开", "请立即从出口离开，门已打开。", "", ()),
    "wish": ("wish", "sign", "calm", "请刷读者证，为您预约", "《三体》", "", ("dismiss",)),
    "books": ("identified", "visit", "calm", "张*，您好", "请把要借的书放上来", "", ("done", "account")),
    "account_asking": ("account", "account", "busy", "张*，您好", "正在查询您的借阅", "", ("pin", "books", "done")),
    "account_silent": ("account", "account", "warn", "张*，您好", "图书馆系统暂时没有应答，请稍后再试。", "", ("account", "pin", "books", "done")),
    "account_empty": ("account", "account", "calm", "张*，您好", "没有在借的书，也没有预约和费用", "", ("pin", "books", "done")),
    "account": ("account", "account", "calm", "张*，您好", "", "4本在借 1本逾期", ("renew_all", "fees", "pin", "books", "done")),
    "account_renewing": ("account", "account", "calm", "张*，您好", "", "4本在借 1本逾期", ("renew_all", "fees", "pin", "books", "done")),
    "account_held": ("held", "account", "good", "张*，您好", "已为您预约《活着》，排在第 2 位", "4本在借 1本逾期", ("renew_all", "fees", "pin", "books", "done")),
    "account_not_held": ("held", "account", "warn", "张*，您好", "您的预约数量已满，请先取消或取走一本。", "4本在借 1本逾期", ("renew_all", "fees", "pin", "books", "done")),
    "account_ending": ("still_there", "account", "warn", "您还在吗？", "时间到了会自动退出，已办好的都算数", "4本在借 1本逾期", ("more_time", "done")),
    "pin_old": ("pin_old", "keypad", "calm", "请输入原密码", "", "", ("account", "done")),
    "pin_new": ("pin_new", "keypad", "calm", "请设新密码", "六位数字，不要用生日、连号或同一个数字", "", ("account", "done")),
    "pin_again": ("pin_again", "keypad", "calm", "请再输一次新密码", "", "", ("account", "done")),
    "pin_differs": ("pin_new", "keypad", "warn", "请设新密码", "两次输入不一样，请重新设", "", ("account", "done")),
    "pin_wrong": ("pin_old", "keypad", "warn", "请输入原密码", "密码不正确，请重新输入；忘记密码请到服务台。", "", ("account", "done")),
    "pin_asking": ("pin_asking", "sign", "busy", "正在修改密码", "", "", ()),
    "pin_paused": ("pin_paused", "sign", "warn", "请在 2 分钟后再试", "密码错了好几次，请过一会儿再试；忘记密码请到服务台。", "", ("account", "done")),
    "slip_offered": ("identified", "visit", "good", "张*，您好", "办好了，书可以带走", "4本已借", ("done",)),
    "slip_code": ("scan", "scan", "good", "扫一扫，凭条存进手机", "内容都在这个码里，不经过网络", "", ("books", "done")),
    "goodbye": ("goodbye", "goodbye", "good", "再见，欢迎再来", "请带好您的证和书", "", ()),
    "goodbye_printing": ("goodbye", "goodbye", "good", "再见，欢迎再来", "凭条正在打印", "", ()),
    "goodbye_printed": ("goodbye", "goodbye", "good", "再见，欢迎再来", "请取走凭条", "", ()),
    "goodbye_not_printed": ("goodbye", "goodbye", "warn", "再见，欢迎再来", "凭条没有打印出来，借还都已办好", "", ()),
    "goodbye_judged": ("goodbye", "goodbye", "good", "收到，谢谢您", "请带好您的证和书", "", ()),
    "help_called": ("idle", "welcome", "calm", "放上图书即可还书，刷读者证即可借书", "", "", ()),
    "help_away": ("idle", "welcome", "calm", "放上图书即可还书，刷读者证即可借书", "", "", ()),
    "help_talk": ("identified", "visit", "good", "张*，您好", "办好了，书可以带走", "4本已借", ("done",)),
    "help_over": ("identified", "visit", "good", "张*，您好", "办好了，书可以带走", "4本已借", ("done",)),
}

DOOR_SAYS = {
    "secured": ("secured", "calm", "请刷读者证进门", "把读者证或二维码对准读卡器", None),
    "secured_ils_away": ("secured", "calm", "请刷读者证进门", "把读者证或二维码对准读卡器", AT_THE_DOOR),
    "secured_reader_lost": ("secured", "calm", "请刷读者证进门", "把读者证或二维码对准读卡器", Chip("读卡器正在恢复，请稍候。", "look", "warn")),
    "secured_few": ("secured", "calm", "请刷读者证进门", "把读者证或二维码对准读卡器", None),
    "secured_many": ("secured", "calm", "请刷读者证进门", "把读者证或二维码对准读卡器", None),
    "asking": ("asking", "busy", "正在核验", "很快就好，请稍候", None),
    "come_in": ("come_in", "good", "请进", "门已打开，推门即可", None),
    "refused": ("refused", "warn", "这次没能开门", "您的读者证类型不能进入本书屋，请到有人值守的馆。", None),
    "refused_our_fault": ("refused", "warn", "这次没能开门", "这是我们的问题：暂时无法核验您的证，请稍后再刷。", None),
    "released": ("released", "good", "门已打开", "推门即可", None),
    "open": ("open", "calm", "请随手关门", "谢谢", None),
    "free": ("free", "good", "门已打开", "请让里面的人先出来", None),
    "fire": ("fire", "alarm", "请勿进入", "请立即从出口离开，门已打开。", None),
    "lost": ("lost", "warn", "暂时不能刷证进门", "门禁正在恢复。出门不受影响，请按门旁按钮。", None),
    "door_help": ("secured", "calm", "请刷读者证进门", "把读者证或二维码对准读卡器", None),
}
# fmt: on


@pytest.mark.parametrize("name", DESK)
def test_the_desk_says(name: str):
    page = desk_page(name)
    tallies = " ".join(f"{tally.number}{tally.words}" for tally in page.tallies)
    actions = tuple(button.action for button in page.buttons)
    assert DESK_SAYS[name] == (
        page.scene, page.layout, page.tone, page.heading, page.advice, tallies, actions,
    )  # fmt: skip


@pytest.mark.parametrize("name", DOOR)
def test_the_door_says(name: str):
    page = door_page(name)
    assert page.layout == "sign"
    assert DOOR_SAYS[name] == (page.scene, page.tone, page.heading, page.advice, page.chip)


@pytest.mark.parametrize(
    ("state", "remark"),
    [
        ("secured", ""),
        ("secured_few", "室内不到 3 人"),
        ("secured_many", "室内现有 12 人 · 最多 30 人"),
    ],
)
def test_the_door_says_how_many_are_inside_unless_somebody_may_be_alone(state: str, remark: str):
    assert door_page(state).remark == remark


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_phase_with_every_step_is_a_page(phase: Phase, step: Step, language: str):
    page = view("desk", desk(phase, book(step)), texts(language), SETTINGS)
    assert page.heading
    assert len(page.rows) == (page.layout == "visit")


def test_newest_book_first():
    titles = [line.title for line in desk_page("identified_lent").rows]
    assert titles[0] == "中国建筑史"
    assert titles[-1] == "百年孤独"


@pytest.mark.parametrize(
    ("name", "chip"), [("idle", None), ("idle_ils_away", BY_ITSELF), ("idle_offline", OFFLINE)]
)
def test_what_is_away_is_said_calmly(name: str, chip: Chip | None):
    assert desk_page(name).chip == chip


def test_a_desk_that_lends_nothing_by_itself_says_so():
    returns_only = msgspec.structs.replace(SETTINGS, lends_offline=False)
    assert view("desk", DESK["idle_ils_away"], ZH, returns_only).chip == RETURNS_ONLY


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble(number("card_reader_lost"), "scanner"), "读卡器正在恢复，请稍候。"),
        (Trouble(number("card_reader_lost"), "door_scanner"), None),
        (Trouble(number("gate_lost"), "gate"), None),
        (Trouble(number("message_forged")), None),
        (Trouble(number("lock_not_released"), "door"), "门没有打开，请按门旁按钮或拉手柄。"),
        (Trouble(number("journal_full")), "本机暂时只能还书，请到其他机器借书。"),
    ],
)
def test_only_troubles_that_are_felt_at_the_desk_are_told_there(trouble: Trouble, words: str | None):
    chip = view("desk", desk(Phase.OPEN, troubles=(trouble,)), ZH, SETTINGS).chip
    assert (chip.words if chip else None) == words


def test_a_lost_reader_is_told_where_no_other_one_serves():
    several = Fittings({**ROOM.by_name, "id_card": Fitting("card")})
    lost = tuple(Trouble(number("card_reader_lost"), name) for name in ("scanner", "id_card"))
    one, both = (
        replace(desk(Phase.OPEN, troubles=troubles), fittings=several) for troubles in (lost[:1], lost)
    )
    assert view("desk", one, ZH, SETTINGS).chip is None
    assert view("desk", both, ZH, SETTINGS).chip.words == "读卡器正在恢复，请稍候。"


@pytest.mark.parametrize(
    "trouble",
    [Trouble(number("ils_silent")), Trouble(number("pad_lost"), "pad"), Trouble(number("door_lost"), "door")],
)
def test_a_trouble_that_is_left_standing_for_staff_is_no_readers(trouble: Trouble):
    there = replace(desk(Phase.OPEN, troubles=(trouble,)), identities={"pad": "FEIG MR101", "door": "DC-2"})
    assert view("desk", there, ZH, SETTINGS).chip is None


def test_the_most_important_trouble_is_told():
    troubles = (Trouble(number("ils_silent")), Trouble(number("pad_lost"), "pad"))
    broken = desk(Phase.OUT_OF_ORDER, state="broken", troubles=troubles, ils_up=False)
    page = view("desk", broken, ZH, SETTINGS)
    assert page.advice == fault(number("pad_lost")).reader.zh
    assert page.code == "代码 401"


def test_out_of_order_without_a_cause_that_readers_know():
    page = view("desk", desk(Phase.OUT_OF_ORDER, state="broken"), ZH, SETTINGS)
    assert page.advice == "我们已经知道，正在处理"


def test_a_refused_card_is_told_beside_the_books():
    assert desk_page("open_troubled").notice == Notice(
        "没有找到这张读者证，请换一张证或到服务台办证。", "代码 101"
    )


def test_the_first_button_is_the_main_one():
    assert desk_page("still_there").buttons == (
        Button("more_time", "再等一会儿", main=True),
        Button("done", "完成"),
    )


@pytest.mark.parametrize(
    ("now_ms", "countdown"),
    [(97_999, None), (98_000, Countdown(118_000, 20_000)), (118_000, Countdown(118_000, 20_000))],
)
def test_the_countdown_begins_twenty_seconds_before_the_end(now_ms: int, countdown: Countdown | None):
    shown = snapshot(Session(Phase.IDENTIFIED, reader=ZHANG, end_at_ms=118_000), now=Now(0, now_ms))
    assert view("desk", shown, ZH, SETTINGS).countdown == countdown


def test_the_countdown_is_the_same_page_from_begin_to_end():
    at = [
        snapshot(Session(Phase.IDENTIFIED, reader=ZHANG, end_at_ms=118_000), now=Now(0, ms))
        for ms in (99_000, 117_000)
    ]
    assert view("desk", at[0], ZH, SETTINGS) == view("desk", at[1], ZH, SETTINGS)


def test_a_last_look_at_returned_books_is_no_countdown():
    assert desk_page("open_done").countdown is None


@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.IDENTIFYING, Phase.ENDING, Phase.OUT_OF_ORDER])
def test_a_phase_that_ends_by_an_answer_has_no_countdown(phase: Phase):
    assert view("desk", desk(phase, end_at_ms=101_000), ZH, SETTINGS).countdown is None


@pytest.mark.parametrize(
    ("name", "seen"),
    [("张晓雨", "张*"), ("Mary Smith", "M*"), ("  李 ", "李*"), ("", ""), ("  ", "")],
)
def test_a_name_is_masked(name: str, seen: str):
    assert masked(name) == seen


def test_a_reader_without_a_name_is_greeted():
    shown = desk(Phase.IDENTIFIED, reader=Reader("1", "0" * 32, "", ""))
    assert view("desk", shown, ZH, SETTINGS).heading == "您好"


def test_english_counts_one_and_many():
    one = view("desk", desk(Phase.IDENTIFIED, book(Step.CLEARED)), texts("en"), SETTINGS)
    many = view("desk", DESK["identified_lent"], texts("en"), SETTINGS)
    assert [tally.words for tally in (*one.tallies, *many.tallies)] == ["book lent", "books lent"]


@pytest.mark.parametrize(
    ("name", "cue"),
    [
        ("idle", Cue(0, 0)),
        ("identified", Cue(1, 0)),
        ("identified_lent", Cue(5, 0)),
        ("identified_mixed", Cue(5, 1)),
        ("idle_refused", Cue(0, 108_001)),
        ("still_there", Cue(5, 118_000)),
        ("idle_gate_alarm", Cue(0, 1)),
    ],
)
def test_what_is_heard_at_the_desk(name: str, cue: Cue):
    assert desk_page(name).cue == cue


@pytest.mark.parametrize(
    ("name", "cue"),
    [
        ("secured", Cue()),
        ("come_in", Cue(108_000, 0)),
        ("refused", Cue(0, 105_000)),
        ("fire", Cue(0, 108_000)),
    ],
)
def test_what_is_heard_at_the_door(name: str, cue: Cue):
    assert door_page(name).cue == cue


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("identified_lent", "4 本已借 办好了，书可以带走"),
        ("open_troubled", "有书需要您看一下 1 本已还 没有找到这张读者证，请换一张证或到服务台办证。"),
        ("idle", "放上图书即可还书，刷读者证即可借书"),
        ("account", "4 本在借 1 本逾期"),
        ("account_held", "4 本在借 1 本逾期 已为您预约《活着》，排在第 2 位"),
    ],
)
def test_what_a_screen_reader_says_has_no_name(name: str, said: str):
    assert desk_page(name).said == said


# ---------------------------------------------------------------- two screens
def test_before_the_first_snapshot_the_kiosk_starts():
    page = view("door", None, ZH, SETTINGS)
    assert (page.place, page.scene, page.heading) == ("door", "starting", "正在启动，请稍候")


BOTH = snapshot(Session(), Room(phase=room.Phase.SECURED))


@pytest.mark.parametrize(
    ("place", "shown", "scene"),
    [
        ("desk", BOTH, "idle"),
        ("door", BOTH, "secured"),
        ("desk", DOOR["secured"], "secured"),
        ("door", DESK["idle"], "idle"),
    ],
)
def test_a_kiosk_with_one_role_shows_it_on_either_screen(place, shown, scene):
    page = view(place, shown, ZH, SETTINGS)
    assert (page.place, page.scene) == (place, scene)


def test_pages_are_values():
    page = desk_page("identified_mixed")
    assert page == desk_page("identified_mixed")
    assert page != msgspec.structs.replace(page, heading="别的")
