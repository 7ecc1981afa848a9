"""98 of a gateway: what its terminals can rely on just now. Pure."""

from __future__ import annotations

import math

from central.circulation.gateway import instead
from central.circulation.gateway.upstream import Upstream
from central.circulation.ledger.desk import Desk
from central.circulation.server.answers import BX, RETRIES, SUPPORTED
from central.circulation.server.terminals import Terminal
from central.circulation.server.wording import moment
from wire.sip2 import messages as m
from wire.sip2.codes import Supported

OURS = frozenset({Supported.LOGIN, Supported.STATUS, Supported.RESEND})
"""Answered here, whatever the ILS knows."""
MARGIN_S = 1.0
"""Beyond our own wait for the ILS: the answer by the rule is there by then."""


def status(
    upstream: Upstream, desk: Desk, terminal: Terminal, *, library: str, lends: bool | None
) -> m.AcsStatus:
    """What is true of the ILS, and of us in its place.

    While it is silent a machine finds us on line, since its loans and returns are answered (`lends`: loans
    too; None: it is a kiosk, which decides by itself and so must know that nobody is there). Off-line ok
    is the ILS's own word: what a terminal tells afterwards is told on as it was told to us.
    """
    said, up = upstream.status, upstream.is_up
    takes = up or lends is not None
    meant = said if up and upstream.dialect.means_status else None
    return m.AcsStatus(
        online_status=takes,
        checkin_ok=meant.checkin_ok if meant else takes,
        checkout_ok=meant.checkout_ok if meant else up or bool(lends),
        acs_renewal_policy=up and said is not None and said.acs_renewal_policy,
        status_update_ok=up and said is not None and said.status_update_ok,
        offline_ok=terminal.no_block and said is not None and said.offline_ok,
        timeout_period=math.ceil(10 * (upstream.timeout_s + MARGIN_S)),
        retries_allowed=RETRIES,
        date_time_sync=moment(desk),
        institution_id=desk.branch,
        library_name=(said.library_name if said else "") or library,
        supported_messages=_supported(upstream),
        terminal_location=terminal.place,
    )


def _supported(upstream: Upstream) -> frozenset[int]:
    """BX: what the ILS answers by its own word, without what its dialect lacks, and what we answer ourselves."""
    said, dialect = upstream.status, upstream.dialect
    told = said.supported_messages if said and dialect.means_status else frozenset()
    theirs = {kind for place, kind in BX.items() if not told or place in told}
    known = {kind: instead.asked_as(kind, dialect.lacks) for kind in BX.values()}
    return OURS | {place for place, kind in BX.items() if place in SUPPORTED and known[kind] in theirs}
