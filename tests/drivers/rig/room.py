"""A small room for the tests: four devices, three books, two cards."""

from __future__ import annotations

from drivers.rig.config import Book, Card, Device, IdCardHeld, RigConfig

UIDS = tuple(f"E00401501234000{i}" for i in range(3))
BOOKS = (
    Book(UIDS[0], "3305231000010", "三体", owner="CN-330523-ZD"),
    Book(UIDS[1], "3305231000027", "活着", owner="CN-330523-ZD", model="iso28560-3", secured=False),
    Book(UIDS[2], "3305231000034", "围城", owner="CN-330523-ZD", place="bag"),
)
CARDS = (Card("3305230000171", "王小雨"), Card("3305230000289", "李建国", "qr"))
DEVICES = (
    Device("pad", "pad", baud=115200),
    Device("scanner", "scanner", baud=115200),
    Device("door_scanner", "scanner", baud=115200, place="door"),
    Device("door", "door"),
    Device("gate", "gate"),
)
ROOM = RigConfig("镇东 24 小时书屋", DEVICES, books=BOOKS, cards=CARDS)
DESK = RigConfig("城关分馆", DEVICES[:2], books=BOOKS, cards=CARDS)
OSDP_KEY = "000102030405060708090A0B0C0D0E0F"
SURROUNDED = RigConfig(
    "石桥村 24 小时书屋",
    (
        *DEVICES,
        Device("id_card", "id_reader"),
        Device("beam", "counter", baud=115200),
        Device("surroundings", "sensors", baud=115200),
        Device("lights", "outputs", baud=115200),
        Device("slips", "printer"),
        Device("wall", "osdp", baud=115200, place="door", key=OSDP_KEY),
    ),
    books=BOOKS,
    cards=CARDS,
    id_cards=(IdCardHeld("11010519491231002X", "王小雨"),),
)
"""With everything that a rig can have."""
