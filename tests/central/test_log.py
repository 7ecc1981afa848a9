"""One JSON object a line, whoever speaks."""

import json
import logging

import pytest
import structlog

from central import log


@pytest.fixture(autouse=True)
def as_it_was():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_both_ways_of_speaking_give_one_form(capsys):
    log.configure()
    structlog.get_logger("here").info("kiosk heard", device="zhen-24h-1", name="镇")
    logging.getLogger("there").warning("broker lost: %s", "timeout")
    logging.getLogger("sqlalchemy.engine").info("not news")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert {**first, "timestamp": ""} == {
        "event": "kiosk heard",
        "device": "zhen-24h-1",
        "name": "镇",
        "level": "info",
        "logger": "here",
        "timestamp": "",
    }
    assert (second["event"], second["level"], second["logger"]) == (
        "broker lost: timeout",
        "warning",
        "there",
    )


def test_an_exception_stays_on_its_line(capsys):
    log.configure()
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("here").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError" in json.loads(line)["exception"]
