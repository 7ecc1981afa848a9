"""What machines of other makers are told while their ILS is silent. Pure.

| the request | is answered |
| --- | --- |
| 63, 23 | a reader whom the ILS called good within `known_days`: good, without a name and without counts; one on the deny list: blocked; any other: cannot be checked now |
| 11 | lent, where nothing in `REASONS` speaks against it, and owed to the ILS |
| 09 | taken back, always, and owed to the ILS |
| 11, 09 with no block | written down: it has happened already |
| 17 | the item, and nothing of it |
| 35 | ended |
| all others | refused: not now |

A PIN is checked by the ILS alone: while it is silent a card that is known is enough, as it is at a kiosk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from central.circulation.ledger.desk import Desk
from central.circulation.server import answers
from central.circulation.server.patron_answers import NO_SERVICE
from central.circulation.server.wording import due, line, moment
from central.config import GatewayOffline
from wire import faults
from wire.sip2 import messages as m
from wire.sip2.codes import PatronFlag
from wire.sip2.declare import Message

LENT_OFFLINE = "已借出，联网后登记"
TAKEN_OFFLINE = "已收下，联网后登记"
"""For the reader, where the ILS has not heard of it yet."""

NOT_OFFERED = "图书馆系统没有这项服务，请到服务台"
"""The same, where the ILS does not know what is asked: it will not know it later either."""

ONLY_LOANS = frozenset({PatronFlag.RENEWAL_DENIED, PatronFlag.RECALL_DENIED, PatronFlag.HOLD_DENIED})
"""What a known reader cannot do without the ILS."""


@dataclass(frozen=True, slots=True)
class Known:
    """What central itself knows of a reader and an item."""

    reader: bool = False
    """The ILS called the reader good within `known_days`."""
    reader_type: str = ""
    reader_denied: bool = False
    item_denied: bool = False
    granted: int = 0
    """Books that this reader has by the rule, and of which the ILS does not know yet."""


REASONS: tuple[tuple[Callable[[Known, GatewayOffline], bool], str], ...] = (
    (lambda known, _: known.reader_denied, "card_blocked"),
    (lambda known, _: known.item_denied, "loan_not_allowed"),
    (lambda _, offline: not offline.lend, "cannot_lend_now"),
    (lambda known, _: not known.reader, "cannot_check_card"),
    (lambda known, offline: known.granted >= offline.cap, "offline_limit_reached"),
)
"""Why a book is not lent by the rule; the first that holds is told."""


def withholds(known: Known, offline: GatewayOffline) -> str | None:
    """The fault for which a book is not lent by the rule; None: it is."""
    return next((fault for holds, fault in REASONS if holds(known, offline)), None)


def bars(known: Known) -> str | None:
    """The fault for which a reader is turned away."""
    if known.reader_denied:
        return "card_blocked"
    return None if known.reader else "cannot_check_card"


# ---------------------------------------------------------------- answers
def answer_query(request: Message, known: Known, desk: Desk) -> Message:
    """What a question that changes nothing is answered by the rule."""
    match request:
        case m.PatronInformation():
            said = _reader(request, known, desk)
            return m.PatronInformationResponse(**said, reader_type="" if bars(known) else known.reader_type)
        case m.PatronStatusRequest():
            return m.PatronStatusResponse(**_reader(request, known, desk))
        case m.ItemInformation():
            return m.ItemInformationResponse(
                transaction_date=moment(desk), item_identifier=request.item_identifier
            )
        case m.EndPatronSession():
            return m.EndSessionResponse(
                end_session=True,
                transaction_date=moment(desk),
                institution_id=desk.branch,
                patron_identifier=request.patron_identifier,
            )
    return refusal(request, "ils_silent", desk)


def answer_lacking(request: Message, desk: Desk) -> Message:
    """What a request is answered that the ILS does not know."""
    if isinstance(
        request, m.EndPatronSession | m.PatronInformation | m.PatronStatusRequest | m.ItemInformation
    ):
        return answer_query(request, Known(), desk)
    return _refused(request, (NOT_OFFERED,), None, desk)


def _reader(request: m.PatronInformation | m.PatronStatusRequest, known: Known, desk: Desk) -> dict[str, Any]:
    bar = bars(known)
    return {
        "patron_status": NO_SERVICE if bar else ONLY_LOANS,
        "language": request.language,
        "transaction_date": moment(desk),
        "institution_id": desk.branch,
        "patron_identifier": request.patron_identifier,
        "valid_patron": None if bar == "cannot_check_card" else True,
        "screen_message": line(bar, request.language) if bar else (),
        "fault": faults.number(bar) if bar else None,
    }


def lent(request: m.Checkout, until: date, desk: Desk) -> m.CheckoutResponse:
    """12: lent by the rule."""
    return m.CheckoutResponse(
        ok=True,
        desensitize=True,
        transaction_date=moment(desk),
        institution_id=desk.branch,
        patron_identifier=request.patron_identifier,
        item_identifier=request.item_identifier,
        due_date=due(until),
        screen_message=(LENT_OFFLINE,),
    )


def taken(request: m.Checkin, desk: Desk) -> m.CheckinResponse:
    """10: taken back by the rule."""
    return m.CheckinResponse(
        ok=True,
        resensitize=True,
        transaction_date=moment(desk),
        institution_id=desk.branch,
        item_identifier=request.item_identifier,
        screen_message=(TAKEN_OFFLINE,),
    )


def refusal(request: Message, fault: str, desk: Desk) -> Message:
    """The answer that says no, and why."""
    return _refused(request, line(fault), faults.number(fault), desk)


def _refused(request: Message, words: tuple[str, ...], fault: int | None, desk: Desk) -> Message:
    answer = answers.refusal(request, desk, words, fault)
    named = {"institution_id": desk.branch} if "institution_id" in answer.layout.names else {}
    return answer.but(**named)
