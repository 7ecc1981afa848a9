"""The journal: what it returned for is on disk, in order, once."""

from __future__ import annotations

import itertools
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.cursor import Taken
from kiosk.effects import Record, Remember, TakeOrder
from kiosk.journal import Contradiction, Intent, Journal, JournalFailed, Row
from kiosk.journal.database import Writing
from kiosk.journal.journal import FRESH
from kiosk.journal.schema import MARK, SCHEMA
from wire.envelope import Stamp, decode_fact, encode_fact
from wire.facts import (
    ClockCorrected,
    ExitPressed,
    KioskStarted,
    KioskStopped,
    LoanAbandoned,
    LoanAsked,
    LoanGranted,
    LoanMade,
    LoanOwed,
    LoanRefused,
    LoanRenewed,
    OrderDone,
    OrderRefused,
    ReturnAsked,
    ReturnMade,
    ReturnOwed,
    ReturnTaken,
    VisitEntered,
)
from wire.orders import Order, Watermark

ROOT = Path(__file__).parents[3]
KEY = bytes(range(32))
STAMP = Stamp(1_790_000_000_000, 81_234, "9c" * 8, set=True)
READER = "ab" * 16
TXN = "0123456789abcdef"
ASKED = Record(LoanAsked(txn=TXN, item="B1", reader=READER), card="20011234")
MADE = Record(LoanMade(txn=TXN, item="B1", reader=READER, title="三体"))
ORDER = Order(number=7, verb="kiosk.restart", issued_ms=1, deadline_ms=2)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    journal = Journal.open(path, KEY)
    yield journal
    journal.close()


def watermark(journal, epoch, seq):
    return Watermark(journal=journal.id, epoch=epoch, seq=seq, central_ms=0)


def filled(journal, count):
    return journal.append([Record(VisitEntered(persons=1, method="card"))] * count, STAMP)


# ---------------------------------------------------------------- facts
def test_a_new_journal_is_empty_and_clean(journal):
    assert len(journal.id) == 32
    assert (journal.head, journal.watermark, journal.epoch, journal.unclean) == (0, 0, 0, False)
    assert journal.since(0, 10) == []
    assert journal.intents() == []
    assert journal.orders_unanswered() == []
    assert journal.recall("entered") is None


def test_facts_come_back_as_written_with_their_stamp(journal):
    unset = Stamp(0, 5, "00000000", set=False)
    assert journal.append([Record(ExitPressed()), Record(VisitEntered(2, "counter"))], STAMP) == 2
    assert journal.append([Record(KioskStopped("asked"))], unset) == 3
    assert journal.since(0, 10) == [
        Row(1, STAMP, encode_fact(ExitPressed())),
        Row(2, STAMP, encode_fact(VisitEntered(2, "counter"))),
        Row(3, unset, encode_fact(KioskStopped("asked"))),
    ]
    assert [row.seq for row in journal.since(1, 1)] == [2]


def test_what_is_to_be_sent_is_what_stands_on_the_disk_whether_it_is_read_or_not(journal):
    for persons in range(1, 3 * FRESH):
        journal.append([Record(VisitEntered(persons, "counter"))], STAMP)
        for first in {1, max(journal.head - FRESH, 1), max(journal.head - FRESH + 1, 1), journal.head}:
            assert journal.to_send(first, 64) == journal.since(first - 1, 64)
    assert journal.to_send(journal.head + 1, 64) == []


def test_what_could_not_be_written_is_not_to_be_sent(journal):
    journal.append([Record(ExitPressed())], STAMP)
    with pytest.raises(Contradiction):
        journal.append([Record(VisitEntered(1, "card")), Record(LoanMade(TXN, "B1", READER))], STAMP)
    assert [row.seq for row in journal.to_send(1, 64)] == [1]
    journal.append([Record(KioskStopped("asked"))], STAMP)
    assert journal.to_send(1, 64) == journal.since(0, 64)
    assert [row.fact for row in journal.to_send(2, 64)] == [encode_fact(KioskStopped("asked"))]


