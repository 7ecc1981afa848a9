"""Money of one reader on the page: paid, charged, forgiven, put down as a deposit."""

from __future__ import annotations

from flask import abort, flash, request
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from central.circulation.counter import place
from central.circulation.counter.form import Form, Wrong, say_outcome
from central.circulation.counter.readers import readers_pages, to
from central.circulation.ledger import enquiries, fees, payments


@readers_pages.post("/<token>/pay")
def pay(token: str) -> Answer:
    """Book money that the reader pays for fees, all or one."""
    card, form = place.card_of(token), Form(request.form)
    try:
        amount, method = form.yuan("amount"), form.one_of("method", payments.METHODS)
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return to(card)
    with place.changing() as cursor:
        say_outcome(
            payments.pay(cursor, place.desk(), card, amount, method=method, fee_id=form.number("fee"))
        )
    return to(card)


@readers_pages.post("/<token>/charge")
def charge(token: str) -> Answer:
    """Ask the reader for money."""
    card, form = place.card_of(token), Form(request.form)
    try:
        amount, kind = form.yuan("amount"), form.one_of("kind", fees.KINDS)
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return to(card)
    with place.changing() as cursor:
        barcode, note = form.text("barcode", 64), form.text("note", 200)
        say_outcome(fees.charge(cursor, place.desk(), card, kind, amount, barcode=barcode, note=note))
    return to(card)


@readers_pages.post("/<token>/waive")
def waive(token: str) -> Answer:
    """Forgive what is open of one fee of this reader."""
    card, form = place.card_of(token), Form(request.form)
    fee, reason = form.number("fee") or abort(400), form.text("reason", 100)
    if not reason:
        flash(gettext("Say why."), "bad")
        return to(card)
    with place.changing() as cursor:
        known = enquiries.reader_information(cursor, place.desk(), card)
        if known is None or fee not in {one.id for one in known.fees}:
            abort(404)
        say_outcome(fees.waive(cursor, place.desk(), fee, reason))
    return to(card)


@readers_pages.post("/<token>/deposit")
def deposit(token: str) -> Answer:
    """Take a deposit, or give all of it back."""
    card, form = place.card_of(token), Form(request.form)
    method = form.one_of("method", payments.METHODS)
    try:
        amount = None if form.text("back", 4) else form.yuan("amount")
    except Wrong as wrong:
        flash(wrong.told, "bad")
        return to(card)
    with place.changing() as cursor:
        desk = place.desk()
        if amount is None:
            say_outcome(payments.return_deposit(cursor, desk, card, method=method))
        else:
            say_outcome(payments.pay_deposit(cursor, desk, card, amount, method=method))
    return to(card)
