"""A library of two branches, small enough to hold in the head."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from central.circulation.ledger import models
from central.circulation.ledger.desk import Desk
from central.circulation.server.models import SipAccount
from central.circulation.server.passwords import hash_password
from central.db import open_sessions
from central.fleet.models import Branch

NOW_MS = 1_772_330_400_000
"""2026-03-01 10:00:00 in Shanghai."""
TODAY = date(2026, 3, 1)
MINUTE_MS = 60_000
DAY_MS = 86_400_000

XIAN = Desk("xian-desk", "xian", "Asia/Shanghai", NOW_MS)
CUN = Desk("cun-room", "cun", "Asia/Shanghai", NOW_MS)

PASSWORD_HASH = hash_password("terminal secret")
PIN_HASH = hash_password("135790")

READERS = (
    # card, name, type, expires, blocked, fees in 分, PIN
    ("R1", "林书远", "adult", date(2030, 12, 31), False, 0, PIN_HASH),
    ("R2", "周晓雨", "adult", date(2030, 12, 31), False, 0, ""),
    ("CHILD", "郑思齐", "child", date(2030, 12, 31), False, 0, ""),
    ("EXPIRED", "陈立群", "adult", date(2026, 2, 28), False, 0, ""),
    ("LASTDAY", "高玉梅", "adult", date(2026, 3, 1), False, 0, ""),
    ("BLOCKED", "刘建华", "adult", date(2030, 12, 31), True, 0, ""),
    ("DEBTOR", "宋志强", "adult", date(2030, 12, 31), False, 501, ""),
    ("SMALLDEBT", "袁梦洁", "adult", date(2030, 12, 31), False, 500, ""),
)
TITLES = (
    (1, "三体", "刘慈欣", "I247.55", "I247.55/1"),
    (2, "万历十五年", "黄仁宇", "K248.3", "K248.3/1"),
    (3, "昆虫记", "法布尔", "Q96-49", "Q96-49/1"),
    (4, "新华字典", "语言研究所", "H163", "H163/1"),
    (5, "听书机", "视障服务点", "TP-62", "TP-62/1"),
)
ITEMS = (
    # barcode, title, type, home, status
    ("B1", 1, "book", "xian", "available"),
    ("B2", 1, "book", "cun", "available"),
    ("B3", 2, "book", "cun", "available"),
    ("B4", 3, "book", "xian", "available"),
    ("B5", 3, "book", "xian", "available"),
    ("REF", 4, "book", "xian", "reference"),
    ("LOST", 2, "book", "xian", "lost"),
    ("GONE", 2, "book", "xian", "withdrawn"),
    ("AUDIO", 5, "audio", "xian", "available"),
)
RULES = (
    # reader type, item type, loans, days, fees in 分, renewals
    ("adult", "book", 2, 30, 500, 1),
    ("child", "book", 1, 20, 500, 1),
    ("adult", "audio", 1, 60, 500, 1),
)


def fill(engine):
    """Put it all into a migrated database."""
    with open_sessions(engine).begin() as session:
        session.add_all(
            [
                Branch(
                    id="xian", tier="county", name_zh="清源县图书馆", name_en="County", zone="Asia/Shanghai"
                ),
                models.ReaderType(id="adult", name_zh="成人", name_en="Adult"),
                models.ReaderType(id="child", name_zh="少儿", name_en="Child"),
            ]
        )
        session.flush()
        session.add(
            Branch(
                id="cun",
                parent_id="xian",
                tier="village",
                name_zh="石桥书屋",
                name_en="Room",
                zone="Asia/Shanghai",
            )
        )
        session.flush()
        session.add_all(_rows())
        session.flush()
        if engine.dialect.name == "postgresql":  # whoever names numbers must say so to the sequence
            session.execute(text("SELECT setval(pg_get_serial_sequence('title', 'id'), 1000)"))


def _rows():
    for card, name, kind, expires, blocked, fees, pin in READERS:
        yield models.Reader(
            card=card,
            name=name,
            type_id=kind,
            branch_id="xian",
            expires_on=expires,
            blocked=blocked,
            fees_fen=fees,
            pin_hash=pin,
        )
    for number, title, author, clc, call_number in TITLES:
        yield models.Title(id=number, title=title, author=author, clc=clc, call_number=call_number)
    for barcode, title, kind, home, status in ITEMS:
        yield models.Item(
            barcode=barcode,
            title_id=title,
            type=kind,
            home_branch_id=home,
            place_branch_id=home,
            status=status,
        )
    for reader_type, item_type, loans, days, fees, renewals in RULES:
        yield models.LendingRule(
            reader_type_id=reader_type,
            item_type=item_type,
            max_loans=loans,
            days=days,
            max_fees_fen=fees,
            max_renewals=renewals,
        )
    for desk in (XIAN, CUN):
        yield SipAccount(
            username=desk.account, password_hash=PASSWORD_HASH, branch_id=desk.branch, dialect="shuwu"
        )
    yield SipAccount(
        username="closed", password_hash=PASSWORD_HASH, branch_id="xian", dialect="shuwu", active=False
    )


def hold(session: Session, card: str, title: int, placed_ms: int = NOW_MS - DAY_MS, pickup: str = "xian"):
    """Let a reader wait for a title."""
    session.add(models.Hold(title_id=title, reader_card=card, pickup_branch_id=pickup, placed_ms=placed_ms))
    session.flush()
