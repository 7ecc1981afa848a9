"""What is done by the clock is done once a minute, all of it."""

from datetime import date

from central.circulation.ledger.models import Hold, Loan
from central.circulation.ledger.upkeep import Upkeep
from central.db import open_sessions
from tests.central.circulation.ledger.verbs import check_out, close
from tests.central.circulation.world import DAY_MS, NOW_MS, TODAY, XIAN, hold

DUE = date(2026, 3, 31)


def test_the_clock_ends_holds_and_settles_closures_once_a_minute(library):
    sessions = open_sessions(library)
    with sessions.begin() as session:
        hold(session, "R2", 1)
        session.query(Hold).update({"until_on": TODAY})
        check_out(session, XIAN, "R1", "B4")
        close(session, XIAN, None, (DUE, DUE), "")
        session.query(Loan).update({"due_on": DUE})

    upkeep = Upkeep(library)
    upkeep.tick(NOW_MS + 1000)
    with sessions.begin() as session:
        assert session.query(Loan.due_on).scalar() == date(2026, 4, 1)
        assert session.query(Hold.cancelled_why).scalar() == ""

    upkeep.tick(NOW_MS + 60_999)
    upkeep.tick(NOW_MS + DAY_MS)
    with sessions.begin() as session:
        assert session.query(Hold.cancelled_why, Hold.cancelled_ms).one() == ("too_late", NOW_MS + DAY_MS)


def test_a_clock_that_was_set_back_does_not_stop_it(library):
    sessions = open_sessions(library)
    upkeep = Upkeep(library)
    upkeep.tick(NOW_MS + 400 * DAY_MS)
    with sessions.begin() as session:
        hold(session, "R2", 1)
        session.query(Hold).update({"until_on": date(2026, 2, 1)})

    upkeep.tick(NOW_MS)
    with sessions.begin() as session:
        assert session.query(Hold.cancelled_why).scalar() == "too_late"
