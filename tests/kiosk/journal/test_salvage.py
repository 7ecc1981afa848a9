"""A damaged journal is set aside; what can be read of it is carried over; the power may go meanwhile."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from contextlib import closing, suppress
from random import Random

import pytest

from kiosk.cursor import Taken
from kiosk.effects import Record, TakeOrder
from kiosk.journal import LOOK_BACK, Contradiction, Journal
from kiosk.journal.estate import LOST
from kiosk.journal.pages import FRAME_HEADER, LOG_HEADER, PAGE
from tests.kiosk.journal.worn import DEBTS, HEAD, KEY, ORDER, READER, STAMP, TAKEN, spoil, unplugged, write
from wire.facts import (
    ClockCorrected,
    ExitPressed,
    KioskStarted,
    KioskStopped,
    LoanAsked,
    LoanMade,
    LoanOwed,
    OrderDone,
    ReturnAsked,
    ReturnOwed,
)
from wire.orders import Order, Watermark

SEEDS = range(40)
OWED = LoanOwed("f" * 16, "B1", READER, was_lent=True)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The octets of a journal that was closed, its id and its facts."""
    path = tmp_path_factory.mktemp("closed") / "journal.db"
    journal = write(path)
    told = journal.id, {row.seq: row for row in journal.since(0, 1000)}
    journal.close()
    return path.read_bytes(), *told


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The same, and its log, of one that was killed while its last facts stood in the log alone."""
    folder = tmp_path_factory.mktemp("killed")
    path = folder / "journal.db"
    journal = write(path)
    told = journal.id, {row.seq: row for row in journal.since(0, 1000)}
    lying = unplugged(journal, path, folder / "copy")
    journal.close()
    return lying.read_bytes(), lying.with_name("journal.db-wal").read_bytes(), *told


def survivors(image, rows, hit):
    """Facts above the watermark of which a page holds a copy that nothing has touched."""
    found = set()
    for seq in range(TAKEN + 1, HEAD + 1):
        at = image.find(rows[seq].fact)
        while at >= 0:
            if not {at // PAGE, (at + len(rows[seq].fact)) // PAGE} & hit:
                found.add(seq)
            at = image.find(rows[seq].fact, at + 1)
    return found


def look(path):
    """Id and facts above the watermark of what is sent to central first, and the journal."""
    journal = Journal.open(path, KEY)
    (first, *rest) = (*journal.elders, journal)
    assert len(rest) <= 1
    return first.id, {row.seq: row for row in first.since(first.watermark, 1000)}, journal


def assert_carried(path, name, rows, readable):
    """Whatever happened to the file: facts of central's are theirs or told as lost, and the kiosk goes on."""
    sent_as, sent, journal = look(path)
    assert not [row for row in sent.values() if row.fact not in {rows[row.seq].fact, LOST}], (
        "never another fact"
    )
    if sent_as == name:
        assert {seq for seq in readable if sent.get(seq) == rows[seq]} == readable
        assert sorted(sent) == list(range(min(sent), max(sent) + 1)), "no gap"
        assert min(sent) <= TAKEN + 1
    else:
        assert journal.id == sent_as
        assert (journal.before, journal.why) == ("", "damaged")
    assert (journal.id == name) is not (journal.why == "damaged")
    journal.append([Record(ExitPressed())], STAMP)
    journal.close()


# ---------------------------------------------------------------- any damage
@pytest.mark.parametrize("seed", SEEDS)
def test_no_readable_fact_is_lost_wherever_the_file_is_damaged(tmp_path, closed, seed):
    image, name, rows = closed
    path = tmp_path / "journal.db"
    path.write_bytes(image)
    hit = spoil(path, Random(seed))
    assert_carried(path, name, rows, survivors(image, rows, hit))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_readable_fact_is_lost_wherever_the_log_is_damaged(tmp_path, killed, seed):
    image, log, name, rows = killed
    path, logged = tmp_path / "journal.db", tmp_path / "journal.db-wal"
    path.write_bytes(image)
    logged.write_bytes(log)
    spoil(logged, Random(seed))
    after = logged.read_bytes()
    step = FRAME_HEADER + PAGE
    same = [log[at + FRAME_HEADER : at + step] for at in range(LOG_HEADER, len(log), step)
            if log[at : at + step] == after[at : at + step]]  # fmt: skip
    assert_carried(path, name, rows, survivors(image + b"".join(same), rows, set()))


# ---------------------------------------------------------------- what is carried over
@pytest.fixture
def lying(tmp_path, closed):
    """A whole journal's file."""
    path = tmp_path / "journal.db"
    path.write_bytes(closed[0])
    return path


