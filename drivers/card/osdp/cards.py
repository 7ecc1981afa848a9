"""From what a door reader reads to the number that a site's cards carry. Pure.

    wiegand26   P | facility 8 | card 16 | P       the first bit makes the first half even, the last one
    wiegand34   P | facility 16 | card 16 | P      makes the second half odd
    raw         bits as they came, the last one the lowest

Facility and card without their parity bits are 3 or 4 octets; `Numbering` writes them as a number.
Source: SIA AC-01-1996.10 (26 bits).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from drivers.card.number import Numbering, number_of
from drivers.card.osdp.messages import CardRead
from drivers.errors import Misbehaved

Format = Literal["raw", "wiegand26", "wiegand34"]

BITS: Mapping[Format, int] = {"wiegand26": 26, "wiegand34": 34}
CARD_BITS = 16


class Unreadable(Misbehaved):
    """A card that was read badly: its parity is wrong. Again."""


def number(card: CardRead, form: Format, numbering: Numbering, *, printed: bool = False) -> str:
    """The card's number.

    Args:
        card: as the reader told it.
        form: how its bits are laid out; of no matter where the reader told characters.
        numbering: how the octets are written.
        printed: as it stands on the card: facility in 3 (or 5) digits, card in 5, instead of `numbering`.

    Raises:
        Unreadable: a parity bit is wrong.
        Misbehaved: another number of bits, or octets that hold no such number.
    """
    if card.text:
        return number_of(card.octets, Numbering(encoding="text"))
    value = int.from_bytes(card.octets) >> max(8 * len(card.octets) - card.bits, 0)
    bits = card.bits
    if form != "raw":
        value, bits = _without_parity(value, bits, BITS[form]), bits - 2
    if printed and form != "raw":
        facility, own = divmod(value, 1 << CARD_BITS)
        return f"{facility:0{3 if form == 'wiegand26' else 5}d}{own:05d}"
    return number_of(value.to_bytes((bits + 7) // 8), numbering)


def _without_parity(value: int, bits: int, wanted: int) -> int:
    if bits != wanted:
        raise Misbehaved(f"the card has {bits} bits, {wanted} are configured")
    half = bits // 2
    first, second = value >> half, value & (1 << half) - 1
    if first.bit_count() % 2 or not second.bit_count() % 2:
        raise Unreadable("the card was read badly")
    return value >> 1 & (1 << bits - 2) - 1
