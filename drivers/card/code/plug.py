"""What verifies the codes on readers' phones; and the place where a site plugs in its own.

A site's verifier is an entry point of the group `shuwu.codes`, a callable of `Codes` that returns a `Verifier`:

    [project.entry-points."shuwu.codes"]
    pudong = "pudong_codes:make"

It runs on its reader's thread: while it asks the site's server, that reader waits, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from drivers.errors import Misuse
from drivers.events import Refusal

GROUP = "shuwu.codes"


class Codes(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How codes on phones are verified."""

    verifier: str = "dynamic"
    """`dynamic`, the house's own; or the name of a site's, an entry point of `shuwu.codes`."""
    key_file: Path | None = None
    """The site's keys, 64 hexadecimal digits a line, one or two; mode 0600. Read anew when it changes."""
    valid_s: Annotated[int, Meta(ge=5, le=60)] = 50
    """How old a code may be, in seconds."""
    skew_s: Annotated[int, Meta(ge=0, le=30)] = 10
    """How far the clocks of kiosk and app may be apart; with `valid_s` 60 s at most."""
    plain: bool = False
    """A QR code that the verifier does not know is a number as it stands. Anybody can print one of those."""
    options: Mapping[str, Any] = {}
    """What a site's own verifier wants to be told."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A good code."""

    reader: str = field(repr=False)
    """The number by which the ILS knows the reader."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A code that is not good, or not any more."""

    why: Refusal


Verdict = Verified | Refused


class Verifier(Protocol):
    """Judges what a scanner read. For one thread."""

    def check(self) -> None:
        """Called whenever the scanner's line was opened.

        Raises:
            DriverError: it cannot work: no key, no server that was ever reached.
        """

    def verify(self, text: str, now_s: float) -> Verdict | None:
        """Whose code this is, or why it is refused; None: it is none of its codes. Ends within 3 s.

        Args:
            text: the payload without the scanner's own marks, at most 512 octets.
            now_s: seconds since 1970 by the kiosk's clock.

        Raises:
            DriverError: it cannot work any more.
        """


def plugged(codes: Codes) -> Callable[[Codes], Verifier]:
    """What makes the site's own verifier.

    Raises:
        Misuse: no entry point of that name, or it cannot be loaded.
    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    if codes.verifier not in points:
        there = ", ".join(sorted({"dynamic", *points}))
        raise Misuse(f"no verifier is called {codes.verifier!r}; there are {there}")
    try:
        made: Callable[[Codes], Verifier] = points[codes.verifier].load()
    except Exception as cause:
        raise Misuse(f"the verifier {codes.verifier!r} cannot be loaded: {cause}") from cause
    return made
