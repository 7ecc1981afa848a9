"""What machines of other makers did is counted here, once; what our kiosks did is counted by their facts."""

import pytest
from sqlalchemy import func, select

from central.circulation.gateway.journal import FactJournal
from central.circulation.server import counting
from central.circulation.server.models import SipAccount
from central.db import open_sessions
from central.facts.models import StoredFact
from tests.central.circulation.line import CHECKOUT, NOW, dial, sealed, signing_in, talk
from tests.central.circulation.world import NOW_MS, PASSWORD_HASH

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


def test_renewals_are_facts_once_each_by_whatever_message(counted):
    said = visit(counted, "machine", CHECKOUT, RENEWAL, RENEWAL, "11Y" + CHECKOUT[3:], RENEWALS)

    assert [answer[:3] for answer in said] == [b"121", b"301", b"301", b"121", b"661"]
    told = "the second 29 was a copy, and the 65 made nothing longer"
    assert kinds(counted) == {"loan.made": 1, "loan.renewed": 2}, told


def test_what_a_machine_undoes_is_told(counted):
    visit(counted, "machine", CHECKOUT, RETURN + "BIY|", CHECKOUT, RETURN, CHECKOUT + "BIY|")

    assert kinds(counted) == {"loan.made": 2, "loan.undone": 1, "return.made": 1, "return.undone": 1}


def test_a_kiosk_tells_its_own(counted):
    visit(counted, "xian-desk", CHECKOUT, RETURN)

    assert kinds(counted) == {}