def page_of(path, table):
    """Octets of the first page of a table."""
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    db.close()
    return slice((page - 1) * PAGE, page * PAGE)


def ruin(path, table):
    octets = bytearray(path.read_bytes())
    octets[page_of(path, table)] = b"\xa5" * PAGE
    path.write_bytes(octets)


def test_what_is_owed_remembered_and_taken_goes_over_with_the_session_number(lying, closed):
    ruin(lying, "passed")
    journal = Journal.open(lying, KEY)
    (elder,) = journal.elders
    assert [(i.txn, i.card, i.granted, i.due) for i in journal.intents()] == [
        (txn, f"C{int(txn, 16)}", True, "2026-12-31") for txn in DEBTS
    ]
    assert journal.recall("counts") == "[41, 40]"
    assert journal.orders_unanswered() == [ORDER]
    assert journal.next_session() == 4
    assert (journal.before, journal.why, journal.unclean, journal.head) == (closed[1], "damaged", True, 0)
    assert (elder.id, elder.head, elder.watermark, elder.epoch) == (closed[1], HEAD, TAKEN, 5)
    assert journal.damaged.startswith("journal-damaged-2")
    assert journal.standing.damaged == journal.damaged
    journal.close()


def test_what_is_owed_is_known_from_the_facts_where_its_table_is_gone(lying):
    ruin(lying, "intent")
    journal = Journal.open(lying, KEY)
    assert [(i.txn, i.card, i.granted, i.title) for i in journal.intents()] == [
        (txn, "", True, f"书 {int(txn, 16)}") for txn in DEBTS
    ]
    ends = [Record(LoanMade(txn, "B", "ab" * 16, granted=True)) for txn in DEBTS]
    journal.append(ends, STAMP)
    assert journal.intents() == []
    journal.close()


@pytest.fixture
def owing(lying):
    """One that also owes a loan and a return, which it has said in facts that central has not taken."""
    journal = Journal.open(lying, KEY)
    journal.append(
        [Record(LoanAsked("f" * 16, "B1", READER), "C1"), Record(ReturnAsked("e" * 16, "B2"))], STAMP
    )
    journal.append([Record(OWED), Record(ReturnOwed("e" * 16, "B2"))], STAMP)
    journal.close()
    return lying


def said_to_be_owed(journal):
    return {one.txn: (one.owed, one.was_lent) for one in journal.intents() if one.txn not in DEBTS}


def test_what_a_lost_fact_said_to_be_owed_is_said_once_more(owing):
    owing.write_bytes(owing.read_bytes().replace(b"loan.owed", b"loan.0wed"))
    journal = Journal.open(owing, KEY)
    assert said_to_be_owed(journal) == {"f" * 16: (False, True), "e" * 16: (True, False)}
    journal.append([Record(OWED)], STAMP)
    assert said_to_be_owed(journal)["f" * 16] == (True, True)
    with pytest.raises(Contradiction):
        journal.append([Record(OWED)], STAMP)
    journal.close()


def test_what_stays_behind_in_a_forked_file_is_said_once_more(owing):
    renewed(owing)
    journal = Journal.open(owing, KEY)
    assert journal.why == "forked"
    assert said_to_be_owed(journal) == {"f" * 16: (False, True), "e" * 16: (False, False)}
    journal.close()


def test_what_is_owed_is_asked_about_before_what_comes_later(lying):
    ruin(lying, "passed")
    journal = Journal.open(lying, KEY)
    journal.append([Record(LoanAsked("f" * 16, "B1", "ab" * 16), "C1")], STAMP)
    assert [intent.txn for intent in journal.intents()] == [*DEBTS, "f" * 16]
    journal.close()


def test_what_was_owed_before_an_earlier_damage_is_known_from_the_facts_of_that_time(lying):
    ruin(lying, "passed")
    second = Journal.open(lying, KEY)
    second.append([Record(LoanMade(DEBTS[1], "B", READER, granted=True))], STAMP)
    second.append([Record(LoanAsked("f" * 16, "B1", READER), "C1")], STAMP)
    second.close()
    ruin(lying, "intent")
    third = Journal.open(lying, KEY)
    assert [(i.txn, i.granted) for i in third.intents()] == [(DEBTS[0], True), ("f" * 16, False)]
    third.close()


