"""What makes a page easier: on every page, beside its title."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Ease(Struct, frozen=True, forbid_unknown_fields=True):
    """Buttons that change how a page looks and speaks."""

    languages: Words
    """Names the list of languages, for those who hear it."""
    elder: Words
    easier: Words
    """Opens what follows."""
    contrast: Words
    voice: Words
