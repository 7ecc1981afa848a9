"""What is out, what is late, what is under way, and what waits on the hold shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from sqlalchemy import Row, Select, func, select

from central.circulation.counter import place
from central.circulation.ledger import hold_shelf, transits
from central.circulation.ledger.models import Item, Loan, Reader, Title
from central.web.paging import skipped
from central.web.services import services
from wire.faults import Words

loans_pages = Blueprint("loans", __name__, url_prefix="/loans")
PAGE = 50

VIEWS: Mapping[str, Words] = {
    "overdue": Words("逾期", "Overdue"),
    "open": Words("全部在借", "All on loan"),
    "wanted": Words("待下架", "To fetch"),
    "shelf": Words("预约架", "Hold shelf"),
    "coming": Words("待到馆", "Coming here"),
    "leaving": Words("待送出", "Leaving here"),
    "late": Words("滞留途中", "Long under way"),
}
"""In the order of the tabs."""


class Out(NamedTuple):
    """One open loan."""

    barcode: str
    title: str
    card: str
    name: str
    phone: str
    due_on: date
    lent_ms: int
    renewals: int


@loans_pages.get("/")
def loans() -> str:
    """One of `VIEWS`, for the branch at which this person works and all below it."""
    view = request.args.get("view", "")
    view = view if view in VIEWS else "overdue"
    skip = skipped()
    today = place.desk().today
    rows: Sequence[Any]
    if view in {"overdue", "open"}:
        rows = [Out._make(row) for row in _page(_out(view, today), skip)]
    elif view in {"wanted", "shelf"}:
        look = hold_shelf.wanted if view == "wanted" else hold_shelf.kept
        with place.reading() as cursor:
            rows = look(cursor, place.branch().id)[skip:]
    else:
        rows = _under_way(view)[skip:]
    return render_template(
        "counter/loans.html",
        view=view,
        views=VIEWS,
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        skip=skip,
        page=PAGE,
        today=today,
    )


def _page(query: Select[*tuple[Any, ...]], skip: int) -> Sequence[Row[*tuple[Any, ...]]]:
    with services().reading() as session:
        return session.execute(query.limit(PAGE + 1).offset(skip)).all()


def _below() -> list[str]:
    return [below.id for below in services().tree().under(place.branch().id)]


def _out(view: str, today: date) -> Select[*tuple[Any, ...]]:
    where = func.coalesce(Loan.lent_branch_id, Item.home_branch_id).in_(_below())
    query = (
        select(
            *(Loan.item_barcode, Title.title, Reader.card, Reader.name, Reader.phone),
            *(Loan.due_on, Loan.lent_ms, Loan.renewals),
        )
        .join(Item, Item.barcode == Loan.item_barcode)
        .join(Title, Title.id == Item.title_id)
        .join(Reader, Reader.card == Loan.reader_card)
        .where(Loan.returned_ms.is_(None), where)
        .order_by(Loan.due_on, Loan.id)
    )
    return query.where(Loan.due_on < today) if view == "overdue" else query


def _under_way(view: str) -> list[transits.UnderWay]:
    with place.reading() as cursor:
        if view == "late":
            return transits.late(cursor, place.desk().now_ms)
        look = transits.coming if view == "coming" else transits.leaving
        return look(cursor, place.branch().id)