def test_a_fact_of_which_it_was_not_known_whether_it_was_written_is_sent_like_any_other(journal, monkeypatch):
    end = Writing._end

    def cut_off(self, *, commit):
        end(self, commit=commit)
        raise sqlite3.OperationalError("disk I/O error")

    journal.append([Record(ExitPressed())], STAMP)
    monkeypatch.setattr(Writing, "_end", cut_off)
    with pytest.raises(JournalFailed):
        journal.append([Record(VisitEntered(1, "card"))], STAMP)
    monkeypatch.undo()
    assert [row.seq for row in journal.to_send(2, 64)] == [2]
    journal.append([Record(KioskStopped("asked"))], STAMP)
    for first in (1, 2, 3):
        assert journal.to_send(first, 64) == journal.since(first - 1, 64)


def test_a_renewal_is_the_end_of_what_was_asked(journal):
    journal.append([Record(LoanAsked(TXN, "B1", READER), card="R1")], STAMP)
    journal.append([Record(LoanRenewed(TXN, "B1", READER))], STAMP)
    assert journal.intents() == []


def test_nothing_to_write_leaves_the_head(journal):
    filled(journal, 2)
    assert journal.append([], STAMP) == 2


def test_the_file_keeps_its_id_and_says_how_the_last_run_ended(path):
    first = Journal.open(path, KEY)
    first.append([Record(KioskStarted("0.1.0", first.id, unclean=False))], STAMP)
    first.close()
    first.close()
    second = Journal.open(path, KEY)
    assert (second.id, second.head, second.unclean) == (first.id, 1, True)
    second.append([Record(KioskStopped("asked"))], STAMP)
    second.close()
    third = Journal.open(path, KEY)
    assert (third.id, third.unclean) == (first.id, False)
    third.close()


def test_another_file_has_another_id(journal, tmp_path):
    other = Journal.open(tmp_path / "other.db", KEY)
    assert other.id != journal.id
    other.close()


def test_the_disk_is_asked_for_what_the_contract_says(journal):
    assert journal._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,)


# ---------------------------------------------------------------- intents
WHEN = {"at_ms": STAMP.wall_ms, "boot": STAMP.boot, "mono_ms": STAMP.mono_ms}


def test_an_intent_stands_until_its_outcome(journal):
    journal.append([ASKED], STAMP)
    journal.append([Record(ReturnAsked(txn="f" * 16, item="B2"))], STAMP)
    loan = Intent(TXN, "loan", "B1", READER, "20011234", owed=False, **WHEN)
    back = Intent("f" * 16, "return", "B2", "", "", owed=False, **WHEN)
    assert journal.intents() == [loan, back]
    journal.append([MADE], STAMP)
    assert journal.intents() == [back]
    journal.append([Record(ReturnOwed(txn="f" * 16, item="B2"))], STAMP)
    assert [intent.owed for intent in journal.intents()] == [True]
    journal.append([Record(ReturnMade(txn="f" * 16, item="B2", settled=True))], STAMP)
    assert journal.intents() == []


def test_the_card_is_neither_readable_on_disk_nor_shown(path):
    journal = Journal.open(path, KEY)
    journal.append([ASKED], STAMP)
    assert "20011234" not in repr(journal.intents())
    journal.close()
    assert b"20011234" not in path.read_bytes()
    stranger = Journal.open(path, bytes(32))
    assert [intent.card for intent in stranger.intents()] == [""]
    stranger.close()


def test_a_card_does_not_decrypt_for_another_transaction(journal):
    journal.append([ASKED], STAMP)
    journal._db.execute("UPDATE intent SET txn = ?", ("e" * 16,))
    assert [intent.card for intent in journal.intents()] == [""]


