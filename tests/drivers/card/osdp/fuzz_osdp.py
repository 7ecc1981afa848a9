"""Anything on the bus, as a card and on the keypad. What libosdp makes of frames is libosdp's."""

from __future__ import annotations

from drivers.card.number import Numbering
from drivers.card.osdp.cards import number
from drivers.card.osdp.channel import Channel
from drivers.card.osdp.frames import PDID, code_of, identity_in, is_right
from drivers.card.osdp.keypad import Keypad
from drivers.card.osdp.messages import CardRead
from drivers.errors import Misbehaved
from drivers.line.shared import Bus, Port
from tests.lines import Answering

SEEDS = (
    bytes.fromhex("538509000440004A2C"),
    bytes.fromhex("53851400044501FECA0101C3B2A100010203FCEB"),
    bytes.fromhex("53850E000F021640CE4B732E9D24"),
    b"12#34\r\x7f",
)
FORMS = ("raw", "wiegand26", "wiegand34")


def feed(octets: bytes) -> None:
    """One answer on the bus; a card of these octets, of honest and of lying lengths; keys."""
    channel = Channel(5, clock=lambda: 0.0)
    channel.open(Bus(Port("-"), lambda _: Answering(lambda _: [octets])).open())
    channel.write(b"?")
    channel.listen()
    frame = channel.read(512)
    assert channel.missed == (not frame)
    assert not channel.asking
    if frame and identity_in(frame):
        assert is_right(frame)
        assert code_of(frame) == PDID
    for bits in (8 * len(octets), octets[0] if octets else 0):
        for form in FORMS:
            try:
                number(CardRead(octets, bits), form, Numbering(), printed=bits % 2 == 0)
            except Misbehaved:
                continue
    pad = Keypad(1.0)
    entries = [each for at, octet in enumerate(octets[:64]) for each in pad.press(bytes([octet]), at / 8)]
    assert all(each.isdecimal() and len(each) <= 16 for each in entries)
