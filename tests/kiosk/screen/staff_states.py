"""The idle screen with its slides, and the service, as literal snapshots by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.fittings import Fitting, Fittings
from kiosk.room.counting_state import Counting
from kiosk.room.state import Room
from kiosk.service.state import Counts, Lost, Phase, Service, Tagging
from kiosk.session.state import Phase as Desk
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.states import NOW, desk
from wire.condition import Trouble
from wire.faults import number
from wire.hours import Hours
from wire.idle import Announcement, Book, Idle

BOOKS = (
    Book("三体", "刘慈欣", "I247.55/1"),
    Book("万历十五年", "黄仁宇", "K248.3/1"),
    Book("额尔古纳河右岸", "迟子建", "I247.5/88"),
    Book("人类简史：从动物到上帝", "尤瓦尔·赫拉利", "K02/9"),
    Book("昆虫记", "法布尔", "Q96-49/1"),
)
ANNOUNCED = (
    Announcement(
        "国庆期间10月1日至3日照常开放，闭馆时间提前到17:00",
        "Open as usual on 1–3 October, closing at 17:00",
        "2020-01-01",
        "2030-01-01",
    ),
    Announcement("周六下午3点：少儿绘本故事会", "Saturday 15:00: picture books", "2020-01-01", "2030-01-01"),
)
DAY, EVENING = ((510, 720), (840, 1080)), ((540, 1260),)
HOURS = Hours("Asia/Shanghai", (DAY, DAY, DAY, DAY, DAY, EVENING, EVENING), {})
EMPTY = desk(Desk.IDLE, end_at_ms=None)


def _idle(hours: Hours | None = None, **news: tuple[Book, ...] | tuple[Announcement, ...]) -> Snapshot:
    told = Idle(NOW.wall_ms, zone="Asia/Shanghai", **news)  # type: ignore[arg-type]  # as the fields have it
    return replace(EMPTY, news=told, hours=hours)


SLIDES: Mapping[str, Snapshot] = {
    "announced": _idle(HOURS, announcements=ANNOUNCED, fresh=BOOKS, most=BOOKS[::-1]),
    "announced_alone": _idle(announcements=ANNOUNCED[:1]),
    "fresh": _idle(HOURS, fresh=BOOKS, most=BOOKS[::-1]),
    "most": _idle(most=BOOKS),
    "hours": replace(EMPTY, hours=HOURS),
}

FITTED = Fittings(
    {
        "pad": Fitting("pad", required=True),
        "scanner": Fitting("card"),
        "door": Fitting("door", "door"),
        "gate": Fitting("gate"),
        "printer": Fitting("printer"),
        "voice": Fitting("voice"),
    }
)
CLOSED = replace(
    desk(Desk.OUT_OF_ORDER, end_at_ms=None, serving=False),
    state="service",
    fittings=FITTED,
    identities={
        "pad": "FEIG ID ISC.MR102, firmware 2.06",
        "scanner": "Newland FM430",
        "door": "modbus unit 1",
        "printer": "EPSON TM-T88V",
    },
    troubles=(
        Trouble(number("gate_lost"), "gate", NOW.wall_ms - 86_400_000, "gone: no reply"),
        Trouble(number("paper_low"), "printer", NOW.wall_ms - 3_600_000),
        Trouble(number("ils_silent"), "", NOW.wall_ms - 60_000),
    ),
)


def _service(phase: Phase, **more: object) -> Snapshot:
    return replace(CLOSED, service=Service(phase=phase, staff="f" * 32, **more))  # type: ignore[arg-type]  # the same


SERVICE: Mapping[str, Snapshot] = {
    "service_pin": _service(Phase.PIN),
    "service_pin_wrong": _service(Phase.PIN, wrong=2),
    "service_paused": _service(Phase.PIN, wrong=6, until_ms=NOW.mono_ms + 110_000),
    "service_checking": _service(Phase.CHECKING),
    "service_menu": _service(Phase.MENU),
    "service_sign": _service(Phase.MENU, sign=True, sure="shutdown"),
    "service_devices": _service(
        Phase.DEVICES,
        heard={"scanner": "…4567", "pad": "3205000123"},
        tested={"voice": "", "printer": "ok"},
        lost={"door": Lost("no reply", NOW.wall_ms - 7_200_000)},
    ),
    "service_counters": _service(Phase.COUNTERS, counts=Counts(12, 31, NOW.wall_ms - 86_400_000, 210, 0)),
    "service_room": replace(_service(Phase.COUNTERS), room=Room(counting=Counting(inside=12, known=True))),
    "service_tags": _service(Phase.TAGS),
    "service_tags_other": _service(
        Phase.TAGS, tagging=Tagging(item="3205000123", verdict="other", detail="3205000999", done=17)
    ),
    "service_tags_writing": _service(Phase.TAGS, tagging=Tagging(item="3205000123", asked=True, done=17)),
    "service_tags_done": _service(Phase.TAGS, tagging=Tagging(done=18, last="3205000123")),
}
