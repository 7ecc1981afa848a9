"""What a USB plug says of itself, as the kernel shows it in /sys: the serial number of whatever hangs on it."""

from __future__ import annotations

import os
from pathlib import Path

SYS, DEV = Path("/sys"), Path("/dev")


def serial_of(port: str, sys: Path = SYS) -> str:
    """The serial number of the plug on which a serial port hangs, an adapter's or the device's own.

    Args:
        port: the path of a serial port, by whichever of its names; of anything else there is none.
        sys: where the kernel shows its devices.

    Returns:
        Empty, where it hangs on no USB, or its plug has no number.
    """
    plug = plug_of(sys / "class/tty" / Path(os.path.realpath(port)).name)
    return text_of(plug, "serial") if plug else ""


def plug_of(node: Path) -> Path | None:
    """The plug, a folder of /sys, to which a device of /sys/class belongs; None where it hangs on no USB."""
    return next((up for up in (node / "device").resolve().parents if (up / "idVendor").exists()), None)


def text_of(plug: Path, key: str) -> str:
    """What a plug says of itself; empty where it does not, or was pulled out."""
    try:
        return (plug / key).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
