"""Cards taken out of stored facts, and the same facts coming again."""

import pytest
from sqlalchemy import select

from central.db import open_sessions
from central.facts.models import Journal, StoredFact
from central.facts.redaction import is_same, redact
from tests.central.ingest.world import READER, ROOM, batch, settle, take
from wire import facts

OWED = '{"kind":"loan.owed","txn":"0a","sealed":"c2VhbGVk","item":"B1"}'
BARE = '{"kind":"loan.owed","txn":"0a","sealed":"#","item":"B1"}'


@pytest.mark.parametrize("sealed", ['"sealed":"c2VhbGVk"', '"sealed" : "c2+/bGVk=="'])
def test_the_card_goes_and_all_else_stays(sealed):
    assert redact(OWED.replace('"sealed":"c2VhbGVk"', sealed)) == BARE


@pytest.mark.parametrize("body", ['{"item":"sealed"}', '{"sealed":""}', "null", BARE])
def test_where_no_card_is_sealed_nothing_changes(body):
    assert redact(body) == body


@pytest.mark.parametrize(
    ("stored", "told", "same"),
    [
        (OWED, OWED, True),
        (BARE, OWED, True),
        (BARE, BARE, True),
        (OWED, BARE, False),
        (BARE, OWED.replace("B1", "B2"), False),
        (OWED, OWED.replace("c2Vh", "c2Vi"), False),
    ],
)
def test_what_is_the_same_fact(stored, told, same):
    assert is_same(stored, told) == same


@pytest.mark.parametrize(("item", "forked"), [("B1", False), ("B2", True)])
def test_a_fact_that_comes_again_after_its_card_was_taken_out_forks_no_journal(engine, item, forked):
    settle(engine)
    owed = facts.LoanOwed("0a" * 8, "B1", READER, "c2VhbGVk")
    take(engine, ROOM, batch(1, [owed]))
    with open_sessions(engine).begin() as session:
        stored = session.scalars(select(StoredFact)).one()
        stored.body = redact(stored.body)

    take(engine, ROOM, batch(1, [facts.LoanOwed("0a" * 8, item, READER, "c2VhbGVk")]))
    with open_sessions(engine, readonly=True)() as session:
        assert session.scalars(select(Journal.forked)).one() is forked
