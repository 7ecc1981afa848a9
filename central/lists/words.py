"""Names and refusals of the lists, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from wire.faults import Words
from wire.ids import ListName

NAMES: Mapping[ListName, Words] = {
    "deny": Words("禁用名单", "Deny list"),
    "allow": Words("准入名单", "Allow list"),
    "hold": Words("预约名单", "Hold list"),
    "hours": Words("开放时间", "Opening hours"),
    "room": Words("准入规则", "Admission"),
}

MEANINGS: Mapping[ListName, Words] = {
    "deny": Words(
        "名单内的读者证和图书一律不予服务，图书馆系统在线时也是如此。",
        "Cards and items on it get nothing, also while the library system answers.",
    ),
    "allow": Words(
        "断网时，名单内的读者可以入馆和借书。", "Readers on it may come in and borrow while the line is down."
    ),
    "hold": Words("断网时，名单内的图书不外借。", "Items on it are not lent while the line is down."),
    "hours": Words("书屋在此时间内接待读者。", "When rooms admit readers."),
    "room": Words(
        "书屋的准入条件、人数上限、工作人员卡和暂停进入的读者。",
        "Whom rooms admit, how many at once, cards of staff, who is banned from a room.",
    ),
}

KINDS: Mapping[str, Words] = {"reader": Words("读者证", "Card"), "item": Words("图书", "Item")}

WEEKDAYS: tuple[Words, ...] = (
    Words("星期一", "Monday"),
    Words("星期二", "Tuesday"),
    Words("星期三", "Wednesday"),
    Words("星期四", "Thursday"),
    Words("星期五", "Friday"),
    Words("星期六", "Saturday"),
    Words("星期日", "Sunday"),
)

WHY: Mapping[str, Words] = {
    "number": Words(
        "请输入读者证号或图书条码（至多 64 个字符）。",
        "Give a card number or a barcode, 64 characters at most.",
    ),
    "reason": Words("请写明原因。", "Say why."),
    "until": Words("截止日期须为今天或以后。", "The last day is today or later."),
    "branch": Words("没有这个馆。", "There is no such branch."),
    "known": Words("名单中已有此号。", "It is on the list already."),
}
"""Why an operation is refused (`central.lists.operations.Unfit`)."""
