"""What readers have done at a desk besides lending and returning. Part of `wire.facts`.

Told when the ILS has answered yes. What was asked and never answered stands in no fact: the ILS has it or has it
not, and the reader's account, which is always asked for anew, says which.
"""

from __future__ import annotations

from wire.fact import Fact, Text, Txn
from wire.ids import Pseudonym


class HoldPlaced(Fact, frozen=True, tag="hold.placed"):
    """A title is kept for the reader, or will be."""

    txn: Txn
    item: Text
    """A copy of the title, as the catalogue named it."""
    reader: Pseudonym
    title: Text = ""


class HoldCancelled(Fact, frozen=True, tag="hold.cancelled"):
    """The reader does not want it any more."""

    txn: Txn
    item: Text
    reader: Pseudonym
    title: Text = ""


class PinReplaced(Fact, frozen=True, tag="pin.replaced"):
    """The reader has another PIN. Neither of the two stands anywhere."""

    txn: Txn
    reader: Pseudonym
