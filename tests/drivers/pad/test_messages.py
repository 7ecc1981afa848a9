"""Messages, each against its literal packet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Gone, Misbehaved, Unsupported
from drivers.pad.feig import messages as m
from drivers.pad.feig.codec import Decoder, Frame, encode
from drivers.pad.feig.fields import pack, unpack
from drivers.pad.feig.reader import identity
from drivers.pad.feig.status import Reply
from tests.drivers.tag import vectors

UID = bytes.fromhex("E004010012345678")
BY_NAME = {param.values[0].name: param.values[0] for param in vectors.of("feig")}

REQUESTS = {
    "RF reset": m.ResetRf(),
    "inventory new": m.TakeInventory(mode=m.InventoryMode.NEW),
    "read 8 blocks addressed": m.ReadBlocks(uid=UID, first=0, count=8),
    "write AFI 07": m.WriteAfi(uid=UID, afi=0x07),
    "write AFI C2": m.WriteAfi(uid=UID, afi=0xC2),
    "write DSFID 06": m.WriteDsfid(uid=UID, dsfid=6),
    "RF off": m.SwitchAntenna(0),
    "NXP set EAS": m.SetEas(uid=UID),
    "NXP EAS alarm any tag": m.AskEasAlarm(),
}
REPLIES = {
    "reply OK": b"\0",
    "reply 1 tag": b"\0" + m.pack_inventory((m.DataSet(m.ISO15693, 6, UID),)),
}


def named(family, names):
    return [param for param in vectors.of(family) if param.values[0].name in names]


@pytest.mark.parametrize("vector", named("feigstd", REQUESTS) + named("feigadv", REQUESTS))
def test_requests(vector):
    request = REQUESTS[vector.name]
    kind = vector.family.replace("feigstd", "standard").replace("feigadv", "advanced")
    assert encode(Frame(0xFF, request.command, pack(request), kind)) == vector.octets
    assert unpack(type(request), pack(request)) == request


@pytest.mark.parametrize("vector", named("feigstd", REPLIES) + named("feigadv", REPLIES))
def test_replies(vector):
    assert body(vector.octets) == REPLIES[vector.name]


def body(octets):
    decoder = Decoder(shortest_body=1)
    decoder.feed(octets)
    return decoder.next().body


def test_the_manual_s_own_write():
    octets = BY_NAME["write 3x4 blocks, standard frame"].octets
    blocks = [bytes.fromhex(block) for block in ("01020304", "11121314", "21222324")]
    uid = bytes.fromhex("E00700000147677E")
    request = m.WriteBlocks(uid=uid, first=0, count=3, block_octets=4, blocks=m.pack_plain(blocks))
    assert encode(Frame(0xFF, request.command, pack(request), "standard")) == octets
    assert unpack(m.WriteBlocks, pack(request)) == request
    assert m.unpack_plain(request.blocks, 4) == tuple(blocks)


def test_system_information_and_presence_are_asked_so():
    assert pack(m.AskSystemInformation(uid=UID)).hex() == "2b01e004010012345678"
    assert pack(m.TakeInventory(mode=m.InventoryMode.PRESENCE)).hex() == "0120"
    assert pack(m.AskReaderInfo()).hex() == "00"


def test_who_the_reader_is():
    info = unpack(m.ReaderInfo, body(BY_NAME["advanced: reader info reply"].octets)[1:])
    assert (info.receive_octets, info.transmit_octets) == (280, 512)
    assert identity(info) == "FEIG ID ISC.MR102, firmware 2.06"
    assert identity(m.ReaderInfo(0x010A, 0, 0, 200, 0, 0, 0)) == "FEIG type 200, firmware 1.10"


def test_blocks_come_in_reverse():
    data = body(BY_NAME["read 3x4 response"].octets)[1:]
    blocks = m.unpack_blocks(data, 3)
    assert b"".join(block.octets for block in blocks) == bytes.fromhex("010203041112131421222324")
    assert m.pack_blocks(blocks) == data
    data = body(BY_NAME["read 3x8 response"].octets)[1:]
    assert m.unpack_blocks(data, 3)[1] == m.Block(bytes.fromhex("1112131415161718"))


@pytest.mark.parametrize(
    "data", ["", "03", "0300", "02040004030201", "0304000403020100141312110024232", "0104"]
)
def test_a_reading_of_another_shape_is_misbehaved(data):
    with pytest.raises(Misbehaved):
        m.unpack_blocks(bytes.fromhex(data + "0" * (len(data) % 2)), 3)


@given(st.binary(max_size=60))
def test_any_inventory_is_read_or_misbehaved(data):
    try:
        sets = m.unpack_inventory(data)
    except Misbehaved:
        return
    assert m.pack_inventory(sets) == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (m.SystemInformation, "00" * 12),
        (m.SystemInformation, "00" * 14),
        (m.WriteAfi, "2801" + "00" * 9),
        (m.AskReaderInfo, ""),
    ],
)
def test_other_octets_are_no_message(kind, data):
    with pytest.raises(Misbehaved):
        unpack(kind, bytes.fromhex(data))


@pytest.mark.parametrize(
    ("status", "data", "error", "text"),
    [
        (0x01, "", Gone, "no transponder"),
        (0x03, "05", Misbehaved, "write error"),
        (0x80, "", Unsupported, "unknown command"),
        (0x83, "", Misbehaved, "rf communication error"),
        (0x95, "12", Unsupported, "iso15693 error: locked"),
        (0x95, "0F", Misbehaved, "iso15693 error: unknown"),
        (0x95, "", Misbehaved, "iso15693 error"),
        (0x77, "", Misbehaved, "status 77"),
    ],
)
def test_what_a_refusal_means(status, data, error, text):
    refusal = Reply(status, bytes.fromhex(data)).refusal()
    assert refusal == error(text, frame=bytes.fromhex(data), status=status)
