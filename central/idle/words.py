"""Refusals of what staff want on the screens, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from wire.faults import Words

WHY: Mapping[str, Words] = {
    "text": Words(
        "中文和英文都要写，各不超过 120 个字符。", "Both languages are needed, 120 characters at most each."
    ),
    "days": Words(
        "首日不晚于末日，末日须为今天或以后，最长一年。",
        "The first day is not after the last, which is today or later; a year at most.",
    ),
    "branch": Words("没有这个馆。", "There is no such branch."),
    "many": Words("公告太多，请先撤下一些。", "There are too many; take some down first."),
    "picture": Words("封面须为 PNG 或 JPEG，不超过 96 KiB。", "A cover is a PNG or JPEG of 96 KiB at most."),
}
"""Why an operation is refused (`central.idle.operations.Unfit`)."""
