"""Denying, lifting, and what kiosks tell of their lists."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select, text

from central.db import open_sessions
from central.lists import operations
from central.lists.models import ListEntry, ListHead, ListMark
from central.lists.operations import Told, Unfit, Wish
from tests.central.circulation.world import NOW_MS, TODAY
from tests.central.kiosk import until
from tests.central.lists.world import ROOM, fill
from wire.facts import ListRefused, ListTaken

WISH = Wish("reader", "001", None, "lost", None)


def deny(engine, **changed):
    with open_sessions(engine).begin() as session:
        return operations.deny(session, WISH._replace(**changed), "wu", NOW_MS, TODAY)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kind": "person"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "x" * 65}, "number"),
        ({"reason": ""}, "reason"),
        ({"until_on": date(2026, 2, 28)}, "until"),
        ({"branch": "nowhere"}, "branch"),
    ],
)
def test_what_cannot_be_denied(library, changed, why):
    with pytest.raises(Unfit, match=why):
        deny(library, **changed)
    with open_sessions(library)() as session:
        assert session.scalars(select(ListEntry)).all() == []


def test_the_same_card_is_denied_once_a_branch(library):
    deny(library)
    deny(library, branch="cun")
    deny(library, kind="item")
    with pytest.raises(Unfit, match="known"):
        deny(library)


def test_the_same_card_is_denied_once_by_two_at_once(postgres_engine):
    fill(postgres_engine)
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with ThreadPoolExecutor(1) as other, open_sessions(postgres_engine).begin() as session:
        operations.deny(session, WISH, "li", NOW_MS, TODAY)
        second = other.submit(deny, postgres_engine)
        with postgres_engine.connect() as connection:
            until(lambda: second.done() or connection.scalar(waiting))
        session.commit()
        assert isinstance(second.exception(), Unfit)


def test_a_card_whose_time_is_over_may_be_denied_again(library):
    with open_sessions(library).begin() as session:
        operations.deny(session, WISH._replace(until_on=TODAY), "wu", NOW_MS, TODAY)
    with open_sessions(library).begin() as session:
        operations.deny(session, WISH, "wu", NOW_MS, date(2026, 3, 2))


def test_denying_and_lifting_mark_the_list(library):
    entry = deny(library)
    with open_sessions(library).begin() as session:
        operations.lift(session, session.get(ListEntry, entry.id), NOW_MS + 5)
    with open_sessions(library)() as session:
        assert session.scalars(select(ListEntry)).all() == []
        assert session.get(ListMark, "deny").changed_ms == NOW_MS + 5


def tell(engine, fact, at_ms):
    with engine.begin() as connection:
        operations.note(connection, [Told(ROOM, fact, at_ms)])
    with open_sessions(engine)() as session:
        head = session.get(ListHead, (ROOM, "deny"))
        return head.version, head.taken, head.refused, head.why


def test_what_a_kiosk_tells_is_kept(library):
    assert tell(library, ListTaken("deny", 5, 3), 100) == (0, 5, 0, "")
    assert tell(library, ListRefused("deny", 6, "no line"), 200) == (0, 5, 6, "no line")
    assert tell(library, ListTaken("deny", 6, 3), 300) == (0, 6, 0, "")


def test_of_several_facts_the_last_holds(library):
    facts = [ListTaken("deny", 6, 3), ListRefused("allow", 7, "no line"), ListRefused("deny", 7, "no line")]
    with library.begin() as connection:
        operations.note(connection, [Told(ROOM, fact, 300) for fact in facts])
    with open_sessions(library)() as session:
        assert session.get(ListHead, (ROOM, "deny")).refused == 7
        assert session.get(ListHead, (ROOM, "allow")).why == "no line"


def test_what_a_kiosk_says_may_hold_anything(library):
    tell(library, ListRefused("deny", 7, "no\0thing"), 5)
    with open_sessions(library)() as session:
        assert session.get(ListHead, (ROOM, "deny")).why == "nothing"
