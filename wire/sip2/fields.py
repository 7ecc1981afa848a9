"""The two-letter codes: what each means by the specification, and what some systems mean by it instead.

Source: 3M SIP 2.00, document revision 2.12; 3M's extensions of 2005 for sorters; the dialects from public
client and server code. A code that stands in no message of ours reaches its reader in `Message.extra`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One code. `name` is the attribute that carries it in `wire.sip2.messages`."""

    code: str
    name: str
    title: str
    """What it is called in Chinese."""
    meaning: str
    elsewhere: dict[str, str] = field(default_factory=dict)
    """By dialect (金盘 has none of its own): another meaning of the same code."""


_TABLE: tuple[Field, ...] = (
    # ---- the specification
    Field("AA", "patron_identifier", "读者证号", "number of the reader's card"),
    Field("AB", "item_identifier", "图书条码", "number of the item"),
    Field("AC", "terminal_password", "终端密码", "password of the terminal, mostly empty"),
    Field("AD", "patron_password", "读者密码", "the reader's PIN", {"金盘": "with 21: the old password"}),
    Field("AE", "personal_name", "读者姓名", "the reader's name"),
    Field("AF", "screen_message", "屏幕信息", "a line for the screen"),
    Field("AG", "print_line", "打印信息", "a line for the slip"),
    Field("AH", "due_date", "应还日期", "due date, worded by the ACS"),
    Field("AJ", "title_identifier", "题名", "title, or the record's number"),
    Field("AL", "blocked_card_msg", "锁证原因", "why the card is to be blocked"),
    Field("AM", "library_name", "馆名", "name of the library", {"interlib": "with 81: the library that gave the card"}),
    Field("AN", "terminal_location", "终端位置", "where the terminal stands", {"金盘": "with 21: the new password"}),
    Field("AO", "institution_id", "机构代码", "the institution, often its ISIL"),
    Field("AP", "current_location", "当前位置", "where the item, or the terminal, is", {"interlib": "left for KP"}),
    Field("AQ", "permanent_location", "所属馆藏地", "where the item belongs", {"金盘": "call number", "evergreen": "in 64: home library"}),
    Field("AS", "hold_items", "预约到书", "items on hold, one a field", {"interlib": "in 64: items on loan"}),
    Field("AT", "overdue_items", "超期图书", "items overdue, one a field"),
    Field("AU", "charged_items", "在借图书", "items on loan, one a field"),
    Field("AV", "fine_items", "罚款明细", "items with a fine, one a field"),
    Field("AY", "sequence_number", "序号", "0 to 9, echoed by the answer", {"dp2": "always 4"}),
    Field("AZ", "checksum", "校验和", "four hexadecimal digits"),
    Field("BD", "home_address", "家庭地址", "postal address"),
    Field("BE", "email_address", "电子邮箱", "e-mail address"),
    Field("BF", "home_phone_number", "联系电话", "telephone number"),
    Field("BG", "owner", "所有馆", "the library that owns the item"),
    Field("BH", "currency_type", "币种", "ISO 4217 code", {"interlib": "RMB for CNY"}),
    Field("BI", "cancel", "撤销标志", "Y undoes the opposite transaction"),
    Field("BK", "transaction_id", "交易流水号", "the ACS's own number", {"interlib": "with 37: number of the payment"}),
    Field("BL", "valid_patron", "读者证有效", "Y where the card is known"),
    Field("BM", "renewed_items", "已续借图书", "items renewed, one a field"),
    Field("BN", "unrenewed_items", "未续借图书", "items not renewed, one a field"),
    Field("BO", "fee_acknowledged", "同意付费", "Y where the reader agreed to the fee"),
    Field("BP", "start_item", "起始序号", "first of the wanted items, from 1", {"interlib": "with 81: telephone number"}),
    Field("BQ", "end_item", "终止序号", "last of the wanted items"),
    Field("BR", "queue_position", "排队位置", "place in the queue of holds"),
    Field("BS", "pickup_location", "取书地点", "where a hold is fetched"),
    Field("BT", "fee_type", "费用类型", "two digits"),
    Field("BU", "recall_items", "召回图书", "items recalled, one a field"),
    Field("BV", "fee_amount", "费用金额", "amount owed", {"interlib": "in 64 and 81: the deposit"}),
    Field("BW", "expiration_date", "预约失效日期", "when a hold lapses"),
    Field("BX", "supported_messages", "支持的消息", "16 of Y and N"),
    Field("BY", "hold_type", "预约类型", "any copy, this copy, …"),
    Field("BZ", "hold_items_limit", "预约上限", "how many holds", {"dp2": "how many more loans", "interlib": "how many more loans"}),
    Field("CA", "overdue_items_limit", "超期上限", "how many overdue items"),
    Field("CB", "charged_items_limit", "借书上限", "how many loans"),
    Field("CC", "fee_limit", "欠费上限", "how much may be owed"),
    Field("CD", "unavailable_hold_items", "未到预约", "holds that wait, one a field"),
    Field("CF", "hold_queue_length", "预约人数", "how many wait for the item", {"interlib": "in 64 and 10: debt"}),
    Field("CG", "fee_identifier", "费用编号", "which fee", {"interlib": "with 37: channel of the payment"}),
    Field("CH", "item_properties", "图书属性", "free text about the item", {"interlib": "in 12: ATN author, PR price"}),
    Field("CI", "security_inhibit", "禁止消磁", "Y: leave the tag's security as it is"),
    Field("CJ", "recall_date", "召回日期", "when the item was recalled", {"interlib": "when it was lent or renewed"}),
    Field("CK", "media_type", "载体类型", "three digits"),
    Field("CL", "sort_bin", "分拣口", "bin of the sorter"),
    Field("CM", "hold_pickup_date", "预约保留至", "until when a hold is kept", {"interlib": "when it was lent"}),
    Field("CN", "login_user_id", "登录账号", "account of the terminal", {"interlib": "the same again in 09, 11 and 29"}),
    Field("CO", "login_password", "登录密码", "its password"),
    Field("CP", "location_code", "终端位置代码", "where the terminal stands", {"dp2": "!library"}),
    Field("CQ", "valid_patron_password", "读者密码正确", "Y where the PIN is right"),
    # ---- 3M's extensions for sorters
    Field("CR", "collection_code", "馆藏代码", "collection of the item"),
    Field("CS", "call_number", "索书号", "call number"),
    Field("CT", "destination_location", "目的地", "where the item goes next", {"interlib": "in 64: kind of card", "金盘": "publisher"}),
    Field("CV", "alert_type", "提示类型", "why the item is for staff, two digits"),
    Field("CY", "hold_patron_id", "预约者证号", "who waits for the item"),
    Field("DA", "hold_patron_name", "预约者姓名", "the name of who waits"),
    # ---- seen elsewhere
    Field("AI", "also_charged", "在借明细", "what is on loan, once more (interlib, in 64)"),
    Field("AK", "isbn", "ISBN", "ISBN (interlib, in 18)"),
    Field("AR", "debt", "欠款", "debt (interlib, in 64)", {"interlib": "in 18: author"}),
    Field("AW", "author", "著者", "author (interlib, in 18)"),
    Field("IC", "id_card", "身份证号", "number of the identity card (interlib, in 64)"),
    Field("JE", "prepaid", "预付款", "money paid in advance (interlib, in 64)"),
    Field("JF", "rent", "租金", "rent (interlib, in 64)"),
    Field("KC", "call_number_kc", "索书号", "call number (interlib)"),
    Field("KP", "current_shelf", "当前架位", "current place (interlib)"),
    Field("KQ", "permanent_shelf", "永久架位", "permanent place (interlib)"),
    Field("MP", "mobile_phone", "手机", "mobile telephone number (interlib)"),
    Field("OD", "fine", "罚款", "fine on the item (interlib, in 18)"),
    Field("OX", "charged_detail", "在借详情", "what is on loan, in words (interlib, in 64)"),
    Field("PA", "patron_expiry", "证有效期", "when the card expires (evergreen)", {"koha": "access is blocked at this branch"}),
    Field("PB", "patron_birth_date", "出生日期", "date of birth (evergreen, koha)", {"interlib": "in 18: publisher"}),
    Field("PC", "patron_class", "读者类型", "reader type (evergreen, koha)"),
    Field("PG", "pages", "页数", "pages (interlib, in 18)"),
    Field("PI", "internet_privileges", "上网权限", "may use the network (evergreen, koha)"),
    Field("RE", "reserved", "已被预约", "whether somebody waits for the item (interlib, in 18)"),
    Field("SJ", "subject", "主题", "subject (interlib, in 18)"),
    Field("ST", "item_state", "图书状态", "02 in the library, 03 on loan (interlib, in 10)"),
    Field("FV", "field_value", "字段新值", "new value of a field (金盘, with 27)"),
    Field("UF", "update_field", "更新字段", "which field is to change (金盘, with 27 and 28)"),
    Field("XB", "issue_date", "发证日期", "when the card was given (interlib)"),
    Field("XC", "charged_value", "在借图书总价", "value of what is on loan (interlib, in 64)"),
    Field("XD", "expiry_date", "证有效期", "when the card expires (interlib)"),
    Field("XE", "start_date", "启用日期", "when the card becomes valid (interlib)"),
    Field("XF", "remark", "备注", "remark (interlib)"),
    Field("XH", "birth_date", "出生日期", "date of birth (interlib)"),
    Field("XI", "internal_id", "内部编号", "number of the account (evergreen)"),
    Field("XK", "operation", "操作类型", "what to do with the account (interlib)"),
    Field("XM", "sex", "性别", "1 or 0, also M or F (interlib)"),
    Field("XN", "nation", "民族", "nation (interlib)"),
    Field("XO", "id_card_xo", "身份证号", "number of the identity card (interlib)"),
    Field("XP", "native_place", "籍贯", "native place (interlib)"),
    Field("XR", "deposit_ratio", "押金比例", "deposit ratio (interlib, in 64)"),
    Field("XT", "reader_type", "读者类型", "reader type (interlib)"),
    # ---- ours
    Field("YF", "fault", "故障编号", "number in Shuwu's catalogue of faults: why a reader or an item was refused"),
    Field("YA", "age", "年龄", "the reader's age in full years"),
    Field("YE", "fees", "费用明细", "a fee in full: number, yuan, kind, what for"),
    Field("YG", "guardian", "监护人证号", "card of the reader who answers for a young one (81)"),
    Field("YH", "holds", "预约明细", "a hold in full: a copy, 1 where it is ready, until, cabinet door, branch, title"),
    Field("YM", "missing", "所缺图书", "another item of the same set that did not come along, one a field"),
    Field("YR", "remaining_loans", "还可借册数", "how many more loans; what a dialect's BZ is called where it is no limit of holds"),
    Field("YT", "terms_version", "读者须知版本", "version of the terms that were accepted (81; 64: - for none)"),
    Field("YV", "deposit", "押金", "deposit; what a dialect's BV is called where it is no fee"),
    Field("YW", "waived", "免逾期费", "what an amnesty forgives, and why: yuan of late, or percent of what comes back now"),
)  # fmt: skip

_CHINESE: tuple[Field, ...] = (
    Field("AC", "taken", "已存在", "in 92: 1 where the number is registered already"),
    Field("AN", "new_password", "新密码", "in 21: the new PIN"),
    Field("BP", "telephone", "电话", "telephone number"),
    Field("BV", "deposit", "押金", "deposit, yuan"),
    Field("JK", "receipt", "财务流水号", "number in the cash book"),
    Field("KD", "new_password", "新密码", "the new PIN"),
    Field("OK", "done", "成功标志", "1 done or found, 0 not"),
    Field("XA", "new_card", "新证号", "the new card's number"),
)

FIELDS: dict[str, Field] = {entry.code: entry for entry in _TABLE}
"""Every code that is known to us."""

CHINESE: dict[str, Field] = FIELDS | {entry.code: entry for entry in _CHINESE}
"""What the codes mean in 21, 22, 27, 28, 81, 82, 85, 86, 91 and 92."""
