"""Every situation of the screen as a literal snapshot, by name: for tests, and for looking at them all.

python -m tests.kiosk.screen.states 8090            # serve them: /  and /door, next one at each Enter
"""

from __future__ import annotations

import dataclasses
import sys
from typing import get_args

import msgspec
from msgspec.structs import replace

from kiosk.clock import Now
from kiosk.config import Offer
from kiosk.courtesies.state import Call, Courtesies, Parting
from kiosk.courtesies.state import Said as SaidInHelp
from kiosk.errand_events import Account, Charge, Fee, Hold
from kiosk.errands.state import Entry, Errand, Extending, Panel, Pin, Renewal, Told, Wish
from kiosk.events import Reader
from kiosk.room import state as room
from kiosk.room.counting_state import Counting
from kiosk.room.state import Contacts, Room
from kiosk.screen.app import Screen
from kiosk.screen.settings import Settings
from kiosk.screen.words import LANGUAGES
from kiosk.session.state import Line, Notice, Phase, Session, Step, Tag
from kiosk.snapshot import Snapshot
from tests.kiosk.fitted import ROOM
from wire.condition import Trouble
from wire.faults import number

SETTINGS = Settings(
    host="127.0.0.1",
    port=0,
    languages=LANGUAGES,
    title="自助借还",
    warn_ms=20_000,
    phone="0724-233 4567",
    slip_line="开放时间 8:30–21:00",
    desk_stops_ms=300_000,
    offers=frozenset(get_args(Offer)),
)
NOW = Now(wall_ms=1_795_000_000_000, mono_ms=100_000)
FAR_MS = 145_000
"""The session's end, 45 s from NOW: no countdown yet."""
SOON_MS = 118_000
"""18 s from NOW: the countdown shows."""

ZHANG = Reader("R0001", "0" * 32, "张晓雨", "成人", 2)
DUE = "2026-12-20"


def snapshot(
    session: Session | None = None,
    door: Room | None = None,
    *,
    state="ready",
    troubles: tuple[Trouble, ...] = (),
    ils_up: bool = True,
    online: bool = True,
    now: Now = NOW,
) -> Snapshot:
    return Snapshot(now, state, troubles, session, door, ils_up, online, ROOM)


def book(step: Step, title: str = "", item: str = "3301000000018", **more) -> Line:
    """One book of one tag, there on the pad unless told otherwise."""
    changed = step in {Step.CLEARED, Step.SECURED}
    tags = more.pop("tags", (Tag("E004010012345678", 1, changed=changed),))
    return Line(item, more.pop("parts", 1), tags, step, title=title, **more)


AROUND = ("state", "troubles", "ils_up", "online")


def desk(phase: Phase, *lines: Line, door: Room | None = None, **more) -> Snapshot:
    """The desk in `phase`; `more` are fields of the session or of the snapshot."""
    around = {key: more.pop(key) for key in AROUND if key in more}
    reader = ZHANG if phase in {Phase.IDENTIFIED, Phase.ENDING} else None
    session = Session(
        phase, lines=lines, reader=more.pop("reader", reader), end_at_ms=more.pop("end_at_ms", FAR_MS)
    )
    return snapshot(replace(session, **more), door, **around)


def entrance(phase: room.Phase, **more) -> Snapshot:
    """The door in `phase`; `more` are fields of the room or of the snapshot."""
    around = {key: more.pop(key) for key in AROUND if key in more}
    contacts = more.pop("contacts", Contacts(open=False, released=False, exit_pressed=False, fire=False))
    return snapshot(None, Room(phase=phase, contacts=contacts, **more), **around)


GONE = (Tag("E004010012345678", 1, present=False),)
TWO_OF_THREE = (Tag("E00401000000000A", 1), Tag("E00401000000000B", 2))
FIRE = Contacts(open=False, released=True, exit_pressed=False, fire=True)

LENT_FOUR = (
    book(Step.CLEARED, "百年孤独", "3301000000018", due=DUE),
    book(Step.CLEARED, "平凡的世界（第一部）", "3301000000026", due=DUE),
    book(Step.CLEARED, "Guns, Germs, and Steel: The Fates of Human Societies", "3301000000034", due=DUE),
    book(Step.CLEARED, "中国建筑史", "3301000000042", due=DUE),
)
REFUSED = book(Step.REFUSED, "辞海（第七版）", "3301000000059", fault=number("not_for_loan"))

