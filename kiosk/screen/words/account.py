"""The page of a reader's account, and of a wish that waits for a card."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Counted, Words


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """Loans, holds, fees, messages."""

    open: Words
    """On the button of the page of the books."""
    asking: Words
    failed: Words
    again: Words
    back: Words
    loans: Words
    holds: Words
    fees: Words
    messages: Words
    nothing: Words
    """Where the account is empty."""
    on_loan: Counted
    late: Counted
    ready: Counted
    overdue: Words
    """`{date}`: a loan whose day has passed."""
    overdue_state: Words
    renew: Words
    renew_all: Words
    renewing: Words
    renewed: Words
    not_renewed: Words
    hold_ready: Words
    hold_waiting: Words
    on_shelf: Words
    """Where a hold is fetched when the library system does not say."""
    at: Words
    """`{place}`."""
    locker: Words
    """`{door}` of the pick-up cabinet."""
    until: Words
    """`{date}`."""
    cancel: Words
    cancel_sure: Words
    busy: Words
    owed: Words
    """`{yuan}` in all."""
    yuan: Words
    """`{yuan}`."""
    more: Words
    """`{count}` loans that are not listed."""
    placed: Words
    """`{title}`."""
    position: Words
    """The same, with `{position}` in the queue."""
    in_library: Words
    """The same where a copy is in, and will be set aside."""
    cancelled: Words
    pin_changed: Words
    hold: Words
    """On the button beside a title of the catalogue."""
    wish: Words
    """A title waits for a card to be shown."""
    wish_title: Words
    """`{title}`."""
    wish_nameless: Words
    wish_no: Words
