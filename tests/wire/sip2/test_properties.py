"""What holds for any message, and for any octets at all."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.sip2.strategies import messages
from tests.wire.sip2.vectors import VECTORS
from wire.sip2.codec import decode, encode
from wire.sip2.conversation import Client, Server
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect, load, names
from wire.sip2.errors import BadFrame
from wire.sip2.messages import ItemInformation, RequestAcsResend, RequestScResend

UTF8, GBK = (Dialect(title=charset, charset=charset, faults=True) for charset in ("utf-8", "gbk"))  # type: ignore[arg-type]
unhurried = settings(deadline=None, max_examples=150)


def survives(message: Message, dialect: Dialect, sequence: int | None) -> None:
    octets = encode(message, dialect, sequence)
    frame = decode(octets, dialect)

    resend = isinstance(message, RequestAcsResend | RequestScResend)
    assert frame.message == message
    assert frame.sequence == (None if resend else sequence)
    assert frame.checksum == ("absent" if sequence is None and not resend else "good")
    assert octets.index(b"\r") == len(octets) - 1
    assert b"\0" not in octets
    assert encode(frame.message, dialect, sequence) == octets


@unhurried
@given(messages("utf-8"), st.none() | st.integers(0, 9))
def test_round_trip_in_utf8(message: Message, sequence: int | None):
    survives(message, UTF8, sequence)


@unhurried
@given(messages("gbk"), st.none() | st.integers(0, 9))
def test_round_trip_in_gbk(message: Message, sequence: int | None):
    survives(message, GBK, sequence)


@unhurried
@given(messages("utf-8"), st.sampled_from([load(name) for name in names()]))
def test_every_dialect_writes_any_message_and_reads_its_own_writing(message: Message, dialect: Dialect):
    frame = decode(encode(message, dialect, 1), dialect)

    assert type(frame.message) is type(message)
    assert frame.checksum == "good"
    assert decode(encode(frame.message, dialect, 1), dialect).message == frame.message


@unhurried
@given(st.text(), st.text(), st.sampled_from([UTF8, GBK, load("evergreen")]))
def test_no_text_breaks_a_frame(one: str, two: str, dialect: Dialect):
    octets = encode(
        ItemInformation(transaction_date=None, item_identifier=one, extra=(("QQ", two),)), dialect, 1
    )

    assert octets.count(b"\r") == 1
    assert decode(octets, dialect).checksum == "good"


def mutated(dice: Random) -> bytes:
    octets = bytearray(dice.choice(list(VECTORS.values())).octets)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(octets) + 1)
        match dice.randrange(4):
            case 0:
                octets[at:at] = dice.randbytes(dice.randint(1, 5))
            case 1:
                del octets[at : at + dice.randint(1, 5)]
            case 2:
                octets[at : at + 1] = dice.randbytes(1)
            case _:
                octets[at:at] = dice.choice([b"|", b"\r", b"AY", b"AZ0000", b"AA", b"\x81", b"2026"])
    return bytes(octets)


@pytest.mark.parametrize("seed", range(8))
def test_only_declared_errors_escape_the_codec(seed: int):
    dice = Random(seed)
    dialects = [load(name) for name in names()]
    for _ in range(500):
        try:
            frame = decode(mutated(dice), dice.choice(dialects))
        except BadFrame:
            continue
        encode(frame.message, load("generic"), frame.sequence)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_escapes_a_conversation(seed: int):
    dice = Random(seed)
    dialect = load(dice.choice(names()))
    client, server = Client(dialect), Server(dialect)
    client.send(ItemInformation(transaction_date=None, item_identifier="B1"))
    for _ in range(500):
        octets = mutated(dice)
        client.receive(octets)
        list(server.receive(octets))


@unhurried
@given(st.binary(max_size=200))
def test_octets_at_random(octets: bytes):
    Client(UTF8).receive(octets)
    list(Server(UTF8).receive(octets))
