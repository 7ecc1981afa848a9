"""What is plugged in is found, named, compared with the configuration and written as lines to paste."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result

from drivers import kit
from drivers.configured import configured
from drivers.emulators.serve import TcpPlug
from drivers.kit import Driver, Found
from drivers.probe import commands, find
from drivers.probe.__main__ import main
from drivers.probe.find import Remark, Seen, compare, lines, look
from drivers.probe.ports import Port
from drivers.probe.texts import CHECKS, FIGURES, FINDING, INSTRUCTIONS, QUESTIONS, TESTING, WHYS, language
from tests.drivers.example.driver import DRIVER
from tests.drivers.example.emulator import EmulatedBarrier
from tests.drivers.probe.room import plugged, written


def only_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The light barrier is plugged in, and no other driver has a question."""
    monkeypatch.setattr(find, "probing", lambda *_: (DRIVER,))
    monkeypatch.setattr(find, "driver", lambda name: DRIVER if name == DRIVER.name else kit.driver(name))


@pytest.fixture
def barrier(monkeypatch: pytest.MonkeyPatch):
    """A light barrier at a port of its own, and a machine whose probe knows it alone."""
    only_it_is_asked(monkeypatch)
    plug = TcpPlug(EmulatedBarrier(answers_s=0))
    yield plug.url
    plug.close()


def run(*args: str, locale: str = "en_GB.UTF-8") -> Result:
    env = {"LC_ALL": locale, "COLUMNS": "200"}
    return CliRunner().invoke(main, ["find", "--no-serial", *args], env=env)


def test_each_port_is_asked_by_each_driver_until_one_knows_it():
    asked: list[str] = []

    def one(name: str, knows: str) -> Driver:
        def probe(port: str) -> Found | None:
            asked.append(f"{name} {port}")
            return Found(name, port, "it") if port == knows else None

        return Driver(name, "card", "", DRIVER.settings, DRIVER.make, probe)

    ticks: list[None] = []
    seen = look([Port("a"), Port("b")], [one("x", "a"), one("y", "b")], lambda: ticks.append(None))
    assert [each.found.driver for each in seen if each.found] == ["x", "y"]
    assert sorted(asked) == ["x a", "x b", "y b"]
    assert len(ticks) == 4


def test_ctrl_c_ends_it_with_the_questions_that_are_asked():
    asked: list[str] = []
    begun = Event()

    def probe(port: str) -> Found | None:
        if port == "a":
            begun.wait(10)
            raise KeyboardInterrupt
        asked.append(port)
        begun.set()
        time.sleep(0.005)
        return None

    driver = Driver("x", "card", "", DRIVER.settings, DRIVER.make, probe)
    with pytest.raises(KeyboardInterrupt):
        look([Port("a"), Port("b")], [driver] * 100, lambda: None)
    assert len(asked) < 100


def test_a_driver_with_a_mistake_has_not_answered():
    def mistaken(port: str) -> Found | None:
        raise KeyError(port)

    def right(port: str) -> Found | None:
        return Found("y", port, "it")

    drivers = [
        Driver(name, "card", "", DRIVER.settings, DRIVER.make, ask)
        for name, ask in (("x", mistaken), ("y", right))
    ]
    assert [each.found.driver for each in look([Port("a")], drivers, lambda: None) if each.found] == ["y"]


def test_what_is_found_is_named_and_written_as_lines_that_can_be_pasted(barrier: str, tmp_path: Path):
    told = run(barrier)
    assert told.exit_code == 0
    assert "LS-2 SN0042, firmware 1.3" in told.stdout
    pasted = told.stdout[told.stdout.index("[devices.") :]
    assert (
        pasted.strip()
        == f'[devices.counter]\n# LS-2 SN0042, firmware 1.3\ndriver = "ls2"\nport = "{barrier}"'
    )


def test_in_json_and_in_chinese(barrier: str):
    (port,) = json.loads(run(barrier, "--json").stdout)["ports"]
    assert port["found"]["identity"] == "LS-2 SN0042, firmware 1.3"
    assert "把这些行粘贴到 kiosk.toml" in run(barrier, locale="zh_CN.UTF-8").stdout


