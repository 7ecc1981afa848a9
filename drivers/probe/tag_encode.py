"""The octets of a new tag from what it shall say, by model; read back by the decoder before they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from drivers.errors import Misuse
from drivers.events import TagContent
from drivers.probe.tag_text import MODEL_NAMES, told
from drivers.tag import cultu, detect, extension, iso28560_2, iso28560_3, iso28560_4, oids
from drivers.tag.elements import (
    ALTERNATIVE_OWNER,
    OWNER,
    PRIMARY_ITEM,
    SET_INFORMATION,
    TITLE,
    TYPE_OF_USAGE,
    Element,
    set_numbers,
    usage_octet,
)
from drivers.tag.extension import Extension
from drivers.tag.layout import BLOCK_OCTETS, Layout
from drivers.tag.reading import Model, Reading
from drivers.tag.security import AfiValues


class Wanted(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the tag shall say: the object that `tag decode` prints, and how it shall be laid out."""

    item: Annotated[str, Meta(min_length=1)]
    model: str = "iso28560-2"
    owner: str = ""
    parts: Annotated[int, Meta(ge=1)] | None = None
    part: Annotated[int, Meta(ge=1)] | None = None
    usage: str | None = None
    """Two hexadecimal digits."""
    elements: dict[str, str] = {}
    """What else, by abbreviation or number: SL, T, … What stands here and above too counts as above."""
    locked: tuple[str, ...] = ("PII", "OI")
    """Elements that nobody may change any more, as in the standard's own example; ISO 28560-2 alone."""
    lent: bool = False
    """UHF alone, where security stands in the EPC bank."""
    block_octets: Annotated[int, Meta(ge=1, le=32)] = BLOCK_OCTETS
    memory_octets: Annotated[int, Meta(ge=8, le=8192)] = 112
    """Of the chip; 28 blocks of 4."""

    @property
    def content(self) -> TagContent:
        """The same as every model tells it.

        Raises:
            Misuse: part of a set that it cannot be, or a type of usage that is no octet.
        """
        parts, part = self.parts or 1, self.part or 1
        usage = None if self.usage is None else usage_octet(self.usage)
        if part > parts:
            raise Misuse(f"part {part} of {parts}")
        if self.usage is not None and usage is None:
            raise Misuse(f"usage {self.usage!r}: two hexadecimal digits were expected")
        return TagContent(self.item, self.owner, parts, part, usage=usage)


def wanted(text: str, changes: Mapping[str, object]) -> Wanted:
    """What a JSON object and the options beside it ask for; the options count.

    Raises:
        Misuse: no JSON object, an unknown key, a value of another type, no item number.
    """
    try:
        asked = json.loads(text) if text.strip() else {}
        if not isinstance(asked, dict):
            raise Misuse("a JSON object was expected")
        asked = {key: value for key, value in asked.items() if value is not None and key not in _PRINTED}
        return msgspec.convert({**asked, **changes}, Wanted)
    except (ValueError, RecursionError, msgspec.ValidationError) as cause:
        raise Misuse(f"{cause}") from None


def encode(asked: Wanted) -> dict[str, Any]:
    """The object that is printed: what the tag will say, `hex`, and what the model adds.

    Raises:
        Misuse: a value that has no place in the model or in the chip.
    """
    model = MODEL_NAMES.get(asked.model.lower())
    if model is None or model not in _ENCODERS:
        raise Misuse(f"no model {asked.model!r} to write; there are {', '.join(_ENCODERS)}")
    made = _ENCODERS[model](asked)
    return made | {"warnings": [*made["warnings"], *_unsaid(asked, made)]}


_PRINTED = frozenset({"warnings", "hex", "user", "locked_blocks", "write_map"})
"""What is printed of a tag but is no wish."""
_ONE_MODEL_S = frozenset(
    {
        "PII",
        "CP",
        "UII",
        "AFI",
        "SECURITY",
        "RESERVED",
        "SORTING",
        "CODING",
        "VERSION",
        "USAGE",
        "PARTS",
        "PART",
        "CRC",
    }
    | {"COUNTRY", "LIBRARY", "SET", "TOTAL", "TYPE", "BRANCH", "CUSTOM"}
)
"""Fields among the printed elements that the model itself makes, or that no other model has."""


def layout(asked: Wanted) -> Layout:
    """The blocks of an HF tag.

    Raises:
        Misuse: a value that has no place in the model or in the chip, or a model of UHF tags.
    """
    model = MODEL_NAMES.get(asked.model.lower())
    if model == iso28560_2.MODEL:
        locked = {_oid(code) for code in asked.locked}
        texts = {PRIMARY_ITEM: asked.item, **_others(asked)}
        elements = [Element(oid, text, locked=oid in locked) for oid, text in texts.items()]
        return _within(iso28560_2.arrange(elements, asked.block_octets), asked)
    if model == iso28560_3.MODEL:
        return _within(Layout(_danish(asked), asked.block_octets, ()), asked)
    raise Misuse(f"{asked.model} is no model of HF tags that is written")


