"""The emulated printer by itself, and at the other end of real cables."""

from __future__ import annotations

from io import BytesIO
from queue import Queue

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers import kit
from drivers.emulators.escpos import (
    EmulatedPrinter,
    EmulatedPrinterSettings,
    PrintedCode,
    PrintedPicture,
    PrintedText,
    Severed,
)
from drivers.emulators.escpos_commands import MAX_COMMAND, Intake, Parser
from drivers.emulators.paper import png
from drivers.emulators.serve import PtyPlug, TcpPlug
from drivers.events import DeviceBack, DeviceLost, PaperSensed, Printed
from drivers.printer.escpos.codec import Codec
from drivers.printer.escpos.driver import FONTS, EscposSettings, make, probe
from drivers.pump import BackOff, Pump
from drivers.slip import Code, Columns, Line, Rule, Slip

FAST = EmulatedPrinterSettings(speed_mm_s=float("inf"))


def at_once(octets, options=FAST):
    printer = EmulatedPrinter(options, clock=lambda: 0.0)
    printer.hear(octets)
    return printer, printer.work()


# ------------------------------------------------------------ commands
@pytest.mark.parametrize(
    ("octets", "commands"),
    [
        (b"\x1b@A\n", [b"\x1b@", b"A", b"\n"]),
        (b"\x1c&\xca\xe9A", [b"\x1c&", b"\xca\xe9", b"A"]),
        (b"\x1c&\x1c.\xca", [b"\x1c&", b"\x1c.", b"\xca"]),
        (b"\x1dV\x01\x1dVB\x00A", [b"\x1dV\x01", b"\x1dVB\x00", b"A"]),
        (b"\x1dv0\x00\x01\x00\x02\x00\x1b@A", [b"\x1dv0\x00\x01\x00\x02\x00\x1b@", b"A"]),
        (b"\x1d(k\x03\x001Q0A", [b"\x1d(k\x03\x001Q0", b"A"]),
        (b"\x1bzA", [b"\x1bz", b"A"]),
        (b"\x1dv0\x00\xff\xff\xff\xff" + bytes(10), []),
    ],
)
def test_commands_whole_and_in_pieces(octets, commands):
    for pieces in ([octets], [octets[i : i + 1] for i in range(len(octets))]):
        parser, buffer, found = Parser(), bytearray(), []
        for piece in pieces:
            buffer += piece
            while command := parser.take(buffer):
                found.append(command.octets)
        assert found == commands
        assert buffer == b""


@pytest.mark.parametrize(
    ("octets", "urgent", "rest"),
    [
        (b"A\x10\x04\x01B", [b"\x10\x04\x01"], b"AB"),
        (b"\x10\x10\x04\x01", [b"\x10\x04\x01"], b"\x10"),
        (b"\x10\x05\x02", [b"\x10\x05\x02"], b""),
        (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", [b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"], b""),
        (b"\x10\x14\x01\x00\x01A", [], b"\x10\x14\x01\x00\x01A"),
        (b"\x10A", [], b"\x10A"),
        (b"\x10", [], b""),
    ],
)
def test_urgent_commands_are_taken_out(octets, urgent, rest):
    assert Intake().feed(octets) == (urgent, rest)
    intake = Intake()
    fed = [intake.feed(octets[i : i + 1]) for i in range(len(octets))]
    assert ([each for first, _ in fed for each in first], b"".join(last for _, last in fed)) == (urgent, rest)


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=30), max_size=4))
def test_pieces_change_nothing(pieces):
    whole, _ = at_once(b"".join(pieces))
    split = EmulatedPrinter(FAST, clock=lambda: 0.0)
    for piece in pieces:
        split.hear(piece)
        split.work()
    assert split.paper == whole.paper


def test_a_command_that_claims_megabytes_is_passed_over():
    parser, buffer = Parser(), bytearray(b"\x1dv0\x00\xff\xff\xff\xff")
    for _ in range(40):
        buffer += bytes(MAX_COMMAND)
        assert parser.take(buffer) is None
        assert len(parser._partial) <= MAX_COMMAND


def test_what_stands_on_the_paper():
    octets = b"\x1b@\x1c&\xca\xe9\n\x1d!\x11A\n\x1d!\x00\x1d(k\x04\x001P0Q\x1d(k\x03\x001Q0\x1dv0\x00\x01\x00\x01\x00\x80\x1dV\x01"
    printer, _ = at_once(octets)
    text, large, code, picture, cut = printer.paper
    assert (text, large, code, cut) == (
        PrintedText("书"),
        PrintedText("A", large=True),
        PrintedCode("Q", 3),
        Severed(),
    )
    assert isinstance(picture, PrintedPicture)
    assert picture.raster.octets == b"\x80"


