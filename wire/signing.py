"""What central says to a kiosk is signed, so that whoever owns the broker can only stop messages.

    {"schema": 1, "body": "{…}", "sig": "base64 of Ed25519 over CONTEXT | topic | 0 | body"}

The topic stands inside the signature: a message to one device cannot be replayed to another, nor an
order as a watermark. The body stays text so that both sides hash the same octets.
"""

from __future__ import annotations

import base64
from typing import Annotated, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Meta, Struct

from wire.envelope import UNDECODABLE, Malformed

CONTEXT = b"shuwu/1\0"
MAX_SIGNED_OCTETS = 64 * 1024
"""A whole desired config fits; watermarks and orders are under 1 KiB."""

T = TypeVar("T", bound=Struct)


class Forged(ValueError):  # noqa: N818 - a verdict on the message
    """The signature is not central's, or is for another topic."""


class Signed(Struct, frozen=True):
    schema: Annotated[int, Meta(ge=1, le=1)]
    body: str
    sig: Annotated[str, Meta(max_length=100)]


_signed = msgspec.json.Decoder(Signed)


def _octets(topic: str, body: str) -> bytes:
    return CONTEXT + topic.encode() + b"\0" + body.encode()


def seal(key: Ed25519PrivateKey, topic: str, message: Struct) -> bytes:
    """The payload that carries `message` on `topic`, signed."""
    body = msgspec.json.encode(message).decode()
    sig = base64.b64encode(key.sign(_octets(topic, body))).decode()
    return msgspec.json.encode(Signed(1, body, sig))


def unseal(key: Ed25519PublicKey, topic: str, payload: bytes, kind: type[T]) -> T:
    """The message, once its signature has been checked.

    Raises:
        Malformed: not a signed message of this kind.
        Forged: the signature does not fit.
    """
    if len(payload) > MAX_SIGNED_OCTETS:
        raise Malformed(f"{len(payload)} octets, {MAX_SIGNED_OCTETS} allowed")
    try:
        signed = _signed.decode(payload)
        sig = base64.b64decode(signed.sig, validate=True)
        octets = _octets(topic, signed.body)
    except (*UNDECODABLE, ValueError) as cause:  # base64 of what is not ASCII is a bare ValueError
        raise Malformed(str(cause)) from None
    try:
        key.verify(sig, octets)
    except InvalidSignature:
        raise Forged(f"not signed by central for {topic}") from None
    try:
        return msgspec.json.decode(signed.body, type=kind)
    except UNDECODABLE as cause:
        raise Malformed(str(cause)) from None


def public_text(key: Ed25519PublicKey) -> str:
    """The public key as configuration files carry it: base64 of its 32 octets."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """The key that `public_text` wrote.

    Raises:
        Malformed: not 32 octets in base64.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError as cause:
        raise Malformed(f"no Ed25519 public key: {cause}") from None
