"""What a bench prints, as those read it who keep the numbers."""

from __future__ import annotations

import json
import re
import sys

import pytest

from bench.report import Figure, figure, run_main

FIGURES = [
    figure("books seen", "ms", [30.0, 10.0, 21.0], ("the limit", 20.0)),
    figure("messages", "messages/s", [1000.0, 1001.0]),
]


@pytest.fixture
def printed(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        run_main("pad", lambda: FIGURES)
        return capsys.readouterr().out

    return run


def test_a_figure_is_the_median_beside_its_range_and_its_reference():
    assert FIGURES[0] == Figure("books seen", 21.0, "ms", 10.0, 30.0, 3, "the limit: 20 ms", 1.05)


def test_a_figure_without_a_reference_has_no_ratio():
    assert FIGURES[1] == Figure("messages", 1000.5, "messages/s", 1000.0, 1001.0, 2, None, None)


def test_the_json_is_one_object(printed):
    told = json.loads(printed("--json"))
    assert list(told) == ["bench", "machine", "figures"]
    assert told["bench"] == "pad"
    assert told["figures"] == [
        {
            "name": "books seen",
            "value": 21.0,
            "unit": "ms",
            "low": 10.0,
            "high": 30.0,
            "runs": 3,
            "reference": "the limit: 20 ms",
            "ratio": 1.05,
        },
        {
            "name": "messages",
            "value": 1000.5,
            "unit": "messages/s",
            "low": 1000.0,
            "high": 1001.0,
            "runs": 2,
            "reference": None,
            "ratio": None,
        },
    ]


def test_the_machine_names_its_cores_and_its_python(printed):
    machine = json.loads(printed("--json"))["machine"]
    assert re.fullmatch(r".+, \d+ cores, \w+ \S+, Python 3\.\d+\.\d+\S*", machine)


def test_the_table_shows_every_figure(printed):
    table = printed()
    assert "21 ms" in table
    assert "the limit: 20 ms" in table
    assert "1.050" in table
    assert "messages/s" in table


def test_what_a_bench_measures_may_be_asked_for(monkeypatch, capsys):
    def measure(*, devices: int = 200):
        return [figure("devices", "devices", [float(devices)])]

    for arguments, value in (([], 200), (["--devices", "1000"], 1000)):
        monkeypatch.setattr(sys, "argv", ["bench", "--json", *arguments])
        run_main("pad", measure)
        assert json.loads(capsys.readouterr().out)["figures"][0]["value"] == value


def test_an_argument_that_is_none_is_refused(printed):
    with pytest.raises(SystemExit):
        printed("--xml")
