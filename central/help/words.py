"""How the duty desk's page calls scenes, answers and ends, in both languages. Pure data."""

from __future__ import annotations

from central.fleet.words import called
from wire.faults import Words

__all__ = ["ANSWERS", "ENDS", "PHRASES", "SCENES", "called"]

SCENES: dict[str, Words] = {
    "idle": Words("空闲页面", "The welcome page"),
    "open": Words("放了书，没有刷证", "Books laid down, no card"),
    "identifying": Words("正在核验读者证", "A card is being checked"),
    "identified": Words("已登录，正在借还", "Signed in, borrowing or returning"),
    "ending": Words("正在退出", "Signing out"),
    "out_of_order": Words("设备停用页面", "Out of service"),
    "unknown": Words("门禁状态未知", "The door is not known"),
    "secured": Words("门外，门已关好", "Outside, the door is shut"),
    "asking": Words("门外，正在核验", "Outside, a card is being checked"),
    "questioned": Words("门外，正在输入密码或同行人数", "Outside, a PIN or companions are asked for"),
    "released": Words("门锁已释放", "The door is released"),
    "free": Words("门锁已断电", "The lock has no power"),
}
"""Scene of a `help.called` → what the screen showed; `open` of a door reads as the desk's, the place stands beside it."""

ANSWERS: dict[str, Words] = {
    "yes": Words("好的", "Yes"),
    "no": Words("不行", "No"),
    "waiting": Words("请等一下", "One moment"),
    "solved": Words("解决了", "Solved"),
}

ENDS: dict[str, Words] = {
    "reader": Words("读者结束了对话", "The reader ended it"),
    "staff": Words("值班台结束了对话", "The duty desk ended it"),
    "idle": Words("三分钟无人应答，已结束", "Nobody answered for three minutes"),
    "stopped": Words("终端停止，已结束", "The kiosk stopped"),
}

PHRASES: tuple[Words, ...] = (
    Words("您好，这里是值班台，请稍等。", "Hello, this is the duty desk. One moment, please."),
    Words("请把书重新放平一次。", "Please lay the book down flat once more."),
    Words("请再刷一次读者证。", "Please show your card once more."),
    Words(
        "请把书放进还书箱，我们稍后登记。", "Please put the book into the return box; we register it later."
    ),
    Words("工作人员十分钟内到现场。", "Somebody will be there within ten minutes."),
)
"""Said by one click, in the language of whoever says it."""
