"""What machines of other makers did is counted here, once; what our kiosks did is counted by their facts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from central.circulation.gateway.journal import FactJournal
from central.circulation.ledger.models import Loan
from central.circulation.server import counting
from central.circulation.server.models import SipAccount
from central.db import open_sessions
from central.facts.models import StoredFact
from tests.central.circulation.line import CHECKOUT, NOW, dial, sealed, signing_in, talk
from tests.central.circulation.world import NOW_MS, PASSWORD_HASH, TODAY

RETURN = f"09N{NOW}{NOW}APxian|AOxian|ABB1|AC|"


@pytest.fixture
def counted(library):
    with open_sessions(library).begin() as session:
        session.add(
            SipAccount(
                username="machine",
                password_hash=PASSWORD_HASH,
                branch_id="xian",
                dialect="shuwu",
                kind="machine",
            )
        )
    return library


def visit(engine, user, *asked):
    async def conversation(server):
        answers = []
        for text in asked:
            async with dial(server) as line:
                await line.ask(signing_in(user=user))
                answers.append(await line.ask(sealed(text, 1)))
        return answers

    journal = FactJournal(b"k" * 32, lambda: NOW_MS)
    return talk(engine, conversation, count=counting.by(journal))


def kinds(engine):
    with open_sessions(engine, readonly=True).begin() as session:
        found = session.execute(select(StoredFact.kind, func.count()).group_by(StoredFact.kind)).all()
    return dict(tuple(row) for row in found)


def test_a_machines_loan_and_return_are_facts(counted):
    visit(counted, "machine", CHECKOUT, RETURN)

    assert kinds(counted) == {"loan.made": 1, "return.made": 1}


def test_a_retransmission_is_no_second_fact(counted):
    first, again = visit(counted, "machine", CHECKOUT, CHECKOUT)

    assert first == again
    assert kinds(counted) == {"loan.made": 1}


def test_a_refusal_is_a_fact_of_its_own(counted):
    visit(counted, "machine", CHECKOUT.replace("AAR1", "AABLOCKED"))

    assert kinds(counted) == {"loan.refused": 1}


RENEWAL = f"29NN{NOW}{' ' * 18}AOxian|AAR1|ABB1|"
RENEWALS = f"65{NOW}AOxian|AAR1|"


RENEWING = "11Y" + CHECKOUT[3:]


def sooner(engine):
    """The loan ends before a renewal of today would."""
    with open_sessions(engine).begin() as session:
        session.execute(update(Loan).values(due_on=TODAY + timedelta(days=3)))


@pytest.mark.parametrize(("how", "yes"), [(RENEWAL, b"301Y"), (RENEWING, b"121Y"), (RENEWALS, b"6610001")])
def test_a_renewal_is_a_fact_once_by_whatever_message(counted, how, yes):
    visit(counted, "machine", CHECKOUT)
    sooner(counted)
    said = visit(counted, "machine", how, how)

    assert said[0].startswith(yes)
    assert said[0] == said[1]
    assert kinds(counted) == {"loan.made": 1, "loan.renewed": 1}


def test_a_renewal_that_makes_nothing_longer_is_none(counted):
    said = visit(counted, "machine", CHECKOUT, RENEWAL, RENEWING, RENEWALS)

    assert [answer[:4] for answer in said] == [b"121N", b"301Y", b"121Y", b"6610"]
    assert kinds(counted) == {"loan.made": 1}


def test_a_loan_that_is_told_once_more_is_a_fact_once(counted):
    told = "11NY" + CHECKOUT[4:]
    said = visit(counted, "machine", told, told.replace("|AC|", "|ACx|"))

    assert [answer[:3] for answer in said] == [b"121", b"121"]
    assert kinds(counted) == {"loan.made": 1}


def test_what_a_machine_undoes_is_told(counted):
    visit(counted, "machine", CHECKOUT, RETURN + "BIY|", CHECKOUT, RETURN, CHECKOUT + "BIY|")

    assert kinds(counted) == {"loan.made": 2, "loan.undone": 1, "return.made": 1, "return.undone": 1}


def test_a_kiosk_tells_its_own(counted):
    visit(counted, "xian-desk", CHECKOUT, RETURN)

    assert kinds(counted) == {}
