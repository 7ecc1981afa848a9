"""The lines that let a staff card in, as the command prints them."""

import tomllib

import msgspec
from click.testing import CliRunner

from kiosk.secrets import open_state, pseudonym
from kiosk.service.__main__ import main
from kiosk.service.pins import fits
from kiosk.service.settings import Service
from tests.kiosk.settings import written


def run(path, pin):
    asked = ["--config", str(path), "--name", "李馆员", "--card", "STAFF01"]
    return CliRunner().invoke(main, [*asked, "--pin", pin])


def test_the_lines_are_what_the_configuration_takes_and_hold_neither_card_nor_pin(tmp_path):
    path = written(tmp_path)
    printed = run(path, "246813").output
    assert "STAFF01" not in printed
    assert "246813" not in printed
    (card,) = msgspec.convert(tomllib.loads(printed)["service"], Service).staff
    keys = open_state(tmp_path / "state")
    assert card.card == pseudonym(keys.pseudonyms, "STAFF01")
    assert fits("246813", card.pin)


def test_a_pin_that_everybody_tries_is_refused(tmp_path):
    for weak in ("123456", "111111", "12345", "abcdef"):
        assert run(written(tmp_path), weak).exit_code == 1
