"""The states of a transaction at a gateway. Pure.

          ┌── answered ────────────────────────────────────────────▶ ENDED
    ASKED ┤                                                            ▲
          ├── silent, lent by the rule ───────▶ GRANTED ── told ───────┤
          ├── silent, taken back by the rule ─▶ TAKEN ──── told ───────┤
          ├── silent, refused by the rule ────▶ OWED ───── found out ──┤
          └── the process ended ── found out ──────────────────────────┘

- ASKED is on disk before the ILS hears the question.
- What was never sent (the line was down) is not OWED: nothing can have come of it. It is refused and ENDED.
- GRANTED and TAKEN are told to the ILS; where it may have heard the question, first what became of it is found
  out by a 17, and a 63 for a loan.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    """The reader has the book."""
    TAKEN = "taken"
    """The book is here."""
    OWED = "owed"
    """The reader was told to leave the book."""
    ENDED = "ended"


WAITING = (State.ASKED, State.GRANTED, State.TAKEN, State.OWED)
BY_RULE = (State.GRANTED, State.TAKEN)
"""Told to the ILS as having happened."""
