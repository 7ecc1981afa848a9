"""How the staff's list of owed transactions is worded, in both languages. Pure data."""

from __future__ import annotations

from typing import NamedTuple

from central.fleet.words import Look
from wire.faults import Words


class Meaning(NamedTuple):
    """What a state is called, what it means, and what staff do."""

    look: Look
    means: Words
    advice: Words


KINDS: dict[str, Words] = {
    "loan": Words("借书", "Loan"),
    "return": Words("还书", "Return"),
    "register": Words("办证", "Registration"),
}

STATES: dict[str, Meaning] = {
    "refused": Meaning(
        Look(Words("系统不予补登", "Refused"), "broken", "bad"),
        Words(
            "读者当时已办理完毕，事后补登时图书馆系统拒绝。",
            "The reader was served; the library system refused the entry afterwards.",
        ),
        Words(
            "在图书馆系统中手工补录后点“已补录”；书已找回或无需补录的点“作废”；需要时联系读者。",
            "Enter it by hand in the library system, then accept; cancel it where the book is found; "
            "contact the reader where needed.",
        ),
    ),
    "conflict": Meaning(
        Look(Words("借后已还", "Back already"), "degraded", "warn"),
        Words(
            "书已在别处归还，随后这笔离线借出才补登，系统里仍显示在借。",
            "The book came back elsewhere before this loan was entered: the system still shows it on loan.",
        ),
        Words(
            "在图书馆系统中为这本书办理归还，然后点“已补录”。",
            "Check the book in at the library system, then accept.",
        ),
    ),
    "undone": Meaning(
        Look(Words("借出被冲销", "Undone"), "degraded", "warn"),
        Words(
            "书在别处先还后借，那笔归还却晚于这笔离线借出补登：书在读者手中，系统里已不在借。",
            "The book was taken back elsewhere before this loan, and the system heard of that return after it: "
            "the reader has the book, and the system no loan.",
        ),
        Words(
            "在图书馆系统中为读者重新办理借书，然后点“已补录”；书已归还的点“作废”。",
            "Check the book out to the reader again in the library system, then accept; "
            "cancel it where the book is back.",
        ),
    ),
    "orphaned": Meaning(
        Look(Words("无终端可核实", "Orphaned"), "gone", "bad"),
        Words(
            "终端的主板已更换或已不再使用，或卡号随存储损坏而丢失，这笔不会再自动核实。",
            "The machine's board was replaced, the machine is gone for good, or its disk lost the card's number: "
            "nobody else will settle this.",
        ),
        Words(
            "在图书馆系统中查这本书，缺则补录，然后点“已补录”；没有发生的点“作废”。",
            "Look the book up in the library system, enter what is missing, then accept; "
            "cancel what never happened.",
        ),
    ),
    "granted": Meaning(
        Look(Words("已借出，待补登", "Lent, to be entered"), "boot", "busy"),
        Words(
            "图书馆系统无应答，终端按规则借出，书在读者手中。",
            "The library system was silent, the machine lent by its rule: the reader has the book.",
        ),
        Words(
            "无需操作：线路恢复后终端自动补登。长时间不变时可人工了结。",
            "None: the machine enters it when the line is back. Settle it by hand where that does not happen.",
        ),
    ),
    "taken": Meaning(
        Look(Words("已收回，待补登", "Taken back, to be entered"), "boot", "busy"),
        Words(
            "图书馆系统无应答，终端先收下了书。",
            "The library system was silent, the machine took the book back.",
        ),
        Words(
            "无需操作：线路恢复后终端自动补登。长时间不变时可人工了结。",
            "None: the machine enters it when the line is back. Settle it by hand where that does not happen.",
        ),
    ),
    "owed": Meaning(
        Look(Words("结果待核实", "Unclear"), "boot", "busy"),
        Words(
            "终端问了，图书馆系统没有答复；借书的读者已被告知先把书留下，办证的读者已被告知稍后再试。",
            "The machine asked and had no answer; a reader who borrowed was told to leave the book, "
            "one who registered to try again later.",
        ),
        Words(
            "无需操作：终端会反复核实。长时间不变时可人工了结。",
            "None: the machine keeps asking. Settle it by hand where that leads nowhere.",
        ),
    ),
    "made": Meaning(
        Look(Words("系统已登记", "Entered"), "ready", "good"),
        Words("图书馆系统已有这笔记录。", "The library system has it."),
        Words("无需操作。", "None."),
    ),
    "abandoned": Meaning(
        Look(Words("未成立", "Never made"), "never", "off"),
        Words("图书馆系统没有这笔记录，也不再补登。", "The library system does not have it, and never will."),
        Words("无需操作。", "None."),
    ),
}

RESOLUTIONS: dict[str, Look] = {
    "accepted": Look(Words("已补录", "Accepted"), "ready", "good"),
    "cancelled": Look(Words("已作废", "Cancelled"), "never", "off"),
}

VERDICTS: dict[str, Words] = {
    "done": Words("系统已有此笔", "The system has it"),
    "never": Words("此笔作废", "It never was"),
}

DECIDED: dict[str, Words] = {
    "list": Words("名单放行", "by the signed list"),
    "rule": Words("终端规则放行", "by the machine's own rule"),
}

VIEWS: dict[str, Look] = {
    "work": Look(Words("需要处理", "To be done"), "alarm", "bad"),
    "refused": STATES["refused"].look,
    "conflict": STATES["conflict"].look,
    "undone": STATES["undone"].look,
    "orphaned": STATES["orphaned"].look,
    "waiting": Look(Words("终端核实中", "With the machine"), "boot", "busy"),
    "forced": Look(Words("强制补登", "Forced"), "shield", "warn"),
    "resolved": Look(Words("已处理", "Resolved"), "ready", "good"),
    "made": STATES["made"].look,
    "abandoned": STATES["abandoned"].look,
}
"""What a person may look at, what needs somebody first."""

NOT_POSSIBLE: dict[str, Words] = {
    "unknown_transaction": Words("没有这笔记录。", "There is no such transaction."),
    "not_for_staff": Words("这笔现在不需要人工处理。", "This one is not for staff now."),
    "resolved_already": Words("这笔已经处理过了。", "This one has been dealt with already."),
    "not_waiting": Words(
        "终端已不再持有这笔，无法下达了结指令。", "The machine does not hold this one any more."
    ),
    "still_there": Words(
        "终端仍在线，请等它核实或下令了结。", "The machine is connected: let it ask, or order it to settle."
    ),
    "pending_already": Words(
        "了结指令已下达，等待终端答复。", "The order has been given; the machine has not answered yet."
    ),
    "reason_missing": Words("请写明查看证号的原因。", "Say why you need the card number."),
    "no_card": Words("终端没有封存证号。", "The machine sealed no card number."),
    "card_unreadable": Words(
        "证号无法解封：封存它的密钥不是本中心的。",
        "The card cannot be unsealed: it was sealed to another key.",
    ),
}
"""Why something was not done (`central.circulation.owed.settling.Unsettled`)."""
