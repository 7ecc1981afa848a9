"""Which reader it is and what it can; and who it is where it is none."""

from __future__ import annotations

from threading import Event

import pytest

from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported
from drivers.events import DeviceBack, DeviceLost, TagSeen
from drivers.gate.driver import DRIVER as GATE
from drivers.gate.feig_gate import FeigGate
from drivers.kit import Found
from drivers.pad.feig import finding
from drivers.pad.feig.codec import Frame, encode
from drivers.pad.feig.driver import DRIVER as PAD
from drivers.pad.feig.driver import PadSettings
from drivers.pad.feig.messages import ReaderInfo
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.reader import Family, family, identity, readable, refusal, writable
from drivers.pad.feig.session import Session
from drivers.pad.feig.settings import with_port
from drivers.pad.feig.stranger import described
from tests.drivers.pad.pile import QUICK, Pile, book, content, lines, reader, settings, told
from tests.lines import Answering

MR102, LR200, CPR, LRU = 77, 41, 80, 91


def info(software_type, receive=280, transmit=512):
    return ReaderInfo(0x0206, 0, 11, software_type, 9, receive, transmit)


# ---------------------------------------------------------------- families and buffers
@pytest.mark.parametrize(
    ("number", "kind", "name"),
    [
        (MR102, Family.MID_RANGE, "FEIG ID ISC.MR102, firmware 2.06"),
        (LR200, Family.LONG_RANGE, "FEIG ID ISC.LR200, firmware 2.06"),
        (CPR, Family.CARD, "FEIG ID CPR.M02, firmware 2.06"),
        (200, Family.OTHER, "FEIG type 200, firmware 2.06"),
    ],
)
def test_readers_have_families_and_names(number, kind, name):
    assert (family(info(number)), identity(info(number))) == (kind, name)


@pytest.mark.parametrize(
    ("number", "transmit", "frame", "blocks"),
    [
        (MR102, 512, "advanced", 100),  # (512 - 10) / 5
        (MR102, 512, "standard", 49),  # (255 - 10) / 5
        (MR102, 64, "advanced", 10),
        (MR102, 0, "advanced", 49),  # it does not say
        (LR200, 512, "advanced", 25),  # 128 octets of data
        (CPR, 512, "advanced", 25),
    ],
)
def test_a_reading_fits_the_reader_s_buffer(number, transmit, frame, blocks):
    assert readable(info(number, transmit=transmit), frame, 4) == blocks


def test_a_request_fits_the_reader_s_buffer():
    assert writable(info(MR102), "advanced", 4) == 64
    assert writable(info(MR102), "standard", 4) == 58
    assert writable(info(MR102, receive=16), "advanced", 8) == 1


@pytest.mark.parametrize("transmit", [64, 128, 512])
@pytest.mark.parametrize("frame", ["standard", "advanced"])
def test_long_memories_come_in_as_many_readings_as_the_buffer_needs(transmit, frame):
    reading = reader(Pile([book(1)]), info=info(MR102, transmit=transmit))
    session = Session(Answering(reading.answer), settings(frame=frame), lambda: 0.0)
    session.introduce()
    assert session.read(book(1).uid, 28) == bytes(book(1).memory)


# ---------------------------------------------------------------- readers that are no good
def test_a_card_reader_is_refused_as_a_pad_and_its_limit_is_named():
    pad = FeigPad(QUICK, lines(reader(Pile([book(1)]), info=info(CPR)).answer))
    (lost,) = told(pad, lambda _event, stop: stop.set())
    assert lost == DeviceLost(
        "pad",
        Unsupported(
            "FEIG ID CPR.M02, firmware 2.06 lists at most 4 tags at once: no reader for piles of books"
        ),
    )


def test_a_card_reader_may_be_good_enough():
    pad = FeigPad(settings(few=True), lines(reader(Pile([book(1)]), info=info(CPR)).answer))
    back, seen = told(pad, lambda event, stop: isinstance(event, TagSeen) and stop.set())
    assert back == DeviceBack("pad", "FEIG ID CPR.M02, firmware 2.06, serial number 1A2B3C4D")
    assert seen == TagSeen("pad", book(1).uid, content(1))


def test_a_card_reader_lists_four_tags_and_no_more():
    pile = Pile(book(number) for number in range(6))
    session = Session(Answering(reader(pile, info=info(CPR)).answer), settings(few=True), lambda: 0.0)
    assert len(session.inventory().uids) == 4


def test_a_uhf_reader_is_refused():
    assert "UHF" in refusal(info(LRU), few=True).text
    assert refusal(info(MR102), few=False) is None


@pytest.mark.parametrize("number", [74, 76])
def test_an_older_reader_is_reset_before_each_inventory_unasked(number):
    reading = reader(Pile([book(1)]), info=info(number), presence=False)
    session = Session(Answering(reading.answer), settings(fresh="presence"), lambda: 0.0)
    session.introduce()
    assert [session.inventory().uids for _ in range(3)] == [(book(1).uid,)] * 3


# ---------------------------------------------------------------- two of a kind
OURS = "FEIG ID ISC.MR102, firmware 2.06, serial number 1A2B3C4D"


