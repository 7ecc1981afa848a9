"""How alarms, their steps and what they turned out to be are called, in both languages. Pure data."""

from __future__ import annotations

from collections.abc import Mapping

from central.fleet.words import Look
from central.rooms.alarms.kinds import Group
from wire.faults import Words

STATES: Mapping[str, Look] = {
    "ringing": Look(Words("等待确认", "Waiting"), "alarm", "bad"),
    "acknowledged": Look(Words("处理中", "Taken up"), "person", "busy"),
    "silent": Look(Words("仅计数", "Counted only"), "never", "off"),
    "closed": Look(Words("已结案", "Closed"), "ready", "good"),
}
"""In the order in which they want somebody."""

GROUPS: Mapping[Group, Words] = {
    "people": Words("求助", "People"),
    "fire": Words("消防", "Fire"),
    "door": Words("门禁", "Door"),
    "books": Words("图书", "Books"),
    "building": Words("环境", "Building"),
    "machine": Words("设备", "Machine"),
}

FINDINGS: Mapping[str, Words] = {
    "real": Words("情况属实，已处置", "Real, and dealt with"),
    "reader": Words("读者误操作", "A reader's mistake"),
    "staff": Words("工作人员操作", "Staff at work"),
    "weather": Words("天气或停电", "Weather, or a power cut"),
    "device": Words("设备故障", "A device at fault"),
    "false": Words("误报，原因不明", "False, nobody knows why"),
    "other": Words("其他（请说明）", "Something else (say what)"),
}
"""What staff may find an alarm to have been."""
ITSELF: Mapping[str, Words] = {
    "itself": Words("已自行恢复", "It was over by itself"),
    "helped": Words("已答复读者", "The reader was answered"),
    "returned": Words("图书已带回", "The book was brought back"),
}
"""What an alarm that closes itself was."""

STEPS: Mapping[str, Words] = {
    "handed_on": Words("无人确认，转下一位", "Nobody acknowledged, handed on"),
    "woken": Words("迟到的报警仍在持续，开始提醒", "It came late and still stands: it rings now"),
    "acknowledged": Words("已确认", "Acknowledged"),
    "closed": Words("已结案", "Closed"),
}
"""What was done about an alarm."""

CLEARED: Mapping[str, Words] = {
    "kiosk": Words("现场已恢复", "Over on site"),
    "restart": Words("终端重启", "The kiosk was restarted"),
    "back": Words("终端已恢复连接", "The kiosk is heard again"),
    "staff": Words("结案时视为恢复", "Taken for over when it was closed"),
}
"""Why an alarm does not stand any more."""

LOANS: Mapping[str, Words] = {
    "in": Words("在馆，未借出", "in stock, not lent"),
    "out": Words("已借出", "on loan"),
    "unknown": Words("借阅状态未知", "loan state not known"),
}

DRILLS: Mapping[str, Words] = {
    "fire": Words("消防演练", "Fire drill"),
    "evacuation": Words("疏散演练", "Evacuation drill"),
}
DRILL_ENDS: Mapping[str, Words] = {
    "": Words("进行中", "going on"),
    "order": Words("已结束", "ended"),
    "time": Words("到时自动结束", "ended when its time was over"),
}

WHY: Mapping[str, Words] = {
    "closed": Words("这条报警已结案。", "This alarm is closed already."),
    "finding": Words("请选择原因。", "Choose what it was."),
    "note": Words("请说明情况。", "Say what it was."),
    "name": Words("请写明值班人和电话。", "A name and a telephone number are needed."),
    "many": Words("每份值班表最多十人。", "A duty list has ten lines at most."),
    "branch": Words("没有这个馆。", "There is no such branch."),
    "address": Words(
        "录像地址须以 https:// 或 http:// 开头，可用 {time}、{from}、{until}、{seconds}。",
        "The address begins with https:// or http:// and may have {time}, {from}, {until}, {seconds}.",
    ),
    "device": Words("没有这台设备。", "There is no such kiosk."),
}
"""Why an operation is refused (`central.rooms.alarms.life.Unfit`)."""
