"""Words of the pages of admission, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from central.rooms.kept import OVERTAKEN, TAKEN
from wire.admission import BANNED
from wire.faults import Words

KINDS: Mapping[str, Words] = {
    "staff": Words("工作人员", "Staff"),
    "cleaner": Words("保洁", "Cleaner"),
    "emergency": Words("应急", "Emergency"),
    BANNED: Words("暂停进入", "Banned"),
}

PINS: Mapping[str, Words] = {
    "no": Words("不需要", "not asked"),
    "online": Words("需要；图书馆系统无应答时免输", "asked, but for when the library system is silent"),
    "always": Words("必须；图书馆系统无应答时不能进入", "must be right; nobody comes in without"),
}

WHY: Mapping[str, Words] = {
    "branch": Words("没有这个馆。", "There is no such branch."),
    "types": Words(
        "读者类型用顿号或换行隔开，至多 50 个。", "Part reader types by commas or lines, 50 of them at most."
    ),
    "min_age": Words("最低年龄为 0 至 120 的整数。", "The youngest age is a number up to 120."),
    "max_age": Words(
        "最高年龄为 0 至 120 的整数，不小于最低年龄。",
        "The oldest age is a number up to 120, and not below the youngest.",
    ),
    "max_fees": Words("欠费上限写作 10 或 10.50（元）。", "Write debts as 10 or 10.50, in yuan."),
    "terms": Words(
        "服务条款版本由字母、数字、点和横线组成，至多 32 个字符。",
        "A version of terms has letters, digits, dots and dashes, 32 at most.",
    ),
    "companions": Words("同行人数为 0 至 9。", "Companions are 0 to 9."),
    "pin": Words("请选择是否需要密码。", "Choose whether the PIN is asked."),
    "persons": Words("人数上限为整数；0 表示不另设。", "The limit is a number; 0 sets none."),
    "limits": Words(
        "限流每行一个：2026-10-01 2026-10-08 30，依次为首日、末日、人数。",
        "One limit a line: 2026-10-01 2026-10-08 30, the first day, the last, the persons.",
    ),
    "number": Words(
        "请输入读者证号或卡号（至多 64 个字符）。", "Give the number of a card, 64 characters at most."
    ),
    "kind": Words("请选择类别。", "Choose a kind."),
    "why": Words("请写明持卡人或原因。", "Say whose card it is, or why."),
    "until": Words("截止日期须为今天或以后。", "The last day is today or later."),
    "known": Words("此馆已有这个卡号。", "This branch has that card already."),
    OVERTAKEN: TAKEN,
}
"""Why a change is refused (`central.lists.operations.Unfit`)."""
