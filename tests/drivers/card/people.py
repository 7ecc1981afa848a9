"""Invented people with identity cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from drivers.card.sdt.layout import is_number
from drivers.events import IdCard

ZHANG = IdCard(
    name="张三",
    sex=2,
    nation="01",
    born=date(1949, 12, 31),
    address="北京市朝阳区某某路 1 号院 2 号楼 3 单元",
    number="11010519491231002X",
    issuer="北京市公安局朝阳分局",
    valid_from=date(2010, 1, 31),
    valid_until=None,
)
LEE = replace(
    ZHANG,
    name="李四",
    nation="",
    number="810000199408230021",
    valid_until=date(2028, 9, 1),
    kind="compatriot",
)
SMITH = replace(
    ZHANG, name="史密斯", nation="", address="", number="USA194912310015", issuer="1500", kind="foreigner"
)
GARCIA = replace(
    ZHANG, name="加西亚", nation="", address="", number="944072419880312043", issuer="", kind="foreigner"
)


def person(at: int) -> IdCard:
    """One of many residents."""
    stem = f"44052419{80 + at % 20}0101{at:03}"
    number = next(number for check in "0123456789X" if is_number(number := stem + check))
    return replace(ZHANG, name=f"读者{at}", number=number)