DESK: dict[str, Snapshot] = {
    "idle": desk(Phase.IDLE, end_at_ms=None),
    "idle_ils_away": desk(Phase.IDLE, end_at_ms=None, ils_up=False, online=False),
    "idle_offline": desk(Phase.IDLE, end_at_ms=None, online=False),
    "idle_refused": desk(Phase.IDLE, end_at_ms=None, notice=Notice(number("card_expired"), 108_000)),
    "idle_our_fault": desk(Phase.IDLE, end_at_ms=None, notice=Notice(number("cannot_check_card"), 108_000)),
    "idle_gate_alarm": desk(
        Phase.IDLE, end_at_ms=None, troubles=(Trouble(number("gate_alarm"), "gate"),), state="degraded"
    ),
    "open_checking": desk(Phase.OPEN, book(Step.CHECKING)),
    "open_returning": desk(
        Phase.OPEN,
        book(Step.SECURED, "活着", "3301000000067"),
        book(Step.RETURNED, "围城", "3301000000075"),
        book(Step.RETURNING, "三体", "3301000000083"),
        book(Step.CHECKING, item="3301000000091"),
    ),
    "open_waiting": desk(
        Phase.OPEN,
        book(Step.SECURED, "活着", "3301000000067"),
        book(Step.WAITING, "人类简史：从动物到上帝", "3301000000109"),
    ),
    "open_done": desk(
        Phase.OPEN,
        book(Step.SECURED, "活着", "3301000000067", tags=(Tag("E0", 1, present=False, changed=True),)),
        book(Step.SECURED, "围城", "3301000000075", tags=(Tag("E1", 1, present=False, changed=True),)),
        end_at_ms=106_000,
    ),
    "open_troubled": desk(
        Phase.OPEN,
        book(Step.SECURED, "活着", "3301000000067"),
        book(Step.OWED, "围城", "3301000000075", fault=number("cannot_lend_now")),
        book(Step.REFUSED, "", "", fault=number("tag_unreadable")),
        book(Step.INCOMPLETE, "", "3301000000117", parts=3, tags=TWO_OF_THREE),
        notice=Notice(number("card_unknown"), 108_000),
    ),
    "identifying": desk(Phase.IDENTIFYING, card="R0001"),
    "identifying_books": desk(
        Phase.IDENTIFYING,
        book(Step.WAITING, "人类简史：从动物到上帝", "3301000000109"),
        book(Step.WAITING, "", "3301000000125"),
        card="R0001",
    ),
    "identified": desk(Phase.IDENTIFIED),
    "identified_first": desk(Phase.IDENTIFIED, book(Step.LENDING)),
    "identified_lending": desk(
        Phase.IDENTIFIED,
        *LENT_FOUR[:2],
        book(Step.LENT, "中国建筑史", "3301000000042", due=DUE),
        book(Step.LENDING, item="3301000000133"),
        book(Step.LENDING, item="3301000000141"),
    ),
    "identified_lent": desk(Phase.IDENTIFIED, *LENT_FOUR),
    "identified_covers": desk(Phase.IDENTIFIED, *LENT_FOUR, REFUSED),
    "identified_mixed": desk(Phase.IDENTIFIED, *LENT_FOUR, REFUSED),
    "identified_both": desk(
        Phase.IDENTIFIED,
        book(Step.SECURED, "活着", "3301000000067"),
        *LENT_FOUR[:2],
        book(Step.CLEARED, "围城", "3301000000075", fault=number("already_yours")),
    ),
    "identified_troubled": desk(
        Phase.IDENTIFIED,
        book(Step.LENT, "百年孤独", "3301000000018", due=DUE, fault=number("tag_not_cleared")),
        book(Step.LENT, "平凡的世界（第一部）", "3301000000026", due=DUE, tags=GONE),
        book(Step.REFUSED, "三体", "3301000000083", fault=number("lent_to_other")),
        book(Step.OWED, "", "3301000000158", fault=number("cannot_lend_now")),
        book(Step.REFUSED, "围城", "3301000000075", fault=number("limit_reached")),
        ils_up=False,
    ),
    "identified_offline": desk(
        Phase.IDENTIFIED,
        book(Step.CLEARED, "", "3301000000018", due=DUE, offline=True),
        book(Step.LENT, "平凡的世界（第一部）", "3301000000026", due=DUE, offline=True),
        book(Step.SENSING, "", "3301000000034"),
        book(Step.OWED, "", "3301000000158", fault=number("cannot_lend_now")),
        book(Step.REFUSED, "", "3301000000166", fault=number("offline_limit_reached")),
        reader=Reader("R0001", "0" * 32, "", "成人"),
        ils_up=False,
    ),
    "open_offline": desk(
        Phase.OPEN,
        book(Step.SECURED, "", "3301000000067", offline=True),
        book(Step.SECURED, "围城", "3301000000075", offline=True),
        book(Step.RETURNED, "", "3301000000083", offline=True),
        book(Step.MENDING, "三体", "3301000000091"),
        ils_up=False,
    ),
    "identified_set": desk(
        Phase.IDENTIFIED, LENT_FOUR[0], book(Step.INCOMPLETE, "", "3301000000117", parts=3, tags=TWO_OF_THREE)
    ),
    "identified_forty": desk(
        Phase.IDENTIFIED,
        *(book(Step.CLEARED, f"中国通史 第{n}卷", f"33010000{n:05}", due=DUE) for n in range(1, 41)),
    ),
    "identified_hostile": desk(
        Phase.IDENTIFIED,
        book(
            Step.CLEARED,
            "</bdi><script>alert(1)</script>\u202e\u2028\r\n<img src=x onerror=alert(2)>",
            due="bald",
        ),
        book(
            Step.CLEARED,
            "كتاب الحيوان، الجزء الأول: في طبائع الحيوان وأخباره وما قيل فيه من الأشعار",
            "3301000000166",
            due=DUE,
        ),
        reader=Reader("R0002", "0" * 32, "<b>&", "", 0),
    ),
    "still_there": desk(Phase.IDENTIFIED, *LENT_FOUR, end_at_ms=SOON_MS),
    "still_there_open": desk(Phase.OPEN, book(Step.WAITING, "人类简史：从动物到上帝"), end_at_ms=SOON_MS),
    "ending": desk(
        Phase.ENDING, *LENT_FOUR[:2], book(Step.LENT, "中国建筑史", "3301000000042", due=DUE), why="done"
    ),
    "out_of_order": desk(
        Phase.OUT_OF_ORDER, state="broken", troubles=(Trouble(number("pad_lost"), "pad"),), end_at_ms=None
    ),
    "out_of_order_midway": desk(
        Phase.OUT_OF_ORDER,
        *LENT_FOUR[:2],
        book(Step.WAITING, "三体", "3301000000083"),
        state="broken",
        troubles=(Trouble(number("pad_lost"), "pad"),),
    ),
    "starting": desk(Phase.OUT_OF_ORDER, state="boot", end_at_ms=None),
    "service": desk(Phase.OUT_OF_ORDER, state="service", end_at_ms=None),
    "desk_fire": desk(Phase.IDENTIFIED, *LENT_FOUR, door=Room(phase=room.Phase.FREE, contacts=FIRE)),
}

