"""Who lives near the simulated room, and what the library system says of them."""

from __future__ import annotations

from random import Random

from kiosk.events import Reader
from wire.faults import number

COUNT = 2_000
BAD = {1: "card_blocked", 2: "card_expired", 3: "card_unknown"}
"""Of a hundred cards, by the remainder of their number."""
DENIED, BANNED, CHILD, IN_DEBT = 4, 5, 6, 7
STAFF = [f"S{n:04}" for n in range(5)]


class Readers:
    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.cards = [f"R{n:05}" for n in range(COUNT)]
        self.denied = [card for card in self.cards if kind(card) == DENIED]
        self.banned = [card for card in self.cards if kind(card) == BANNED]
        self.allowed = [card for card in self.cards if kind(card) >= IN_DEBT + 1]
        self._names: dict[str, str] = {}

    def named(self, card: str) -> str:
        """The pseudonym of a card."""
        name = self._names.get(card)
        if name is None:
            name = self._names[card] = f"{sum(map(ord, card[:1])):02x}{int(card[1:] or 0):030x}"
        return name

    def anybody(self) -> str:
        return self._chance.choice(self.cards)

    def answer(self, card: str) -> tuple[Reader | None, int | None]:
        """What the library system says: a reader, or why not."""
        kind_of = kind(card)
        if not card.startswith("R") or kind_of in BAD:
            return None, number(BAD.get(kind_of, "card_unknown"))
        age = 9 if kind_of == CHILD else 30
        fees_fen = 9_900 if kind_of == IN_DEBT else 0
        return Reader(card, self.named(card), "", "adult", age=age, fees_fen=fees_fen), None


def kind(card: str) -> int:
    return int(card[1:]) % 100
