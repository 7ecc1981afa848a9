"""One book of a visit."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words
from kiosk.session.state import Step


class Rows(Struct, frozen=True, forbid_unknown_fields=True):
    """One book."""

    steps: dict[Step, Words]
    lay_again: Words
    yours: Words
    renewed: Words
    """It was theirs, and may be kept longer."""
    soon: Words
    """Waits for the answer about the card."""
    left_out: Words
    """Nothing was done with it, and nothing will be."""
    reading: Words
    unread: Words
    barcode: Words
    """`{item}`: for a book whose title is not known."""
    parts: Words
    """`{missing}` parts of `{parts}` do not lie on the pad: their numbers."""
    due: Words
    """`{date}`."""
    due_offline: Words
    """`{date}`: lent by the kiosk's own rule, registered later."""
    due_unclear: Words
    """`{date}`: the library system's own text."""
    take_along: Words
    taken: Words
    """Returned by the kiosk's own rule."""
    return_box: Words
    return_box_offline: Words
    lay_again_note: Words
    lacks: Words
    """`{items}` of the same set did not come along: their numbers."""
    sort_bin: Words
    """`{bin}` of the sorter, for what came back."""
    cabinet: Words
    """`{door}` of the cabinet, for what another reader waits for."""
    hold_shelf: Words
    other_branch: Words
    no_tag: Words
    """Lent by its barcode: the gate may sound."""
