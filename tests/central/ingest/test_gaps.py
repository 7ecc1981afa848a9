"""Facts that nobody has any more: passed over, noted, and never asked for again."""

from datetime import date

import pytest
from sqlalchemy import select

from central.facts.models import FactGap, StoredFact
from central.reports.rebuild import Sealed, rebuild
from tests.central.ingest.world import (
    JOURNAL,
    NOW,
    ROOM,
    batch,
    loan,
    stored,
    take,
    tallies,
    visit,
    visits,
)
from wire import facts

DAMAGED = facts.FactsLost(1, "damaged")


def gaps(engine):
    with engine.connect() as connection:
        query = select(FactGap.device_id, FactGap.journal, FactGap.first, FactGap.last, FactGap.found_ms)
        return connection.execute(query.order_by(FactGap.first)).all()


def test_what_the_kiosk_has_no_more_is_noted_and_passed_over(world):
    take(world, ROOM, batch(1, [visit()]))
    outcome = take(world, ROOM, batch(7, [visit(), visit()], oldest=7), now_ms=NOW + 60_000)
    assert (outcome.new, outcome.watermark.seq, outcome.watermark.epoch) == (2, 8, NOW)
    assert gaps(world) == [(ROOM, JOURNAL, 2, 6, NOW + 60_000)]
    assert [seq for seq, _ in stored(world)] == [1, 7, 8]


def test_a_kiosk_that_begins_above_its_oldest_is_sent_back_to_it(world):
    take(world, ROOM, batch(1, [visit()]))
    behind = take(world, ROOM, batch(9, [visit()], oldest=5, epoch=NOW), now_ms=NOW + 60_000)
    assert (behind.watermark.seq, behind.watermark.epoch) == (4, NOW + 60_000)
    outcome = take(world, ROOM, batch(5, [visit()] * 5, oldest=5, epoch=NOW + 60_000), now_ms=NOW + 70_000)
    assert (outcome.watermark.seq, outcome.new) == (9, 5)
    assert gaps(world) == [(ROOM, JOURNAL, 2, 4, NOW + 60_000)]


def test_a_gap_is_noted_once_and_what_lies_in_it_is_no_news(world):
    take(world, ROOM, batch(7, [visit()], oldest=7))
    again = take(world, ROOM, batch(7, [visit()], oldest=7))
    late = take(world, ROOM, batch(5, [visit()] * 3, oldest=3))
    assert (again.new, late.new, late.refused) == (0, 0, "")
    assert len(gaps(world)) == 1
    assert visits(world) == 1


def test_facts_that_never_came_seal_no_month(world):
    take(world, ROOM, batch(7, [visit(), visit()], oldest=7))
    before = tallies(world)
    assert rebuild(world, date(2026, 9, 1), date(2026, 9, 30)).facts == 2
    assert tallies(world) == before
    with world.begin() as connection:
        connection.execute(StoredFact.__table__.delete().where(StoredFact.seq == 7))
    with pytest.raises(Sealed):
        rebuild(world, date(2026, 9, 1), date(2026, 9, 30))


def test_a_damaged_row_in_the_place_of_a_stored_fact_is_no_fork(world):
    take(world, ROOM, batch(1, [visit(2), loan(1), visit()]))
    before = tallies(world)
    outcome = take(world, ROOM, batch(2, [DAMAGED, visit(), visit()], wall_ms=NOW + 0))
    assert (outcome.refused, outcome.new, outcome.watermark.seq) == ("", 1, 4)
    assert stored(world)[1] == (2, "loan.made")
    assert tallies(world)["tally_share"] == before["tally_share"]


def test_a_fact_that_comes_after_its_damaged_row_takes_its_place_and_counts(world):
    take(world, ROOM, batch(1, [visit(), DAMAGED, visit()]))
    outcome = take(world, ROOM, batch(2, [loan(1)], wall_ms=NOW + 5))
    assert (outcome.refused, outcome.new, outcome.watermark.seq) == ("", 1, 3)
    assert [kind for _, kind in stored(world)] == ["visit.entered", "loan.made", "visit.entered"]
    before = tallies(world)
    assert [key[-1] for key in before["tally_day"]] == ["visits", "loans"]
    assert take(world, ROOM, batch(2, [loan(1)], wall_ms=NOW + 5)).new == 0
    assert take(world, ROOM, batch(2, [DAMAGED])).refused == ""
    rebuild(world, date(2026, 9, 1), date(2026, 9, 30))
    assert tallies(world) == before


def test_both_in_one_group_are_one_fact(world):
    from central.ingest.absorb import Parcel, absorb_all
    from tests.central.ingest.world import KEY

    for orders in ((batch(1, [DAMAGED]), batch(1, [visit()])), (batch(2, [visit()]), batch(2, [DAMAGED]))):
        with world.begin() as connection:
            outcomes = absorb_all(connection, [Parcel(ROOM, one) for one in orders], NOW, KEY)
        assert [outcome.refused for outcome in outcomes] == ["", ""]
    assert stored(world) == [(1, "visit.entered"), (2, "visit.entered")]
    assert visits(world) == 2


def test_facts_lost_because_there_was_no_room_are_no_placeholder(world):
    take(world, ROOM, batch(1, [visit()]))
    assert take(world, ROOM, batch(1, [facts.FactsLost(3, "full")])).refused == "journal forked"