TAKES = frozenset({"63", "29", "65", "15", "81"})
CHARGES = (
    Charge("3301000000018", "百年孤独", "2026-11-10", overdue=True),
    Charge("3301000000026", "平凡的世界（第一部）", DUE),
    Charge("3301000000034", "Guns, Germs, and Steel: The Fates of Human Societies", DUE),
    Charge("3301000000042"),
)
ACCOUNT = Account(
    CHARGES,
    (
        Hold("三体", ready=True, item="3301000000083", place="石桥分馆", locker="12", until="2026-12-01"),
        Hold("万历十五年", ready=False, item="3301000000091"),
    ),
    (Fee("17", 1250, "逾期费 围城"),),
    1250,
    ("您有一本图书逾期，请尽快归还。",),
)
RENEWALS = {
    "3301000000018": Renewal("3301000000018", Extending.REFUSED, fault=number("overdue_not_renewed")),
    "3301000000026": Renewal("3301000000026", Extending.RENEWED),
    "3301000000034": Renewal("3301000000034", Extending.ASKING),
}


def errand(panel: Panel, *, end_at_ms: int = FAR_MS, **more) -> Snapshot:
    """A reader who does something besides; `more` are fields of the errand."""
    at_desk = desk(Phase.IDENTIFIED, end_at_ms=end_at_ms)
    return dataclasses.replace(at_desk, errand=Errand(panel, ZHANG, **more), takes=TAKES)


