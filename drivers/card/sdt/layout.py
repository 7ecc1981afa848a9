"""The text of identity cards: 256 octets of UTF-16LE, each field filled up with spaces. Pure.

                 resident      compatriot        foreigner of 2017          foreigner of 2023
                 居民身份证    港澳台居民居住证  外国人永久居留身份证       the same
    name         0  .. 30      0  .. 30          158 .. 188                 0  .. 30
      in English                                 0  .. 120                  52 .. 122, 220 .. 242
    sex          30 .. 32      30 .. 32          120 .. 122                 30 .. 32
    nation       32 .. 36
    born         36 .. 52      36 .. 52          220 .. 236                 36 .. 52
    address      52 .. 122     52 .. 122
    number       122 .. 158    122 .. 158        122 .. 152                 122 .. 158
    issuer       158 .. 188    158 .. 188        240 .. 248, a code
    from         188 .. 204    188 .. 204        188 .. 204                 188 .. 204
    until        204 .. 220    204 .. 220        204 .. 220                 204 .. 220
    kind         248: blank    248: J            248: I                     248: Y

Not read: the compatriot's pass (220 .. 238) and how often it was issued (238 .. 242); the country of a foreigner
(152 .. 158 and 242 .. 248, three letters), how often the card of 2023 was renewed (32 .. 36), and from which number
of 2017 it came (250 .. 256).
Sources: GA/T 490; 港澳台居民居住证机读信息规范; 外国人永久居留证芯片机读数据项 (2017); 新版外国人永久居留身份证机读信息规则 (2023):
all as readers' makers publish them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_DATE = re.compile(r"[0-9]{8}")
_NUMBER_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")


def is_number(number: str) -> bool:
    """Whether these are 18 characters of GB 11643 whose check digit is right."""
    if not _NUMBER.fullmatch(number):
        return False
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[weighted % 11] == number[17]


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
    issuer: Field | None
    valid_from: Field = (188, 204)
    valid_until: Field = (204, 220)
    english: tuple[Field, ...] = ()
    """Where the name stands, one piece behind the other, when its own field is blank."""
    takes: Callable[[str], bool] = is_number
    """Whether a number is one of these cards'."""


RESIDENT = Layout("resident", (0, 30), (30, 32), (32, 36), (36, 52), (52, 122), (122, 158), (158, 188))
COMPATRIOT = Layout("compatriot", (0, 30), (30, 32), None, (36, 52), (52, 122), (122, 158), (158, 188))
FOREIGNER_2017 = Layout(
    "foreigner", (158, 188), (120, 122), None, (220, 236), None, (122, 152), (240, 248),
    english=((0, 120),),
    takes=lambda number: bool(_NUMBER_2017.fullmatch(number)),
)  # fmt: skip
FOREIGNER_2023 = Layout(
    "foreigner", (0, 30), (30, 32), None, (36, 52), None, (122, 158), None,
    english=((52, 122), (220, 242)),
    takes=lambda number: number.startswith("9") and is_number(number),
)  # fmt: skip
LAYOUTS: Mapping[str, Layout] = {"": RESIDENT, "J": COMPATRIOT, "I": FOREIGNER_2017, "Y": FOREIGNER_2023}


def parse(text: bytes) -> IdCard:
    """The card whose text this is.

    Raises:
        Misbehaved: not what a card can say. Without evidence: it is a person's.
        Unsupported: a kind of card whose layout is not known.
    """
    if len(text) != TEXT_OCTETS:
        raise Misbehaved(f"a text of {len(text)} octets")
    kind = _read(text, (KIND_AT, KIND_AT + 2))
    layout = LAYOUTS.get(kind)
    if not layout:
        raise Unsupported("a kind of identity card that is not known")
    return _card(text, layout)


def _card(text: bytes, layout: Layout) -> IdCard:
    name = _read(text, layout.name) or _read(text, *layout.english)
    number, sex = _read(text, layout.number), _read(text, layout.sex)
    nation = _perhaps(text, layout.nation)
    until = _read(text, layout.valid_until)
    _check("name", bool(name))
    _check("sex", sex in SEXES)
    _check("nation", not layout.nation or nation in NATIONS)
    _check("number", layout.takes(number))
    return IdCard(
        name=name,
        sex=int(sex),
        nation=nation,
        born=_date("born", _read(text, layout.born)),
        address=_perhaps(text, layout.address),
        number=number,
        issuer=_perhaps(text, layout.issuer),
        valid_from=_date("valid_from", _read(text, layout.valid_from)),
        valid_until=None if until == FOR_LIFE else _date("valid_until", until),
        kind=layout.kind,
    )


def _read(text: bytes, *pieces: Field) -> str:
    """One field, in pieces perhaps, without the spaces and zeros behind it."""
    octets = b"".join(text[slice(*piece)] for piece in pieces)
    return octets.decode("utf-16-le", errors="replace").strip(" \0")


def _perhaps(text: bytes, field: Field | None) -> str:
    return _read(text, field) if field else ""


def _date(field: str, digits: str) -> date:
    _check(field, bool(_DATE.fullmatch(digits)))
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Misbehaved(f"the card's {field} is no date") from None


def _check(field: str, right: bool) -> None:
    if not right:
        raise Misbehaved(f"the card's {field} is not what it can be")
