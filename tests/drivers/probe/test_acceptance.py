"""The acceptance test over a whole room of emulators: what is right passes, what is broken is said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner, Result

from drivers.configured import configured
from drivers.kit import Kind
from drivers.probe import checks
from drivers.probe.__main__ import main
from drivers.probe.acceptance import Acceptance, Report
from drivers.probe.page import page
from drivers.probe.texts import CHECKS, INSTRUCTIONS, QUESTIONS, Texts
from drivers.rig.room import Room
from tests.drivers.probe.room import Person, plugged, surroundings, written
from tests.drivers.rig.room import CARDS, OSDP_KEY, SURROUNDED, UIDS

EN = Texts("en")


@pytest.fixture
def room():
    with plugged() as room:
        yield room


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch):
    """The same waits, shorter: an emulated person needs no minute."""
    for name, value in {"PERSON_S": 5.0, "QUIET_S": 0.4, "RELEASE_MS": 400, "ANSWER_S": 5.0}.items():
        monkeypatch.setattr(checks, name, value)


def accepted(room: Room, folder: Path, name: str, *lazy: str, attended: bool = True) -> Report:
    devices = configured(msgspec.toml.decode(written(folder, room).read_bytes())["devices"], folder)
    person = Person(room)
    person.lazy = set(lazy)
    at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    return Acceptance(person, EN, attended, lambda: at).run({name: devices[name]})


def results(report: Report) -> dict[str, str]:
    return {check.name: check.result for device in report.devices for check in device.checks}


def test_every_kind_has_its_checks_and_every_check_its_words():
    assert set(checks.CHECKS) == set(get_args(Kind))
    every = [check for each in checks.CHECKS.values() for check in each]
    assert {check.name for check in every} == set(CHECKS)
    needs_hands = {check.name for check in every if check.attended} - {"writes_security"}
    assert needs_hands == set(INSTRUCTIONS)
    assert set(QUESTIONS) <= needs_hands | {"ready"}


def test_a_pad_is_accepted_with_its_figures(room: Room, tmp_path: Path):
    report = accepted(room, tmp_path, "pad")
    assert set(results(report).values()) == {"passed"}
    (pad,) = report.devices
    assert (pad.driver, pad.port, "FEIG" in pad.identity) == ("feig-pad", room.urls["pad"], True)
    found = {check.name: check.figures for check in pad.checks}
    assert found["reads_a_book"] == {"uid": UIDS[0], "item": "3305231000010", "model": "iso28560-2"}
    assert found["reads_a_pile"]["books"] == 2
    assert found["writes_security"]["secured"] is True
    assert "<td>tag E004015012340000, item 3305231000010, data model iso28560-2</td>" in page(report, EN)
    assert room.state().books[-1].secured, "nothing of the book was changed"


def test_a_door_is_accepted_with_somebody_at_it(room: Room, tmp_path: Path):
    assert results(accepted(room, tmp_path, "door")) == {
        check.name: "passed" for check in checks.CHECKS["door"]
    }


def test_a_gate_is_accepted(room: Room, tmp_path: Path):
    assert results(accepted(room, tmp_path, "gate")) == {"answers": "passed", "alarms": "passed"}


def test_of_a_card_the_report_has_no_number(room: Room, tmp_path: Path):
    report = accepted(room, tmp_path, "scanner")
    assert results(report)["reads_a_card"] == "passed"
    assert CARDS[0].number not in page(report, EN)


SURROUNDINGS = {
    "id_card": ["answers", "reads_a_card", "shows_signals"],
    "beam": ["answers", "counts_in", "counts_out"],
    "surroundings": ["answers", "tells_its_points"],
    "lights": ["answers", "switches"],
    "slips": ["answers", "has_paper", "prints"],
    "wall": ["answers", "reads_a_card", "shows_signals"],
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_what_stands_around_is_accepted(tmp_path: Path, name: str):
    key = tmp_path / "osdp.key"
    key.write_text(OSDP_KEY)
    key.chmod(0o600)
    with plugged(SURROUNDED) as room:
        room.press_exit()
        room.push_door()
        devices = configured({name: surroundings(room, name)}, tmp_path)
        report = Acceptance(Person(room), EN, attended=True).run(devices)
    assert results(report) == dict.fromkeys(SURROUNDINGS[name], "passed")
    assert SURROUNDED.id_cards[0].number not in page(report, EN)


def test_what_does_not_come_is_said_and_the_rest_goes_on(room: Room, tmp_path: Path):
    report = accepted(room, tmp_path, "pad", "reads_a_pile")
    (pile,) = [check for check in report.devices[0].checks if check.name == "reads_a_pile"]
    assert (pile.result, pile.why) == ("failed", "nothing came in 0 s")
    assert report.count("passed") == 4


def test_a_device_that_does_not_answer_ends_its_test(room: Room, tmp_path: Path):
    room.put_plug("door", False)
    report = accepted(room, tmp_path, "door")
    first, *rest = report.devices[0].checks
    assert (first.result, "lost" in first.why) == ("failed", True)
    assert {check.result for check in rest} == {"skipped"}


# ---------------------------------------------------------------- the command
def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, args)], env={"LC_ALL": "zh_CN.UTF-8"})


def test_a_report_that_could_not_be_saved_is_refused_before_the_test(room: Room, tmp_path: Path):
    told = run("all", "--config", written(tmp_path, room), "--yes", "--save", tmp_path / "no" / "report")
    assert told.exit_code == 2
    assert "report: nothing can be written there" in told.stderr


def test_unattended_it_does_what_needs_nobody_and_saves_the_report(room: Room, tmp_path: Path):
    told = run("all", "--config", written(tmp_path, room), "--yes", "--json", "--save", tmp_path / "1.2 验收")
    assert told.exit_code == 0
    report = msgspec.json.decode(told.stdout, type=Report)
    assert [device.name for device in report.devices] == list(room.urls)
    assert (report.count("failed"), results(report)["senses_the_door"]) == (0, "passed")
    saved = (tmp_path / "1.2 验收.html").read_text(encoding="utf-8")
    assert "验收报告" in saved
    assert msgspec.json.decode((tmp_path / "1.2 验收.json").read_bytes(), type=Report) == report


def test_a_failure_is_its_exit_status(room: Room, tmp_path: Path):
    room.put_plug("scanner", False)
    told = run("scanner", "--config", written(tmp_path, room), "--yes")
    assert told.exit_code == 1
    assert "0 项通过，1 项未通过，2 项未做" in told.stdout


@pytest.mark.parametrize(
    ("text", "why"), [("[devices.a]\n", "devices.a"), ("=", "toml"), (None, "No such file")]
)
def test_a_configuration_that_cannot_be_is_named(tmp_path: Path, text: str | None, why: str):
    path = tmp_path / "kiosk.toml"
    if text is not None:
        path.write_text(text)
    told = run("all", "--config", path)
    assert told.exit_code == 1
    assert why in told.stderr


def test_a_device_that_is_not_there_is_named(room: Room, tmp_path: Path):
    told = run("pda", "--config", written(tmp_path, room))
    assert told.exit_code == 2
    assert "'pda'; there are pad, scanner" in told.stderr