LATER = Stamp(STAMP.wall_ms + 3_000, STAMP.mono_ms + 3_000, STAMP.boot, set=True)
GRANTED = LoanGranted(TXN, "B1", READER, "adult", "三体", "I247.57/1", "2026-10-21", "rule")
TAKEN = ReturnTaken("f" * 16, "B2", "活着", "I247.57/2")


def test_what_changed_hands_by_the_kiosks_rule_is_kept_with_its_time_until_the_ils_has_heard(path):
    journal = Journal.open(path, KEY)
    journal.append([ASKED, Record(ReturnAsked(txn="f" * 16, item="B2"))], STAMP)
    journal.append([Record(GRANTED), Record(TAKEN)], LATER)
    journal.close()
    journal = Journal.open(path, KEY)
    loan, back = journal.intents()
    assert (loan.granted, loan.taken, loan.owed, loan.card) == (True, False, False, "20011234")
    assert (loan.due, loan.at_ms, loan.reader_type) == ("2026-10-21", LATER.wall_ms, "adult")
    assert (loan.title, loan.call_number) == ("三体", "I247.57/1")
    assert (back.granted, back.taken, back.at_ms, back.title) == (False, True, LATER.wall_ms, "活着")
    journal.append([MADE, Record(ReturnMade(txn="f" * 16, item="B2", taken=True))], LATER)
    assert journal.intents() == []
    journal.close()


def test_what_a_boot_has_asked_is_dated_by_central_for_as_long_as_it_is_open(journal):
    """Before central was heard and after it, by the last that was heard; of other boots nothing is known by that."""
    central_ms = STAMP.wall_ms - 259_200_000
    journal.append([ASKED], STAMP)
    other = Stamp(STAMP.wall_ms, 5, "8a" * 8, set=True)
    journal.append([Record(ReturnAsked("e" * 16, "B3"))], other)
    for told_ms in (central_ms - 9, central_ms):
        journal.append([Record(ClockCorrected(told_ms))], STAMP)
    journal.append([Record(ReturnAsked("f" * 16, "B2"))], LATER)
    assert [intent.central_ms for intent in journal.intents()] == [central_ms, None, central_ms + 3_000]
    ends = (LoanMade(TXN, "B1", READER), ReturnMade("f" * 16, "B2"))
    journal.append([*map(Record, ends), Record(ClockCorrected(1))], other)
    assert list(journal.recall_all("clock:")) == [f"clock:{other.boot}"]


def test_a_book_may_change_hands_in_the_step_that_asked(journal):
    journal.append([ASKED, Record(GRANTED)], STAMP)
    assert [(intent.granted, intent.at_ms) for intent in journal.intents()] == [(True, STAMP.wall_ms)]


@pytest.mark.parametrize("was_lent", [True, False])
def test_whether_a_book_that_is_owed_was_on_loan_before_is_kept(path, was_lent):
    journal = Journal.open(path, KEY)
    journal.append([ASKED, Record(LoanOwed(TXN, "B1", READER, was_lent=was_lent))], STAMP)
    journal.close()
    journal = Journal.open(path, KEY)
    assert [(intent.owed, intent.was_lent) for intent in journal.intents()] == [(True, was_lent)]
    journal.close()


@pytest.mark.parametrize(
    "fact",
    [
        LoanOwed(TXN, "B1", READER),
        GRANTED,
        LoanRefused(TXN, "B1", READER, fault=207, granted=True),
    ],
    ids=lambda fact: type(fact).__name__,
)
@pytest.mark.parametrize("card", ["", "R77"])
def test_what_staff_must_find_a_reader_by_carries_the_card_sealed(path, fact, card):
    journal = Journal.open(path, KEY, seal=lambda card, txn: f"{card}/{txn}")
    journal.append([ASKED, Record(fact, card)], STAMP)
    assert decode_fact(journal.since(1, 1)[0].fact).sealed == f"{card or '20011234'}/{TXN}"
    journal.close()


def test_a_refusal_that_left_the_book_here_names_nobody(path):
    journal = Journal.open(path, KEY, seal=lambda card, txn: card)
    journal.append([ASKED, REFUSED], STAMP)
    assert b"20011234" not in b"".join(row.fact for row in journal.since(0, 2))
    journal.close()


