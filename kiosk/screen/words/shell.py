"""What stands around every page."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Shell(Struct, frozen=True, forbid_unknown_fields=True):
    """Around every page."""

    connecting: Words
    reconnecting: Words
    """Shown, in every language at once, while the browser has no connection to the kiosk."""
    code: Words
    """`{code}`: the number of a fault, for staff."""
    starting: Words
    offline: Words
    """Remark while the library system is silent and the desk goes on by itself."""
    offline_returns: Words
    """The same where the desk lends nothing by itself."""
    offline_door: Words
