"""Whatever octets a peer sends, reading them says Malformed (or Forged) and nothing else."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.condition import Condition, Vitals, decode
from wire.envelope import Malformed, decode_batch, decode_fact
from wire.orders import Watermark
from wire.signing import Signed, unseal

KEY = Ed25519PrivateKey.generate().public_key()
DEEP = b'{"x":' * 3000 + b"1" + b"}" * 3000
NO_TEXT = b'{"x":"\xff\xfe"}'


def row(fact):
    return b'{"wall_ms":1,"mono_ms":1,"boot":"01234567","set":true,"fact":' + fact + b"}"


def batch(fact):
    return b'{"schema":1,"journal":"' + b"5f" * 16 + b'","first":1,"facts":[' + row(fact) + b"]}"


@pytest.mark.parametrize("kind", [Condition, Vitals])
@pytest.mark.parametrize(
    "payload",
    [DEEP, NO_TEXT, b'{"session":1,"state":"ready","version":"\xff"}', b'{"session":1,"state":"\\ud800"}'],
)
def test_a_condition(payload, kind):
    with pytest.raises(Malformed):
        decode(payload, kind)


@pytest.mark.parametrize("payload", [DEEP, batch(DEEP), batch(NO_TEXT), batch(b'{"kind":"x","x":"\xff"}')])
def test_a_batch(payload):
    with pytest.raises(Malformed):
        decode_batch(payload)


@pytest.mark.parametrize(
    "fact", [DEEP, NO_TEXT, b'{"kind":"\xff"}', b'{"kind":"exit.pressed","x":' + DEEP + b"}"]
)
def test_a_fact(fact):
    with pytest.raises(Malformed):
        decode_fact(fact)


@pytest.mark.parametrize("payload", [DEEP, NO_TEXT, msgspec.json.encode(Signed(1, "{}", "!"))])
def test_a_signed_message(payload):
    with pytest.raises(Malformed):
        unseal(KEY, "t", payload, Watermark)
