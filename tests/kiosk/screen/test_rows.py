"""What the row of a book says, step by step."""

from __future__ import annotations

import pytest

from kiosk.screen.page import Row
from kiosk.screen.rows import row
from kiosk.screen.words import texts
from kiosk.session.state import Phase, Step, Tag
from tests.kiosk.screen.states import DUE, GONE, TWO_OF_THREE, book
from wire.faults import number

ZH = texts("zh-CN")

# fmt: off
ROWS = {
    "incomplete": (book(Step.INCOMPLETE, parts=3, tags=TWO_OF_THREE, fault=number("parts_missing")), "正在识别…", "等待整套", "parts", "calm", "一套 3 件，还缺第 3 件，请放全"),
    "checking": (book(Step.CHECKING), "正在识别…", "正在查看", "work", "busy", ""),
    "sensing": (book(Step.SENSING), "正在识别…", "正在查看", "work", "busy", ""),
    "mending": (book(Step.MENDING, "三体"), "三体", "正在准备", "work", "busy", ""),
    "waiting": (book(Step.WAITING, "三体"), "三体", "等您刷证", "card", "calm", ""),
    "lending": (book(Step.LENDING), "正在识别…", "正在借", "work", "busy", ""),
    "lent": (book(Step.LENT, "三体", due=DUE), "三体", "已借，稍等", "work", "busy", "请在2026年12月20日前归还"),
    "cleared": (book(Step.CLEARED, "三体", due=DUE), "三体", "已借好", "check", "good", "请在2026年12月20日前归还"),
    "cleared, due with a time": (book(Step.CLEARED, "三体", due="2026-01-05T23:59:00"), "三体", "已借好", "check", "good", "请在2026年1月5日前归还"),
    "cleared, due in words": (book(Step.CLEARED, "三体", due="30 days"), "三体", "已借好", "check", "good", "归还日期 30 days"),
    "cleared, due unknown": (book(Step.CLEARED, "三体"), "三体", "已借好", "check", "good", "可以带走"),
    "cleared, title unknown": (book(Step.CLEARED, due=DUE), "条码 3301000000018", "已借好", "check", "good", "请在2026年12月20日前归还"),
    "not cleared": (book(Step.LENT, "三体", fault=number("tag_not_cleared")), "三体", "再放一次", "again", "warn", "书已借给您，请再放平一次；如出门报警请出示借书记录。"),
    "lifted too soon": (book(Step.LENT, "三体", due=DUE, tags=GONE), "三体", "再放一次", "again", "warn", "已经借给您，请把它再放平一次"),
    "yours, being cleared": (book(Step.LENT, "三体", fault=number("already_yours")), "三体", "已借，稍等", "work", "busy", "这本书已经借在您名下，可以直接带走。"),
    "yours": (book(Step.CLEARED, "三体", fault=number("already_yours")), "三体", "已在您名下", "check", "good", "这本书已经借在您名下，可以直接带走。"),
    "renewed": (book(Step.CLEARED, "三体", due=DUE, renewed=True), "三体", "已续借", "check", "good", "请在2026年12月20日前归还"),
    "to read here": (book(Step.READ_HERE, "三体", due=DUE, fault=number("read_here_only")), "三体", "限馆内阅读", "book", "warn", "这本书请在馆内阅读，不要带出；看完放回本机归还。"),
    "returning": (book(Step.RETURNING, "三体"), "三体", "正在还", "work", "busy", ""),
    "returned": (book(Step.RETURNED, "三体"), "三体", "已还，稍等", "work", "busy", ""),
    "returned, lifted too soon": (book(Step.RETURNED, "三体", tags=GONE), "三体", "已还好", "check", "good", "谢谢，请放入还书箱"),
    "not secured": (book(Step.RETURNED, "三体", fault=number("tag_not_secured")), "三体", "已还好", "check", "good", "已还好，谢谢。请放入还书箱。"),
    "secured": (book(Step.SECURED, "三体"), "三体", "已还好", "check", "good", "谢谢，请放入还书箱"),
    "lent offline": (book(Step.CLEARED, due=DUE, offline=True), "条码 3301000000018", "已借好", "check", "good", "请在2026年12月20日前归还，联网后登记"),
    "taken back offline": (book(Step.SECURED, offline=True), "条码 3301000000018", "已收下", "check", "good", "联网后登记，请放入还书箱"),
    "taken back offline, lifted too soon": (book(Step.RETURNED, offline=True, tags=GONE), "条码 3301000000018", "已收下", "check", "good", "联网后登记，请放入还书箱"),
    "refused": (book(Step.REFUSED, "三体", fault=number("on_hold")), "三体", "没有办成", "look", "warn", "这本书已有读者预约，请留给那位读者，放回书架即可。"),
    "unreadable": (book(Step.REFUSED, "", "", fault=number("tag_unreadable")), "没有认出的书", "没有办成", "look", "warn", "没有认出这本书，请挪动一下或交给工作人员。"),
    "lent without its set": (book(Step.CLEARED, "三体", due=DUE, lacks=("B2", "B3")), "三体", "已借好", "check", "good", "请在2026年12月20日前归还 · 同一套书还缺 B2, B3，请一起办理"),
    "lent by its barcode": (book(Step.CLEARED, "三体", due=DUE, tags=()), "三体", "已借好", "check", "good", "没有读到标签，出门如报警请找工作人员"),
    "for the hold shelf": (book(Step.SECURED, "三体", goes="hold"), "三体", "已还好", "check", "good", "有读者预约，请放到预约书架"),
    "for a door of the cabinet": (book(Step.SECURED, "三体", goes="hold", sort_bin="12"), "三体", "已还好", "check", "good", "有读者预约，请放进取书柜 12 号门"),
    "for a slot of the sorter": (book(Step.SECURED, "三体", sort_bin="3"), "三体", "已还好", "check", "good", "谢谢，请放入 3 号口"),
    "of another branch": (book(Step.SECURED, "三体", goes="elsewhere"), "三体", "已还好", "check", "good", "这是别馆的书，请放入还书箱，我们送回去"),
    "owed": (book(Step.OWED, "三体", fault=number("cannot_lend_now")), "三体", "稍后核对", "clock", "warn", "这是我们的问题：暂时无法确认，请先把这本书留在这里。"),
}
# fmt: on


