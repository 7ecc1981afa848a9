"""Titles and items on the pages: found, entered, changed, declared lost."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from central.accounts.operations import record
from central.circulation.catalogue import editing, search
from central.circulation.catalogue.columns import COLUMNS, ITEM, TITLE, Column
from central.circulation.catalogue.reading import Wrong
from central.circulation.catalogue.words import HEADINGS, WHY
from central.circulation.counter import place
from central.circulation.counter.form import Form, say_outcome
from central.circulation.counter.form import Wrong as Mistyped
from central.circulation.ledger import enquiries, losses
from central.circulation.ledger.models import Item, ItemSet, Loan, Title
from central.circulation.ledger.outcomes import ItemInformation
from central.clock_ms import now_ms
from central.web.access import person
from central.web.language import words as say
from central.web.paging import skipped
from central.web.services import services

titles_pages = Blueprint("titles", __name__, url_prefix="/titles")
PAGE = 20
MAX_CELL = 400


class Standing(NamedTuple):
    """One item on the page of its title."""

    known: ItemInformation
    collection: str
    shelf: str


# ---------------------------------------------------------------- found
@titles_pages.get("/")
def titles() -> str | Answer:
    """Find a title by what people type, or an item by its barcode."""
    said = request.args.get("q", "").strip()[: search.MAX_SAID]
    skip = skipped()
    with services().reading() as session:
        number = editing.title_of(session, said) if said else None
        found = search.find(session, said, limit=PAGE + 1, skip=skip) if number is None else []
    if number is not None:
        return redirect(url_for("titles.item", barcode=said))
    return render_template(
        "counter/titles.html", said=said, found=found[:PAGE], skip=skip, more=len(found) > PAGE, page=PAGE
    )


@titles_pages.get("/<int(max=2147483647):number>")
def title(number: int) -> str:
    """One title and its items."""
    return _title(number, {})


def _title(number: int, said: dict[str, str]) -> str:
    with services().reading() as session:
        row = session.get(Title, number) or abort(404)
        items = session.execute(
            select(Item.barcode, Item.collection_id, Item.shelf)
            .where(Item.title_id == number)
            .order_by(Item.barcode)
        ).all()
        cells = said or _cells(row, TITLE)
    with place.reading() as cursor:
        known = [(enquiries.item_information(cursor, one.barcode), one) for one in items]
    standing = [Standing(told, one.collection_id or "", one.shelf) for told, one in known if told]
    return render_template("counter/title.html", title=row, cells=cells, items=standing, columns=TITLE)


@titles_pages.post("/<int(max=2147483647):number>")
def change_title(number: int) -> str | Answer | tuple[str, int]:
    """Give a title other words."""
    said = _said(TITLE)
    with services().writing.begin() as session:
        if session.get(Title, number) is None:
            abort(404)
        wrong = editing.change_title(session, number, said)
        if not wrong:
            record(session, now_ms(), person().username, "title_changed", f"#{number} {said['title']}")
    if wrong:
        _tell(wrong)
        return _title(number, said), 422
    flash(gettext("Done."), "good")
    return redirect(url_for("titles.title", number=number))


# ---------------------------------------------------------------- entered
@titles_pages.get("/new")
def new() -> str:
    """The form of a new item, with its title."""
    return render_template("counter/item_new.html", cells={}, columns=COLUMNS["items"])


@titles_pages.post("/new")
def enter() -> str | Answer | tuple[str, int]:
    """Enter an item; a title that is known takes it up."""
    said = _said(COLUMNS["items"])
    with services().writing.begin() as session:
        if said["barcode"] and editing.title_of(session, said["barcode"]) is not None:
            wrong = [Wrong(1, "barcode", "taken", said["barcode"])]
        else:
            wrong = editing.enter_item(session, said, place.branch().id)
        if wrong:
            session.rollback()
        else:
            record(session, now_ms(), person().username, "item_entered", said["barcode"])
    if wrong:
        _tell(wrong)
        return render_template("counter/item_new.html", cells=said, columns=COLUMNS["items"]), 422
    flash(gettext("Entered."), "good")
    return redirect(url_for("titles.item", barcode=said["barcode"]))


# ---------------------------------------------------------------- one item
@titles_pages.get("/item")
def item() -> str:
    """One item: where it is, who has it, what may be changed of it."""
    return _item(request.args.get("barcode", ""), {})


def _item(barcode: str, said: dict[str, str]) -> str:
    with place.reading() as cursor:
        known = enquiries.item_information(cursor, barcode)
    with services().reading() as session:
        row = session.get(Item, barcode)
        if known is None or row is None:
            abort(404)
        in_set = session.get(ItemSet, row.set_id) if row.set_id is not None else None
        loans = session.scalars(
            select(Loan).where(Loan.item_barcode == barcode).order_by(Loan.lent_ms.desc()).limit(1)
        ).all()
        cells = said or _cells(row, ITEM) | {"set": in_set.name if in_set else ""}
    running = next((loan for loan in loans if loan.returned_ms is None), None)
    return render_template(
        "counter/item.html",
        row=row,
        known=known,
        running=running,
        cells=cells,
        status=said.get("status", row.status),
        columns=[column for column in ITEM if column.name not in {"barcode", "status"}],
    )


@titles_pages.post("/item")
def change_item() -> str | Answer | tuple[str, int]:
    """Change an item."""
    said = _said(ITEM)
    barcode = said["barcode"]
    with services().writing.begin() as session:
        if editing.title_of(session, barcode) is None:
            abort(404)
        wrong = editing.change_item(session, said, place.branch().id)
        if not wrong:
            record(session, now_ms(), person().username, "item_changed", barcode)
    if wrong:
        _tell(wrong)
        return _item(barcode, said), 422
    flash(gettext("Done."), "good")
    return redirect(url_for("titles.item", barcode=barcode))


@titles_pages.post("/item/lost")
def declare_lost() -> Answer:
    """Write an item off; whoever had it owes its price."""
    form = Form(request.form)
    barcode = form.text("barcode", 64)
    try:
        extra = form.yuan("processing") if form.text("processing", 16) else 0
    except Mistyped as wrong:
        flash(wrong.told, "bad")
        return redirect(url_for("titles.item", barcode=barcode))
    with place.changing() as cursor:
        say_outcome(
            losses.declare(cursor, place.desk(), barcode, processing_fen=extra, note=form.text("note", 200))
        )
    return redirect(url_for("titles.item", barcode=barcode))


# ---------------------------------------------------------------- cells
def _said(columns: tuple[Column, ...]) -> dict[str, str]:
    return {column.name: request.form.get(column.name, "").strip()[:MAX_CELL] for column in columns}


def _cells(row: Title | Item, columns: tuple[Column, ...]) -> dict[str, str]:
    """What a form shows of a row."""
    cells = {}
    for column in columns:
        value = getattr(row, ATTRIBUTES.get(column.name, column.name), None)
        cells[column.name] = "" if value is None or value == "" else column.write(value)
    return cells


ATTRIBUTES = {
    "home": "home_branch_id",
    "place": "place_branch_id",
    "collection": "collection_id",
    "price": "price_fen",
    "added": "added_on",
}
"""Of the row, where it is not the column's name."""


def _tell(wrong: list[Wrong]) -> None:
    for one in wrong:
        told = (say(HEADINGS["items"][one.column]) if one.column else "", one.said, say(WHY[one.why]))
        flash(" · ".join(filter(None, told)), "bad")
