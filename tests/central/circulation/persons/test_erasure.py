"""A reader is forgotten by every table, on both databases."""

import json

import pytest
from sqlalchemy import func, select

from central.accounts.models import AuditEntry
from central.circulation.ledger import fees, payments
from central.circulation.ledger.models import Fee, Hold, Loan, Payment, Reader, Waiver
from central.circulation.ledger.outcomes import Refused
from central.circulation.owed.models import OwedTransaction
from central.circulation.persons import access
from central.circulation.persons.erasure import Erased, erase
from central.circulation.persons.traces import Opener
from central.facts.models import StoredFact
from central.ingest.absorb import absorb
from central.payments.models import DeskPayment
from central.statements import Cursor
from tests.central.circulation.persons.life import CARD, HASH, KEYS, KIOSK, pay, remains, sealed
from tests.central.circulation.world import NOW_MS, TODAY, XIAN
from tests.central.ingest.world import batch
from wire import facts


def test_the_reader_stands_in_many_places_before(lived):
    places = {table for table, _ in remains(lived)}
    assert {"reader", "loan", "fee", "payment", "hold", "audit_entry", "waiver", "list_entry"} <= places
    assert {"list_number", "sip_answer", "gateway_transaction"} <= places


def test_no_table_knows_the_reader_any_more(lived):
    assert erase(lived, KEYS, XIAN, CARD) == Erased(loans=1, facts=2)
    lived.commit()

    assert remains(lived) == set()
    opener = Opener(KEYS, CARD)
    bodies = lived.scalars(select(StoredFact.body)).all()
    assert len(bodies) == 5
    assert not any(opener.is_mine_within(body) for body in bodies)
    assert not any(opener.is_mine(one.sealed, one.txn) for one in lived.scalars(select(OwedTransaction)))
    assert access.export(lived, KEYS, CARD) is None
    assert erase(lived, KEYS, XIAN, CARD) == Refused("card_unknown")


def test_the_books_of_the_library_stay(lived):
    before = {
        model: lived.scalar(select(func.count()).select_from(model)) for model in (Loan, Fee, Payment, Waiver)
    }
    erase(lived, KEYS, XIAN, CARD)

    assert before == {
        model: lived.scalar(select(func.count()).select_from(model)) for model in (Loan, Fee, Payment, Waiver)
    }
    assert lived.scalars(select(Payment.provider_id).where(Payment.provider_id.is_not(None))).all() == ["WX1"]


def test_the_audit_says_who_forgot_somebody_and_not_whom(lived):
    erase(lived, KEYS, XIAN, CARD)

    last = lived.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.staff, last.action, last.subject) == ("xian-desk", "reader_erased", "cun")
    denied = lived.scalars(select(AuditEntry.subject).where(AuditEntry.action == "denied")).one()
    assert denied == "reader […]: […]"


def test_a_gateways_facts_cannot_be_tied_to_the_card_again(lived):
    gateway = select(StoredFact.body).where(StoredFact.device_id != KIOSK)
    before = json.loads(lived.scalars(gateway).one())
    erase(lived, KEYS, XIAN, CARD)
    after = json.loads(lived.scalars(gateway).one())

    assert before.pop("reader") != after["reader"]
    assert len(after.pop("reader")) == 32
    assert before == after


def test_a_kiosks_facts_keep_a_hash_that_nothing_here_ties_to_anybody(lived):
    query = select(StoredFact.body).where(StoredFact.device_id == KIOSK, StoredFact.kind == "loan.made")
    before = lived.scalars(query).all()
    erase(lived, KEYS, XIAN, CARD)

    assert lived.scalars(query).all() == before
    assert lived.scalars(select(Loan.reader_card).where(Loan.item_barcode == "B3")).all() == [None]


def test_the_card_may_be_given_to_somebody_else(lived):
    erase(lived, KEYS, XIAN, CARD)
    lived.add(Reader(card=CARD, name="新人", type_id="adult", branch_id="xian", expires_on=TODAY))
    lived.flush()

    shown = access.export(lived, KEYS, CARD)
    assert {name for name, rows in shown.items() if rows} == {"reader"}


def test_what_a_kiosk_tells_of_a_forgotten_reader_is_erased_again(library, lived):
    erase(lived, KEYS, XIAN, CARD)
    lived.commit()
    late = facts.LoanRefused("0e" * 8, "B4", HASH, 101, granted=True, sealed=sealed("0e" * 8))
    with library.begin() as connection:
        absorb(connection, KIOSK, batch(5, [late], wall_ms=NOW_MS), NOW_MS + 60_000, KEYS.readers)

    assert erase(lived, KEYS, XIAN, CARD) == Refused("owed_open")
    lived.scalars(
        select(OwedTransaction).where(OwedTransaction.txn == "0e" * 8)
    ).one().resolution = "accepted"
    assert erase(lived, KEYS, XIAN, CARD) == Erased(loans=0, facts=1)
    assert erase(lived, KEYS, XIAN, CARD) == Refused("card_unknown")


def test_a_payment_keeps_the_card_until_it_is_booked_and_no_longer(library, lived):
    pay(library, facts.PaymentTaken)
    assert erase(lived, KEYS, XIAN, CARD) == Refused("owed_open")
    lived.scalars(select(DeskPayment)).one().state = "settled"
    assert erase(lived, KEYS, XIAN, CARD) == Erased(loans=1, facts=3)
    lived.commit()

    assert lived.scalars(select(DeskPayment.sealed)).one() == ""
    opener = Opener(KEYS, CARD)
    assert not any(opener.is_mine_within(body) for body in lived.scalars(select(StoredFact.body)))


# ---------------------------------------------------------------- what stands in the way
def _loan(session):
    session.add(Loan(item_barcode="B1", reader_card=CARD, lent_ms=1, due_on=TODAY, lent_account="x"))


def _fee(session):
    fees.charge(Cursor(session.connection()), XIAN, CARD, "other", 1)


def _hold(session):
    session.add(Hold(title_id=1, reader_card=CARD, pickup_branch_id="cun", placed_ms=1))


def _deposit(session):
    payments.pay_deposit(Cursor(session.connection()), XIAN, CARD, 1, method="cash")


def _ward(session):
    child = Reader(card="W", name="小童", type_id="child", branch_id="xian", expires_on=TODAY)
    child.guardian_card = CARD
    session.add(child)


def _owed(session):
    session.scalars(select(OwedTransaction)).one().state = "granted"


def _for_staff(session):
    session.scalars(select(OwedTransaction)).one().state = "refused"


OBSTACLES = [
    (_loan, "loans_open"),
    (_hold, "holds_open"),
    (_ward, "wards_left"),
    (_fee, "fees_owed"),
    (_deposit, "deposit_held"),
    (_owed, "owed_open"),
    (_for_staff, "owed_open"),
]


@pytest.mark.parametrize(("obstacle", "fault"), OBSTACLES)
def test_what_is_open_is_settled_first(lived, obstacle, fault):
    obstacle(lived)
    lived.commit()
    before = remains(lived)

    assert erase(lived, KEYS, XIAN, CARD) == Refused(fault)
    assert remains(lived) == before


def test_what_staff_have_settled_stands_in_nobodys_way(lived):
    _for_staff(lived)
    lived.scalars(select(OwedTransaction)).one().resolution = "accepted"
    lived.commit()

    assert isinstance(erase(lived, KEYS, XIAN, CARD), Erased)


def test_nothing_is_said_of_it_in_the_log(lived, capfd):
    erase(lived, KEYS, XIAN, CARD)
    lived.commit()

    assert CARD not in "".join(capfd.readouterr())
