"""Words of the slip that a reader takes along, and of the goodbye."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """A session in writing."""

    reader: Words
    """`{name}`: masked."""
    lent: Words
    """`{count}`."""
    renewed: Words
    returned: Words
    paid: Words
    """`{yuan}`."""
    thanks: Words
    print: Words
    """On the button: print it, and finish."""
    scan: Words
    """On the button: show the code."""
    scan_heading: Words
    scan_advice: Words


class Goodbye(Struct, frozen=True, forbid_unknown_fields=True):
    """Six seconds for whoever goes."""

    heading: Words
    advice: Words
    take_slip: Words
    printing: Words
    not_printed: Words
    question: Words
    """Above three faces."""
    bad: Words
    fair: Words
    good: Words
    thanks: Words
    """One was touched."""
