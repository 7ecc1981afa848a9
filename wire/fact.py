"""What every fact is made of: its base and the forms of its fields."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=200)]
"""Text that somebody else chose (title, item number): bounded, so that a batch stays within 16 KiB."""
Name = Annotated[str, Meta(max_length=64)]
Count = Annotated[int, Meta(ge=0, lt=2**32)]
FaultNumber = Annotated[int, Meta(ge=100, le=999)]
Txn = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
"""One lending or return from its asking to its end: ties an intent to its outcome."""
By = Literal["ils", "staff"]
"""Who ended what was owed."""
Sealed = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/=]{0,200}\Z")]
"""A card number that central alone can read (`wire.sealing`); empty where the kiosk has no key for it."""
DecidedBy = Literal["ils", "list", "rule"]
"""Who let it happen: the ILS; while it was silent a signed list; or the kiosk's own rule and memory."""


class Fact(Struct, frozen=True, forbid_unknown_fields=False, omit_defaults=True, tag_field="kind"):
    """Base of all facts. A field that has its default is not written."""
