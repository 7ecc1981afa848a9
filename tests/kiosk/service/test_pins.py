"""PINs of staff: kept so that nobody reads them, looked at on a thread of its own."""

from queue import SimpleQueue

import msgspec
import pytest

from kiosk.service.pins import Pins, fits, kept
from kiosk.service.settings import Service
from kiosk.service_effects import CheckPin
from kiosk.service_events import PinChecked

LINE = kept("246813")


def test_a_pin_fits_its_own_line_and_no_two_lines_are_alike():
    assert fits("246813", LINE)
    assert not fits("246814", LINE)
    assert kept("246813") != LINE
    assert "246813" not in LINE


@pytest.mark.parametrize("line", ["", "scrypt$14$8$1$x", "argon2$14$8$1$AA==$AA==", "scrypt$14$8$1$!$AA=="])
def test_a_line_that_keeps_no_pin_is_refused(line):
    with pytest.raises(ValueError):
        fits("246813", line)


def test_a_look_is_answered_once_also_for_a_card_that_nobody_knows():
    told: SimpleQueue[PinChecked] = SimpleQueue()
    pins = Pins({"a": LINE}, told.put)
    for ask, (staff, pin) in enumerate((("a", "246813"), ("a", "1"), ("b", "246813"))):
        pins.check(CheckPin(ask, staff, pin))
        assert told.get(timeout=10) == PinChecked(ask, ask == 0)


@pytest.mark.parametrize("line", ["scrypt$99$8$1$AA==$AA==", "scrypt$14$8$1$A$A", "scrypt$14$0$1$AA==$AA=="])
def test_a_line_that_cannot_be_looked_at_is_refused_before_anybody_waits_for_a_look(line):
    with pytest.raises(ValueError, match=r"^a: "):
        Pins({"a": line}, lambda _: None)


def test_the_configuration_takes_what_the_command_prints_and_nothing_else():
    table = {"staff": [{"name": "李馆员", "card": "0" * 32, "pin": LINE}]}
    assert msgspec.convert(table, Service).staff[0].pin == LINE
    table["staff"][0]["pin"] = "246813"
    with pytest.raises(msgspec.ValidationError, match=r"\$\.staff\[0\]\.pin"):
        msgspec.convert(table, Service)
    assert "246813" not in repr(CheckPin(1, "a", "246813"))
