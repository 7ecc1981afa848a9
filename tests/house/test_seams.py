"""One seam a library, and pure places stay pure."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import importers, imports, sources

SEAMS = {
    "serial": {"drivers/line/serial_line.py"},
    "pymodbus": {"drivers/modbus/unit.py"},
    "osdp_sys": {"drivers/card/osdp/library.py"},
    "smartcard": {"drivers/line/pcsc_line.py"},
    "escpos": {"drivers/printer/escpos/library.py"},
    "PIL": {
        "drivers/printer/escpos/library.py",
        "drivers/printer/picture/shape.py",
        "drivers/emulators/paper.py",
    },
    "qrcode": {"drivers/printer/escpos/library.py", "kiosk/screen/qr.py"},
    "rich": {"drivers/probe/commands.py"},
    "sqlite3": {"kiosk/journal/database.py"},
    "paho": {"kiosk/mqtt.py", "central/mqtt.py"},
}
"""Who may import each library, in the whole tree but tests."""

IMPURE = {
    "asyncio", "logging", "os", "pathlib", "queue", "random", "secrets", "socket", "sqlite3", "structlog",
    "subprocess", "threading", "time",
}  # fmt: skip
"""Clock, threads, I/O, chance and logging."""

READS_ITS_OWN_DATA = {"wire/faults.py", "wire/sip2/dialect.py"}

PURE = ("wire", "kiosk/session", "kiosk/room", "drivers/tag")
PURE_FILES = {
    "kiosk/knowledge.py", "kiosk/lists/standing.py", "central/lists/hours.py",
    "kiosk/core.py", "kiosk/debts.py", "kiosk/payments.py", "kiosk/ils_payment.py", "central/payments/states.py", "kiosk/memory.py", "kiosk/owed.py",
    "kiosk/repairs.py", "kiosk/rule.py", "kiosk/station.py", "kiosk/recovery.py", "kiosk/orders.py", "kiosk/cursor.py",
    "kiosk/fittings.py", "kiosk/points.py", "kiosk/signals.py",
    "kiosk/timekeeping.py", "kiosk/journal/pages.py", "kiosk/journal/bounds.py",
    "kiosk/events.py", "kiosk/effects.py", "kiosk/screen/view.py", "drivers/events.py", "drivers/errors.py",
    "drivers/pad/presence.py", "drivers/pad/feig/codec.py", "drivers/pad/feig/messages.py",
    "drivers/pad/feig/status.py", "drivers/pad/feig/reader.py", "drivers/pad/feig/stranger.py",
    "drivers/gate/passage.py", "drivers/probe/tag_text.py", "drivers/probe/tag_encode.py",
    "drivers/scanner/codec.py", "drivers/modbus/points.py", "drivers/modbus/relays.py", "drivers/emulators/air.py",
    "drivers/card/number.py", "drivers/card/pcsc/messages.py", "drivers/card/osdp/messages.py",
    "drivers/card/sdt/codec.py", "drivers/card/sdt/messages.py", "drivers/card/sdt/layout.py",
    "drivers/printer/escpos/codec.py", "drivers/printer/escpos/messages.py", "drivers/probe/page.py",
    "drivers/card/pcsc/lamps.py", "drivers/card/pcsc/session.py", "drivers/card/code/dynamic.py",
    "drivers/scanner/trigger.py", "drivers/scanner/looking.py", "drivers/printer/layout.py",
    "drivers/printer/escpos/gbk.py", "drivers/printer/picture/bidi.py", "drivers/printer/picture/cmap.py",
    "drivers/printer/picture/raster.py", "drivers/voice/wave.py", "drivers/voice/chimes.py",
    "drivers/emulators/escpos_commands.py",
    "central/reports/catalogue.py",
}  # fmt: skip


@pytest.mark.parametrize("library", SEAMS)
def test_a_library_has_one_seam(library: str):
    assert importers(library, "wire", "drivers", "kiosk", "central", "deploy") == SEAMS[library]


def test_drivers_start_programs_in_one_place():
    assert importers("subprocess", "drivers") == {"drivers/voice/programs.py"}


def test_flask_and_sqlalchemy_stay_in_their_rooms():
    allowed = ("kiosk/screen/", "drivers/rig/", "central/")
    assert all(name.startswith(allowed) for name in importers("flask", "wire", "drivers", "kiosk", "central"))
    assert not importers("sqlalchemy", "wire", "drivers", "kiosk")


def test_every_pure_file_is_there():
    assert sources().keys() >= PURE_FILES


def test_pure_places_touch_no_clock_thread_disk_or_line():
    guilty = {
        name: sorted(found)
        for name, module in sources("wire", "drivers", "kiosk", "central").items()
        if (name in PURE_FILES or name.startswith(PURE)) and name not in READS_ITS_OWN_DATA
        if (found := {top.split(".")[0] for top in imports(module)} & IMPURE)
    }
    assert guilty == {}


def test_secure_is_made_in_one_place():
    makers = {
        name
        for name, module in sources("kiosk").items()
        if "SecureDoor()" in ast.unparse(module) and name != "kiosk/hands.py"
    }
    assert makers == {"kiosk/room/egress.py"}
