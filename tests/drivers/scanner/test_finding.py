"""Scanners that tell their names, and those that only their cable names."""

from __future__ import annotations

import tomllib

import pytest

from drivers.configured import configured
from drivers.emulators.scanner import EmulatedScanner, EmulatedScannerSettings
from drivers.emulators.serve import TcpPlug
from drivers.probe.find import Seen, lines
from drivers.probe.ports import Port
from drivers.scanner import finding
from drivers.scanner.driver import DRIVER


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(finding, "ANSWER_S", 0.06)


@pytest.mark.parametrize("maker", ["newland", "honeywell"])
def test_a_scanner_that_tells_its_name_is_found_with_lines_to_paste(maker, tmp_path):
    plug = TcpPlug(EmulatedScanner(EmulatedScannerSettings(trigger=maker)))
    found = DRIVER.probe(plug.url)
    plug.close()
    assert found.identity == f"scanner, {maker.capitalize()} EM-2000"
    pasted = lines([Seen(Port(plug.url), found)])
    (device,) = configured(tomllib.loads(pasted)["devices"], tmp_path).values()
    assert (device.driver, device.settings.port) == ("scanner", plug.url)


class Says:
    """Answers whatever is asked so."""

    def __init__(self, octets):
        self._octets = octets

    def serve(self, line):
        while True:
            if line.read(1.0):
                line.write(self._octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"2110004711\r\n",
        b"\x7e\x010000@QRYPDN;\x03",
        b"\x02\x010000@QRYPDN\x06;\x03",
        b"\x02\x010000@QRYPDNx\x15;\x03",
        b"Product Name: ",
        b"\xff" * 2000,
    ],
    ids=["silence", "a text", "an echo", "no name", "a refusal", "a cut answer", "endless"],
)
def test_who_says_something_else_is_no_scanner(octets):
    plug = TcpPlug(Says(octets))
    assert finding.find(plug.url) is None
    plug.close()


def test_one_that_says_nothing_is_named_by_its_cable():
    found = finding.find("/dev/serial/by-id/usb-Zebra_Technologies_DS457-if00")
    assert found.identity == "scanner, Zebra Technologies DS457"
    assert "by its cable alone" in found.warnings[0]
    assert finding.find("/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0") is None
