"""Serial ports by names that stay: a machine's /sys and /dev as folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.errors import Gone
from drivers.line.file_line import usb_printer
from drivers.line.usb import serial_of
from drivers.probe.ports import Port, addresses, serial_ports


class Machine:
    """A /dev and a /sys."""

    def __init__(self, folder: Path) -> None:
        self.dev, self.sys = folder / "dev", folder / "sys"
        for each in ("dev/serial/by-id", "dev/serial/by-path", "sys/class/tty"):
            (folder / each).mkdir(parents=True)

    def plug(self, node: str, socket: str, ids: str = "", product: str = "", serial: str = "") -> None:
        """A port on a USB socket, or with no `ids` one of the board's own."""
        at = self.sys / "devices" / socket
        (at / "if0" / node).mkdir(parents=True)
        if ids:
            vendor, model = ids.split(":")
            for name, text in {
                "idVendor": vendor,
                "idProduct": model,
                "product": product,
                "serial": serial,
            }.items():
                if text:
                    (at / name).write_text(f"{text}\n")
            link = self.dev / "serial/by-id" / f"usb-{product}_{serial}-port0"
            link.unlink(missing_ok=True)
            link.symlink_to(self.dev / node)
            (self.dev / "serial/by-path" / f"pci-usb-{socket}-port0").symlink_to(self.dev / node)
        (self.dev / node).touch()
        tty = self.sys / "class/tty" / node
        tty.mkdir()
        (tty / "device").symlink_to(at / "if0" / node)

    def ports(self) -> dict[str, Port]:
        return {port.node: port for port in serial_ports(self.dev, self.sys)}


def test_a_usb_port_is_called_by_maker_product_and_serial_number(tmp_path: Path):
    machine = Machine(tmp_path)
    machine.plug("ttyUSB0", "1-1", "0403:6001", "FT232R", "A50285BI")
    assert machine.ports() == {
        "ttyUSB0": Port(
            f"{machine.dev}/serial/by-id/usb-FT232R_A50285BI-port0",
            "ttyUSB0",
            "0403:6001",
            "FT232R",
            "A50285BI",
        )
    }
    assert machine.ports()["ttyUSB0"].what == "ttyUSB0 0403:6001 FT232R A50285BI"


def test_the_plug_of_a_port_tells_its_number_by_whichever_of_its_names(tmp_path: Path):
    machine = Machine(tmp_path)
    machine.plug("ttyACM0", "1-1", "1eab:1c06", "NLS-EM20", "HJ4042")
    machine.plug("ttyS0", "serial0")
    by_id = machine.dev / "serial/by-id/usb-NLS-EM20_HJ4042-port0"
    asked = ("/dev/ttyACM0", str(by_id), "/dev/ttyS0", "/dev/gone", "socket://127.0.0.1:9")
    assert [serial_of(port, machine.sys) for port in asked] == ["HJ4042", "HJ4042", "", "", ""]


def test_two_of_the_same_make_are_told_apart_by_serial_number(tmp_path: Path):
    machine = Machine(tmp_path)
    machine.plug("ttyUSB0", "1-1", "0403:6001", "FT232R", "A1")
    machine.plug("ttyUSB1", "1-2", "0403:6001", "FT232R", "A2")
    names = [port.name for port in machine.ports().values()]
    assert [name.rpartition("/")[2] for name in names] == ["usb-FT232R_A1-port0", "usb-FT232R_A2-port0"]
    assert not any(port.alike for port in machine.ports().values())


def test_twins_without_a_serial_number_are_called_by_their_sockets(tmp_path: Path):
    machine = Machine(tmp_path)
    machine.plug("ttyUSB0", "1-1", "1a86:7523", "CH340")
    machine.plug("ttyUSB1", "1-2", "1a86:7523", "CH340")
    ports = machine.ports()
    assert [ports[node].name.rpartition("/")[2] for node in ports] == [
        "pci-usb-1-1-port0",
        "pci-usb-1-2-port0",
    ]
    assert all(port.alike for port in ports.values())


def test_the_boards_own_ports_count_where_there_is_a_chip(tmp_path: Path):
    machine = Machine(tmp_path)
    machine.plug("ttyS0", "pnp0")
    machine.plug("ttyS1", "pnp1")
    (machine.sys / "class/tty/ttyS0/type").write_text("4\n")
    (machine.sys / "class/tty/ttyS1/type").write_text("0\n")
    (machine.sys / "class/tty/tty0").mkdir()
    assert machine.ports() == {"ttyS0": Port(f"{machine.dev}/ttyS0", "ttyS0")}


def with_printer(machine: Machine, node: str, **told: str) -> None:
    """A printer of the kernel's own driver."""
    at = machine.sys / "devices" / f"1-{node}"
    (at / "if0" / node).mkdir(parents=True)
    for name, text in {"idVendor": "0483", "idProduct": "5743", "product": "P80", **told}.items():
        (at / name).write_text(text)
    (machine.sys / "class/usbmisc" / node).mkdir(parents=True)
    (machine.sys / "class/usbmisc" / node / "device").symlink_to(at / "if0" / node)


def test_a_printer_on_usb_is_a_port(tmp_path: Path):
    machine = Machine(tmp_path)
    with_printer(machine, "lp0")
    assert machine.ports() == {"lp0": Port(f"{machine.dev}/usb/lp0", "lp0", "0483:5743", "P80", alike=True)}


def test_printers_on_usb_are_called_by_their_serial_numbers_wherever_they_are(tmp_path: Path):
    machine = Machine(tmp_path)
    for node, serial in (("lp0", "B7"), ("lp1", "A1"), ("lp2", "T0"), ("lp3", "T0")):
        with_printer(machine, node, serial=serial)
    names = {node: port.name for node, port in machine.ports().items()}
    assert names == {
        "lp0": "usb:B7",
        "lp1": "usb:A1",
        "lp2": f"{machine.dev}/usb/lp2",
        "lp3": f"{machine.dev}/usb/lp3",
    }
    assert usb_printer("A1", machine.sys, machine.dev) == f"{machine.dev}/usb/lp1"
    for serial, words in (("C3", "no printers"), ("T0", "2 printers")):
        with pytest.raises(Gone, match=f"{words} on USB have the serial number {serial}"):
            usb_printer(serial, machine.sys, machine.dev)


def test_an_address_is_a_port():
    assert addresses(["10.0.0.9:10001", "socket://h:1"]) == (
        Port("socket://10.0.0.9:10001"),
        Port("socket://h:1"),
    )
