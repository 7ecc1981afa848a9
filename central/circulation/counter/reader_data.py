"""What central holds of one reader: shown to them, kept for them, forgotten when they ask."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import place
from central.circulation.counter.form import Form, say_outcome
from central.circulation.counter.readers import readers_pages, to
from central.circulation.ledger import audit, readers
from central.circulation.ledger.outcomes import Refused
from central.circulation.persons import access, erasure
from central.statements import Cursor
from central.web.services import services


@readers_pages.post("/<token>/export")
def export(token: str) -> Answer:
    """A file of all that central holds of the reader. Its name says nothing of whom it is about."""
    card = place.card_of(token)
    with services().writing.begin() as session:
        found = access.export(session, services().keys, card)
        if found is None:
            abort(404)
        audit.record(Cursor(session.connection()), place.desk(), "reader_exported", card)
    answer = Response(access.write(found), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename="reader.json")
    return answer


@readers_pages.post("/<token>/history")
def keep_history(token: str) -> Answer:
    """Keep old loans for a reader who wants to see them, or let them be forgotten."""
    card, form = place.card_of(token), Form(request.form)
    with place.changing() as cursor:
        keeps = form.one_of("wish", ("keep", "forget")) == "keep"
        say_outcome(readers.keep_history(cursor, place.desk(), card, keeps=keeps))
    return to(card)


@readers_pages.post("/<token>/erase")
def erase(token: str) -> Answer:
    """Forget the reader."""
    card = place.card_of(token)
    with services().writing.begin() as session:
        done = erasure.erase(session, services().keys, place.desk(), card)
    if isinstance(done, Refused):
        say_outcome(done)
        return to(card)
    flash(
        ngettext(
            "Forgotten; %(num)s loan stays without a name.",
            "Forgotten; %(num)s loans stay without a name.",
            done.loans,
        ),
        "good",
    )
    return redirect(url_for("readers.readers_"))
