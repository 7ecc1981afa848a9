"""Certificates that come to their end are told a month before, and once."""

from __future__ import annotations

from pathlib import Path

from kiosk import certificates
from kiosk.certificates import DAY_MS, Expiry
from kiosk.config import load
from kiosk.effects import RaiseFault
from tests.certificates import Authority
from tests.journeys.house import Kiosk, World
from tests.kiosk.settings import DESK_AND_ROOM, written
from wire import facts
from wire.faults import number

NOW = 1_790_000_000_000
EXPIRES = number("certificate_expires")


def test_each_is_told_when_a_month_is_left():
    ends = (Expiry("mqtt.certificate", NOW + 29 * DAY_MS), Expiry("ils.ca", NOW - 1))
    assert certificates.due((*ends, Expiry("central.ca", NOW + 30 * DAY_MS)), NOW) == (
        RaiseFault(EXPIRES, "mqtt.certificate", "29 days left"),
        RaiseFault(EXPIRES, "ils.ca", "has expired"),
    )


def test_they_are_read_from_the_files_of_the_configuration(tmp_path: Path):
    authority = Authority(tmp_path / "authority")
    config = load(
        written(tmp_path, DESK_AND_ROOM.replace("[mqtt]", f'[mqtt]\nca = "{authority.certificate}"'))
    )
    (expiry,) = certificates.read(config)
    assert expiry.name == "mqtt.ca"
    authority.certificate.write_text("no certificate")
    assert certificates.read(config) == ()


def test_the_loop_looks_once_an_hour_and_the_fault_stands_once(tmp_path: Path):
    kiosk = Kiosk(tmp_path, World())
    kiosk.loop._watch._expiries = (Expiry("mqtt.ca", kiosk.world.wall_ms + 30 * DAY_MS + 1),)
    kiosk.boot()
    told = [fact for fact in kiosk.facts() if isinstance(fact, facts.FaultRaised)]
    assert told == []
    kiosk.pass_s(7300)
    told = [fact for fact in kiosk.facts() if isinstance(fact, facts.FaultRaised) and fact.fault == EXPIRES]
    assert told == [facts.FaultRaised(EXPIRES, "mqtt.ca", "29 days left")]
