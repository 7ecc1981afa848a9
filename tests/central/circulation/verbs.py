"""The ledger's verbs and questions inside the transaction of an ORM session, for tests that look at rows too."""

from functools import wraps

from central.circulation.ledger import enquiries, lending
from central.circulation.server import answers, repeats, terminals
from central.statements import Cursor


def _within(verb):
    @wraps(verb)
    def call(session, *arguments, **more):
        session.flush()
        outcome = verb(Cursor(session.connection()), *arguments, **more)
        session.expire_all()
        return outcome

    return call


check_out = _within(lending.check_out)
check_in = _within(lending.check_in)
item_information = _within(enquiries.item_information)
reader_information = _within(enquiries.reader_information)
pin_hash = _within(enquiries.pin_hash)
find_account = _within(terminals.find_account)
forget_answers = _within(repeats.forget_answers)
perform = _within(answers.perform)