OWED = Record(LoanOwed(txn=TXN, item="B1", reader=READER))
REFUSED = Record(LoanRefused(txn=TXN, item="B1", reader=READER, fault=207))
ABANDONED = Record(LoanAbandoned(txn=TXN, item="B1", reader=READER))


@pytest.mark.parametrize(
    "steps",
    [
        [[MADE]],
        [[ASKED, ASKED]],
        [[ASKED], [ASKED]],
        [[ASKED], [MADE], [MADE]],
        [[ASKED], [MADE, REFUSED]],
        [[ASKED], [ABANDONED], [OWED]],
        [[ASKED], [OWED], [OWED]],
        [[ASKED], [OWED], [Record(GRANTED)]],
        [[ASKED], [Record(GRANTED)], [Record(GRANTED)]],
        [[Record(GRANTED)]],
        [[Record(TAKEN)]],
        [[ASKED], [Record(ReturnMade(txn=TXN, item="B1"))]],
        [[TakeOrder(ORDER)], [TakeOrder(ORDER)]],
    ],
    ids=lambda steps: ">".join("+".join(type(e).__name__ for e in step) for step in steps),
)
def test_what_contradicts_the_journal_is_refused_whole(journal, steps):
    *before, last = steps
    for entries in before:
        journal.append(entries, STAMP)
    head, intents = journal.head, journal.intents()
    with pytest.raises(Contradiction):
        journal.append([Record(ExitPressed()), Remember("a", "b"), *last], STAMP)
    assert (journal.head, journal.intents(), journal.recall("a")) == (head, intents, None)
    assert journal.append([Record(ExitPressed())], STAMP) == head + 1


# ---------------------------------------------------------------- orders, memory, sessions
@pytest.mark.parametrize("answer", [OrderDone(7, "kiosk.restart"), OrderRefused(7, "kiosk.restart", 902)])
def test_an_order_is_unanswered_until_a_fact_answers_it(path, answer):
    journal = Journal.open(path, KEY)
    assert not journal.order_taken(7)
    journal.append([TakeOrder(ORDER)], STAMP)
    journal.close()
    journal = Journal.open(path, KEY)
    assert journal.order_taken(7)
    assert journal.orders_unanswered() == [ORDER]
    journal.append([Record(answer)], STAMP)
    assert journal.orders_unanswered() == []
    assert journal.order_taken(7)
    journal.close()


def test_the_last_value_is_remembered(journal):
    journal.append([Remember("entered", "41"), Remember("left", "40")], STAMP)
    journal.append([Remember("entered", "42")], STAMP)
    assert (journal.recall("entered"), journal.recall("left")) == ("42", "40")
    journal.append([Remember("left", None), Remember("never", None)], STAMP)
    assert (journal.recall("entered"), journal.recall("left")) == ("42", None)


def test_session_numbers_grow_over_restarts(path):
    numbers = []
    for _ in range(3):
        journal = Journal.open(path, KEY)
        numbers += [journal.next_session(), journal.next_session()]
        journal.close()
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_session_number_that_was_somebody_elses_is_passed_for_good(path):
    journal = Journal.open(path, KEY)
    assert [journal.next_session(6), journal.next_session(2)] == [7, 8]
    journal.close()
    journal = Journal.open(path, KEY)
    assert journal.next_session() == 9
    journal.close()


