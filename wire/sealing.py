"""A card number that central alone can read: HPKE (RFC 9180), base mode, X25519, HKDF-SHA-256, AES-128-GCM.

Who stands in an owed or refused transaction has to be found by staff; in all other facts a reader is a
pseudonym. The kiosk has only the public key: it cannot read what it has sealed.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wire.envelope import Malformed

MAX_CARD_OCTETS = 96
"""Sealed and in base64 it still fits `wire.facts.Sealed`."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_INFO = b"shuwu/1 card\0"


def seal(key: X25519PublicKey, card: str, txn: str) -> str:
    """The card in base64, bound to its transaction; empty where it is too long to be one."""
    octets = card.encode()
    if len(octets) > MAX_CARD_OCTETS:
        return ""
    return base64.b64encode(_SUITE.encrypt(octets, key, _INFO + txn.encode())).decode()


def unseal(key: X25519PrivateKey, sealed: str, txn: str) -> str:
    """The card that was sealed for this transaction.

    Raises:
        Malformed: not sealed to this key, or for another transaction.
    """
    try:
        octets = base64.b64decode(sealed, validate=True)
        return _SUITE.decrypt(octets, key, _INFO + txn.encode()).decode()
    except (ValueError, InvalidTag):
        raise Malformed("not sealed to this key for this transaction") from None


def public_text(key: X25519PublicKey) -> str:
    """The public key as configuration files carry it: base64 of its 32 octets."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def public_key(text: str) -> X25519PublicKey:
    """The key that `public_text` wrote.

    Raises:
        Malformed: not 32 octets in base64.
    """
    try:
        return X25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError as cause:
        raise Malformed(f"no X25519 public key: {cause}") from None