@pytest.mark.parametrize("kind", [FeigPad, FeigGate])
@pytest.mark.parametrize(
    ("device", "wanted", "told_first"),
    [
        ("1A2B3C4D", "1a2b3c4d", DeviceBack("pad", OURS)),
        ("1A2B3C4D", "1A2B3C4E", Misbehaved(f"{OURS}: it is another one, 1A2B3C4E is configured")),
        (None, "", DeviceBack("pad", "FEIG ID ISC.MR102, firmware 2.06")),
        (
            None,
            "1A2B3C4D",
            Unsupported(
                "FEIG ID ISC.MR102, firmware 2.06 tells no serial number, and 1A2B3C4D is configured"
            ),
        ),
    ],
)
def test_two_of_a_kind_are_told_apart(kind, device, wanted, told_first):
    reading = reader(Pile(), device=device and bytes.fromhex(device))
    events = told(kind(settings(serial=wanted), lines(reading.answer)), lambda _event, stop: stop.set())
    assert events == [DeviceLost("pad", told_first) if isinstance(told_first, DriverError) else told_first]


# ---------------------------------------------------------------- strangers
STRANGERS = [
    (b"6901234567892\r\n", "a device that sends text answers: '#############'"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH server answers"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "a web server answers"),
    (bytes.fromhex("AAAAAA9669000400004145"), "an identity card reader (SDT) answers"),
    (bytes.fromhex("D500090400110A0500027250"), "a 3M pad answers"),
    (bytes.fromhex("A004018901D1"), "a UHF module (R2000) answers"),
    (bytes(range(0xF0, 0x100)), "something else answers, or at another baud rate or parity: F0 F1"),
]


@pytest.mark.parametrize(("octets", "words"), STRANGERS)
@pytest.mark.parametrize("kind", [FeigPad, FeigGate])
def test_another_device_on_the_port_is_named(octets, words, kind):
    device = kind(QUICK, lines(lambda _: [octets]))
    (lost,) = told(device, lambda _event, stop: stop.set())
    assert isinstance(lost.cause, Misbehaved)
    assert lost.cause.text.startswith(f"no FEIG reader: {words}")
    assert lost.cause.frame.startswith(octets)


def test_a_line_that_echoes_is_named():
    (lost,) = told(FeigPad(QUICK, lines(lambda octets: [octets])), lambda _event, stop: stop.set())
    assert lost.cause.text == "no FEIG reader: the line only echoes what is sent"


def test_an_echo_before_each_answer_is_passed_over():
    reading = reader(Pile([book(1)]))
    pad = FeigPad(QUICK, lines(lambda octets: [octets, *reading.answer(octets)]))
    events = told(pad, lambda event, stop: isinstance(event, TagSeen) and stop.set())
    assert events[-1] == TagSeen("pad", book(1).uid, content(1))


@pytest.mark.parametrize("heard", [b"", b" ", b"\xff"])
def test_any_octets_can_be_described(heard):
    assert described(heard)


def test_an_unknown_status_to_the_first_question_is_named():
    pad = FeigPad(QUICK, lines(lambda _: [encode(Frame(0, 0x66, b"\x80"))]))
    (lost,) = told(pad, lambda _event, stop: stop.set())
    assert lost.cause == Unsupported("unknown command", status=0x80)


# ---------------------------------------------------------------- finding and configuring
@pytest.fixture
def patient(monkeypatch):
    """A machine that is busy answers late: here every question is answered, however long it takes."""
    monkeypatch.setattr(finding, "ANSWER_S", 10.0)


@pytest.mark.parametrize(
    ("number", "found_settings", "warnings"),
    [
        (MR102, {"frame": "advanced"}, 0),
        (74, {"frame": "advanced", "fresh": "reset"}, 0),
        (CPR, {"frame": "advanced"}, 1),
    ],
)
def test_a_reader_on_the_network_is_found(patient, number, found_settings, warnings):
    plug = TcpPlug(reader(Pile(), info=info(number)))
    try:
        found = PAD.probe(plug.url)
    finally:
        plug.close()
    assert (found.driver, found.port, found.settings) == (
        "feig-pad",
        plug.url,
        {"port": plug.url, "serial": "1A2B3C4D", **found_settings},
    )
    assert len(found.warnings) == warnings


def test_a_reader_on_a_serial_port_is_found_with_its_line(patient, tmp_path):
    plug = PtyPlug(reader(Pile(), info=info(LR200)), tmp_path / "ttyGATE")
    try:
        found = GATE.probe(plug.url)
    finally:
        plug.close()
    assert found == Found(
        "feig-gate",
        plug.url,
        "FEIG ID ISC.LR200, firmware 2.06, serial number 1A2B3C4D",
        {"port": plug.url, "frame": "advanced", "baud": 38400, "parity": "E", "serial": "1A2B3C4D"},
    )


def test_a_mid_range_reader_is_no_gate_and_nothing_is_nothing(patient):
    plug = TcpPlug(reader(Pile()))
    assert GATE.probe(plug.url) is None
    plug.close()
    assert PAD.probe(plug.url) is None


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("socket://pad.lan", "socket://pad.lan:10001"),
        ("socket://pad.lan:4001", "socket://pad.lan:4001"),
        ("socket://[fe80::1]", "socket://[fe80::1]:10001"),
        ("socket://[fe80::1]:5", "socket://[fe80::1]:5"),
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
    ],
)
def test_a_lan_reader_has_its_usual_port(url, whole):
    assert with_port(url) == whole


def test_settings_become_a_device():
    pad = PAD.make("pad", PadSettings(port="socket://pad.lan", security="both", antennas=(1, 2), blocks=16))
    made = pad._settings
    assert (made.url, made.security.marks, made.antennas, made.blocks) == (
        "socket://pad.lan:10001",
        "both",
        (1, 2),
        16,
    )
    gate = GATE.make("gate", GATE.settings(port="/dev/x", security="eas", filtered=True))
    assert gate.name == "gate"


def test_a_device_that_is_not_there_is_gone():
    device = GATE.make("gate", GATE.settings(port="/dev/no-such-port"))
    with pytest.raises(Gone):
        device.run(print, Event())