def test_a_line_that_is_too_long_goes_on_in_the_next():
    printer, _ = at_once(b"A" * 50 + b"\n")
    assert printer.paper == (PrintedText("A" * 48), PrintedText("AA"))


@pytest.mark.parametrize(
    ("answers", "said"),
    [("all", b"\x12\x12\x12\x12\x00_P80\0"), ("status", b"\x12\x12\x12\x12"), ("none", b"")],
)
def test_what_it_says(answers, said):
    octets = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04\x1dr\x01\x1dIC"
    assert at_once(octets, EmulatedPrinterSettings(answers=answers))[1] == said


def test_it_prints_at_its_speed():
    now = [0.0]
    printer = EmulatedPrinter(EmulatedPrinterSettings(speed_mm_s=42.5), clock=lambda: now[0])
    printer.hear(b"A\n" * 20)
    printer.work()
    assert len(printer.paper) == 1
    now[0] = 0.95  # a line is 4.25 mm
    printer.work()
    assert len(printer.paper) == 10


# ------------------------------------------------------------ paper as a picture
def test_paper_as_png():
    slip = Slip(
        (Line("《三体》", "centre", large=True), Columns(("三体", "12-01")), Rule(), Line("𠮷"), Code("x"))
    )
    printer, _ = at_once(b"".join(piece.octets for piece in Codec("80", FONTS).encode(slip).pieces))
    page = Image.open(BytesIO(png(printer.paper)))
    assert page.size == (576, 68 + 34 + 24 + 32 + 198 + 6 * 34 + 20)
    middle = page.crop((576 // 2 - 90, 0, 576 // 2 + 90, 68))
    assert middle.getextrema() == (0, 255)
    assert page.crop((0, 0, 150, 68)).getextrema() == (255, 255)  # nothing beside what is centred


# ------------------------------------------------------------ cables
@pytest.fixture(params=["tcp", "pty"])
def cable(request, tmp_path):
    printer = EmulatedPrinter(EmulatedPrinterSettings(speed_mm_s=5000))
    plug = TcpPlug(printer) if request.param == "tcp" else PtyPlug(printer, tmp_path / "ttyPRN")
    yield printer, plug
    plug.close()


def test_a_probe_finds_it_and_the_driver_prints(cable):
    printer, plug = cable
    found = probe(plug.url)
    assert (found.driver, found.identity) == ("escpos", "Shuwu P80, serial number 0001")
    line = {} if ":" in plug.url else {"baud": 115_200}
    assert found.settings == {"port": plug.url, "serial": "0001"} | line
    assert printer.paper == ()
    device = kit.driver("escpos").make("printer", EscposSettings(**found.settings))
    events = Queue()
    pump = Pump(device, events.put, backoff=BackOff(first_s=0.01, cap_s=0.01))
    device.print("1", Slip((Line("三体"),)))
    pump.start()
    assert [events.get(timeout=10) for _ in range(3)] == [
        DeviceBack("printer", "Shuwu P80, serial number 0001"),
        PaperSensed("printer", "enough"),
        Printed("printer", "1"),
    ]
    plug.unplug()
    assert isinstance(events.get(timeout=10), DeviceLost)
    device.print("2", Slip((Line("三体"),)))
    plug.plug()
    assert [type(events.get(timeout=10)) for _ in range(3)] == [DeviceBack, PaperSensed, Printed]
    assert pump.stop()
    assert [item.text for item in printer.paper if isinstance(item, PrintedText) and item.text] == [
        "三体"
    ] * 2


@pytest.mark.parametrize(
    ("options", "settings_", "warnings"),
    [
        (EmulatedPrinterSettings(answers="status"), {"answers": "status"}, ()),
        (EmulatedPrinterSettings(paper_mm=0), {}, ("the paper is out",)),
    ],
)
def test_what_a_probe_says_of_others(options, settings_, warnings):
    plug = TcpPlug(EmulatedPrinter(options))
    try:
        found = probe(plug.url)
    finally:
        plug.close()
    assert (found.settings, found.warnings) == ({"port": plug.url, **settings_}, warnings)


def test_a_probe_of_silence_finds_nothing():
    plug = TcpPlug(EmulatedPrinter(EmulatedPrinterSettings(answers="none")))
    try:
        assert probe(plug.url) is None
    finally:
        plug.close()
    assert probe(plug.url) is None


def test_make_touches_nothing():
    assert make("printer", EscposSettings(port="/dev/usb/lp0")).name == "printer"