# ---------------------------------------------------------------- watermarks
@pytest.mark.parametrize(
    ("epoch", "seq", "taken", "left"),
    [
        (5, 7, Taken.MOVED, (5, 7)),
        (5, 10, Taken.MOVED, (5, 10)),
        (5, 6, Taken.SAME, (5, 6)),
        (5, 5, Taken.LOWER, (5, 6)),
        (4, 9, Taken.EARLIER, (5, 6)),
        (5, 11, Taken.ABOVE_HEAD, (5, 6)),
        (6, 11, Taken.ABOVE_HEAD, (5, 6)),
        (6, 2, Taken.REWOUND, (6, 2)),
        (6, 0, Taken.REWOUND, (6, 0)),
        (6, 9, Taken.REWOUND, (6, 9)),
    ],
)
def test_a_watermark_within_and_across_epochs(path, epoch, seq, taken, left):
    journal = Journal.open(path, KEY)
    filled(journal, 10)
    assert journal.acked(watermark(journal, 5, 6)) is Taken.MOVED
    assert journal.acked(watermark(journal, epoch, seq)) is taken
    journal.close()
    journal = Journal.open(path, KEY)
    assert (journal.epoch, journal.watermark) == left
    assert [row.seq for row in journal.since(0, 20)] == list(range(1, 11)), "acknowledged facts are kept"
    journal.close()


def test_a_first_watermark_that_holds_nothing_asks_for_all(journal):
    filled(journal, 3)
    assert journal.acked(watermark(journal, 5, 0)) is Taken.REWOUND
    assert (journal.epoch, journal.watermark) == (5, 0)


def test_a_watermark_of_another_journal_is_ignored(journal):
    filled(journal, 3)
    assert journal.acked(Watermark("0" * 32, 9, 2, 0)) is Taken.OTHER_JOURNAL
    assert (journal.epoch, journal.watermark) == (0, 0)


# ---------------------------------------------------------------- bad disks
def test_a_newer_schema_is_refused(path):
    Journal.open(path, KEY).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    db.execute(f"PRAGMA application_id = {MARK + SCHEMA + 1}")
    db.close()
    with pytest.raises(JournalFailed, match=f"schema {SCHEMA + 1}"):
        Journal.open(path, KEY)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(JournalFailed, match="unable to open"):
        Journal.open(tmp_path / "nowhere" / "journal.db", KEY)


def test_a_full_disk_fails_and_what_was_written_stays(journal):
    filled(journal, 10)
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(JournalFailed, match="full") as failed:
        filled(journal, 1000)
    assert isinstance(failed.value.__cause__, sqlite3.Error)
    assert journal.head == 10
    journal._db.execute(f"PRAGMA max_page_count = {pages + 100}")
    assert filled(journal, 1) == 11


def test_a_closed_journal_fails(path):
    journal = Journal.open(path, KEY)
    journal.close()
    with pytest.raises(JournalFailed):
        filled(journal, 1)


# ---------------------------------------------------------------- threads
def test_one_thread_appends_while_another_reads(journal):
    seen = []

    def follow():
        while len(seen) < 200:
            seen.extend(row.seq for row in journal.since(len(seen), 64))

    reader = Thread(target=follow)
    reader.start()
    for _ in range(100):
        filled(journal, 2)
    reader.join(60)
    assert seen == list(range(1, 201))


# ---------------------------------------------------------------- kill -9
APPENDER = """
import sys
from pathlib import Path
from kiosk.effects import Record, Remember
from kiosk.journal import Journal
from wire.envelope import Stamp
from wire.facts import LoanAsked, LoanMade

journal = Journal.open(Path(sys.argv[1]), bytes(32))
while True:
    n = journal.head + 1
    asked = LoanAsked(txn=f"{n:016x}", item=f"B{n}", reader="ab" * 16)
    journal.append([Record(asked, card=f"C{n}"), Remember("last", str(n))], Stamp(n, n, "9c" * 8, True))
    made = LoanMade(txn=f"{n:016x}", item=f"B{n}", reader="ab" * 16)
    head = journal.append([Record(made)], Stamp(n, n, "9c" * 8, True))
    print(head, flush=True)
"""


