"""A whole room of emulated devices at a real kiosk: all are heard of, and what they tell is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty

import pytest

from drivers.rig.room import Room
from kiosk.build import build
from kiosk.config import load
from kiosk.core import Kiosk
from kiosk.daemon import Daemon
from kiosk.session.state import Phase
from tests.drivers.probe.room import surroundings
from tests.drivers.rig.room import OSDP_KEY, SURROUNDED
from tests.kiosk.settings import DESK_AND_ROOM, written
from wire.faults import number

PATIENCE_S = 20
USUAL = ("pad", "scanner", "door_scanner", "door", "gate")


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room(SURROUNDED)
    yield room
    room.close()


@pytest.fixture
def daemon(room: Room, tmp_path: Path) -> Iterator[Daemon]:
    """The kiosk with its devices running; the test turns its loop."""
    key = tmp_path / "osdp.key"
    key.write_text(OSDP_KEY)
    key.chmod(0o600)
    text = DESK_AND_ROOM[: DESK_AND_ROOM.index("[devices.pad]")]
    text += "".join(f'[devices.{name}]\nport = "{room.urls[name]}"\n' for name in USUAL)
    for name in room.urls.keys() - set(USUAL):
        text += f"[devices.{name}]\n" + "".join(
            f"{key} = {_toml(value)}\n" for key, value in surroundings(room, name).items()
        )
    daemon = build(load(written(tmp_path, text)))
    for pump in daemon.pumps:
        pump.start()
    yield daemon
    stopped = [pump.stop() for pump in daemon.pumps]
    assert all(stopped)
    daemon.journal.close()


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def until(daemon: Daemon, there: Callable[[Kiosk], bool]) -> Kiosk:
    """Turn the loop until it is so."""
    while not there(daemon.loop.kiosk):
        try:
            daemon.loop.turn(daemon.loop.queue.get(timeout=PATIENCE_S))
        except Empty:
            raise AssertionError(daemon.loop.kiosk.station) from None
    return daemon.loop.kiosk


def test_every_device_is_heard_of_and_what_the_room_is_like_is_known(daemon: Daemon, room: Room):
    kiosk = until(daemon, lambda kiosk: kiosk.station.identities.keys() == room.urls.keys())
    assert kiosk.station.serving
    kiosk = until(daemon, lambda kiosk: "smoke" in kiosk.station.readings)
    assert kiosk.station.readings["hall_temperature"].value == 21.5
    room.set_point("smoke", None, active=True)
    until(daemon, lambda kiosk: (number("smoke_sensed"), "smoke") in kiosk.station.troubles)
    room.printer.load("out")
    until(daemon, lambda kiosk: (number("paper_out"), "slips") in kiosk.station.troubles)
    until(daemon, lambda kiosk: kiosk.session.phase is Phase.IDLE)
    room.tap_id(SURROUNDED.id_cards[0].number, "id_card")
    until(daemon, lambda kiosk: kiosk.session.phase is not Phase.IDLE or kiosk.session.notice)
    room.press("wall", "12#")
    until(daemon, lambda kiosk: kiosk.room.notice and kiosk.room.notice.fault == number("keys_not_taken"))
    room.put_plug("beam", plugged=False)
    until(daemon, lambda kiosk: (number("counter_lost"), "beam") in kiosk.station.troubles)
