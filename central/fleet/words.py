"""How states, orders and facts are called on the console, in both languages. Pure."""

from __future__ import annotations

from typing import NamedTuple

from wire.faults import Words, fault, number
from wire.points import watched


class Look(NamedTuple):
    """A state as a page shows it: never by colour alone."""

    title: Words
    icon: str
    """Name of a symbol in static/icons.svg."""
    tone: str
    """`good`, `busy`, `warn`, `bad`, `off`: a colour of console.css."""


FIRST_BRANCH = 'shuwu-central branch add ZHEN --tier town --name-zh "…" --name-en "…"'
"""What is typed on the server of an empty network; a kiosk is entered after it."""

STATES: dict[str, Look] = {
    "broken": Look(Words("停用", "Out of service"), "broken", "bad"),
    "gone": Look(Words("失联", "Not connected"), "gone", "bad"),
    "degraded": Look(Words("部分可用", "Degraded"), "degraded", "warn"),
    "service": Look(Words("维护中", "Being serviced"), "service", "busy"),
    "boot": Look(Words("启动中", "Starting"), "boot", "busy"),
    "ready": Look(Words("正常", "Ready"), "ready", "good"),
    "never": Look(Words("尚未连接", "Never connected"), "never", "off"),
}
"""Kiosk state → its look, the worst first. `never`: registered, and nothing heard yet."""

SEVERITIES: dict[str, Look] = {
    "alarm": Look(Words("立即处理", "Act now"), "alarm", "bad"),
    "error": Look(Words("今天处理", "Act today"), "broken", "bad"),
    "warning": Look(Words("本周处理", "This week"), "degraded", "warn"),
}
"""Severity → its look, the worst first. Notices are part of every day and no problem."""

VERBS: dict[str, Words] = {
    "door.release": Words("开门", "Release the door"),
    "kiosk.restart": Words("重启终端", "Restart the kiosk"),
    "debt.settle": Words("了结离线借还", "Settle an owed transaction"),
    "journal.renew": Words("启用新日志", "Begin a new journal"),
    "payment.show": Words("显示付款码", "Show a payment code"),
    "payment.made": Words("通知已付款", "Tell of money"),
    "help.say": Words("答复求助读者", "Answer a call for help"),
    "help.end": Words("结束求助", "End a call for help"),
    "room.count": Words("校正室内人数", "Correct the number inside"),
    "room.drill": Words("演练", "Drill"),
}

ORDER_STATES: dict[str, Look] = {
    "pending": Look(Words("等待执行", "Pending"), "boot", "busy"),
    "done": Look(Words("已执行", "Done"), "ready", "good"),
    "refused": Look(Words("被拒绝", "Refused"), "broken", "bad"),
    "expired": Look(Words("已过期", "Expired"), "never", "off"),
}

NOT_POSSIBLE: dict[str, Words] = {
    "unknown_device": Words("没有这台设备。", "There is no such device."),
    "retired": Words("设备已退役，不再下达指令。", "The kiosk is retired and gets no orders."),
    "unknown_verb": Words("没有这种指令。", "There is no such order."),
    "incomplete": Words(
        "指令缺少对象，未下达。", "The order does not say what it is about; it was not given."
    ),
    "not_ready": Words(
        "设备此刻不在线或正在启动，指令未下达。",
        "The kiosk is away or starting; the order was not given.",
    ),
}
"""Why an order was not given (`central.fleet.operations.NotPossible`)."""

SETTINGS: dict[str, Words] = {
    "staffed": Words("有人值守", "Staffed"),
    "room24": Words("24 小时书屋", "24-hour room"),
}

TIERS: dict[str, Words] = {
    "county": Words("县级馆", "County"),
    "town": Words("乡镇分馆", "Town"),
    "village": Words("村级服务点", "Village"),
}


class Finding(NamedTuple):
    """A problem that no fault number stands for: what central itself sees."""

    severity: str
    title: Words
    advice: Words


GONE = Finding(
    "error",
    Words("设备失联", "Kiosk not connected"),
    Words(
        "检查现场供电与网络；恢复后设备会自动上线。",
        "Check power and network on site; it comes back by itself.",
    ),
)
STOPPED = Finding(
    "warning",
    Words("设备已停机", "Kiosk stopped"),
    Words(
        "程序已被正常停止；现场开机或重启服务即可。",
        "It was stopped on purpose; start the machine or its service.",
    ),
)
RESTARTING = Finding(
    "warning",
    Words("设备正在重启", "Kiosk is restarting"),
    Words(
        "通常一分钟内恢复；如仍未上线，按失联处理。", "It is back within a minute; if not, treat it as lost."
    ),
)
LEFT: dict[str, Finding] = {"stopped": STOPPED, "restarting": RESTARTING}
"""Why a kiosk said itself that it goes; for anything else it is lost."""
SILENT = Finding(
    "warning",
    Words("已连接但无数据", "Connected but silent"),
    Words("连接还在，但 90 秒没有心跳；检查网络质量。", "No vitals for 90 s; check the quality of the line."),
)
BROKEN = Finding(
    "error",
    Words("设备停用", "Out of service"),
    Words("打开设备页查看原因。", "See the device's page for the cause."),
)

