"""What became of a loan or a return whose answer was lost: found out by a 17, and a 63 for a loan. Pure.

Nobody may guess here: what the answers leave open, or say against each other, stays unclear and is asked again or
settled by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from wire.sip2.codes import CirculationStatus


class Became(StrEnum):
    """What became of a question."""

    DONE = "done"
    NEVER = "never"
    UNCLEAR = "unclear"


CHARGED: Final[Mapping[str, bool]] = {
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

LOAN: Final[Mapping[tuple[bool | None, bool | None], Became]] = {
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

RETURN: Final[Mapping[bool | None, Became]] = {
    # on loan
    False: Became.DONE,
    True: Became.NEVER,
    None: Became.UNCLEAR,
}
