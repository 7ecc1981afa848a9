"""A bus is found, its readers named, and its lines can be pasted; strangers are no readers."""

from __future__ import annotations

import tomllib

import pytest

from drivers.card.osdp import finding
from drivers.card.osdp.driver import DRIVER
from drivers.card.osdp.frames import crc, identity_in, reply_in, who
from drivers.card.osdp.messages import Identity
from drivers.configured import configured
from drivers.emulators.osdp import IDENTITY, EmulatedReader, EmulatedReaderSettings, OsdpBus
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.probe.find import Seen, lines
from drivers.probe.ports import Port

KEY = bytes(range(16))
SAID = bytes.fromhex("53 85 14 00 04 45 01 FE CA 01 01 C3 B2 A1 00 01 02 03 FC EB")
"""A reader's answer to ID (OSDP 2.2, 7.4)."""


def test_a_question_and_its_answer_octet_by_octet():
    assert who(5) == bytes.fromhex("FF 53 05 09 00 04 61 00 C1 25")
    assert reply_in(b"\x00\x53" + SAID + b"\xff", 5) == SAID
    assert identity_in(SAID) == IDENTITY == Identity(0xCAFE01, 1, 1, 0x00A1B2C3, 0x010203)


@pytest.mark.parametrize("at", range(4, len(SAID)))
def test_one_wrong_bit_is_nobody(at):
    assert identity_in(SAID[:at] + bytes([SAID[at] ^ 1]) + SAID[at + 1 :]) is None


def test_a_refusal_and_a_cut_answer_are_nobody():
    refusal = bytes.fromhex("53 85 09 00 04 41 03")
    assert identity_in(refusal + crc(refusal).to_bytes(2, "little")) is None
    assert not any(reply_in(SAID[:end], 5) for end in range(len(SAID)))


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(finding, "ANSWER_S", 0.03)


def test_two_readers_on_a_bus_are_found_with_lines_to_paste(hasty, tmp_path):
    bus = [
        EmulatedReader(EmulatedReaderSettings(KEY, 1)),
        EmulatedReader(EmulatedReaderSettings(None, 3, Identity(1, 1, 1, 0x99, 0))),
    ]
    plug = TcpPlug(OsdpBus(bus[:1], 115_200))
    assert finding.find(plug.url).settings["address"] == 1
    plug.close()
    plug = TcpPlug(OsdpBus(bus, 115_200))
    found = DRIVER.probe(plug.url)
    plug.close()
    assert found.identity in {str(IDENTITY), str(Identity(1, 1, 1, 0x99, 0))}
    pasted = lines([Seen(Port(plug.url), found)])
    assert "address 3, serial 00000099: a table of its own" in pasted
    device = configured(tomllib.loads(pasted)["devices"], tmp_path)["card"]
    assert (device.driver, device.place) == ("osdp", "door")
    assert (device.settings.address, device.settings.serial) == (1, "00A1B2C3")


def test_a_slow_reader_on_a_serial_port_is_found_and_said_to_be_slow(hasty, tmp_path):
    plug = PtyPlug(OsdpBus([EmulatedReader(EmulatedReaderSettings(KEY))], 115_200), tmp_path / "ttyOSDP")
    found = finding.find(plug.url)
    plug.close()
    assert (found.settings["baud"], found.settings["address"]) == (9600, 0)
    assert "112 ms" in found.warnings[1]


def test_who_says_something_else_is_no_reader(hasty):
    class Stranger:
        def serve(self, line):
            while True:
                if line.read(1.0):
                    line.write(b"2110004711\r\x53\xff\xff\xff\x04")

    plug = TcpPlug(Stranger())
    assert finding.find(plug.url) is None
    plug.close()
    assert finding.find(plug.url) is None