CAUSES: dict[str, Words] = {
    "unknown topic": Words("未知主题", "Unknown topic"),
    "oversize": Words("消息过大", "Too large"),
    "malformed": Words("格式错误", "Malformed"),
    "unknown device": Words("设备未登记或已退役", "Device not registered, or retired"),
    "too many journals": Words("日志文件过多", "More journals than a device may have"),
    "journal forked": Words("同一日志被两台机器写入", "Journal written by two machines"),
    "not stored": Words("未能入库", "Could not be stored"),
    "more causes than are kept apart": Words("其他原因（合并计数）", "Other causes, counted together"),
}
"""Why a message was refused or a fact kept aside; another cause is shown as it stands."""
UNKNOWN_KIND = "unknown kind "
"""Beginning of a cause that names the kind."""

VALUES: dict[str, Words] = {
    "counter": Words("客流计数", "by counter"),
    "card": Words("刷证", "by card"),
    "order": Words("远程指令", "by order"),
    "exit": Words("出门按钮", "exit button"),
    "fire": Words("消防联动", "fire contact"),
    "ils": Words("业务系统核验", "checked with the library system"),
    "list": Words("本机名单核验", "checked with the local list"),
    "rule": Words("离线规则", "offline rule"),
    "done": Words("办理完毕", "done"),
    "idle": Words("超时退出", "timed out"),
    "broken": Words("设备停用", "out of service"),
    "stopped": Words("程序停止", "stopped"),
    "asked": Words("正常停止", "asked to"),
    "full": Words("日志已满", "journal full"),
    "damaged": Words("日志损坏", "journal damaged"),
    "forked": Words("日志分叉", "journal forked"),
    "staff": Words("工作人员了结", "settled by staff"),
    "deny": Words("禁用名单", "deny list"),
    "allow": Words("准入名单", "allow list"),
    "hold": Words("预约名单", "hold list"),
    "hours": Words("开放时间", "opening hours"),
    "in": Words("在馆", "in stock"),
    "out": Words("已借出", "on loan"),
    "lent_here": Words("本室刚借出", "just lent here"),
    "tag_not_cleared": Words("标签未能解除", "tag could not be cleared"),
    "evacuation": Words("疏散", "evacuation"),
    "time": Words("时间到", "its time was over"),
    "room": Words("准入规则", "admission"),
}
"""Words that stand in facts as values."""

COUNTED: dict[str, Words] = {
    "entries": Words("{} 条", "entries: {}"),
    "persons": Words("{} 人", "persons: {}"),
    "count": Words("{} 条", "number: {}"),
}
"""Fields of a fact that hold a number → how it is told."""

HELP_CALLED = number("help_called")
"""A call for help: its cause is the call's number, which tells a technician nothing."""

