"""Passwords of terminals and PINs of readers: argon2id, checked once and remembered for a while.

A terminal signs in at each reconnect and a kiosk sends the same PIN with every book, so the fits that
were found are kept, as keyed digests, in this process alone. What does not fit is never kept: each
wrong guess costs its full time, known name or not.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAX_PASSWORD = 128
"""Characters; a SIP2 field holds 255 and argon2 should not be fed at length."""
MEMORY_KIB = 19 * 1024
"""With two passes and one lane, the smaller choice of OWASP's password storage cheat sheet (2024): some
20 ms, so that 2,000 terminals are back within a minute of a restart."""

_hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c2h1d3Utbm9ib2R5LWhlcmU$0000000000000000000000000000000000000000000"
"""No password fits; checked in place of an account that does not exist, for the same time."""


def hash_password(password: str) -> str:
    """argon2id of a password or PIN, as the ledger keeps it."""
    return _hasher.hash(password)


class Verifier:
    """Checks passwords; remembers at most `remembered` fits, least used leave first. Thread-safe."""

    def __init__(self, remembered: int = 4096) -> None:
        """Remembers as many as two sizes of a large network: 2,000 terminals and as many readers."""
        self._remembered = remembered
        self._key = secrets.token_bytes(32)
        self._fits: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash.

        Args:
            password_hash: None or empty where there is no such account or no PIN was set: False, after
                the time that a check takes.
            password: as the peer sent it; longer than MAX_PASSWORD never fits.
        """
        if self.remembers(password_hash, password):
            return True
        known = self._digest(password_hash or _NOBODY, password)
        if not _verify(password_hash or _NOBODY, password):
            return False
        with self._lock:
            self._fits[known] = None
            while len(self._fits) > self._remembered:
                self._fits.popitem(last=False)
        return True

    def remembers(self, password_hash: str | None, password: str) -> bool:
        """Whether they were found to fit before; takes some microseconds."""
        if not password_hash:
            return False
        known = self._digest(password_hash, password)
        with self._lock:
            if known not in self._fits:
                return False
            self._fits.move_to_end(known)
            return True

    def _digest(self, password_hash: str, password: str) -> bytes:
        told = f"{password_hash}\0{password}".encode(errors="surrogatepass")
        return hmac.digest(self._key, told, "sha256")


def _verify(password_hash: str, password: str) -> bool:
    octets = password[:MAX_PASSWORD].encode(errors="surrogatepass")
    try:
        return _hasher.verify(password_hash, octets) and len(password) <= MAX_PASSWORD
    except (VerificationError, InvalidHashError):
        return False
