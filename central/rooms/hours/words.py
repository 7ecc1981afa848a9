"""Words of the pages of opening hours, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from central.rooms.kept import OVERTAKEN, TAKEN
from wire.faults import Words

PAUSES: Mapping[str, Words] = {
    "cleaning": Words("清洁", "Cleaning"),
    "self_test": Words("设备自检", "Self-test"),
}

SHUT = Words("闭馆", "closed")
"""As `central.lists.hours` reads it."""

WHY: Mapping[str, Words] = {
    "branch": Words("没有这个馆。", "There is no such branch."),
    "hours": Words(
        "时间写作 08:30-12:00，多段用空格隔开。",
        "Write times as 08:30-12:00, with spaces between.",
    ),
    "overlap": Words(
        "{where}：{one} 与 {other} 重叠或次序颠倒。",
        "{where}: {one} and {other} overlap, or stand in the wrong order.",
    ),
    "dates": Words(
        "例外日期每行一个：2026-10-01 10:00-16:00 # 国庆节；全天关闭只写日期。",
        "One day that differs a line: 2026-10-01 10:00-16:00 # National Day; the date alone is closed all day.",
    ),
    "pauses": Words("清洁和自检时间写作 03:00-03:30。", "Write pauses as 03:00-03:30."),
    "holidays": Words(
        "节假日时间写作 10:00-16:00；不开放写“闭馆”；留空与平日相同。",
        "Write holidays as 10:00-16:00, or closed; empty is as usual.",
    ),
    "minutes": Words("分钟数超出范围。", "That many minutes cannot be."),
    "days": Words("请填写起止日期，至多一年。", "It needs a first and a last day, a year apart at most."),
    "reason": Words("请写明原因。", "Say why."),
    OVERTAKEN: TAKEN,
}
"""Why a change is refused (`central.lists.operations.Unfit`)."""

FIELDS: Mapping[str, Words] = {"dates": Words("例外日期", "Days that differ"), **PAUSES}
"""Where two times overlap, beside weekdays and sets of holidays."""