def test_a_name_that_is_taken_is_left_alone_and_values_are_toml():
    found = Found(
        "feig-pad", "/dev/a", "MR102", {"port": "/dev/a", "baud": 38400, "ok": True, "more": {"x": [1, 2]}}
    )
    text = lines([Seen(Port("/dev/a"), found), Seen(Port("/dev/b"), found), Seen(Port("/dev/c"), None)])
    assert "more = { x = [1, 2] }" in text
    assert [line for line in text.splitlines() if line.startswith(("[", "driver"))] == [
        "[devices.pad]",
        "[devices.pad_2]",
        'driver = "feig-pad"',
    ]
    assert lines([Seen(Port("/dev/a"), found)], {"pad"}).startswith("[devices.pad_2]")


# ---------------------------------------------------------------- beside a configuration
def test_each_configured_device_is_compared_with_what_answers_at_its_port(tmp_path: Path):
    devices = configured(
        {
            "pad": {"port": "/dev/serial/by-id/x"},
            "pad_2": {"driver": "feig-pad", "port": "/dev/serial/by-id/z", "serial": "0000000a"},
            "gate": {"port": "/dev/ttyUSB1"},
            "door": {"port": "socket://h:1"},
            "scanner": {"port": "socket://h:2"},
        },
        tmp_path,
    )
    slips, reader = Found("escpos", "p", "P80"), Found("feig-pad", "p", "MR102", {"serial": "0000000B"})
    seen = [
        Seen(Port("/dev/serial/by-id/x", "ttyUSB0"), slips),
        Seen(Port("/dev/serial/by-id/y", "ttyUSB1"), reader),
        Seen(Port("/dev/serial/by-id/z", "ttyUSB2"), reader),
        Seen(Port("socket://h:1"), None),
    ]
    wrong, other, ours, away, shy = compare(seen, devices)
    assert wrong == Remark("wrong", "pad", "feig-pad", "/dev/serial/by-id/x", "escpos, P80")
    assert other == Remark("wrong", "pad_2", "feig-pad 0000000a", "/dev/serial/by-id/z", "feig-pad, MR102"), (
        "of two alike the other one"
    )
    assert ours.text == "ours", "a pad's reader may be a gate's"
    assert (away.text, shy.text) == ("missing", "quiet")


def test_a_wrong_device_on_a_port_is_named_and_is_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with plugged() as room:
        plug = TcpPlug(EmulatedBarrier(answers_s=0))
        only_it_is_asked(monkeypatch)
        try:
            told = run("--config", str(written(tmp_path, room, pad=plug.url)))
        finally:
            plug.close()
    assert told.exit_code == 1
    assert "wrong device: pad is to be feig-pad, and this is ls2, LS-2 SN0042, firmware 1.3" in told.stdout


def test_a_driver_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    info = tmp_path / "shuwu_odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shuwu-odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[shuwu.drivers]\nodd = shuwu_odd.nowhere:DRIVER\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "the driver 'odd' cannot be loaded" in run().stderr


@pytest.mark.parametrize("where", ["127.0.0.1:99999", "http://reader", "rs485 server:4001"])
def test_what_is_no_address_is_not_asked(where: str):
    ended = CliRunner().invoke(main, ["find", "--no-serial", where])
    assert ended.exit_code == 2
    assert "is no socket://HOST:PORT" in ended.output


def test_nothing_to_ask_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(commands, "_local", lambda _texts: [])
    assert (
        "There is no port to ask."
        in CliRunner().invoke(main, ["find"], env={"LANG": "en", "LC_ALL": ""}).stdout
    )


# ---------------------------------------------------------------- words
def test_every_text_is_there_in_both_languages():
    for table in (FINDING, TESTING, CHECKS, FIGURES, INSTRUCTIONS, QUESTIONS, WHYS):
        assert all(zh and en and zh != en for zh, en in table.values())


@pytest.mark.parametrize(
    ("env", "code"),
    [
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE"}, "en"),
        ({"LANG": "zh", "LC_ALL": "C"}, "en"),
        ({}, "zh"),
    ],
)
def test_the_language_is_the_terminals(env: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch):
    for key in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(key, raising=False)
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    assert language() == code
