"""What a driver may be asked to look at: serial ports by names that stay, readers of a service, addresses.

A serial port is called by its link in /dev/serial/by-id, which carries maker, product and serial number: two
adapters of the same make stay apart, whichever is plugged in first. An adapter without a serial number shares
that name with its twin; it is called by the socket it is in (/dev/serial/by-path). A printer on USB is called by
its serial number, `usb:SERIAL`, and one without by the number that the kernel gave it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from drivers.line.file_line import USB
from drivers.line.usb import DEV, SYS, plug_of, text_of

NO_UART = "0"
"""`type` of a 8250 port behind which there is no chip (PORT_UNKNOWN of linux/serial_core.h)."""


@dataclass(frozen=True, slots=True)
class Port:
    """One thing to ask at."""

    name: str
    """What stands in the configuration."""
    node: str = ""
    """`ttyUSB0`; empty for what is no serial port."""
    usb: str = ""
    """Vendor and product in hexadecimal, `0403:6001`."""
    product: str = ""
    """As the adapter calls itself."""
    serial: str = ""
    alike: bool = False
    """It has no serial number of its own."""

    @property
    def what(self) -> str:
        """The cable in one line."""
        return " ".join(part for part in (self.node, self.usb, self.product, self.serial) if part)


def serial_ports(dev: Path = DEV, sys: Path = SYS) -> tuple[Port, ...]:
    """Every serial port of the machine in the order of their names, then every printer on USB."""
    nodes = sorted(tty for tty in (sys / "class/tty").glob("*") if _is_real(tty))
    nodes += sorted((sys / "class/usbmisc").glob("lp*"))
    by_id, by_path = _links(dev / "serial/by-id"), _links(dev / "serial/by-path")
    ports = [_port(tty, dev, by_id, by_path) for tty in nodes]
    twins = Counter((port.usb, port.serial) for port in ports if port.usb)
    return tuple(_apart(port, dev, by_path) if twins[port.usb, port.serial] > 1 else port for port in ports)


def addresses(texts: Iterable[str]) -> tuple[Port, ...]:
    """`HOST:PORT` of whoever is reached over the network."""
    return tuple(Port(text if "://" in text else f"socket://{text}") for text in texts)


def _is_real(tty: Path) -> bool:
    """A terminal of the kernel's own has no device; a chip that is not there has type 0."""
    kind = tty / "type"
    return (tty / "device").exists() and not (
        kind.exists() and kind.read_text(encoding="utf-8").strip() == NO_UART
    )


def _links(folder: Path) -> dict[str, Path]:
    """Name of a node → its link in this folder."""
    return {link.resolve().name: link for link in sorted(folder.glob("*"))}


def _port(tty: Path, dev: Path, by_id: dict[str, Path], by_path: dict[str, Path]) -> Port:
    node = tty.name
    plug = plug_of(tty)
    name = str(by_id.get(node) or by_path.get(node) or _where(node, dev))
    if plug is None:
        return Port(name, node)
    product = " ".join(text for key in ("manufacturer", "product") if (text := text_of(plug, key)))
    ids, serial = f"{text_of(plug, 'idVendor')}:{text_of(plug, 'idProduct')}", text_of(plug, "serial")
    name = f"{USB}{serial}" if _is_printer(node) and serial else name
    return Port(name, node, ids, product, serial, alike=not serial)


def _apart(port: Port, dev: Path, by_path: dict[str, Path]) -> Port:
    """One of two that say the same of themselves."""
    name = str(by_path.get(port.node) or _where(port.node, dev))
    return Port(name, port.node, port.usb, port.product, port.serial, alike=True)


def _where(node: str, dev: Path) -> Path:
    return dev / "usb" / node if _is_printer(node) else dev / node


def _is_printer(node: str) -> bool:
    return node.startswith("lp")
