"""Doors of pick-up cabinets, on both databases."""

import pytest

from central.circulation.ledger import lockers
from tests.central.circulation.ledger.verbs import check_in, within
from tests.central.circulation.world import XIAN, hold

doors, fit, take_away = within(lockers.doors), within(lockers.fit), within(lockers.take_away)


def test_a_ready_copy_gets_a_door_which_then_cannot_be_taken_away(session):
    assert fit(session, "xian", ["02", "01", "02"]) == 2
    hold(session, "R2", 1)
    check_in(session, XIAN, "B1")

    assert [door[1:] for door in doors(session)] == [("01", "B1"), ("02", "")]
    assert fit(session, "xian", ["01", "03"]) == 1
    assert [take_away(session, "xian", label) for label in ("01", "02", "09")] == [False, True, False]
    assert [door.label for door in doors(session)] == ["01", "03"]


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("A1 A2，B7", ["A1", "A2", "B7"]),
        ("08-11", ["08", "09", "10", "11"]),
        ("甲9-甲11", ["甲9", "甲10", "甲11"]),
        ("A09-10、C1", ["A09", "A10", "C1"]),
        ("", []),
    ],
)
def test_doors_as_staff_write_them(said, labels):
    assert lockers.numbered(said) == labels


@pytest.mark.parametrize("said", ["9-1", "A-B", "1-9999", "-", "A1-B2"])
def test_doors_that_nobody_can_count(said):
    with pytest.raises(ValueError, match="-"):
        lockers.numbered(said)


@pytest.mark.parametrize("labels", [["x" * 17], [str(n) for n in range(501)]])
def test_no_such_cabinet(session, labels):
    with pytest.raises(ValueError, match="no cabinet"):
        fit(session, "xian", labels)
