"""What the simulated kiosk keeps through a loss of power: as much of a journal as a start asks."""

from __future__ import annotations

from kiosk.effects import Remember


class Kept:
    """Small values by name; no transaction is ever open when the power goes."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def keep(self, effect: Remember) -> None:
        self.values.pop(effect.name, None)
        if effect.value is not None:
            self.values[effect.name] = effect.value

    def recall(self, name: str) -> str | None:
        return self.values.get(name)

    def recall_all(self, head: str) -> dict[str, str]:
        return {name: value for name, value in self.values.items() if name.startswith(head)}

    def tail(self, _limit: int) -> list[object]:
        return []

    def intents(self) -> list[object]:
        return []

    def payments(self) -> list[object]:
        return []
