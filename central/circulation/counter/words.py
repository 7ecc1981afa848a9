"""Names that the desk's pages use, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from central.fleet.words import Look
from wire.faults import Words

TABS: Mapping[str, Words] = {
    "desk.desk": Words("借还", "Lend and return"),
    "readers.readers_": Words("读者", "Readers"),
    "titles.titles": Words("书目馆藏", "Catalogue"),
    "loans.loans": Words("借阅", "Loans"),
    "money.amnesties": Words("减免", "Amnesties"),
    "rules.rules": Words("规则", "Rules"),
    "branches.branches": Words("各馆", "Branches"),
    "catalogue.imports": Words("导入导出", "Import and export"),
}
"""Page → its tab, in their order."""

READER_STATES: Mapping[str, Look] = {
    "good": Look(Words("有效", "In good standing"), "ready", "good"),
    "expired": Look(Words("已过期", "Expired"), "degraded", "warn"),
    "lost": Look(Words("已挂失", "Reported lost"), "broken", "bad"),
    "staff": Look(Words("已停用", "Blocked by staff"), "broken", "bad"),
    "retained": Look(Words("证被设备收回", "Card kept by a machine"), "broken", "bad"),
    "machine": Look(Words("被设备停用", "Blocked by a machine"), "broken", "bad"),
    "": Look(Words("已停用", "Blocked"), "broken", "bad"),
}
BLOCKS: Mapping[str, Words] = {
    "lost": Words("挂失", "The card is lost"),
    "staff": Words("停用", "Blocked by staff"),
}
SEXES: Mapping[str, Words] = {
    "": Words("未填", "Not said"),
    "m": Words("男", "Male"),
    "f": Words("女", "Female"),
}
FEES: Mapping[str, Words] = {
    "overdue": Words("逾期费", "Overdue"),
    "lost": Words("遗失赔偿", "Lost item"),
    "damage": Words("污损赔偿", "Damage"),
    "card": Words("工本费", "Card"),
    "other": Words("其他", "Other"),
}
METHODS: Mapping[str, Words] = {
    "cash": Words("现金", "Cash"),
    "wechat": Words("微信", "WeChat Pay"),
    "alipay": Words("支付宝", "Alipay"),
    "card": Words("银行卡", "Bank card"),
    "other": Words("其他", "Other"),
}
ITEM_STATUSES: Mapping[str, Look] = {
    "available": Look(Words("在架", "On the shelf"), "ready", "good"),
    "lent": Look(Words("已借出", "Lent"), "boot", "busy"),
    "transit": Look(Words("在途", "Under way"), "boot", "busy"),
    "kept": Look(Words("预约留置", "Kept for a reader"), "boot", "busy"),
    "reference": Look(Words("仅供阅览", "For reading here"), "ready", "good"),
    "missing": Look(Words("下落不明", "Missing"), "degraded", "warn"),
    "repair": Look(Words("修补中", "Being mended"), "degraded", "warn"),
    "lost": Look(Words("已丢失", "Lost"), "broken", "bad"),
    "withdrawn": Look(Words("已剔除", "Withdrawn"), "broken", "bad"),
}
SETTABLE = ("available", "reference", "missing", "repair", "withdrawn")
"""What staff may say of an item; `lost` is declared, since somebody may have to pay."""
ITEM_TYPES: Mapping[str, Words] = {
    "book": Words("图书", "Book"),
    "audio": Words("有声读物", "Audio"),
}
"""Types of items that have a name; a library may use others."""
WAYS: Mapping[str, Words] = {
    "home": Words("归还所属馆", "Going home"),
    "hold": Words("预约调拨", "For a hold"),
    "rotation": Words("轮换", "Rotation"),
}
WEEKDAYS: Mapping[str, Words] = {
    "1": Words("周一", "Monday"),
    "2": Words("周二", "Tuesday"),
    "3": Words("周三", "Wednesday"),
    "4": Words("周四", "Thursday"),
    "5": Words("周五", "Friday"),
    "6": Words("周六", "Saturday"),
    "7": Words("周日", "Sunday"),
}
"""By their ISO numbers."""