def test_a_journal_that_forgot_its_name_and_what_was_before_finds_both_in_its_facts(lying, closed):
    ruin(lying, "journal")
    journal = Journal.open(lying, KEY)
    (elder,) = journal.elders
    assert (elder.id, elder.watermark, elder.head) == (closed[1], 0, HEAD)
    assert journal.next_session() > 1_700_000_000, "larger than any before"
    for run in (journal.before, None):
        journal.append([Record(KioskStarted("0.1.0", journal.id, unclean=True, before=run))], STAMP)
    journal.close()
    ruin(lying, "journal")
    last = Journal.open(lying, KEY)
    assert [(one.id, one.before) for one in last.elders] == [(closed[1], ""), (journal.id, closed[1])]
    last.close()


def test_what_is_no_journal_at_all_is_set_aside(tmp_path):
    path = tmp_path / "journal.db"
    path.write_bytes(b"certainly not a database " * 1000)
    journal = Journal.open(path, KEY)
    assert (journal.before, journal.why, journal.elders) == ("", "damaged", ())
    assert (tmp_path / journal.damaged).read_bytes() == b"certainly not a database " * 1000
    journal.close()


def test_the_next_start_finds_nothing_to_mend(lying):
    ruin(lying, "passed")
    first = Journal.open(lying, KEY)
    first.close()
    files = sorted(lying.parent.iterdir())
    second = Journal.open(lying, KEY)
    assert (second.id, second.why, len(second.elders)) == (first.id, "damaged", 1)
    second.close()
    assert sorted(lying.parent.iterdir()) == files


@pytest.mark.parametrize("seq", [10, TAKEN])
def test_a_fact_that_central_has_and_that_is_read_again_is_looked_at_too(lying, closed, seq):
    """The start reads the last facts, the uplink asks with the last one that central took."""
    octets = lying.read_bytes()
    fact = closed[2][seq].fact
    lying.write_bytes(octets.replace(fact, fact.replace(b"visit", b"vosit")))
    journal = Journal.open(lying, KEY)
    assert journal.why == "damaged"
    assert len(journal.tail(LOOK_BACK)) == HEAD
    (elder,) = journal.elders
    assert [row.fact for row in elder.since(seq - 1, 1)] == [LOST]
    journal.close()


def test_a_damaged_elder_is_made_whole_in_its_place(lying, closed):
    ruin(lying, "passed")
    Journal.open(lying, KEY).close()
    (elder,) = lying.parent.glob("journal-elder-*.db")
    ruin(elder, "passed")
    journal = Journal.open(lying, KEY)
    assert [(one.id, one.head) for one in journal.elders] == [(closed[1], HEAD)]
    assert len(list(lying.parent.glob("journal-damaged-*.db"))) == 2
    journal.close()


def test_two_damages_leave_two_elders_in_their_order(lying, closed):
    ruin(lying, "passed")
    second = Journal.open(lying, KEY)
    second.append([Record(ExitPressed())], STAMP)
    second.close()
    ruin(lying, "passed")
    third = Journal.open(lying, KEY)
    assert [elder.id for elder in third.elders] == [closed[1], second.id]
    assert third.before == second.id
    third.close()


def test_elders_keep_their_order_where_one_between_them_left_no_facts(lying, closed, monkeypatch):
    """Ids are drawn; these would stand in the other order."""
    ids = [closed[1]]

    def start(what):
        monkeypatch.setattr(secrets, "token_hex", lambda _octets: f"{9 - len(ids):032x}")
        what(lying)
        journal = Journal.open(lying, KEY)
        journal.append([Record(ExitPressed())], STAMP)
        ids.append(journal.id)
        journal.close()

    for what in (lambda path: ruin(path, "passed"), renewed, lambda path: ruin(path, "passed")):
        start(what)
    assert len(list(lying.parent.glob("journal-forked-*.db"))) == 1
    ruin(lying, "passed")
    last = Journal.open(lying, KEY)
    assert [elder.id for elder in last.elders] == [ids[0], ids[2], ids[3]]
    last.close()


def test_elders_without_a_number_stand_by_what_came_before_each_and_before_those_with_one(
    lying, closed, monkeypatch
):
    """Their ids would put them in the other order."""
    ids = [closed[1]]
    for _ in range(3):
        monkeypatch.setattr(secrets, "token_hex", lambda _octets: f"{9 - len(ids):032x}")
        ruin(lying, "passed")
        with closing(Journal.open(lying, KEY)) as journal:
            journal.append([Record(ExitPressed())], STAMP)
            ids.append(journal.id)
    for file in lying.parent.glob("journal-elder-*.db"):
        if ids[2] not in file.name:
            file.rename(file.with_name(f"journal-elder-{file.stem.rpartition('-')[2]}.db"))
    ruin(lying, "passed")
    with closing(Journal.open(lying, KEY)) as last:
        assert [elder.id for elder in last.elders] == ids


