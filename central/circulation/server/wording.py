"""How the ledger's values are worded in SIP2, the same in every answer."""

from __future__ import annotations

from datetime import date, datetime, time

from central.circulation.ledger.desk import Desk
from wire import faults
from wire.sip2.codes import Language
from wire.sip2.forms import stamp

CURRENCY = "CNY"


def moment(desk: Desk) -> datetime:
    """Local time of the branch: 18 characters without a zone."""
    return desk.now.replace(tzinfo=None)


def due(day: date | None) -> str:
    """AH: the last second of the last day; empty for None."""
    return "" if day is None else stamp(datetime.combine(day, time(23, 59, 59)))


def yuan(fen: int) -> str:
    """BV: 1250 分 are `12.50`; empty where nothing is owed."""
    return f"{fen // 100}.{fen % 100:02}" if fen else ""


def line(fault: str, language: str = Language.CHINESE) -> tuple[str]:
    """AF: the catalogue's line for the reader; English where the request asks for it (001)."""
    reader = faults.fault(faults.number(fault)).reader
    return (reader.en if language == Language.ENGLISH else reader.zh,)
