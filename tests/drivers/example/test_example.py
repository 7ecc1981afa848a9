"""The worked example is a driver like any other, the guide shows it as it stands, and a kiosk takes it unseen."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from drivers.emulators.serve import TcpPlug
from drivers.errors import DriverError, Gone, Misbehaved, Misuse
from drivers.events import Crossed, DeviceBack
from drivers.kit import GROUP, Found, driver, names
from drivers.line.line import Line
from kiosk.build import build
from kiosk.config import load
from tests.drivers.example.codec import Lines
from tests.drivers.example.counter import LightBarrier, Timing
from tests.drivers.example.driver import DRIVER
from tests.drivers.example.emulator import EmulatedBarrier
from tests.drivers.example.messages import Identity, Totals, parse
from tests.kiosk.settings import DESK_AND_ROOM, written
from tests.lines import EVERY, LOSSLESS, Answering, Bad, BadLine

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/devices/writing-a-driver.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"### `(tests/drivers/example/\w+\.py)`\n.*?```python\n(.*?)```", GUIDE, re.DOTALL)
BACK = DeviceBack("beam", "LS-2 SN0042, firmware 1.3")


def test_the_guide_shows_the_files_as_they_stand():
    assert [Path(name).stem for name, _ in SHOWN] == ["messages", "codec", "counter", "driver", "emulator"]
    for name, text in SHOWN:
        assert (ROOT / name).read_text(encoding="utf-8") == text, name


# ---------------------------------------------------------------- literal lines
def test_lines_of_the_datasheet():
    assert parse(b"C00000102,00000090*65") == Totals(102, 90)
    assert parse(b"VLS-2,SN0042,1.3*61") == Identity("LS-2", "SN0042", "1.3")


@pytest.mark.parametrize("line", [b"", b"*00", b"C00000102,00000090*64", b"C1,2*6C", b"X*58"])
def test_other_lines_are_the_units_fault(line: bytes):
    with pytest.raises(Misbehaved):
        parse(line)


def test_endless_data_is_bounded():
    with pytest.raises(Misbehaved, match="no end of line"):
        Lines().feed(b"C" * 100)


# ---------------------------------------------------------------- the bad lines
def polled(line: Line, times: int) -> list[object]:
    """What the driver tells in so many polls, on a clock that its reads move."""
    told: list[object] = []
    stop = Event()
    stop.wait = lambda _s: stop.set() if len(told) > times else None  # type: ignore[method-assign, assignment]
    ticks = count()
    device = LightBarrier("beam", lambda: line, clock=lambda: next(ticks) * 0.001)
    try:
        device.run(told.append, stop)
    except DriverError as cause:
        told.append(cause)
    return told


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_over_bad_lines_the_totals_are_right_or_the_fault_is_said(bad: Bad):
    unit = EmulatedBarrier(100, 90)

    def answer(question: bytes) -> list[bytes]:
        unit.cross(entered=question.startswith(b"?"))
        return [unit.answer(question.rstrip(b"\r"))]

    told = polled(BadLine(Answering(answer), bad), times=8)
    right = [BACK, *(Crossed("beam", 100 + n, 90) for n in range(1, 100))]
    if bad in LOSSLESS:
        assert told == right[: len(told)]
    else:
        assert all(event in right or isinstance(event, Gone | Misbehaved) for event in told)


@pytest.mark.parametrize("replies", range(4))
def test_a_cable_that_breaks_is_gone_and_the_line_is_closed(replies: int):
    unit = EmulatedBarrier()
    line = Answering(lambda question: [unit.answer(question.rstrip(b"\r"))], break_after=replies)
    with pytest.raises(Gone):
        LightBarrier("beam", lambda: line, Timing(poll_ms=0)).run(lambda _event: None, Event())
    assert line.closed


# ---------------------------------------------------------------- plugged in from outside the tree
@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The distribution `shuwu-ls2` as an installer leaves it, in a folder of its own."""
    info = tmp_path / "site" / "shuwu_ls2-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shuwu-ls2\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{GROUP}]\nls2 = tests.drivers.example.driver:DRIVER\nbroken = tests.drivers.example.nowhere:DRIVER\n"
        "odd = tests.drivers.example.messages:END\nscanner = tests.drivers.example.driver:DRIVER\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")
    return info


def test_an_installed_driver_is_known_by_its_name(installed: Path):
    assert driver("ls2") is DRIVER
    assert {"ls2", "scanner"} <= set(names())


def test_a_name_of_the_house_stays_the_houses(installed: Path):
    assert driver("scanner").kind == "card"


@pytest.mark.parametrize(
    ("name", "why"), [("broken", "cannot be loaded"), ("odd", "no Driver"), ("none", "ls2")]
)
def test_one_that_cannot_be_is_named(installed: Path, name: str, why: str):
    with pytest.raises(Misuse, match=why):
        driver(name)


def test_a_kiosk_runs_it_from_its_configuration(installed: Path, tmp_path: Path):
    unit = EmulatedBarrier(100, 90)
    plug = TcpPlug(unit)
    try:
        text = f'{DESK_AND_ROOM}\n[devices.beam]\ndriver = "ls2"\nport = "{plug.url}"\npoll_ms = 50\n'
        daemon = build(load(written(tmp_path, text)))
        queue: Queue[object] = daemon.loop.queue  # type: ignore[assignment]
        (pump,) = [pump for pump in daemon.pumps if pump._device.name == "beam"]
        pump.start()
        try:
            assert [queue.get(timeout=10), queue.get(timeout=10)] == [BACK, Crossed("beam", 100, 90)]
            unit.cross(entered=2)
            assert queue.get(timeout=10) == Crossed("beam", 102, 90)
        finally:
            pump.stop()
            daemon.journal.close()
    finally:
        plug.close()


def test_its_wrong_settings_are_told_with_their_place(installed: Path, tmp_path: Path):
    text = f'{DESK_AND_ROOM}\n[devices.beam]\ndriver = "ls2"\nport = "p"\npoll_ms = 1\n'
    with pytest.raises(ValueError, match=r">= 50 - at `\$\.devices\.beam\.poll_ms`"):
        load(written(tmp_path, text))


def test_it_is_found_on_its_port():
    plug = TcpPlug(EmulatedBarrier())
    try:
        assert DRIVER.probe
        assert DRIVER.probe(plug.url) == Found(
            "ls2", plug.url, "LS-2 SN0042, firmware 1.3", {"port": plug.url}
        )
    finally:
        plug.close()
