"""The text of identity cards: 256 octets of UTF-16LE, each field filled up with spaces. Pure.

                 resident (GA/T 490)    compatriot: 港澳台居民居住证    foreigner of 2017
    name         0  .. 30               0  .. 30                        158 .. 188, else English 0 .. 120
    sex          30 .. 32               30 .. 32                        120 .. 122
    nation       32 .. 36
    born         36 .. 52               36 .. 52                        220 .. 236
    address      52 .. 122              52 .. 122
    number       122 .. 158             122 .. 158                      122 .. 152
    issuer       158 .. 188             158 .. 188                      240 .. 248, a code
    from         188 .. 204             188 .. 204                      188 .. 204
    until        204 .. 220             204 .. 220                      204 .. 220
    kind         248: blank             248: J                          248: I

The foreigner's card of 2023 has a Y at 248 and a layout that is not public: it is refused by name.
Sources: GA/T 490; 港澳台居民居住证机读信息规范; 外国人永久居留证芯片机读数据项 (2017), as readers' makers publish them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from drivers.errors import Misbehaved, Unsupported
from drivers.events import IdCard

TEXT_OCTETS = 256
KIND_AT = 248

SEXES = frozenset("0129")
"""GB/T 2261.1."""
NATIONS = frozenset((*(f"{each:02}" for each in range(1, 57)), "97", "98"))
"""GB/T 3304."""
FOR_LIFE = "长期"

Kind = Literal["resident", "compatriot", "foreigner"]
Field = tuple[int, int]
"""First octet and the one behind the last."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a kind of card has its fields; None: it has none."""

    kind: Kind
    name: Field
    sex: Field
    nation: Field | None
    born: Field
    address: Field | None
    number: Field
    issuer: Field
    valid_from: Field = (188, 204)
    valid_until: Field = (204, 220)
    other_name: Field | None = None
    """Where the name stands when its own field is blank."""


RESIDENT = Layout("resident", (0, 30), (30, 32), (32, 36), (36, 52), (52, 122), (122, 158), (158, 188))
COMPATRIOT = Layout("compatriot", (0, 30), (30, 32), None, (36, 52), (52, 122), (122, 158), (158, 188))
FOREIGNER = Layout(
    "foreigner", (158, 188), (120, 122), None, (220, 236), None, (122, 152), (240, 248), other_name=(0, 120)
)
LAYOUTS: Mapping[str, Layout] = {"": RESIDENT, "J": COMPATRIOT, "I": FOREIGNER}
FOREIGNER_2023 = "Y"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_DATE = re.compile(r"[0-9]{8}")
_FOREIGN_NUMBER = re.compile(r"[A-Z]{3}[0-9]{12}")


def parse(text: bytes) -> IdCard:
    """The card whose text this is.

    Raises:
        Misbehaved: not what a card can say. Without evidence: it is a person's.
        Unsupported: a kind of card whose layout is not known.
    """
    if len(text) != TEXT_OCTETS:
        raise Misbehaved(f"a text of {len(text)} octets")
    kind = _read(text, (KIND_AT, KIND_AT + 2))
    if kind == FOREIGNER_2023:
        raise Unsupported("a foreigner's permanent residence card of 2023, whose layout is not public")
    layout = LAYOUTS.get(kind)
    if not layout:
        raise Unsupported("a kind of identity card that is not known")
    return _card(text, layout)


def is_number(number: str) -> bool:
    """Whether these are 18 characters of GB 11643 whose check digit is right."""
    if not _NUMBER.fullmatch(number):
        return False
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[weighted % 11] == number[17]


def _card(text: bytes, layout: Layout) -> IdCard:
    name = _read(text, layout.name) or (_read(text, layout.other_name) if layout.other_name else "")
    number, sex = _read(text, layout.number), _read(text, layout.sex)
    nation = _read(text, layout.nation) if layout.nation else ""
    until = _read(text, layout.valid_until)
    _check("name", bool(name))
    _check("sex", sex in SEXES)
    _check("nation", not layout.nation or nation in NATIONS)
    _check("number", bool(_FOREIGN_NUMBER.fullmatch(number)) if layout is FOREIGNER else is_number(number))
    return IdCard(
        name=name,
        sex=int(sex),
        nation=nation,
        born=_date("born", _read(text, layout.born)),
        address=_read(text, layout.address) if layout.address else "",
        number=number,
        issuer=_read(text, layout.issuer),
        valid_from=_date("valid_from", _read(text, layout.valid_from)),
        valid_until=None if until == FOR_LIFE else _date("valid_until", until),
        kind=layout.kind,
    )


def _read(text: bytes, field: Field) -> str:
    """One field without the spaces and zeros behind it."""
    return text[slice(*field)].decode("utf-16-le", errors="replace").strip(" \0")


def _date(field: str, digits: str) -> date:
    _check(field, bool(_DATE.fullmatch(digits)))
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Misbehaved(f"the card's {field} is no date") from None


def _check(field: str, right: bool) -> None:
    if not right:
        raise Misbehaved(f"the card's {field} is not what it can be")
