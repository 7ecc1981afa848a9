"""One row a cause, counted and bounded; no reader in a sample."""

import pytest
from sqlalchemy import func, select

from central.fleet.models import RefusedMessage
from central.ingest.refusals import MAX_COUNT, MAX_ROWS, REST, Refused, note
from tests.central.ingest.world import READER, ROOM

row = RefusedMessage


def send(engine, *refused, at_ms=1):
    with engine.begin() as connection:
        note(connection, refused, at_ms)


def rows(engine):
    with engine.connect() as connection:
        query = select(row.device_id, row.leaf, row.why, row.count, row.first_ms, row.last_ms, row.sample)
        return [tuple(found) for found in connection.execute(query.order_by(row.id))]


def test_one_row_a_cause_with_the_last_sample(world):
    first = Refused(ROOM, "facts", "malformed", "cut off", b"{")
    send(world, first, first, Refused(ROOM, "facts", "oversize", "20000 octets", b""))
    send(world, Refused(ROOM, "facts", "malformed", "no JSON", b"?"), at_ms=7)
    assert rows(world) == [
        (ROOM, "facts", "malformed", 3, 1, 7, "no JSON | ?"),
        (ROOM, "facts", "oversize", 1, 1, 1, "20000 octets | "),
    ]


def test_a_sample_is_short_clean_and_names_no_reader(world):
    send(world, Refused(ROOM, "facts", "malformed", "x", b"\x00\xff" + READER.encode() + b"a" * 9999))
    sample = rows(world)[0][-1]
    assert sample.startswith("x | ��ababab…")
    assert len(sample) <= 512


@pytest.mark.parametrize("field", ["device_id", "leaf"])
def test_names_are_clipped(world, field):
    names = {"device_id": "d", "leaf": "l", field: "x" * 9999}
    send(world, Refused(why="unknown topic", detail="", payload=b"", **names))
    assert max(len(text) for text in rows(world)[0][:2]) <= 64


def test_a_count_stops_at_the_largest_number(world):
    send(world, Refused(ROOM, "facts", "malformed", "", b""))
    with world.begin() as connection:
        connection.execute(row.__table__.update().values(count=MAX_COUNT))
    send(world, Refused(ROOM, "facts", "malformed", "", b""))
    assert rows(world)[0][3] == MAX_COUNT


def test_invented_names_do_not_fill_the_disk(lite_world):
    send(lite_world, *(Refused(f"d{n}", "facts", "unknown device", "", b"") for n in range(MAX_ROWS + 50)))
    send(lite_world, Refused("one-more", "facts", "unknown device", "", b""))
    with lite_world.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(row)) == MAX_ROWS + 1
        rest = connection.scalar(select(row.count).where(row.device_id == REST[0], row.why == REST[2]))
    assert rest == 51
