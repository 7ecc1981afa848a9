"""The pages of payments: what was paid where, what is for staff, our books beside the provider's, and its word."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, cast
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from central.accounts.operations import record
from central.circulation.ledger.yuan import yuan
from central.clock_ms import now_ms
from central.fleet.tree import Place
from central.payments import listing, settling, words
from central.payments.cashier import receive
from central.payments.listing import MAX_DAYS, PAGE, Filter, Period
from central.payments.models import DeskPayment
from central.payments.provider import Away, Forged, Money, Provider, checked
from central.payments.settling import Actor, Unsettled
from central.reports.export import BOM, cell
from central.reports.period import FIRST_YEAR, LAST_YEAR
from central.web.access import person
from central.web.language import HOME_ZONE
from central.web.language import words as say
from central.web.paging import skipped
from central.web.services import services
from central.web.waiting import work_on
from wire.faults import fault

payment_pages = Blueprint("payments", __name__, url_prefix="/payments")
log = structlog.get_logger(__name__)
NOTIFY = "payments.notify"
"""The one endpoint that is the provider's and nobody else's: it bears its own signature instead of a token."""
USUAL_DAYS = 7


def init_app(app: Flask) -> None:
    """The pages, and the count beside their place in the navigation."""
    app.register_blueprint(payment_pages)
    app.jinja_env.filters["yuan"] = yuan
    app.jinja_env.globals.update(
        payment_words=words, payment_count=partial(work_on, "payments.payments", listing.work)
    )


def _actor() -> Actor:
    return Actor(person().username, request.remote_addr or "", now_ms())


# ---------------------------------------------------------------- the list
@payment_pages.get("/")
def payments() -> str:
    """What is to be done first; a period's payments by state, and its money by day and branch."""
    tree, chosen, branch = services().tree(), _chosen(), _branch()
    skip = skipped()
    with services().reading() as session:
        found = listing.find(session, chosen, skip)
        counts = listing.counts(session, chosen)
        sums = listing.sums(session, chosen, {place.id: place.zone for place in tree.places.values()})
        nobodys = listing.nobodys(session) if chosen.view == "work" else ()
    return render_template(
        "payments/list.html",
        found=found,
        counts=counts,
        sums=sums,
        nobodys=nobodys,
        chosen=chosen,
        branch=branch,
        tree=tree,
        fault=fault,
        skip=skip,
        older=skip + PAGE if len(found) == PAGE else None,
        max_note=settling.MAX_NOTE,
        takes=services().provider is not None,
    )


def _chosen() -> Filter:
    view, branch = request.args.get("view", ""), _branch()
    places = {place.id for place in services().tree().under(branch)} if branch else None
    return Filter(view if view in listing.VIEWS else "work", _period(), places)


def _branch() -> str:
    branch = request.args.get("branch", "")
    return branch if branch in services().tree().places else ""


def _period() -> Period:
    """As asked for, else the last week; in the civil time of the whole network."""
    top: Place | None = next(iter(services().tree().places.values()), None)
    zone = top.zone if top else HOME_ZONE
    today = datetime.fromtimestamp(now_ms() / 1000, zone).date()
    last = _day("to") or today
    first = _day("from") or last - timedelta(days=USUAL_DAYS - 1)
    return Period(max(min(first, last), last - timedelta(days=MAX_DAYS - 1)), last, zone)


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


@payment_pages.get("/payments.csv")
def export() -> Response:
    """The same list as a file, without a reader in it."""
    with services().reading() as session:
        rows = listing.every(session, _chosen())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    titles = (
        gettext("Kiosk"), gettext("Branch"), gettext("Wanted"), gettext("Yuan"), gettext("State"),
        gettext("Provider's number"), gettext("Paid"), gettext("Ended"), gettext("Resolved"), gettext("Note"),
    )  # fmt: skip
    writer.writerow(titles)
    zone = _period().zone
    for row in rows:
        writer.writerow([cell(value) for value in _line(row, zone)])
    headers = {"Content-Disposition": "attachment; filename=payments.csv"}
    return Response(BOM + out.getvalue(), mimetype="text/csv", headers=headers)


def _line(row: DeskPayment, zone: ZoneInfo) -> list[str]:
    resolved = say(words.RESOLUTIONS[row.resolution].title) if row.resolution else ""
    times = [_iso(ms, zone) for ms in (row.paid_ms, row.settled_ms)]
    return [
        row.device_id,
        row.branch_id,
        _iso(row.wanted_ms, zone),
        yuan(row.amount_fen),
        say(words.STATES[row.state].title),
        row.provider_id,
        *times,
        resolved,
        row.note,
    ]


