"""A card that central alone can read."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wire import sealing
from wire.envelope import Malformed

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
SEALED = "hvhKHVHb0DOnn27nI9wgbb2lVR2W7xVfPj14mjAfXykmM0fVnGDMQZA6zAw3APmUd/vlL+c="


@pytest.mark.parametrize("card", ["R0001", "新疆0001", "x" * sealing.MAX_CARD_OCTETS])
def test_what_was_sealed_is_read_with_the_private_key(card: str) -> None:
    sealed = sealing.seal(KEY.public_key(), card, "txn")
    assert card not in sealed
    assert len(sealed) <= 200
    assert sealing.unseal(KEY, sealed, "txn") == card


def test_the_same_card_never_looks_the_same() -> None:
    assert sealing.seal(KEY.public_key(), "R0001", "txn") != sealing.seal(KEY.public_key(), "R0001", "txn")


def test_a_number_too_long_for_a_fact_is_left_out() -> None:
    assert not sealing.seal(KEY.public_key(), "x" * (sealing.MAX_CARD_OCTETS + 1), "txn")


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64", "中", SEALED[:-4] + "AAA="])
def test_what_was_not_sealed_to_us_is_refused(sealed: str) -> None:
    with pytest.raises(Malformed):
        sealing.unseal(KEY, sealed, "txn")


def test_another_transaction_or_another_key_reads_nothing() -> None:
    sealed = sealing.seal(KEY.public_key(), "R0001", "txn")
    with pytest.raises(Malformed):
        sealing.unseal(KEY, sealed, "other")
    with pytest.raises(Malformed):
        sealing.unseal(X25519PrivateKey.generate(), sealed, "txn")


def test_the_public_key_crosses_as_text() -> None:
    text = sealing.public_text(KEY.public_key())
    assert text == "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8="
    assert sealing.public_text(sealing.public_key(text)) == text
    with pytest.raises(Malformed):
        sealing.public_key("AAAA")
