"""How payments are worded on the pages, in both languages. Pure data."""

from __future__ import annotations

from central.fleet.words import Look
from wire.faults import Words

STATES: dict[str, Look] = {
    "wanted": Look(Words("等待付款码", "Waits for a code"), "boot", "busy"),
    "offered": Look(Words("等待付款", "Waits for money"), "boot", "busy"),
    "dropped": Look(Words("未付款", "Not paid"), "never", "off"),
    "lapsed": Look(Words("未付款", "Not paid"), "never", "off"),
    "paid": Look(Words("已付款，待终端确认", "Paid, to be told to the kiosk"), "boot", "busy"),
    "taken": Look(Words("已付款，待入账", "Paid, to be booked"), "boot", "busy"),
    "settled": Look(Words("已入账", "Booked"), "ready", "good"),
    "refused": Look(Words("系统未入账", "Not booked"), "broken", "bad"),
    "orphaned": Look(Words("终端无法入账", "No kiosk to book it"), "gone", "bad"),
}
"""How far a payment is."""

CONTRADICTION = Look(Words("已退款又入账", "Given back and booked"), "broken", "bad")
"""`DeskPayment.contradicts`."""

USES: dict[str, Look] = {
    "payment": Look(Words("缴费", "A payment"), "ready", "good"),
    "surplus": Look(Words("重复付款", "Paid twice"), "degraded", "warn"),
    "odd": Look(Words("金额不符", "Another amount"), "degraded", "warn"),
    "unknown": Look(Words("来历不明", "Nobody knows for what"), "degraded", "warn"),
}
"""What money is for."""

ADVICE: dict[str, Words] = {
    "refused": Words(
        "钱已收到，图书馆系统没有入账：手工补录后点“已入账”，或原路退款后点“已退款”。",
        "The money is there and the library system has not booked it: book it by hand, or give it back; then say which.",
    ),
    "orphaned": Words(
        "钱已收到，原终端不再办理：在中心入账，或补录、退款后注明。",
        "The money is there and its kiosk cannot book it any more: book it here, or by hand, or give it back.",
    ),
    "contradiction": Words(
        "这笔已退给读者，之后终端又入了账：在图书馆系统里冲正，或请读者重付，再注明已更正。",
        "It was given back to the reader, and its kiosk booked it afterwards: take the booking back at the library system, "
        "or have it paid again; then say that it is put right.",
    ),
    "surplus": Words(
        "同一笔缴费付了两次：把多付的退给读者。", "The same was paid twice: give this one back."
    ),
    "odd": Words(
        "付款金额与应付不符，没有入账：补录或退款。",
        "Another amount than was wanted; nothing was booked: book it by hand, or give it back.",
    ),
    "unknown": Words(
        "没有对应的缴费：核对后退款，或按付款单号补录。",
        "No payment was wanted under this reference: look into it, give it back or book it by hand.",
    ),
}
"""What staff do about money that nothing else will settle."""

VIEWS: dict[str, Look] = {
    "work": Look(Words("需要处理", "To be done"), "alarm", "bad"),
    "waiting": Look(Words("办理中", "Under way"), "boot", "busy"),
    "settled": STATES["settled"],
    "unpaid": STATES["dropped"],
    "resolved": Look(Words("已处理", "Resolved"), "ready", "good"),
    "all": Look(Words("全部", "All"), "stack", "off"),
}
"""What a person may look at, what needs somebody first."""

RESOLUTIONS: dict[str, Look] = {
    "booked": Look(Words("已入账", "Booked by staff"), "ready", "good"),
    "refunded": Look(Words("已退款", "Given back"), "ready", "good"),
    "righted": Look(Words("已更正", "Put right"), "ready", "good"),
}
OFFERED = ("booked", "refunded")
"""What staff may say of money that is not booked; of a contradiction they say `righted`."""

DROPPED: dict[str, Words] = {
    "left": Words("读者离开", "the reader left"),
    "expired": Words("付款码过期", "the code expired"),
    "cancelled": Words("读者取消", "the reader cancelled"),
    "no_code": Words("没有付款码", "no code came"),
}

NOT_POSSIBLE: dict[str, Words] = {
    "unknown_payment": Words("没有这笔款项。", "There is no such money."),
    "not_for_staff": Words("这笔现在不需要人工处理。", "This one is not for staff now."),
    "resolved_already": Words("这笔已经处理过了。", "This one has been dealt with already."),
    "not_ours": Words(
        "读者不在本中心的账本里，请在图书馆系统中补录。",
        "The reader is not in this ledger: book it at the library system.",
    ),
    "not_booked": Words(
        "账本没有接受，请核对欠费后补录或退款。", "The ledger did not take it: compare what is owed."
    ),
}
"""Why something was not done (`central.payments.settling.Unsettled`)."""
