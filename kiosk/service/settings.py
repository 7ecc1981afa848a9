"""Who of the staff is let in at the machine, and what a tag that they write says. `[service]` in kiosk.toml."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from wire.ids import Pseudonym


class StaffCard(Struct, frozen=True, forbid_unknown_fields=True):
    """One staff card; `python -m kiosk.service` makes both lines."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    """For whoever reads the file; told nowhere."""
    card: Pseudonym
    """Keyed hash of its number, by this kiosk's own key."""
    pin: Annotated[str, Meta(pattern=r"\Ascrypt\$[0-9]{2}\$[0-9]\$[0-9]\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+\Z")]
    """scrypt of its PIN."""


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    staff: Annotated[tuple[StaffCard, ...], Meta(max_length=32)] = ()
    """Cards that open the service; none: there is none at the machine."""
    owner: Annotated[str, Meta(max_length=32)] = ""
    """ISIL that tags written here bear."""
    model: Literal["iso28560-2", "iso28560-3"] = "iso28560-2"
    usage: Annotated[int, Meta(ge=0, le=255)] = 0x10
    """Type of usage of such a tag; 16: circulating."""
