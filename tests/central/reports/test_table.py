"""Lines of the report: branches with all below them, rooms under them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from central.fleet.tree import Kiosk, Place, Tree
from central.reports import table
from central.reports.catalogue import MEASURES
from central.reports.period import Kind, containing
from central.reports.sums import Count, Sum
from central.reports.table import Coverage
from wire.faults import Words

ZONE = ZoneInfo("Asia/Shanghai")
DAY_MS = 86_400_000


def place(identity, parent, depth):
    return Place(identity, parent, "town", Words(identity, identity), ZONE, depth)


def kiosk(identity, branch, setting="staffed", commissioned_on=None):
    return Kiosk(identity, branch, Words(identity, identity), setting, commissioned_on)


TREE = Tree(
    {p.id: p for p in (place("county", None, 0), place("town", "county", 1), place("village", "town", 2))},
    {k.id: k for k in (kiosk("hall", "county"), kiosk("room", "town", "room24"), kiosk("point", "village"))},
)
COUNTS = [
    Count("county", "hall", "staffed", "visits", 5),
    Count("town", "room", "room24", "visits", 7),
    Count("town", "room", "room24", "loans", 2),
    Count("village", "point", "staffed", "visits", 11),
    Count("village", "room", "room24", "visits", 13),
]
"""The room stood in the village before it moved to the town."""


def visits(lines):
    return [(line.id, line.figures["visits"]) for line in lines]


def test_a_branch_holds_everything_below_it():
    assert visits(table.lines(TREE, "", COUNTS, {})) == [
        ("county", Sum(36, 20)),
        ("hall", Sum(5, 0)),
        ("town", Sum(31, 20)),
        ("room", Sum(7, 7)),
        ("village", Sum(24, 13)),
        ("point", Sum(11, 0)),
        ("room", Sum(13, 13)),
    ]


def test_a_chosen_branch_is_the_top():
    assert visits(table.lines(TREE, "village", COUNTS, {})) == [
        ("village", Sum(24, 13)),
        ("point", Sum(11, 0)),
        ("room", Sum(13, 13)),
    ]


def test_the_rooms_of_a_branch_and_its_branches_add_up_to_it():
    lines = table.lines(TREE, "", COUNTS, {})
    rooms = [line.figures["visits"] for line in lines if not line.is_branch]
    assert lines[0].figures["visits"] == Sum(sum(r.total for r in rooms), sum(r.rooms for r in rooms))
    assert table.total(COUNTS)["visits"] == lines[0].figures["visits"]


def test_every_measure_is_named_even_where_nothing_was_counted():
    assert all(set(line.figures) == set(MEASURES) for line in table.lines(TREE, "", [], {}))
    assert set(table.total([])) == set(MEASURES)


def test_the_peak_of_a_branch_is_that_of_its_fullest_room():
    peaks = {("county", "hall"): 4, ("town", "room"): 9, ("village", "point"): 12, ("village", "room"): 3}
    seen = {"room": Coverage(30, 100)}
    lines = table.lines(TREE, "", COUNTS, {}, table.Persons(peaks, seen))
    most = [
        ("county", 12),
        ("hall", 4),
        ("town", 12),
        ("room", 9),
        ("village", 12),
        ("point", 12),
        ("room", 3),
    ]
    assert [(line.id, line.peak) for line in lines] == most
    assert {line.id: line.counting for line in lines} == {
        "county": 0.3, "hall": None, "town": 0.3, "room": 0.3, "village": 0.3, "point": None
    }  # fmt: skip
    assert table.lines(TREE, "village", COUNTS, {}, table.Persons(peaks))[0].peak == 12


def test_coverage_of_a_branch_is_weighted_by_time():
    known = {"room": Coverage(100, 100), "point": Coverage(0, 300)}
    covered = {line.id: line.coverage for line in table.lines(TREE, "", [], known)}
    assert covered == {
        "county": 0.25,
        "hall": None,
        "town": 0.25,
        "room": 1.0,
        "village": 0.0,
        "point": 0.0,
    }


NOVEMBER = containing(Kind.MONTH, date(2026, 11, 1))
BEGIN = NOVEMBER.begins_ms(ZONE)


@pytest.mark.parametrize(
    ("commissioned_on", "now_ms", "heard_ms", "share"),
    [
        (None, BEGIN + 100 * DAY_MS, 30 * DAY_MS, 1.0),
        (None, BEGIN + 100 * DAY_MS, 15 * DAY_MS, 0.5),
        (None, BEGIN + 10 * DAY_MS, 5 * DAY_MS, 0.5),
        (date(2026, 11, 21), BEGIN + 100 * DAY_MS, 5 * DAY_MS, 0.5),
        (date(2026, 10, 21), BEGIN + 100 * DAY_MS, 15 * DAY_MS, 0.5),
        (date(2026, 11, 30), BEGIN + 100 * DAY_MS, 5 * DAY_MS, 1.0),
        (date(2026, 12, 1), BEGIN + 100 * DAY_MS, 5 * DAY_MS, None),
        (None, BEGIN - DAY_MS, 0, None),
    ],
)
def test_coverage_counts_from_commissioning_up_to_now(commissioned_on, now_ms, heard_ms, share):
    tree = Tree(TREE.places, {"room": kiosk("room", "town", "room24", commissioned_on)})
    found = table.coverage(tree, NOVEMBER, {"room": heard_ms, "unknown": 1}, now_ms)
    assert (found["room"].share if "room" in found else None) == share


def test_nothing_known_is_no_share():
    assert table.mean([]) is None


def test_a_device_that_is_newer_than_the_tree_is_in_its_branchs_figures():
    new = [*COUNTS, Count("town", "gateway-town", "staffed", "loans", 3)]
    lines = {line.id: line for line in table.lines(TREE, "", new, {})}
    assert "gateway-town" not in lines
    assert lines["town"].figures["loans"].total == 5