def killed_run(path, dice):
    """What a run said was on disk before it was killed at a random moment."""
    command = [sys.executable, "-c", APPENDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        first = run.stdout.readline()
        time.sleep(dice.uniform(0, 0.03))
        run.kill()
        said = [first, *run.stdout]
    return int([line for line in said if line.endswith("\n")][-1])


def test_nothing_that_append_returned_for_is_lost_by_a_kill(path):
    dice = random.Random(20260921)
    for _ in range(20):
        acknowledged = killed_run(path, dice)
        journal = Journal.open(path, bytes(32))
        rows = journal.since(0, 1_000_000)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert acknowledged <= len(rows) <= acknowledged + 2
        facts = [decode_fact(row.fact) for row in rows]
        assert [fact.item for fact in facts] == [f"B{2 * (i // 2) + 1}" for i in range(len(facts))]
        open_ones = [(i.txn, i.card) for i in journal.intents()]
        if len(rows) % 2:
            last = len(rows)
            assert open_ones == [(f"{last:016x}", f"C{last}")]
            journal.append([Record(LoanAbandoned(f"{last:016x}", f"B{last}", "ab" * 16))], STAMP)
        else:
            assert open_ones == []
        assert journal.recall("last") == str(len(rows) - 1 + len(rows) % 2)
        journal.close()


# ---------------------------------------------------------------- any order of calls
class AnyCalls(RuleBasedStateMachine):
    """The journal beside a model of it in plain lists; closed and opened again at any point."""

    numbers = itertools.count()

    @initialize()
    def start(self):
        self.path = self.folder / f"{next(self.numbers)}.db"
        self.journal = Journal.open(self.path, KEY)
        self.facts, self.intents, self.memory = [], {}, {}
        self.epoch, self.mark = 0, 0

    def teardown(self):
        if hasattr(self, "journal"):
            self.journal.close()

    def record(self, fact, card=""):
        assert self.journal.append([Record(fact, card)], STAMP) == len(self.facts) + 1
        self.facts.append(fact)

    @rule(txn=st.integers(1, 6), card=st.text(max_size=30).filter(lambda t: "\0" not in t))
    def ask(self, txn, card):
        name = f"{txn:016x}"
        fact = LoanAsked(name, f"书{txn}", READER)
        if name in self.intents:
            with pytest.raises(Contradiction):
                self.journal.append([Record(fact, card)], STAMP)
        else:
            self.record(fact, card)
            self.intents[name] = Intent(name, "loan", f"书{txn}", READER, card, owed=False, **WHEN)

    @precondition(lambda self: self.intents)
    @rule(pick=st.integers(0, 5), made=st.booleans())
    def settle(self, pick, made):
        name = list(self.intents)[pick % len(self.intents)]
        self.record((LoanMade if made else LoanAbandoned)(name, self.intents.pop(name).item, READER))

    @rule(values=st.dictionaries(st.sampled_from("abc"), st.text(max_size=20), max_size=3))
    def remember(self, values):
        self.journal.append([Remember(*pair) for pair in values.items()], STAMP)
        self.memory |= values

    @rule(epoch=st.integers(1, 3), seq=st.integers(0, 40))
    def acked(self, epoch, seq):
        self.journal.acked(watermark(self.journal, epoch, seq))
        rises = epoch == self.epoch and seq > self.mark
        if seq <= len(self.facts) and (epoch > self.epoch or rises):
            self.epoch, self.mark = epoch, seq

    @rule()
    def reopen(self):
        self.journal.close()
        self.journal = Journal.open(self.path, KEY)

    @invariant()
    def agrees(self):
        if not hasattr(self, "journal"):
            return
        assert [decode_fact(row.fact) for row in self.journal.since(0, 1000)] == self.facts
        assert self.journal.intents() == list(self.intents.values())
        assert (self.journal.epoch, self.journal.watermark) == (self.epoch, self.mark)
        assert {name: self.journal.recall(name) for name in self.memory} == self.memory


def test_any_order_of_calls_agrees_with_the_model(tmp_path):
    class Here(AnyCalls):
        folder = tmp_path

    case = Here.TestCase
    case.settings = settings(
        max_examples=30,
        stateful_step_count=25,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    case().runTest()