KINDS: dict[str, Words] = {
    "kiosk.started": Words("终端启动", "Kiosk started"),
    "kiosk.stopped": Words("终端停止", "Kiosk stopped"),
    "fault.raised": Words("发生故障", "Fault raised"),
    "fault.cleared": Words("故障恢复", "Fault cleared"),
    "messages.refused": Words("拒收消息", "Messages refused"),
    "facts.lost": Words("记录丢失", "Facts lost"),
    "clock.corrected": Words("时钟校正", "Clock corrected"),
    "list.taken": Words("名单生效", "List in force"),
    "list.refused": Words("名单未采用", "List not taken"),
    "entry.granted": Words("准予进入", "Entry granted"),
    "entry.refused": Words("拒绝进入", "Entry refused"),
    "visit.entered": Words("读者进入", "Visitor entered"),
    "visit.left": Words("读者离开", "Visitor left"),
    "entry.apart": Words("进入（不计人次）", "Came in, not a visit"),
    "occupancy.peaked": Words("当日最多在馆", "Most inside that day"),
    "occupancy.corrected": Words("在馆人数校正", "Number inside corrected"),
    "door.released": Words("门锁释放", "Door released"),
    "door.opened": Words("门已打开", "Door opened"),
    "door.forced": Words("强行开门", "Door forced"),
    "exit.pressed": Words("按出门按钮", "Exit pressed"),
    "fire.raised": Words("消防信号", "Fire contact active"),
    "fire.cleared": Words("消防信号解除", "Fire contact cleared"),
    "gate.alarmed": Words("安全门报警", "Gate alarm"),
    "room.measured": Words("环境读数", "Room measured"),
    "room.disinfected": Words("图书消毒", "Books disinfected"),
    "gate.named": Words("报警图书查明", "Book at the gate named"),
    "gate.excused": Words("安全门放行", "Let through the gate"),
    "gate.returned": Words("报警图书带回", "Book brought back in"),
    "drill.begun": Words("演练开始", "Drill begun"),
    "drill.ended": Words("演练结束", "Drill ended"),
    "room.opened": Words("书屋开放", "Room opened"),
    "room.closing": Words("闭馆预告", "Closing announced"),
    "room.closed": Words("书屋闭馆", "Room closed"),
    "room.tested": Words("设备自检", "Devices tested"),
    "room.armed": Words("已布防", "Armed"),
    "room.disarmed": Words("已撤防", "Disarmed"),
    "stay.reminded": Words("久留提醒", "Long stay reminded"),
    "session.opened": Words("读者登录", "Session opened"),
    "session.closed": Words("读者退出", "Session closed"),
    "reader.refused": Words("读者证被拒", "Reader refused"),
    "loan.asked": Words("申请借书", "Loan asked"),
    "loan.made": Words("借出", "Loan made"),
    "loan.refused": Words("未予借出", "Loan refused"),
    "loan.granted": Words("离线借出", "Lent offline"),
    "loan.owed": Words("借书待核实", "Loan owed"),
    "loan.abandoned": Words("借书未成", "Loan abandoned"),
    "loan.renewed": Words("续借", "Loan renewed"),
    "loan.undone": Words("撤销借出", "Loan undone"),
    "return.asked": Words("申请还书", "Return asked"),
    "return.made": Words("归还", "Return made"),
    "return.refused": Words("未予归还", "Return refused"),
    "return.taken": Words("离线归还", "Taken back offline"),
    "return.owed": Words("还书待核实", "Return owed"),
    "return.abandoned": Words("还书未成", "Return abandoned"),
    "return.undone": Words("撤销归还", "Return undone"),
    "hold.placed": Words("预约", "Hold placed"),
    "hold.cancelled": Words("取消预约", "Hold cancelled"),
    "pin.replaced": Words("修改密码", "PIN changed"),
    "register.asked": Words("申请办证", "Registration asked"),
    "register.owed": Words("办证待核实", "Registration owed"),
    "register.refused": Words("未予办证", "Registration refused"),
    "register.abandoned": Words("办证未成", "Registration abandoned"),
    "reader.registered": Words("新增读者", "Reader registered"),
    "payment.wanted": Words("申请缴费", "Payment wanted"),
    "payment.dropped": Words("读者未付款", "Payment not waited for"),
    "payment.lapsed": Words("缴费已作废", "Payment lapsed"),
    "payment.taken": Words("收到付款", "Money taken"),
    "payment.settled": Words("缴费入账", "Payment booked"),
    "payment.refused": Words("缴费未入账", "Payment not booked"),
    "tag.changed": Words("标签已改写", "Tag written"),
    "tag.unchanged": Words("标签未能改写", "Tag not written"),
    "help.called": Words("呼叫帮助", "Help called"),
    "help.answered": Words("求助读者答复", "Answer of the reader"),
    "help.ended": Words("求助结束", "Call for help ended"),
    "survey.answered": Words("满意度评价", "Judgement of a reader"),
    "service.entered": Words("工作人员进入维护", "Staff came in"),
    "service.refused": Words("维护密码不正确", "Service PIN was wrong"),
    "service.acted": Words("维护操作", "Staff did something"),
    "service.left": Words("工作人员退出维护", "Staff left"),
    "tag.encoded": Words("标签已写入", "Tag of a book written"),
    "order.done": Words("指令已执行", "Order done"),
    "order.refused": Words("指令被拒绝", "Order refused"),
}
"""Fact kind → what it is called; a kind that is not here is shown by its own name."""

FLAGS: dict[str, Words] = {
    "granted": Words("离线借出的补登", "entry of an offline loan"),
    "taken": Words("离线归还的补登", "entry of an offline return"),
    "forced": Words("未经借阅规则", "past the lending rules"),
    "read_here": Words("限馆内阅读", "within the building"),
    "settled": Words("事后核实", "found out later"),
    "recovered": Words("重启后发现", "seen after a restart"),
    "unclean": Words("上次未正常结束", "the run before ended unclean"),
}
"""What a fact says by yes or no, where it says yes."""


def cause(why: str) -> Words:
    """Why a message was refused or a fact kept aside."""
    if why.startswith(UNKNOWN_KIND):
        kind = why.removeprefix(UNKNOWN_KIND)
        return Words(f"未知类型 {kind}", f"Unknown kind {kind}")
    return called(CAUSES, why)


def value(field: str, said: str) -> Words:
    """What one field of a fact says."""
    form = COUNTED.get(field)
    return Words(form.zh.format(said), form.en.format(said)) if form else called(VALUES, said)


def point(name: str) -> Words | None:
    """What a contact watches for, by its name; None: nothing that its name says."""
    found = watched(name)
    return None if found is None else fault(found).title


def called(table: dict[str, Words], name: str) -> Words:
    """A name's words, or the name itself where the table does not know it."""
    return table.get(name) or Words(name, name)