PANELS: dict[str, Snapshot] = {
    "wish": dataclasses.replace(
        desk(Phase.IDLE, end_at_ms=None),
        errand=Errand(wish=Wish("3301000000083", FAR_MS, "三体")),
        takes=TAKES,
    ),
    "books": errand(Panel.BOOKS),
    "account_asking": errand(Panel.ACCOUNT, account_ask=3),
    "account_silent": errand(Panel.ACCOUNT, fault=number("ils_silent")),
    "account_empty": errand(Panel.ACCOUNT, account=Account()),
    "account": errand(Panel.ACCOUNT, account=ACCOUNT),
    "account_renewing": errand(Panel.ACCOUNT, account=ACCOUNT, renewals=RENEWALS, sure="3301000000083"),
    "account_held": errand(Panel.ACCOUNT, account=ACCOUNT, told=Told("hold", "活着", position=2)),
    "account_not_held": errand(Panel.ACCOUNT, account=ACCOUNT, told=Told("hold", fault=number("hold_limit"))),
    "account_ending": errand(Panel.ACCOUNT, end_at_ms=SOON_MS, account=ACCOUNT),
    "pin_old": errand(Panel.PIN, pin=Pin()),
    "pin_new": errand(Panel.PIN, pin=Pin(Entry.NEW, old="1")),
    "pin_again": errand(Panel.PIN, pin=Pin(Entry.AGAIN, old="1", new="2")),
    "pin_differs": errand(Panel.PIN, pin=Pin(Entry.NEW, old="1", differs=True)),
    "pin_wrong": errand(Panel.PIN, pin=Pin(fault=number("pin_wrong"))),
    "pin_asking": errand(Panel.PIN, pin=Pin(Entry.ASKING, txn="a" * 16)),
    "pin_paused": errand(Panel.PIN, pin=Pin(Entry.PAUSED, until_ms=NOW.mono_ms + 61_000)),
}
DESK |= PANELS


def beside(shown: Snapshot, *, prints: bool = True, **more) -> Snapshot:
    """The same with what goes on beside the session; `more` are fields of it."""
    return dataclasses.replace(shown, prints=prints, courtesies=Courtesies(**more))


def parting(shown: Snapshot, **more) -> Snapshot:
    """A reader who goes."""
    return beside(shown, parting=Parting(**more))


IDLE = desk(Phase.IDLE, end_at_ms=None)
DONE = desk(Phase.IDENTIFIED, *LENT_FOUR)
TALK = (
    SaidInHelp("您好，请把最上面那本《百年孤独》拿开，再平放一次，听到提示音再拿走。"),
    SaidInHelp(answer="yes"),
    SaidInHelp("好了，这本已经办好，可以带走。"),
)
BESIDE: dict[str, Snapshot] = {
    "slip_offered": parting(DONE),
    "slip_code": parting(DONE, scans=True),
    "goodbye": parting(IDLE, until_ms=106_000),
    "goodbye_printing": parting(IDLE, until_ms=106_000, slip="printing"),
    "goodbye_printed": parting(IDLE, until_ms=106_000, slip="printed"),
    "goodbye_not_printed": parting(IDLE, until_ms=106_000, slip="failed"),
    "goodbye_judged": parting(IDLE, until_ms=101_500, judged=True),
    "help_called": beside(IDLE, call=Call(7, "desk", 280_000)),
    "help_away": dataclasses.replace(beside(IDLE, call=Call(7, "desk", 280_000)), online=False),
    "help_talk": beside(DONE, call=Call(7, "desk", 280_000, TALK)),
    "help_over": beside(DONE, call=Call(7, "desk", 280_000, TALK, over=True)),
}
DESK |= BESIDE

DOOR: dict[str, Snapshot] = {
    "secured": entrance(room.Phase.SECURED),
    "secured_ils_away": entrance(room.Phase.SECURED, ils_up=False),
    "secured_reader_lost": entrance(
        room.Phase.SECURED, troubles=(Trouble(number("card_reader_lost"), "door_scanner"),)
    ),
    "secured_few": entrance(room.Phase.SECURED, counting=Counting(inside=1, known=True)),
    "secured_many": entrance(room.Phase.SECURED, counting=Counting(inside=12, known=True, limit=30)),
    "asking": entrance(room.Phase.ASKING, card="R0001"),
    "come_in": entrance(room.Phase.RELEASED, notice=room.Notice(108_000)),
    "refused": entrance(room.Phase.SECURED, notice=room.Notice(105_000, number("category_not_admitted"))),
    "refused_our_fault": entrance(
        room.Phase.SECURED, notice=room.Notice(105_000, number("cannot_check_card")), online=False
    ),
    "released": entrance(room.Phase.RELEASED),
    "open": entrance(room.Phase.OPEN),
    "free": entrance(room.Phase.FREE),
    "fire": entrance(room.Phase.FREE, contacts=FIRE, notice=room.Notice(108_000)),
    "lost": entrance(room.Phase.UNKNOWN, contacts=None),
    "door_help": beside(entrance(room.Phase.SECURED), call=Call(7, "door", 280_000, TALK[:1])),
}


def main() -> None:
    """Show one state after another, on both screens, for somebody who looks."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8090
    screen = Screen(msgspec.structs.replace(SETTINGS, port=port), print)
    screen.start()
    try:
        for name, shown in [*DESK.items(), *DOOR.items()]:
            screen.show(shown)
            input(f"http://127.0.0.1:{screen.port}/  /door  {name}")
    finally:
        screen.stop()


if __name__ == "__main__":
    main()
