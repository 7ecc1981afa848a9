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

from wire.sip2.codes import CirculationStatus


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


class Became(StrEnum):
    """What became of a question."""

    DONE = "done"
    NEVER = "never"
    UNCLEAR = "unclear"


CHARGED: dict[str, bool] = {
    CirculationStatus.CHARGED: True,
    CirculationStatus.CHARGED_UNTIL_RECALL: True,
    CirculationStatus.RECALLED: True,
    CirculationStatus.CLAIMED_RETURNED: True,
    CirculationStatus.ON_ORDER: False,
    CirculationStatus.AVAILABLE: False,
    CirculationStatus.IN_PROCESS: False,
    CirculationStatus.ON_HOLD_SHELF: False,
    CirculationStatus.TO_BE_RESHELVED: False,
    CirculationStatus.IN_TRANSIT: False,
    CirculationStatus.MISSING: False,
}
"""Whether an item of this status (18) is on somebody's card; the other statuses do not say."""

LOAN_BECAME: dict[tuple[bool | None, bool | None], Became] = {
    # on loan, on this reader's list; None: the ILS does not say
    (True, True): Became.DONE,
    (True, False): Became.NEVER,  # somebody else has it
    (True, None): Became.UNCLEAR,
    (False, True): Became.UNCLEAR,  # a contradiction
    (False, False): Became.NEVER,
    (False, None): Became.NEVER,
    (None, True): Became.UNCLEAR,
    (None, False): Became.UNCLEAR,
    (None, None): Became.UNCLEAR,
}

RETURN_BECAME: dict[bool | None, Became] = {
    False: Became.DONE,
    True: Became.NEVER,
    None: Became.UNCLEAR,
}
