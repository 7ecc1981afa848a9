"""Somebody becomes a reader: every page of it as a literal snapshot, by name. Into `tests.kiosk.screen.gallery`."""

from __future__ import annotations

import dataclasses
from datetime import date

from drivers.events import IdCard
from kiosk import config
from kiosk.registering.state import Phase, Registering, Slip
from kiosk.session.state import Phase as SessionPhase
from kiosk.session.state import Step
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.states import FAR_MS, SOON_MS, TAKES, book, desk
from wire.faults import number

SETTINGS = config.Registration(
    "2026-1",
    {
        "zh-CN": (
            "欢迎您成为石桥图书馆的读者。办证免费，不收押金。\n\n"
            "一、每位读者凭本人身份证办理一个读者证，身份证就是读者证，请勿转借他人。\n\n"
            "二、每次最多借阅 10 册，借期 30 天，可续借一次。逾期不收费，但归还前不能再借。\n\n"
            "三、图书如有遗失或损坏，请按图书原价赔偿，或购买同一版本的新书。\n\n"
            "四、我们只登记办证所需的姓名、身份证号、性别、出生日期和电话，仅用于借阅服务，依照《中华人民共和国个人信息保护法》"
            "和《中华人民共和国公共图书馆法》保护，不向他人提供。您可随时到服务台查询、更正或注销。\n\n"
            "五、未满 14 周岁的读者由监护人同意并负责。\n\n"
            "六、24 小时书屋内请保持安静，离开时请随手关门。遇到困难请按“求助”键。"
        ),
        "en": (
            "Welcome to Shiqiao Library. Registration is free, without a deposit.\n\n"
            "1. Each reader registers once, with their own ID card, which becomes their library card.\n\n"
            "2. You may borrow 10 books for 30 days, and renew once.\n\n"
            "3. Lost or damaged books are replaced, or paid for at their price.\n\n"
            "4. We keep your name, ID card number, sex, birth date and telephone, for lending alone.\n\n"
            "5. Under 14 a guardian agrees and answers for the books."
        ),
    },
)
LI = IdCard("李明", 1, "01", date(1990, 1, 1), "北京市", "11010519491231002X", "某局", date(2020, 1, 1), None)
CHILD = dataclasses.replace(LI, name="王小宝", born=date(2018, 1, 1), number="110105201801010027")


def registering(phase: Phase, *lines, end_at_ms: int | None = FAR_MS, **more) -> Snapshot:
    """Somebody at this page; `more` are fields of the registration."""
    at_desk = desk(SessionPhase.OPEN if lines else SessionPhase.IDLE, *lines, end_at_ms=None)
    now = Registering(phase, end_at_ms=end_at_ms, **more)
    return dataclasses.replace(at_desk, registering=now, takes=TAKES)


REGISTER: dict[str, Snapshot] = {
    "register_idle": registering(Phase.IDLE, end_at_ms=None),
    "register_offered": registering(Phase.OFFERED, bearer=LI),
    "register_awaiting": registering(Phase.AWAITING),
    "register_unread": registering(Phase.AWAITING, fault=number("card_removed")),
    "register_looking_up": registering(Phase.LOOKING_UP, bearer=LI, end_at_ms=None),
    "register_guardian": registering(Phase.GUARDIAN, bearer=CHILD),
    "register_guardian_unfit": registering(Phase.GUARDIAN, bearer=CHILD, fault=number("guardian_unfit")),
    "register_terms": registering(Phase.TERMS, bearer=LI),
    "register_terms_guardian": registering(Phase.TERMS, bearer=CHILD, guardian=LI),
    "register_terms_ending": registering(Phase.TERMS, bearer=LI, end_at_ms=SOON_MS),
    "register_phone": registering(Phase.PHONE, book(Step.SECURED, "活着"), bearer=LI),
    "register_phone_wrong": registering(Phase.PHONE, bearer=LI, slip=Slip.PHONE),
    "register_phone_ending": registering(Phase.PHONE, bearer=LI, end_at_ms=SOON_MS),
    "register_pin": registering(Phase.PIN, bearer=LI),
    "register_pin_weak": registering(Phase.PIN, bearer=LI, slip=Slip.WEAK),
    "register_pin_again": registering(Phase.PIN_AGAIN, bearer=LI),
    "register_pin_differs": registering(Phase.PIN, bearer=LI, slip=Slip.DIFFERENT),
    "register_entering": registering(Phase.ENTERING, bearer=LI, end_at_ms=None),
    "register_unsure": registering(Phase.UNSURE, bearer=LI),
    "register_known": registering(Phase.KNOWN, bearer=LI),
    "register_done": registering(Phase.DONE, bearer=LI),
    "register_failed": registering(Phase.FAILED, fault=number("register_not_now")),
    "register_unclear": registering(Phase.FAILED, fault=number("register_unclear")),
}
