"""What a kiosk's idle screen is told: its own branch's new and liked titles, and what is announced there."""

from datetime import date, timedelta
from hashlib import sha256
from http import HTTPStatus

import pytest

from central.circulation.ledger.models import Item, Title
from central.db import open_sessions
from central.fleet.models import Device
from central.idle import asking, operations
from central.idle.operations import Unfit, Wish
from central.reports.models import TallyShare
from tests.central.circulation.world import NOW_MS, TODAY
from tests.central.lists.test_asking import post
from tests.central.lists.test_serving import authority, client, get, start  # noqa: F401 - fixtures
from tests.central.lists.world import DESK, ROOM, fill
from wire.idle import Announcement, idle

PICTURE = b"\x89PNG\r\n\x1a\n" + b"cover of 9787536692930"
DAY = timedelta(1)


@pytest.fixture
def small(sqlite_engine):
    fill(sqlite_engine)
    return sqlite_engine


def write(engine):
    return open_sessions(engine).begin()


def told(engine, device=ROOM, now_ms=NOW_MS):
    return idle(asking.answer(open_sessions(engine, readonly=True), device, now_ms))


def lend(session, item, count, month=date(2026, 3, 1), device=ROOM, branch="cun"):
    session.add(
        TallyShare(
            device_id=device, branch_id=branch, month=month, measure="loans", dimension="item",
            value=item, count=count,
        )
    )  # fmt: skip


def announce(session, branch=None, first=TODAY, last=TODAY + 7 * DAY, text="开馆"):
    operations.announce(session, Wish(branch, text, "Open", first, last), "li", NOW_MS, TODAY)


def test_new_titles_are_those_that_came_to_this_branch_lately_the_newest_first(small):
    with write(small) as session:
        session.get(Item, "B2").added_on = TODAY - DAY
        session.get(Item, "B3").added_on = TODAY
        session.get(Item, "B4").added_on = TODAY  # stands in another branch
        session.get(Item, "B1").added_on = TODAY - asking.NEW_DAYS * DAY  # too long ago, and elsewhere
    assert [book.title for book in told(small).fresh] == ["万历十五年", "三体"]
    assert [book.title for book in told(small, DESK).fresh] == ["昆虫记"]


def test_the_most_borrowed_are_counted_by_title_in_this_branch_and_these_two_months(small):
    with write(small) as session:
        lend(session, "B2", 2)
        lend(session, "B1", 2, month=date(2026, 2, 1))  # another copy of the same title
        lend(session, "B3", 3)
        lend(session, "B4", 9, month=date(2026, 1, 1))
        lend(session, "B5", 9, device=DESK, branch="xian")
        lend(session, "no such item", 99)
    assert [book.title for book in told(small).most] == ["三体", "万历十五年"]


def test_what_is_announced_holds_in_its_branch_and_below_from_day_to_day(small):
    with write(small) as session:
        announce(session, text="全网")
        announce(session, "xian", text="县")
        announce(session, "gang", text="港村")
        announce(session, first=TODAY + 30 * DAY, last=TODAY + 31 * DAY, text="还早")
        announce(session, last=TODAY, text="今天")
    assert [one.zh for one in told(small).announcements] == ["今天", "全网", "县"]
    assert told(small).announcements[0] == Announcement("今天", "Open", str(TODAY), str(TODAY))
    tomorrow = told(small, now_ms=NOW_MS + 86_400_000)
    assert [one.zh for one in tomorrow.announcements] == ["全网", "县"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text_en": ""}, "text"),
        ({"text_zh": "长" * 121}, "text"),
        ({"until_on": TODAY - DAY}, "days"),
        ({"from_on": TODAY + 9 * DAY}, "days"),
        ({"branch": "nowhere"}, "branch"),
    ],
)
def test_what_cannot_be_announced_is_refused(small, change, why):
    wish = Wish(None, "开馆", "Open", TODAY, TODAY + 7 * DAY)._replace(**change)
    with write(small) as session, pytest.raises(Unfit, match=why):
        operations.announce(session, wish, "li", NOW_MS, TODAY)


def test_a_kiosk_fetches_the_covers_that_it_was_told_of_and_nobody_else_does(small, start, authority):  # noqa: F811
    with write(small) as session:
        session.get(Title, 1).isbn = "9787536692930"
        session.get(Item, "B2").added_on = TODAY
        assert operations.give_cover(session, "7536692935", PICTURE) == 1
        with pytest.raises(Unfit, match="picture"):
            operations.give_cover(session, "7536692935", b"<svg/>")
    (book,) = told(small).fresh
    assert book.cover == sha256(PICTURE).hexdigest()
    port = start()
    assert get(port, client(authority, ROOM), f"/covers/{book.cover}")[:2] == (200, PICTURE)
    assert get(port, client(authority, ROOM), f"/covers/{'0' * 64}")[0] == 404
    assert get(port, client(authority, "stranger"), f"/covers/{book.cover}")[0] == 403
    items = b'{"items": ["B9", "B1"]}'
    assert post(port, client(authority, ROOM), items, path="/covers") == (
        200,
        b'{"covers":["","%s"]}' % book.cover.encode(),
    )
    assert post(port, client(authority, ROOM), b'{"items": []}', path="/covers")[0] == 400
    assert post(port, client(authority, "stranger"), items, path="/covers")[0] == 403
    status, octets = get(port, client(authority, ROOM), "/idle")[:2]
    assert (status, idle(octets).announcements) == (200, ())
    assert post(port, client(authority, ROOM), b"", path="/idle")[0] == 404
    with write(small) as session:
        session.get(Device, ROOM).retired_on = TODAY
    assert asking.answer(open_sessions(small, readonly=True), ROOM, NOW_MS) == HTTPStatus.FORBIDDEN
