"""Who carries out what: each effect reaches the one device or conversation that it is for."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.effects import (
    AnyEffect,
    AskItem,
    AskLoan,
    AskReader,
    AskReplay,
    AskReturn,
    AskSettle,
    ReleaseDoor,
    SecureDoor,
    SenseTag,
    WriteTag,
)
from kiosk.hands import Hands


class Told:
    """Stands for a device or a conversation; keeps what it was told."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def ask(self, question: AnyEffect) -> None:
        self.calls.append(question)

    def release(self, limit_ms: int) -> None:
        self.calls.append(("release", limit_ms))

    def secure(self, *what: Any) -> None:
        self.calls.append(("secure", *what))

    def sense(self, uid: str) -> None:
        self.calls.append(("sense", uid))


AT_DESK = [
    AskReader(2, "R0001", "desk"),
    AskItem(4, "B001"),
    AskLoan("1" * 16, "R0001", "B001"),
    AskReturn("2" * 16, "B001"),
    AskSettle("3" * 16, "return", "B001", ""),
    AskReplay("4" * 16, "return", "B001", "", 1_790_000_000_000),
]


@pytest.mark.parametrize("question", AT_DESK, ids=lambda q: type(q).__name__)
def test_the_desk_asks_by_its_own_conversation(question: AnyEffect):
    desk, door = Told(), Told()
    Hands(desk_ils=desk, door_ils=door).do(question)  # type: ignore[arg-type] - the same verb
    assert (desk.calls, door.calls) == ([question], [])


def test_the_door_asks_by_its_own_and_never_waits_for_the_desk():
    desk, door, question = Told(), Told(), AskReader(1, "R0001", "door")
    Hands(desk_ils=desk, door_ils=door).do(question)  # type: ignore[arg-type] - the same verb
    assert (desk.calls, door.calls) == ([], [question])


def test_a_kiosk_that_has_lost_its_desk_still_settles_what_the_desk_has_left():
    door, question = Told(), AskSettle("3" * 16, "return", "B001", "")
    Hands(door_ils=door).do(question)  # type: ignore[arg-type] - the same verb
    assert door.calls == [question]


def test_lock_and_tags_are_the_devices():
    pad, door = Told(), Told()
    hands = Hands(pad=pad, door=door)  # type: ignore[arg-type] - the same verbs
    hands.do(ReleaseDoor(8000))
    hands.do(SecureDoor())
    hands.do(WriteTag("E1", secured=False))
    hands.do(SenseTag("E1"))
    assert door.calls == [("release", 8000), ("secure",)]
    assert pad.calls == [("secure", "E1", False), ("sense", "E1")]


@pytest.mark.parametrize(
    "effect", [*AT_DESK, ReleaseDoor(8000), SecureDoor(), WriteTag("E1", secured=True), SenseTag("E1")]
)
def test_what_is_not_there_is_a_mistake_of_ours(effect: AnyEffect):
    with pytest.raises(TypeError, match=type(effect).__name__):
        Hands().do(effect)