def _danish(asked: Wanted) -> bytes:
    octets = iso28560_3.encode(asked.content)
    if title := _named(asked).get(TITLE):
        return octets + extension.encode(Extension(extension.TITLE, (title,))) + b"\0"
    room = max(asked.memory_octets // asked.block_octets * asked.block_octets, iso28560_3.SHORTEST_OCTETS)
    return octets if any(octets[room:]) else octets[:room]


# ---------------------------------------------------------------- one function a model
def _iso28560_2(asked: Wanted) -> dict[str, Any]:
    made = layout(asked)
    return _hf(asked, made) | {"locked_blocks": made.locked_blocks, "write_map": made.write_map}


def _iso28560_3(asked: Wanted) -> dict[str, Any]:
    return _hf(asked, layout(asked)) | {"warnings": []}


def _hf(asked: Wanted, made: Layout) -> dict[str, Any]:
    octets = b"".join(made.blocks)
    return told(_same(detect.read(octets), asked)) | {"hex": octets.hex().upper()}


def _iso28560_4(asked: Wanted) -> dict[str, Any]:
    others = _others(asked)
    if others.get(OWNER) == asked.owner:
        del others[OWNER]  # it stands in the UII
    user = iso28560_4.encode_user([Element(oid, text) for oid, text in others.items()]) if others else b""
    afi = AfiValues().octet(secured=not asked.lent)
    bank = iso28560_4.encode(asked.content, afi, user_memory=bool(user))
    return _uhf(detect.read_epc(bank, user), asked, bytes(bank), user)


def _cultu(asked: Wanted) -> dict[str, Any]:
    own = {cultu.OWNER, cultu.SET} if asked.owner or asked.parts else set()
    user = {oid: text for oid, text in _named(asked).items() if oid not in own}
    if not _is_cultu_s(cultu.USAGE, user.get(cultu.USAGE, "")):
        user.pop(cultu.USAGE, None)  # an octet of ISO 28560 is no category and status
    bank, octets = cultu.encode(asked.content, user, lent=asked.lent)
    return _uhf(cultu.salvage(bank, octets), asked, bytes(bank), octets)


_ENCODERS: Mapping[Model, Callable[[Wanted], dict[str, Any]]] = {
    iso28560_2.MODEL: _iso28560_2,
    iso28560_3.MODEL: _iso28560_3,
    iso28560_4.MODEL: _iso28560_4,
    cultu.MODEL: _cultu,
}


# ---------------------------------------------------------------- parts
def _unsaid(asked: Wanted, made: Mapping[str, Any]) -> Iterator[str]:
    """What was asked for, and the tag does not say: the model has no place for it, or less of one."""
    said: dict[str, str] = made["elements"]
    if asked.usage is not None and made["usage"] != asked.usage.upper():
        kept = f", which keeps {made['usage']}" if made["usage"] else ""
        yield f"usage {asked.usage} has no place in {made['model']}{kept}"
    for oid, text in _named(asked).items():
        code = oids.code(oid)
        if text.upper() in (each.upper() for each in said.values()) or _by_a_field(oid, text, made):
            continue
        another = f": the tag says {said[code]}" if code in said else f" has no place in {made['model']}"
        yield code + another


def _by_a_field(oid: int, text: str, made: Mapping[str, Any]) -> bool:
    """Whether owner, set or type of usage say it beside the elements."""
    parts, part = made["parts"], made["part"]
    fields: Mapping[int, bool] = {
        OWNER: text == made["owner"],
        ALTERNATIVE_OWNER: text == made["owner"],
        SET_INFORMATION: set_numbers(text) == (parts, part) or text == f"{part}/{parts}",
        TYPE_OF_USAGE: text.upper() == made["usage"],
    }
    return fields.get(oid, False)


def _is_cultu_s(oid: int, text: str) -> bool:
    """Whether it is told in the form of 高校联盟, which ISO 28560 does not have: part 2/3, usage 1.2."""
    return (oid == SET_INFORMATION and "/" in text) or (oid == TYPE_OF_USAGE and "." in text)


def _oid(code: str) -> int:
    oid = oids.oid(code)
    if oid is None:
        raise Misuse(
            f"no element {code!r}; there are {', '.join(each.code for each in oids.TABLE)} and numbers"
        )
    return oid


def _named(asked: Wanted) -> dict[int, str]:
    """The elements that stand in the wish, by number."""
    words = {"title": "T"}
    named = {words.get(code.lower(), code): text for code, text in asked.elements.items()}
    return {_oid(code): text for code, text in named.items() if code.upper() not in _ONE_MODEL_S and text}


def _others(asked: Wanted) -> dict[int, str]:
    """Every element beside item number and content parameter, in the order of their numbers."""
    named = {oid: text for oid, text in _named(asked).items() if not _is_cultu_s(oid, text)}
    own = {each.oid: each.text for each in iso28560_2.elements(asked.content) if each.oid != PRIMARY_ITEM}
    if OWNER in own and named.get(ALTERNATIVE_OWNER) == asked.owner:
        del named[ALTERNATIVE_OWNER]
    return dict(sorted({**named, **own}.items()))


def _within(made: Layout, asked: Wanted) -> Layout:
    if (octets := len(made.blocks) * made.block_octets) > asked.memory_octets:
        raise Misuse(f"{octets} octets for a chip of {asked.memory_octets}")
    return made


def _same(reading: Reading, asked: Wanted) -> Reading:
    """The reading, proven to say what was asked for."""
    if reading.content is None or reading.content.item != asked.item:
        raise Misuse(f"item number {asked.item!r} does not survive {asked.model}")
    return reading


def _uhf(reading: Reading, asked: Wanted, epc: bytes, user: bytes) -> dict[str, Any]:
    return told(_same(reading, asked)) | {"hex": epc.hex().upper(), "user": user.hex().upper()}
