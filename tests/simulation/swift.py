"""Signatures at no cost: a keyed hash with the verbs of Ed25519. Curves are not under test here."""

from __future__ import annotations

import hashlib
import hmac
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class SwiftKey:
    """Both halves of a key pair; who has not made it cannot sign for it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, octets: bytes) -> bytes:
        """64 octets, as Ed25519 has them."""
        return hashlib.blake2b(octets, key=self._secret).digest()

    def verify(self, signature: bytes, octets: bytes) -> None:
        """Look whether this key signed these octets.

        Raises:
            InvalidSignature: it did not.
        """
        if not hmac.compare_digest(signature, self.sign(octets)):
            raise InvalidSignature


def key_pair(secret: bytes) -> tuple[Ed25519PrivateKey, Ed25519PublicKey]:
    """What the code under test takes for the two halves."""
    key = SwiftKey(secret)
    return cast("Ed25519PrivateKey", key), cast("Ed25519PublicKey", key)
