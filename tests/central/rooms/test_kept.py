"""Two persons who set up the same branch at the same moment, each in a transaction of their own, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from central.db import open_sessions
from central.fleet.models import Branch
from central.lists.models import BranchHours, ListMark
from central.lists.operations import Unfit
from central.rooms.admission import operations as admission
from central.rooms.admission.models import RoomAdmission, RoomCard
from central.rooms.hours import operations as hours
from central.rooms.hours.operations import Wish
from tests.central.circulation.world import TODAY

WEEK = ["08:30-17:30"] * 7
BRANCHES = ("XIAN", "ZHEN")


def keep_hours(session, branch, staff):
    hours.set_hours(session, branch, Wish(WEEK, seen_ms=0), staff, 1000)


def keep_admission(session, branch, staff):
    admission.set_asked(session, branch, {"min_age": "14"}, staff, 1000, seen_ms=0)


def add_card(session, branch, staff):
    card = admission.Card("S1", "staff", staff, None)
    admission.add_card(session, branch, card, staff, 1000, TODAY)


@pytest.fixture
def at_once(engine):
    """Each of two persons does it, both at the same moment; what they were refused with, in any order."""
    with open_sessions(engine).begin() as session:
        session.add_all(Branch(id=branch, tier="town", name_zh=branch, name_en=branch) for branch in BRANCHES)

    def run(act, *branches):
        start = Barrier(len(branches))

        def one(branch, staff):
            start.wait(10)
            try:
                with open_sessions(engine).begin() as session:
                    act(session, branch, staff)
            except Unfit as refusal:
                return refusal.args[0]
            return ""

        with ThreadPoolExecutor(len(branches)) as persons:
            return sorted(persons.map(one, branches, ("wang", "zhao")))

    return run


@pytest.mark.parametrize(
    ("act", "kind", "why"),
    [
        (keep_hours, BranchHours, "overtaken"),
        (keep_admission, RoomAdmission, "overtaken"),
        (add_card, RoomCard, "known"),
    ],
)
def test_the_second_one_is_told_and_the_first_one_s_stands(engine, at_once, act, kind, why):
    assert at_once(act, "XIAN", "XIAN") == ["", why]
    with open_sessions(engine, readonly=True)() as session:
        (row,) = session.scalars(select(kind)).all()
        assert row.staff in {"wang", "zhao"}


def test_two_branches_are_set_up_at_once(engine, at_once):
    assert at_once(keep_hours, *BRANCHES) == ["", ""]
    with open_sessions(engine, readonly=True)() as session:
        assert [mark.changed_ms for mark in session.scalars(select(ListMark))] == [1000]


@pytest.mark.parametrize(
    ("keep", "give_up"), [(keep_hours, hours.clear_hours), (keep_admission, admission.clear_asked)]
)
def test_who_gives_up_has_written_it_when_the_list_is_marked(engine, at_once, keep, give_up):
    """Whoever keeps holds the branch's row and then the list's mark: the other way round each would wait for the other."""
    at_once(keep, "XIAN")
    with open_sessions(engine).begin() as session:
        give_up(session, "XIAN", 2000)
        assert not session.deleted
