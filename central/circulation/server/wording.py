"""How the ledger's values are worded in SIP2 and read from it, the same in every message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from central.circulation.ledger.amnesties import WHOLE, Gift, InForce
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.outcomes import Held, OpenFee
from central.circulation.ledger.yuan import fen as read
from central.circulation.ledger.yuan import yuan as written
from wire import faults
from wire.sip2.codes import Language
from wire.sip2.forms import stamp

CURRENCY = "CNY"

FEES: dict[str, tuple[str, str]] = {
    "overdue": ("逾期费", "overdue"),
    "lost": ("图书赔偿", "lost item"),
    "damage": ("污损赔偿", "damaged item"),
    "card": ("工本费", "card"),
    "other": ("其他", "other"),
}
"""`OpenFee.kind` → what the reader is told."""


# ---------------------------------------------------------------- out
def moment(desk: Desk) -> datetime:
    """Local time of the branch: 18 characters without a zone."""
    return _second(desk.now_ms // 1000, desk.zone)


@lru_cache(64)
def _second(since_1970: int, zone: str) -> datetime:
    """The same for all that is answered in one second."""
    return datetime.fromtimestamp(since_1970, ZoneInfo(zone)).replace(tzinfo=None)


def due(day: date | None) -> str:
    """AH: the last second of the last day; empty for None."""
    return "" if day is None else stamp(_end(day))


def until(day: date | None) -> datetime | None:
    """BW: the same as a date."""
    return None if day is None else _end(day)


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59))


def day(value: date | None) -> str:
    """XD, XH: `20301231`; empty for None."""
    return value.isoformat().replace("-", "") if value else ""


def yuan(fen: int) -> str:
    """BV: 1250 分 are `12.50`; empty where nothing is owed."""
    return written(fen) if fen else ""


@lru_cache(256)
def line(fault: str, language: str = Language.CHINESE) -> tuple[str]:
    """AF: the catalogue's line for the reader; English where the request asks for it (001)."""
    reader = faults.fault(faults.number(fault)).reader
    return (reader.en if language == Language.ENGLISH else reader.zh,)


def forgiven(amnesty: InForce, language: str) -> str:
    """AF: what is forgiven of overdue fees for what comes back now."""
    if language == Language.ENGLISH:
        share = "are forgiven" if amnesty.percent == WHOLE else f"are {amnesty.percent}% less"
        return f"Overdue fees {share} for what you return now ({amnesty.reason})."
    share = "免收" if amnesty.percent == WHOLE else f"减免 {amnesty.percent}%"
    return f"现在归还，逾期费{share}（{amnesty.reason}）。"


def fee(owed: OpenFee, language: str) -> str:
    """AV: number, amount, what for: `17 12.50 逾期费 三体`. The number is CG of the 37 that pays it."""
    zh, en = FEES.get(owed.kind, FEES["other"])
    kind = en if language == Language.ENGLISH else zh
    return f"{owed.id} {yuan(owed.open_fen)} {kind} {owed.title or owed.note}".rstrip()


def fee_in_full(owed: OpenFee) -> str:
    """YE: number, amount, kind, what for: `17 12.50 overdue 三体`. Of a kind without a name of its own: `other`."""
    kind = owed.kind if owed.kind in FEES else "other"
    return f"{owed.id} {yuan(owed.open_fen)} {kind} {owed.title or owed.note}".rstrip()


def waived(amnesty: InForce | None, gifts: Iterable[Gift]) -> tuple[str, ...]:
    """YW: what an amnesty forgives now, `50% 读书月`, and what some have forgiven of late, `12.50 读书月`."""
    now = (f"{amnesty.percent}% {amnesty.reason}",) if amnesty else ()
    return (*now, *(f"{yuan(gift.amount_fen)} {gift.reason}" for gift in gifts))


def hold(held: Held) -> str:
    """YH: a copy, 1 where it is ready, until when, door of the cabinet, branch, title; `-` for what there is not.

    `3301000000083 1 20261201 12 石桥分馆 三体`.
    """
    until, branch = held.pickup_by or held.until_on, held.pickup_name or held.pickup
    parts = (held.copy, str(int(held.ready)), day(until), held.locker, branch)
    return " ".join((*("".join(part.split()) or "-" for part in parts), held.title))


# ---------------------------------------------------------------- in
def fen(text: str) -> int | None:
    """分 of an amount in yuan; None where it is none."""
    try:
        return read(text)
    except ValueError:
        return None


def civil(zone: str, said: datetime | None) -> datetime | None:
    """A moment as the clocks of a zone show it; one without a zone is civil time already. None beyond the calendar."""
    if said is None or said.tzinfo is None:
        return said
    try:
        return said.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except OverflowError:
        return None


def read_day(text: str) -> date | None:
    """`20301231`, with or without a time behind it; None where it is no date."""
    try:
        return datetime.strptime(text.strip()[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, of the branch
    except ValueError:
        return None
