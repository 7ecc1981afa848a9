"""Whatever is charged, paid, forgiven and given back in whatever order: the books balance at every step."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from central.circulation.ledger import amnesties, fees, payments
from central.circulation.ledger.amnesties import NewAmnesty
from central.circulation.ledger.fees import Late
from central.circulation.ledger.models import Fee, Loan
from central.db import open_sessions
from central.statements import Cursor
from tests.central.circulation.ledger.purse import BALANCED, fresh, imbalances
from tests.central.circulation.world import TODAY, XIAN

CARDS = ("P", "Q")
FEN = st.integers(1, 400)


@dataclass(frozen=True)
class Step:
    verb: str
    card: str
    fen: int
    pick: int
    """Which fee, loan, number or amnesty, by its place."""


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(
            (
                "charge",
                "late",
                "undo",
                "pay",
                "pay_one",
                "waive",
                "refund",
                "deposit",
                "give_back",
                "amnesty",
                "forgive",
            )
        ),
        st.sampled_from(CARDS),
        FEN,
        st.integers(0, 3),
    ),
    max_size=25,
)


class Counter:
    """Does one step after the other in one transaction."""

    def __init__(self, session):
        self.session = session
        self.cursor = Cursor(session.connection())
        self.loans = [self._loan(card) for card in CARDS for _ in range(2)]

    def _loan(self, card):
        loan = Loan(
            item_barcode="B1", reader_card=card, lent_ms=1, due_on=TODAY, lent_account="x", returned_ms=2
        )
        self.session.add(loan)
        self.session.flush()
        return loan.id, card

    def _fee(self, step):
        known = self.session.scalars(select(Fee.id).order_by(Fee.id)).all()
        return known[step.pick % len(known)] if known else 999

    def do(self, step):
        return getattr(self, step.verb)(step)

    def charge(self, step):
        fees.charge(self.cursor, XIAN, step.card, "other", step.fen)

    def late(self, step):
        loan, card = self.loans[step.pick]
        late = Late(loan, card, "adult", "B1", "cun", step.fen, 1, 1, 300, None)
        fees.charge_overdue(self.cursor, XIAN, late)

    def undo(self, step):
        fees.uncharge(self.cursor, self.loans[step.pick][0])

    def pay(self, step):
        number = f"N{step.pick}" if step.pick else None
        payments.pay(self.cursor, XIAN, step.card, step.fen, method="cash", provider_id=number)

    def pay_one(self, step):
        payments.pay(self.cursor, XIAN, step.card, step.fen, method="cash", fee_id=self._fee(step))

    def waive(self, step):
        fees.waive(self.cursor, XIAN, self._fee(step), "困难", step.fen if step.pick else None)

    def refund(self, step):
        payments.refund(self.cursor, XIAN, self._fee(step), step.fen, method="cash", reason="多收")

    def deposit(self, step):
        number = f"D{step.pick}" if step.pick else None
        payments.pay_deposit(self.cursor, XIAN, step.card, step.fen, method="cash", provider_id=number)

    def give_back(self, step):
        payments.return_deposit(self.cursor, XIAN, step.card, method="cash")

    def amnesty(self, step):
        amnesties.grant(self.cursor, XIAN, NewAmnesty(TODAY, TODAY, "节", percent=1 + step.fen % 100))

    def forgive(self, step):
        amnesties.forgive_open(self.cursor, XIAN, 1 + step.pick)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_books_balance_at_every_step(embedded, steps):
    with open_sessions(embedded)() as session:
        for card in CARDS:
            fresh(session, card)
        counter = Counter(session)
        for step in steps:
            counter.do(step)
            assert _of(imbalances(session)) == BALANCED, step
        session.rollback()


def _of(found):
    """Readers of the small library owe without a fee; ours do not."""
    return found | {"readers": [card for card in found["readers"] if card in CARDS]}