def _iso(ms: int | None, zone: ZoneInfo) -> str:
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, zone).isoformat(timespec="seconds")


# ---------------------------------------------------------------- what staff do
@payment_pages.post("/resolution")
def resolve() -> Answer:
    """A payment, or money that settles none: booked by hand, or given back."""
    asked = request.form
    resolution, note = asked.get("resolution", ""), asked.get("note", "").strip()
    if resolution not in settling.RESOLUTIONS:
        abort(HTTPStatus.BAD_REQUEST)
    chosen = cast("settling.Resolution", resolution)
    try:
        with services().writing.begin() as session:
            if asked.get("money"):
                settling.resolve_money(session, asked["money"], chosen, note, _actor())
            else:
                settling.resolve(
                    session, asked.get("device", ""), asked.get("txn", ""), chosen, note, _actor()
                )
    except Unsettled as refusal:
        flash(say(words.NOT_POSSIBLE[refusal.args[0]]), "bad")
    else:
        flash(gettext("Noted. It is off the list."), "good")
    return redirect(url_for("payments.payments"))


@payment_pages.post("/book")
def book() -> Answer:
    """In the built-in ledger, in place of the kiosk."""
    device, txn = request.form.get("device", ""), request.form.get("txn", "")
    key, zone = services().keys.sealing, str(_period().zone)
    try:
        with services().writing.begin() as session:
            settling.book(session, device, txn, zone, key, _actor())
    except Unsettled as refusal:
        flash(say(words.NOT_POSSIBLE[refusal.args[0]]), "bad")
    else:
        flash(gettext("Booked."), "good")
    return redirect(url_for("payments.payments"))


# ---------------------------------------------------------------- beside the provider's books
@payment_pages.get("/reconciliation")
def reconciliation() -> str:
    """What the provider has and we have not, and the reverse."""
    period, provider = _period(), services().provider
    found = None
    theirs = None if provider is None else _theirs(provider, period)
    if theirs is not None:
        with services().reading() as session:
            found = listing.compare(session, theirs, period)
    return render_template(
        "payments/reconciliation.html",
        found=found,
        is_away=theirs is None,
        period=period,
        takes=provider is not None,
    )


@payment_pages.post("/reconciliation")
def take_over() -> Answer:
    """Write down what the provider has and we have not; it settles a payment, or stands on the list."""
    period, provider = _period(), services().provider or abort(HTTPStatus.NOT_FOUND)
    theirs = _theirs(provider, period)
    if theirs is None:
        flash(gettext("The provider does not answer."), "bad")
    else:
        with services().writing.begin() as session:
            taken, strange = _receive(session, theirs)
            subject = f"{period.first}…{period.last} {taken}"
            record(
                session,
                now_ms(),
                person().username,
                "payments_reconciled",
                subject,
                request.remote_addr or "",
            )
        flash(gettext("Taken over: %(count)s.", count=taken), "good")
        if strange:
            flash(gettext("The provider tells of %(count)s that cannot be; ask there.", count=strange), "bad")
    named: Any = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return redirect(url_for("payments.reconciliation", **named))


def _theirs(provider: Provider, period: Period) -> Sequence[Money] | None:
    """What the provider lists; None where it does not answer."""
    try:
        return provider.listing(period.first_ms, period.end_ms)
    except Away:
        return None
    except Exception as cause:  # noqa: BLE001 - a plug-in's; its traceback may hold a secret
        log.error("the provider's list cannot be had", cause=type(cause).__name__)  # noqa: TRY400 - the same
        return None


def _receive(session: Session, theirs: Sequence[Money]) -> tuple[int, int]:
    """How much was new, and how much cannot be."""
    taken = strange = 0
    for money in theirs:
        try:
            taken += receive(session, money, now_ms())
        except Forged:
            strange += 1
    return taken, strange


# ---------------------------------------------------------------- the provider's word
@payment_pages.post("/notify")
def notify() -> tuple[str, int]:
    """Money has come. Told again it is the same answer."""
    provider = services().provider or abort(HTTPStatus.NOT_FOUND)
    headers, body = dict(request.headers), request.get_data()
    try:
        money = checked(provider.verify(headers, body))
    except Forged:
        abort(HTTPStatus.FORBIDDEN)
    except Exception as cause:  # noqa: BLE001 - a plug-in's, which a stranger can bring about
        log.warning("a notification that cannot be read", cause=type(cause).__name__)
        abort(HTTPStatus.FORBIDDEN)
    with services().writing.begin() as session:
        receive(session, money, now_ms())
    return "", HTTPStatus.NO_CONTENT
