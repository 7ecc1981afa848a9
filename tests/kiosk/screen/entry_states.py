"""What the door's screen asks and refuses, every reason of it, as literal snapshots by name."""

from __future__ import annotations

from kiosk.room.admission_state import Admission, Entrant, Question, Wanted
from kiosk.room.state import Notice, Phase
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.states import FAR_MS, ZHANG, entrance
from wire.faults import number

REFUSALS = (
    "category_not_admitted",
    "too_young",
    "too_old",
    "debts_too_high",
    "room_terms_wanted",
    "too_many_with_you",
    "no_answer_given",
    "pin_wrong",
    "pin_paused",
    "room_full",
    "closed_now",
    "last_entry_over",
    "room_cleaned",
    "room_tests_itself",
    "card_blocked",
    "cannot_check_card",
    "keys_not_taken",
)
"""Names of the faults. `banned_here` has its last day beside it."""


def refused(name: str, until: str = "") -> Snapshot:
    return entrance(Phase.SECURED, notice=Notice(FAR_MS, number(name), until))


def asking(wants: Wanted, most: int = 0) -> Snapshot:
    """A reader whose card is good, asked for something."""
    question = Question(Entrant(ZHANG, "ils"), wants, FAR_MS, most)
    return entrance(Phase.QUESTIONED, admission=Admission(question=question), ask=7)


ENTRY: dict[str, Snapshot] = {
    "door_pin": asking("pin"),
    "companions": asking("companions", 4),
    "refused_banned_here": refused("banned_here", "2026-12-31"),
} | {f"refused_{name}": refused(name) for name in REFUSALS}
