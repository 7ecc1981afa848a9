"""Cards blocked and good again, by machines and by staff, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.ledger import readers
from central.circulation.ledger.models import Reader
from central.circulation.ledger.outcomes import Blocked, Enabled, Refused
from tests.central.circulation.world import XIAN


def state(session):
    columns = (Reader.blocked, Reader.blocked_why, Reader.blocked_until)
    return tuple(session.execute(select(*columns).where(Reader.card == "R1")).one())


def block(cursor, kind):
    if kind in readers.BY_STAFF:
        return readers.block_by_staff(cursor, XIAN, "R1", kind)
    return readers.block(cursor, XIAN, "R1", "卡留在机器里", retained=kind == "retained")


@pytest.mark.parametrize("kind", ["retained", "machine"])
def test_a_machine_blocks_and_a_machine_lifts(session, cursor, kind):
    assert block(cursor, kind) == Blocked("R1", "林书远")
    assert state(session) == (True, kind, None)
    assert readers.enable(cursor, XIAN, "R1") == Enabled("R1", "林书远", was_blocked=True)
    assert state(session) == (False, "", None)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "reader_blocked",
        "reader_enabled",
    ]


@pytest.mark.parametrize("kind", ["lost", "staff"])
def test_what_staff_block_staff_lift(session, cursor, kind):
    block(cursor, kind)

    assert readers.enable(cursor, XIAN, "R1") == Refused("card_blocked")
    assert state(session)[0]
    assert readers.enable(cursor, XIAN, "R1", by_staff=True).was_blocked


def test_a_machines_block_does_not_soften_that_of_staff(session, cursor):
    readers.block_by_staff(cursor, XIAN, "R1", "staff", "损坏图书", date(2026, 4, 1))

    assert block(cursor, "machine") == Blocked("R1", "林书远")
    assert state(session) == (True, "staff", date(2026, 4, 1))


def test_what_is_good_already_stays_so_without_a_word(session, cursor):
    assert not readers.enable(cursor, XIAN, "R1").was_blocked
    assert session.scalars(select(AuditEntry.id)).all() == []


def test_a_card_that_nobody_has(cursor):
    assert readers.block(cursor, XIAN, "NOBODY", "") == Refused("card_unknown")
    assert readers.enable(cursor, XIAN, "NOBODY") == Refused("card_unknown")


def test_staff_name_the_kind(cursor):
    with pytest.raises(ValueError, match="retained"):
        readers.block_by_staff(cursor, XIAN, "R1", "retained")


@pytest.mark.parametrize("keeps", [True, False])
def test_a_reader_wants_to_see_old_loans_or_not(session, cursor, keeps):
    assert readers.keep_history(cursor, XIAN, "R1", keeps=keeps) is None
    assert session.scalars(select(Reader.keeps_history).where(Reader.card == "R1")).one() is keeps
    assert readers.keep_history(cursor, XIAN, "NOBODY", keeps=keeps) == Refused("card_unknown")
