"""Revision 0014 with data: what was there stays; alarms, duty lists, cameras and drills come back as they were."""

from sqlalchemy import insert, select

from central.migrations import migrate, tables
from tests.central.migrations.test_0001 import ROWS as FIRST

BRANCH, DEVICE = FIRST["branch"], FIRST["device"]
MS = 1_790_000_000_000
ROWS = {
    "alarm": {
        "id": 1, "device_id": DEVICE["id"], "branch_id": "zhen", "fault": 705, "part": "B0001", "journal": "5f" * 16,
        "seq": 2**62, "cause": "B0001", "title": "三体", "loan": "in", "state": "closed", "drill": "", "raised_ms": MS,
        "heard_ms": MS, "last_ms": MS, "times": 2, "cleared_ms": MS, "cleared_why": "kiosk", "level": 3,
        "turn_ms": None, "acknowledged_ms": MS, "acknowledged_by": "wang", "closed_ms": MS, "closed_by": "wang",
        "finding": "other", "note": "书",
    },
    "alarm_step": {"id": 1, "alarm_id": 1, "at_ms": MS, "what": "handed_on", "who": "李"},
    "duty_turn": {"id": 1, "branch_id": None, "position": 1, "name": "李", "telephone": "0827 2231"},
    "room_camera": {"device_id": DEVICE["id"], "template": "https://nvr/{time}"},
    "drill": {
        "id": 1, "device_id": DEVICE["id"], "journal": "5f" * 16, "seq": 7, "drill": "fire", "began_ms": MS,
        "ended_ms": None, "ended_why": "",
    },
}  # fmt: skip


def test_alarms_have_their_place_and_the_room_stays(older):
    engine = older("0013", [("branch", BRANCH), ("device", DEVICE)])
    migrate(engine, "0014")
    metadata = tables()
    with engine.begin() as connection:
        for name, row in ROWS.items():
            connection.execute(insert(metadata.tables[name]), row)
        for name, row in {"device": DEVICE, **ROWS}.items():
            columns = [metadata.tables[name].c[column] for column in row]
            assert connection.execute(select(*columns)).mappings().all() == [row], name
