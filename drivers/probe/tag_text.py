"""Tags as people and programs write them: hexadecimal digits in, one JSON object out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from drivers.errors import Misuse
from drivers.tag import cultu, detect, iso28560_2, iso28560_4
from drivers.tag.elements import set_numbers, usage_octet
from drivers.tag.reading import Model, Reading

MODEL_NAMES: Mapping[str, Model] = {
    "iso28560-2": "iso28560-2",
    "28560-2": "iso28560-2",
    "gb35660.2": "iso28560-2",
    "iso28560-3": "iso28560-3",
    "28560-3": "iso28560-3",
    "danish": "iso28560-3",
    "iso28560-4": "iso28560-4",
    "28560-4": "iso28560-4",
    "gb35660.3": "iso28560-4",
    "cultu": "cultu",
    "3m": "3m",
}
"""What a model may be called."""
_BETWEEN = re.compile(r"[\s:._-]+|0[xX](?=[0-9A-Fa-f])")


def octets_of(text: str) -> bytes:
    """Octets from hexadecimal digits in either case; blanks, colons, dashes and 0x between them do not count.

    Raises:
        Misuse: no digits, an odd number of them, or something else; says which and where.
    """
    digits = _BETWEEN.sub("", text)
    if wrong := re.search(r"[^0-9A-Fa-f]", digits):
        raise Misuse(f"{wrong[0]!r} at digit {wrong.start() + 1} is no hexadecimal digit")
    if not digits:
        raise Misuse("no hexadecimal digits")
    if len(digits) % 2:
        raise Misuse(f"{len(digits)} hexadecimal digits: an octet has two, one is missing or too many")
    return bytes.fromhex(digits)


def read_memory(octets: bytes, model: Model | None, block_octets: int) -> Reading:
    """What the memory of an HF tag, or the user bank of a UHF tag, says.

    Args:
        octets: from block 0 on.
        model: None finds it out.
        block_octets: of the chip.

    Raises:
        Misuse: a model that has no such memory.
    """
    if model is None:
        return detect.read_user(octets, block_octets)
    if salvage := detect.SALVAGE_HF.get(model):
        reading = salvage(octets)
        turned = salvage(detect.reversed_blocks(octets, block_octets))
        return turned if turned.content and not turned.warnings and reading.warnings else reading
    if model == iso28560_4.MODEL:
        return iso28560_4.read_user(octets) or iso28560_2.told(iso28560_2.parse(octets), model)
    return cultu.read_user(octets) or Reading(model, warnings=("the octets are no elements of this model",))


def read_epc(text: str, model: Model | None) -> Reading:
    """What the EPC bank of a UHF tag says, and its user bank where that stands behind a `|`.

    Raises:
        Misuse: no hexadecimal digits, or a model that has no EPC bank.
        Misbehaved: octets that are no EPC bank.
    """
    epc, _, user_text = text.partition("|")
    bank, user = detect.epc_bank(octets_of(epc)), octets_of(user_text) if user_text.strip() else b""
    if model is None:
        return detect.read_epc(bank, user)
    if salvage := detect.SALVAGE_UHF.get(model):
        return salvage(bank, user)
    raise Misuse(f"{model} is a model of HF tags and has no EPC bank")


def told(reading: Reading) -> dict[str, object]:
    """The object that is printed. `usage` is an octet in two hexadecimal digits; None for what the tag does not say."""
    content, elements = reading.content, reading.elements
    parts, part = set_numbers(elements.get("SI", "")) or (None, None)
    usage = content.usage if content else usage_octet(elements.get("TU", ""))
    return {
        "model": reading.model,
        "item": content.item if content else None,
        "owner": content.owner if content else elements.get("OI", ""),
        "parts": content.parts if content else parts,
        "part": content.part if content else part,
        "usage": None if usage is None else f"{usage:02X}",
        "elements": dict(elements),
        "warnings": list(reading.warnings),
    }