def test_of_an_elder_central_may_hold_more_than_can_be_read(lying, closed):
    ruin(lying, "passed")
    journal = Journal.open(lying, KEY)
    (elder,) = journal.elders
    assert elder.acked(Watermark(closed[1], 6, HEAD + 40, 0)) is Taken.REWOUND
    assert elder.watermark == HEAD
    journal.close()


@pytest.mark.parametrize("numbered", [True, False])
def test_what_was_owed_is_known_though_a_fact_after_it_was_lost_in_the_damage_before(lying, closed, numbered):
    """An end may have stood there, but the table of that time said that none did. Elders without a number have facts alone."""
    fact = closed[2][50].fact
    lying.write_bytes(lying.read_bytes().replace(fact, fact.replace(b"visit", b"vosit")))
    second = Journal.open(lying, KEY)
    assert [(i.txn, i.card) for i in second.intents()] == [(txn, f"C{int(txn, 16)}") for txn in DEBTS]
    second.close()
    (elder,) = lying.parent.glob("journal-elder-*.db")
    with closing(sqlite3.connect(elder)) as file:
        assert file.execute("SELECT txn, card FROM intent ORDER BY seq").fetchall() == [
            (txn, None) for txn in DEBTS
        ]
        if not numbered:
            file.execute("DELETE FROM intent")
            file.commit()
    if not numbered:
        elder.rename(elder.with_name(f"journal-elder-{closed[1]}.db"))
    ruin(lying, "intent")
    third = Journal.open(lying, KEY)
    assert [(i.txn, i.card) for i in third.intents()] == [(txn, "") for txn in DEBTS[not numbered :]]
    third.close()


# ---------------------------------------------------------------- a new journal is ordered
RENEW = Order(number=9, verb="journal.renew", issued_ms=1, deadline_ms=2, boot="9c" * 8)


def test_a_forked_journal_stands_still_until_a_new_one_is_ordered(lying, closed):
    journal = Journal.open(lying, KEY)
    assert journal.acked(Watermark(journal.id, 5, TAKEN, 0, forked=True)) is Taken.FORKED
    journal.close()
    journal = Journal.open(lying, KEY)
    assert journal.standing.forked
    journal.append([TakeOrder(RENEW), Record(KioskStopped("order"))], STAMP)
    journal.close()
    journal = Journal.open(lying, KEY)
    assert (journal.before, journal.why, journal.standing.forked) == (closed[1], "forked", False)
    assert (journal.unclean, journal.elders, journal.damaged) == (False, (), "")
    assert [order.number for order in journal.orders_unanswered()] == [7, 9]
    assert [intent.txn for intent in journal.intents()] == DEBTS
    journal.append([Record(OrderDone(9, "journal.renew"))], STAMP)
    journal.close()
    again = Journal.open(lying, KEY)
    assert again.id == journal.id
    again.close()
    (aside,) = lying.parent.glob("journal-forked-*.db")
    with closing(sqlite3.connect(aside)) as left:
        assert left.execute("SELECT max(seq) FROM fact").fetchone() == (HEAD + 1,)


def test_a_new_journal_looks_back_on_no_other_than_the_one_before_it(lying):
    """What an older one has left untold was told in the one between."""
    ruin(lying, "passed")
    between = Journal.open(lying, KEY)
    assert len(between.tail(LOOK_BACK)) == HEAD
    between.append([Record(ExitPressed()), TakeOrder(RENEW)], STAMP)
    between.close()
    journal = Journal.open(lying, KEY)
    assert (journal.before, len(journal.elders)) == (between.id, 1)
    assert journal.tail(LOOK_BACK) == []
    journal.close()


def test_damage_does_not_make_a_forked_journal_good(lying):
    journal = Journal.open(lying, KEY)
    journal.acked(Watermark(journal.id, 5, TAKEN, 0, forked=True))
    journal.close()
    ruin(lying, "passed")
    journal = Journal.open(lying, KEY)
    assert (journal.why, journal.standing.forked, journal.elders) == ("damaged", True, ())
    journal.close()


