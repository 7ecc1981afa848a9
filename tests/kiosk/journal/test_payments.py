"""Payments in the journal: begun with a card, marked, ended once, carried over from a file that is set aside."""

from __future__ import annotations

import pytest

from kiosk.effects import Record
from kiosk.journal import Contradiction, Journal, succession
from tests.kiosk.journal.worn import KEY, READER, STAMP
from wire.facts import (
    PaymentDropped,
    PaymentLapsed,
    PaymentRefused,
    PaymentSettled,
    PaymentTaken,
    PaymentWanted,
)

TXN = "00f1e2d3c4b5a697"
WANTED = Record(PaymentWanted(TXN, READER, 1250, "17"), card="R0001")
DROPPED, LAPSED = Record(PaymentDropped(TXN, "left")), Record(PaymentLapsed(TXN))
TAKEN = Record(PaymentTaken(TXN, "4200001", 1250))
SETTLED = Record(PaymentSettled(TXN, "4200001", 1250))
REFUSED = Record(PaymentRefused(TXN, "4200001", 1250, 163))


@pytest.fixture
def journal(tmp_path):
    made = Journal.open(tmp_path / "journal.db", KEY, seal=lambda card, _txn: "c2VhbGVk")
    yield made
    made.close()


def test_a_payment_is_kept_with_its_card_until_it_ends(journal):
    journal.append([WANTED], STAMP)
    (begun,) = journal.payments()
    assert (begun.card, begun.amount_fen, begun.fee, begun.dropped, begun.provider_id) == (
        "R0001", 1250, "17", False, "",
    )  # fmt: skip
    assert b'"sealed":"c2VhbGVk"' in journal.since(0, 1)[0].fact
    assert "R0001" not in repr(begun)
    journal.append([DROPPED], STAMP)
    journal.append([TAKEN], STAMP)
    (begun,) = journal.payments()
    assert (begun.dropped, begun.provider_id) == (True, "4200001")
    journal.append([SETTLED], STAMP)
    assert journal.payments() == []


WRONG: list[tuple[Record, ...]] = [
    (DROPPED,), (TAKEN,), (LAPSED,), (SETTLED,),
    (WANTED, SETTLED),
    (WANTED, TAKEN, TAKEN),
    (WANTED, TAKEN, LAPSED),
    (WANTED, LAPSED, TAKEN),
    (WANTED, TAKEN, Record(PaymentSettled(TXN, "another", 1250))),
    (WANTED, TAKEN, REFUSED, SETTLED),
]  # fmt: skip


@pytest.mark.parametrize(
    "records", WRONG, ids=lambda records: "-".join(type(r.fact).__name__ for r in records)
)
def test_what_contradicts_the_journal_is_not_written(journal, records):
    with pytest.raises(Contradiction):
        journal.append(list(records), STAMP)
    assert journal.head == 0


@pytest.mark.parametrize("end", [None, TAKEN])
def test_a_payment_goes_along_when_the_file_is_set_aside(tmp_path, end):
    path = tmp_path / "journal.db"
    journal = Journal.open(path, KEY)
    facts: list[Record] = [WANTED, *([end] if end else [])]
    journal.append(facts, STAMP)
    journal.close()
    succession.replace(path, KEY)
    journal = Journal.open(path, KEY)
    (begun,) = journal.payments()
    assert (begun.card, begun.provider_id) == ("R0001", "4200001" if end else "")
    journal.close()
