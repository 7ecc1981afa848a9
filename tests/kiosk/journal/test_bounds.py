"""How much may wait, what is dropped when it is more, and how long what has arrived stays."""

from __future__ import annotations

import pytest

from kiosk import config
from kiosk.effects import Record, Remember, TakeOrder
from kiosk.journal import Journal, Level
from kiosk.journal.bounds import is_kept, level
from tests.kiosk.journal.worn import KEY, STAMP
from wire.envelope import decode_fact
from wire.facts import (
    KINDS,
    ExitPressed,
    FactsLost,
    KioskStarted,
    OrderDone,
    ReturnAsked,
    ReturnMade,
    VisitEntered,
)
from wire.orders import Order, Watermark

LIMIT = 1000
DAY_MS = 24 * 3600 * 1000
HOUR_MS = 3600 * 1000
NOW_MS = 1_790_000_000_000


@pytest.fixture
def journal(tmp_path):
    journal = Journal.open(tmp_path / "journal.db", KEY, limits=config.Journal(LIMIT, retention_days=2))
    journal._db.execute("PRAGMA synchronous = OFF")
    yield journal
    journal.close()


def fill(journal, head):
    """Visits up to the fact `head`."""
    journal.append([Record(VisitEntered(1, "card"))] * (head - journal.head), STAMP)


def mark(journal, seq, central_ms=NOW_MS, epoch=1):
    return journal.acked(Watermark(journal.id, epoch, seq, central_ms))


def last(journal, count):
    return [decode_fact(row.fact) for row in journal.since(journal.head - count, count)]


# ---------------------------------------------------------------- bounds
@pytest.mark.parametrize(
    ("waiting", "stands"),
    [
        (0, Level.ROOMY), (799, Level.ROOMY), (800, Level.FILLING), (949, Level.FILLING),
        (950, Level.SCARCE), (999, Level.SCARCE), (1000, Level.FULL), (5000, Level.FULL),
    ],
)  # fmt: skip
def test_levels(waiting, stands):
    assert level(waiting, LIMIT) is stands


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_books_orders_and_runs_are_never_dropped(kind):
    kept = kind.startswith(("loan.", "return.", "payment.", "register.", "hold.", "pin.")) or kind in {
        "order.done", "order.refused", "kiosk.started", "kiosk.stopped", "reader.registered",
    }  # fmt: skip
    assert is_kept(KINDS[kind](*[""] * len(KINDS[kind].__struct_fields__))) is kept


def test_what_central_has_does_not_count(journal):
    fill(journal, 900)
    mark(journal, 800)
    assert journal.standing.level is Level.ROOMY
    fill(journal, 1700)
    assert journal.standing.level is Level.FILLING


def test_a_full_journal_counts_what_it_drops_and_tells_it_once_when_there_is_room(journal):
    fill(journal, LIMIT)
    journal.append([Record(ExitPressed()), Remember("counts", "7")], STAMP)
    journal.append([Record(ExitPressed()), Record(ExitPressed())], STAMP)
    assert (journal.head, journal.standing.lost, journal.standing.level) == (LIMIT, 3, Level.FULL)
    assert journal.recall("counts") == "7", "what is remembered needs no room"
    mark(journal, 500)
    journal.append([Record(ExitPressed())], STAMP)
    assert last(journal, 2) == [FactsLost(3, "full"), ExitPressed()]
    assert journal.standing.lost == 0
    journal.append([Record(ExitPressed())], STAMP)
    assert last(journal, 2) == [ExitPressed(), ExitPressed()]


def test_a_full_journal_still_takes_books_and_answers_orders(journal):
    fill(journal, LIMIT)
    txn, order = "f" * 16, Order(3, "kiosk.restart", 1, 2)
    journal.append([Record(ReturnAsked(txn, "B1")), Record(VisitEntered(1, "card"))], STAMP)
    assert [intent.txn for intent in journal.intents()] == [txn]
    journal.append(
        [Record(ReturnMade(txn, "B1")), TakeOrder(order), Record(OrderDone(3, "kiosk.restart"))], STAMP
    )
    assert journal.intents() == journal.orders_unanswered() == []
    assert (journal.head, journal.standing.lost) == (LIMIT + 3, 1)


def test_what_was_dropped_is_known_after_a_restart(tmp_path, journal):
    fill(journal, LIMIT)
    journal.append([Record(ExitPressed())], STAMP)
    journal.close()
    again = Journal.open(tmp_path / "journal.db", KEY, limits=config.Journal(LIMIT))
    assert again.standing.lost == 1
    again.close()


# ---------------------------------------------------------------- retention
def test_facts_stay_for_the_retention_after_central_took_them_and_by_its_clock(journal):
    fill(journal, 100)
    for hour in range(48):
        mark(journal, 50 + hour, NOW_MS + hour * HOUR_MS)
    assert journal.oldest == 1
    mark(journal, 98, NOW_MS + 48 * HOUR_MS)
    assert journal.oldest == 51, "of the first hour's fifty, and no more"
    mark(journal, 99, NOW_MS + 58 * HOUR_MS)
    assert journal.oldest == 61
    assert [row.seq for row in journal.since(0, 1)] == [61]


def test_facts_are_deleted_in_small_steps_and_the_last_one_never(journal):
    fill(journal, 600)
    mark(journal, 600)
    left = []
    for _ in range(4):
        mark(journal, 600, NOW_MS + 3 * DAY_MS)
        left.append(journal.oldest)
    assert left == [257, 513, 600, 600]
    fill(journal, 601)
    assert journal.head == 601


def test_what_a_restored_central_lacks_again_is_not_deleted(journal):
    fill(journal, 100)
    mark(journal, 100)
    mark(journal, 20, NOW_MS + 1 * DAY_MS, epoch=2)
    mark(journal, 20, NOW_MS + 2 * DAY_MS, epoch=2)
    assert journal.oldest == 1, "the twenty have been there for a day"
    for day in (3, 4, 9):
        mark(journal, 20, NOW_MS + day * DAY_MS, epoch=2)
        assert journal.oldest == 21, "what it lacks stays for ever"


def test_a_central_whose_clock_was_ahead_neither_shortens_the_retention_nor_lengthens_it(journal):
    fill(journal, 100)
    mark(journal, 50, NOW_MS + 3650 * DAY_MS)
    mark(journal, 60, NOW_MS)
    mark(journal, 70, NOW_MS + DAY_MS)
    assert journal.oldest == 1
    mark(journal, 80, NOW_MS + 2 * DAY_MS)
    assert journal.oldest == 61


def test_an_elder_goes_when_central_has_had_it_for_the_retention(tmp_path, journal):
    journal.append([Record(KioskStarted("0.1.0", journal.id, unclean=False))], STAMP)
    fill(journal, 11)
    journal.close()
    path = tmp_path / "journal.db"
    octets = bytearray(path.read_bytes())
    octets[100:300] = bytes(200)
    path.write_bytes(octets)
    limits = config.Journal(LIMIT, retention_days=2)

    def elders(then):
        opened = Journal.open(path, KEY, limits=limits)
        for elder in opened.elders:
            then(elder)
        opened.close()
        return len(opened.elders)

    def nothing(_elder):
        pass

    assert elders(lambda elder: mark(elder, 11, NOW_MS)) == 1
    assert elders(lambda elder: mark(elder, 11, NOW_MS + DAY_MS)) == 1
    assert elders(lambda elder: mark(elder, 11, NOW_MS + 2 * DAY_MS)) == 1
    assert elders(nothing) == 0
