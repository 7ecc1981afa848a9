"""The kiosk's own secrets, and the reading of those that it was given.

    STATE/cards.key        32 octets: encrypts card numbers of loans that are not settled yet
    STATE/pseudonyms.key   32 octets: turns a card number into the pseudonym that facts carry

Both are minted at the first start. The folder is 0700, a secret 0600 or stricter; what anybody else
could read is no secret any more, and the kiosk does not start with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Secrets:
    """The two keys; neither shows in a repr."""

    cards: bytes = field(repr=False)
    pseudonyms: bytes = field(repr=False)


def open_state(folder: Path) -> Secrets:
    """The keys in the state folder; folder and keys are made where they are missing.

    Raises:
        ConfigError: folder or key readable by others, a key of the wrong length, no permission.
    """
    raise NotImplementedError(folder)


def pseudonym(key: bytes, card: str) -> str:
    """The reader's name in facts: 32 hexadecimal digits of HMAC-SHA256 over the card number."""
    raise NotImplementedError(key, card)


def read_password(path: Path) -> str:
    """The first line of a file that its owner alone may read.

    Raises:
        ConfigError: missing, empty, not UTF-8, or readable by others; names the path.
    """
    raise NotImplementedError(path)
