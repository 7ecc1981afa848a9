"""Serial ports by names that stay: a machine's /sys and /dev as folders."""

from __future__ import annotations

from pathlib import Path

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


def test_a_printer_on_usb_is_a_port(tmp_path: Path):
    machine = Machine(tmp_path)
    at = machine.sys / "devices/1-3"
    (at / "if0/lp0").mkdir(parents=True)
    for name, text in {"idVendor": "0483", "idProduct": "5743", "product": "P80"}.items():
        (at / name).write_text(text)
    (machine.sys / "class/usbmisc/lp0").mkdir(parents=True)
    (machine.sys / "class/usbmisc/lp0/device").symlink_to(at / "if0/lp0")
    assert machine.ports() == {"lp0": Port(f"{machine.dev}/usb/lp0", "lp0", "0483:5743", "P80", alike=True)}


def test_an_address_is_a_port():
    assert addresses(["10.0.0.9:10001", "socket://h:1"]) == (
        Port("socket://10.0.0.9:10001"),
        Port("socket://h:1"),
    )
