"""The ledger's verbs inside the transaction of an ORM session, for tests that look at rows too."""

from functools import wraps

from central.circulation.ledger import (
    afterwards,
    calendar,
    enquiries,
    holds,
    items,
    lending,
    renewals,
    transits,
    undoing,
    waiting,
)
from central.statements import Cursor


def within(verb):
    @wraps(verb)
    def call(session, *arguments, **more):
        session.flush()
        outcome = verb(Cursor(session.connection()), *arguments, **more)
        session.expire_all()
        return outcome

    return call


check_out = within(lending.check_out)
check_in = within(lending.check_in)
tell_check_out = within(afterwards.check_out)
tell_check_in = within(afterwards.check_in)
cancel_check_out = within(undoing.cancel_check_out)
cancel_check_in = within(undoing.cancel_check_in)
renew = within(renewals.renew)
renew_all = within(renewals.renew_all)
place_hold = within(holds.place)
change_hold = within(holds.change)
cancel_hold = within(holds.cancel)
expire_holds = within(holds.expire)
look = within(waiting.look)
close = within(calendar.close)
close_weekly = within(calendar.close_weekly)
change_closure = within(calendar.change)
remove_closure = within(calendar.remove)
settle_closures = within(calendar.settle)
next_open = within(calendar.next_open)
open_days = within(calendar.open_days)
late_transits = within(transits.late)
coming = within(transits.coming)
leaving = within(transits.leaving)
update_properties = within(items.update_properties)
item_information = within(enquiries.item_information)
reader_information = within(enquiries.reader_information)
pin_hash = within(enquiries.pin_hash)
