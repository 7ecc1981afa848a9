"""What central says: signed over context, topic and body; nothing else is believed."""

from __future__ import annotations

import base64
import contextlib

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.anything import json
from tests.wire.golden import ORDER, ORDERS, PUBLIC, SEED, SIGNED_ORDER, WATERMARK
from wire.envelope import Malformed
from wire.orders import Order, Watermark
from wire.signing import CONTEXT, MAX_SIGNED_OCTETS, Forged, public_key, public_text, seal, unseal
from wire.topics import topic

CENTRAL = Ed25519PrivateKey.from_private_bytes(SEED)
KEY = CENTRAL.public_key()
SOMEBODY = Ed25519PrivateKey.from_private_bytes(SEED[::-1])
SEALED = SIGNED_ORDER.encode()


def signed_by(private, text, body):
    """A payload signed over `text`, whatever that is."""
    sig = base64.b64encode(private.sign(text)).decode()
    return msgspec.json.encode({"schema": 1, "body": body, "sig": sig})


def changed(**fields):
    return msgspec.json.encode(msgspec.json.decode(SEALED) | fields)


# ---------------------------------------------------------------- the contract
def test_a_sealed_order_is_this_text():
    assert seal(CENTRAL, ORDERS, ORDER[0]) == SEALED


def test_this_text_is_a_sealed_order():
    assert unseal(public_key(PUBLIC), ORDERS, SEALED, Order) == ORDER[0]


def test_the_key_is_written_so():
    assert public_text(KEY) == PUBLIC
    assert public_key(PUBLIC) == KEY


def test_what_is_signed_is_context_topic_and_body():
    text = CONTEXT + ORDERS.encode() + b"\0" + ORDER[1].encode()
    assert CONTEXT == b"shuwu/1\0"
    assert signed_by(CENTRAL, text, ORDER[1]) == SEALED


@given(st.integers(1, 2**53 - 1), st.integers(0, 2**63 - 1))
def test_any_watermark_comes_back_as_it_was(epoch, seq):
    marked = Watermark("0" * 32, epoch, seq, 0)
    where = topic("abc", "watermark")
    assert unseal(KEY, where, seal(CENTRAL, where, marked), Watermark) == marked


def test_fields_from_the_future_are_passed_over():
    body = ORDER[1][:-1] + ',"from_the_future":{"deep":[1]}}'
    payload = signed_by(CENTRAL, CONTEXT + ORDERS.encode() + b"\0" + body.encode(), body)
    more = msgspec.json.encode(msgspec.json.decode(payload) | {"also": 1})
    assert unseal(KEY, ORDERS, more, Order) == ORDER[0]


# ---------------------------------------------------------------- forged
@pytest.mark.parametrize(
    "elsewhere",
    [
        "shuwu/1/zhen-24h-2/orders",
        "shuwu/1/zhen-24h-1/watermark",
        "shuwu/1/zhen-24h-1/desired",
        "shuwu/2/zhen-24h-1/orders",
        "shuwu/1/zhen-24h-1/orders/",
        "",
    ],
)
def test_an_order_to_one_device_is_none_elsewhere(elsewhere):
    with pytest.raises(Forged, match="not signed by central for"):
        unseal(KEY, elsewhere, SEALED, Order)


def test_a_watermark_is_no_order_on_the_same_topic():
    payload = seal(CENTRAL, ORDERS, WATERMARK[0])
    with pytest.raises(Malformed):
        unseal(KEY, ORDERS, payload, Order)


def test_the_border_between_topic_and_body_cannot_be_moved():
    body = ORDER[1]
    payload = msgspec.json.decode(SEALED) | {"body": body[1:]}
    with pytest.raises(Forged):
        unseal(KEY, ORDERS + "\0" + body[0], msgspec.json.encode(payload), Order)


@pytest.mark.parametrize(
    "payload",
    [
        seal(SOMEBODY, ORDERS, ORDER[0]),
        signed_by(CENTRAL, ORDER[1].encode(), ORDER[1]),
        signed_by(CENTRAL, ORDERS.encode() + b"\0" + ORDER[1].encode(), ORDER[1]),
        changed(body=ORDER[1].replace('"number":12', '"number":13')),
        changed(body=ORDER[1] + " "),
        changed(body=""),
        changed(sig=""),
        changed(sig="AAAA"),
        changed(sig=base64.b64encode(bytes(64)).decode()),
    ],
    ids=["key", "body alone", "no context", "number", "blank", "empty", "no signature", "short", "zeros"],
)
def test_what_central_did_not_sign_is_forged(payload):
    with pytest.raises(Forged):
        unseal(KEY, ORDERS, payload, Order)


@given(st.integers(0, 63), st.integers(0, 7))
def test_a_signature_with_any_bit_changed_is_forged(octet, bit):
    sig = bytearray(base64.b64decode(msgspec.json.decode(SEALED)["sig"]))
    sig[octet] ^= 1 << bit
    with pytest.raises(Forged):
        unseal(KEY, ORDERS, changed(sig=base64.b64encode(sig).decode()), Order)


# ---------------------------------------------------------------- malformed
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        SEALED[:-1],
        changed(schema=2),
        changed(body=7),
        changed(sig=None),
        changed(sig="!"),
        changed(sig="签"),
        changed(sig="A" * 101),
        changed(sig="AAA"),
    ],
)
def test_what_is_no_signed_message_is_malformed(payload):
    with pytest.raises(Malformed):
        unseal(KEY, ORDERS, payload, Order)


@pytest.mark.parametrize(
    "body", ["", "{", "null", "[]", "{}", ORDER[1].replace("12", "0"), ORDER[1].replace("12", "-1")]
)
def test_a_signature_does_not_make_an_order_of_nonsense(body):
    payload = signed_by(CENTRAL, CONTEXT + ORDERS.encode() + b"\0" + body.encode(), body)
    with pytest.raises(Malformed):
        unseal(KEY, ORDERS, payload, Order)


def test_64_kib_are_looked_at_and_one_octet_more_is_not():
    payload = SEALED + b" " * (MAX_SIGNED_OCTETS - len(SEALED))
    assert unseal(KEY, ORDERS, payload, Order) == ORDER[0]
    with pytest.raises(Malformed, match="65537 octets, 65536 allowed"):
        unseal(KEY, ORDERS, payload + b" ", Order)


@given(
    st.binary(max_size=200)
    | json.map(msgspec.json.encode)
    | st.builds(lambda body, sig: changed(body=body, sig=sig), st.text(), st.text(max_size=100))
)
def test_any_octets_are_malformed_or_forged(payload):
    with pytest.raises((Malformed, Forged)):
        unseal(KEY, ORDERS, payload, Order)


@given(st.data())
def test_a_sealed_order_with_any_octets_changed_is_refused_or_the_same(data):
    octets = bytearray(SEALED)
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed, Forged):
        assert unseal(KEY, ORDERS, bytes(octets), Order) == ORDER[0]


@pytest.mark.parametrize(
    "text", ["", "钥", "AAAA", "!", PUBLIC[:-1], PUBLIC + "AAAA", base64.b64encode(bytes(31)).decode()]
)
def test_what_is_no_key_says_so(text):
    with pytest.raises(Malformed, match="no Ed25519 public key"):
        public_key(text)
