"""What central tells a kiosk: watermarks and orders. Both are signed (`wire.signing`).

An order is a row at central, pending until a fact answers it (`order.done`, `order.refused`) or its
deadline passes; it is sent again at each `ready`. The kiosk keeps every number that it has carried
out, so that an order sent twice, or replayed by somebody else, is done once.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from wire.facts import Count, Name, Text, Txn
from wire.ids import BootId, JournalId
from wire.learn import learn

LIVE_ORDER_S = 15
"""A live order (a door) is worth nothing later: who asked for it has gone."""
DURABLE_ORDER_S = 24 * 3600

Verb = Literal[
    "door.release",
    "kiosk.restart",
    "debt.settle",
    "journal.renew",
    "payment.show",
    "payment.made",
    "room.count",
    "help.say",
    "help.end",
    "room.drill",
]
Code = Annotated[str, Meta(pattern=r"\A[!-~]{0,512}\Z")]
"""Text of a QR code: addresses of the large wallets have less than 200 characters."""
VERBS: frozenset[str] = frozenset(get_args(Verb))
HELP_ORDER_S = 120
"""What the duty desk says is worth nothing after this: nobody stands at a screen for longer without an answer."""
HELP_VERBS: frozenset[str] = frozenset({"help.say", "help.end"})
LIVE_VERBS: frozenset[str] = frozenset({"door.release", "room.count"})
"""Sent only while the kiosk hears orders, and not sent again."""


class Watermark(Struct, frozen=True, omit_defaults=True):
    """Central holds this fact and all before it, committed.

    Within an epoch `seq` only rises. A later epoch (a restored central, a gap) is taken as it stands:
    the kiosk sends again from there. An earlier one is refused. Epochs are milliseconds since 1970 of
    their minting, so that a restored central's is later than the one that it has forgotten.
    """

    journal: JournalId
    epoch: Annotated[int, Meta(ge=1, lt=2**53)]
    seq: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    central_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    """Central's clock, from which the kiosk keeps its offset."""
    forked: bool = False
    """The same fact came with other content: two machines write this journal, and both stop lending.

    Central takes none of its facts until a `journal.renew` gives one of them a journal of its own.
    """


class Order(Struct, frozen=True, omit_defaults=True):
    number: Annotated[int, Meta(ge=1, lt=2**32)]
    """Grows with each order to one device."""
    verb: Name
    """One of VERBS; a kiosk that does not know it refuses it (`order_unknown`) instead of losing it."""
    issued_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    deadline_ms: Annotated[int, Meta(ge=0, lt=2**53)]
    """Central's clock. A kiosk refuses what is late by its corrected clock."""
    boot: BootId | None = None
    """Where set, the order is for that boot alone: the only kind for a kiosk with an untrusted clock."""
    seconds: Count = 0
    """`door.release`: how long, 0 for the room's own setting."""
    txn: Txn | None = None
    """`debt.settle`: what is settled by staff, because the ILS cannot tell. `payment.*`: which payment."""
    verdict: Literal["", "done", "never"] = ""
    """`debt.settle`: the ILS has it, or never will."""
    code: Code = ""
    """`payment.show`: what the reader's telephone is to read, good until the deadline; empty: there will be none."""
    provider_id: Annotated[str, Meta(pattern=r"\A[!-~]{0,64}\Z")] = ""
    """`payment.made`: the money's number at whoever took it."""
    amount_fen: Count = 0
    """`payment.made`: how much came, in 分."""
    persons: Annotated[int, Meta(ge=0, lt=10_000)] = 0
    """`room.count`: so many are inside, whatever was counted."""
    call: Count = 0
    """`help.*`: the call of this kiosk that it belongs to."""
    text: Text = ""
    """`help.say`: what the duty desk says to the reader."""
    drill: Literal["", "fire", "evacuation", "end"] = ""
    """`room.drill`: what is practised from now on, or that it is over."""


learn(Watermark, Order)