@pytest.mark.parametrize("before", [(), ("passed",)])
def test_what_is_owed_keeps_its_time_where_what_is_remembered_is_lost_too(lying, before):
    """The clock of its boot was put right, which is remembered and is a fact."""
    with closing(Journal.open(lying, KEY)) as journal:
        journal.append([Record(ClockCorrected(1_800_000_000_000))], STAMP)
        dated = [(i.txn, i.central_ms) for i in journal.intents()]
        assert dated == [(txn, 1_800_000_000_000) for txn in DEBTS]
    for table in before:
        ruin(lying, table)
        Journal.open(lying, KEY).close()
    ruin(lying, "intent")
    ruin(lying, "memory")
    with closing(Journal.open(lying, KEY)) as journal:
        assert [(i.txn, i.central_ms) for i in journal.intents()] == dated


def test_what_was_owed_before_a_fork_is_known_from_the_facts_of_that_time(lying):
    renewed(lying)
    second = Journal.open(lying, KEY)
    second.append([Record(LoanMade(DEBTS[1], "B", READER, granted=True))], STAMP)
    second.append([Record(LoanAsked("f" * 16, "B1", READER), "C1")], STAMP)
    second.close()
    ruin(lying, "intent")
    third = Journal.open(lying, KEY)
    assert [(i.txn, i.granted) for i in third.intents()] == [(DEBTS[0], True), ("f" * 16, False)]
    third.close()


# ---------------------------------------------------------------- the power goes meanwhile
class PowerCut(BaseException):
    """Not an Exception: nothing may catch it."""


STEPS = ("rename", "replace", "unlink", "link", "fsync")


@pytest.fixture
def plug(monkeypatch):
    """Cuts the power before the n-th of the operations on files; counts them."""
    count, at = [0], [0]

    def guarded(real):
        def act(*args, **kwargs):
            count[0] += 1
            if count[0] == at[0]:
                raise PowerCut
            return real(*args, **kwargs)

        return act

    for name in STEPS:
        monkeypatch.setattr(os, name, guarded(getattr(os, name)))
    return count, at


def spoilt(lying):
    ruin(lying, "passed")


def spoilt_and_logged(lying):
    """Damaged, with facts that stand in the log alone."""
    journal = Journal.open(lying, KEY)
    journal.append([Record(ExitPressed())], STAMP)
    copy = unplugged(journal, lying, lying.parent / "copy")
    journal.close()
    for suffix in ("", "-wal"):
        shutil.copy(copy.with_name(copy.name + suffix), lying.with_name(lying.name + suffix))
    octets = bytearray(lying.read_bytes())
    octets[page_of(lying, "passed")] = octets[page_of(lying, "intent")] = b"\xa5" * PAGE
    lying.write_bytes(octets)


def renewed(lying):
    journal = Journal.open(lying, KEY)
    journal.append([TakeOrder(RENEW)], STAMP)
    journal.close()


def with_a_spoilt_elder(lying):
    ruin(lying, "passed")
    Journal.open(lying, KEY).close()
    (elder,) = lying.parent.glob("journal-elder-*.db")
    ruin(elder, "passed")


@pytest.mark.parametrize("prepare", [spoilt, spoilt_and_logged, renewed, with_a_spoilt_elder])
def test_the_change_is_the_same_wherever_the_power_goes(tmp_path, lying, closed, plug, prepare):
    """Cut before every single operation on files, once more in the start after it, then left alone."""
    count, at = plug
    prepare(lying)
    shutil.rmtree(lying.parent / "copy", ignore_errors=True)
    begun = {file.name: file.read_bytes() for file in lying.parent.iterdir()}

    def start(folder, *cuts):
        folder.mkdir()
        for name, octets in begun.items():
            (folder / name).write_bytes(octets)
        for cut in cuts:
            count[0], at[0] = 0, cut
            with suppress(PowerCut):
                Journal.open(folder / "journal.db", KEY).close()
        return count[0]

    steps = start(tmp_path / "uncut", 0)
    assert steps > 4
    wanted = told(tmp_path / "uncut" / "journal.db")
    for cuts in [(first, second) for first in range(1, steps + 1) for second in (0, 3)[first % 2 :]]:
        folder = tmp_path / f"{cuts}"
        start(folder, *cuts)
        at[0] = 0
        assert told(folder / "journal.db") == wanted, cuts


def told(path):
    """What a kiosk and central learn from the folder in the end."""
    journal = Journal.open(path, KEY)
    elders = tuple((e.id, e.head, e.watermark, len(e.since(0, 1000))) for e in journal.elders)
    owed = tuple((intent.txn, intent.granted) for intent in journal.intents())
    aside = [*path.parent.glob("journal-damaged-*.db"), *path.parent.glob("journal-forked-*.db")]
    assert aside, "what was set aside lies there"
    assert not list(path.parent.glob("*next*"))
    found = (journal.before, journal.why, elders, owed, journal.recall("counts"))
    journal.close()
    return found
