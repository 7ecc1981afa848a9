"""Messages about a hold: 15.

- AB names any copy of the title; without it AJ is the number of the title's record.
- BS is the branch of pick-up, the terminal's own where it is left out.
- A hold is on a title: whatever BY says, any copy serves it.
- A mode that is left blank places a hold; one that is none of + - * is refused: it may mean the opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from central.circulation.ledger import holds
from central.circulation.ledger.outcomes import Held, Refused
from central.circulation.server.visit import Visit
from central.circulation.server.wording import civil, line, moment, until
from central.statements import Cursor
from wire.sip2 import messages as m
from wire.sip2.codes import HoldMode

MAX_RECORD_DIGITS = 9
"""A number of a record has no more."""


def hold(cursor: Cursor, visit: Visit, asked: m.Hold) -> m.HoldResponse:
    outcome = _hold(cursor, visit, asked)
    held = outcome if isinstance(outcome, Held) else None
    refused = outcome if isinstance(outcome, Refused) else None
    return m.HoldResponse(
        ok=held is not None,
        available=held is not None and (held.ready or held.in_stock),
        transaction_date=moment(visit.desk),
        expiration_date=until(held.pickup_by or held.until_on) if held else None,
        queue_position=held.position or None if held else None,
        pickup_location=held.pickup if held else "",
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        item_identifier=asked.item_identifier,
        title_identifier=held.title if held else asked.title_identifier,
        screen_message=line(refused.fault) if refused else (),
        fault=refused.number if refused else None,
    )


def _hold(cursor: Cursor, visit: Visit, asked: m.Hold) -> Held | Refused:
    if visit.pin is False:
        return Refused("pin_wrong")
    card, barcode, record = asked.patron_identifier.strip(), asked.item_identifier.strip(), _record(asked)
    if not barcode and record is None:
        return Refused("item_unknown")
    if asked.hold_mode == HoldMode.DELETE:
        return holds.cancel(cursor, visit.desk, card, barcode=barcode, title_id=record)
    verb = _VERBS.get(asked.hold_mode.strip())
    if verb is None:
        return Refused("hold_refused")
    return verb(
        cursor,
        visit.desk,
        card,
        barcode=barcode,
        title_id=record,
        pickup=asked.pickup_location.strip(),
        until=_wanted_until(visit, asked),
    )


def _wanted_until(visit: Visit, asked: m.Hold) -> date | None:
    """BW as the last day; None where that is over: nobody asks for that, some machines never set it."""
    until = civil(visit.desk.zone, asked.expiration_date)
    return until.date() if until and until.date() >= visit.desk.today else None


_VERBS: dict[str, Callable[..., Held | Refused]] = {
    "": holds.place,
    HoldMode.ADD: holds.place,
    HoldMode.CHANGE: holds.change,
}


def _record(asked: m.Hold) -> int | None:
    text = asked.title_identifier.strip()
    named = not asked.item_identifier.strip() and text.isascii() and text.isdigit()
    return int(text) if named and len(text) <= MAX_RECORD_DIGITS else None
