"""The page on which somebody looks for a book."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody looks for a book."""

    find: Words
    """On the button of the welcome page, and above the line in which one types."""
    hint: Words
    missed: Words
    """Central does not answer."""
    nothing: Words
    more: Words
    call_number: Words
    """`{number}`."""
    here: Words
    """`{count}` copies on the shelf of this branch."""
    elsewhere: Words
    """`{branch}` has `{count}` on the shelf."""
    all_out: Words
    no_copy: Words
    back: Words
    delete: Words
    clear: Words
