"""An alarm as a page shows it: beside its row where it is, how it is called, whose turn it is, where to look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.fleet import words as fleet_words
from central.fleet.tree import Kiosk, Place, Tree
from central.fleet.words import Look
from central.rooms.alarms import duty, words
from central.rooms.alarms.kinds import HELP_CALLED, group
from central.rooms.alarms.models import Alarm, DutyTurn, RoomCamera
from wire.faults import Fault, Words, fault


class Shown(NamedTuple):
    """One alarm on a page."""

    alarm: Alarm
    fault: Fault
    kiosk: Kiosk | None
    place: Place | None
    turn: DutyTurn | None
    """Whose turn it is while nobody has acknowledged; None: nobody's, or it is nobody's any more."""
    listed: bool
    """There is a duty list for it."""
    recording: str
    """Address of the room's recording at that time; empty: none is set up."""

    @property
    def look(self) -> Look:
        return words.STATES[self.alarm.state]

    @property
    def severity(self) -> Look:
        return fleet_words.SEVERITIES.get(self.fault.severity, fleet_words.SEVERITIES["warning"])

    @property
    def group(self) -> Words:
        return words.GROUPS[group(self.alarm.fault)]

    @property
    def finding(self) -> Words | None:
        """What it was found to have been."""
        return words.FINDINGS.get(self.alarm.finding) or words.ITSELF.get(self.alarm.finding)

    @property
    def is_call(self) -> bool:
        """It is dealt with at the duty desk."""
        return self.alarm.fault == HELP_CALLED

    @property
    def stands(self) -> bool:
        return self.alarm.cleared_ms is None

    @property
    def zone(self) -> ZoneInfo | None:
        """Civil time of the place; None: it is no longer known."""
        return self.place.zone if self.place else None


def show(session: Session, tree: Tree, alarms: Iterable[Alarm]) -> list[Shown]:
    """These alarms, in their order."""
    found = list(alarms)
    listed = duty.lists(session) if found else {}
    devices = {alarm.device_id for alarm in found}
    query = select(RoomCamera.device_id, RoomCamera.template).where(RoomCamera.device_id.in_(devices))
    cameras = {device: template for device, template in session.execute(query)} if found else {}  # noqa: C416 - rows
    return [_shown(tree, alarm, listed, cameras.get(alarm.device_id, "")) for alarm in found]


def _shown(tree: Tree, alarm: Alarm, listed: duty.Lists, template: str) -> Shown:
    turns = duty.nearest(listed, [place.id for place in tree.path(alarm.branch_id)])
    return Shown(
        alarm,
        fault(alarm.fault),
        tree.kiosks.get(alarm.device_id),
        tree.places.get(alarm.branch_id),
        duty.whose(turns, alarm.level) if alarm.turn_ms is not None else None,
        bool(turns),
        duty.recording(template, alarm.raised_ms) if template else "",
    )
