"""What the rig says to people: Chinese first, English beside it."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

PAGE: dict[str, tuple[str, str]] = {
    "kicker": ("模拟书屋", "Emulated room"),
    "lead": (
        "这里的一举一动都变成真实设备的字节，传给自助机。",
        "Whatever you do here reaches the kiosk as the bytes of real devices.",
    ),
    "other_language": ("English", "中文"),
    "shelf": ("书架", "Shelf"),
    "bag": ("书包", "Bag"),
    "pad": ("借还台", "Pad"),
    "gate": ("安全门", "Gate"),
    "desk": ("自助借还台", "Self-service desk"),
    "outside": ("门外", "Outside"),
    "counter": ("双向客流计数", "Two-way counter"),
    "inside": ("在馆", "Inside"),
    "persons": ("人", ""),
    "entered": ("累计进", "In"),
    "left": ("累计出", "Out"),
    "openings": ("开门", "Openings"),
    "walk_in": ("走进来", "Walk in"),
    "walk_out": ("走出去", "Walk out"),
    "push": ("推门", "Push"),
    "close": ("关门", "Shut"),
    "force": ("撞门", "Force"),
    "exit": ("出门按钮", "Exit button"),
    "fire": ("消防联动", "Fire contact"),
    "fire_trip": ("触发", "Trip"),
    "fire_reset": ("复位", "Reset"),
    "locked": ("已上锁", "Locked"),
    "released": ("已释放", "Released"),
    "free_order": ("放行", "order"),
    "free_exit": ("出门按钮", "exit button"),
    "free_fire": ("消防", "fire"),
    "free_silence": ("控制器无心跳", "no heartbeat"),
    "cards": ("读者证", "Cards"),
    "cards_hint": ("选一个读卡处，就是刷了一下。", "Choose a reader to hold the card there."),
    "card": ("卡", "Card"),
    "barcode": ("条码", "Barcode"),
    "qr": ("二维码", "QR code"),
    "at_desk": ("借还台刷", "At the desk"),
    "at_door": ("门口刷", "At the door"),
    "cables": ("线缆", "Cables"),
    "cables_hint": ("拔掉一根线，看自助机怎么办。", "Pull one out and see what the kiosk does."),
    "kind_pad": ("射频读写台", "RFID pad"),
    "kind_gate": ("安全门天线", "Gate antenna"),
    "kind_scanner": ("读卡扫码器", "Card and QR scanner"),
    "kind_door": ("门控单元", "Door unit"),
    "plugged": ("已插上", "Plugged in"),
    "unplugged": ("已拔出", "Pulled out"),
    "books_hint": (
        "拖动图书；或点一下图书，选放到哪里。",
        "Drag a book, or click it and choose where it goes.",
    ),
    "pile_to_pad": ("整包放上台面", "Whole bag onto the pad"),
    "pile_to_bag": ("全部收进书包", "All into the bag"),
    "secured": ("在架，过门报警", "in stock, the gate alarms"),
    "lent": ("已借出，放行", "lent, the gate is silent"),
    "item": ("条码号", "Item"),
    "tag": ("标签", "Tag"),
    "model": ("数据模型", "Data model"),
    "put": ("放到", "Put it"),
    "dismiss": ("关闭", "Close"),
    "empty_bag": ("把书拖进来", "Drop books here"),
    "empty_pad": ("把书放在这里", "Lay books here"),
    "offline": ("与模拟器失去联系，正在重连…", "The rig does not answer; trying again…"),
}

ERRORS: dict[str, tuple[str, str]] = {
    "unknown_book": ("没有这本书。", "There is no such book."),
    "unknown_card": ("没有这张证。", "There is no such card."),
    "unknown_device": ("没有这个设备。", "There is no such device."),
    "no_door": ("这间屋没有门控单元。", "This room has no door unit."),
    "book_is_here": ("这本书已经在屋里了。", "That book is in the room already."),
    "no_tag": ("这样的标签写不出来：{}", "No such tag can be written: {}"),
    "which_scanner": (
        "有几个读卡器，请用 device 说明是哪一个。",
        "There are several scanners: name one as `device`.",
    ),
    "unplugged": ("这个设备的线被拔掉了。", "The cable of that device is pulled out."),
    "door_locked": ("门锁着，推不开。", "The door is locked and does not open."),
    "door_shut": ("门关着，先把门推开。", "The door is shut; push it open first."),
    "nobody_inside": ("屋里没有这么多人。", "There are not so many people inside."),
    "malformed": ("请求内容不对：{}", "The request is malformed: {}"),
    "cross_origin": ("只接受本机页面的操作。", "Only pages of this rig may do that."),
    "not_found": ("没有这个地址。", "There is no such address."),
    "refused": ("不能这样请求：{}", "That is no request: {}"),
}


def text(table: dict[str, tuple[str, str]], key: str, language: Language) -> str:
    """One text in one language."""
    return table[key][LANGUAGES.index(language)]


def page(language: Language) -> dict[str, str]:
    """All texts of the page in one language."""
    return {key: text(PAGE, key, language) for key in PAGE}