@pytest.mark.parametrize("name", ROWS)
def test_a_book_says(name: str):
    line, *said = ROWS[name]
    made = row(line, Phase.OPEN, ZH)
    assert said == [made.title, made.state, made.icon, made.tone, made.note]


def test_every_step_is_among_the_books():
    assert {line.step for line, *_ in ROWS.values()} == set(Step)


WAITS = {
    Phase.IDLE: ("没有办理", "calm"),
    Phase.OPEN: ("等您刷证", "calm"),
    Phase.IDENTIFYING: ("马上办理", "busy"),
    Phase.IDENTIFIED: ("没有办理", "calm"),
    Phase.ENDING: ("没有办理", "calm"),
    Phase.OUT_OF_ORDER: ("没有办理", "calm"),
}


@pytest.mark.parametrize("phase", Phase)
def test_what_a_waiting_book_waits_for_depends_on_the_phase(phase: Phase):
    made = row(book(Step.WAITING, "三体"), phase, ZH)
    assert WAITS[phase] == (made.state, made.tone)


def test_a_row_is_whole():
    line = book(Step.REFUSED, "辞海", "3301000000059", fault=number("not_for_loan"))
    assert row(line, Phase.IDENTIFIED, ZH) == Row(
        key="3301000000059",
        title="辞海",
        named=True,
        state="没有办成",
        icon="look",
        tone="warn",
        note="这本书只能在馆内阅读，请看完放回书架。",
        code="代码 203",
        item="3301000000059",
    )


def test_a_book_without_a_number_is_known_by_its_tag():
    assert row(book(Step.REFUSED, "", ""), Phase.OPEN, ZH).key == "E004010012345678"


def test_a_tag_of_a_set_that_was_lifted_unwritten_asks_for_the_set_again():
    tags = (Tag("E00401000000000A", 1, changed=True), Tag("E00401000000000B", 2, present=False))
    assert row(book(Step.LENT, "全宋词", parts=2, tags=tags), Phase.IDENTIFIED, ZH).state == "再放一次"
