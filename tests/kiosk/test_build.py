"""What a kiosk holds in memory before it knows what is plugged in."""

from __future__ import annotations

import subprocess
import sys

LIBRARIES = ("serial", "pymodbus", "osdp_sys", "smartcard", "escpos", "PIL")


def test_no_drivers_library_is_loaded_for_a_device_that_is_not_there():
    told = f"import sys, kiosk.build; print([name for name in {LIBRARIES!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
