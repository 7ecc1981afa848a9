"""Any history of the ledger goes as the model says it, on both databases; and what must never be, never is."""

from contextlib import contextmanager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from central.circulation.ledger.models import Hold, Item, Loan, Transit
from central.circulation.ledger.outcomes import Refused, Returned
from central.db import open_sessions
from tests.central.circulation.ledger.model import HOMES, LIMITS, TITLES, Model
from tests.central.circulation.ledger.more import later
from tests.central.circulation.ledger.verbs import (
    cancel_hold,
    change_hold,
    check_in,
    check_out,
    expire_holds,
    place_hold,
)
from tests.central.circulation.world import XIAN

CARDS, BOOKS = st.sampled_from(sorted(LIMITS)), st.sampled_from(sorted(HOMES))
TITLE, PLACES = st.sampled_from(sorted(set(TITLES.values()))), st.sampled_from(["xian", "cun"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("lend"), CARDS, BOOKS, PLACES),
        st.tuples(st.just("take_back"), BOOKS, PLACES),
        st.tuples(st.just("wait"), CARDS, TITLE, PLACES),
        st.tuples(st.just("give_up"), CARDS, TITLE),
        st.tuples(st.just("move"), CARDS, TITLE, PLACES),
        st.tuples(st.just("sleep"), st.integers(1, 9)),
    ),
    min_size=20,
    max_size=40,
)


class Ledger:
    """The ledger's verbs in the model's words."""

    def __init__(self, session):
        self.session = session
        self._desk = XIAN

    def _at(self, branch="xian"):
        """Each thing happens a moment after the one before."""
        self._desk = later(self._desk, 0, 1)
        return replace(self._desk, branch=branch)

    def lend(self, card, barcode, branch):
        return _word(check_out(self.session, self._at(branch), card, barcode), "lent")

    def take_back(self, barcode, branch):
        returned = check_in(self.session, self._at(branch), barcode)
        assert isinstance(returned, Returned)
        return returned.was_lent, returned.wanted_at, returned.sent_to

    def wait(self, card, title, pickup):
        return _word(place_hold(self.session, self._at(), card, title_id=title, pickup=pickup), "held")

    def give_up(self, card, title):
        return _word(cancel_hold(self.session, self._at(), card, title_id=title), "held")

    def move(self, card, title, pickup):
        return _word(change_hold(self.session, self._at(), card, title_id=title, pickup=pickup), "held")

    def sleep(self, days):
        self._desk = later(self._desk, days)
        return expire_holds(self.session, self._at().now_ms)

    def state(self):
        loans = _by_barcode(self.session.query(Loan).filter(Loan.returned_ms.is_(None)))
        ways = _by_barcode(self.session.query(Transit).filter(Transit.ended_ms.is_(None)))
        kept = _by_barcode(self._holds())
        return {
            item.barcode: (
                loans[item.barcode].reader_card if item.barcode in loans else None,
                item.place_branch_id,
                ways[item.barcode].to_branch_id if item.barcode in ways else None,
                kept[item.barcode].reader_card if item.barcode in kept else None,
            )
            for item in self.session.query(Item).filter(Item.barcode.in_(HOMES))
        }

    def check(self):
        """What holds whatever happened."""
        state = self.state()
        assert all(not (borrower and (sent_to or kept)) for borrower, _, sent_to, kept in state.values())
        for hold in self._holds().filter(Hold.ready_ms.is_not(None)):
            assert state[hold.item_barcode] == (None, hold.pickup_branch_id, None, hold.reader_card)
            assert hold.pickup_by >= self._desk.today
        on_card = [borrower for borrower, *_ in state.values() if borrower]
        assert all(on_card.count(card) <= limit for card, limit in LIMITS.items())
        filled = self.session.query(Hold).filter(Hold.filled_ms.is_not(None), Hold.cancelled_ms.is_not(None))
        assert filled.count() == 0

    def _holds(self):
        return self.session.query(Hold).filter(Hold.filled_ms.is_(None), Hold.cancelled_ms.is_(None))


def _word(outcome, done):
    return outcome.fault if isinstance(outcome, Refused) else done


def _by_barcode(rows):
    return {row.item_barcode: row for row in rows if row.item_barcode}


@contextmanager
def _ledger(engine):
    """The small library, as it was, whatever is done to it."""
    with open_sessions(engine)() as session:
        yield Ledger(session)
        session.rollback()


def live(engine, steps):
    """The same history through both; what each step answers, and what there is at the end."""
    with _ledger(engine) as ledger:
        model = Model()
        for step, *arguments in steps:
            told = getattr(ledger, step)(*arguments)
            assert told == getattr(model, step)(*arguments), (step, *arguments)
            assert ledger.state() == model.state(), (step, *arguments)
        ledger.check()


@given(STEPS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_history_goes_as_the_model_says(embedded, steps):
    live(embedded, steps)


@given(STEPS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_and_on_both_databases(library, steps):
    live(library, steps)
